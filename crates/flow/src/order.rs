//! Orders: facts in from Shopify or a server key, evidence gathered, credit decided, the whole stored at once.

use std::collections::BTreeSet;

use domain::{
    BrandId, CreatorId, CustomerId, OrderId, UnixMs,
    attribution::{Attribution, CLICKS_MAX, Case, Landing, REPORT_WINDOW_MS, Visitor, decide, visitors_of},
    brand::Brand,
    commission::Line,
    creator::normalise_email,
    event::Event,
    link::{Link, LinkCode, code_in_url},
    order::{Order, OrderSource},
    time::HOUR_MS,
};
use serde::{Deserialize, Serialize};
use shopify::order::{ShopifyOrder, ShopifyRefund};
use store::customers::Join;
pub use store::orders::OrderRecord;
use store::{
    evidence::Sought,
    orders::{ALL_ORDERS, Refund},
    settlements::Settlement,
};

use crate::{
    Flow, FlowError,
    access::{ApiCaller, Merchant},
    profile::address_sha256,
};

/// Most lines of an order or refund that are kept; an order with more is a wholesaler's.
const LINES_MAX: usize = 500;
/// Most visitors of one customer that are looked at.
const VISITORS_MAX: usize = 50;
/// Orders of one brand that are settled in one transaction.
pub(crate) const SETTLED_AT_ONCE: usize = 32;
/// Orders shown on one page.
const PAGE: i64 = 50;

/// Under what an order is settled.
struct Terms {
    /// Evidence decides anew: nothing of it is erased, and its figures do not stand on a closed day.
    is_open: bool,
    /// Its day is closed: what changes is booked today.
    is_late: bool,
    /// How often it was settled before.
    settlements: i64,
}

impl Terms {
    fn of(brand: &Brand, record: &OrderRecord) -> Self {
        // Frozen once its figures stand on a closed day; an order that comes after its day was closed is not.
        let is_frozen = record.settled_day.is_some_and(|day| brand.settings.is_closed(day));
        let is_decided = record.attribution.is_some();
        Self {
            is_open: record.order.redacted_at.is_none() && !(is_frozen && is_decided),
            is_late: brand.settings.is_closed(record.placed_day),
            settlements: record.settlements,
        }
    }
}

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
            let mut identities: Vec<String> = [
                Some(format!("order:{}", facts.external_id)),
                facts.cart_pv.as_deref().map(|pv_id| format!("pv:{pv_id}")),
                facts.customer_hash.as_deref().map(|hash| format!("shopify:{hash}")),
                facts.email_hash.as_deref().map(|hash| format!("email:{hash}")),
            ]
            .into_iter()
            .flatten()
            .chain(order.email.as_deref().map(|address| self.mail_identity(&address_sha256(address))))
            .collect();
            identities.extend(self.believed_claims(brand, order, &identities).await?);
            let id = CustomerId::new(now.0, self.random());
            self.store.join_identities(&brand.id, &identities, &id, Join::Merge, now).await?;
            self.forget_if_erased(&brand.id, &facts.external_id).await?;
        }
        for refund in &order.refunds {
            self.take_shopify_refund(brand, refund).await?;
        }
        Ok(())
    }

    /// Forgets whose an order is if that was erased while it was being told.
    async fn forget_if_erased(&self, brand: &BrandId, external_id: &str) -> Result<(), FlowError> {
        let stored = self.store.order_by_external_id(brand, external_id).await?;
        if stored.is_some_and(|record| record.order.redacted_at.is_some()) {
            self.store.forget_customers(brand, &[format!("order:{external_id}")]).await?;
        }
        Ok(())
    }

    /// What browsers said of the customer of an order, where the brand believes them. A claim whose visitor is known to be
    /// somebody else is not believed: one call must not make two strangers one.
    async fn believed_claims(
        &self,
        brand: &Brand,
        order: &ShopifyOrder,
        own: &[String],
    ) -> Result<Vec<String>, FlowError> {
        if !brand.settings.trusts_browser_identities {
            return Ok(Vec::new());
        }
        let id = order.customer_id.map(|id| self.claim_identity(&id.to_string()));
        let address = order.email.as_deref().map(|address| self.mail_claim(&address_sha256(address)));
        let claims: Vec<String> = id.into_iter().chain(address).collect();
        let is_of_a_person = |identity: &String| {
            ["shopify:", "email:", "mail:"].iter().any(|kind| identity.starts_with(kind)) && !own.contains(identity)
        };
        let known = self.store.identities_of(&brand.id, &claims).await?;
        let believed = claims.into_iter().zip(known).filter(|(_, known)| !known.iter().any(is_of_a_person));
        Ok(believed.map(|(claim, _)| claim).collect())
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
                // A browser's word joins nobody: order numbers can be guessed.
                if report.is_verified && !facts.is_test {
                    let identities = [format!("order:{}", facts.external_id), format!("pv:{}", report.pv_id)];
                    let id = CustomerId::new(self.now().0, self.random());
                    self.store.join_identities(&brand.id, &identities, &id, Join::Merge, self.now()).await?;
                    self.forget_if_erased(&brand.id, &facts.external_id).await?;
                }
            }
        }
        // Queued, not done here: one job an order, so that no stale decision overwrites a newer one.
        self.queue_settlement(&OrderRef { brand: about.brand.clone(), order_id: external_id(&about.order_id) }).await
    }

    /// Has an order settled soon, if it is there.
    pub(crate) async fn queue_settlement(&self, about: &OrderRef) -> Result<(), FlowError> {
        let key = format!("{}:{}", about.brand, about.order_id);
        let payload = serde_json::json!(about).to_string();
        Ok(self.store.enqueue("order.settle", &key, &payload, self.now()).await?)
    }

    fn reported_order(&self, brand: &Brand, report: &Event) -> Option<Order> {
        let revenue = report.revenue?;
        let order_id = report.order_id.as_deref()?;
        let id = OrderId::new(report.occurred_at.0, self.random());
        let source = if report.is_verified { OrderSource::Api } else { OrderSource::Browser };
        let (external_id, placed_at) = (external_id(order_id), report.occurred_at);
        Some(Order {
            name: order_id.to_owned(),
            // The first report of an order stands: a later one under the same id may not raise its amount.
            updated_at: UnixMs(-report.received_at.0),
            is_test: report.is_test,
            is_new_customer: report.is_new_customer,
            cart_pv: Some(report.pv_id.clone()),
            promo_codes: promo_codes(report.promo_code.as_slice()),
            ..Order::told(id, brand.id.clone(), source, external_id, placed_at, revenue)
        })
    }

    /// Decides an order from everything known now and stores the outcome, with what is owed for it. Nothing happens
    /// while the order has not arrived: its arrival settles it.
    pub async fn settle(&self, about: &OrderRef) -> Result<(), FlowError> {
        let settled = self.settle_many(&about.brand, core::slice::from_ref(&about.order_id)).await?;
        if settled.contains(&false) { Err(FlowError::Stale("order")) } else { Ok(()) }
    }

    /// As [`Self::settle`], for several orders of one brand at a time: what each costs is mostly going to the database
    /// and back. One answer for each; false when something about the order changed meanwhile, and nothing was stored.
    pub async fn settle_many(&self, brand: &BrandId, order_ids: &[String]) -> Result<Vec<bool>, FlowError> {
        let brand = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let mut records = self.store.orders_by_external_ids(&brand.id, order_ids).await?;
        records.sort_by(|one, other| one.order.id.cmp(&other.order.id));
        let now = self.now();
        let terms: Vec<Terms> = records.iter().map(|record| Terms::of(&brand, record)).collect();
        let mut open = Vec::new();
        for (record, terms) in records.iter().zip(&terms) {
            if terms.is_open {
                open.push(record.order.clone());
            }
        }
        let mut cases = self.cases(&brand, open).await?.into_iter();
        let mut decided: Vec<(Order, Vec<Visitor>, Attribution)> = Vec::with_capacity(records.len());
        for (record, terms) in records.into_iter().zip(&terms) {
            let policy = brand.policies.at(record.order.placed_at);
            let case = if terms.is_open { cases.next() } else { None };
            decided.push(match (case, record) {
                (Some((case, visitors)), _) => {
                    let attribution = decide(&case, policy);
                    (case.order, visitors, attribution)
                }
                // What the decision was made of is erased, or its period is closed: it stands, and only its amounts
                // follow the order's.
                (None, OrderRecord { order, visitors, attribution: Some(decided), .. }) => {
                    let attribution = decided.rescaled(&order);
                    (order, visitors, attribution)
                }
                (None, OrderRecord { order, .. }) => {
                    let attribution = decide(&Case::without_evidence(order.clone()), policy);
                    (order, Vec::new(), attribution)
                }
            });
        }
        let owed = self.owed(&brand, decided.iter().map(|(order, _, attribution)| (order, attribution))).await?;
        let settlements: Vec<Settlement<'_>> = decided
            .iter()
            .zip(&terms)
            .zip(&owed)
            .map(|(((order, visitors, attribution), terms), owed)| Settlement {
                order,
                visitors,
                attribution,
                owed,
                payable_at: order.placed_at.plus_ms(brand.settings.hold_ms()),
                needs_approval: brand.settings.approves_by_hand,
                entry_seed: self.random(),
                day: terms.is_late.then(|| brand.zone.day_of(now)),
                closed_through: brand.settings.closed_through,
                settlements: terms.settlements,
                at: now,
            })
            .collect();
        if settlements.is_empty() {
            return Ok(vec![true; order_ids.len()]);
        }
        let settled = self.store.settle_orders(&brand.id, &settlements).await?;
        // Once an order: totals of all that a creator has ever sold are not added up again for every change of one.
        let first = settlements.iter().zip(&settled).filter(|(one, is_settled)| **is_settled && one.settlements == 0);
        let creators: BTreeSet<&CreatorId> =
            first.flat_map(|(one, _)| &one.attribution.credits).filter_map(|credit| credit.creator.as_ref()).collect();
        if let Err(error) = self.note_milestones(&brand, creators).await {
            // The credit stands; the next order of the creator notes what this one would have.
            tracing::error!(brand = %brand.id, %error, "milestones are not noted");
        }
        let is_stale = |id: &String| {
            settlements.iter().zip(&settled).any(|(one, is_settled)| !is_settled && one.order.external_id == *id)
        };
        Ok(order_ids.iter().map(|id| !is_stale(id)).collect())
    }

    /// Loads everything that may be evidence for orders, and their visitors.
    async fn cases(&self, brand: &Brand, orders: Vec<Order>) -> Result<Vec<(Case, Vec<Visitor>)>, FlowError> {
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let id = &brand.id;
        let mut visitors = self.visitors(id, &orders).await?;
        let pv_ids: Vec<Vec<String>> =
            visitors.iter().map(|some| some.iter().map(|visitor| visitor.pv_id.clone()).collect()).collect();
        // Somewhat later ones are shown as refused; a flood of them must not push the earlier ones out.
        let clicked: Vec<Sought<'_>> = orders
            .iter()
            .zip(&pv_ids)
            .map(|(order, names)| Sought { names, until: order.placed_at.plus_ms(HOUR_MS) })
            .collect();
        let limit = i64::try_from(CLICKS_MAX).unwrap_or(i64::MAX);
        let clicks = self.store.clicks_of(id, &clicked, limit).await?;
        let landed: Vec<Sought<'_>> =
            clicked.iter().zip(&orders).map(|(one, order)| Sought { until: order.placed_at, ..*one }).collect();
        let landings = self.store.landings_of(id, &landed).await?;

        let link_ids: BTreeSet<String> = clicks.iter().flatten().map(|click| click.link.to_string()).collect();
        let codes_of = |order: &Order, landings: &[Landing]| -> Vec<LinkCode> {
            landings.iter().map(|landing| landing.code).chain(order.cart_ref).chain(order.landing_ref).collect()
        };
        let codes: BTreeSet<String> = orders
            .iter()
            .zip(&landings)
            .flat_map(|(order, landings)| codes_of(order, landings))
            .map(String::from)
            .collect();
        let promos: BTreeSet<String> = orders.iter().flat_map(|order| order.promo_codes.iter().cloned()).collect();
        let [link_ids, codes, promos] = [link_ids, codes, promos].map(|set| set.into_iter().collect::<Vec<_>>());
        let links = self.store.links_named(id, &link_ids, &codes, &promos).await?;
        let hashes: BTreeSet<String> = orders.iter().filter_map(|order| order.email_hash.clone()).collect();
        let buyers = if hashes.is_empty() {
            Vec::new()
        } else {
            self.store.creators_with_email(id, &hashes.into_iter().collect::<Vec<_>>()).await?
        };
        let mut cases = Vec::with_capacity(orders.len());
        for ((order, clicks), landings) in orders.into_iter().zip(clicks).zip(landings) {
            let codes = codes_of(&order, &landings);
            let is_named = |link: &&Link| {
                codes.contains(&link.code)
                    || clicks.iter().any(|click| click.link == link.id)
                    || link.promo_code.as_ref().is_some_and(|code| order.promo_codes.contains(code))
            };
            let links = links.iter().filter(is_named).cloned().collect();
            let is_buyer = |(hash, _): &&(String, CreatorId)| order.email_hash.as_ref() == Some(hash);
            let buyers = buyers.iter().filter(is_buyer).map(|(_, creator)| creator.clone()).collect();
            cases.push(Case { order, clicks, landings, links, buyers, named: Vec::new() });
        }
        self.add_named(brand, &mut cases).await?;
        Ok(cases.into_iter().zip(visitors.drain(..)).collect())
    }

    /// Who may have placed each order: by the cart or a report, then other ids of the same browsers, then the other
    /// visitors of the same customers.
    async fn visitors(&self, brand: &BrandId, orders: &[Order]) -> Result<Vec<Vec<Visitor>>, FlowError> {
        let order_ids: Vec<[String; 2]> = orders
            .iter()
            .map(|order| [order.external_id.clone(), format!("gid://shopify/Order/{}", order.external_id)])
            .collect();
        let sought: Vec<Sought<'_>> = orders
            .iter()
            .zip(&order_ids)
            .map(|(order, names)| Sought { names, until: order.placed_at.plus_ms(REPORT_WINDOW_MS) })
            .collect();
        // Who is in the cart needs no report.
        let is_told = orders.iter().all(|order| order.cart_pv.is_some());
        let reports = if is_told { Vec::new() } else { self.store.reporters_of(brand, &sought).await? };
        let reports = reports.into_iter().chain(core::iter::repeat(Vec::new()));
        let mut visitors: Vec<Vec<Visitor>> =
            orders.iter().zip(reports).map(|(order, reports)| visitors_of(order, &reports)).collect();

        let known: BTreeSet<String> = visitors.iter().flatten().map(|visitor| visitor.pv_id.clone()).collect();
        let known: Vec<String> = known.into_iter().collect();
        let aliases = if known.is_empty() { Vec::new() } else { self.store.visitor_aliases(brand, &known).await? };
        let identities: Vec<String> = orders.iter().map(|order| format!("order:{}", order.external_id)).collect();
        let identities = self.store.identities_of(brand, &identities).await?;
        for ((order, visitors), identities) in orders.iter().zip(&mut visitors).zip(identities) {
            let is_new = |visitors: &[Visitor], pv_id: &str| !visitors.iter().any(|visitor| visitor.pv_id == pv_id);
            // Aliases of these visitors, and not theirs in turn: those are another order's.
            let told: Vec<String> = visitors.iter().map(|visitor| visitor.pv_id.clone()).collect();
            for (pv_id, alias) in &aliases {
                if told.contains(pv_id) && is_new(visitors, alias) {
                    let source = format!("came to the browser of {pv_id} through the link");
                    visitors.push(Visitor { pv_id: alias.clone(), source });
                }
            }
            for pv_id in identities.iter().filter_map(|other| other.strip_prefix("pv:")) {
                if !order.is_test && is_new(visitors, pv_id) && visitors.len() < VISITORS_MAX {
                    visitors.push(Visitor { pv_id: pv_id.to_owned(), source: "the same customer".to_owned() });
                }
            }
        }
        Ok(visitors)
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
