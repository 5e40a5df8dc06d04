//! Orders: store facts from Shopify or a server key, load evidence, decide credit, and save the outcome in one
//! transaction.

mod list;
mod reports;

use std::collections::BTreeSet;

use domain::{
    BrandId, CustomerId, FactsVersion, Identity, Money, OrderId,
    brand::Brand,
    event::Event,
    link::{LinkCode, code_in_url},
    order::{Line, Order, OrderDetails, OrderFlag, OrderSource, TOKEN_PREFIX, sale_name},
};
use shopify::order::{ShopifyLine, ShopifyOrder, ShopifyRefund};
use store::{customers::Join, orders::NewOrder};

use crate::{
    FlowError,
    access::{ApiCaller, Merchant},
    explain::Explanation,
    identity::address_sha256,
    job::{Job, OrderRef, settle_job},
    stage::Orders,
};

pub use self::list::ListedOrders;
pub use domain::order::TEST_PREFIX;
pub(crate) use domain::order::order_key;
pub use store::{
    order_list::{
        CreditState, ListedOrder, OrderListFilter, OrderListOrder, OrderListPage, OrderPlace, OrderSearch, OrderSort,
    },
    orders::{OrderRecord, Refund},
};

/// Most lines kept of an order or refund; an order with more is a wholesaler's.
const LINES_MAX: usize = 500;

impl Orders<'_> {
    /// The facts of a Shopify order.
    fn shopify_facts(self, brand: &Brand, order: &ShopifyOrder) -> Order {
        let attribute =
            |name: &str| order.note_attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.trim());
        let cart_pv = attribute(wire::COOKIE_PV).filter(|pv_id| wire::is_uuid(pv_id.as_bytes()));
        Order {
            id: OrderId::new(order.created_at.0, self.random()),
            brand: brand.id.clone(),
            source: OrderSource::Shopify,
            external_id: order.id.to_string(),
            name: order.name.chars().take(100).collect(),
            placed_at: order.created_at,
            version: FactsVersion::latest_wins(order.updated_at),
            cancelled_at: order.cancelled_at,
            currency: order.total.currency,
            total_minor: order.total.minor,
            subtotal_minor: order.subtotal_minor,
            refunded_minor: 0,
            is_test: order.is_test,
            is_new_customer: order.is_new_customer,
            cart_pv: cart_pv.map(str::to_ascii_lowercase),
            cart_ref: attribute(wire::COOKIE_REF).and_then(LinkCode::parse),
            landing_ref: order.landing_site.as_deref().and_then(code_in_url),
            promo_codes: promo_codes(&order.discount_codes),
            lines: order.lines.iter().take(LINES_MAX).map(line).collect(),
            details: self.details(order),
            email_hash: order.email.as_deref().and_then(|email| self.email_hash(email)),
            customer_hash: order.customer_id.map(|id| self.identity_hash("shopify-customer", &id.to_string())),
            redacted_at: None,
        }
    }

    /// What a Shopify order says of its customer. Test orders have none.
    fn shopify_identities(self, facts: &Order, order: &ShopifyOrder) -> Vec<Identity> {
        if facts.is_test {
            return Vec::new();
        }
        [
            Some(Identity::Order(facts.external_id.clone())),
            facts.cart_pv.clone().map(Identity::Visitor),
            facts.customer_hash.clone().map(Identity::ShopifyCustomer),
            facts.email_hash.clone().map(Identity::Email),
            order.email.as_deref().map(|address| self.email_sha256(&address_sha256(address))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Stores signed Shopify orders of a brand with their refunds, each with another id, and merges their customers'
    /// identities. One answer per order: whether it was stored without its erased customer.
    pub async fn record_shopify_orders(self, brand: &Brand, orders: &[&ShopifyOrder]) -> Result<Vec<bool>, FlowError> {
        let now = self.now();
        if brand.settings.trusts_browser_identities {
            // Each order's claims depend on the customers as the order before left them.
            let mut are_erased = Vec::with_capacity(orders.len());
            for order in orders {
                self.record_shopify_order(brand, order).await?;
                let stored = self.store.order_by_external_id(&brand.id, &order.id.to_string()).await?;
                are_erased.push(stored.is_some_and(|record| record.order.redacted_at.is_some()));
            }
            return Ok(are_erased);
        }
        let new = |order: &&ShopifyOrder| {
            let facts = self.shopify_facts(brand, order);
            NewOrder {
                placed_day: brand.zone.day_of(facts.placed_at),
                identities: self.shopify_identities(&facts, order),
                customer: CustomerId::new(now.0, self.random()),
                order: facts,
            }
        };
        let new: Vec<NewOrder> = orders.iter().map(new).collect();
        let are_erased = self.store.record_orders(&brand.id, &new, &settle_job(&brand.id, now), now).await?;
        for refund in orders.iter().flat_map(|order| &order.refunds) {
            self.record_shopify_refund(brand, refund).await?;
        }
        Ok(are_erased)
    }

    /// Stores a signed Shopify order with its refunds, and merges its customer's identities.
    pub async fn record_shopify_order(self, brand: &Brand, order: &ShopifyOrder) -> Result<(), FlowError> {
        let now = self.now();
        let facts = self.shopify_facts(brand, order);
        let settle = settle_job(&brand.id, now);
        let saved = self.store.put_order(&facts, brand.zone.day_of(facts.placed_at), &settle).await?;
        // A customer whose data was erased stays unknown, whatever is reported about the order later.
        let stored = self.store.order_by_external_id(&brand.id, &facts.external_id).await?;
        let is_erased = stored.is_some_and(|record| record.order.redacted_at.is_some());
        if !facts.is_test && !is_erased {
            let mut identities = self.shopify_identities(&facts, order);
            identities.extend(saved.absorbed.into_iter().map(Identity::Order));
            identities.extend(self.trusted_claims(brand, order, &identities).await?);
            let id = CustomerId::new(now.0, self.random());
            self.store.join_identities(&brand.id, &identities, &id, Join::Merge, &settle, now).await?;
            self.forget_if_erased(&brand.id, &facts.external_id).await?;
        }
        for refund in &order.refunds {
            self.record_shopify_refund(brand, refund).await?;
        }
        Ok(())
    }

    /// What a Shopify order says beyond the plain figures.
    fn details(self, order: &ShopifyOrder) -> OrderDetails {
        let names = [Some(sale_name(&order.name)), order.number.map(|number| number.to_string())];
        let tokens = order.tokens.iter().map(|token| token_name(&self.order_secret(token)));
        let names: BTreeSet<String> = names.into_iter().flatten().chain(tokens).collect();
        OrderDetails {
            included_refunds: order.included_refunds.iter().map(u64::to_string).collect(),
            refunded_minor: order.refunded_minor,
            presentment: order.presentment,
            names: names.into_iter().collect(),
            secrets: order.tokens.iter().map(|token| self.order_secret(token)).collect(),
            amounts: order.amounts.clone(),
            progress: order.progress.clone(),
            reported_as: Vec::new(),
            same_as: None,
            flags: order.has_mixed_refund.then_some(OrderFlag::MixedRefund).into_iter().collect(),
        }
    }

    /// What is known of an order that a backend or a browser reports under an id.
    pub(crate) fn reported_details(self, external_id: &str, amount: Money) -> OrderDetails {
        let names = self.reported_names(external_id);
        OrderDetails { names, amounts: vec![amount.minor], ..OrderDetails::default() }
    }

    /// The names of an order that is reported under an id: that id may be the order's number or token at Shopify.
    fn reported_names(self, external_id: &str) -> Vec<String> {
        vec![sale_name(external_id), token_name(&self.order_secret(external_id))]
    }

    /// The seller's ids of an order that is reported as `order_id`: that id, and those of orders with this name.
    async fn known_ids(self, brand: &BrandId, order_id: &str) -> Result<BTreeSet<String>, FlowError> {
        let id = external_id(order_id);
        let named = self.store.orders_named(brand, &self.reported_names(&id)).await?;
        Ok(named.into_iter().chain([id]).collect())
    }

    /// Forgets the order's customer if the order was erased while this report was being stored.
    async fn forget_if_erased(self, brand: &BrandId, external_id: &str) -> Result<(), FlowError> {
        let stored = self.store.order_by_external_id(brand, external_id).await?;
        if stored.is_some_and(|record| record.order.redacted_at.is_some()) {
            self.store.forget_customers(brand, &[Identity::Order(external_id.to_owned())]).await?;
        }
        Ok(())
    }

    /// Browser claims about the order's customer, if the brand trusts them. A claim already linked to another known
    /// person is dropped: one call must not merge two strangers.
    async fn trusted_claims(
        self,
        brand: &Brand,
        order: &ShopifyOrder,
        own: &[Identity],
    ) -> Result<Vec<Identity>, FlowError> {
        if !brand.settings.trusts_browser_identities {
            return Ok(Vec::new());
        }
        let id = order.customer_id.map(|id| self.claimed_key(&id.to_string()));
        let address = order.email.as_deref().map(|address| self.claimed_email(&address_sha256(address)));
        let claims: Vec<Identity> = id.into_iter().chain(address).collect();
        let is_of_a_person = |identity: &Identity| {
            let is_verified =
                matches!(identity, Identity::ShopifyCustomer(_) | Identity::Email(_) | Identity::EmailSha256(_));
            is_verified && !own.contains(identity)
        };
        let known = self.store.identities_of(&brand.id, &claims).await?;
        let trusted = claims.into_iter().zip(known).filter(|(_, known)| !known.iter().any(is_of_a_person));
        Ok(trusted.map(|(claim, _)| claim).collect())
    }

    /// Stores a signed Shopify refund, which may arrive before its order. Refunds without an amount are ignored.
    pub async fn record_shopify_refund(self, brand: &Brand, refund: &ShopifyRefund) -> Result<(), FlowError> {
        if let Some(amount) = refund.amount.filter(|amount| amount.minor > 0) {
            let refund = Refund {
                order_external_id: refund.order_id.to_string(),
                external_id: refund.id.to_string(),
                amount_minor: amount.minor,
                currency: amount.currency,
                at: refund.created_at,
                subtotal_minor: refund.subtotal_minor,
                lines: refund.lines.iter().take(LINES_MAX).map(|(id, minor)| (id.to_string(), *minor)).collect(),
                reason: None,
            };
            self.store.put_refund(&brand.id, &refund, &settle_job(&brand.id, self.now())).await?;
        }
        Ok(())
    }

    /// Processes the purchases that events reported under an order id. A server key's report creates an order; a
    /// browser's does only if the brand trusts browsers. An existing order is settled again in any case, since the
    /// report may be the evidence it lacked.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such brand.
    pub async fn process_purchase_reports(self, about: &OrderRef) -> Result<(), FlowError> {
        let brand = self.store.brand(&about.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let reports =
            self.store.purchase_reports(&brand.id, core::slice::from_ref(&about.order_id), self.now()).await?;
        let ids = self.known_ids(&brand.id, &about.order_id).await?;
        let is_shopify_test = self.is_shopify_test(&brand.id, &about.order_id, &ids).await?;
        for report in reports.iter().filter(|report| report.is_verified || brand.trust_browser_purchases) {
            // A browser does not know that a purchase in the shop was a test.
            if is_shopify_test && !report.is_verified {
                continue;
            }
            if let Some(facts) = self.reported_order(&brand, report) {
                self.record_reported_order(&brand, &facts, report).await?;
            }
        }
        // Queued, not settled here: with one job per order, no stale decision overwrites a newer one. Numbers that
        // browsers made up have no order.
        let ids: Vec<String> = ids.into_iter().collect();
        for record in self.store.orders_by_external_ids(&brand.id, &ids).await? {
            let order_id = record.order.external_id;
            self.queue_settlement(&OrderRef { brand: about.brand.clone(), order_id }).await?;
        }
        Ok(())
    }

    /// Whether one of these ids, or the number that they are reported as, is a test order of the shop.
    async fn is_shopify_test(self, brand: &BrandId, reported: &str, ids: &BTreeSet<String>) -> Result<bool, FlowError> {
        let id = external_id(reported);
        let names = [sale_name(&id), token_name(&self.order_secret(&id))].map(|name| order_key(&name, true));
        let named = self.store.orders_named(brand, &names).await?;
        let ids: Vec<String> = ids.iter().cloned().chain(named).collect();
        let orders = self.store.orders_by_external_ids(brand, &ids).await?;
        Ok(orders.iter().any(|record| record.order.source == OrderSource::Shopify && record.order.is_test))
    }

    async fn record_reported_order(self, brand: &Brand, facts: &Order, report: &Event) -> Result<(), FlowError> {
        let now = self.now();
        let settle = settle_job(&brand.id, now);
        let saved = self.store.put_order(facts, brand.zone.day_of(facts.placed_at), &settle).await?;
        // Unverified reports merge no customers: order numbers can be guessed.
        if report.is_verified && !facts.is_test {
            let identities = [Identity::Order(saved.external_id.clone()), Identity::Visitor(report.pv_id.clone())];
            let id = CustomerId::new(now.0, self.random());
            self.store.join_identities(&brand.id, &identities, &id, Join::Merge, &settle, now).await?;
            self.forget_if_erased(&brand.id, &saved.external_id).await?;
        }
        Ok(())
    }

    /// Corrects the amount of a sale that a backend reports again under the same id. Returns the order that counts: the
    /// shop's own, unchanged, if both are one sale.
    pub(crate) async fn corrected(self, brand: &Brand, id: &str, amount: Money) -> Result<Option<Order>, FlowError> {
        let found = self.main_order(&brand.id, id).await?.map(|record| record.order);
        let Some(order) = found else { return Ok(None) };
        let is_same = (order.total_minor, order.currency) == (amount.minor, amount.currency);
        if order.source != OrderSource::Api || is_same {
            return Ok(Some(order));
        }
        let now = self.now();
        let corrected = Order {
            total_minor: amount.minor,
            subtotal_minor: amount.minor,
            currency: amount.currency,
            version: FactsVersion::latest_wins(now),
            details: OrderDetails { amounts: vec![amount.minor], ..order.details },
            ..order
        };
        self.store.put_order(&corrected, brand.zone.day_of(corrected.placed_at), &settle_job(&brand.id, now)).await?;
        Ok(Some(corrected))
    }

    /// The live order that a backend knows by an id or name: its own, else the one of the same sale or name that counts.
    pub(crate) async fn main_order(self, brand: &BrandId, id: &str) -> Result<Option<OrderRecord>, FlowError> {
        let own = self.store.order_by_external_id(brand, id).await?;
        let main = match own.as_ref().map(|own| &own.order.details.same_as) {
            Some(None) => return Ok(own),
            Some(Some(main)) => vec![main.clone()],
            None => self.store.orders_named(brand, &self.reported_names(id)).await?,
        };
        let found = self.store.orders_by_external_ids(brand, &main).await?;
        Ok(found.into_iter().find(|record| record.order.details.same_as.is_none()))
    }

    /// Queues the settlement of an order, which does nothing if the order has not arrived.
    pub(crate) async fn queue_settlement(self, about: &OrderRef) -> Result<(), FlowError> {
        Ok(self.store.enqueue(&Job::SettleOrder(about.clone()).at(self.now())).await?)
    }

    fn reported_order(self, brand: &Brand, report: &Event) -> Option<Order> {
        let revenue = report.revenue?;
        let order_id = report.order_id.as_deref()?;
        let id = OrderId::new(report.occurred_at.0, self.random());
        let source = if report.is_verified { OrderSource::Api } else { OrderSource::Browser };
        let placed_at = report.occurred_at;
        // A backend's later report is a correction. A browser's must not raise the amount.
        let version = if report.is_verified {
            FactsVersion::latest_wins(report.received_at)
        } else {
            FactsVersion::first_wins(report.received_at)
        };
        let external_id = order_key(&external_id(order_id), report.is_test);
        Some(Order {
            name: order_id.to_owned(),
            version,
            details: self.reported_details(&external_id, revenue),
            is_test: report.is_test,
            is_new_customer: report.is_new_customer,
            cart_pv: Some(report.pv_id.clone()),
            promo_codes: promo_codes(report.promo_code.as_slice()),
            ..Order::minimal(id, brand.id.clone(), source, external_id, placed_at, revenue)
        })
    }

    /// One order of the brand.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the order is not the brand's.
    pub async fn get(self, merchant: &Merchant, id: &OrderId) -> Result<OrderRecord, FlowError> {
        self.store.order(merchant.id(), id).await?.ok_or(FlowError::NotFound("order"))
    }

    /// The order that a caller knows by an id or name: in test mode the test order, if there is one.
    async fn find_by_name(self, caller: &ApiCaller, id: &str) -> Result<Option<OrderRecord>, FlowError> {
        let id = external_id(id);
        if caller.is_test() {
            let test = self.store.order_by_external_id(caller.brand(), &order_key(&id, true)).await?;
            if test.is_some() {
                return Ok(test);
            }
        }
        self.main_order(caller.brand(), &id).await
    }

    /// The complete explanation of an order, by our id or the seller's. A test key sees only test orders.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the caller may not see such an order.
    pub async fn explained(self, caller: &ApiCaller, id: &str) -> Result<Explanation, FlowError> {
        let brand = self.store.brand(caller.brand()).await?.ok_or(FlowError::NotFound("order"))?;
        let record = match id.parse::<OrderId>() {
            Ok(id) => self.store.order(&brand.id, &id).await?,
            Err(_) => self.find_by_name(caller, id).await?,
        };
        let record = record.filter(|record| record.order.is_test == caller.is_test() || !caller.is_test());
        let record = record.ok_or(FlowError::NotFound("order"))?;
        let needs_approval = self.store.awaits_approval(&brand.id, &record.order.id).await?;
        Ok(Explanation::of(record, &brand.zone, needs_approval))
    }
}

fn line(line: &ShopifyLine) -> Line {
    Line {
        id: line.id.to_string(),
        product: line.product.map(|id| id.to_string()),
        quantity: line.quantity,
        net_minor: line.net_minor,
        is_gift_card: line.is_gift_card,
    }
}

/// The name that an order has by the keyed hash of one of its tokens.
fn token_name(hash: &str) -> String {
    format!("{TOKEN_PREFIX}{hash}")
}

/// Discount codes as links store them: trimmed, upper case, without duplicates; 20 at most.
pub(crate) fn promo_codes(codes: &[String]) -> Vec<String> {
    let codes: BTreeSet<String> = codes
        .iter()
        .map(|code| code.trim().to_uppercase())
        .filter(|code| !code.is_empty() && code.len() <= 255 && !code.contains('\0'))
        .collect();
    codes.into_iter().take(20).collect()
}

/// The order number from Shopify's global id, so that both name the same order; other ids stay as they are.
pub fn external_id(order_id: &str) -> String {
    order_id.strip_prefix("gid://shopify/Order/").unwrap_or(order_id).to_owned()
}
