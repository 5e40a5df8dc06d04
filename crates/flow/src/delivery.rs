//! Webhooks from Shopify: the signature is checked over the raw bytes, the body goes into the inbox, and a job makes
//! something of it later, exactly once in effect.

use domain::{id::InboxId, shop::ShopDomain, time::HOUR_MS};
use http::HeaderMap;
use sha2::{Digest, Sha256};
use shopify::{
    order::{read_order, read_refund},
    privacy::{CustomerMessage, ShopMessage},
    signature,
    webhook::{Envelope, header},
};
use store::inbox::Delivery;

use crate::{Flow, FlowError, Invalid};

/// How long deliveries wait for their shop to be installed.
const UNKNOWN_SHOP_WAIT_MS: i64 = 48 * HOUR_MS;

/// What became of an incoming delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Stored for the first time.
    New,
    /// Known already; nothing was changed.
    Repeat,
}

impl Flow {
    /// Takes a delivery in. `Unauthorized` for a missing or wrong signature, before anything is read of the body.
    pub async fn receive_shopify(&self, headers: &HeaderMap, body: &[u8]) -> Result<Received, FlowError> {
        let credentials = self.shopify_credentials().ok_or(FlowError::Unauthorized)?;
        let claimed = header(headers, "hmac-sha256").ok_or(FlowError::Unauthorized)?;
        if !signature::verify_body(credentials.secrets(), body, claimed) {
            return Err(FlowError::Unauthorized);
        }
        // Queries and session tokens are signed with the same secret: what is no JSON object is no webhook.
        if serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body).is_err() {
            return Err(Invalid::one("the body must be a JSON object").into());
        }
        let body_sha256: [u8; 32] = Sha256::digest(body).into();
        let envelope = Envelope::read(headers, &body_sha256)
            .ok_or_else(|| Invalid::one("x-shopify-topic and x-shopify-shop-domain are required"))?;
        let now = self.now();
        let delivery = Delivery {
            id: InboxId::new(now.0, self.random()),
            source: "shopify".to_owned(),
            delivery_id: envelope.delivery_id,
            topic: envelope.topic,
            shop: envelope.shop,
            triggered_at: envelope.triggered_at,
            received_at: now,
            body: body.to_vec(),
            body_sha256,
        };
        let is_new = self.store.receive(&delivery).await?;
        Ok(if is_new { Received::New } else { Received::Repeat })
    }

    /// Makes something of a stored delivery. A body that can never be used is closed with its reason; anything
    /// that may go better next time is an error, and the job is tried again.
    pub async fn process_delivery(&self, id: &InboxId) -> Result<(), FlowError> {
        let Some(delivery) = self.store.delivery(id).await? else { return Ok(()) };
        let waits_until = delivery.received_at.plus_ms(UNKNOWN_SHOP_WAIT_MS);
        if self.now() < waits_until && self.store.shop(&delivery.shop).await?.is_none() {
            // Shopify's managed install starts to deliver before the merchant first opens the app, which is when we
            // learn of the shop. Installing makes this due at once.
            return Ok(self.store.enqueue("inbox", id.as_str(), "{}", waits_until).await?);
        }
        let outcome = self.apply(&delivery).await?;
        self.store.close_delivery(id, &outcome, self.now()).await?;
        Ok(())
    }

    async fn apply(&self, delivery: &Delivery) -> Result<String, FlowError> {
        let Some(shop) = self.store.shop(&delivery.shop).await? else {
            return Ok("refused: unknown shop".to_owned());
        };
        let brand = self.store.brand(&shop.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let outcome = match delivery.topic.as_str() {
            "orders/create" | "orders/updated" | "orders/paid" | "orders/cancelled" => {
                match read_order(&delivery.body) {
                    Ok(order) if is_foreign(order.order_status_url.as_deref(), &shop.domain) => {
                        "refused: the body is of another shop"
                    }
                    Ok(order) => {
                        self.take_shopify_order(&brand, &order).await?;
                        "order taken"
                    }
                    Err(error) => return Ok(format!("refused: {error}")),
                }
            }
            "refunds/create" => match read_refund(&delivery.body) {
                Ok(refund) => {
                    self.take_shopify_refund(&brand, &refund).await?;
                    "refund taken"
                }
                Err(error) => return Ok(format!("refused: {error}")),
            },
            // Only the body is signed: without this check any signed text would uninstall any shop.
            "app/uninstalled" if !names_shop(&delivery.body, &shop.domain) => "refused: the body is of another shop",
            "app/uninstalled" => {
                let at = delivery.triggered_at.unwrap_or(delivery.received_at);
                if self.store.uninstall_shop(&shop.domain, at).await? { "uninstalled" } else { "too late: ignored" }
            }
            "app/scopes_update" => "noted",
            "customers/data_request" | "customers/redact" => {
                return self.apply_customer_message(delivery, &brand.id).await;
            }
            "shop/redact" => match serde_json::from_slice::<ShopMessage>(&delivery.body) {
                Ok(message) if message.shop_domain != shop.domain.as_str() => "refused: the body is of another shop",
                Ok(_) if self.store.redact_shop(&shop.domain, self.now()).await? => "shop erased",
                Ok(_) => "installed again: nothing erased",
                Err(error) => return Ok(format!("refused: {error}")),
            },
            _ => "unknown topic",
        };
        Ok(outcome.to_owned())
    }

    async fn apply_customer_message(&self, delivery: &Delivery, brand: &domain::BrandId) -> Result<String, FlowError> {
        let message: CustomerMessage = match serde_json::from_slice(&delivery.body) {
            Ok(message) => message,
            Err(error) => return Ok(format!("refused: {error}")),
        };
        if message.shop_domain != delivery.shop.as_str() {
            return Ok("refused: the body is of another shop".to_owned());
        }
        if delivery.topic == "customers/data_request" {
            // What is stored is hashes, visitor ids, and what the shop's own clients told of the customer. The shop reads
            // all of it under the customer's id.
            let id = message.customer.and_then(|customer| customer.id);
            return Ok(match id {
                Some(id) => format!("the shop reads it at /api/v1/customers/{id}?show_all=true"),
                None => "the request names no customer".to_owned(),
            });
        }
        let orders: Vec<String> = message.orders_to_redact.iter().map(u64::to_string).collect();
        let address = message.customer.as_ref().and_then(|customer| customer.email.as_deref());
        let address = address.map(crate::profile::address_sha256);
        let id = message.customer.as_ref().and_then(|customer| customer.id).map(|id| id.to_string());
        let hashes: Vec<String> = message
            .customer
            .into_iter()
            .flat_map(|customer| {
                let id = customer.id.map(|id| self.identity_hash("shopify-customer", &id.to_string()));
                [id, customer.email.as_deref().and_then(|email| self.email_hash(email))]
            })
            .flatten()
            .collect();
        let of_orders = orders.iter().map(|order| format!("order:{order}"));
        let of_hashes = hashes.iter().flat_map(|hash| [format!("shopify:{hash}"), format!("email:{hash}")]);
        let of_address = address.iter().flat_map(|hash| [self.mail_identity(hash), self.mail_claim(hash)]);
        // The shop's scripts may call the customer by Shopify's id.
        let named = id.iter().flat_map(|id| [self.key_identity(id), self.claim_identity(id)]);
        let identities = of_orders.chain(of_hashes).chain(of_address).chain(named).collect();
        let count = self.erase_identities(brand, identities, &orders, &hashes).await?;
        Ok(format!("erased what could name the customer on {count} orders"))
    }
}

/// Whether a shop's own message names this shop.
fn names_shop(body: &[u8], shop: &ShopDomain) -> bool {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    ["myshopify_domain", "domain"]
        .iter()
        .any(|field| body[*field].as_str().and_then(ShopDomain::parse).is_some_and(|named| named == *shop))
}

/// Whether an order's status page is on another shop's permanent domain. Custom domains tell nothing.
fn is_foreign(order_status_url: Option<&str>, shop: &ShopDomain) -> bool {
    order_status_url
        .and_then(|url| url::Url::parse(url).ok())
        .and_then(|url| url.host_str().and_then(ShopDomain::parse))
        .is_some_and(|host| host != *shop)
}
