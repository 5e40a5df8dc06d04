//! `/brand/attribution/setup`: API keys, the pixel snippet, the health of pixel and webhooks, and the audit log.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Setup;
