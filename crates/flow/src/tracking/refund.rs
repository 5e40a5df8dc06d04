//! Refunds that a backend reports.

use domain::{BrandId, Money, order::OrderSource};
use serde::{Deserialize, Serialize};
use store::{
    customers::{ApiRefund, NewApiRefund},
    orders::OrderRecord,
};

use super::TrackingError;
use crate::{FlowError, access::ApiCaller, job::settle_job, order::order_key, stage::Tracking};

/// A refund, as a backend reported it.
#[derive(Clone, Copy, Debug)]
pub struct RefundReport<'a> {
    /// The sender's id of the sale.
    pub transaction_id: &'a str,
    /// The sender's id of the refund: the same id is the same refund.
    pub refund_id: Option<&'a str>,
    /// Minor units of the sale's currency; 0 means all that is left.
    pub amount_minor: i64,
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

/// What was answered to a refund, for repeats of it.
#[derive(Serialize, Deserialize)]
struct Answer {
    status: RefundStatus,
    deduction_minor: i64,
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
        let record = self.sold_order(brand, report.transaction_id, is_test).await?;
        let order = record.ok_or(TrackingError::UnknownSale)?.order;
        let sale = self.store.sale(brand, report.transaction_id, is_test).await?;
        let commission_number = sale.and_then(|sale| sale.commission_number);
        let outcome = |status, minor| RefundOutcome {
            status,
            deduction: Money { minor, currency: order.currency },
            commission_number,
        };
        // The shop itself reports the refunds of its orders: a second report must not deduct them twice.
        if order.source == OrderSource::Shopify {
            return Ok(outcome(RefundStatus::Skipped, 0));
        }
        let (has_earned, before_minor) = self.commission_of(brand, &order.external_id).await?;
        let now = self.now();
        let new = NewApiRefund {
            order_external_id: &order.external_id,
            transaction_id: report.transaction_id,
            is_test,
            id: report.refund_id,
            amount_minor: (report.amount_minor != 0).then_some(report.amount_minor),
            at: now,
        };
        let status = match self.store.add_api_refund(brand, &new, &settle_job(brand, now)).await? {
            ApiRefund::Added { is_all: _, .. } if !has_earned => RefundStatus::NoCommission,
            ApiRefund::Added { is_all: true, .. } => RefundStatus::Reversed,
            ApiRefund::Added { .. } => RefundStatus::Refunded,
            ApiRefund::NothingLeft => return Ok(outcome(RefundStatus::Skipped, 0)),
            ApiRefund::Exceeds { left_minor } => {
                return Err(TrackingError::ExceedsSale(Money { minor: left_minor, currency: order.currency }));
            }
            ApiRefund::OtherAmount => return Err(TrackingError::OtherRefund),
            ApiRefund::Repeat { answer } => {
                let answer = answer.and_then(|text| serde_json::from_str::<Answer>(&text).ok());
                return Ok(answer.map_or(outcome(RefundStatus::Refunded, 0), |answer| {
                    outcome(answer.status, answer.deduction_minor)
                }));
            }
        };
        self.settle_now(brand, &order.external_id).await?;
        let (_, after_minor) = self.commission_of(brand, &order.external_id).await?;
        let deduction_minor = before_minor - after_minor;
        if let (Some(id), Ok(answer)) = (report.refund_id, serde_json::to_string(&Answer { status, deduction_minor })) {
            self.store.put_refund_answer(brand, &order.external_id, id, &answer).await?;
        }
        Ok(outcome(status, deduction_minor))
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
