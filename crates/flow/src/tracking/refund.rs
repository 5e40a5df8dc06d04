//! Refunds that a backend reports.

use domain::Money;
use store::orders::Refund;

use super::{TrackingError, order_external_id};
use crate::{FlowError, access::ApiCaller, job::settle_job, stage::Tracking};

/// Attempts when a sale changes between being read and being refunded.
const TRIES_MAX: usize = 3;

/// A refund, as a backend reported it.
#[derive(Clone, Copy, Debug)]
pub struct RefundReport<'a> {
    /// The sender's id of the sale.
    pub transaction_id: &'a str,
    /// Minor units of the sale's currency; 0 means all that is left. More than is left counts as what is left.
    pub amount_minor: i64,
    /// Whether this is a test.
    pub is_test: bool,
}

/// What a refund did to the commission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStatus {
    /// The whole sale was refunded.
    Reversed,
    /// A part was refunded.
    Refunded,
    /// Nothing was left to refund.
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

impl Tracking<'_> {
    /// Records a refund of a sale and reduces its commission.
    ///
    /// # Errors
    /// [`TrackingError::UnknownSale`] if there is no such sale.
    pub async fn refund(self, caller: &ApiCaller, report: RefundReport<'_>) -> Result<RefundOutcome, TrackingError> {
        let brand = caller.brand();
        let is_test = caller.is_test() || report.is_test;
        let external_id = order_external_id(report.transaction_id, is_test);
        for _ in 0..TRIES_MAX {
            let sale = self.store.sale(brand, report.transaction_id, is_test).await?;
            let sale = sale.ok_or(TrackingError::UnknownSale)?;
            let left_minor = sale.amount_minor - sale.refunded_minor;
            let outcome = |status, deduction_minor| RefundOutcome {
                status,
                deduction: Money { minor: deduction_minor, currency: sale.currency },
                commission_number: sale.commission_number,
            };
            if left_minor == 0 {
                return Ok(outcome(RefundStatus::Skipped, 0));
            }
            let amount_minor = if report.amount_minor == 0 { left_minor } else { report.amount_minor.min(left_minor) };
            let now = self.now();
            let refund = Refund {
                order_external_id: external_id.clone(),
                external_id: format!("api:{}", sale.refunds),
                amount_minor,
                currency: sale.currency,
                at: now,
                subtotal_minor: Some(amount_minor),
                lines: Vec::new(),
            };
            let (has_earned, before_minor) = self.commission_of(brand, &external_id).await?;
            if !self.store.refund_sale(brand, &sale, &refund, &settle_job(brand, now)).await? {
                continue;
            }
            self.settle_now(brand, &external_id).await?;
            let (_, after_minor) = self.commission_of(brand, &external_id).await?;
            let status = match (has_earned, amount_minor == left_minor) {
                (false, _) => RefundStatus::NoCommission,
                (true, true) => RefundStatus::Reversed,
                (true, false) => RefundStatus::Refunded,
            };
            return Ok(outcome(status, before_minor - after_minor));
        }
        Err(FlowError::Stale("sale").into())
    }
}
