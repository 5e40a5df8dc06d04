//! `/webhooks`.

mod fairing;
mod shopify;
mod uninstall;
