//! `/brand/attribution/payouts`: payouts and their files.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Payouts;
