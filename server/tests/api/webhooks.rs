//! `/webhooks`.

mod failed_work;
mod fairing;
mod shopify;
mod uninstall;
