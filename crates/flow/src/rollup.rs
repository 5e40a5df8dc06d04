//! Bringing a brand's figures up to date: where clicks come from, the steps between click and order, and what commissions
//! gained. Each minute, for the brands that have something new; nobody who clicks or orders waits for it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BrandId, ClickId, Currency, LinkId, Money, UnixMs,
    brand::Brand,
    click_source::SourceCounter,
    id::earliest,
    time::{DAY_MS, Day},
};
use store::rollups::{CommissionDay, FunnelDay, FunnelStep, PayableTotal, ReadClicks, Rollup, SourcePage, UnreadDay};

use crate::{FlowError, job::Job, stage::Rollups};

/// Time between runs, in ms.
const EVERY_MS: i64 = 60_000;
/// Brands with clicks of earlier days that are new are found by the daily run.
const RECENT_DAYS: i64 = 8;
/// Clicks read at a time.
const PAGE: i64 = 20_000;
/// Pages of one job, which must end well within its lease.
const PAGES_MAX: usize = 40;
/// Days begun in one job.
const DAYS_MAX: i64 = 120;
/// Younger clicks are left for the next run: some with smaller ids may still be on their way to the disk.
const LAG_MS: i64 = 10_000;
/// Days before the first run for which the funnel is computed.
const FUNNEL_DAYS: i64 = 90;

impl Rollups<'_> {
    /// Queues the first run. Called at server start.
    pub async fn schedule(self) -> Result<(), FlowError> {
        Ok(self.store.enqueue(&Job::RollUp.at(self.now())).await?)
    }

    /// The job of each minute: queues the brands that have something new.
    pub(crate) async fn run_job(self) -> Result<(), FlowError> {
        let now = self.now();
        self.store.enqueue(&Job::RollUp.at(now.plus_ms(EVERY_MS))).await?;
        // A day of any time zone.
        let since = Day(now.0.div_euclid(DAY_MS) - RECENT_DAYS);
        for brand in self.store.brands_to_roll_up(since, now).await? {
            self.store.enqueue(&Job::RollUpBrand(brand).at(now)).await?;
        }
        Ok(())
    }

    /// Queues a brand whose ledger changed without a new line: the job of each minute does not find it.
    pub(crate) async fn renew(self, brand: &BrandId) -> Result<(), FlowError> {
        Ok(self.store.enqueue(&Job::RollUpBrand(brand.clone()).at(self.now())).await?)
    }

    /// The job of one brand. Queues itself until everything is read.
    pub(crate) async fn run_brand_job(self, brand: &BrandId) -> Result<(), FlowError> {
        if !self.roll_up(brand).await? {
            self.store.enqueue(&Job::RollUpBrand(brand.clone()).at(self.now())).await?;
        }
        Ok(())
    }

    /// Returns whether all clicks are read.
    async fn roll_up(self, brand: &BrandId) -> Result<bool, FlowError> {
        let brand = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let is_read = self.read_clicks(&brand).await?;
        self.renew_days(&brand).await?;
        Ok(is_read)
    }

    async fn read_clicks(self, brand: &Brand) -> Result<bool, FlowError> {
        let kept_since = brand.kept_since(self.now()).clicks;
        // Of the first day that is kept, some clicks may be deleted already.
        let since = Day(brand.zone.day_of(kept_since).0 + 1);
        let mut pages = PAGES_MAX;
        let days = self.store.unread_days(&brand.id, since, DAYS_MAX).await?;
        let is_all = days.len() < usize::try_from(DAYS_MAX).unwrap_or(usize::MAX);
        for day in days {
            self.read_day(brand, &day, &mut pages).await?;
            if pages == 0 {
                return Ok(false);
            }
        }
        Ok(is_all)
    }

    /// Reads what is new of a day. If its total shows that there is more, because a click was stored late, the day is read
    /// anew.
    async fn read_day(self, brand: &Brand, unread: &UnreadDay, pages: &mut usize) -> Result<(), FlowError> {
        let day = unread.day;
        let (from, until) = brand.zone.bounds(day);
        let (first, end) = (earliest(ClickId::PREFIX, from), earliest(ClickId::PREFIX, until));
        let is_within = |read: &ReadClicks| read.below >= first && read.below <= end;
        let mut stored = unread.read.clone();
        let mut is_anew = stored.as_ref().is_some_and(|read| !is_within(read));
        let mut is_whole = stored.is_none() || is_anew;
        while *pages > 0 {
            *pages -= 1;
            let nothing = ReadClicks { counted: None, rolled: 0, below: first.clone() };
            let read = stored.clone().filter(|_| !is_anew).unwrap_or(nothing);
            let page = self.store.source_page(&brand.id, day, (&read.below, &end), PAGE).await?;
            let mut step = Step::of(&page, &read, &end, self.now());
            if !step.is_complete && !is_whole {
                (is_anew, is_whole) = (true, true);
                continue;
            }
            // Stored late between two pages, or counted under another time zone. The first is read anew; the second would be
            // for ever.
            let is_past = day.0 < brand.zone.day_of(self.now()).0 - 1;
            if !step.is_complete && read.rolled > 0 && !is_past {
                step.after.counted = None;
            }
            let sites = if is_anew { Vec::new() } else { self.store.sites_of_day(&brand.id, day).await? };
            let mut counter = SourceCounter::new(&brand.zone, sites);
            page.clicks.iter().take(step.ready).for_each(|(_, click)| counter.add(click));
            let counts = counter.into_counts();
            let is_stored =
                self.store.add_click_sources(&brand.id, day, stored.as_ref(), &step.after, &counts, is_anew).await?;
            if !is_stored || step.is_end {
                return Ok(());
            }
            (stored, is_anew) = (Some(step.after), false);
        }
        Ok(())
    }

    /// Computes funnel and commissions of the days that may have changed.
    async fn renew_days(self, brand: &Brand) -> Result<(), FlowError> {
        let (now, earlier) = (self.now(), self.store.rollup(&brand.id).await?);
        let today = brand.zone.day_of(now);
        let since = earlier.as_ref().map_or(Day(0), |earlier| earlier.from_day.min(today));
        // Read before the lines: one that comes meanwhile is seen in the next run.
        let ledger_id = self.store.last_ledger_line(&brand.id).await?.unwrap_or_default();
        let mut funnel = Vec::new();
        for day in since.0.max(today.0 - FUNNEL_DAYS)..=today.0 {
            funnel.extend(self.funnel_of(brand, Day(day)).await?);
        }
        let commissions = self.commissions_since(brand, since).await?;
        let payable = self.payable(&brand.id, now).await?;
        let next_payable_at = self.store.next_payable_at(&brand.id, now).await?;
        let rollup = Rollup { rolled_at: now, from_day: Day(today.0 - 1), ledger_id, payable, next_payable_at };
        Ok(self.store.put_rollup(&brand.id, &rollup, since, &funnel, &commissions).await?)
    }

    async fn funnel_of(self, brand: &Brand, day: Day) -> Result<Vec<FunnelDay>, FlowError> {
        let (from, until) = brand.zone.bounds(day);
        let mut steps: BTreeMap<LinkId, (i64, i64)> = BTreeMap::new();
        for (link, visitors) in self.store.visitors_at(&brand.id, FunnelStep::Cart, from, until).await? {
            steps.entry(link).or_default().0 = visitors;
        }
        for (link, visitors) in self.store.visitors_at(&brand.id, FunnelStep::Checkout, from, until).await? {
            steps.entry(link).or_default().1 = visitors;
        }
        Ok(steps.into_iter().map(|(link, (carts, checkouts))| FunnelDay { day, link, carts, checkouts }).collect())
    }

    async fn commissions_since(self, brand: &Brand, since: Day) -> Result<Vec<CommissionDay>, FlowError> {
        let mut days = BTreeMap::new();
        for quarter in self.store.ledger_quarters(&brand.id, brand.zone.bounds(since).0).await? {
            let day = brand.zone.day_of(quarter.at);
            if day >= since {
                *days.entry((day, quarter.creator, quarter.currency)).or_default() += quarter.amount_minor;
            }
        }
        let days = days.into_iter();
        Ok(days
            .map(|((day, creator, currency), amount_minor)| CommissionDay { day, creator, currency, amount_minor })
            .collect())
    }

    async fn payable(self, brand: &BrandId, now: UnixMs) -> Result<PayableTotal, FlowError> {
        let mut creators = BTreeSet::new();
        let mut amounts: BTreeMap<Currency, i64> = BTreeMap::new();
        for balance in self.store.balances(brand, now).await? {
            if balance.payable_minor > 0 {
                creators.insert(balance.creator);
                *amounts.entry(balance.currency).or_default() += balance.payable_minor;
            }
        }
        Ok(PayableTotal {
            creators: i64::try_from(creators.len()).unwrap_or(i64::MAX),
            amounts: amounts.into_iter().map(|(currency, minor)| Money { minor, currency }).collect(),
        })
    }
}

/// What one page of a day's clicks brings.
struct Step {
    /// Clicks that are counted now; those after them are too young.
    ready: usize,
    /// Whether these are the last of the day until now.
    is_end: bool,
    /// False if the day has more clicks than were found.
    is_complete: bool,
    after: ReadClicks,
}

impl Step {
    fn of(page: &SourcePage, read: &ReadClicks, end: &str, now: UnixMs) -> Self {
        let settled_until = now.plus_ms(-LAG_MS);
        let ready = page.clicks.partition_point(|(_, click)| click.at < settled_until);
        let count = |clicks: usize| i64::try_from(clicks).unwrap_or(i64::MAX);
        let is_full = count(page.clicks.len()) >= PAGE;
        let rolled = read.rolled + count(ready);
        let young = count(page.clicks.len() - ready);
        let is_end = !is_full || young > 0;
        let is_complete = !is_end || is_full || rolled + young == page.counted;
        let last = page.clicks.get(ready.wrapping_sub(1)).filter(|_| is_full);
        // The next id after the last one begins with no less.
        let below = match last {
            Some((id, _)) => format!("{id}0"),
            None if is_full => read.below.clone(),
            None => earliest(ClickId::PREFIX, settled_until).min(end.to_owned()).max(read.below.clone()),
        };
        let counted = is_end.then_some(page.counted - young);
        Self { ready, is_end, is_complete, after: ReadClicks { counted, rolled, below } }
    }
}
