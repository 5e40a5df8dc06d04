//! Who is one customer, and sales that backends report by API.

use domain::{BrandId, ClickId, Currency, CustomerId, LinkId, UnixMs, click::Click, order::Order, time::Day};

use crate::{Result, orders::Refund};

/// How identities of one person may be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Somebody who may know says so: known customers become one.
    Merge,
    /// A browser says so: a name that nobody has yet may be given to a visitor who has none ([`may_claim`]), and no two
    /// customers become one.
    OnlyNew,
}

/// Whether a browser may add `new` identities to a customer who is known by `names`: one name and one address for each,
/// and no other visitor once there is either.
pub fn may_claim<'a>(new: impl IntoIterator<Item = &'a str>, names: &[String]) -> bool {
    let is_name = |identity: &str| identity.starts_with("key:") || identity.starts_with("claim:");
    let is_address = |identity: &str| identity.starts_with("claim-mail:");
    let (has_name, has_address) = (names.iter().any(|name| is_name(name)), names.iter().any(|name| is_address(name)));
    new.into_iter().all(|identity| match identity {
        name if is_name(name) => !has_name,
        address if is_address(address) => !has_address,
        _ => !has_name && !has_address,
    })
}

/// A customer and by what they are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Their id.
    pub id: CustomerId,
    /// When they were first known.
    pub since: UnixMs,
    /// Their identities, the latest first, at most 500 of each kind.
    pub identities: Vec<String>,
}

/// A sale as it was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiSale {
    /// The sender's id of it.
    pub transaction_id: String,
    /// Whether it is a test record.
    pub is_test: bool,
    /// The brand's running number of it.
    pub sale_number: i64,
    /// The running number of the commission that it earned, if it earned one.
    pub commission_number: Option<i64>,
    /// Minor units.
    pub amount_minor: i64,
    /// Their currency.
    pub currency: Currency,
    /// Paid back so far, minor units.
    pub refunded_minor: i64,
    /// How many refunds there were.
    pub refunds: i64,
}

/// A sale to be stored, beside its order.
#[derive(Clone, Copy, Debug)]
pub struct NewSale<'a> {
    /// The sender's id of it.
    pub transaction_id: &'a str,
    /// What else was said of it, as JSON.
    pub meta: &'a str,
    /// Identities of the buyer, the order's among them; none for test records.
    pub identities: &'a [String],
    /// The customer's id, if they are new.
    pub customer: &'a CustomerId,
}

/// A click or lead in test mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRecord {
    /// Its id.
    pub id: String,
    /// `click` or `lead`.
    pub kind: String,
    /// The link, for clicks.
    pub link: Option<LinkId>,
    /// What was sent, as JSON.
    pub body: String,
    /// When.
    pub at: UnixMs,
}

/// Stores customers and sales by API.
#[async_trait::async_trait]
pub trait CustomerStore: Send + Sync {
    /// Joins identities into one customer: `id` if none of them has one, else the oldest of theirs. The orders of a
    /// customer that has changed are queued to be settled again. Returns the customer; `None` when nothing could be
    /// joined.
    async fn join_identities(
        &self,
        brand: &BrandId,
        identities: &[String],
        id: &CustomerId,
        join: Join,
        at: UnixMs,
    ) -> Result<Option<CustomerId>>;
    /// Every identity of the customer who has each of these, visitors first, at most 500; nothing when nobody has it.
    /// One list for each, in the same order.
    async fn identities_of(&self, brand: &BrandId, identities: &[String]) -> Result<Vec<Vec<String>>>;
    /// Finds the customer who has an identity, or whose id it is.
    async fn customer_of(&self, brand: &BrandId, identity: &str) -> Result<Option<Customer>>;
    /// Forgets the customers who have any of these identities, with their profiles and events.
    async fn forget_customers(&self, brand: &BrandId, identities: &[String]) -> Result<u64>;
    /// Finds a click.
    async fn click(&self, brand: &BrandId, id: &ClickId) -> Result<Option<Click>>;
    /// Stores a sale, its order and whose it is at once, and queues the settlement. `None`, having changed nothing,
    /// when the sale is there already, or its order is by other means than a browser.
    async fn put_sale(
        &self,
        order: &Order,
        placed_day: Day,
        sale: &NewSale<'_>,
        now: UnixMs,
    ) -> Result<Option<ApiSale>>;
    /// Finds a sale.
    async fn sale(&self, brand: &BrandId, transaction_id: &str, is_test: bool) -> Result<Option<ApiSale>>;
    /// Gives a sale's commission its running number, the first time; returns it.
    async fn number_commission(&self, brand: &BrandId, transaction_id: &str, is_test: bool) -> Result<i64>;
    /// Stores a refund of a sale, and queues the settlement. False, having changed nothing, when the sale is not as
    /// `before` says any more.
    async fn refund_sale(&self, brand: &BrandId, before: &ApiSale, refund: &Refund, now: UnixMs) -> Result<bool>;
    /// Keeps a test record for a week, at most 10,000 of a brand; a repeat changes nothing.
    async fn put_test_record(&self, brand: &BrandId, record: &TestRecord) -> Result<()>;
    /// Finds a test record.
    async fn test_record(&self, brand: &BrandId, id: &str) -> Result<Option<TestRecord>>;
}

#[cfg(test)]
mod tests {
    use super::may_claim;

    #[test]
    fn a_browser_claims_one_name_and_one_address() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(may_claim(["pv:a", "claim:x", "claim-mail:m"], &names(&[])));
        assert!(may_claim(["claim-mail:m"], &names(&["claim:x"])), "an address after a name");
        assert!(may_claim(["claim:x"], &names(&["claim-mail:m"])), "a name after an address");
        assert!(!may_claim(["claim:y"], &names(&["claim:x"])));
        assert!(!may_claim(["claim:y"], &names(&["key:x"])));
        assert!(!may_claim(["claim-mail:n"], &names(&["claim-mail:m"])));
        assert!(!may_claim(["pv:b"], &names(&["claim:x"])), "another browser");
    }
}
