//! Payouts through the unified API.

use domain::PayoutId;
use store::{
    commissions::{Closing, Payout, PayoutState},
    money_writes::LedgerWrite,
    objects::{Keyset, Object, ObjectKind},
    outbound::NewEvents,
};

use super::{
    PayoutFilter,
    details::details_change,
    write::{ATTEMPTS_MAX, CommonFields, Done, RowError, WriteError, done},
};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{Answer, Claim},
    payout::REFERENCE_CHARS_MAX,
    stage::Api,
};

/// Makes the answer that shows a payout.
pub type RenderPayout<'a> = &'a (dyn Fn(&Object<Payout>) -> Option<Answer> + Send + Sync);

impl Api<'_> {
    /// A page of payouts.
    pub async fn payouts_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        filter: &PayoutFilter,
    ) -> Result<Vec<Object<Payout>>, FlowError> {
        Ok(self.store.payouts_page(merchant.id(), keyset, filter).await?)
    }

    /// One payout.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such payout.
    pub async fn payout(self, merchant: &Merchant, id: &str) -> Result<Object<Payout>, FlowError> {
        let id: PayoutId = id.parse().map_err(|_| FlowError::NotFound("payout"))?;
        let found = self.payouts_page(merchant, &Keyset::only(id.as_str()), &PayoutFilter::default()).await?;
        found.into_iter().next().ok_or(FlowError::NotFound("payout"))
    }

    /// Creates a payout of everything payable in a currency, with what the client keeps with it.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `Invalid` if the currency is unknown, nothing is payable, or the id or notes
    /// are wrong; `Taken` if another payout has the external id.
    pub async fn create_payout(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        currency: &str,
        common: &CommonFields,
        render: RenderPayout<'_>,
    ) -> Result<Done, WriteError> {
        merchant.owner()?;
        if let Some(done) = self.before(merchant, claim).await? {
            return Ok(done);
        }
        for _ in 0..ATTEMPTS_MAX {
            let payout = self.payouts().plan(merchant, currency).await?;
            let created_at = payout.created_at;
            let mut object = Object::plain(payout, created_at);
            let kept = details_change(ObjectKind::Payout, &object.value.id, &object.details, common);
            let kept = kept.map_err(RowError::Invalid)?;
            if let Some(kept) = &kept {
                object.details = kept.after.clone();
            }
            let ids = self.payouts().entry_ids(object.value.items.len());
            let audit = self.audit(merchant.actor(), "payout.create", &object.value.id);
            let answer = render(&object).ok_or(RowError::Changed)?;
            let write = LedgerWrite::CreatePayout(&object.value, &ids, kept.as_ref());
            let written = self.store.write_ledger(merchant.id(), claim, write, &audit, &answer).await;
            if let Some(done) = done(written.map_err(FlowError::from)?)? {
                return Ok(done);
            }
        }
        Err(RowError::Changed.into())
    }

    /// Closes a payout: as paid, or as cancelled, which makes its amounts payable again. Closing it again in the same way
    /// changes nothing.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `NotFound` if there is no such payout; `Invalid` if it is closed in
    /// another way, or paid under another reference.
    pub async fn close_payout(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        id: &str,
        close: (PayoutState, Option<&str>),
        render: RenderPayout<'_>,
    ) -> Result<Done, WriteError> {
        merchant.owner()?;
        if let Some(done) = self.before(merchant, claim).await? {
            return Ok(done);
        }
        let (state, reference) = close;
        let reference = reference.map(str::trim);
        let is_text = |text: &str| {
            !text.is_empty() && text.chars().count() <= REFERENCE_CHARS_MAX && !text.contains(char::is_control)
        };
        if reference.is_some_and(|text| !is_text(text)) {
            return Err(invalid(format!("reference must be 1 to {REFERENCE_CHARS_MAX} characters")));
        }
        let action = if state == PayoutState::Paid { "payout.paid" } else { "payout.cancel" };
        for _ in 0..ATTEMPTS_MAX {
            let mut object = self.payout(merchant, id).await?;
            let payout_id = object.value.id.clone();
            let (now, ids) = (self.now(), self.payouts().entry_ids(object.value.items.len()));
            let (mut events, mut mails) = (NewEvents::default(), Vec::new());
            let write = if object.value.state == PayoutState::Open {
                object.value.state = state;
                object.value.closed_at = Some(now);
                object.value.closed_by = Some(merchant.actor().to_owned());
                object.value.reference = reference.map(str::to_owned);
                object.updated_at = now;
                if state == PayoutState::Paid {
                    events = self.payouts().paid_events(merchant, &object.value).await?;
                    mails = self.payouts().paid_mails(merchant, &object.value);
                }
                let closing = Closing { state, at: now, reference, entry_ids: &ids, events: &events, mails: &mails };
                LedgerWrite::ClosePayout(&payout_id, closing)
            } else if object.value.state != state {
                return Err(invalid(format!("the payout is {}", object.value.state.as_str())));
            } else if reference.is_some() && reference != object.value.reference.as_deref() {
                return Err(invalid("the payout is paid under another reference"));
            } else {
                LedgerWrite::Nothing
            };
            let audit = self.audit(merchant.actor(), action, &payout_id);
            let answer = render(&object).ok_or(RowError::Changed)?;
            let written = self.store.write_ledger(merchant.id(), claim, write, &audit, &answer).await;
            if let Some(done) = done(written.map_err(FlowError::from)?)? {
                return Ok(done);
            }
        }
        Err(RowError::Changed.into())
    }
}

fn invalid(fault: impl Into<String>) -> WriteError {
    RowError::Invalid(Invalid::one(fault)).into()
}
