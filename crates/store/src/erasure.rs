//! Forgetting people and shops.

use std::collections::BTreeSet;

use domain::{
    BrandId, CreatorId, Identity, UnixMs,
    attribution::Visitor,
    erasure::ERASED_VISITOR,
    id::InboxId,
    order::order_key,
    shop::{Shop, ShopDomain},
};

use crate::{Result, audit::AuditEntry, inbox::Delivery, jobs::NewJob, outbound::NewEvents};

/// A person, as far as the database knows them: everything that leads from one of their identities to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// What they are known by: those asked about, those of the same customers, and those on their orders.
    pub identities: BTreeSet<Identity>,
    /// Other ids of their browsers, which links brought or which were brought to.
    pub browsers: BTreeSet<String>,
    /// Visitors who reported their orders, or claim to be the customer, and of whom nothing else is known than browsers.
    pub reporters: BTreeSet<String>,
    /// Seller's ids of orders that show one of their visitors, but are not known to be theirs.
    pub reported_orders: BTreeSet<String>,
}

impl Person {
    /// A person of whom nothing else is known yet.
    pub fn of(identities: &[Identity]) -> Self {
        Self { identities: identities.iter().cloned().collect(), ..Self::default() }
    }

    /// How much is known of them; grows while they are searched for.
    pub fn size(&self) -> usize {
        self.identities.len() + self.browsers.len() + self.reporters.len() + self.reported_orders.len()
    }

    /// Visitors who are joined to the person.
    pub fn own_visitors(&self) -> Vec<String> {
        self.identities.iter().filter_map(Identity::visitor).map(str::to_owned).collect()
    }

    /// All their visitors.
    pub fn visitors(&self) -> Vec<String> {
        let all: BTreeSet<String> =
            self.own_visitors().into_iter().chain(self.browsers.clone()).chain(self.reporters.clone()).collect();
        all.into_iter().collect()
    }

    /// Seller's ids of their orders, stored or not.
    pub fn orders(&self) -> Vec<String> {
        let own = self.identities.iter().filter_map(Identity::order);
        own.flat_map(|id| [id.to_owned(), order_key(id, true)]).collect()
    }

    /// Keyed hashes by which orders name them: of the customer id or the e-mail address.
    pub fn hashes(&self) -> Vec<String> {
        let hash = |identity: &Identity| match identity {
            Identity::ShopifyCustomer(hash) | Identity::Email(hash) => Some(hash.clone()),
            _ => None,
        };
        self.identities.iter().filter_map(hash).collect()
    }

    /// Adds what an order of theirs shows.
    pub fn add_order(
        &mut self,
        external_id: String,
        cart_pv: Option<String>,
        email_hash: Option<String>,
        customer_hash: Option<String>,
        visitors: Vec<Visitor>,
    ) {
        self.identities.insert(Identity::Order(external_id));
        self.identities.extend(cart_pv.map(Identity::Visitor));
        self.identities.extend(email_hash.map(Identity::Email));
        self.identities.extend(customer_hash.map(Identity::ShopifyCustomer));
        // Nobody's id: it stands for other erased people too.
        let known = visitors.into_iter().map(|visitor| visitor.pv_id).filter(|pv_id| pv_id != ERASED_VISITOR);
        self.reporters.extend(known);
    }
}

/// Erases people, and keeps them from coming back.
///
/// A person's erasure leaves tombstones ([`domain::erasure::Tombstone`]). While they last, other ports store what names
/// an erased identity without what names the person: an order keeps its amounts, a purchase of a backend its amount and
/// order, a click its counts, an answer its creator; other events, joins, profiles and customer events are not stored.
///
/// After [`ErasureStore::erase_shop`] everyone of the brand counts as erased, for as long as a person. Only what a
/// backend of the brand reports of the time since is new, and stored like anything else.
///
/// Each erasure queues a job, in its transaction, that calls [`ErasureStore::scrub`].
#[async_trait::async_trait]
pub trait ErasureStore: Send + Sync {
    /// Finds the person to whom any of these identities belongs, with any number of orders and visitors. Orders lead on
    /// by their hashes and the visitor in their cart, visitors by the other ids of the same browser.
    async fn person(&self, brand: &BrandId, identities: &[Identity]) -> Result<Person>;
    /// Whether any of the identities was erased, or everyone, and the tombstone is still there.
    async fn is_erased(&self, brand: &BrandId, identities: &[Identity]) -> Result<bool>;
    /// As [`Self::is_erased`], for what a backend of the brand reports to have happened at a time.
    async fn is_erased_for_backend(
        &self,
        brand: &BrandId,
        identities: &[Identity],
        happened_at: UnixMs,
    ) -> Result<bool>;
    /// The seller's ids of orders that are a person's, or that their visitors reported or claimed, and that are not decided
    /// yet; and the ids under which purchases of their visitors were reported that must still become orders. After the
    /// erasure nothing would credit them.
    async fn undecided_orders(&self, brand: &BrandId, person: &Person) -> Result<Vec<String>>;
    /// Erases the [`Self::person`] of these identities, in one transaction: what names them on orders and in the
    /// explanations and sales of those, survey answers, events, landings, aliases, the ids on clicks, bodies of the
    /// `deliveries`, exports, profiles, customer events, and last the identities. Amounts, credits, outcomes and counts
    /// stay. Repeating it completes what an earlier version left. Returns the number of orders that were not erased
    /// before.
    async fn erase_person(
        &self,
        brand: &BrandId,
        identities: &[Identity],
        deliveries: &[InboxId],
        at: UnixMs,
        audit: &AuditEntry,
        scrub: &NewJob,
    ) -> Result<u64>;
    /// Erases everything that names anyone of a shop's brand, as [`Self::erase_person`] does, with the bodies in the
    /// shop's inbox and the test records; late reports stay anonymous until the shop is installed again. The shop is
    /// marked as uninstalled if it is not. False, without a change, when it was installed since `seen` was read.
    async fn erase_shop(&self, seen: &Shop, at: UnixMs, audit: &AuditEntry, scrub: &NewJob) -> Result<bool>;
    /// Deliveries of a shop that are not processed, in the order of their ids after `after`.
    async fn waiting_deliveries(&self, shop: &ShopDomain, after: &str, limit: i64) -> Result<Vec<Delivery>>;
    /// Erases a creator: name, handle, e-mail hash, aliases, partner code, payout address, the names in survey answers
    /// and the texts of those that name them, sessions and sign-in links. Links, credits and the ledger stay. False,
    /// without a change, when the brand has no such creator or they were erased before.
    async fn erase_creator(
        &self,
        brand: &BrandId,
        id: &CreatorId,
        at: UnixMs,
        audit: &AuditEntry,
        events: &NewEvents,
        scrub: &NewJob,
    ) -> Result<bool>;
    /// When a creator was erased, if they were.
    async fn creator_erased_at(&self, brand: &BrandId, id: &CreatorId) -> Result<Option<UnixMs>>;
    /// Removes erased content from the database's files, where it would stay readable. PostgreSQL does so on its own
    /// (vacuum). Returns false if readers prevented it for now.
    async fn scrub(&self) -> Result<bool>;
}
