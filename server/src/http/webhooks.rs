//! Webhooks from Shopify and Fairing. The signature is verified over the raw bytes before anything is stored; jobs
//! process what was stored.

pub(crate) mod fairing;
pub(crate) mod shopify;
