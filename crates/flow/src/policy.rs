//! A brand's policy: its versions, previews of a change, closing periods, and recomputing (settling again) past orders.

use std::collections::BTreeMap;

use domain::{
    BrandId, CreatorId, Currency, Fraction, UnixMs,
    attribution::{Attribution, decide_from},
    brand::{Brand, Settings},
    evidence::EvidenceClass,
    model::Model,
    policy::Policy,
    time::{DAY_MS, Day, Zone},
};
use store::orders::{ALL_ORDERS, OrderRecord};

use crate::{
    FlowError, Invalid,
    access::Merchant,
    job::{Job, OrderRef},
    stage::Policies,
};

pub use store::orders::Recompute;

/// How far back a preview looks, in days.
pub const PREVIEW_DAYS: i64 = 90;
/// Orders read per query.
const PAGE: i64 = 500;
/// Orders settled again before the progress is saved.
const RECOMPUTE_PAGE: i64 = 256;
/// Most hosts in a list.
const HOSTS_MAX: usize = 100;
/// Longest hold period, in days.
const HOLD_DAYS_MAX: u32 = 365;

/// A policy from a form or program, not yet validated.
#[derive(Clone, Debug, Default)]
pub struct NewPolicy {
    /// The model's stored name.
    pub model: String,
    /// Stored names of the evidence classes, highest precedence first.
    pub precedence: Vec<String>,
    /// The lookback window in days.
    pub lookback_days: u32,
    /// First day in the brand's time zone, such as `2026-11-01`; now when empty.
    pub from: String,
}

/// What a policy would have done to the orders of the last [`PREVIEW_DAYS`] days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Orders examined.
    pub orders: usize,
    /// Orders whose credit would differ.
    pub changed: usize,
    /// Net revenue credited now and under the policy, minor units, by creator (`None`: links without one) and currency;
    /// only rows that differ.
    pub creators: Vec<(Option<CreatorId>, Currency, i64, i64)>,
}

impl Policies<'_> {
    fn parse_policy(self, brand: &Brand, new: &NewPolicy) -> Result<Policy, FlowError> {
        let mut faults = Vec::new();
        let model = Model::parse(new.model.trim());
        if model.is_none() {
            faults.push("model must be first_touch, last_touch, linear, position_based or time_decay".to_owned());
        }
        let precedence: Vec<EvidenceClass> =
            new.precedence.iter().filter_map(|name| EvidenceClass::parse(name.trim())).collect();
        let starts_at = match new.from.trim() {
            "" => Some(self.now()),
            text => Day::parse(text).map(|day| brand.zone.bounds(day).0),
        };
        if starts_at.is_none() {
            faults.push("from must be a day such as 2026-11-01".to_owned());
        }
        let (Some(model), Some(starts_at), true) = (model, starts_at, faults.is_empty()) else {
            return Err(Invalid(faults).into());
        };
        if brand.settings.is_closed(brand.zone.day_of(starts_at)) {
            return Err(Invalid::one(domain::policy::PolicyError::Closed.to_string()).into());
        }
        let policy = Policy { version: 0, starts_at, precedence, model, lookback_days: new.lookback_days };
        let policies = brand.policies.with(policy).map_err(|error| Invalid::one(error.to_string()))?;
        policies.versions().last().cloned().ok_or(FlowError::NotFound("policy"))
    }

    /// Computes what a policy would have done to the orders of the last 90 days, from the evidence stored with each;
    /// changes nothing.
    ///
    /// # Errors
    /// `FlowError::Invalid` with the faults of the form.
    pub async fn preview(self, merchant: &Merchant, new: &NewPolicy) -> Result<Preview, FlowError> {
        let brand = merchant.brand();
        let policy = self.parse_policy(brand, &NewPolicy { from: String::new(), ..new.clone() })?;
        let since = self.now().plus_ms(-PREVIEW_DAYS * DAY_MS);
        let mut preview = Preview::default();
        let mut sums: BTreeMap<(Option<CreatorId>, Currency), (i64, i64)> = BTreeMap::new();
        let mut before = (ALL_ORDERS.0, String::new());
        loop {
            let page = self.store.orders(&brand.id, (before.0, &before.1), PAGE).await?;
            let Some(last) = page.last() else { break };
            before = (last.order.placed_at, last.order.id.to_string());
            let is_last = before.0 < since;
            for OrderRecord { order, attribution, settled_day, .. } in page {
                let Some(now) = attribution.filter(|_| order.placed_at >= since) else { continue };
                let is_closed = settled_day.is_some_and(|day| brand.settings.is_closed(day));
                let has_evidence = brand.has_evidence_of(&order, self.now());
                let then = if is_closed || order.redacted_at.is_some() || !has_evidence {
                    now.clone()
                } else {
                    decide_from(&order, now.evidence.clone(), &policy)
                };
                preview.orders += 1;
                preview.changed += usize::from(shares(&now) != shares(&then));
                for credit in &now.credits {
                    sums.entry((credit.creator.clone(), order.currency)).or_default().0 += credit.amount_minor;
                }
                for credit in &then.credits {
                    sums.entry((credit.creator.clone(), order.currency)).or_default().1 += credit.amount_minor;
                }
            }
            if is_last {
                break;
            }
        }
        preview.creators = sums
            .into_iter()
            .filter(|(_, (now, then))| now != then)
            .map(|((creator, currency), (now, then))| (creator, currency, now, then))
            .collect();
        Ok(preview)
    }

    /// Saves a new policy version and queues settling its orders again, except those in closed periods.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` with the faults of the form; `FlowError::Stale`
    /// if the policy or settings changed meanwhile.
    pub async fn save(self, merchant: &Merchant, new: &NewPolicy) -> Result<Policy, FlowError> {
        merchant.owner()?;
        let before = merchant.brand();
        let policy = self.parse_policy(before, new)?;
        let policies = before.policies.with(policy.clone()).map_err(|error| Invalid::one(error.to_string()))?;
        let after = Brand { policies, ..before.clone() };
        let entry = self.audit(merchant.actor(), "policy.create", format!("version {}", policy.version));
        // Noted before too: if the process ends in between, the orders are settled again after the next start.
        self.begin_recompute(&before.id, policy.starts_at).await?;
        let is_saved = self.store.update_brand_settings(before, &after, &entry).await?;
        if is_saved {
            self.begin_recompute(&before.id, policy.starts_at).await?;
        }
        self.store.enqueue(&Job::Recompute(before.id.clone()).at(self.now())).await?;
        if is_saved { Ok(policy) } else { Err(FlowError::Stale("the policy")) }
    }

    /// Saves the brand's name, its time zone and the currency that its reports show first. The zone can be changed until
    /// something is counted: later, the figures of earlier days would change too. Amounts are never converted.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` with every fault of the form, also if it is too late for
    /// another zone, or if there are milestones or tiers in the old currency; `FlowError::Stale` if the brand changed
    /// meanwhile.
    pub async fn save_brand_facts(
        self,
        merchant: &Merchant,
        name: &str,
        zone: &str,
        currency: &str,
    ) -> Result<(), FlowError> {
        merchant.owner()?;
        let before = merchant.brand();
        let mut faults = Vec::new();
        let name = name.trim();
        if !Brand::is_name(name) {
            faults.push(format!("name must be 1 to {} characters", Brand::NAME_CHARS_MAX));
        }
        let zone = Zone::try_from(zone.trim().to_owned()).ok();
        if zone.is_none() {
            faults.push("time zone must be one such as Europe/Berlin".to_owned());
        }
        let currency = Currency::parse(currency.trim());
        if currency.is_none() {
            faults.push("currency must be an ISO 4217 code".to_owned());
        }
        let is_other_zone = zone.as_ref().is_some_and(|zone| *zone != before.zone);
        if is_other_zone && self.store.has_counted(&before.id).await? {
            faults.push("time zone cannot change once something was counted".to_owned());
        }
        let today = zone.as_ref().map(|zone| zone.day_of(self.now()));
        if let Some(today) = today.filter(|today| is_other_zone && before.settings.is_closed(*today)) {
            faults.push(format!("time zone: today would be {today}, which is closed"));
        }
        if currency.is_some_and(|new| new != before.currency) {
            let old = before.currency;
            if !before.settings.revenue_steps_minor.is_empty() {
                faults.push(format!("currency: remove the revenue milestones first, they are in {old}"));
            }
            let tiers = self.store.tier_rules(&before.id).await?.map(|rules| rules.rules).unwrap_or_default();
            let minimums = tiers.iter().filter_map(|rule| rule.min_revenue);
            if let Some(other) = minimums.map(|money| money.currency).find(|code| Some(*code) != currency) {
                faults.push(format!("currency: remove the revenue of tiers first, it is in {other}"));
            }
        }
        let (Some(zone), Some(currency), true) = (zone, currency, faults.is_empty()) else {
            return Err(Invalid(faults).into());
        };
        let subject = format!("{}, {currency}", zone.name());
        let after = Brand { name: name.to_owned(), zone, currency, ..before.clone() };
        self.save_brand(merchant, after, "settings.brand", &subject).await
    }

    /// Saves the hold period, whether commissions need manual approval, whether customer ids from browsers are trusted,
    /// and the creators' revenue milestones (minor units of the brand's currency).
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if a value is out of range; `FlowError::Stale`
    /// if the policy or settings changed meanwhile.
    pub async fn save_settings(
        self,
        merchant: &Merchant,
        hold_days: u32,
        requires_manual_approval: bool,
        trusts_browser_identities: bool,
        revenue_steps_minor: Vec<i64>,
    ) -> Result<(), FlowError> {
        merchant.owner()?;
        if hold_days > HOLD_DAYS_MAX {
            return Err(Invalid::one("hold period must be at most 365 days").into());
        }
        if revenue_steps_minor.len() > 50 || revenue_steps_minor.iter().any(|step| *step <= 0) {
            return Err(Invalid::one("revenue milestones must be at most 50 amounts above zero").into());
        }
        let before = merchant.brand();
        let settings = Settings {
            hold_days,
            requires_manual_approval,
            trusts_browser_identities,
            revenue_steps_minor,
            ..before.settings.clone()
        };
        self.save_brand(merchant, Brand { settings, ..before.clone() }, "settings.save", "commissions").await
    }

    /// Saves the hosts to which links may lead (any, if empty) and the hosts of the brand's Shopify storefronts. Each text
    /// names hosts separated by commas or white space. Links that lead elsewhere stop working at once, in every process.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` naming every text that is not a host;
    /// `FlowError::Stale` if the settings changed meanwhile.
    pub async fn save_hosts(self, merchant: &Merchant, allowed: &str, storefronts: &str) -> Result<(), FlowError> {
        merchant.owner()?;
        let mut faults = Vec::new();
        let destination_hosts = hosts("allowed hosts", allowed, &mut faults);
        let storefront_hosts = hosts("Shopify storefronts", storefronts, &mut faults);
        if !faults.is_empty() {
            return Err(Invalid(faults).into());
        }
        let before = merchant.brand();
        let subject = format!("links to: {}; storefronts: {}", destination_hosts.join(" "), storefront_hosts.join(" "));
        let settings = Settings { storefront_hosts, ..before.settings.clone() };
        let after = Brand { settings, destination_hosts, ..before.clone() };
        self.save_brand(merchant, after, "settings.hosts", &subject).await
    }

    /// Saves whether buying a gift card earns a commission. It applies to orders settled from now on.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Stale` if the settings changed meanwhile.
    pub async fn save_gift_cards(self, merchant: &Merchant, gift_cards_earn: bool) -> Result<(), FlowError> {
        merchant.owner()?;
        let before = merchant.brand();
        let settings = Settings { gift_cards_earn, ..before.settings.clone() };
        self.save_brand(
            merchant,
            Brand { settings, ..before.clone() },
            "settings.gift_cards",
            &gift_cards_earn.to_string(),
        )
        .await
    }

    /// Saves whether the owners want a mail when a creator asks a question.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Stale` if the settings changed meanwhile.
    pub async fn save_mails(self, merchant: &Merchant, of_questions: bool) -> Result<(), FlowError> {
        merchant.owner()?;
        let before = merchant.brand();
        let settings = Settings { mutes_questions: !of_questions, ..before.settings.clone() };
        let after = Brand { settings, ..before.clone() };
        self.save_brand(merchant, after, "settings.mails", &of_questions.to_string()).await
    }

    /// Closes every day up to and including `last`: their figures never change again. Cannot be undone.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if `last` is not over or is already closed;
    /// `FlowError::Stale` if the policy or settings changed meanwhile.
    pub async fn close_period(self, merchant: &Merchant, last: Day) -> Result<(), FlowError> {
        merchant.owner()?;
        let before = merchant.brand();
        if last >= self.reports().today(before) {
            return Err(Invalid::one("only days that are over can be closed").into());
        }
        if before.settings.is_closed(last) {
            return Err(Invalid::one("that day is already closed").into());
        }
        let settings = Settings { closed_through: Some(last), ..before.settings.clone() };
        self.save_brand(merchant, Brand { settings, ..before.clone() }, "period.close", &last.to_string()).await
    }

    async fn save_brand(
        self,
        merchant: &Merchant,
        after: Brand,
        action: &'static str,
        on: &str,
    ) -> Result<(), FlowError> {
        let entry = self.audit(merchant.actor(), action, on);
        if !self.store.update_brand_settings(merchant.brand(), &after, &entry).await? {
            return Err(FlowError::Stale("the settings"));
        }
        // At once: links of the sandbox must not lead to hosts that are no longer allowed.
        self.access().follow_settings(&after).await?;
        Ok(())
    }

    /// Starts settling every order placed since an instant again. If this is already under way, it restarts from the
    /// earlier instant.
    pub async fn begin_recompute(self, brand: &BrandId, since: UnixMs) -> Result<Recompute, FlowError> {
        let under_way = self.store.recompute(brand).await?;
        let since = under_way.as_ref().map_or(since, |running| running.since.min(since));
        // Distinguishes this run from the one it replaces.
        let started_at = under_way.map_or(self.now(), |running| self.now().max(running.started_at.plus_ms(1)));
        let state = Recompute {
            since,
            before: (ALL_ORDERS.0, String::new()),
            done: 0,
            total: self.store.count_orders(brand, since).await?,
            started_at,
        };
        self.store.begin_recompute(brand, &state).await?;
        Ok(state)
    }

    /// Progress of the recompute, if one is under way.
    pub async fn recompute_state(self, brand: &BrandId) -> Result<Option<Recompute>, FlowError> {
        Ok(self.store.recompute(brand).await?)
    }

    /// Settles the next page of orders again and saves the progress. `None` if all are done or no recompute is under
    /// way.
    pub async fn recompute_next_page(self, brand: &BrandId) -> Result<Option<Recompute>, FlowError> {
        let Some(mut state) = self.store.recompute(brand).await? else { return Ok(None) };
        let page = self.store.orders(brand, (state.before.0, &state.before.1), RECOMPUTE_PAGE).await?;
        let is_last = page.is_empty() || page.last().is_some_and(|record| record.order.placed_at < state.since);
        let due: Vec<OrderRecord> = page.into_iter().filter(|record| record.order.placed_at >= state.since).collect();
        for batch in due.chunks(self.store.settled_at_once()) {
            let order_ids: Vec<String> = batch.iter().map(|record| record.order.external_id.clone()).collect();
            // An order that cannot be settled must not block the rest: each order's own job retries it.
            let settled = self.orders().settle_many(brand, &order_ids).await.unwrap_or_else(|error| {
                tracing::warn!(%brand, %error, "batch not settled; its orders are queued one by one");
                vec![false; order_ids.len()]
            });
            for (order_id, _) in order_ids.into_iter().zip(settled).filter(|(_, is_settled)| !is_settled) {
                // It just changed or failed: its own job settles it later.
                self.orders().queue_settlement(&OrderRef { brand: brand.clone(), order_id }).await?;
            }
            state.done += i64::try_from(batch.len()).unwrap_or(0);
            if let Some(last) = batch.last() {
                state.before = (last.order.placed_at, last.order.id.to_string());
            }
        }
        if !self.store.advance_recompute(brand, &state, is_last).await? {
            // Restarted meanwhile: continue with the new run.
            return Ok(self.store.recompute(brand).await?);
        }
        Ok((!is_last).then_some(state))
    }

    /// The job `orders.recompute`: settles the next page and queues itself until all are done.
    pub(crate) async fn recompute_job(self, brand: &BrandId) -> Result<(), FlowError> {
        if self.recompute_next_page(brand).await?.is_some() {
            self.store.enqueue(&Job::Recompute(brand.clone()).at(self.now())).await?;
        }
        Ok(())
    }
}

/// Host names in a field's text, in lower case and in the ASCII form in which URLs have them.
pub(crate) fn hosts(field: &str, text: &str, faults: &mut Vec<String>) -> Vec<String> {
    let parts = text.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|part| !part.is_empty());
    let mut hosts = std::collections::BTreeSet::new();
    for part in parts {
        let url = url::Url::parse(&format!("https://{part}/")).ok();
        let host = url.as_ref().and_then(url::Url::domain).filter(|host| host.contains('.'));
        match host.filter(|_| !part.contains(['/', ':', '@', '?', '#', '*'])) {
            Some(host) => {
                hosts.insert(host.to_owned());
            }
            None => faults.push(format!("{field}: {part} is not a host such as shop.example.com")),
        }
    }
    if hosts.len() > HOSTS_MAX {
        faults.push(format!("{field}: at most {HOSTS_MAX} hosts"));
    }
    hosts.into_iter().collect()
}

/// Weight by link, to compare attributions.
fn shares(attribution: &Attribution) -> Vec<(String, Fraction)> {
    attribution.credits.iter().map(|credit| (credit.link.to_string(), credit.weight)).collect()
}
