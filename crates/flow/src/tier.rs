//! Tiers by rules: once a day, and when the rules change, every creator gets the tier that their recent sales and their audience earn.

use std::collections::BTreeMap;

use domain::{
    BrandId, CreatorId,
    brand::Brand,
    id::earliest,
    report::Sales,
    tier::{RULES_MAX, TierRule, WINDOW_DAYS_MAX, tier_by},
    time::{DAY_MS, Period},
};
use store::{
    api_requests::Answer,
    metrics::{MetricFilter, MetricGroup},
    objects::{Change, CreatorProfile, Filter, Keyset, Object, Write},
};

pub use store::tier_rules::TierRules;

use crate::{FlowError, Invalid, access::Merchant, creator::name, job::Job, stage::Tiers};

/// Time between runs, in ms.
const EVERY_MS: i64 = DAY_MS;
/// Most creators read at once, and moved in one transaction.
const BATCH: i64 = 200;
/// The actor of moves in the audit log.
const ACTOR: &str = "tier rules";
/// Largest count or amount of a rule.
const MINIMUM_MAX: i64 = 1_000_000_000_000;
/// Highest engagement rate of a rule, in basis points.
const ENGAGEMENT_BP_MAX: i64 = 10_000;

/// What each creator sold in the last days, by the number of days.
type Figures = BTreeMap<i64, BTreeMap<String, Sales>>;

impl Tiers<'_> {
    /// The brand's rules, if it has ever set any.
    pub async fn rules(self, merchant: &Merchant) -> Result<Option<TierRules>, FlowError> {
        Ok(self.store.tier_rules(merchant.id()).await?)
    }

    /// Replaces the brand's rules, the highest tier first, and queues a run by them. Without rules no creator is moved.
    ///
    /// # Errors
    /// `FlowError::Invalid` with every fault of the rules.
    pub async fn save(self, merchant: &Merchant, rules: Vec<TierRule>) -> Result<TierRules, FlowError> {
        let rules = checked(rules)?;
        if let Some(stored) = self.rules(merchant).await?
            && stored.rules == rules
        {
            return Ok(stored);
        }
        let rules = TierRules { rules, updated_at: self.now() };
        let entry = self.audit(merchant.actor(), "tier_rules.save", merchant.id());
        let job = Job::MoveTiers(merchant.id().clone()).at(self.now());
        self.store.put_tier_rules(merchant.id(), &rules, &entry, &job).await?;
        Ok(rules)
    }

    /// The daily job of one brand. Creators whose tier is locked, and archived ones, stay where they are.
    pub(crate) async fn move_job(self, brand: &BrandId) -> Result<(), FlowError> {
        let rules = self.store.tier_rules(brand).await?.map(|stored| stored.rules).unwrap_or_default();
        if rules.is_empty() {
            return Ok(());
        }
        // The next run is queued first: a run that fails must not end the daily schedule.
        self.store.enqueue(&Job::MoveTiers(brand.clone()).at(self.now().plus_ms(EVERY_MS))).await?;
        let brand = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let figures = self.figures(&brand, &rules).await?;
        let below = earliest(CreatorId::PREFIX, domain::UnixMs(0xffff_ffff_ffff));
        let mut from = String::new();
        let filter = Filter { is_archived: Some(false), ..Filter::default() };
        loop {
            let keyset = Keyset { from, below: below.clone(), is_ascending: true, limit: BATCH };
            let page = self.store.creators_page(&brand.id, &keyset, &filter).await?;
            let moves: Vec<Write> =
                page.iter().filter_map(|object| self.plan(&brand.id, object, &rules, &figures)).collect();
            if !moves.is_empty() {
                // A creator that a concurrent request changes is left out, and considered again by the next run.
                let answer = |_: &[_]| Some(Answer { status: 200, body: String::new() });
                self.store.write_objects(&brand.id, None, &moves, &answer).await?;
            }
            let Some(last) = page.last() else { return Ok(()) };
            // Longer than the last id and otherwise equal to it: the next larger one is not smaller.
            from = format!("{}0", last.value.creator.id);
        }
    }

    /// What creators sold, as the figures of the pages have it, by the brand's own model and on the days of its time zone.
    /// Unproven sales that nobody has approved are left out.
    async fn figures(self, brand: &Brand, rules: &[TierRule]) -> Result<Figures, FlowError> {
        let today = brand.zone.day_of(self.now());
        let mut figures = Figures::new();
        for days in rules.iter().map(|rule| rule.window_days) {
            if figures.contains_key(&days) {
                continue;
            }
            let (period, filter) = (Period::last(days, today), MetricFilter::default());
            let mut sold: BTreeMap<String, Sales> = BTreeMap::new();
            for row in self.store.sale_metrics(&brand.id, period, MetricGroup::Creator, &filter).await? {
                if let Some(creator) = row.key {
                    sold.entry(creator).or_default().add(row.conversions, row.currency, row.revenue_minor);
                }
            }
            // A higher tier may earn more, and anybody can report a purchase with the public pixel key.
            for row in self.store.unproven_sales(&brand.id, period).await? {
                if let Some(creator) = row.key {
                    sold.entry(creator).or_default().add(-row.conversions, row.currency, -row.revenue_minor);
                }
            }
            figures.insert(days, sold);
        }
        Ok(figures)
    }

    /// A creator's move; `None` if they stay.
    fn plan(
        self,
        brand: &BrandId,
        object: &Object<CreatorProfile>,
        rules: &[TierRule],
        figures: &Figures,
    ) -> Option<Write> {
        let CreatorProfile { creator: before, profile } = &object.value;
        if profile.is_tier_locked {
            return None;
        }
        let (none, id) = (Sales::default(), before.id.to_string());
        let sold = |rule: &TierRule| figures.get(&rule.window_days).and_then(|sold| sold.get(&id)).unwrap_or(&none);
        let tier = tier_by(rules, before.tier.as_deref(), |rule| rule.is_met_by(sold(rule), &profile.socials));
        if tier == before.tier.as_deref() {
            return None;
        }
        let at = self.now().max(object.updated_at.plus_ms(1));
        let mut creator = before.clone();
        creator.set_tier(tier.map(str::to_owned), at);
        let what = tier.map_or_else(|| format!("{id}: no tier"), |tier| format!("{id}: tier {tier}"));
        let value = CreatorProfile { creator: creator.clone(), profile: profile.clone() };
        Some(Write {
            change: Change::UpdateCreator(value, object.updated_at),
            details: object.details.clone(),
            archived_at: object.archived_at,
            at,
            audit: self.audit(ACTOR, "creator.tier", what),
            events: self.creators().update_events(brand, before, &creator),
        })
    }
}

/// The rules, with their names trimmed.
fn checked(rules: Vec<TierRule>) -> Result<Vec<TierRule>, Invalid> {
    let mut faults = Vec::new();
    if rules.len() > RULES_MAX {
        faults.push(format!("rules must be at most {RULES_MAX}"));
    }
    let mut checked = Vec::new();
    for (index, rule) in rules.into_iter().enumerate() {
        let mut require = |is_right: bool, fault: String| {
            if !is_right {
                faults.push(format!("rules[{index}].{fault}"));
            }
        };
        let tier = name(&rule.tier);
        require(tier.is_some(), "tier must be 1 to 120 characters".to_owned());
        let is_minimum = |minimum: Option<i64>| minimum.is_none_or(|minimum| (0..=MINIMUM_MAX).contains(&minimum));
        require(is_minimum(rule.min_orders), format!("min_orders must be 0 to {MINIMUM_MAX}"));
        let minor = rule.min_revenue.map(|money| money.minor);
        require(is_minimum(minor), format!("min_revenue_minor must be 0 to {MINIMUM_MAX}"));
        require(is_minimum(rule.min_followers), format!("min_followers must be 0 to {MINIMUM_MAX}"));
        let is_rate = rule.min_engagement_bp.is_none_or(|rate| (0..=ENGAGEMENT_BP_MAX).contains(&rate));
        require(is_rate, "min_engagement_rate must be 0 to 100".to_owned());
        let is_window = (1..=WINDOW_DAYS_MAX).contains(&rule.window_days);
        require(is_window, format!("window_days must be 1 to {WINDOW_DAYS_MAX}"));
        checked.push(TierRule { tier: tier.unwrap_or_default(), ..rule });
    }
    if faults.is_empty() { Ok(checked) } else { Err(Invalid(faults)) }
}
