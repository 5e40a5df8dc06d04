//! Refunds that a backend reports through the unified API.

use domain::{
    Money, OrderId, UnixMs,
    order::{API_REFUND_PREFIX, OrderSource},
};
use store::{
    customers::{ApiRefund, NewApiRefund},
    money_writes::Answered,
    orders::Refund,
};

use super::write::{Done, RowError, WriteError};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{Answer, Claim},
    job::settle_job,
    stage::Api,
};

/// Longest id of a refund, in characters.
const ID_CHARS_MAX: usize = 255;

/// A refund as a backend reports it.
#[derive(Clone, Debug)]
pub struct NewRefund {
    /// The seller's id: the same id is the same refund.
    pub external_id: String,
    /// Minor units of the order's currency; all that is left, if it is not said.
    pub amount_minor: Option<i64>,
    /// Why.
    pub reason: Option<String>,
}

/// A refund after its report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundObject {
    /// The seller's id.
    pub external_id: String,
    /// The order.
    pub order: OrderId,
    /// The amount.
    pub amount: Money,
    /// Why.
    pub reason: Option<String>,
    /// When it was first reported.
    pub created_at: UnixMs,
    /// Whether it was reported now for the first time.
    pub is_new: bool,
}

impl Api<'_> {
    /// The refunds of an order, the first one first: those that a backend reported, and the shop's.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such order.
    pub async fn refunds(self, merchant: &Merchant, order: &str) -> Result<Vec<RefundObject>, FlowError> {
        let order = self.order(merchant, order).await?.value.order;
        let stored = self.store.refunds_of(merchant.id(), core::slice::from_ref(&order.external_id)).await?;
        let object = |refund: Refund| RefundObject {
            external_id: refund.external_id.strip_prefix(API_REFUND_PREFIX).unwrap_or(&refund.external_id).to_owned(),
            order: order.id.clone(),
            amount: Money { minor: refund.amount_minor, currency: refund.currency },
            reason: refund.reason,
            created_at: refund.at,
            is_new: false,
        };
        Ok(stored.into_iter().map(object).collect())
    }

    /// Refunds a part of an order, or all of it; its settlement is queued. A repeat changes nothing.
    ///
    /// # Errors
    /// `NotFound` if there is no such order; `Invalid` if Shopify reports its refunds, or it is more than is left;
    /// `Taken` if the id was used with another amount.
    pub async fn report_refund(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        order: &str,
        new: &NewRefund,
        render: &(dyn Fn(&RefundObject) -> Option<Answer> + Send + Sync),
    ) -> Result<Done, WriteError> {
        if let Some(done) = self.before(merchant, claim).await? {
            return Ok(done);
        }
        let order = self.order(merchant, order).await?.value.order;
        let id = new.external_id.trim();
        check(id, new.amount_minor, order.source).map_err(RowError::Invalid)?;
        let now = self.now();
        let refund = NewApiRefund {
            order_external_id: &order.external_id,
            transaction_id: &order.external_id,
            is_test: order.is_test,
            id: Some(id),
            amount_minor: new.amount_minor,
            // The answer repeats it, and is to say what is kept.
            reason: new.reason.as_deref().filter(|_| order.redacted_at.is_none()),
            answer: None,
            at: now,
        };
        let object = |minor, reason: Option<&str>, created_at, is_new| RefundObject {
            external_id: id.to_owned(),
            order: order.id.clone(),
            amount: Money { minor, currency: order.currency },
            reason: reason.map(str::to_owned),
            created_at,
            is_new,
        };
        let answer = |outcome: &ApiRefund| match outcome {
            ApiRefund::Added { amount_minor, .. } => render(&object(*amount_minor, refund.reason, now, true)),
            ApiRefund::Repeat { amount_minor, reason, at, .. } => {
                render(&object(*amount_minor, reason.as_deref(), *at, false))
            }
            _ => None,
        };
        let audit = self.audit(merchant.actor(), "order.refund", &order.id);
        let settle = settle_job(merchant.id(), now);
        let written = self.store.report_refund(merchant.id(), claim, &refund, &settle, &audit, &answer).await;
        match written.map_err(FlowError::from)? {
            Answered::Done(answer) => Ok(Done::Now(answer)),
            Answered::Before(answer) => Ok(Done::Before(answer)),
            Answered::OtherBody => Err(WriteError::KeyReused),
            Answered::InProgress => Err(WriteError::InProgress),
            Answered::Refused(ApiRefund::NothingLeft) => Err(invalid("nothing is left of the order")),
            Answered::Refused(ApiRefund::Exceeds { left_minor }) => {
                Err(invalid(format!("amount_minor must be at most {left_minor}, which is left of the order")))
            }
            Answered::Refused(_) => Err(RowError::Taken("a refund with this external_id and another amount").into()),
        }
    }
}

fn invalid(fault: impl Into<String>) -> WriteError {
    RowError::Invalid(Invalid::one(fault)).into()
}

fn check(id: &str, amount_minor: Option<i64>, source: OrderSource) -> Result<(), Invalid> {
    let mut faults = Vec::new();
    let is_id = !id.is_empty() && id.chars().count() <= ID_CHARS_MAX && !id.contains('\0');
    if !is_id || id.starts_with('#') || id.starts_with(API_REFUND_PREFIX) {
        faults.push(format!(
            "external_id must be 1 to {ID_CHARS_MAX} characters and not begin with # or {API_REFUND_PREFIX}"
        ));
    }
    if amount_minor.is_some_and(|minor| minor <= 0) {
        faults.push("amount_minor must be above 0".to_owned());
    }
    if source == OrderSource::Shopify {
        faults.push("Shopify reports the refunds of this order".to_owned());
    }
    if faults.is_empty() { Ok(()) } else { Err(Invalid(faults)) }
}
