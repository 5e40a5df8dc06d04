//! `/brand/attribution/commissions`: rules, balances and the ledger.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Commissions;
