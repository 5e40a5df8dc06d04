//! Klaviyo: a brand's connection, and sending events there in the order of their numbers.
//!
//! The job of a brand ([`Klaviyo::send_job`]) reads the outbound events after the last one that needs no more sending.
//! Another integration needs a port like `store::klaviyo` for its own position, rules in `domain`, and a job in the
//! same lane, queued as [`Klaviyo::queue`] does. What is sent is recorded afterwards,
//! so that a crash in between repeats it under the same `unique_id`, by which Klaviyo keeps one of the two.

mod sending;

use domain::{BrandId, klaviyo::is_private_key};
use store::{klaviyo::Connection, outbound::EventFilter};

use crate::{FlowError, Invalid, access::Merchant, job::Job, stage::Klaviyo};

/// A connection, as its brand sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What is stored. The key stays encrypted.
    pub connection: Connection,
    /// Whether there are events to send.
    pub is_behind: bool,
}

/// What Klaviyo said to a test event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// Whether it was taken.
    pub is_taken: bool,
    /// The HTTP status; `None` without an answer.
    pub status: Option<u16>,
    /// What was wrong.
    pub error: Option<String>,
}

impl Klaviyo<'_> {
    /// Connects a brand, from its next event on. A brand that is connected gets another key and goes on where it was.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if the key cannot be one, or the brand is a
    /// sandbox.
    pub async fn connect(self, merchant: &Merchant, private_key: &str) -> Result<Status, FlowError> {
        merchant.owner()?;
        if merchant.is_sandbox() {
            return Err(Invalid::one("a test key connects nothing: what happens in the sandbox is sent nowhere").into());
        }
        let private_key = private_key.trim();
        if !is_private_key(private_key) {
            return Err(Invalid::one("private_key must be a private API key of Klaviyo, which begins with pk_").into());
        }
        let sealed = self.vault.seal(&location(merchant.id()), private_key.as_bytes(), self.random());
        let entry = self.audit(merchant.actor(), "klaviyo.connect", "");
        self.store.connect_klaviyo(merchant.id(), &sealed, self.now(), &entry).await?;
        self.queue(merchant.id()).await?;
        self.status(merchant).await
    }

    /// The connection.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand is not connected.
    pub async fn status(self, merchant: &Merchant) -> Result<Status, FlowError> {
        let connection = self.store.klaviyo(merchant.id()).await?.ok_or(FlowError::NotFound("integration"))?;
        let carried = EventFilter { kinds: domain::klaviyo::EVENT_TYPES.to_vec(), ..EventFilter::default() };
        let next = self.store.events(merchant.id(), connection.sent_through, &carried, 1).await?;
        Ok(Status { connection, is_behind: !next.is_empty() })
    }

    /// Removes the connection with its key. What Klaviyo has stays there.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::NotFound` if the brand is not connected.
    pub async fn disconnect(self, merchant: &Merchant) -> Result<(), FlowError> {
        merchant.owner()?;
        let entry = self.audit(merchant.actor(), "klaviyo.disconnect", "");
        let is_gone = self.store.disconnect_klaviyo(merchant.id(), &entry).await?;
        if is_gone { Ok(()) } else { Err(FlowError::NotFound("integration")) }
    }

    /// Queues the job that sends a brand's events, if it is connected.
    ///
    /// # Errors
    /// A database error.
    pub(crate) async fn queue(self, brand: &BrandId) -> Result<(), FlowError> {
        let Some(connection) = self.store.klaviyo(brand).await?.filter(|connection| connection.disabled_at.is_none())
        else {
            return Ok(());
        };
        let at = connection.next_at.max(self.now());
        Ok(self.store.enqueue(&Job::SendToKlaviyo(brand.clone()).at(at)).await?)
    }

    /// Decrypts a brand's private key.
    fn open_key(self, brand: &BrandId, sealed: &[u8]) -> Result<String, FlowError> {
        let key = self.vault.open(&location(brand), sealed)?;
        String::from_utf8(key).map_err(|_| FlowError::Sealed)
    }
}

/// Where a brand's key is stored.
fn location(brand: &BrandId) -> String {
    format!("klaviyo_connections/private_key/{brand}")
}
