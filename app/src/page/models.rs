//! `/brand/attribution/models`: the models side by side.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Models;
