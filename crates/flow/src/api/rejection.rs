//! Rejecting what an order earns: each line that waits for approval is edited to nothing.

use domain::{OrderId, commission::EntryKind};
use store::{commissions::Entry, objects::Object};

use super::{
    Answer, Commission,
    commission::{CommissionChanges, NewAmount},
    write::{RowError, WriteError},
};
use crate::{FlowError, access::Merchant, stage::Api, survey::reason_text};

impl Api<'_> {
    /// Rejects what one order earns and still waits for approval, with a reason. The order's credit stays as it is.
    /// Returns how many lines of the ledger were edited.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the order is not the brand's; `FlowError::Invalid` if the reason is not 1 to 255
    /// characters; `FlowError::Stale` if a line was edited at the same time.
    pub async fn reject_commissions(
        self,
        merchant: &Merchant,
        order: &OrderId,
        reason: &str,
    ) -> Result<u64, FlowError> {
        reason_text(reason)?;
        self.orders().get(merchant, order).await?;
        let entries = self.store.ledger_of_order(merchant.id(), order).await?;
        // A line's edits are taken back with it.
        let is_earned = |entry: &&Entry| matches!(entry.kind, EntryKind::Accrual | EntryKind::Reversal);
        let render = |_: &Object<Commission>| Some(Answer { status: 200, body: String::new() });
        let amount = Some(NewAmount { amount_minor: 0, reason: reason.to_owned() });
        let nothing = CommissionChanges { amount, ..CommissionChanges::default() };
        let mut rejected = 0;
        for entry in entries.iter().filter(|entry| entry.is_waiting()).filter(is_earned) {
            match self.edit_commission(merchant, None, entry.id.as_str(), &nothing, &render).await {
                Ok(_) => rejected += 1,
                Err(WriteError::Flow(error)) => return Err(error),
                Err(WriteError::Row(RowError::Invalid(faults))) => return Err(faults.into()),
                Err(_) => return Err(FlowError::Stale("the commission")),
            }
        }
        Ok(rejected)
    }
}
