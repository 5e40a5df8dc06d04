//! Commissions through the unified API: entries of the ledger, their edits and approval.

use domain::{
    CreatorId, Currency, EntryId, Money, UnixMs,
    commission::EntryKind,
    creator::Creator,
    id::earliest,
    money::{AMOUNT_MAX_MINOR, REPORTED_MAX_MINOR},
};
use store::{
    api_requests::Written,
    commissions::{Approval, Entry},
    money_writes::{CommissionEdit, LedgerWrite},
    objects::{DetailsChange, Keyset, Object, ObjectKind},
    outbound::NewEvents,
};

use super::{
    Commission, CommissionFilter, CommissionStatus,
    details::details_change,
    write::{ATTEMPTS_MAX, CommonFields, Done, RowError, WriteError, done},
};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{Answer, Claim},
    outbound::{
        commissions::{adjustment_events, approval_events},
        draft::People,
    },
    stage::Api,
    survey::reason_text,
};

/// Later than every id.
const LAST: UnixMs = UnixMs(0xffff_ffff_ffff);

/// Makes the answer that shows a commission.
pub type RenderCommission<'a> = &'a (dyn Fn(&Object<Commission>) -> Option<Answer> + Send + Sync);

/// What an edit changes about a commission.
#[derive(Clone, Debug, Default)]
pub struct CommissionChanges {
    /// The new amount; `None` leaves it.
    pub amount: Option<NewAmount>,
    /// The client's own id and notes.
    pub common: CommonFields,
}

/// What a commission shall amount to.
#[derive(Clone, Debug)]
pub struct NewAmount {
    /// Minor units of its currency.
    pub amount_minor: i64,
    /// Why. The creator may see it.
    pub reason: String,
}

/// An adjustment of a creator's balance, as a client asks for it: a bonus, or what is taken back.
#[derive(Clone, Debug)]
pub struct NewAdjustment {
    /// The creator's id.
    pub creator: String,
    /// Minor units, below zero to take back.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Why. The creator may see it.
    pub reason: String,
    /// The client's own id. It names the same adjustment for good.
    pub external_id: String,
    /// The client's notes.
    pub common: CommonFields,
}

impl Api<'_> {
    /// Adjusts a creator's balance, once for each external id.
    ///
    /// # Errors
    /// `Missing` if there is no such creator; `Invalid` if the amount, currency, reason, id or notes are wrong; `Taken` if the
    /// id was used for another commission.
    pub async fn adjust_balance(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        new: &NewAdjustment,
        render: &(dyn Fn(&Object<Commission>, bool) -> Option<Answer> + Send + Sync),
    ) -> Result<Done, WriteError> {
        if let Some(done) = self.before(merchant, claim).await? {
            return Ok(done);
        }
        let (currency, reason) = check_adjustment(new)?;
        for _ in 0..ATTEMPTS_MAX {
            let creator = self.creator_to_adjust(merchant, &new.creator).await?;
            if let Some(known) = self.adjusted(merchant, &creator.id, new, currency).await? {
                let audit = self.audit(merchant.actor(), "commission.adjust", &creator.id);
                let answer = render(&known, false).ok_or(RowError::Changed)?;
                let written =
                    self.store.write_ledger(merchant.id(), claim, LedgerWrite::Nothing, &audit, &answer).await;
                if let Some(done) = done(written.map_err(FlowError::from)?)? {
                    return Ok(done);
                }
                continue;
            }
            // Not the id itself: it goes with the creator, the entry stays.
            let key = format!("adjustment:api:{}", self.identity_hash("adjustment", &new.external_id));
            let amount = Money { minor: new.amount_minor, currency };
            let entry = self.commissions().adjustment(merchant, &creator.id, amount, reason.clone(), key);
            let mut object = Object::plain(
                Commission {
                    status: CommissionStatus::Approved,
                    edited_minor: 0,
                    edits: 0,
                    order_name: None,
                    payout_created_at: None,
                    edited: None,
                    entry: entry.clone(),
                },
                entry.created_at,
            );
            let kept = details_change(ObjectKind::Commission, &entry.id, &object.details, &new.common);
            let kept = kept.map_err(RowError::Invalid)?;
            if let Some(kept) = &kept {
                object.details = kept.after.clone();
            }
            let people = People::of(core::slice::from_ref(&creator));
            let events = adjustment_events(self.outbound().draft(merchant.id()), &people, &entry);
            let audit = self.audit(merchant.actor(), "commission.adjust", &creator.id);
            let answer = render(&object, true).ok_or(RowError::Changed)?;
            let write = LedgerWrite::Adjust(&entry, &events, kept.as_ref());
            let written = self.store.write_ledger(merchant.id(), claim, write, &audit, &answer).await;
            match written.map_err(FlowError::from)? {
                // Another request was first, or the creator was erased or merged meanwhile: it is looked at again.
                Written::Refused(_) => {}
                written => {
                    if let Some(done) = done(written)? {
                        return Ok(done);
                    }
                }
            }
        }
        // The key was used, and the id was taken off what it made.
        Err(RowError::Taken("external_id").into())
    }

    /// The creator whose balance is adjusted: clients may know them by the id from before a merge.
    async fn creator_to_adjust(self, merchant: &Merchant, id: &str) -> Result<Creator, WriteError> {
        let id: CreatorId = id.parse().map_err(|_| RowError::Missing("creator"))?;
        let id = self.store.merged_into(merchant.id(), &id).await.map_err(FlowError::from)?.unwrap_or(id);
        if self.store.creator_erased_at(merchant.id(), &id).await.map_err(FlowError::from)?.is_some() {
            return Err(RowError::Invalid(Invalid::one("the creator was erased")).into());
        }
        match self.creators().get(merchant, &id).await {
            Ok(creator) => Ok(creator),
            Err(FlowError::NotFound(_)) => Err(RowError::Missing("creator").into()),
            Err(error) => Err(error.into()),
        }
    }

    /// The adjustment that was made under the same id before.
    async fn adjusted(
        self,
        merchant: &Merchant,
        creator: &CreatorId,
        new: &NewAdjustment,
        currency: Currency,
    ) -> Result<Option<Object<Commission>>, WriteError> {
        let filter = CommissionFilter { external_id: Some(new.external_id.clone()), ..CommissionFilter::default() };
        let all = Keyset { from: String::new(), below: earliest(EntryId::PREFIX, LAST), is_ascending: false, limit: 1 };
        let found = self.commissions_page(merchant, &all, &filter).await?;
        let Some(found) = found.into_iter().next() else { return Ok(None) };
        let entry = &found.value.entry;
        let is_same = entry.kind == EntryKind::Adjustment
            && entry.creator == *creator
            && (entry.amount_minor, entry.currency) == (new.amount_minor, currency);
        if is_same { Ok(Some(found)) } else { Err(RowError::Taken("external_id").into()) }
    }

    /// A page of ledger entries.
    pub async fn commissions_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        filter: &CommissionFilter,
    ) -> Result<Vec<Object<Commission>>, FlowError> {
        Ok(self.store.commissions_page(merchant.id(), keyset, filter, self.now()).await?)
    }

    /// One ledger entry.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such entry.
    pub async fn commission(self, merchant: &Merchant, id: &str) -> Result<Object<Commission>, FlowError> {
        let id: EntryId = id.parse().map_err(|_| FlowError::NotFound("commission"))?;
        let found = self.commissions_page(merchant, &Keyset::only(id.as_str()), &CommissionFilter::default()).await?;
        found.into_iter().next().ok_or(FlowError::NotFound("commission"))
    }

    /// Brings a commission to an amount, by an entry that adds the difference to the ledger, and changes what clients keep
    /// with it. Once the customer of its order was erased, clients keep nothing with it.
    ///
    /// # Errors
    /// `NotFound` if there is no such commission; `Invalid` if the amount of a payout's line or of an edit is to change, or
    /// the amount, reason, id or notes are wrong; `Taken` if another commission has the external id.
    pub async fn edit_commission(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        id: &str,
        changes: &CommissionChanges,
        render: RenderCommission<'_>,
    ) -> Result<Done, WriteError> {
        if let Some(done) = self.before(merchant, claim).await? {
            return Ok(done);
        }
        for _ in 0..ATTEMPTS_MAX {
            let mut commission = self.commission(merchant, id).await?;
            let (edit, kept) = self.plan_edit(merchant, &commission, changes)?;
            let kept = if self.is_erased(merchant, &commission.value).await? { None } else { kept };
            let events = match &edit {
                None => NewEvents::default(),
                Some(edit) => {
                    let creator = core::slice::from_ref(&edit.entry.creator);
                    let creators = self.store.creators_of(merchant.id(), creator).await.map_err(FlowError::from)?;
                    adjustment_events(self.outbound().draft(merchant.id()), &People::of(&creators), &edit.entry)
                }
            };
            let (action, write) = match (&edit, &kept) {
                (Some(edit), kept) => ("commission.edit", LedgerWrite::Edit(edit, &events, kept.as_ref())),
                (None, Some(kept)) => ("commission.note", LedgerWrite::Details(kept)),
                (None, None) => ("commission.note", LedgerWrite::Nothing),
            };
            if let Some(edit) = &edit {
                commission.value.edited_minor += edit.entry.amount_minor;
                commission.value.edits += 1;
                commission.updated_at = commission.updated_at.max(edit.entry.created_at);
            }
            if let Some(kept) = &kept {
                commission.details = kept.after.clone();
            }
            let audit = self.audit(merchant.actor(), action, id);
            let answer = render(&commission).ok_or(RowError::Changed)?;
            let written = self.store.write_ledger(merchant.id(), claim, write, &audit, &answer).await;
            if let Some(done) = done(written.map_err(FlowError::from)?)? {
                return Ok(done);
            }
        }
        Err(RowError::Changed.into())
    }

    /// Whether the customer of its order was erased.
    async fn is_erased(self, merchant: &Merchant, commission: &Commission) -> Result<bool, FlowError> {
        let Some(order) = &commission.entry.order else { return Ok(false) };
        let record = self.store.order(merchant.id(), order).await?;
        Ok(record.is_some_and(|record| record.order.redacted_at.is_some()))
    }

    /// The edit, if the amount changes, and the change of what clients keep with the commission.
    fn plan_edit(
        self,
        merchant: &Merchant,
        commission: &Object<Commission>,
        changes: &CommissionChanges,
    ) -> Result<(Option<CommissionEdit>, Option<DetailsChange>), WriteError> {
        let edit = match &changes.amount {
            None => None,
            Some(NewAmount { amount_minor, reason }) => {
                check_edit(&commission.value, *amount_minor).map_err(RowError::Invalid)?;
                Some(self.edit(merchant, &commission.value, *amount_minor, reason)?)
            }
        };
        let id = &commission.value.entry.id;
        let kept = details_change(ObjectKind::Commission, id, &commission.details, &changes.common);
        Ok((edit.filter(|edit| edit.entry.amount_minor != 0), kept.map_err(RowError::Invalid)?))
    }

    fn edit(
        self,
        merchant: &Merchant,
        commission: &Commission,
        amount_minor: i64,
        reason: &str,
    ) -> Result<CommissionEdit, FlowError> {
        let (now, edited) = (self.now(), &commission.entry);
        let is_waiting = edited.is_waiting();
        let entry = Entry {
            id: EntryId::new(now.0, self.random()),
            key: format!("edit:{}:{}", edited.id, commission.edits),
            creator: edited.creator.clone(),
            order: edited.order.clone(),
            rule: None,
            kind: EntryKind::Adjustment,
            currency: edited.currency,
            amount_minor: amount_minor - edited.amount_minor - commission.edited_minor,
            reason: reason_text(reason)?,
            actor: merchant.actor().to_owned(),
            created_at: now,
            payable_at: edited.payable_at.max(now),
            needs_approval: is_waiting,
            approved_at: (!is_waiting).then_some(now),
            payout: None,
        };
        Ok(CommissionEdit { edited: edited.id.clone(), nth: commission.edits, entry })
    }

    /// Approves a commission that waits for a person, with all that its order earned. Approving another changes nothing.
    ///
    /// # Errors
    /// `NotFound` if there is no such commission.
    pub async fn approve_commission(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        id: &str,
        render: RenderCommission<'_>,
    ) -> Result<Done, WriteError> {
        if let Some(done) = self.before(merchant, claim).await? {
            return Ok(done);
        }
        let mut commission = self.commission(merchant, id).await?;
        let now = self.now();
        let creator = commission.value.entry.creator.clone();
        let order = commission.value.entry.order.clone().filter(|_| commission.value.entry.is_waiting());
        let creators = match &order {
            None => Vec::new(),
            Some(order) => {
                approved(&mut commission, now);
                let attribution = self.orders().get(merchant, order).await?.attribution;
                let credits = attribution.into_iter().flat_map(|attribution| attribution.credits);
                credits.filter_map(|credit| credit.creator).chain([creator]).collect::<Vec<CreatorId>>()
            }
        };
        let people = match &order {
            None => People::default(),
            Some(order) => self.commissions().people_of(merchant, Approval::Order(order), &creators).await?,
        };
        let draft = self.outbound().draft(merchant.id());
        let events = |approved: &[Entry]| approval_events(draft.clone(), &people, approved);
        let write = match &order {
            None => LedgerWrite::Nothing,
            Some(order) => LedgerWrite::Approve(Approval::Order(order), now, &events),
        };
        let subject = order.as_ref().map_or(id, |order| order.as_str());
        let audit = self.audit(merchant.actor(), "commission.approve", subject);
        let answer = render(&commission).ok_or(RowError::Changed)?;
        let written = self.store.write_ledger(merchant.id(), claim, write, &audit, &answer).await;
        let done = done(written.map_err(FlowError::from)?)?.ok_or(RowError::Changed)?;
        if order.is_some() {
            self.rollups().renew(merchant.id()).await?;
        }
        self.commissions().record_milestones(merchant.brand(), &creators, &people).await?;
        Ok(done)
    }
}

/// The commission as it is after its approval.
fn approved(commission: &mut Object<Commission>, now: UnixMs) {
    let value = &mut commission.value;
    value.entry.approved_at = Some(now);
    value.status = if value.entry.payable_at > now { CommissionStatus::Pending } else { CommissionStatus::Approved };
    commission.updated_at = commission.updated_at.max(now);
}

fn check_edit(commission: &Commission, amount_minor: i64) -> Result<(), Invalid> {
    let entry = &commission.entry;
    let mut faults = Vec::new();
    if entry.kind == EntryKind::Payout {
        faults.push("the line of a payout cannot be edited".to_owned());
    }
    if let Some(edited) = &commission.edited {
        faults.push(format!("this is an edit of {edited}; edit that one"));
    }
    let least = if entry.kind == EntryKind::Accrual { 0 } else { -AMOUNT_MAX_MINOR };
    if !(least..=AMOUNT_MAX_MINOR).contains(&amount_minor) {
        faults.push(format!("amount_minor must be {least} to {AMOUNT_MAX_MINOR}"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Invalid(faults)) }
}

/// The currency and reason of an adjustment.
fn check_adjustment(new: &NewAdjustment) -> Result<(Currency, String), WriteError> {
    let mut faults = Vec::new();
    let currency = Currency::parse(&new.currency);
    if currency.is_none() {
        faults.push("currency must be an ISO 4217 code".to_owned());
    }
    if new.amount_minor == 0 {
        faults.push("amount_minor must not be zero".to_owned());
    }
    if new.amount_minor.unsigned_abs() > REPORTED_MAX_MINOR.unsigned_abs() {
        faults.push("amount_minor is too large".to_owned());
    }
    let reason = match reason_text(&new.reason) {
        Ok(reason) => Some(reason),
        Err(FlowError::Invalid(wrong)) => {
            faults.extend(wrong.0);
            None
        }
        Err(error) => return Err(error.into()),
    };
    match (currency, reason) {
        (Some(currency), Some(reason)) if faults.is_empty() => Ok((currency, reason)),
        _ => Err(RowError::Invalid(Invalid(faults)).into()),
    }
}
