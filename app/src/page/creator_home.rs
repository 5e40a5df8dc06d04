//! `/creator`: the creator's own dashboard.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::CreatorHome;
