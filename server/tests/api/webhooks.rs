//! `/webhooks`.

mod fairing;
mod shopify;
