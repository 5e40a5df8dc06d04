//! `/brand/attribution`: clicks, conversions and revenue of a period.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Overview;
