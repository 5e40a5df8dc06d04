//! `/brand/attribution/creators/:id`: one creator, for the brand.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::CreatorDetail;
