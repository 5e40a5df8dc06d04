//! `/sign-in` and `/sign-in/:token`: sign-in outside the Shopify admin.

mod page;
pub(crate) mod server_fn;

pub(crate) use page::{SignIn, SignInConfirm};
