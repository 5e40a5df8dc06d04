//! Webhooks from Shopify: the signature is verified over the raw body, the delivery is stored in the inbox, and a job
//! processes it later, exactly once in effect.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BrandId, Identity,
    id::{DataExportId, InboxId},
    shop::{Shop, ShopDomain},
    time::HOUR_MS,
};
use futures::StreamExt;
use serde_json::Value;
use shopify::{
    order::{ShopifyOrder, read_order, read_refund},
    privacy::{CustomerMessage, ShopMessage},
    webhook::SignedDelivery,
};
use store::{
    erasure::Person,
    inbox::{Delivery, NewDelivery},
};

use crate::{
    FlowError,
    identity::address_sha256,
    job::{Job, delivery_job},
    stage::Deliveries,
};

/// How long deliveries wait for their shop to be installed, in ms.
const UNKNOWN_SHOP_WAIT_MS: i64 = 48 * HOUR_MS;
/// How long Shopify may take to revoke the token of a shop that has uninstalled the app, in ms.
const UNINSTALL_WAIT_MS: i64 = 60_000;
/// Outcome of an order whose customer was erased.
const ERASED_ORDER: &str = "order recorded without its erased customer";
/// Outcome of a refund of such an order.
const ERASED_REFUND: &str = "refund recorded without its erased customer";
/// Shops, or batches of settlements, worked on at a time. With several waiting for the database at once, a flood of events, whose batches
/// wait in the same line, delays them together and not each.
pub(crate) const PARTIES_AT_ONCE: usize = 6;
/// Waiting deliveries read per query.
const WAITING_PAGE: i64 = 500;

/// Deliveries whose orders are stored, and that have yet to be closed.
#[derive(Default)]
struct Recorded {
    outcomes: Vec<(InboxId, String)>,
    /// Whether one names an erased person.
    needs_scrub: bool,
}

/// What became of a shop's deliveries.
struct Processed {
    recorded: Recorded,
    /// Those that were processed one by one, and are closed where that worked.
    others: Vec<(InboxId, Result<(), FlowError>)>,
}

impl Deliveries<'_> {
    /// The delivery to store for a message whose signature was verified.
    pub fn admit(self, signed: SignedDelivery) -> NewDelivery {
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
        NewDelivery { job: delivery_job(&delivery, now), delivery }
    }

    /// Processes stored deliveries: the orders of a shop in one transaction, and what became of all of them in another.
    /// One outcome per id, in no order.
    ///
    /// # Errors
    /// A database error; then all of them may be processed again.
    pub async fn process_many(self, ids: &[InboxId]) -> Result<Vec<(InboxId, Result<(), FlowError>)>, FlowError> {
        let deliveries = self.store.deliveries(ids).await?;
        let found: BTreeSet<&InboxId> = deliveries.iter().map(|delivery| &delivery.id).collect();
        // The others were processed before.
        let mut outcomes: Vec<(InboxId, Result<(), FlowError>)> =
            ids.iter().filter(|id| !found.contains(id)).map(|id| (id.clone(), Ok(()))).collect();
        let mut by_shop: BTreeMap<&ShopDomain, Vec<&Delivery>> = BTreeMap::new();
        for delivery in &deliveries {
            by_shop.entry(&delivery.shop).or_default().push(delivery);
        }
        let (mut recorded, mut needs_scrub) = (Vec::new(), false);
        let mut waiting = Vec::new();
        for (shop, deliveries) in by_shop {
            waiting.push(self.process_shop(shop, deliveries));
        }
        let mut shops = futures::stream::iter(waiting).buffer_unordered(PARTIES_AT_ONCE);
        while let Some(done) = shops.next().await {
            needs_scrub |= done.recorded.needs_scrub;
            recorded.extend(done.recorded.outcomes);
            outcomes.extend(done.others);
        }
        drop(shops);
        self.close(&recorded, needs_scrub).await?;
        outcomes.extend(recorded.into_iter().map(|(id, _)| (id, Ok(()))));
        Ok(outcomes)
    }

    async fn process_shop(self, shop: &ShopDomain, deliveries: Vec<&Delivery>) -> Processed {
        let recorded = self.record_orders(shop, &deliveries).await.unwrap_or_else(|error| {
            // One order that cannot be stored must not stop the others.
            tracing::warn!(%shop, %error, "orders are processed one by one");
            Recorded::default()
        });
        let done: BTreeSet<&InboxId> = recorded.outcomes.iter().map(|(id, _)| id).collect();
        let mut others = Vec::new();
        for delivery in deliveries.into_iter().filter(|delivery| !done.contains(&delivery.id)) {
            others.push((delivery.id.clone(), self.process(delivery).await));
        }
        Processed { recorded, others }
    }

    /// Stores the orders among a shop's deliveries in one transaction, each order's first message; the others are left.
    async fn record_orders(self, shop: &ShopDomain, deliveries: &[&Delivery]) -> Result<Recorded, FlowError> {
        let mut recorded = Recorded::default();
        let mut orders: BTreeMap<u64, (&Delivery, ShopifyOrder)> = BTreeMap::new();
        for delivery in deliveries.iter().filter(|delivery| is_order(&delivery.topic)) {
            if let Ok(order) = read_order(&delivery.body)
                && !is_foreign(order.order_status_url.as_deref(), shop)
            {
                orders.entry(order.id).or_insert((delivery, order));
            }
        }
        if orders.is_empty() {
            return Ok(recorded);
        }
        let Some(shop) = self.store.shop(shop).await? else { return Ok(recorded) };
        let brand = self.store.brand(&shop.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let facts: Vec<&ShopifyOrder> = orders.values().map(|(_, order)| order).collect();
        let are_erased = self.orders().record_shopify_orders(&brand, &facts).await?;
        for ((delivery, _), is_erased) in orders.values().zip(are_erased) {
            recorded.outcomes.push((delivery.id.clone(), outcome_of_order(is_erased).to_owned()));
            recorded.needs_scrub |= is_erased;
        }
        Ok(recorded)
    }

    /// Processes a stored delivery. One that is of no use is closed with its reason; one that cannot be read stays.
    async fn process(self, delivery: &Delivery) -> Result<(), FlowError> {
        let waits_until = delivery.received_at.plus_ms(UNKNOWN_SHOP_WAIT_MS);
        if self.now() < waits_until && self.store.shop(&delivery.shop).await?.is_none() {
            // Managed install starts deliveries before the merchant first opens the app, which is when we learn of the
            // shop. Installing makes this job due at once.
            self.store.enqueue(&delivery_job(delivery, waits_until)).await?;
            // It may have been installed just now, and found this job running.
            if self.store.shop(&delivery.shop).await?.is_some() {
                self.store.enqueue(&delivery_job(delivery, self.now())).await?;
            }
            return Ok(());
        }
        let is_recent = self.now() < delivery.received_at.plus_ms(UNINSTALL_WAIT_MS);
        if is_recent && self.is_contradicted_uninstall(delivery).await? {
            let again = delivery.received_at.plus_ms(UNINSTALL_WAIT_MS);
            return Ok(self.store.enqueue(&delivery_job(delivery, again)).await?);
        }
        let outcome = self.apply(delivery).await?;
        // The message itself may name an erased person.
        let needs_scrub =
            delivery.topic.ends_with("/redact") || [ERASED_ORDER, ERASED_REFUND].contains(&outcome.as_str());
        self.close(&[(delivery.id.clone(), outcome)], needs_scrub).await
    }

    /// Closes deliveries; if one named an erased person, its content is removed from the files too.
    async fn close(self, outcomes: &[(InboxId, String)], needs_scrub: bool) -> Result<(), FlowError> {
        if needs_scrub {
            self.store.enqueue(&Job::Scrub.at(self.now())).await?;
        }
        self.store.close_deliveries(outcomes, self.now()).await?;
        if needs_scrub {
            self.customers().scrub().await;
        }
        Ok(())
    }

    async fn apply(self, delivery: &Delivery) -> Result<String, FlowError> {
        let Some(shop) = self.store.shop(&delivery.shop).await? else {
            return Ok("refused: unknown shop".to_owned());
        };
        let brand = self.store.brand(&shop.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let outcome = match delivery.topic.as_str() {
            topic if is_order(topic) => match read_order(&delivery.body) {
                Ok(order) if is_foreign(order.order_status_url.as_deref(), &shop.domain) => {
                    "refused: the body names another shop"
                }
                Ok(order) => {
                    self.orders().record_shopify_order(&brand, &order).await?;
                    let is_erased = self.store.is_erased(&brand.id, &self.names_on(&order)).await?;
                    outcome_of_order(is_erased)
                }
                Err(error) => return Err(FlowError::Unreadable(error.to_string())),
            },
            "refunds/create" => match read_refund(&delivery.body) {
                Ok(refund) => {
                    self.orders().record_shopify_refund(&brand, &refund).await?;
                    let order = [Identity::Order(refund.order_id.to_string())];
                    let is_erased = self.store.is_erased(&brand.id, &order).await?;
                    if is_erased { ERASED_REFUND } else { "refund recorded" }
                }
                Err(error) => return Err(FlowError::Unreadable(error.to_string())),
            },
            // Only the body is signed: without this check, any signed body could uninstall any shop.
            "app/uninstalled" if !names_shop(&delivery.body, &shop.domain) => "refused: the body names another shop",
            // The body of an earlier uninstall is signed too, and the time is not: the shop's token tells.
            "app/uninstalled" if self.is_contradicted_uninstall(delivery).await? => "ignored: installed",
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
                Ok(_) => self.redact_shop(&shop).await?,
                Err(error) => return Ok(format!("refused: {error}")),
            },
            _ => "unknown topic",
        };
        Ok(outcome.to_owned())
    }

    /// Whether a delivery says that a shop has uninstalled the app, and Shopify still accepts the shop's token.
    async fn is_contradicted_uninstall(self, delivery: &Delivery) -> Result<bool, FlowError> {
        if delivery.topic != "app/uninstalled" || !names_shop(&delivery.body, &delivery.shop) {
            return Ok(false);
        }
        match self.store.shop(&delivery.shop).await? {
            Some(shop) if shop.uninstalled_at.is_none() => self.installs().is_installed(&shop.domain).await,
            _ => Ok(false),
        }
    }

    async fn apply_customer_message(self, delivery: &Delivery, brand: &domain::BrandId) -> Result<String, FlowError> {
        let message: CustomerMessage = match serde_json::from_slice(&delivery.body) {
            Ok(message) => message,
            Err(error) => return Ok(format!("refused: {error}")),
        };
        if message.shop_domain != delivery.shop.as_str() {
            return Ok("refused: the body names another shop".to_owned());
        }
        let customer = message.customer.unwrap_or_default();
        let mut identities = self.names_of(customer.id, customer.email.as_deref());
        if delivery.topic == "customers/data_request" {
            identities.extend(message.orders_requested.iter().map(|id| Identity::Order(id.to_string())));
            let id = delivery.id.as_str().replacen(InboxId::PREFIX, DataExportId::PREFIX, 1);
            let id: DataExportId = id.parse().map_err(|_| FlowError::NotFound("delivery"))?;
            if !self.customers().put_data_export(brand, id.clone(), &identities).await? {
                return Ok("not exported: the customer was erased meanwhile".to_owned());
            }
            return Ok(format!("export {id} is ready for 30 days, under Settings"));
        }
        identities.extend(message.orders_to_redact.iter().map(|id| Identity::Order(id.to_string())));
        let count = self.customers().erase(brand, &identities, "shopify").await?;
        Ok(format!("erased the customer's identifiers on {count} orders"))
    }

    /// What a customer of a shop is known by: the shop's scripts may identify them by Shopify's id.
    fn names_of(self, id: Option<u64>, address: Option<&str>) -> Vec<Identity> {
        let mut names = Vec::new();
        if let Some(id) = id.map(|id| id.to_string()) {
            names.extend([self.shopify_customer(&id), self.customer_key(&id), self.claimed_key(&id)]);
        }
        if let Some(address) = address {
            let sha256 = address_sha256(address);
            names.extend([self.email_sha256(&sha256), self.claimed_email(&sha256)]);
            names.extend(self.email_hash(address).map(Identity::Email));
        }
        names
    }

    /// What an order names its customer by: its id, the customer's names, and the visitor in the cart.
    fn names_on(self, order: &ShopifyOrder) -> Vec<Identity> {
        let mut names = self.names_of(order.customer_id, order.email.as_deref());
        names.push(Identity::Order(order.id.to_string()));
        let visitors = order.note_attributes.iter().filter(|(name, _)| name == wire::COOKIE_PV);
        names.extend(visitors.map(|(_, value)| Identity::Visitor(value.trim().to_ascii_lowercase())));
        names
    }

    /// What an order or a refund that cannot be read names its customer by, as far as it is JSON: its body is kept for a
    /// person to look at, and must not outlive the customer's erasure. `id` is the field with the order's id.
    fn names_in_unreadable(self, body: &[u8], id: &str) -> Vec<Identity> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let customer = &body["customer"];
        let mut names = self.names_of(text(&customer["id"]).and_then(|id| id.parse().ok()), None);
        for address in
            [&body["email"], &body["contact_email"], &customer["email"]].into_iter().filter_map(Value::as_str)
        {
            names.extend(self.names_of(None, Some(address)));
        }
        names.extend(text(&body[id]).map(Identity::Order));
        let attributes = body["note_attributes"].as_array().into_iter().flatten();
        let visitors = attributes.filter(|attribute| attribute["name"] == wire::COOKIE_PV);
        let visitors = visitors.filter_map(|attribute| attribute["value"].as_str());
        names.extend(visitors.map(|visitor| Identity::Visitor(visitor.trim().to_ascii_lowercase())));
        names
    }

    /// Erases a shop that has uninstalled the app. Shopify may never have said that it did: then its token tells.
    async fn redact_shop(self, shop: &Shop) -> Result<&'static str, FlowError> {
        if shop.uninstalled_at.is_none() && self.installs().is_installed(&shop.domain).await? {
            return Ok("installed again: nothing erased");
        }
        let is_done = self.installs().erase_shop(shop, "shopify").await?;
        Ok(if is_done { "shop erased" } else { "installed again: nothing erased" })
    }

    /// Processes the deliveries about a person that still wait, given up or not. Returns those that cannot be.
    pub(crate) async fn process_waiting_about(
        self,
        brand: &BrandId,
        person: &Person,
    ) -> Result<Vec<InboxId>, FlowError> {
        let mut unprocessed = Vec::new();
        for shop in self.store.shops_of(brand).await? {
            let mut after = String::new();
            loop {
                let page = self.store.waiting_deliveries(&shop.domain, &after, WAITING_PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.id.to_string();
                for delivery in page.iter().filter(|delivery| self.is_about(delivery, person)) {
                    if !self.process_early(delivery).await? {
                        unprocessed.push(delivery.id.clone());
                    }
                }
            }
        }
        Ok(unprocessed)
    }

    /// Processes an order or refund before its job does. False if that fails, or it is neither.
    async fn process_early(self, delivery: &Delivery) -> Result<bool, FlowError> {
        if !delivery.topic.starts_with("orders/") && delivery.topic != "refunds/create" {
            return Ok(false);
        }
        match Box::pin(self.apply(delivery)).await {
            Ok(outcome) => {
                self.store.close_deliveries(&[(delivery.id.clone(), outcome)], self.now()).await?;
                // A job that was given up ends too.
                self.store.enqueue(&delivery_job(delivery, self.now())).await?;
                Ok(true)
            }
            Err(error @ FlowError::Store(_)) => Err(error),
            Err(error) => {
                tracing::warn!(delivery = %delivery.id, %error, "erased without being processed");
                Ok(false)
            }
        }
    }

    /// Whether a delivery that still waits names the person. Messages to erase them do their own work.
    fn is_about(self, delivery: &Delivery, person: &Person) -> bool {
        let names: Vec<Identity> = match delivery.topic.as_str() {
            "refunds/create" => read_refund(&delivery.body).map_or_else(
                |_| self.names_in_unreadable(&delivery.body, "order_id"),
                |refund| vec![Identity::Order(refund.order_id.to_string())],
            ),
            "customers/data_request" => serde_json::from_slice::<CustomerMessage>(&delivery.body)
                .map(|message| {
                    let customer = message.customer.unwrap_or_default();
                    self.names_of(customer.id, customer.email.as_deref())
                })
                .unwrap_or_default(),
            topic if topic.starts_with("orders/") => {
                let unreadable = |_| self.names_in_unreadable(&delivery.body, "id");
                read_order(&delivery.body).map_or_else(unreadable, |order| self.names_on(&order))
            }
            _ => Vec::new(),
        };
        names.iter().any(|name| person.identities.contains(name))
    }
}

/// Whether a topic's messages are orders.
fn is_order(topic: &str) -> bool {
    ["orders/create", "orders/updated", "orders/paid", "orders/cancelled"].contains(&topic)
}

fn outcome_of_order(is_erased: bool) -> &'static str {
    if is_erased { ERASED_ORDER } else { "order recorded" }
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
