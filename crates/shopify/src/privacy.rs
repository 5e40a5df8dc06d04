//! Bodies of the privacy-law (compliance) webhooks.

use serde::Deserialize;

/// Body of `customers/data_request` and `customers/redact`.
#[derive(Debug, Deserialize)]
pub struct CustomerMessage {
    /// The shop's domain.
    pub shop_domain: String,
    /// The customer; any part may be missing.
    #[serde(default)]
    pub customer: Option<Customer>,
    /// Ids of the orders whose data is requested.
    #[serde(default)]
    pub orders_requested: Vec<u64>,
    /// Ids of the orders whose data is to be erased.
    #[serde(default)]
    pub orders_to_redact: Vec<u64>,
}

/// A customer in a compliance webhook.
#[derive(Debug, Default, Deserialize)]
pub struct Customer {
    /// Shopify's customer id.
    pub id: Option<u64>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// Body of `shop/redact`.
#[derive(Debug, Deserialize)]
pub struct ShopMessage {
    /// The shop.
    pub shop_domain: String,
}
