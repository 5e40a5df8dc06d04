//! Customers and their identities, and sales that backends report through the API.

use domain::{
    BrandId, ClickId, CreatorId, Currency, CustomerId, Identity, LinkId, UnixMs, click::Click, order::Order, time::Day,
};

use crate::{
    Result,
    jobs::SettleJob,
    row::{currency, read_opt},
};

/// Whether joining identities may merge customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Trusted source: existing customers are merged into one.
    Merge,
    /// Browser, untrusted: adds only identities that no customer has, as far as [`domain::identity::may_claim`]
    /// allows, and never merges customers.
    OnlyNew,
}

/// A customer and their identities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Their id.
    pub id: CustomerId,
    /// When their first identity was stored.
    pub since: UnixMs,
    /// Their identities, latest first, at most 500 of each kind.
    pub identities: Vec<Identity>,
}

/// A browser's claim that its visitor is the customer of a name or address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The claimed name or address.
    pub name: Identity,
    /// The visitor.
    pub pv_id: String,
    /// When it was first claimed.
    pub at: UnixMs,
}

/// A sale reported through the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiSale {
    /// The sender's id of the sale.
    pub transaction_id: String,
    /// Whether it was reported with a test key.
    pub is_test: bool,
    /// Its sequence number within the brand, from 1.
    pub sale_number: i64,
    /// The sequence number of its commission within the brand, once it has one.
    pub commission_number: Option<i64>,
    /// The amount, minor units.
    pub amount_minor: i64,
    /// The currency of the amounts.
    pub currency: Currency,
    /// Sum of its refunds, minor units.
    pub refunded_minor: i64,
    /// Number of its refunds.
    pub refunds: i64,
}

/// A refund that a backend reports.
#[derive(Clone, Copy, Debug)]
pub struct NewApiRefund<'a> {
    /// The seller's id of the order.
    pub order_external_id: &'a str,
    /// The sale's id, if the order was reported as a sale.
    pub transaction_id: &'a str,
    /// Whether it is a test.
    pub is_test: bool,
    /// The sender's id of the refund. Without one, every report is a refund of its own.
    pub id: Option<&'a str>,
    /// Minor units; all that is left if `None`.
    pub amount_minor: Option<i64>,
    /// Why, in the sender's words.
    pub reason: Option<&'a str>,
    /// Returned to repeats until [`CustomerStore::put_refund_answer`].
    pub answer: Option<&'a str>,
    /// When it was reported.
    pub at: UnixMs,
}

/// What became of a refund that a backend reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiRefund {
    /// Stored.
    Added {
        /// The amount, minor units.
        amount_minor: i64,
        /// Whether nothing is left of the sale.
        is_all: bool,
    },
    /// Stored before under this id; `answer` is what was answered then.
    Repeat {
        /// The amount, minor units.
        amount_minor: i64,
        /// From [`CustomerStore::put_refund_answer`].
        answer: Option<String>,
        /// What was said then.
        reason: Option<String>,
        /// When that was.
        at: UnixMs,
    },
    /// Another amount is stored under this id. Nothing changed.
    OtherAmount,
    /// All was refunded before. Nothing changed.
    NothingLeft,
    /// It is more than is left. Nothing changed.
    Exceeds {
        /// What is left, minor units.
        left_minor: i64,
    },
}

/// What is stored of a sale in addition to its order.
#[derive(Clone, Copy, Debug)]
pub struct NewSale<'a> {
    /// The sender's id of the sale.
    pub transaction_id: &'a str,
    /// Further fields of the report, as JSON.
    pub meta: &'a str,
    /// Identities of the buyer, including the order; empty for test records.
    pub identities: &'a [Identity],
    /// The id to use if the customer is new.
    pub customer: &'a CustomerId,
}

/// A click or lead sent with a test key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRecord {
    /// Its id.
    pub id: String,
    /// `click` or `lead`.
    pub kind: String,
    /// The link, for clicks.
    pub link: Option<LinkId>,
    /// The request body, as JSON.
    pub body: String,
    /// When it arrived.
    pub at: UnixMs,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ApiSaleRow {
    pub transaction_id: String,
    pub is_test: bool,
    pub sale_number: i64,
    pub commission_number: Option<i64>,
    pub amount_minor: i64,
    pub currency: String,
    pub refunded_minor: i64,
    pub refunds: i64,
}

impl ApiSaleRow {
    /// Converts the row.
    pub fn read(self) -> Result<ApiSale> {
        Ok(ApiSale {
            currency: currency(&self.currency, "api_sales")?,
            transaction_id: self.transaction_id,
            is_test: self.is_test,
            sale_number: self.sale_number,
            commission_number: self.commission_number,
            amount_minor: self.amount_minor,
            refunded_minor: self.refunded_minor,
            refunds: self.refunds,
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct TestRecordRow {
    pub id: String,
    pub kind: String,
    pub link_id: Option<String>,
    pub body: String,
    pub at: i64,
}

impl TestRecordRow {
    /// Converts the row.
    pub fn read(self) -> Result<TestRecord> {
        let link = read_opt(self.link_id, "test_records", "link_id")?;
        Ok(TestRecord { id: self.id, kind: self.kind, link, body: self.body, at: UnixMs(self.at) })
    }
}

/// Stores customers, API sales and test records.
#[async_trait::async_trait]
pub trait CustomerStore: Send + Sync {
    /// Joins identities into one customer: their oldest existing customer, or a new one with `id`. Queues settlement of
    /// the new orders; after a merge or for a new visitor, of all orders of the customer. Returns the customer;
    /// `None` when `join` does not allow it, or one of the identities was erased.
    ///
    /// With [`Join::OnlyNew`] every claim of a name or address is kept with each of the visitors, and with the other
    /// visitors of their customers, even if the join is not allowed, and the named customer's orders are settled again.
    /// Claims beyond [`domain::identity::CLAIMS_PER_VISITOR_MAX`], [`domain::identity::CLAIMS_PER_CREATOR_HOUR_MAX`] and
    /// [`domain::identity::CLAIMS_WITHOUT_CREATOR_HOUR_MAX`] are only counted. A claim without a visitor is not kept.
    async fn join_identities(
        &self,
        brand: &BrandId,
        identities: &[Identity],
        id: &CustomerId,
        join: Join,
        settle: SettleJob<'_>,
        at: UnixMs,
    ) -> Result<Option<CustomerId>>;
    /// For each identity, in the same order: all identities of its customer, visitors first, at most 500. Empty when no
    /// customer has it.
    async fn identities_of(&self, brand: &BrandId, identities: &[Identity]) -> Result<Vec<Vec<Identity>>>;
    /// The claims of these names and addresses, oldest first, at most 50 of each.
    async fn claims_of(&self, brand: &BrandId, names: &[Identity]) -> Result<Vec<Claim>>;
    /// How many claims were ignored since a time because a creator's visitors, or those whom no creator sent, made too
    /// many.
    async fn ignored_claims(&self, brand: &BrandId, creator: Option<&CreatorId>, since: UnixMs) -> Result<i64>;
    /// Finds a customer by identity, or by id ([`Identity::MergedCustomer`] with a current or merged id).
    async fn customer_of(&self, brand: &BrandId, identity: &Identity) -> Result<Option<Customer>>;
    /// Deletes the customers who have any of these identities, with their profiles and events. Returns the number of
    /// identities deleted.
    async fn forget_customers(&self, brand: &BrandId, identities: &[Identity]) -> Result<u64>;
    /// Finds a click whose visitor was not erased. Its `visitor_hash` is empty.
    async fn click(&self, brand: &BrandId, id: &ClickId) -> Result<Option<Click>>;
    /// Stores a sale with its order and the buyer's identities ([`Join::Merge`]), and queues the settlement. The further
    /// fields of a test, or of an erased buyer's sale, are not stored. `None`, without a change, when the sale is stored
    /// already. `None` also when a source other than a browser has reported its order: that order gains the buyer, and is
    /// not changed otherwise.
    async fn put_sale(
        &self,
        order: &Order,
        placed_day: Day,
        sale: &NewSale<'_>,
        settle: SettleJob<'_>,
        now: UnixMs,
    ) -> Result<Option<ApiSale>>;
    /// Finds a sale.
    async fn sale(&self, brand: &BrandId, transaction_id: &str, is_test: bool) -> Result<Option<ApiSale>>;
    /// Assigns a sale's commission the brand's next sequence number unless it has one. Returns its number. An unknown
    /// sale is a `Database` error.
    async fn number_commission(&self, brand: &BrandId, transaction_id: &str, is_test: bool) -> Result<i64>;
    /// Stores a refund that a backend reports of an order and queues the settlement. A purchase that is no sale yet
    /// becomes one, with the next sale number.
    ///
    /// # Errors
    /// `Missing` when there is no such order.
    async fn add_api_refund(
        &self,
        brand: &BrandId,
        refund: &NewApiRefund<'_>,
        settle: SettleJob<'_>,
    ) -> Result<ApiRefund>;
    /// Keeps what was answered to a refund, for repeats of it.
    async fn put_refund_answer(
        &self,
        brand: &BrandId,
        order_external_id: &str,
        refund_id: &str,
        answer: &str,
    ) -> Result<()>;
    /// Stores a test record and deletes those older than a week. Repeats, and records beyond 10,000 per brand, are
    /// ignored.
    async fn put_test_record(&self, brand: &BrandId, record: &TestRecord) -> Result<()>;
    /// Finds a test record.
    async fn test_record(&self, brand: &BrandId, id: &str) -> Result<Option<TestRecord>>;
}
