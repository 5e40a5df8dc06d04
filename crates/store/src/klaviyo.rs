//! Brands' connections to Klaviyo, and how far each is.
//!
//! What to send is read from the outbound events by number: only the number of the last one that needs no more sending
//! is stored here.

use domain::{BrandId, CreatorId, UnixMs, klaviyo::Person};

use crate::{
    Result,
    audit::AuditEntry,
    jobs::NewJob,
    outbound::NewEvents,
    row::{read, read_opt},
};

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The private key, encrypted.
    pub sealed_key: Vec<u8>,
    /// Which key it is: no two keys of a brand have the same number, not even after it has disconnected.
    pub generation: i64,
    /// When the brand connected.
    pub connected_at: UnixMs,
    /// The number of the last event that needs no more sending.
    pub sent_through: i64,
    /// The event after it that was sent for some of its creators.
    pub part: Option<Part>,
    /// When the key was refused, since when nothing is sent.
    pub disabled_at: Option<UnixMs>,
    /// Attempts that failed since the last success.
    pub attempts: i64,
    /// When the next attempt may be made.
    pub next_at: UnixMs,
    /// How many events Klaviyo took.
    pub sent: i64,
    /// How many it cannot take.
    pub skipped: i64,
    /// When it last took one.
    pub last_sent_at: Option<UnixMs>,
    /// What last went wrong, and when.
    pub last_error: Option<(UnixMs, String)>,
}

/// An event that was sent for some of its creators, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The event's number.
    pub sequence: i64,
    /// The creator that the event was last sent for, or skipped.
    pub creator: CreatorId,
}

/// What was sent, and what follows from it.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The number of the last event that needs no more sending.
    pub sent_through: i64,
    /// The event after it that was sent for some of its creators.
    pub part: Option<Part>,
    /// How many events Klaviyo took now.
    pub sent: i64,
    /// How many it cannot take.
    pub skipped: i64,
    /// Attempts that failed since the last success.
    pub attempts: i64,
    /// When the next attempt may be made.
    pub next_at: UnixMs,
    /// When this happened.
    pub at: UnixMs,
    /// What went wrong.
    pub error: Option<String>,
    /// The key was refused: the events that report it, and the job that notifies the owners, if the server can send mail.
    pub disabling: Option<(NewEvents, Option<NewJob>)>,
}

impl Progress {
    /// Nothing, at this time.
    pub const fn at(at: UnixMs) -> Self {
        let (part, error, disabling) = (None, None, None);
        Self { sent_through: 0, part, sent: 0, skipped: 0, attempts: 0, next_at: at, at, error, disabling }
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ConnectionRow {
    pub private_key: Vec<u8>,
    pub generation: i64,
    pub connected_at: i64,
    pub sent_through: i64,
    pub part_sequence: Option<i64>,
    pub part_creator_id: Option<String>,
    pub disabled_at: Option<i64>,
    pub attempts: i64,
    pub next_at: i64,
    pub sent: i64,
    pub skipped: i64,
    pub last_sent_at: Option<i64>,
    pub last_error: Option<String>,
    pub last_error_at: Option<i64>,
}

impl ConnectionRow {
    /// Converts the row.
    pub fn read(self) -> Result<Connection> {
        let creator = read_opt(self.part_creator_id, "klaviyo_connections", "part_creator_id")?;
        Ok(Connection {
            sealed_key: self.private_key,
            generation: self.generation,
            connected_at: UnixMs(self.connected_at),
            sent_through: self.sent_through,
            part: self.part_sequence.zip(creator).map(|(sequence, creator)| Part { sequence, creator }),
            disabled_at: self.disabled_at.map(UnixMs),
            attempts: self.attempts,
            next_at: UnixMs(self.next_at),
            sent: self.sent,
            skipped: self.skipped,
            last_sent_at: self.last_sent_at.map(UnixMs),
            last_error: self.last_error_at.map(UnixMs).zip(self.last_error),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct PersonRow {
    pub id: String,
    pub name: String,
    pub handle: String,
    pub tier: Option<String>,
}

impl PersonRow {
    /// Converts the row.
    pub fn read(self) -> Result<Person> {
        Ok(Person { id: read(self.id, "creators", "id")?, name: self.name, handle: self.handle, tier: self.tier })
    }
}

/// Stores connections to Klaviyo.
#[async_trait::async_trait]
pub trait KlaviyoStore: Send + Sync {
    /// Connects a brand from its next event on. A brand that is connected gets the new key, and goes on where it was.
    async fn connect_klaviyo(&self, brand: &BrandId, sealed_key: &[u8], at: UnixMs, entry: &AuditEntry) -> Result<()>;
    /// The brand's connection.
    async fn klaviyo(&self, brand: &BrandId) -> Result<Option<Connection>>;
    /// Removes the connection with its key. False if there is none.
    async fn disconnect_klaviyo(&self, brand: &BrandId, entry: &AuditEntry) -> Result<bool>;
    /// Records what the key of this generation did. False, and nothing is recorded, if the brand has another key now,
    /// none, or one that was refused.
    async fn record_klaviyo(&self, brand: &BrandId, generation: i64, progress: &Progress) -> Result<bool>;
    /// Those of these creators who are the brand's and not erased, by id.
    async fn people(&self, brand: &BrandId, ids: &[CreatorId]) -> Result<Vec<Person>>;
}
