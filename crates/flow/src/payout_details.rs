//! How creators are paid: encrypting and opening it, and what the brand's team sees and sets. Creators see and set their own
//! through [`crate::creator_view`].

use std::collections::BTreeMap;

use domain::{
    BrandId, CreatorId, UnixMs,
    account::parse_address,
    payout_details::{PayoutDetails, PayoutMethod},
    time::DAY_MS,
};
use store::{
    jobs::NewJob,
    payout_details::{NewPayoutDetails, StoredPayoutDetails},
};

use crate::{
    FlowError, Invalid,
    access::Merchant,
    hash::hex,
    job::{Job, PayoutChange},
    stage::Payouts,
    vault::Vault,
};

/// How long a change is pointed out beside a payout, in ms. Who takes over an account changes where its money goes first.
const RECENT_MS: i64 = 7 * DAY_MS;

/// Where a creator's PayPal address is stored, for the vault.
pub(crate) fn paypal_location(creator: &CreatorId) -> String {
    format!("creators/payout_address/{creator}")
}

fn details_location(creator: &CreatorId) -> String {
    format!("creators/payout_details/{creator}")
}

fn contact_location(creator: &CreatorId) -> String {
    format!("creators/payout_contact/{creator}")
}

/// Of the address in a job, which is a creator's until the mail is sent.
pub(crate) fn announced_location(creator: &CreatorId) -> String {
    format!("mail/payout/{creator}")
}

fn text(bytes: Vec<u8>) -> Result<String, FlowError> {
    String::from_utf8(bytes).map_err(|_| FlowError::Sealed)
}

/// What is stored, decrypted.
///
/// # Errors
/// `FlowError::Sealed` if it cannot be.
pub(crate) fn open(vault: &Vault, stored: &StoredPayoutDetails) -> Result<PayoutDetails, FlowError> {
    match (&stored.details, &stored.paypal) {
        (Some(sealed), _) => {
            let bytes = vault.open(&details_location(&stored.creator), sealed)?;
            serde_json::from_slice(&bytes).map_err(|_| FlowError::Sealed)
        }
        (None, Some(sealed)) => {
            let email = text(vault.open(&paypal_location(&stored.creator), sealed)?)?;
            Ok(PayoutDetails::Paypal { email })
        }
        (None, None) => Err(FlowError::Sealed),
    }
}

/// The address of the account that set it; `None` if the brand did.
///
/// # Errors
/// `FlowError::Sealed` if it cannot be decrypted.
pub(crate) fn contact(vault: &Vault, stored: &StoredPayoutDetails) -> Result<Option<String>, FlowError> {
    let sealed = stored.contact.as_ref();
    sealed.map(|sealed| text(vault.open(&contact_location(&stored.creator), sealed)?)).transpose()
}

/// Details, encrypted for their row.
pub(crate) struct SealedDetails {
    paypal: Option<Vec<u8>>,
    details: Option<Vec<u8>>,
    contact: Option<Vec<u8>>,
}

impl SealedDetails {
    /// Encrypts details. `contact` is the address of the account that sets them, if it is not the brand.
    pub(crate) fn seal(
        vault: &Vault,
        creator: &CreatorId,
        details: &PayoutDetails,
        contact: Option<&str>,
        random: impl Fn() -> [u8; 24],
    ) -> Self {
        let contact = contact.map(|email| vault.seal(&contact_location(creator), email.as_bytes(), random()));
        // PayPal addresses have their own column, which imports, self-referral checks and PayPal's file read.
        if let PayoutDetails::Paypal { email } = details {
            let paypal = vault.seal(&paypal_location(creator), email.as_bytes(), random());
            return Self { paypal: Some(paypal), details: None, contact };
        }
        let plain = serde_json::to_vec(details).unwrap_or_default();
        let details = vault.seal(&details_location(creator), &plain, random());
        Self { paypal: None, details: Some(details), contact }
    }

    /// As the store takes them.
    pub(crate) fn as_new(&self) -> NewPayoutDetails<'_> {
        NewPayoutDetails {
            paypal: self.paypal.as_deref(),
            details: self.details.as_deref(),
            contact: self.contact.as_deref(),
        }
    }
}

/// The mail that tells of a change: to the account that set what is replaced, else to the e-mail address that was paid.
/// `None` if there is neither, or if the brand set it less than a day before: nobody was paid by it, and whoever sets one address
/// after the other would have us write to each.
pub(crate) fn announcement(
    vault: &Vault,
    brand: &BrandId,
    before: Option<&StoredPayoutDetails>,
    at: UnixMs,
    random: impl Fn() -> [u8; 24],
) -> Option<NewJob> {
    let before = before?;
    let account = contact(vault, before).ok().flatten();
    if account.is_none() && before.changed_at.is_some_and(|changed| at.0 - changed.0 < DAY_MS) {
        return None;
    }
    let paid = || open(vault, before).ok().and_then(|details| details.email().map(str::to_owned));
    let to = account.or_else(paid).and_then(|email| parse_address(&email))?;
    let creator = before.creator.clone();
    let sealed = hex(&vault.seal(&announced_location(&creator), to.as_bytes(), random()));
    Some(Job::MailPayoutChange(PayoutChange { brand: brand.clone(), creator, sealed, at }).at(at))
}

/// How a creator is paid, as the brand's team sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutWay {
    /// The way.
    pub method: PayoutMethod,
    /// The address to pay to. Only owners pay, so only they see it.
    pub address: Option<String>,
    /// Whether the creator set it themselves.
    pub is_own: bool,
    /// When it was last changed, if that is known.
    pub changed_at: Option<UnixMs>,
}

impl PayoutWay {
    /// How many whole days ago it was changed, if that is so recent that it is pointed out.
    pub fn changed_days_ago(&self, now: UnixMs) -> Option<i64> {
        let age_ms = now.0 - self.changed_at?.0;
        (age_ms < RECENT_MS).then(|| (age_ms / DAY_MS).max(0))
    }
}

/// Checks a PayPal e-mail address; an empty one deletes it.
///
/// # Errors
/// That it is none.
pub fn check_paypal_address(address: &str) -> Result<(), Invalid> {
    let address = address.trim();
    let is_address = address.len() <= 254 && domain::creator::normalise_email(address).is_some();
    if !address.is_empty()
        && (!is_address || address.contains(|letter: char| letter.is_whitespace() || letter.is_control()))
    {
        return Err(Invalid::one("PayPal address must be an e-mail address"));
    }
    Ok(())
}

impl Payouts<'_> {
    fn way(self, merchant: &Merchant, stored: &StoredPayoutDetails) -> Result<PayoutWay, FlowError> {
        let details = open(&self.vault, stored)?;
        Ok(PayoutWay {
            method: details.method(),
            address: merchant.owner().is_ok().then(|| details.whole()),
            is_own: stored.contact.is_some(),
            changed_at: stored.changed_at,
        })
    }

    /// How the brand's creators are paid, as far as that is known and can be decrypted.
    pub async fn ways(self, merchant: &Merchant) -> Result<BTreeMap<CreatorId, PayoutWay>, FlowError> {
        let mut ways = BTreeMap::new();
        for stored in self.store.payout_details(merchant.id()).await? {
            match self.way(merchant, &stored) {
                Ok(way) => {
                    ways.insert(stored.creator, way);
                }
                // The page is there for the others all the same.
                Err(error) => tracing::warn!(creator = %stored.creator, %error, "payout details cannot be read"),
            }
        }
        Ok(ways)
    }

    /// How one creator is paid; `None` if that is not known.
    ///
    /// # Errors
    /// `FlowError::Sealed` if it cannot be decrypted.
    pub async fn way_of(self, merchant: &Merchant, creator: &CreatorId) -> Result<Option<PayoutWay>, FlowError> {
        let stored = self.store.payout_details_of(merchant.id(), creator).await?;
        stored.map(|stored| self.way(merchant, &stored)).transpose()
    }

    /// Sets a creator's PayPal e-mail address in place of what they are paid by, or deletes that if it is empty. Whoever set
    /// it before gets a mail. The same again changes nothing.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if it is not an e-mail address;
    /// `FlowError::NotFound` if the creator is not the brand's.
    pub async fn set_address(self, merchant: &Merchant, creator: &CreatorId, address: &str) -> Result<(), FlowError> {
        merchant.owner()?;
        check_paypal_address(address)?;
        let address = address.trim();
        let random = || self.random();
        let sealed = (!address.is_empty()).then(|| {
            let details = PayoutDetails::Paypal { email: address.to_owned() };
            SealedDetails::seal(&self.vault, creator, &details, None, random)
        });
        let new = sealed.as_ref().map(SealedDetails::as_new).unwrap_or_default();
        let before = self.store.payout_details_of(merchant.id(), creator).await?;
        let is_same = |stored: &StoredPayoutDetails| {
            let same = PayoutDetails::Paypal { email: address.to_owned() };
            stored.contact.is_none() && open(&self.vault, stored).is_ok_and(|details| details == same)
        };
        if before.as_ref().is_some_and(is_same) {
            return Ok(());
        }
        let announced = announcement(&self.vault, merchant.id(), before.as_ref(), self.now(), random);
        let mail = announced.filter(|_| self.mailer.is_some());
        let entry = self.audit(merchant.actor(), "creator.payout_address", creator);
        let is_there = self.store.set_payout_details(merchant.id(), creator, new, &entry, mail.as_ref()).await?;
        if is_there { Ok(()) } else { Err(FlowError::NotFound("creator")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(creator: &CreatorId, sealed: SealedDetails) -> StoredPayoutDetails {
        let SealedDetails { paypal, details, contact } = sealed;
        StoredPayoutDetails { creator: creator.clone(), paypal, details, contact, changed_at: Some(UnixMs(5)) }
    }

    #[test]
    fn details_are_opened_where_they_were_sealed_only() {
        let vault = Vault::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").expect("a key");
        let (one, other) = (CreatorId::new(1, [1; 10]), CreatorId::new(1, [2; 10]));
        let details = PayoutDetails::Other { note: "by letter".to_owned() };
        let seal = |details: &PayoutDetails, contact| SealedDetails::seal(&vault, &one, details, contact, || [7; 24]);
        let kept = stored(&one, seal(&details, Some("ana@example.com")));
        assert_eq!(open(&vault, &kept).ok(), Some(details.clone()));
        assert_eq!(contact(&vault, &kept).ok().flatten().as_deref(), Some("ana@example.com"));
        assert!(open(&vault, &StoredPayoutDetails { creator: other.clone(), ..kept.clone() }).is_err());
        assert!(contact(&vault, &StoredPayoutDetails { creator: other, ..kept }).is_err());
    }

    #[test]
    fn a_change_is_announced_to_whoever_set_it_else_to_whom_was_paid() {
        let vault = Vault::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").expect("a key");
        let (brand, creator) = (BrandId::new(1, [1; 10]), CreatorId::new(1, [1; 10]));
        let recipient_at = |at, details: &PayoutDetails, contact| {
            let before = stored(&creator, SealedDetails::seal(&vault, &creator, details, contact, || [7; 24]));
            let job = announcement(&vault, &brand, Some(&before), UnixMs(at), || [8; 24])?;
            let payload: PayoutChange = serde_json::from_str(&job.payload).ok()?;
            let sealed = hex::decode(&payload.sealed).ok()?;
            String::from_utf8(vault.open(&announced_location(&creator), &sealed).ok()?).ok()
        };
        let recipient = |details: &PayoutDetails, contact| recipient_at(5 + DAY_MS, details, contact);
        let (paypal, note) = (
            PayoutDetails::Paypal { email: "pay@example.com".to_owned() },
            PayoutDetails::Other { note: "by letter".to_owned() },
        );
        assert_eq!(recipient(&paypal, Some("ana@example.com")).as_deref(), Some("ana@example.com"));
        assert_eq!(recipient(&paypal, None).as_deref(), Some("pay@example.com"));
        assert_eq!(recipient(&note, None), None);
        assert_eq!(
            recipient_at(4 + DAY_MS, &paypal, None),
            None,
            "an address that was the brand's for less than a day"
        );
        assert_eq!(recipient_at(6, &paypal, Some("ana@example.com")).as_deref(), Some("ana@example.com"));
        assert!(announcement(&vault, &brand, None, UnixMs(9), || [8; 24]).is_none());
    }

    #[test]
    fn a_change_is_recent_for_a_week() {
        let way = PayoutWay { method: PayoutMethod::Wise, address: None, is_own: true, changed_at: Some(UnixMs(5)) };
        let days = |ms: i64| way.changed_days_ago(UnixMs(5 + ms));
        assert_eq!((days(0), days(DAY_MS), days(RECENT_MS - 1), days(RECENT_MS)), (Some(0), Some(1), Some(6), None));
        assert_eq!(PayoutWay { changed_at: None, ..way.clone() }.changed_days_ago(UnixMs(6)), None);
    }
}
