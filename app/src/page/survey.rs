//! `/brand/attribution/survey`: survey answers that need review, and the Fairing key.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::Survey;
