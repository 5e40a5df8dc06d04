//! Settling orders: evidence is gathered, credit decided, commissions calculated, and the whole booked at once.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BrandId, CreatorId, Identity, UnixMs,
    attribution::{
        Attribution, AttributionInput, CLICKS_MAX, Landing, REPORT_CLOCK_SKEW_MS, REPORT_WINDOW_MS, Visitor, decide,
        visitors_of,
    },
    brand::Brand,
    click::Click,
    commission::Owed,
    creator::Creator,
    evidence::Strength,
    link::{Link, LinkCode},
    order::{Order, OrderSource},
    outbound::LinkRef,
    settlement::{Settlement, SettlementDelta},
    time::HOUR_MS,
};
use store::{
    commissions::Entry,
    customers::Claim,
    evidence::{ReportQuery, VisitorAlias, VisitorSpan},
    orders::OrderRecord,
};

use crate::{
    FlowError,
    alias::alias_spans,
    job::OrderRef,
    outbound::orders::settlement_events,
    self_referral::{SAME_CUSTOMER, addresses_of},
    stage::Orders,
};

/// Most visitors of one customer that are looked at.
const VISITORS_MAX: usize = 50;

/// Source of the visitor whose visits an ad platform reported of the order.
const AD_PLATFORM: &str = "reported by an ad platform";
/// As [`AD_PLATFORM`], of another order of the same customer.
const AD_PLATFORM_EARLIER: &str = "same customer, reported by an ad platform";

/// Whether a visitor stands for what an ad platform reported.
fn is_of_ad_platform(visitor: &Visitor) -> bool {
    [AD_PLATFORM, AD_PLATFORM_EARLIER].contains(&visitor.source.as_str())
}

/// How an order is settled.
#[derive(Clone, Copy, Debug)]
struct SettlementMode {
    /// The evidence decides: the order was not decided before, or none of its evidence was erased or is too old to be
    /// kept, and its figures are not on a closed day.
    is_open: bool,
    /// The order's day is closed: changes are booked today.
    is_late: bool,
}

impl SettlementMode {
    fn of(brand: &Brand, record: &OrderRecord, now: UnixMs) -> Self {
        // Frozen once its figures are on a closed day; an order that arrives after its day was closed is not.
        let is_frozen = record.settled_day.is_some_and(|day| brand.settings.is_closed(day));
        let is_decided = record.attribution.is_some();
        let is_erased = record.order.redacted_at.is_some();
        let has_evidence = brand.has_evidence_of(&record.order, now);
        Self {
            is_open: !(is_decided && (is_frozen || is_erased || !has_evidence)),
            is_late: brand.settings.is_closed(record.placed_day),
        }
    }
}

/// An order on its way to its settlement. Each step adds what it finds.
struct Pending {
    mode: SettlementMode,
    order: Order,
    /// How often it was settled before.
    settlements: i64,
    /// The last decision.
    earlier: Option<Attribution>,
    visitors: Vec<Visitor>,
    /// Hashed e-mail addresses of its customer.
    addresses: Vec<String>,
    clicks: Vec<Click>,
    landings: Vec<Landing>,
}

/// A decided order with the commissions it earns.
pub(crate) struct Decided {
    mode: SettlementMode,
    /// The order.
    pub order: Order,
    settlements: i64,
    /// Whether the credits differ from those of the last settlement.
    has_new_credits: bool,
    /// The last decision.
    earlier: Option<Attribution>,
    /// The credited links, without direct ones; `None` if they were not looked up.
    links: Option<Vec<LinkRef>>,
    visitors: Vec<Visitor>,
    /// The decision.
    pub attribution: Attribution,
    /// Commissions owed for it.
    pub owed: Vec<Owed>,
}

impl Pending {
    fn of(brand: &Brand, record: OrderRecord, now: UnixMs) -> Self {
        let mode = SettlementMode::of(brand, &record, now);
        let OrderRecord { order, visitors, attribution, settlements, .. } = record;
        // An open order's visitors are found again.
        let visitors = if mode.is_open { Vec::new() } else { visitors };
        let (addresses, clicks, landings) = (Vec::new(), Vec::new(), Vec::new());
        Self { mode, order, settlements, earlier: attribution, visitors, addresses, clicks, landings }
    }

    fn pv_ids(&self) -> Vec<String> {
        self.visitors.iter().map(|visitor| visitor.pv_id.clone()).collect()
    }

    fn has_visitor(&self, pv_id: &str) -> bool {
        self.visitors.iter().any(|known| known.pv_id == pv_id)
    }

    fn add_visitor(&mut self, visitor: Visitor) {
        if !self.has_visitor(&visitor.pv_id) {
            self.visitors.push(visitor);
        }
    }

    /// Whether a browser is proven to be the customer's. What an ad platform reports is of no browser.
    fn has_proven_visitor(&self) -> bool {
        self.visitors.iter().any(|visitor| visitor.strength == Strength::Proven && !is_of_ad_platform(visitor))
    }

    /// The names by which a browser may have reported the order.
    fn reported_names(&self) -> Vec<String> {
        let Order { external_id, name, .. } = &self.order;
        let id = external_id.clone();
        let names = [format!("gid://shopify/Order/{id}"), id, name.clone(), name.trim_start_matches('#').to_owned()];
        sorted(names)
    }

    /// Adds the visitors who claim to be the order's customer; more than one person dispute it, as do a claimant and
    /// somebody else who reported the order. `people` has the visitors whom a browser or the shop calls one person, by
    /// visitor.
    fn add_claimants(&mut self, claims: &[&Claim], people: &BTreeMap<String, BTreeSet<String>>) {
        let claimants: BTreeSet<&str> = claims.iter().map(|claim| claim.pv_id.as_str()).collect();
        let is_same = |one: &str, other: &str| one == other || people.get(one).is_some_and(|all| all.contains(other));
        let first = claimants.first().copied();
        let is_by_several = claimants.iter().any(|other| first.is_some_and(|first| !is_same(first, other)));
        let is_by_reporter = |claimant: &&str| self.visitors.iter().any(|reporter| is_same(claimant, &reporter.pv_id));
        let has_reporter = self.visitors.iter().any(|visitor| !is_of_ad_platform(visitor));
        let is_by_another = !claimants.is_empty() && has_reporter && !claimants.iter().any(is_by_reporter);
        let is_disputed = is_by_several || is_by_another;
        if is_disputed {
            let reporters = self.visitors.iter_mut().filter(|visitor| !is_of_ad_platform(visitor));
            reporters.for_each(|reporter| reporter.is_disputed = true);
        }
        for pv_id in claimants {
            self.add_visitor(Visitor {
                is_alias: false,
                pv_id: pv_id.to_owned(),
                source: "claims to be this customer".to_owned(),
                strength: Strength::Claimed,
                is_disputed,
            });
        }
    }

    /// Codes that the order carries or that its visitors landed with.
    fn codes(&self) -> impl Iterator<Item = LinkCode> {
        let landed = self.landings.iter().map(|landing| landing.code);
        landed.chain(self.order.cart_ref).chain(self.order.landing_ref)
    }

    /// Whether a click, a code or a discount code of this order names the link.
    fn names(&self, link: &Link) -> bool {
        self.codes().any(|code| code == link.code)
            || self.clicks.iter().any(|click| click.link == link.id)
            || link.promo_code.as_ref().is_some_and(|code| self.order.promo_codes.contains(code))
    }

    fn decided(self, attribution: Attribution, links: Option<Vec<LinkRef>>) -> Decided {
        let Self { mode, order, settlements, visitors, earlier, .. } = self;
        // Credit that was not proven did not count for milestones.
        let is_new = |earlier: &Attribution| earlier.credits != attribution.credits || earlier.rests_on_unproven();
        let has_new_credits = earlier.as_ref().is_none_or(is_new);
        let owed = Vec::new();
        Decided { mode, order, settlements, has_new_credits, earlier, links, visitors, attribution, owed }
    }

    /// A decision without new evidence: the evidence was erased, or the period is closed. The earlier decision stands,
    /// and only its amounts follow the order's.
    fn decided_as_before(self, brand: &Brand) -> Decided {
        let attribution = if let Some(earlier) = &self.earlier {
            earlier.rescaled(&self.order)
        } else {
            let policy = brand.policies.at(self.order.placed_at);
            decide(&AttributionInput::without_evidence(self.order.clone()), policy)
        };
        self.decided(attribution, None)
    }
}

/// The links that a decision credits, of those that it was decided on.
fn credited_links(attribution: &Attribution, links: &[Link]) -> Vec<LinkRef> {
    let is_credited = |link: &&Link| attribution.credits.iter().any(|credit| credit.link == link.id);
    links.iter().filter(is_credited).filter_map(LinkRef::of).collect()
}

/// Whether only browsers whom the brand does not trust joined the credited visits to the order.
fn is_unproven(brand: &Brand, attribution: &Attribution) -> bool {
    (attribution.rests_on(Strength::Reported) && !brand.trust_browser_purchases)
        || (attribution.rests_on(Strength::Claimed) && !brand.settings.trusts_browser_identities)
}

fn sorted<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    values.into_iter().collect::<BTreeSet<T>>().into_iter().collect()
}

/// How well a visitor is joined to an order, the best first.
fn standing(visitor: &Visitor) -> (Strength, bool) {
    (visitor.strength, visitor.is_disputed)
}

/// The visitor that another id of a visitor's browser is. What is known of the customer alone says nothing about who bought,
/// by whatever id.
fn alias_of(owner: &Visitor, alias: &str) -> Visitor {
    let is_of_customer = owner.source == SAME_CUSTOMER;
    let source = if is_of_customer { owner.source.clone() } else { format!("same browser as visitor {}", owner.pv_id) };
    Visitor { pv_id: alias.to_owned(), source, is_alias: true, ..owner.clone() }
}

impl Orders<'_> {
    /// Decides an order from everything known now and stores the outcome with its commissions. Does nothing if the
    /// order has not arrived: its arrival settles it.
    ///
    /// # Errors
    /// `FlowError::Stale` if the order changed meanwhile and nothing was stored; `FlowError::NotFound` if there is no
    /// such brand.
    pub async fn settle(self, about: &OrderRef) -> Result<(), FlowError> {
        let settled = self.settle_many(&about.brand, core::slice::from_ref(&about.order_id)).await?;
        if settled.contains(&false) { Err(FlowError::Stale("order")) } else { Ok(()) }
    }

    /// Like [`Self::settle`], for several orders of one brand in one transaction, since database round trips dominate
    /// the cost. One result per order id: false if the order changed meanwhile and nothing was stored for it.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such brand.
    pub async fn settle_many(self, brand: &BrandId, order_ids: &[String]) -> Result<Vec<bool>, FlowError> {
        let brand = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let mut records = self.store.orders_by_external_ids(&brand.id, order_ids).await?;
        records.sort_by(|a, b| a.order.id.cmp(&b.order.id));
        let now = self.now();
        let pending = records.into_iter().map(|record| Pending::of(&brand, record, now));
        let (mut open, frozen): (Vec<Pending>, Vec<Pending>) = pending.partition(|pending| pending.mode.is_open);
        if !open.is_empty() {
            self.find_visitors(&brand, &mut open).await?;
            self.find_visits(&brand.id, &mut open).await?;
        }
        let mut decided = self.decide_open(&brand, open).await?;
        decided.extend(frozen.into_iter().map(|pending| pending.decided_as_before(&brand)));
        decided.sort_by(|a, b| a.order.id.cmp(&b.order.id));
        let creators = self.commissions().add_owed(&brand, &mut decided).await?;
        let stale = self.book(&brand, &decided, &creators).await?;
        Ok(order_ids.iter().map(|id| !stale.contains(id)).collect())
    }

    /// Finds who may have placed each order: the visitor in the cart or of a report, then the other visitors of the same
    /// customer.
    async fn find_visitors(self, brand: &Brand, pending: &mut [Pending]) -> Result<(), FlowError> {
        let id = &brand.id;
        let names: Vec<Vec<String>> = pending.iter().map(Pending::reported_names).collect();
        let queries: Vec<ReportQuery<'_>> = pending
            .iter()
            .zip(&names)
            .map(|(one, names)| ReportQuery {
                names,
                secrets: &one.order.details.secrets,
                from: one.order.placed_at.plus_ms(-REPORT_CLOCK_SKEW_MS),
                until: one.order.placed_at.plus_ms(REPORT_WINDOW_MS),
            })
            .collect();
        // An order with a visitor in its cart needs no report.
        let is_unproven = |one: &Pending| one.order.cart_pv.is_none() || one.order.source == OrderSource::Browser;
        let needs_reports = pending.iter().any(is_unproven);
        let reports = if needs_reports { self.store.reporters_of(id, &queries).await? } else { Vec::new() };
        for (index, one) in pending.iter_mut().enumerate() {
            one.visitors = visitors_of(&one.order, reports.get(index).map_or(&[], Vec::as_slice));
        }
        self.find_customers(brand, pending).await
    }

    /// Finds the other visitors of each order's customer: those that a backend or the shop joined to the customer, else
    /// those that claim the customer's name.
    async fn find_customers(self, brand: &Brand, pending: &mut [Pending]) -> Result<(), FlowError> {
        let (brand, is_trusting) = (&brand.id, brand.settings.trusts_browser_identities);
        let identities: Vec<Identity> =
            pending.iter().map(|one| Identity::Order(one.order.external_id.clone())).collect();
        let joined = self.store.identities_of(brand, &identities).await?;
        let names = sorted(joined.iter().flatten().filter_map(Identity::claim));
        let claims = if names.is_empty() { Vec::new() } else { self.store.claims_of(brand, &names).await? };
        let people = self.people_of(brand, &claims).await?;
        for (one, joined) in pending.iter_mut().zip(joined).filter(|(one, _)| !one.order.is_test) {
            one.addresses = addresses_of(&joined);
            let names: Vec<Identity> = joined.iter().filter_map(Identity::claim).collect();
            let own_claims: Vec<&Claim> = claims.iter().filter(|claim| names.contains(&claim.name)).collect();
            // Where the brand trusts browser identities, a claim alone may have joined its visitor to the customer. They
            // are still only a claimant until the backend gives the customer that very name. Elsewhere only the backend
            // and the shop join visitors to customers with orders, whatever the visitors claimed before.
            let is_named = joined.iter().any(|identity| matches!(identity, Identity::CustomerKey(_)));
            let is_open =
                |name: &Identity| joined.contains(name) && !name.is_ended_by(&joined) && (is_trusting || !is_named);
            let is_claimant = |pv_id: &str| own_claims.iter().any(|claim| claim.pv_id == pv_id && is_open(&claim.name));
            let of_reports = |id: &str| self.visitor_of_reports(brand, id);
            let Order { external_id, details, .. } = &one.order;
            let own: BTreeSet<String> =
                details.reported_as.iter().chain([external_id]).map(|id| of_reports(id)).collect();
            // Of the customer's other orders.
            let others: BTreeSet<String> = joined.iter().filter_map(Identity::order).map(of_reports).collect();
            for pv_id in joined.iter().filter_map(Identity::visitor).filter(|pv_id| !is_claimant(pv_id)) {
                let source = match (own.contains(pv_id), others.contains(pv_id)) {
                    (true, _) => AD_PLATFORM,
                    (_, true) => AD_PLATFORM_EARLIER,
                    _ => SAME_CUSTOMER,
                };
                if one.visitors.len() < VISITORS_MAX || source == AD_PLATFORM {
                    one.add_visitor(Visitor {
                        is_alias: false,
                        pv_id: pv_id.to_owned(),
                        source: source.to_owned(),
                        strength: Strength::Proven,
                        is_disputed: false,
                    });
                }
            }
            if !one.has_proven_visitor() {
                one.add_claimants(&own_claims, &people);
            }
        }
        Ok(())
    }

    /// The visitors of each claimant's customer, by claimant.
    async fn people_of(
        self,
        brand: &BrandId,
        claims: &[Claim],
    ) -> Result<BTreeMap<String, BTreeSet<String>>, FlowError> {
        if claims.is_empty() {
            return Ok(BTreeMap::new());
        }
        let claimants = sorted(claims.iter().map(|claim| claim.pv_id.clone()));
        let identities: Vec<Identity> = claimants.iter().cloned().map(Identity::Visitor).collect();
        let joined = self.store.identities_of(brand, &identities).await?;
        let visitors = |all: Vec<Identity>| all.iter().filter_map(Identity::visitor).map(str::to_owned).collect();
        Ok(claimants.into_iter().zip(joined).map(|(pv_id, all)| (pv_id, visitors(all))).collect())
    }

    /// Finds the landings of each order's visitors, the ids that links brought to their browsers, and the clicks of all.
    async fn find_visits(self, brand: &BrandId, pending: &mut [Pending]) -> Result<(), FlowError> {
        let spans_until = |one: &Pending, until: UnixMs| -> Vec<VisitorSpan> {
            one.visitors.iter().map(|visitor| VisitorSpan::until(visitor.pv_id.as_str(), until)).collect()
        };
        let landed: Vec<_> = pending.iter().map(|one| spans_until(one, one.order.placed_until())).collect();
        let landings = self.store.landings_of(brand, &landed).await?;
        let known = sorted(pending.iter().flat_map(Pending::pv_ids));
        let aliases = if known.is_empty() { Vec::new() } else { self.store.visitor_aliases(brand, &known).await? };
        let mut clicked = Vec::with_capacity(pending.len());
        for (one, landings) in pending.iter_mut().zip(landings) {
            // Clicks shortly after the order are shown as refused; a flood of them must not push the earlier ones out.
            let mut spans = spans_until(one, one.order.placed_at.plus_ms(HOUR_MS));
            let of_order: Vec<VisitorAlias> =
                aliases.iter().filter(|alias| one.has_visitor(&alias.pv_id)).cloned().collect();
            let own = one.visitors.clone();
            // Aliases of these visitors only, not aliases of aliases: those belong to other orders.
            let mut owned: Vec<(&Visitor, VisitorSpan)> = alias_spans(&of_order, &landings, one.order.placed_until())
                .into_iter()
                .filter(|(_, span)| !own.iter().any(|visitor| visitor.pv_id == span.pv_id))
                .filter_map(|(pv_id, span)| Some((own.iter().find(|visitor| visitor.pv_id == pv_id)?, span)))
                .collect();
            // An id that several browsers report is that of the one that is joined best; the others prove none of its clicks.
            owned.sort_by_key(|(owner, _)| (standing(owner), owner.source == SAME_CUSTOMER));
            for (owner, span) in owned {
                match one.visitors.iter().find(|visitor| visitor.pv_id == span.pv_id) {
                    Some(known) if standing(known) != standing(owner) => continue,
                    Some(_) => {}
                    None => one.add_visitor(alias_of(owner, &span.pv_id)),
                }
                spans.push(span);
            }
            one.landings = landings;
            clicked.push(spans);
        }
        let limit = i64::try_from(CLICKS_MAX).unwrap_or(i64::MAX);
        for (one, clicks) in pending.iter_mut().zip(self.store.clicks_of(brand, &clicked, limit).await?) {
            one.clicks = clicks;
        }
        Ok(())
    }

    /// Decides the orders whose evidence counts.
    async fn decide_open(self, brand: &Brand, pending: Vec<Pending>) -> Result<Vec<Decided>, FlowError> {
        if pending.is_empty() {
            return Ok(Vec::new());
        }
        let clicked = pending.iter().flat_map(|one| &one.clicks);
        let link_ids = sorted(clicked.map(|click| click.link.to_string()));
        let codes = sorted(pending.iter().flat_map(Pending::codes).map(String::from));
        let promos = sorted(pending.iter().flat_map(|one| one.order.promo_codes.clone()));
        let links = self.store.links_named(&brand.id, &link_ids, &codes, &promos).await?;
        let mut inputs: Vec<AttributionInput> = pending
            .iter()
            .map(|one| AttributionInput {
                order: one.order.clone(),
                visitors: one.visitors.clone(),
                clicks: one.clicks.clone(),
                landings: one.landings.clone(),
                links: links.iter().filter(|link| one.names(link)).cloned().collect(),
                buyers: Vec::new(),
                named: Vec::new(),
            })
            .collect();
        self.surveys().add_named_creators(brand, &mut inputs).await?;
        let addresses: Vec<Vec<String>> = pending.iter().map(|one| one.addresses.clone()).collect();
        self.add_buyers(&brand.id, &mut inputs, &addresses).await?;
        let decided = pending.into_iter().zip(inputs).map(|(one, input)| {
            let attribution = decide(&input, brand.policies.at(one.order.placed_at));
            let links = credited_links(&attribution, &input.links);
            one.decided(attribution, Some(links))
        });
        Ok(decided.collect())
    }

    /// Books decided orders. `creators` are those that were looked up already. Returns the seller's ids of the orders that
    /// changed meanwhile, for which nothing was stored.
    async fn book(
        self,
        brand: &Brand,
        decided: &[Decided],
        creators: &[Creator],
    ) -> Result<BTreeSet<String>, FlowError> {
        if decided.is_empty() {
            return Ok(BTreeSet::new());
        }
        let now = self.now();
        let settlements: Vec<Settlement<'_>> = decided
            .iter()
            .map(|one| Settlement {
                order: &one.order,
                visitors: &one.visitors,
                attribution: &one.attribution,
                owed: &one.owed,
                payable_at: one.order.placed_at.plus_ms(brand.settings.hold_ms()),
                needs_approval: brand.settings.requires_manual_approval,
                is_unproven: is_unproven(brand, &one.attribution),
                entry_seed: self.random(),
                day: one.mode.is_late.then(|| brand.zone.day_of(now)),
                closed_through: brand.settings.closed_through,
                settlements: one.settlements,
                at: now,
            })
            .collect();
        let names = self.names(&brand.id, decided, creators).await?;
        let draft = self.outbound().draft(&brand.id);
        let events =
            |delta: &SettlementDelta<'_>, released: &[Entry]| settlement_events(draft.clone(), &names, delta, released);
        let is_settled = self.store.settle_orders(&brand.id, &settlements, &events).await?;
        let (settled, stale): (Vec<_>, Vec<_>) =
            decided.iter().zip(is_settled).partition(|(_, is_settled)| *is_settled);
        // Only where the credits changed: a creator's totals are not added up again for every settlement.
        let creators: BTreeSet<&CreatorId> = settled
            .iter()
            .filter(|(one, _)| one.has_new_credits)
            .flat_map(|(one, _)| &one.attribution.credits)
            .filter_map(|credit| credit.creator.as_ref())
            .collect();
        if let Err(error) = self.commissions().record_milestones(brand, creators, &names.people).await {
            // The credit stands; the creator's next credit records what this one would have.
            tracing::error!(brand = %brand.id, %error, "milestones were not recorded");
        }
        Ok(stale.into_iter().map(|(one, _)| one.order.external_id.clone()).collect())
    }
}
