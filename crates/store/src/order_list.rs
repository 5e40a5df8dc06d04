//! The list of a brand's orders: filtered, newest first, page by page.

use domain::{BrandId, CampaignId, CreatorId, LinkId, UnixMs, order::OrderSource, outcome::Unattributed};

use crate::{Result, orders::OrderRecord};

/// Whether the orders of a list are credited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CreditState {
    /// Any order.
    #[default]
    Any,
    /// Credited to a link.
    Credited,
    /// Counted, and credited to nobody; for this reason only, if one is given.
    Unattributed(Option<Unattributed>),
}

/// What a search in the list finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSearch {
    /// A part of the order's name, in any case.
    pub name: String,
    /// The seller's ids of further orders that are found: the customer's who is searched for, and the text itself.
    pub external_ids: Vec<String>,
}

/// Which orders a list has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderListFilter {
    /// Placed from this time on.
    pub from: UnixMs,
    /// Placed before this time.
    pub until: UnixMs,
    /// Whether they are credited.
    pub credit: CreditState,
    /// One of the credits is this creator's.
    pub creator: Option<CreatorId>,
    /// One of the credits is this campaign's.
    pub campaign: Option<CampaignId>,
    /// One of the credits is this link's.
    pub link: Option<LinkId>,
    /// Reported by this source.
    pub source: Option<OrderSource>,
    /// Only those of which something was refunded.
    pub is_refunded: bool,
    /// Only those that a person should look at: with flags, or with credit that waits for approval.
    pub needs_review: bool,
    /// Found by a search.
    pub search: Option<OrderSearch>,
}

impl Default for OrderListFilter {
    fn default() -> Self {
        Self {
            from: UnixMs(i64::MIN),
            until: UnixMs(i64::MAX),
            credit: CreditState::Any,
            creator: None,
            campaign: None,
            link: None,
            source: None,
            is_refunded: false,
            needs_review: false,
            search: None,
        }
    }
}

/// By what a list is sorted; orders of one value by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderSort {
    /// When they were placed.
    #[default]
    Placed,
    /// Net revenue, minor units of each order's own currency. Until an order is settled, its total.
    Revenue,
}

/// The order of a list: the newest first unless it says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderListOrder {
    /// By what.
    pub by: OrderSort,
    /// Whether the smallest comes first.
    pub is_ascending: bool,
}

/// A place in the list: the value by which it is sorted (Unix ms, or minor units) and the order's id.
pub type OrderPlace = (i64, String);

/// Which part of the list a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderListPage {
    /// The beginning of the list.
    First,
    /// The orders that follow a place.
    After(OrderPlace),
    /// The orders just before a place.
    Before(OrderPlace),
}

/// An order of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedOrder {
    /// The order.
    pub record: OrderRecord,
    /// Where it stands in the list.
    pub place: OrderPlace,
}

/// Reads the list of orders.
#[async_trait::async_trait]
pub trait OrderListStore: Send + Sync {
    /// A page of the list. Reads the brand's orders in the list's order until the page is full.
    async fn listed_orders(
        &self,
        brand: &BrandId,
        order: OrderListOrder,
        page: &OrderListPage,
        filter: &OrderListFilter,
        limit: i64,
    ) -> Result<Vec<ListedOrder>>;
}
