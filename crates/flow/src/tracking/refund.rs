//! Refunds that a backend reports.

use domain::{
    BrandId, Money, UnixMs,
    order::{API_REFUND_PREFIX, OrderSource},
};
use serde::{Deserialize, Serialize};
use store::{
    customers::{ApiRefund, NewApiRefund},
    orders::OrderRecord,
};

use super::TrackingError;
use crate::{
    FlowError,
    access::ApiCaller,
    job::{OrderRef, settle_job},
    order::{TEST_PREFIX, external_id, order_key},
    stage::Tracking,
};

/// A refund, as a backend reported it.
#[derive(Clone, Copy, Debug)]
pub struct RefundReport<'a> {
    /// The sender's id of the sale.
    pub transaction_id: &'a str,
    /// The sender's id of the refund: the same id is the same refund.
    pub refund_id: Option<&'a str>,
    /// Minor units of the sale's currency; 0 means all that is left.
    pub amount_minor: i64,
    /// Why.
    pub reason: Option<&'a str>,
    /// Whether this is a test.
    pub is_test: bool,
}

/// What a refund did to the commission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// The whole sale was refunded.
    Reversed,
    /// A part was refunded.
    Refunded,
    /// Nothing was left to refund, or Shopify reports the refunds of this sale.
    Skipped,
    /// The sale never earned a commission.
    NoCommission,
}

/// A recorded refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundOutcome {
    /// What it did.
    pub status: RefundStatus,
    /// By how much the commission was reduced.
    pub deduction: Money,
    /// The commission's running number.
    pub commission_number: Option<i64>,
}

/// What repeats of a refund are answered from.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Answer {
    /// What was answered.
    Given { status: RefundStatus, deduction_minor: i64 },
    /// What the sale had earned before, and what was left of it: the server ended before it answered.
    Begun { has_earned: bool, earned_minor: i64, net_minor: i64 },
}

/// The part of what a sale has earned that a refund takes back, minor units, rounded down.
fn share(earned_minor: i64, amount_minor: i64, net_minor: i64) -> i64 {
    let part = i128::from(earned_minor) * i128::from(amount_minor) / i128::from(net_minor.max(1));
    i64::try_from(part).unwrap_or(earned_minor).clamp(0, earned_minor.max(0))
}

impl Tracking<'_> {
    /// Records a refund of a sale and reduces its commission. A repeat under the same refund id is answered as the first
    /// was, and changes nothing.
    ///
    /// # Errors
    /// [`TrackingError::UnknownSale`] if there is no such sale; [`TrackingError::ExceedsSale`] if it is more than is left
    /// of the sale; [`TrackingError::OtherRefund`] if the refund id was used with another amount.
    pub async fn refund(self, caller: &ApiCaller, report: RefundReport<'_>) -> Result<RefundOutcome, TrackingError> {
        let brand = caller.brand();
        let is_test = caller.is_test() || report.is_test;
        let id = external_id(report.transaction_id);
        let mut record = self.sold_order(brand, &id, is_test).await?;
        if record.is_none() {
            // A purchase may be stored whose report is not processed yet.
            let about = OrderRef { brand: brand.clone(), order_id: report.transaction_id.to_owned() };
            self.orders().process_purchase_reports(&about).await?;
            record = self.sold_order(brand, &id, is_test).await?;
        }
        let order = record.ok_or(TrackingError::UnknownSale)?.order;
        let outcome = |status, minor, commission_number| RefundOutcome {
            status,
            deduction: Money { minor, currency: order.currency },
            commission_number,
        };
        // The shop itself reports the refunds of its orders: a second report must not deduct them twice.
        if order.source == OrderSource::Shopify {
            let sale = self.store.sale(brand, &id, is_test).await?;
            return Ok(outcome(RefundStatus::Skipped, 0, sale.and_then(|sale| sale.commission_number)));
        }
        // What the sale has earned before the refund, also if it has not been settled since it was reported.
        self.settle_now(brand, &order.external_id).await?;
        let (has_earned, before_minor) = self.commission_of(brand, &order.external_id).await?;
        let now = self.now();
        let begun = Answer::Begun { has_earned, earned_minor: before_minor, net_minor: order.net_minor() };
        let begun = serde_json::to_string(&begun).ok();
        let new = NewApiRefund {
            order_external_id: &order.external_id,
            // The sale's own id, by whatever name of it the refund came.
            transaction_id: order.external_id.strip_prefix(TEST_PREFIX).unwrap_or(&order.external_id),
            is_test,
            id: report.refund_id,
            amount_minor: (report.amount_minor != 0).then_some(report.amount_minor),
            reason: report.reason.filter(|reason| !reason.is_empty()),
            answer: begun.as_deref(),
            at: now,
        };
        let added = self.store.add_api_refund(brand, &new, &settle_job(brand, now)).await?;
        let commission_number = self.commission_number(brand, &new, has_earned).await?;
        let status = |has_earned, is_all| match (has_earned, is_all) {
            (false, _) => RefundStatus::NoCommission,
            (true, true) => RefundStatus::Reversed,
            (true, false) => RefundStatus::Refunded,
        };
        let (status, deduction_minor) = match added {
            ApiRefund::Added { is_all, .. } => {
                self.settle_now(brand, &order.external_id).await?;
                let (_, after_minor) = self.commission_of(brand, &order.external_id).await?;
                (status(has_earned, is_all), before_minor - after_minor)
            }
            ApiRefund::NothingLeft => return Ok(outcome(RefundStatus::Skipped, 0, commission_number)),
            ApiRefund::Exceeds { left_minor } => {
                return Err(TrackingError::ExceedsSale(Money { minor: left_minor, currency: order.currency }));
            }
            ApiRefund::OtherAmount => return Err(TrackingError::OtherRefund),
            ApiRefund::Repeat { answer, amount_minor, at, .. } => {
                match answer.and_then(|text| serde_json::from_str(&text).ok()) {
                    Some(Answer::Given { status, deduction_minor }) => {
                        return Ok(outcome(status, deduction_minor, commission_number));
                    }
                    Some(Answer::Begun { has_earned, earned_minor, net_minor }) => {
                        let taken = if self.has_other_refunds_since(brand, &new, at).await? {
                            share(earned_minor, amount_minor, net_minor)
                        } else {
                            // It is settled by now.
                            (earned_minor - before_minor).max(0)
                        };
                        (status(has_earned, amount_minor >= net_minor), taken)
                    }
                    None => return Ok(outcome(RefundStatus::Refunded, 0, commission_number)),
                }
            }
        };
        if let (Some(id), Ok(answer)) =
            (report.refund_id, serde_json::to_string(&Answer::Given { status, deduction_minor }))
        {
            self.store.put_refund_answer(brand, &order.external_id, id, &answer).await?;
        }
        Ok(outcome(status, deduction_minor, commission_number))
    }

    /// Whether other refunds of the order came after this one was reported: then the commission tells what all have taken.
    async fn has_other_refunds_since(
        self,
        brand: &BrandId,
        refund: &NewApiRefund<'_>,
        at: UnixMs,
    ) -> Result<bool, FlowError> {
        let own = format!("{API_REFUND_PREFIX}{}", refund.id.unwrap_or_default());
        let all = self.store.refunds_of(brand, &[refund.order_external_id.to_owned()]).await?;
        Ok(all.iter().any(|other| other.external_id != own && other.at >= at))
    }

    /// The running number of the commission of a refunded sale. A sale that earned one without being numbered, such as a
    /// purchase, gets its number now.
    async fn commission_number(
        self,
        brand: &BrandId,
        refund: &NewApiRefund<'_>,
        has_earned: bool,
    ) -> Result<Option<i64>, FlowError> {
        let Some(sale) = self.store.sale(brand, refund.transaction_id, refund.is_test).await? else { return Ok(None) };
        if sale.commission_number.is_none() && has_earned {
            return Ok(Some(self.store.number_commission(brand, refund.transaction_id, refund.is_test).await?));
        }
        Ok(sale.commission_number)
    }

    /// The order of a sale that a backend knows by this id: its own, else one that the shop knows by this number.
    async fn sold_order(
        self,
        brand: &BrandId,
        transaction_id: &str,
        is_test: bool,
    ) -> Result<Option<OrderRecord>, FlowError> {
        if is_test {
            return Ok(self.store.order_by_external_id(brand, &order_key(transaction_id, true)).await?);
        }
        self.orders().main_order(brand, transaction_id).await
    }
}
