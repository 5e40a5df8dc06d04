//! A changed item of the catalogue, and the links that come with it.

use domain::{ProductId, UnixMs, catalogue::Item, link::Link};

use crate::audit::AuditEntry;

/// An item as it is to be, with what changes together with it.
#[derive(Clone, Debug)]
pub struct ItemChange {
    /// The item.
    pub item: Item,
    /// Links that come with it.
    pub links: Vec<ItemLink>,
    /// Of a product: whether its page has moved, so that the links to it must follow.
    pub has_moved: bool,
}

/// A link that comes with an item.
#[derive(Clone, Debug)]
pub struct ItemLink {
    /// The link.
    pub link: Link,
    /// The product that it leads to, and when that had last changed. The link is left out if its creator has one to this
    /// product already.
    pub product: Option<(ProductId, UnixMs)>,
    /// Its entry in the audit log.
    pub audit: AuditEntry,
}
