//! Webhooks from Shopify: the signature is verified over the raw body, the delivery is stored in the inbox, and a job
//! processes it later, exactly once in effect.

use domain::{Identity, id::InboxId, shop::ShopDomain, time::HOUR_MS};
use shopify::{
    order::{read_order, read_refund},
    privacy::{CustomerMessage, ShopMessage},
    webhook::SignedDelivery,
};
use store::inbox::Delivery;

use crate::{FlowError, identity::address_sha256, job::Job, stage::Deliveries};

/// How long deliveries wait for their shop to be installed, in ms.
const UNKNOWN_SHOP_WAIT_MS: i64 = 48 * HOUR_MS;

/// Outcome of receiving a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Stored for the first time.
    New,
    /// A repeat of a stored delivery; nothing was changed.
    Repeat,
}

impl Deliveries<'_> {
    /// Stores a delivery whose signature was verified, and queues its processing.
    ///
    /// # Errors
    /// A database error; then Shopify retries the delivery.
    pub async fn receive(self, signed: SignedDelivery) -> Result<Received, FlowError> {
        let now = self.now();
        let SignedDelivery { envelope, body, body_sha256, .. } = signed;
        let delivery = Delivery {
            id: InboxId::new(now.0, self.random()),
            source: "shopify".to_owned(),
            delivery_id: envelope.delivery_id,
            topic: envelope.topic,
            shop: envelope.shop,
            triggered_at: envelope.triggered_at,
            received_at: now,
            body,
            body_sha256,
        };
        let job = Job::ProcessDelivery(delivery.id.clone()).at(now);
        let is_new = self.store.receive(&delivery, &job).await?;
        Ok(if is_new { Received::New } else { Received::Repeat })
    }

    /// Processes a stored delivery. One that can never be used is closed with its reason.
    ///
    /// # Errors
    /// Any error means that a retry may succeed; the job is retried.
    pub async fn process(self, id: &InboxId) -> Result<(), FlowError> {
        let Some(delivery) = self.store.delivery(id).await? else { return Ok(()) };
        let waits_until = delivery.received_at.plus_ms(UNKNOWN_SHOP_WAIT_MS);
        if self.now() < waits_until && self.store.shop(&delivery.shop).await?.is_none() {
            // Managed install starts deliveries before the merchant first opens the app, which is when we learn of the
            // shop. Installing makes this job due at once.
            return Ok(self.store.enqueue(&Job::ProcessDelivery(id.clone()).at(waits_until)).await?);
        }
        let outcome = self.apply(&delivery).await?;
        self.store.close_delivery(id, &outcome, self.now()).await?;
        Ok(())
    }

    async fn apply(self, delivery: &Delivery) -> Result<String, FlowError> {
        let Some(shop) = self.store.shop(&delivery.shop).await? else {
            return Ok("refused: unknown shop".to_owned());
        };
        let brand = self.store.brand(&shop.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let outcome = match delivery.topic.as_str() {
            "orders/create" | "orders/updated" | "orders/paid" | "orders/cancelled" => {
                match read_order(&delivery.body) {
                    Ok(order) if is_foreign(order.order_status_url.as_deref(), &shop.domain) => {
                        "refused: the body names another shop"
                    }
                    Ok(order) => {
                        self.orders().record_shopify_order(&brand, &order).await?;
                        "order recorded"
                    }
                    Err(error) => return Ok(format!("refused: {error}")),
                }
            }
            "refunds/create" => match read_refund(&delivery.body) {
                Ok(refund) => {
                    self.orders().record_shopify_refund(&brand, &refund).await?;
                    "refund recorded"
                }
                Err(error) => return Ok(format!("refused: {error}")),
            },
            // Only the body is signed: without this check, any signed body could uninstall any shop.
            "app/uninstalled" if !names_shop(&delivery.body, &shop.domain) => "refused: the body names another shop",
            "app/uninstalled" => {
                let at = delivery.triggered_at.unwrap_or(delivery.received_at);
                if self.store.uninstall_shop(&shop.domain, at).await? { "uninstalled" } else { "ignored: outdated" }
            }
            "app/scopes_update" => "acknowledged",
            "customers/data_request" | "customers/redact" => {
                return self.apply_customer_message(delivery, &brand.id).await;
            }
            "shop/redact" => match serde_json::from_slice::<ShopMessage>(&delivery.body) {
                Ok(message) if message.shop_domain != shop.domain.as_str() => "refused: the body names another shop",
                Ok(_) if self.store.redact_shop(&shop.domain, self.now()).await? => "shop erased",
                Ok(_) => "installed again: nothing erased",
                Err(error) => return Ok(format!("refused: {error}")),
            },
            _ => "unknown topic",
        };
        Ok(outcome.to_owned())
    }

    async fn apply_customer_message(self, delivery: &Delivery, brand: &domain::BrandId) -> Result<String, FlowError> {
        let message: CustomerMessage = match serde_json::from_slice(&delivery.body) {
            Ok(message) => message,
            Err(error) => return Ok(format!("refused: {error}")),
        };
        if message.shop_domain != delivery.shop.as_str() {
            return Ok("refused: the body names another shop".to_owned());
        }
        if delivery.topic == "customers/data_request" {
            // We store hashes, visitor ids, and what the shop's own clients reported about the customer. The shop can
            // read all of it under the customer's id.
            let id = message.customer.and_then(|customer| customer.id);
            return Ok(match id {
                Some(id) => format!("available to the shop at /api/v1/customers/{id}?show_all=true"),
                None => "the request names no customer".to_owned(),
            });
        }
        let orders: Vec<String> = message.orders_to_redact.iter().map(u64::to_string).collect();
        let customer = message.customer.unwrap_or_default();
        let id = customer.id.map(|id| id.to_string());
        let address = customer.email.as_deref();
        let hashes: Vec<String> = [
            id.as_deref().map(|id| self.identity_hash("shopify-customer", id)),
            address.and_then(|address| self.email_hash(address)),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut identities: Vec<Identity> = orders.iter().cloned().map(Identity::Order).collect();
        if let Some(id) = &id {
            // The shop's scripts may identify the customer by Shopify's id.
            identities.extend([self.shopify_customer(id), self.customer_key(id), self.claimed_key(id)]);
        }
        if let Some(address) = address {
            let sha256 = address_sha256(address);
            identities.extend([self.email_sha256(&sha256), self.claimed_email(&sha256)]);
            identities.extend(self.email_hash(address).map(Identity::Email));
        }
        let count = self.customers().erase(brand, identities, &orders, &hashes).await?;
        Ok(format!("erased the customer's identifiers on {count} orders"))
    }
}

/// Whether the body of a shop's message names this shop.
fn names_shop(body: &[u8], shop: &ShopDomain) -> bool {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    ["myshopify_domain", "domain"]
        .iter()
        .any(|field| body[*field].as_str().and_then(ShopDomain::parse).is_some_and(|named| named == *shop))
}

/// Whether an order's status page is on another shop's permanent domain. A custom domain proves nothing.
fn is_foreign(order_status_url: Option<&str>, shop: &ShopDomain) -> bool {
    order_status_url
        .and_then(|url| url::Url::parse(url).ok())
        .and_then(|url| url.host_str().and_then(ShopDomain::parse))
        .is_some_and(|host| host != *shop)
}
