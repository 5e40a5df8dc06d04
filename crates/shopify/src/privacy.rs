//! The bodies of the compliance topics.

use serde::Deserialize;

/// `customers/data_request` and `customers/redact`.
#[derive(Debug, Deserialize)]
pub struct CustomerMessage {
    /// The shop.
    pub shop_domain: String,
    /// The customer; any part may be missing.
    #[serde(default)]
    pub customer: Option<Customer>,
    /// Orders whose data is asked for.
    #[serde(default)]
    pub orders_requested: Vec<u64>,
    /// Orders whose data is to be erased.
    #[serde(default)]
    pub orders_to_redact: Vec<u64>,
}

/// A customer as compliance messages name one.
#[derive(Debug, Default, Deserialize)]
pub struct Customer {
    /// Shopify's id.
    pub id: Option<u64>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// `shop/redact`.
#[derive(Debug, Deserialize)]
pub struct ShopMessage {
    /// The shop.
    pub shop_domain: String,
}
