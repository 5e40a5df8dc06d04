//! Payouts: batches of what is payable, as files that banks and PayPal take, and their closing.

use std::collections::BTreeMap;

use domain::{CreatorId, Currency, EntryId, Money, PayoutId};
pub use store::commissions::{Payout, PayoutState};

use crate::{Flow, FlowError, Invalid, access::Merchant};

impl Flow {
    /// Makes a payout of everything payable in a currency. Creators whose balance is not above zero are left out.
    pub async fn create_payout(&self, merchant: &Merchant, currency: &str) -> Result<Payout, FlowError> {
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
        let payout = Payout {
            id: PayoutId::new(now.0, self.random()),
            currency,
            state: PayoutState::Open,
            created_at: now,
            closed_at: None,
            actor: merchant.actor().to_owned(),
            items,
        };
        let entry = self.audit(merchant.actor(), "payout.create", &payout.id);
        let ids = self.entry_ids(payout.items.len());
        if self.store.create_payout(merchant.id(), &payout, &ids, &entry).await? {
            Ok(payout)
        } else {
            Err(FlowError::Stale("what is payable"))
        }
    }

    /// The brand's payouts, newest first.
    pub async fn payouts(&self, merchant: &Merchant) -> Result<Vec<Payout>, FlowError> {
        Ok(self.store.payouts(merchant.id()).await?)
    }

    /// One payout.
    pub async fn payout(&self, merchant: &Merchant, id: &PayoutId) -> Result<Payout, FlowError> {
        let payouts = self.store.payouts(merchant.id()).await?;
        payouts.into_iter().find(|payout| payout.id == *id).ok_or(FlowError::NotFound("payout"))
    }

    /// Closes an open payout: the money has moved, or the payout is taken back.
    pub async fn close_payout(&self, merchant: &Merchant, id: &PayoutId, state: PayoutState) -> Result<(), FlowError> {
        let payout = self.payout(merchant, id).await?;
        let action = if state == PayoutState::Paid { "payout.paid" } else { "payout.cancel" };
        let entry = self.audit(merchant.actor(), action, id);
        let ids = self.entry_ids(payout.items.len());
        let is_done = self.store.close_payout(merchant.id(), id, state, &ids, self.now(), &entry).await?;
        if is_done { Ok(()) } else { Err(Invalid::one("the payout is closed already").into()) }
    }

    fn entry_ids(&self, count: usize) -> Vec<EntryId> {
        (0..count).map(|_| EntryId::new(self.now().0, self.random())).collect()
    }

    /// A payout as a table for a person or a bank: creator, handle, amount, currency.
    pub async fn payout_csv(&self, merchant: &Merchant, id: &PayoutId) -> Result<String, FlowError> {
        let payout = self.payout(merchant, id).await?;
        let names = self.names(merchant).await?;
        let header = ["payout_id", "creator_id", "name", "handle", "amount", "currency"].map(str::to_owned);
        let rows = payout.items.iter().map(|(creator, minor)| {
            let (name, handle) = names.get(creator).cloned().unwrap_or_default();
            let amount = Money { minor: *minor, currency: payout.currency }.to_decimal();
            [
                payout.id.to_string(),
                creator.to_string(),
                plain_text(name),
                plain_text(handle),
                amount,
                payout.currency.code().to_owned(),
            ]
        });
        csv(core::iter::once(header).chain(rows))
    }

    /// A payout as PayPal's mass-payment upload takes it: recipient, amount, currency, reference, note; no header.
    /// Refused while a creator of it has no PayPal address: a file that leaves somebody out would pay everybody else.
    pub async fn payout_paypal(&self, merchant: &Merchant, id: &PayoutId) -> Result<String, FlowError> {
        let payout = self.payout(merchant, id).await?;
        let names = self.names(merchant).await?;
        let mut addresses = BTreeMap::new();
        for (creator, sealed) in self.store.payout_addresses(merchant.id()).await? {
            let bytes = self.vault.open(&address_place(&creator), &sealed)?;
            addresses.insert(creator, String::from_utf8(bytes).map_err(|_| FlowError::Sealed)?);
        }
        let mut rows = Vec::new();
        let mut faults = Vec::new();
        for (creator, minor) in &payout.items {
            let name = names.get(creator).map_or_else(|| creator.to_string(), |(name, _)| name.clone());
            match addresses.get(creator) {
                Some(address) => rows.push([
                    address.clone(),
                    Money { minor: *minor, currency: payout.currency }.to_decimal(),
                    payout.currency.code().to_owned(),
                    creator.to_string(),
                    plain_text(format!("Commission, {}", merchant.brand().name)),
                ]),
                None => faults.push(format!("{name} has no PayPal address")),
            }
        }
        if faults.is_empty() { csv(rows) } else { Err(Invalid(faults).into()) }
    }

    /// Sets where a creator is paid: a PayPal e-mail address, or nothing. Kept encrypted; shown to nobody.
    pub async fn set_payout_address(
        &self,
        merchant: &Merchant,
        creator: &CreatorId,
        address: &str,
    ) -> Result<(), FlowError> {
        let address = address.trim();
        let is_address = address.len() <= 254 && domain::creator::normalise_email(address).is_some();
        if !address.is_empty()
            && (!is_address || address.contains(|letter: char| letter.is_whitespace() || letter.is_control()))
        {
            return Err(Invalid::one("PayPal address must be an e-mail address").into());
        }
        let sealed =
            (!address.is_empty()).then(|| self.vault.seal(&address_place(creator), address.as_bytes(), self.random()));
        let entry = self.audit(merchant.actor(), "creator.payout_address", creator);
        let is_there = self.store.set_payout_address(merchant.id(), creator, sealed.as_deref(), &entry).await?;
        if is_there { Ok(()) } else { Err(FlowError::NotFound("creator")) }
    }

    async fn names(&self, merchant: &Merchant) -> Result<BTreeMap<CreatorId, (String, String)>, FlowError> {
        let creators = self.creators(merchant).await?;
        Ok(creators.into_iter().map(|creator| (creator.id, (creator.name, creator.handle))).collect())
    }
}

fn address_place(creator: &CreatorId) -> String {
    format!("creators/payout_address/{creator}")
}

/// A text that a spreadsheet would run as a formula is told apart by a leading apostrophe.
fn plain_text(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

/// Rows as CSV (RFC 4180).
fn csv<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> Result<String, FlowError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = rows.into_iter().try_for_each(|row| writer.write_record(row));
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).map_err(|_| FlowError::NotFound("payout"))
}
