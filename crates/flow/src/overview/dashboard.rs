//! What a brand sees first: who earned what, how that changed, where clicks come from, and what waits for a person.

use std::collections::BTreeMap;

use domain::{
    CampaignId, CreatorId, Currency, LinkId, Money, UnixMs,
    campaign::Campaign,
    click_source::SourceKind,
    creator::Creator,
    evidence::{EvidenceClass, EvidenceKind},
    link::Link,
    outcome::{Agreement, Outcome, Unattributed},
    period::Comparison,
    report::{Clicks, Sales, Traffic},
    time::{DAY_MS, Day, Period},
};
use futures::try_join;
use store::{
    overview::{CommissionTotal, FunnelTotal, HourClicks},
    rollups::Rollup,
};

use super::{Figures, figures_by_day, figures_by_link};
use crate::{FlowError, access::Merchant, stage::Reports};

pub use store::{
    overview::{ATTENTION_MAX, Attention, BriefOrder, LatestClick, SourceTotal},
    rollups::PayableTotal,
};

/// A silence of the pixel that is longer needs a person, in ms.
const PIXEL_SILENCE_MS: i64 = DAY_MS;
/// "Now" in the live feed, in ms.
pub const LIVE_MS: i64 = 5 * 60_000;
/// How far the live feed looks back for its clicks, in ms.
const LATEST_MS: i64 = 7 * DAY_MS;
/// Rows of the live feed, of each kind.
const LATEST: i64 = 6;
/// More clicks in [`LIVE_MS`] are not counted.
pub const LIVE_MAX: i64 = 1_000;

/// Which figures are asked for. Everything that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of links of this creator.
    pub creator: Option<CreatorId>,
    /// Of links of this campaign.
    pub campaign: Option<CampaignId>,
    /// Of this link.
    pub link: Option<LinkId>,
    /// Clicks from here. Revenue, orders and other sources are not known by source.
    pub source: Option<(SourceKind, String)>,
}

impl Filter {
    /// Whether all links count.
    pub const fn is_of_all_links(&self) -> bool {
        self.creator.is_none() && self.campaign.is_none() && self.link.is_none()
    }

    fn admits(&self, link: &Link) -> bool {
        self.creator.as_ref().is_none_or(|creator| link.creator.as_ref() == Some(creator))
            && self.campaign.as_ref().is_none_or(|campaign| link.campaign.as_ref() == Some(campaign))
            && self.link.as_ref().is_none_or(|id| link.id == *id)
    }
}

/// A dashboard that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardQuery {
    /// The days.
    pub period: Period,
    /// What they are compared with.
    pub comparison: Comparison,
    /// Which figures.
    pub filter: Filter,
}

/// A point of the chart: an hour of a day, or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The day.
    pub day: Day,
    /// The hour, if the chart is by hours.
    pub hour: Option<i8>,
}

/// Figures of one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// When.
    pub slot: Slot,
    /// Clicks, conversions and revenue.
    pub figures: Figures,
    /// What commissions gained in the brand's currency, minor units; `None` where that is not known by slot.
    pub commission_minor: Option<i64>,
}

/// A creator, campaign or link with its figures.
#[derive(Clone, Debug)]
pub struct Ranked<T> {
    /// Which; `None` for what belongs to none.
    pub item: Option<T>,
    /// Its figures.
    pub figures: Figures,
    /// Its figures in the period before, if that is asked for.
    pub before: Option<Figures>,
}

/// From click to order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    /// Unique clicks.
    pub clicks: i64,
    /// Visitors who came by a link and put something into the cart, each day.
    pub carts: i64,
    /// Of these, who began the checkout.
    pub checkouts: i64,
    /// Credited orders; of all links together only those that a visit decided.
    pub orders: i64,
    /// Credited orders that codes, answers and people decided; `None` if that is not known.
    pub other_orders: Option<i64>,
}

/// By which evidence orders are credited, and to how many it is agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceShares {
    /// Credited orders by the kind that decided, the most first.
    pub kinds: Vec<(EvidenceKind, i64)>,
    /// Two or more kinds agree.
    pub agree: i64,
    /// One kind alone.
    pub single: i64,
    /// Some name somebody else.
    pub conflict: i64,
}

impl EvidenceShares {
    /// Credited orders.
    pub const fn orders(&self) -> i64 {
        self.agree + self.single + self.conflict
    }
}

/// Where the clicks of the period come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// By referring site, country, device and browser, the most clicks first.
    pub totals: Vec<SourceTotal>,
    /// Clicks by weekday, Monday first, and hour.
    pub week: [[i64; 24]; 7],
    /// Clicks of the period that are not in these figures yet.
    pub unread: i64,
}

/// What waits for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Counts of what waits.
    pub counts: Attention,
    /// Orders of the period that several visitors claim.
    pub disputed: i64,
    /// Balances that can be paid out.
    pub payable: PayableTotal,
    /// Since when the pixel has been silent, if it ever spoke and has been for a day.
    pub pixel_silent_since: Option<UnixMs>,
}

impl Waiting {
    /// Whether nothing does.
    pub fn is_empty(&self) -> bool {
        self.counts == Attention::default()
            && self.disputed == 0
            && self.payable.creators == 0
            && self.pixel_silent_since.is_none()
    }
}

/// What happens now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Clicks in [`LIVE_MS`], up to [`LIVE_MAX`].
    pub clicks: i64,
    /// The latest clicks, the last one first.
    pub latest_clicks: Vec<LatestClick>,
    /// The latest orders, the last one first.
    pub latest_orders: Vec<BriefOrder>,
}

/// Figures of one page.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// The period.
    pub period: Period,
    /// What it is compared with.
    pub compared: Option<Period>,
    /// The current day in the brand's time zone, which is not over yet.
    pub today: Day,
    /// The current hour.
    pub hour: i8,
    /// When the figures that a job computes were last brought up to date.
    pub rolled_at: Option<UnixMs>,
    /// All that the filter admits.
    pub total: Figures,
    /// The same of the period before.
    pub before: Option<Figures>,
    /// What commissions gained, and did in the period before; `None` where it is not known.
    pub commission_minor: Option<(i64, Option<i64>)>,
    /// By hours or days.
    pub points: Vec<Point>,
    /// The period before, point by point.
    pub points_before: Vec<Point>,
    /// By creator, highest revenue first.
    pub creators: Vec<Ranked<Creator>>,
    /// By campaign, highest revenue first.
    pub campaigns: Vec<Ranked<Campaign>>,
    /// By link, highest revenue first.
    pub links: Vec<Ranked<Link>>,
    /// From click to order; `None` for clicks of one source.
    pub funnel: Option<Funnel>,
    /// Where clicks come from; `None` for clicks of one source.
    pub sources: Option<Sources>,
    /// Of all orders; `None` if the figures are of some links only.
    pub evidence: Option<EvidenceShares>,
    /// All orders of the period, credited or not.
    pub orders: Sales,
    /// Orders credited to nobody, by reason, the most first.
    pub nobody: Vec<(Unattributed, i64)>,
    /// What waits for a person.
    pub waiting: Waiting,
    /// What happens now.
    pub live: Live,
    /// Whether the brand has any link.
    pub has_links: bool,
}

/// The parts that describe one period.
struct Span {
    traffic: Traffic,
    hours: Option<(Vec<HourClicks>, Vec<(Slot, Figures)>)>,
    commissions: Option<Vec<CommissionTotal>>,
}

impl Reports<'_> {
    /// A brand's figures at a glance.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the filter names a creator, campaign or link that the brand does not have.
    pub async fn dashboard(self, merchant: &Merchant, query: &DashboardQuery) -> Result<Dashboard, FlowError> {
        let brand = merchant.id();
        let (creators, campaigns, links) =
            try_join!(self.store.creators(brand), self.store.campaigns(brand), self.store.links(brand))?;
        let filter = &query.filter;
        let is_known = filter.creator.as_ref().is_none_or(|id| creators.iter().any(|creator| creator.id == *id))
            && filter.campaign.as_ref().is_none_or(|id| campaigns.iter().any(|campaign| campaign.id == *id))
            && filter.link.as_ref().is_none_or(|id| links.iter().any(|link| link.id == *id));
        if !is_known {
            return Err(FlowError::NotFound("creator, campaign or link"));
        }
        let admitted: Vec<&Link> = links.iter().filter(|link| filter.admits(link)).collect();
        let ids: Vec<LinkId> = admitted.iter().map(|link| link.id.clone()).collect();
        let some = (!filter.is_of_all_links()).then_some(ids.as_slice());
        let (period, compared) = (query.period, query.comparison.period(query.period));
        let span = self.span(merchant, period, filter, &ids);
        let before = async {
            match compared {
                Some(period) => self.span(merchant, period, filter, &ids).await.map(Some),
                None => Ok(None),
            }
        };
        let (span, before, rollup, orders, outcomes) = try_join!(
            span,
            before,
            async { Ok::<_, FlowError>(self.store.rollup(brand).await?) },
            async { Ok(self.store.order_days(brand, period).await?) },
            async { Ok(self.store.outcomes(brand, period).await?) },
        )?;
        let total = total_of(&span.traffic);
        let is_of_source = filter.source.is_some();
        let ((funnel, sources), waiting, live) = try_join!(
            async {
                if is_of_source {
                    return Ok((None, None));
                }
                let (funnel, sources) = try_join!(
                    async { Ok::<_, FlowError>(self.store.funnel(brand, period, some).await?) },
                    self.sources(merchant, period, some, total.clicks.clicks),
                )?;
                Ok::<_, FlowError>((Some(funnel), Some(sources)))
            },
            self.waiting(merchant, rollup.as_ref(), &outcomes),
            self.live(merchant),
        )?;
        let currency = merchant.brand().currency;
        let mut all_orders = Sales::default();
        for row in orders {
            all_orders.add(row.conversions, row.currency, row.revenue_minor);
        }
        let ranking = Ranking { creators, campaigns, links: admitted, currency, is_whole: filter.is_of_all_links() };
        let (by_creator, by_campaign, by_link) = ranking.of(&span.traffic, before.as_ref().map(|span| &span.traffic));
        let now = self.now();
        Ok(Dashboard {
            period,
            compared,
            today: merchant.brand().zone.day_of(now),
            hour: merchant.brand().zone.hour_of(now),
            rolled_at: rollup.map(|rollup| rollup.rolled_at),
            before: before.as_ref().map(|span| total_of(&span.traffic)),
            commission_minor: span.commission(currency).map(|minor| {
                (minor, before.as_ref().and_then(|span| span.commission(currency)))
            }),
            points: span.points(period, currency),
            points_before: compared.zip(before.as_ref()).map_or_else(Vec::new, |(period, span)| span.points(period, currency)),
            creators: by_creator,
            campaigns: by_campaign,
            links: by_link,
            funnel: funnel.map(|steps| {
                let by_visit = filter.is_of_all_links().then(|| by_visit(&outcomes));
                funnel_of(&total, steps, by_visit)
            }),
            sources,
            evidence: filter.is_of_all_links().then(|| shares(&outcomes)),
            orders: all_orders,
            nobody: nobody(&outcomes),
            waiting,
            live,
            has_links: links.iter().any(|link| !link.is_direct),
            total,
        })
    }

    /// What happens now.
    pub async fn live(self, merchant: &Merchant) -> Result<Live, FlowError> {
        let (brand, now) = (merchant.id(), self.now());
        let ((latest_clicks, _), (_, clicks), latest_orders) = try_join!(
            self.store.latest_clicks(brand, now.plus_ms(-LATEST_MS), LATEST, 0),
            self.store.latest_clicks(brand, now.plus_ms(-LIVE_MS), 0, LIVE_MAX),
            self.store.latest_orders(brand, LATEST),
        )?;
        Ok(Live { clicks, latest_clicks, latest_orders })
    }

    /// Orders of a period that are credited to nobody for one reason, the latest first.
    pub async fn unattributed(
        self,
        merchant: &Merchant,
        period: Period,
        reason: Unattributed,
        limit: i64,
    ) -> Result<Vec<BriefOrder>, FlowError> {
        let zone = &merchant.brand().zone;
        let span = (zone.bounds(period.from).0, zone.bounds(period.to).1);
        Ok(self.store.unattributed_orders(merchant.id(), span, reason, limit).await?)
    }

    async fn span(
        self,
        merchant: &Merchant,
        period: Period,
        filter: &Filter,
        ids: &[LinkId],
    ) -> Result<Span, FlowError> {
        let brand = merchant.id();
        let some = (!filter.is_of_all_links()).then_some(ids);
        if let Some((kind, value)) = &filter.source {
            let source = (*kind, value.as_str());
            let (clicks_by_day, clicks_by_link) = try_join!(
                self.store.source_days(brand, period, source, some),
                self.store.source_links(brand, period, source, ids),
            )?;
            let traffic = Traffic { clicks_by_day, clicks_by_link, ..Traffic::default() };
            return Ok(Span { traffic, hours: None, commissions: None });
        }
        let traffic = async {
            Ok(match some {
                Some(ids) => self.store.traffic_of(brand, period, ids).await?,
                None => self.store.traffic(brand, period).await?,
            })
        };
        let hours = async {
            if !period.is_by_hour() {
                return Ok(None);
            }
            self.hours(merchant, period, some).await.map(Some)
        };
        let commissions = async {
            if filter.campaign.is_some() || filter.link.is_some() {
                return Ok::<_, FlowError>(None);
            }
            Ok(Some(self.store.commission_totals(brand, period, filter.creator.as_ref()).await?))
        };
        let (traffic, hours, commissions) = try_join!(traffic, hours, commissions)?;
        Ok(Span { traffic, hours, commissions })
    }

    /// Clicks by hour, and the orders that were placed in each.
    async fn hours(
        self,
        merchant: &Merchant,
        period: Period,
        some: Option<&[LinkId]>,
    ) -> Result<(Vec<HourClicks>, Vec<(Slot, Figures)>), FlowError> {
        let zone = &merchant.brand().zone;
        let (from, until) = (zone.bounds(period.from).0, zone.bounds(period.to).1);
        let (clicks, sales) = try_join!(
            self.store.hour_clicks(merchant.id(), period, some),
            self.store.sale_quarters(merchant.id(), from, until, some),
        )?;
        let mut slots: BTreeMap<Slot, Figures> = BTreeMap::new();
        for row in sales {
            let slot = Slot { day: zone.day_of(row.key), hour: Some(zone.hour_of(row.key)) };
            slots.entry(slot).or_default().sales.add(row.conversions, row.currency, row.revenue_minor);
        }
        Ok((clicks, slots.into_iter().collect()))
    }

    async fn sources(
        self,
        merchant: &Merchant,
        period: Period,
        some: Option<&[LinkId]>,
        clicks: i64,
    ) -> Result<Sources, FlowError> {
        let (mut totals, hours) = try_join!(
            self.store.source_totals(merchant.id(), period, some),
            self.store.hour_clicks(merchant.id(), period, some),
        )?;
        totals.sort_by(|a, b| (b.clicks.clicks, &a.value).cmp(&(a.clicks.clicks, &b.value)));
        let mut week = [[0; 24]; 7];
        let mut read = 0;
        for hour in hours {
            let (weekday, of_day) = (hour.day.weekday(), usize::try_from(hour.hour).unwrap_or(0).min(23));
            week[weekday][of_day] += hour.clicks.clicks;
            read += hour.clicks.clicks;
        }
        Ok(Sources { totals, week, unread: (clicks - read).max(0) })
    }

    async fn waiting(
        self,
        merchant: &Merchant,
        rollup: Option<&Rollup>,
        outcomes: &[(Outcome, i64)],
    ) -> Result<Waiting, FlowError> {
        let (counts, pixel) =
            try_join!(self.store.attention(merchant.id()), self.store.pixel_health(merchant.id()))?;
        let disputed = Outcome::Unattributed(Unattributed::Disputed);
        let last_seen = pixel.last_seen.into_iter().map(|(_, at)| at).max();
        let silent_until = self.now().plus_ms(-PIXEL_SILENCE_MS);
        Ok(Waiting {
            counts,
            disputed: outcomes.iter().filter(|(outcome, _)| *outcome == disputed).map(|(_, orders)| orders).sum(),
            payable: rollup.map(|rollup| rollup.payable.clone()).unwrap_or_default(),
            pixel_silent_since: last_seen.filter(|at| *at < silent_until),
        })
    }
}

impl Span {
    fn commission(&self, currency: Currency) -> Option<i64> {
        let totals = self.commissions.as_ref()?.iter().filter(|total| total.currency == currency);
        Some(totals.map(|total| total.amount_minor).sum())
    }

    fn points(&self, period: Period, currency: Currency) -> Vec<Point> {
        if let Some((clicks, sales)) = &self.hours {
            return by_hour(period, clicks, sales);
        }
        let commission = |day: Day| {
            let totals = self.commissions.as_ref()?.iter();
            let own = totals.filter(|total| total.day == day && total.currency == currency);
            Some(own.map(|total| total.amount_minor).sum())
        };
        let days = figures_by_day(&self.traffic, period).into_iter();
        days.map(|(day, figures)| Point {
            slot: Slot { day, hour: None },
            figures,
            commission_minor: commission(day),
        })
        .collect()
    }
}

fn by_hour(period: Period, clicks: &[HourClicks], sales: &[(Slot, Figures)]) -> Vec<Point> {
    let slots = period.days().flat_map(|day| (0..24).map(move |hour| Slot { day, hour: Some(hour) }));
    let mut figures: BTreeMap<Slot, Figures> = slots.map(|slot| (slot, Figures::default())).collect();
    for row in clicks {
        let slot = Slot { day: row.day, hour: i8::try_from(row.hour).ok() };
        figures.entry(slot).or_default().clicks.add(row.clicks);
    }
    for (slot, sold) in sales {
        figures.entry(*slot).or_default().add(sold);
    }
    figures.into_iter().map(|(slot, figures)| Point { slot, figures, commission_minor: None }).collect()
}

/// All of a period.
fn total_of(traffic: &Traffic) -> Figures {
    let mut total = Figures::default();
    for row in &traffic.clicks_by_day {
        total.clicks.add(row.clicks);
    }
    for row in &traffic.sales_by_day {
        total.sales.add(row.conversions, row.currency, row.revenue_minor);
    }
    total
}

/// What figures are ranked by.
struct Ranking<'a> {
    creators: Vec<Creator>,
    campaigns: Vec<Campaign>,
    links: Vec<&'a Link>,
    currency: Currency,
    /// Whether links without figures are listed too.
    is_whole: bool,
}

type Pair = (Figures, Figures);

impl Ranking<'_> {
    fn of(
        self,
        now: &Traffic,
        before: Option<&Traffic>,
    ) -> (Vec<Ranked<Creator>>, Vec<Ranked<Campaign>>, Vec<Ranked<Link>>) {
        let (of_link, of_link_before) = (figures_by_link(now), before.map(figures_by_link).unwrap_or_default());
        let (mut by_creator, mut by_campaign) = (BTreeMap::<_, Pair>::new(), BTreeMap::<_, Pair>::new());
        let mut by_link = Vec::new();
        for link in &self.links {
            let figures = of_link.get(&link.id).cloned().unwrap_or_default();
            let earlier = of_link_before.get(&link.id).cloned().unwrap_or_default();
            let creator = by_creator.entry(link.creator.clone()).or_default();
            creator.0.add(&figures);
            creator.1.add(&earlier);
            let campaign = by_campaign.entry(link.campaign.clone()).or_default();
            campaign.0.add(&figures);
            campaign.1.add(&earlier);
            if (self.is_whole && link.deleted_at.is_none() && !link.is_direct) || figures != Figures::default() {
                by_link.push((Some(Link::clone(link)), (figures, earlier)));
            }
        }
        let creators: BTreeMap<&CreatorId, &Creator> = self.creators.iter().map(|one| (&one.id, one)).collect();
        let campaigns: BTreeMap<&CampaignId, &Campaign> = self.campaigns.iter().map(|one| (&one.id, one)).collect();
        let by_creator = by_creator
            .into_iter()
            .map(|(id, pair)| (id.and_then(|id| creators.get(&id).map(|one| Creator::clone(one))), pair));
        let by_campaign = by_campaign
            .into_iter()
            .map(|(id, pair)| (id.and_then(|id| campaigns.get(&id).map(|one| Campaign::clone(one))), pair));
        let is_compared = before.is_some();
        (
            ranked(by_creator.collect(), self.currency, is_compared),
            ranked(by_campaign.collect(), self.currency, is_compared),
            ranked(by_link, self.currency, is_compared),
        )
    }
}

fn ranked<T>(rows: Vec<(Option<T>, Pair)>, currency: Currency, is_compared: bool) -> Vec<Ranked<T>> {
    let mut rows: Vec<Ranked<T>> = rows
        .into_iter()
        .map(|(item, (figures, before))| Ranked { item, figures, before: is_compared.then_some(before) })
        .collect();
    rows.sort_by_key(|row| super::rank(&row.figures, currency));
    rows
}

fn funnel_of(total: &Figures, steps: FunnelTotal, by_visit: Option<(i64, i64)>) -> Funnel {
    Funnel {
        clicks: total.clicks.unique_clicks,
        carts: steps.carts,
        checkouts: steps.checkouts,
        orders: by_visit.map_or(total.sales.conversions, |(visits, _)| visits),
        other_orders: by_visit.map(|(_, others)| others),
    }
}

/// Credited orders that a visit decided, and the others.
fn by_visit(outcomes: &[(Outcome, i64)]) -> (i64, i64) {
    let mut orders = (0, 0);
    for (outcome, count) in outcomes {
        match outcome {
            Outcome::Credited(kind, _) if kind.class() == EvidenceClass::Visit => orders.0 += count,
            Outcome::Credited(..) => orders.1 += count,
            Outcome::Unattributed(_) => {}
        }
    }
    orders
}

fn shares(outcomes: &[(Outcome, i64)]) -> EvidenceShares {
    let mut shares = EvidenceShares::default();
    let mut kinds: BTreeMap<EvidenceKind, i64> = BTreeMap::new();
    for (outcome, orders) in outcomes {
        let Outcome::Credited(kind, agreement) = outcome else { continue };
        *kinds.entry(*kind).or_default() += orders;
        match agreement {
            Agreement::Agree => shares.agree += orders,
            Agreement::Single => shares.single += orders,
            Agreement::Conflict => shares.conflict += orders,
        }
    }
    shares.kinds = kinds.into_iter().collect();
    shares.kinds.sort_by_key(|(kind, orders)| (core::cmp::Reverse(*orders), *kind));
    shares
}

fn nobody(outcomes: &[(Outcome, i64)]) -> Vec<(Unattributed, i64)> {
    let reason = |(outcome, orders): &(Outcome, i64)| match outcome {
        Outcome::Unattributed(reason) => Some((*reason, *orders)),
        Outcome::Credited(..) => None,
    };
    let mut reasons: Vec<_> = outcomes.iter().filter_map(reason).collect();
    reasons.sort_by_key(|(reason, orders)| (core::cmp::Reverse(*orders), *reason));
    reasons
}

/// Amounts in the brand's currency.
impl Figures {
    /// Revenue in one currency, minor units.
    pub fn revenue_minor(&self, currency: Currency) -> i64 {
        self.sales.revenue.get(&currency).copied().unwrap_or(0)
    }

    /// Revenue as an amount.
    pub fn revenue(&self, currency: Currency) -> Money {
        Money { minor: self.revenue_minor(currency), currency }
    }

    /// Whether there is nothing, bots included.
    pub fn is_empty(&self) -> bool {
        self.clicks == Clicks::default() && self.sales.conversions == 0 && self.sales.revenue.values().all(|minor| *minor == 0)
    }
}
