//! `/brand/attribution/orders/:id`: one order and the explanation of its attribution.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::OrderDetail;
