//! What clients keep with orders, commissions and payouts: their own id of it, and notes.

use std::collections::BTreeMap;

use domain::metadata::Details;
use store::{
    money_writes::LedgerWrite,
    objects::{DetailsChange, Object, ObjectKind},
    orders::OrderRecord,
};

use super::write::{ATTEMPTS_MAX, CommonFields, Done, RowError, WriteError, details, done};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{Answer, Claim},
    stage::Api,
};

/// The change that these fields make to what is kept with an object; `None` if they change nothing.
///
/// # Errors
/// Every fault of the fields.
pub(super) fn details_change(
    kind: ObjectKind,
    id: impl ToString,
    before: &Details,
    fields: &CommonFields,
) -> Result<Option<DetailsChange>, Invalid> {
    let after = details(before, fields)?;
    let change = DetailsChange { kind, id: id.to_string(), before: before.clone(), after };
    Ok((change.before != change.after).then_some(change))
}

impl Api<'_> {
    /// Sets notes about an order, by our id or the seller's, and removes those without a value. Of an order whose customer
    /// was erased none are kept. Notes are no facts: nothing is settled, and no event is emitted.
    ///
    /// # Errors
    /// `NotFound` if there is no such order; `Invalid` if a note is too long, or there are too many.
    pub async fn note_order(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        id: &str,
        metadata: BTreeMap<String, Option<String>>,
        render: &(dyn Fn(&Object<OrderRecord>) -> Option<Answer> + Send + Sync),
    ) -> Result<Done, WriteError> {
        if let Some(done) = self.before(merchant, claim).await? {
            return Ok(done);
        }
        let fields = CommonFields { metadata, ..CommonFields::default() };
        for _ in 0..ATTEMPTS_MAX {
            let mut object = self.order(merchant, id).await?;
            let order = &object.value.order;
            let before = Details { external_id: None, metadata: object.details.metadata.clone() };
            let change = details_change(ObjectKind::Order, &order.id, &before, &fields).map_err(RowError::Invalid)?;
            let change = change.filter(|_| order.redacted_at.is_none());
            let audit = self.audit(merchant.actor(), "order.note", &order.id);
            if let Some(change) = &change {
                object.details.metadata = change.after.metadata.clone();
            }
            let answer = render(&object).ok_or(RowError::Changed)?;
            let write = change.as_ref().map_or(LedgerWrite::Nothing, LedgerWrite::Details);
            let written = self.store.write_ledger(merchant.id(), claim, write, &audit, &answer).await;
            if let Some(done) = done(written.map_err(FlowError::from)?)? {
                return Ok(done);
            }
        }
        Err(RowError::Changed.into())
    }
}
