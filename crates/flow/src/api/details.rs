//! What clients keep with objects that change in no other way through the API: their own id of it, and notes.

use std::collections::BTreeMap;

use domain::{BrandId, metadata::Details};
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

/// Makes the answer that shows an object, from what clients keep with it.
type RenderDetails<'a> = &'a (dyn Fn(&Details) -> Option<Answer> + Send + Sync);

impl Api<'_> {
    /// These objects, each with what clients keep with it.
    ///
    /// # Errors
    /// A database error.
    pub async fn with_details<T>(
        self,
        merchant: &Merchant,
        objects: Vec<T>,
        id: impl Fn(&T) -> String,
    ) -> Result<Vec<(T, Details)>, FlowError> {
        let ids: Vec<String> = objects.iter().map(&id).collect();
        let mut kept = self.store.details(merchant.id(), &ids).await?;
        Ok(objects.into_iter().zip(ids).map(|(object, id)| (object, kept.remove(&id).unwrap_or_default())).collect())
    }

    /// What clients keep with an object.
    ///
    /// # Errors
    /// A database error.
    pub async fn details_of(self, merchant: &Merchant, id: &str) -> Result<Details, FlowError> {
        self.details_in(merchant.id(), id).await
    }

    /// As [`Self::details_of`], of a brand's object.
    pub(super) async fn details_in(self, brand: &BrandId, id: &str) -> Result<Details, FlowError> {
        Ok(self.store.details(brand, &[id.to_owned()]).await?.remove(id).unwrap_or_default())
    }

    /// The id of the object of a kind that clients know by this external id.
    ///
    /// # Errors
    /// A database error.
    pub async fn id_by_external_id(
        self,
        merchant: &Merchant,
        kind: ObjectKind,
        external_id: &str,
    ) -> Result<Option<String>, FlowError> {
        Ok(self.store.id_by_external_id(merchant.id(), kind, external_id).await?)
    }

    /// Changes what clients keep with a click, a conversion, a milestone, an import or a payout that the caller has found, after it
    /// has asked whether the claim was answered [before](Self::before): the object may be gone since. No event is emitted.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks about a payout;
    /// `Invalid` if the id or notes are wrong, the object does not exist any more, or it is about a person whose data was erased or
    /// who refused tracking; `Taken` if another object of the kind has the external id.
    pub async fn note(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        (kind, id): (ObjectKind, &str),
        common: &CommonFields,
        render: RenderDetails<'_>,
    ) -> Result<Done, WriteError> {
        if kind == ObjectKind::Payout {
            merchant.owner()?;
        }
        let action = match kind {
            ObjectKind::Payout => "payout.note",
            ObjectKind::Click => "click.note",
            ObjectKind::Conversion => "conversion.note",
            ObjectKind::Milestone => "milestone.note",
            _ => "import.note",
        };
        let audit = self.audit(merchant.actor(), action, id);
        let mut refused = None;
        for _ in 0..ATTEMPTS_MAX {
            let before = self.details_of(merchant, id).await?;
            if refused.as_ref() == Some(&before) {
                // Nobody else has changed them.
                let fault = "nothing can be kept with it: it does not exist any more, or the data of its person was erased or refused";
                return Err(RowError::Invalid(Invalid::one(fault)).into());
            }
            let after = details(&before, common).map_err(RowError::Invalid)?;
            let answer = render(&after).ok_or(RowError::Changed)?;
            // Also if nothing changes: the answer shows what an erasure may delete meanwhile.
            let change = DetailsChange { kind, id: id.to_owned(), before: before.clone(), after };
            let write = LedgerWrite::Details(&change);
            let written = self.store.write_ledger(merchant.id(), claim, write, &audit, &answer).await;
            if let Some(done) = done(written.map_err(FlowError::from)?)? {
                return Ok(done);
            }
            refused = Some(before);
        }
        Err(RowError::Changed.into())
    }

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
            let after = details(&before, &fields).map_err(RowError::Invalid)?;
            // Also if nothing changes: the answer shows what an erasure may delete meanwhile.
            let (kind, id) = (ObjectKind::Order, order.id.to_string());
            let change = order.redacted_at.is_none().then_some(DetailsChange { kind, id, before, after });
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
