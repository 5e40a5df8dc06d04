//! Payouts: batches of payable commissions, exported as files for banks and PayPal, and their closing.

use std::collections::BTreeMap;

use domain::{
    CreatorId, Currency, EntryId, Money, PayoutId,
    outbound::{EventData, PayoutData},
    payout_details::PayoutDetails,
};
use store::{commissions::Closing, jobs::NewJob, outbound::NewEvents};

use crate::{
    FlowError, Invalid,
    access::Merchant,
    job::{Job, PaidRef},
    outbound::draft::People,
    payout_details,
    spreadsheet::text_cell,
    stage::Payouts,
};

pub use store::commissions::{Payout, PayoutLine, PayoutState};

/// Longest reference of a payout, in characters.
pub(crate) const REFERENCE_CHARS_MAX: usize = 255;

impl Payouts<'_> {
    /// Creates a payout of everything payable in a currency. Creators whose payable balance is not above zero are left
    /// out.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if the currency is unknown or nothing is
    /// payable; `FlowError::Stale` if the balances changed meanwhile.
    pub async fn create(self, merchant: &Merchant, currency: &str) -> Result<Payout, FlowError> {
        merchant.owner()?;
        let payout = self.plan(merchant, currency).await?;
        let entry = self.audit(merchant.actor(), "payout.create", &payout.id);
        let ids = self.entry_ids(payout.items.len());
        if self.store.create_payout(merchant.id(), &payout, &ids, &entry).await? {
            Ok(payout)
        } else {
            Err(FlowError::Stale("the payable balance"))
        }
    }

    /// A payout of everything payable in a currency, not stored.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the currency is unknown or nothing is payable.
    pub(crate) async fn plan(self, merchant: &Merchant, currency: &str) -> Result<Payout, FlowError> {
        let currency =
            Currency::parse(currency.trim()).ok_or_else(|| Invalid::one("currency must be an ISO 4217 code"))?;
        let now = self.now();
        let items: Vec<(CreatorId, i64)> = self
            .store
            .balances(merchant.id(), now)
            .await?
            .into_iter()
            .filter(|balance| balance.currency == currency && balance.payable_minor > 0)
            .map(|balance| (balance.creator, balance.payable_minor))
            .collect();
        if items.is_empty() {
            return Err(Invalid::one(format!("nothing is payable in {currency}")).into());
        }
        Ok(Payout {
            id: PayoutId::new(now.0, self.random()),
            currency,
            state: PayoutState::Open,
            created_at: now,
            closed_at: None,
            actor: merchant.actor().to_owned(),
            closed_by: None,
            reference: None,
            items,
        })
    }

    /// The brand's payouts, newest first.
    pub async fn list(self, merchant: &Merchant) -> Result<Vec<Payout>, FlowError> {
        Ok(self.store.payouts(merchant.id()).await?)
    }

    /// One payout.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the payout is not the brand's.
    pub async fn get(self, merchant: &Merchant, id: &PayoutId) -> Result<Payout, FlowError> {
        let payouts = self.store.payouts(merchant.id()).await?;
        payouts.into_iter().find(|payout| payout.id == *id).ok_or(FlowError::NotFound("payout"))
    }

    /// Closes an open payout: as paid, or as cancelled, which makes its amounts payable again.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::NotFound` if the payout is not the brand's;
    /// `FlowError::Invalid` if it is already closed.
    pub async fn close(self, merchant: &Merchant, id: &PayoutId, state: PayoutState) -> Result<(), FlowError> {
        self.close_as(merchant, id, state, None).await
    }

    /// Marks an open payout as paid. `reference` is what the payer calls the transfer; it may be empty.
    ///
    /// # Errors
    /// As [`Self::close`], and `FlowError::Invalid` for a reference that is too long.
    pub async fn mark_paid(self, merchant: &Merchant, id: &PayoutId, reference: &str) -> Result<(), FlowError> {
        let reference = reference.trim();
        if reference.chars().count() > REFERENCE_CHARS_MAX || reference.contains(char::is_control) {
            return Err(Invalid::one(format!("reference must be at most {REFERENCE_CHARS_MAX} characters")).into());
        }
        self.close_as(merchant, id, PayoutState::Paid, (!reference.is_empty()).then_some(reference)).await
    }

    async fn close_as(
        self,
        merchant: &Merchant,
        id: &PayoutId,
        state: PayoutState,
        reference: Option<&str>,
    ) -> Result<(), FlowError> {
        merchant.owner()?;
        let payout = Payout { reference: reference.map(str::to_owned), ..self.get(merchant, id).await? };
        let action = if state == PayoutState::Paid { "payout.paid" } else { "payout.cancel" };
        let entry = self.audit(merchant.actor(), action, id);
        let ids = self.entry_ids(payout.items.len());
        let (events, mails) = if state == PayoutState::Paid {
            (self.paid_events(merchant, &payout).await?, self.paid_mails(merchant, &payout))
        } else {
            (NewEvents::default(), Vec::new())
        };
        let closing = Closing { state, at: self.now(), reference, entry_ids: &ids, events: &events, mails: &mails };
        let is_done = self.store.close_payout(merchant.id(), id, &closing, &entry).await?;
        if is_done { Ok(()) } else { Err(Invalid::one("the payout is already closed").into()) }
    }

    pub(crate) async fn paid_events(self, merchant: &Merchant, payout: &Payout) -> Result<NewEvents, FlowError> {
        let paid: Vec<CreatorId> = payout.items.iter().map(|(creator, _)| creator.clone()).collect();
        let people = People::of(&self.store.creators_of(merchant.id(), &paid).await?);
        let mut draft = self.outbound().draft(merchant.id());
        for (creator, amount_minor) in &payout.items {
            let data = EventData::PayoutPaid(PayoutData {
                payout_id: payout.id.clone(),
                creator: people.name(creator),
                amount_minor: *amount_minor,
                currency: payout.currency,
                reference: payout.reference.clone(),
            });
            draft.add(&data, &payout.id, format!("{}:{creator}", payout.id));
        }
        Ok(draft.into_events())
    }

    /// The mails to the creators of a payout that was paid; none if the server cannot send mail.
    pub(crate) fn paid_mails(self, merchant: &Merchant, payout: &Payout) -> Vec<NewJob> {
        let creators = payout.items.iter().filter(|_| self.mailer.is_some());
        let mail = |(creator, _): &(CreatorId, i64)| {
            let (brand, payout) = (merchant.id().clone(), payout.id.clone());
            Job::MailPaid(PaidRef { brand, payout, creator: creator.clone() }).at(self.now())
        };
        creators.map(mail).collect()
    }

    /// What a payout is made of, by creator, oldest first. Of each creator the lines add up to what they get. A cancelled
    /// payout has none: they are payable again.
    pub async fn lines(self, merchant: &Merchant, id: &PayoutId) -> Result<Vec<PayoutLine>, FlowError> {
        Ok(self.store.payout_lines(merchant.id(), id).await?)
    }

    pub(crate) fn entry_ids(self, count: usize) -> Vec<EntryId> {
        (0..count).map(|_| EntryId::new(self.now().0, self.random())).collect()
    }

    /// A payout as CSV with a header: creator, name, handle and amount (decimal), one row per creator; for owners also where
    /// to pay it.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the payout is not the brand's; `FlowError::Invalid` if it was cancelled, since its amounts are
    /// in other payouts by now; `FlowError::Sealed` if an address cannot be decrypted.
    pub async fn csv(self, merchant: &Merchant, id: &PayoutId) -> Result<String, FlowError> {
        let payout = self.to_pay(merchant, id).await?;
        let names = self.names(merchant).await?;
        let is_owner = merchant.owner().is_ok();
        let details = if is_owner { self.details(merchant, &payout).await? } else { BTreeMap::new() };
        let mut header = vec!["payout_id", "creator_id", "name", "handle", "amount", "currency"];
        if is_owner {
            header.extend(["method", "holder", "account", "routing", "email", "note"]);
        }
        let rows = payout.items.iter().map(|(creator, minor)| {
            let (name, handle) = names.get(creator).cloned().unwrap_or_default();
            let amount = Money { minor: *minor, currency: payout.currency }.to_decimal();
            let mut row = vec![
                payout.id.to_string(),
                creator.to_string(),
                text_cell(&name),
                text_cell(&handle),
                amount,
                payout.currency.code().to_owned(),
            ];
            if is_owner {
                row.extend(where_to_pay(details.get(creator)));
            }
            row
        });
        let header = header.into_iter().map(str::to_owned).collect();
        csv(core::iter::once(header).chain(rows))
    }

    /// A payout that is not cancelled.
    async fn to_pay(self, merchant: &Merchant, id: &PayoutId) -> Result<Payout, FlowError> {
        let payout = self.get(merchant, id).await?;
        match payout.state {
            PayoutState::Cancelled => Err(Invalid::one("the payout was cancelled").into()),
            PayoutState::Open | PayoutState::Paid => Ok(payout),
        }
    }

    /// How the creators of a payout are paid.
    async fn details(
        self,
        merchant: &Merchant,
        payout: &Payout,
    ) -> Result<BTreeMap<CreatorId, PayoutDetails>, FlowError> {
        let mut stored = self.store.payout_details(merchant.id()).await?;
        stored.retain(|one| payout.items.iter().any(|(creator, _)| *creator == one.creator));
        stored.into_iter().map(|one| Ok((one.creator.clone(), payout_details::open(&self.vault, &one)?))).collect()
    }

    /// A payout as PayPal's mass-payment upload expects it: recipient, amount, currency, reference, note; no header.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks, who sees no addresses; `FlowError::Invalid` naming every creator without a PayPal address, since an incomplete file would pay only the
    /// others, or if it was cancelled; `FlowError::NotFound` if the payout is not the brand's; `FlowError::Sealed` if an
    /// address cannot be decrypted.
    pub async fn paypal_csv(self, merchant: &Merchant, id: &PayoutId) -> Result<String, FlowError> {
        merchant.owner()?;
        let payout = self.to_pay(merchant, id).await?;
        let names = self.names(merchant).await?;
        let details = self.details(merchant, &payout).await?;
        let mut rows = Vec::new();
        let mut faults = Vec::new();
        for (creator, minor) in &payout.items {
            let name = names.get(creator).map_or_else(|| creator.to_string(), |(name, _)| name.clone());
            match details.get(creator) {
                Some(PayoutDetails::Paypal { email }) => rows.push(vec![
                    text_cell(email),
                    Money { minor: *minor, currency: payout.currency }.to_decimal(),
                    payout.currency.code().to_owned(),
                    creator.to_string(),
                    text_cell(&format!("Commission, {}", merchant.brand().name)),
                ]),
                _ => faults.push(format!("{name} has no PayPal address")),
            }
        }
        if faults.is_empty() { csv(rows) } else { Err(Invalid(faults).into()) }
    }

    async fn names(self, merchant: &Merchant) -> Result<BTreeMap<CreatorId, (String, String)>, FlowError> {
        let creators = self.creators().list(merchant).await?;
        Ok(creators.into_iter().map(|creator| (creator.id, (creator.name, creator.handle))).collect())
    }
}

/// The cells of a payout's file that say where to pay: method, holder, account, routing, e-mail, note.
fn where_to_pay(details: Option<&PayoutDetails>) -> [String; 6] {
    let mut cells: [String; 6] = Default::default();
    let Some(details) = details else { return cells };
    let [method, holder_cell, account_cell, routing_cell, email_cell, note_cell] = &mut cells;
    details.method().as_str().clone_into(method);
    match details {
        PayoutDetails::Paypal { email } | PayoutDetails::Wise { email } => *email_cell = text_cell(email),
        PayoutDetails::Iban { holder, iban } => (*holder_cell, *account_cell) = (text_cell(holder), text_cell(iban)),
        PayoutDetails::Account { holder, account, routing } => {
            (*holder_cell, *account_cell, *routing_cell) = (text_cell(holder), text_cell(account), text_cell(routing));
        }
        PayoutDetails::Other { note } => *note_cell = text_cell(note),
    }
    cells
}

/// Rows as CSV (RFC 4180).
fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> Result<String, FlowError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = rows.into_iter().try_for_each(|row| writer.write_record(row));
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).map_err(|_| FlowError::NotFound("payout"))
}
