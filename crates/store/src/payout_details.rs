//! How creators are paid. `flow` encrypts it before it gets here.

use domain::{BrandId, CreatorId, UnixMs};

use crate::{Result, audit::AuditEntry, jobs::NewJob, row::read};

/// How a creator is paid, encrypted. One of `paypal` and `details` is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPayoutDetails {
    /// The creator.
    pub creator: CreatorId,
    /// The e-mail address of their PayPal account.
    pub paypal: Option<Vec<u8>>,
    /// What they are paid by if it is not PayPal. If an import has stored a PayPal address since, this still counts.
    pub details: Option<Vec<u8>>,
    /// The e-mail address of the account that set it; absent if the brand did.
    pub contact: Option<Vec<u8>>,
    /// When it was last changed; absent if that is not known.
    pub changed_at: Option<UnixMs>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct PayoutDetailsRow {
    pub id: String,
    pub payout_address: Option<Vec<u8>>,
    pub payout_details: Option<Vec<u8>>,
    pub payout_contact: Option<Vec<u8>>,
    pub payout_changed_at: Option<i64>,
}

impl PayoutDetailsRow {
    /// Converts the row.
    pub fn read(self) -> Result<StoredPayoutDetails> {
        Ok(StoredPayoutDetails {
            creator: read(self.id, "creators", "id")?,
            paypal: self.payout_address,
            details: self.payout_details,
            contact: self.payout_contact,
            changed_at: self.payout_changed_at.map(UnixMs),
        })
    }
}

/// Details that replace a creator's, encrypted. Without any, they are deleted.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewPayoutDetails<'a> {
    /// The e-mail address of their PayPal account, if they are paid there.
    pub paypal: Option<&'a [u8]>,
    /// What they are paid by otherwise.
    pub details: Option<&'a [u8]>,
    /// The e-mail address of the account that sets it, unless the brand does.
    pub contact: Option<&'a [u8]>,
}

/// Stores how creators are paid.
#[async_trait::async_trait]
pub trait PayoutDetailStore: Send + Sync {
    /// The details of all creators who have some.
    async fn payout_details(&self, brand: &BrandId) -> Result<Vec<StoredPayoutDetails>>;
    /// The details of one creator; `None` if there are none.
    async fn payout_details_of(&self, brand: &BrandId, creator: &CreatorId) -> Result<Option<StoredPayoutDetails>>;
    /// Replaces a creator's details as of the audit entry's time, and queues the mail that announces it. False when there is
    /// no such creator, or they were erased.
    async fn set_payout_details(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        new: NewPayoutDetails<'_>,
        audit: &AuditEntry,
        mail: Option<&NewJob>,
    ) -> Result<bool>;
}
