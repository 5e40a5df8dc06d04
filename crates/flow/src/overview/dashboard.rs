//! Reading a brand's figures at a glance.

use domain::{
    LinkId,
    link::Link,
    outcome::{Outcome, Unattributed},
    report::{Sales, Traffic},
    time::{DAY_MS, Period},
};
use futures::try_join;
use store::{overview::BriefOrder, rollups::Rollup};

use super::{
    Figures,
    content::{Dashboard, DashboardQuery, LIVE_MAX, LIVE_MS, Live, Sources, Waiting},
    outcomes::{by_visit, funnel_of, nobody, shares},
    ranking::{Ranking, Rankings},
};
use crate::{FlowError, access::Merchant, stage::Reports};

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
        let Rankings { creators, campaigns, links: by_link } =
            ranking.of(&span.traffic, before.as_ref().map(|span| &span.traffic));
        let now = self.now();
        Ok(Dashboard {
            period,
            compared,
            today: merchant.brand().zone.day_of(now),
            hour: merchant.brand().zone.hour_of(now),
            rolled_at: rollup.map(|rollup| rollup.rolled_at),
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
            funnel: funnel.map(|steps| {
                let by_visit = filter.is_of_all_links().then(|| by_visit(&outcomes));
                funnel_of(&total, steps, by_visit)
            }),
            sources,
            evidence: (filter.is_of_all_links() && !is_of_source).then(|| shares(&outcomes)),
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

    async fn sources(
        self,
        merchant: &Merchant,
        period: Period,
        some: Option<&[LinkId]>,
        clicks: i64,
    ) -> Result<Sources, FlowError> {
        let (mut totals, hours) = try_join!(
            self.store.source_totals(merchant.id(), period, some),
            self.store.week_hours(merchant.id(), period, some),
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
        let (attention, pixel) = (self.store.attention(merchant.id()), self.store.pixel_health(merchant.id()));
        let questions = self.questions().open(merchant);
        let (counts, pixel, questions) = try_join!(
            async { Ok::<_, FlowError>(attention.await?) },
            async { Ok::<_, FlowError>(pixel.await?) },
            questions
        )?;
        let disputed = Outcome::Unattributed(Unattributed::Disputed);
        let last_seen = pixel.last_seen.into_iter().map(|(_, at)| at).max();
        let silent_until = self.now().plus_ms(-PIXEL_SILENCE_MS);
        Ok(Waiting {
            counts,
            disputed: outcomes.iter().filter(|(outcome, _)| *outcome == disputed).map(|(_, orders)| orders).sum(),
            payable: rollup.map(|rollup| rollup.payable.clone()).unwrap_or_default(),
            pixel_silent_since: last_seen.filter(|at| *at < silent_until),
            asked_about: questions.into_iter().map(|question| question.order).collect(),
        })
    }
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
