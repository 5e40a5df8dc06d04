//! Reading a brand's figures at a glance.

use domain::{
    LinkId, OrderId, UnixMs,
    campaign::Campaign,
    creator::Creator,
    link::Link,
    outcome::{Outcome, Unattributed},
    report::{SaleRow, Sales, Traffic},
    time::{DAY_MS, Day, Period},
};
use futures::try_join;
use store::{
    StoreError,
    overview::{Attention, BriefOrder, FunnelTotal, HourClicks, OverviewReads, SourceTotal},
    rollups::Rollup,
};

use super::{
    Figures,
    content::{Dashboard, DashboardQuery, Filter, LIVE_MAX, LIVE_MS, Live, Sources, Waiting},
    outcomes::{by_visit, funnel_of, nobody, shares},
    ranking::{Ranking, Rankings},
    span::Span,
};
use crate::{FlowError, access::Merchant, question, stage::Reports};

/// A silence of the pixel that is longer needs a person, in ms.
const PIXEL_SILENCE_MS: i64 = DAY_MS;
/// How far the live feed looks back for its clicks, in ms.
const LATEST_MS: i64 = 7 * DAY_MS;
/// Rows of the live feed, of each kind.
const LATEST: i64 = 6;

impl Reports<'_> {
    /// A brand's figures at a glance.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the filter names a creator, campaign or link that the brand does not have.
    pub async fn dashboard(self, merchant: &Merchant, query: &DashboardQuery) -> Result<Dashboard, FlowError> {
        let (figures, context, standing) =
            try_join!(self.figures(merchant, query), self.context(merchant, query), self.standing(merchant))?;
        let FiguresRead { creators, campaigns, links, span, orders, outcomes, steps } = figures;
        let Context { before, sources } = context;
        let (filter, period) = (&query.filter, query.period);
        let compared = query.comparison.period(period);
        let admitted: Vec<&Link> = links.iter().filter(|link| filter.admits(link)).collect();
        let total = total_of(&span.traffic);
        let sources = sources.map(|(totals, hours)| sources_of(totals, &hours, total.clicks.clicks));
        let waiting = self.waiting(&standing, &outcomes);
        let currency = merchant.brand().currency;
        let mut all_orders = Sales::default();
        for row in orders {
            all_orders.add(row.conversions, row.currency, row.revenue_minor);
        }
        let ranking = Ranking { creators, campaigns, links: admitted, currency, is_whole: filter.is_of_all_links() };
        let Rankings { creators, campaigns, links: by_link } =
            ranking.of(&span.traffic, before.as_ref().map(|span| &span.traffic));
        let now = self.now();
        Ok(Dashboard {
            period,
            compared,
            today: merchant.brand().zone.day_of(now),
            hour: merchant.brand().zone.hour_of(now),
            rolled_at: standing.rollup.map(|rollup| rollup.rolled_at),
            before: before.as_ref().map(|span| total_of(&span.traffic)),
            commission_minor: span
                .commission(currency)
                .map(|minor| (minor, before.as_ref().and_then(|span| span.commission(currency)))),
            points: span.points(period, currency),
            points_before: compared
                .zip(before.as_ref())
                .map_or_else(Vec::new, |(period, span)| span.points(period, currency)),
            creators,
            campaigns,
            links: by_link,
            funnel: steps.map(|steps| {
                let by_visit = filter.is_of_all_links().then(|| by_visit(&outcomes));
                funnel_of(&total, steps, by_visit)
            }),
            sources,
            evidence: (filter.is_of_all_links() && filter.source.is_none()).then(|| shares(&outcomes)),
            orders: all_orders,
            nobody: nobody(&outcomes),
            waiting,
            live: standing.live,
            has_links: links.iter().any(|link| !link.is_direct),
            total,
        })
    }

    /// What happens now.
    pub async fn live(self, merchant: &Merchant) -> Result<Live, FlowError> {
        let mut reads = self.store.overview(merchant.id()).await?;
        Ok(live(&mut *reads, self.now()).await?)
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

    /// Reads what must agree with each other: totals, what they are made of, and what became of the orders.
    async fn figures(self, merchant: &Merchant, query: &DashboardQuery) -> Result<FiguresRead, FlowError> {
        let mut reads = self.store.overview(merchant.id()).await?;
        let creators = reads.creators().await?;
        let campaigns = reads.campaigns().await?;
        let links = reads.links().await?;
        let (filter, period) = (&query.filter, query.period);
        let is_known = filter.creator.as_ref().is_none_or(|id| creators.iter().any(|creator| creator.id == *id))
            && filter.campaign.as_ref().is_none_or(|id| campaigns.iter().any(|campaign| campaign.id == *id))
            && filter.link.as_ref().is_none_or(|id| links.iter().any(|link| link.id == *id));
        if !is_known {
            return Err(FlowError::NotFound("creator, campaign or link"));
        }
        let ids = admitted_ids(&links, filter);
        let span = Span::read(&mut *reads, &merchant.brand().zone, period, filter, &ids).await?;
        let orders = reads.order_days(period).await?;
        let outcomes = reads.outcomes(period).await?;
        let steps = if filter.source.is_some() { None } else { Some(reads.funnel(period, filter.links(&ids)).await?) };
        Ok(FiguresRead { creators, campaigns, links, span, orders, outcomes, steps })
    }

    /// Reads what the figures are compared with, and where clicks come from.
    async fn context(self, merchant: &Merchant, query: &DashboardQuery) -> Result<Context, FlowError> {
        let mut reads = self.store.overview(merchant.id()).await?;
        let (filter, period) = (&query.filter, query.period);
        let ids = if *filter == Filter::default() { Vec::new() } else { admitted_ids(&reads.links().await?, filter) };
        let before = match query.comparison.period(period) {
            Some(compared) => Some(Span::read(&mut *reads, &merchant.brand().zone, compared, filter, &ids).await?),
            None => None,
        };
        let sources = if filter.source.is_some() {
            None
        } else {
            let some = filter.links(&ids);
            Some((reads.source_totals(period, some).await?, reads.week_hours(period, some).await?))
        };
        Ok(Context { before, sources })
    }

    /// Reads what is the same whatever is asked for.
    async fn standing(self, merchant: &Merchant) -> Result<Standing, FlowError> {
        let mut reads = self.store.overview(merchant.id()).await?;
        let rollup = reads.rollup().await?;
        let counts = reads.attention().await?;
        let pixel_seen = reads.pixel_health().await?.last_seen.into_iter().map(|(_, at)| at).max();
        let questions = reads.open_questions(question::LIST_MAX).await?;
        let live = live(&mut *reads, self.now()).await?;
        let asked_about = questions.into_iter().map(|question| question.order).collect();
        Ok(Standing { rollup, counts, pixel_seen, asked_about, live })
    }

    fn waiting(self, standing: &Standing, outcomes: &[(Outcome, i64)]) -> Waiting {
        let disputed = Outcome::Unattributed(Unattributed::Disputed);
        let silent_until = self.now().plus_ms(-PIXEL_SILENCE_MS);
        Waiting {
            counts: standing.counts,
            disputed: outcomes.iter().filter(|(outcome, _)| *outcome == disputed).map(|(_, orders)| orders).sum(),
            payable: standing.rollup.as_ref().map(|rollup| rollup.payable.clone()).unwrap_or_default(),
            pixel_silent_since: standing.pixel_seen.filter(|at| *at < silent_until),
            asked_about: standing.asked_about.clone(),
        }
    }
}

/// The figures that a query asks for, as of one instant.
struct FiguresRead {
    creators: Vec<Creator>,
    campaigns: Vec<Campaign>,
    links: Vec<Link>,
    span: Span,
    orders: Vec<SaleRow<Day>>,
    outcomes: Vec<(Outcome, i64)>,
    steps: Option<FunnelTotal>,
}

/// What the figures are compared with, and where clicks come from.
struct Context {
    before: Option<Span>,
    sources: Option<(Vec<SourceTotal>, Vec<HourClicks>)>,
}

/// What does not depend on the query.
struct Standing {
    rollup: Option<Rollup>,
    counts: Attention,
    pixel_seen: Option<UnixMs>,
    asked_about: Vec<OrderId>,
    live: Live,
}

fn admitted_ids(links: &[Link], filter: &Filter) -> Vec<LinkId> {
    links.iter().filter(|link| filter.admits(link)).map(|link| link.id.clone()).collect()
}

async fn live(reads: &mut dyn OverviewReads, now: UnixMs) -> Result<Live, StoreError> {
    let (latest_clicks, _) = reads.latest_clicks(now.plus_ms(-LATEST_MS), LATEST, 0).await?;
    let (_, clicks) = reads.latest_clicks(now.plus_ms(-LIVE_MS), 0, LIVE_MAX).await?;
    let latest_orders = reads.latest_orders(LATEST).await?;
    Ok(Live { clicks, latest_clicks, latest_orders })
}

/// `clicks` are those of the period.
fn sources_of(mut totals: Vec<SourceTotal>, hours: &[HourClicks], clicks: i64) -> Sources {
    totals.sort_by(|a, b| (b.clicks.clicks, &a.value).cmp(&(a.clicks.clicks, &b.value)));
    let mut week = [[0; 24]; 7];
    let mut read = 0;
    for hour in hours {
        let (weekday, of_day) = (hour.day.weekday(), usize::try_from(hour.hour).unwrap_or(0).min(23));
        week[weekday][of_day] += hour.clicks.clicks;
        read += hour.clicks.clicks;
    }
    Sources { totals, week, unread: (clicks - read).max(0) }
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
