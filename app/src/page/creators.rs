//! `/brand/attribution/creators`: all creators with their figures of the last 30 days.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Creators;
