//! `/brand/attribution/customers/:id`: a customer's orders, clicks and page views.

mod page;
pub(crate) mod server_fn;
pub(crate) mod view;

pub(crate) use page::CustomerDetail;
