//! Orders: facts in from Shopify or a server key, evidence gathered, credit decided, the whole stored at once.

use std::collections::BTreeSet;

use domain::{
    BrandId, CustomerId, OrderId, UnixMs,
    attribution::{CLICKS_MAX, Case, REPORT_WINDOW_MS, Visitor, decide, visitors_of},
    brand::Brand,
    commission::Line,
    creator::normalise_email,
    event::Event,
    link::{LinkCode, code_in_url},
    order::{Order, OrderSource},
    time::HOUR_MS,
};
use serde::{Deserialize, Serialize};
use shopify::order::{ShopifyOrder, ShopifyRefund};
use store::customers::Join;
pub use store::orders::OrderRecord;
use store::orders::{ALL_ORDERS, Refund, Settlement};

use crate::{
    Flow, FlowError,
    access::{ApiCaller, Merchant},
};

/// Most lines of an order or refund that are kept; an order with more is a wholesaler's.
const LINES_MAX: usize = 500;
/// Most visitors of one customer that are looked at.
const VISITORS_MAX: usize = 50;
/// Orders shown on one page.
const PAGE: i64 = 50;

/// What a job about an order carries.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderRef {
    /// The brand.
    pub brand: BrandId,
    /// The seller's id of the order.
    pub order_id: String,
}

impl Flow {
    /// Takes the facts of a signed Shopify order, its refunds included.
    pub async fn take_shopify_order(&self, brand: &Brand, order: &ShopifyOrder) -> Result<(), FlowError> {
        let now = self.now();
        let attribute =
            |name: &str| order.note_attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.trim());
        let cart_pv = attribute(wire::COOKIE_PV).filter(|pv_id| wire::is_uuid(pv_id.as_bytes()));
        let facts = Order {
            id: OrderId::new(order.created_at.0, self.random()),
            brand: brand.id.clone(),
            source: OrderSource::Shopify,
            external_id: order.id.to_string(),
            name: order.name.chars().take(100).collect(),
            placed_at: order.created_at,
            updated_at: order.updated_at,
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
            email_hash: order.email.as_deref().and_then(|email| self.email_hash(email)),
            customer_hash: order.customer_id.map(|id| self.identity_hash("shopify-customer", &id.to_string())),
            redacted_at: None,
        };
        self.store.put_order(&facts, brand.zone.day_of(facts.placed_at), now).await?;
        // Who had their data erased stays unknown, whatever is told of the order later.
        let stored = self.store.order_by_external_id(&brand.id, &facts.external_id).await?;
        let is_erased = stored.is_some_and(|record| record.order.redacted_at.is_some());
        if !facts.is_test && !is_erased {
            let identities: Vec<String> = [
                Some(format!("order:{}", facts.external_id)),
                facts.cart_pv.as_deref().map(|pv_id| format!("pv:{pv_id}")),
                facts.customer_hash.as_deref().map(|hash| format!("shopify:{hash}")),
                facts.email_hash.as_deref().map(|hash| format!("email:{hash}")),
            ]
            .into_iter()
            .flatten()
            .collect();
            let id = CustomerId::new(now.0, self.random());
            self.store.join_identities(&brand.id, &identities, &id, Join::Merge, now).await?;
        }
        for refund in &order.refunds {
            self.take_shopify_refund(brand, refund).await?;
        }
        Ok(())
    }

    /// Takes a signed Shopify refund, which may come before its order.
    pub async fn take_shopify_refund(&self, brand: &Brand, refund: &ShopifyRefund) -> Result<(), FlowError> {
        if let Some(amount) = refund.amount.filter(|amount| amount.minor > 0) {
            let refund = Refund {
                order_external_id: refund.order_id.to_string(),
                external_id: refund.id.to_string(),
                amount_minor: amount.minor,
                currency: amount.currency,
                at: refund.created_at,
                subtotal_minor: refund.subtotal_minor,
                lines: refund.lines.iter().take(LINES_MAX).map(|(id, minor)| (id.to_string(), *minor)).collect(),
            };
            self.store.put_refund(&brand.id, &refund, self.now()).await?;
        }
        Ok(())
    }

    /// Looks at the purchases that events reported under an order id: a server key's word makes an order; a
    /// browser's only where the brand trusts it. Either way, an order that is there is settled anew, since the report
    /// may be the evidence it lacked.
    pub async fn take_purchase_reports(&self, about: &OrderRef) -> Result<(), FlowError> {
        let brand = self.store.brand(&about.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let reports =
            self.store.purchase_reports(&brand.id, core::slice::from_ref(&about.order_id), self.now()).await?;
        let is_live_known = reports.iter().any(|report| report.is_verified && !report.is_test);
        let believed = reports.iter().filter(|report| {
            let is_believed = report.is_verified || brand.trust_browser_purchases;
            // Test records must not stand in the way of the sale they rehearse.
            is_believed && !(report.is_test && is_live_known)
        });
        for report in believed {
            if let Some(facts) = self.reported_order(&brand, report) {
                self.store.put_order(&facts, brand.zone.day_of(facts.placed_at), self.now()).await?;
            }
        }
        let external_id = external_id(&about.order_id);
        let payload = OrderRef { brand: about.brand.clone(), order_id: external_id };
        // Queued, not done here: one job an order, so that no stale decision overwrites a newer one.
        let key = format!("{}:{}", payload.brand, payload.order_id);
        let payload = serde_json::json!(payload).to_string();
        Ok(self.store.enqueue("order.settle", &key, &payload, self.now()).await?)
    }

    fn reported_order(&self, brand: &Brand, report: &Event) -> Option<Order> {
        let revenue = report.revenue?;
        let order_id = report.order_id.as_deref()?;
        Some(Order {
            id: OrderId::new(report.occurred_at.0, self.random()),
            brand: brand.id.clone(),
            source: if report.is_verified { OrderSource::Api } else { OrderSource::Browser },
            external_id: external_id(order_id),
            name: order_id.to_owned(),
            placed_at: report.occurred_at,
            // The first report of an order stands: a later one under the same id may not raise its amount.
            updated_at: UnixMs(-report.received_at.0),
            cancelled_at: None,
            currency: revenue.currency,
            total_minor: revenue.minor,
            subtotal_minor: revenue.minor,
            refunded_minor: 0,
            is_test: report.is_test,
            is_new_customer: report.is_new_customer,
            cart_pv: Some(report.pv_id.clone()),
            cart_ref: None,
            landing_ref: None,
            promo_codes: promo_codes(report.promo_code.as_slice()),
            lines: Vec::new(),
            email_hash: None,
            customer_hash: None,
            redacted_at: None,
        })
    }

    /// Decides an order from everything known now and stores the outcome, with what is owed for it. Nothing happens
    /// while the order has not arrived: its arrival settles it.
    pub async fn settle(&self, about: &OrderRef) -> Result<(), FlowError> {
        let brand = self.store.brand(&about.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let Some(record) = self.store.order_by_external_id(&brand.id, &about.order_id).await? else { return Ok(()) };
        let policy = brand.policies.at(record.order.placed_at);
        // Frozen once its figures stand on a closed day; an order that comes after its day was closed is not.
        let is_frozen = record.settled_day.is_some_and(|day| brand.settings.is_closed(day));
        let is_closed = brand.settings.is_closed(record.placed_day);
        let settlements = record.settlements;
        let (order, visitors, attribution) = match record {
            // What the decision was made of is erased, or its period is closed: it stands, and only its amounts follow
            // the order's.
            OrderRecord { order, visitors, attribution: Some(decided), .. }
                if order.redacted_at.is_some() || is_frozen =>
            {
                let attribution = decided.rescaled(&order);
                (order, visitors, attribution)
            }
            OrderRecord { order, .. } if order.redacted_at.is_some() => {
                let attribution = decide(&Case::without_evidence(order.clone()), policy);
                (order, Vec::new(), attribution)
            }
            OrderRecord { order, .. } => {
                let (case, visitors) = self.case(&brand, order).await?;
                let attribution = decide(&case, policy);
                (case.order, visitors, attribution)
            }
        };
        let now = self.now();
        let owed = self.owed(&brand, &order, &attribution).await?;
        let settlement = Settlement {
            order: &order,
            visitors: &visitors,
            attribution: &attribution,
            owed: &owed,
            payable_at: order.placed_at.plus_ms(brand.settings.hold_ms()),
            needs_approval: brand.settings.approves_by_hand,
            entry_seed: self.random(),
            day: is_closed.then(|| brand.zone.day_of(now)),
            closed_through: brand.settings.closed_through,
            settlements,
            at: now,
        };
        if !self.store.settle_order(&settlement).await? {
            return Err(FlowError::Stale("order"));
        }
        // Once an order: totals of all that a creator has ever sold are not added up again for every change of one.
        if settlements == 0 { self.note_milestones(&brand, &attribution).await } else { Ok(()) }
    }

    /// Loads everything that may be evidence for an order, and its visitors.
    async fn case(&self, brand: &Brand, order: Order) -> Result<(Case, Vec<Visitor>), FlowError> {
        let id = &brand.id;
        let order_ids = [order.external_id.clone(), format!("gid://shopify/Order/{}", order.external_id)];
        let reports: Vec<(String, UnixMs)> = self
            .store
            .purchase_reports(id, &order_ids, order.placed_at.plus_ms(REPORT_WINDOW_MS))
            .await?
            .into_iter()
            .filter(|report| !report.is_test)
            .map(|report| (report.pv_id, report.received_at))
            .collect();
        let mut visitors = visitors_of(&order, &reports);
        let known: Vec<String> = visitors.iter().map(|visitor| visitor.pv_id.clone()).collect();
        for (pv_id, alias) in self.store.visitor_aliases(id, &known).await? {
            if !visitors.iter().any(|visitor| visitor.pv_id == alias) {
                let source = format!("came to the browser of {pv_id} through the link");
                visitors.push(Visitor { pv_id: alias, source });
            }
        }
        let identity = format!("order:{}", order.external_id);
        for other in self.store.identities_of(id, &identity).await? {
            if let Some(pv_id) = other.strip_prefix("pv:").filter(|_| !order.is_test)
                && !visitors.iter().any(|visitor| visitor.pv_id == pv_id)
                && visitors.len() < VISITORS_MAX
            {
                visitors.push(Visitor { pv_id: pv_id.to_owned(), source: "the same customer".to_owned() });
            }
        }
        let pv_ids: Vec<String> = visitors.iter().map(|visitor| visitor.pv_id.clone()).collect();
        // Somewhat later ones are shown as refused; a flood of them must not push the earlier ones out.
        let until = order.placed_at.plus_ms(HOUR_MS);
        let limit = i64::try_from(CLICKS_MAX).unwrap_or(i64::MAX);
        let clicks = self.store.clicks_of(id, &pv_ids, until, limit).await?;
        let landings = self.store.landings_of(id, &pv_ids, order.placed_at).await?;

        let link_ids: BTreeSet<String> = clicks.iter().map(|click| click.link.to_string()).collect();
        let codes: BTreeSet<String> = landings
            .iter()
            .map(|landing| landing.code)
            .chain(order.cart_ref)
            .chain(order.landing_ref)
            .map(String::from)
            .collect();
        let link_ids: Vec<String> = link_ids.into_iter().collect();
        let codes: Vec<String> = codes.into_iter().collect();
        let links = self.store.links_named(id, &link_ids, &codes, &order.promo_codes).await?;
        let buyers = match &order.email_hash {
            Some(hash) => self.store.creators_with_email(id, hash).await?,
            None => Vec::new(),
        };
        let mut case = Case { order, clicks, landings, links, buyers, named: Vec::new() };
        self.add_named(brand, &mut case).await?;
        Ok((case, visitors))
    }

    /// A brand's latest orders, newest first.
    pub async fn orders(&self, merchant: &Merchant) -> Result<Vec<OrderRecord>, FlowError> {
        Ok(self.store.orders(merchant.id(), ALL_ORDERS, PAGE).await?)
    }

    /// One order of the brand.
    pub async fn order(&self, merchant: &Merchant, id: &OrderId) -> Result<OrderRecord, FlowError> {
        self.store.order(merchant.id(), id).await?.ok_or(FlowError::NotFound("order"))
    }

    /// The whole explanation of an order, by our id or the seller's.
    pub async fn order_explained(&self, caller: &ApiCaller, id: &str) -> Result<serde_json::Value, FlowError> {
        let brand = self.store.brand(caller.brand()).await?.ok_or(FlowError::NotFound("order"))?;
        let record = match id.parse::<OrderId>() {
            Ok(id) => self.store.order(&brand.id, &id).await?,
            Err(_) => self.store.order_by_external_id(&brand.id, &external_id(id)).await?,
        };
        let record = record.filter(|record| record.order.is_test == caller.is_test() || !caller.is_test());
        let record = record.ok_or(FlowError::NotFound("order"))?;
        Ok(crate::explain::document(&record, &brand.zone))
    }

    /// Keyed hash of a normalised e-mail address.
    pub(crate) fn email_hash(&self, address: &str) -> Option<String> {
        normalise_email(address).map(|address| self.identity_hash("email", &address))
    }
}

fn line((id, product, net_minor): &(u64, Option<u64>, i64)) -> Line {
    Line { id: id.to_string(), product: product.map(|id| id.to_string()), net_minor: *net_minor }
}

/// Discount codes as links store them: trimmed, in capitals, each once.
fn promo_codes(codes: &[String]) -> Vec<String> {
    let codes: BTreeSet<String> = codes
        .iter()
        .map(|code| code.trim().to_uppercase())
        .filter(|code| !code.is_empty() && code.len() <= 255 && !code.contains('\0'))
        .collect();
    codes.into_iter().take(20).collect()
}

/// Shopify's global ids name the same order as its numbers.
pub(crate) fn external_id(order_id: &str) -> String {
    order_id.strip_prefix("gid://shopify/Order/").unwrap_or(order_id).to_owned()
}
