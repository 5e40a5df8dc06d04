//! `/brand/attribution/orders`: the latest orders, attributed or not.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Orders;
