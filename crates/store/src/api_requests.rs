//! What the unified API keeps about requests: how many a key has sent in a minute, and the answers that are repeated.

use domain::{BrandId, UnixMs, api_key::KeyId, brand::Brand};

use crate::Result;

/// Kinds of requests, each with a limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestClass {
    /// Reads of one object or one page.
    Read,
    /// Writes of one object.
    Write,
    /// Writes of many objects.
    Bulk,
}

impl RequestClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Bulk];

    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Bulk => "bulk",
        }
    }
}

/// An `Idempotency-Key` and the request that it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The API key.
    pub key: KeyId,
    /// The text of the header.
    pub idempotency_key: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
    /// When it came.
    pub at: UnixMs,
}

impl Claim {
    /// What a lock on it is called.
    pub fn lock_name(&self) -> String {
        format!("answer {} {} {} {}", self.key.0, self.method, self.path, self.idempotency_key)
    }
}

/// How long an answer is repeated, in milliseconds.
pub const ANSWER_LIFE_MS: i64 = 24 * 3_600_000;

/// How long a claim is reserved for a request that does not end, in milliseconds.
pub const RESERVED_MS: i64 = 60_000;

/// A response, to be repeated byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is done, and its answer is stored.
    Done(Answer),
    /// It was done before, with this answer.
    Before(Answer),
    /// The key came with another body before.
    OtherBody,
    /// The same request is being done now.
    InProgress,
    /// Nothing was done, because of this row.
    Refused(RowFault),
}

/// Why a row was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// Another object has this unique value. The text names what; people see it.
    Taken(&'static str),
    /// What it names does not exist, or is another brand's. The text names what; people see it.
    Missing(&'static str),
    /// Somebody else changed the object since it was read.
    Changed,
}

/// Makes the answer to a write from what became of each row. `None` undoes all of them.
pub type AnswerTo<'a> = &'a (dyn Fn(&[Option<RowFault>]) -> Option<Answer> + Send + Sync);

/// Keeps count of requests and repeats answers.
#[async_trait::async_trait]
pub trait ApiRequestStore: Send + Sync {
    /// Counts a request of a key in a minute (since 1970). Returns how many there are in it, this one included. A minute
    /// that is over counts no more: whoever is late is counted in the latest.
    async fn count_request(&self, brand: &BrandId, key: &KeyId, class: RequestClass, minute: i64) -> Result<i64>;

    /// When each key of a brand last called the unified API, to the minute.
    async fn keys_last_used(&self, brand: &BrandId) -> Result<Vec<(KeyId, UnixMs)>>;

    /// `Before` or `OtherBody`, if the claim was answered within [`ANSWER_LIFE_MS`].
    async fn answer_to(&self, brand: &BrandId, claim: &Claim) -> Result<Option<Written>>;

    /// Reserves a claim until its answer is kept, for [`RESERVED_MS`] at most. `Before`, `OtherBody` or `InProgress` if it is
    /// answered or reserved.
    async fn reserve_answer(&self, brand: &BrandId, claim: &Claim) -> Result<Option<Written>>;

    /// Keeps the answer to a reserved claim.
    async fn keep_answer(&self, brand: &BrandId, claim: &Claim, answer: &Answer) -> Result<()>;

    /// Ends the reservation of this claim, unless its answer is kept or another request has reserved it since.
    async fn release_answer(&self, brand: &BrandId, claim: &Claim) -> Result<()>;

    /// Deletes answers from before `at`, up to `limit`. Returns how many.
    async fn delete_answers(&self, at: UnixMs, limit: i64) -> Result<u64>;

    /// The brand in which the test keys of a brand work.
    async fn test_brand_of(&self, live: &BrandId) -> Result<Option<BrandId>>;

    /// The brand whose test keys work in this one.
    async fn live_brand_of(&self, test: &BrandId) -> Result<Option<BrandId>>;

    /// Adds the brand in which the test keys of a brand work, and returns it; the one that is there, if there is one.
    async fn put_test_brand(&self, live: &BrandId, test: &Brand) -> Result<BrandId>;
}
