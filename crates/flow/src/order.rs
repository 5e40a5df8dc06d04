//! Orders: facts in from Shopify or a server key, evidence gathered, credit decided, the whole stored at once.

use std::collections::BTreeSet;

use domain::{
    BrandId, OrderId, UnixMs,
    attribution::{CLICKS_MAX, Case, REPORT_WINDOW_MS, Visitor, decide, visitors_of},
    brand::Brand,
    creator::normalise_email,
    event::Event,
    link::{LinkCode, code_in_url},
    order::{Order, OrderSource},
};
use serde::{Deserialize, Serialize};
use shopify::order::{ShopifyOrder, ShopifyRefund};
pub use store::orders::OrderRecord;
use store::orders::{Refund, Settlement};

use crate::{Flow, FlowError, access::Merchant};

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
            email_hash: order.email.as_deref().and_then(|email| self.email_hash(email)),
            customer_hash: order.customer_id.map(|id| self.identity_hash("shopify-customer", &id.to_string())),
        };
        self.store.put_order(&facts, brand.zone.day_of(facts.placed_at), now).await?;
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
        let reports = self.store.purchase_reports(&brand.id, core::slice::from_ref(&about.order_id)).await?;
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
            email_hash: None,
            customer_hash: None,
        })
    }

    /// Decides an order from everything known now and stores the outcome. Nothing happens while the order has not
    /// arrived: its arrival settles it.
    pub async fn settle(&self, about: &OrderRef) -> Result<(), FlowError> {
        let brand = self.store.brand(&about.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let Some(record) = self.store.order_by_external_id(&brand.id, &about.order_id).await? else { return Ok(()) };
        let case = self.case(&brand, record.order).await?;
        let attribution = decide(&case, &brand.policy);
        let settlement = Settlement { order: &case.order, attribution: &attribution, at: self.now() };
        self.store.settle_order(&settlement).await?;
        Ok(())
    }

    /// Loads everything that may be evidence for an order.
    async fn case(&self, brand: &Brand, order: Order) -> Result<Case, FlowError> {
        let id = &brand.id;
        let order_ids = [order.external_id.clone(), format!("gid://shopify/Order/{}", order.external_id)];
        let reports: Vec<(String, UnixMs)> = self
            .store
            .purchase_reports(id, &order_ids)
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
        let pv_ids: Vec<String> = visitors.iter().map(|visitor| visitor.pv_id.clone()).collect();
        let until = order.placed_at.plus_ms(REPORT_WINDOW_MS);
        let limit = i64::try_from(CLICKS_MAX).unwrap_or(i64::MAX);
        let clicks = self.store.clicks_of(id, &pv_ids, until, limit).await?;
        let landings = self.store.landings_of(id, &pv_ids).await?;

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
        Ok(Case { order, visitors, clicks, landings, links, buyers })
    }

    /// A brand's latest orders, newest first.
    pub async fn orders(&self, merchant: &Merchant) -> Result<Vec<OrderRecord>, FlowError> {
        Ok(self.store.orders(merchant.id(), UnixMs(i64::MAX), PAGE).await?)
    }

    /// One order of the brand.
    pub async fn order(&self, merchant: &Merchant, id: &OrderId) -> Result<OrderRecord, FlowError> {
        self.store.order(merchant.id(), id).await?.ok_or(FlowError::NotFound("order"))
    }

    /// Keyed hash of a normalised e-mail address.
    pub(crate) fn email_hash(&self, address: &str) -> Option<String> {
        normalise_email(address).map(|address| self.identity_hash("email", &address))
    }
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
fn external_id(order_id: &str) -> String {
    order_id.strip_prefix("gid://shopify/Order/").unwrap_or(order_id).to_owned()
}
