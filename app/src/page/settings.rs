//! `/brand/attribution/settings`: the attribution policy with its preview, commission settings, closing periods.

mod page;
mod privacy;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Settings;
