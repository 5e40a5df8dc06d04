//! `/brand/attribution/links`: create, list, filter, copy and delete tracking links.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Links;
