//! Figures of one period: in all, and by day or hour.

use std::collections::BTreeMap;

use domain::{
    Currency, LinkId, Money,
    report::{Clicks, Traffic},
    time::{Day, Period, Zone},
};
use store::{
    StoreError,
    overview::{CommissionTotal, HourClicks, OverviewReads},
};

use super::{
    Figures,
    content::{Filter, Point, Slot},
    figures_by_day,
};

/// The hours of a short period: clicks, and figures of the orders placed in each.
struct Hours {
    clicks: Vec<HourClicks>,
    sales: Vec<(Slot, Figures)>,
}

impl Hours {
    async fn read(
        reads: &mut dyn OverviewReads,
        zone: &Zone,
        period: Period,
        some: Option<&[LinkId]>,
    ) -> Result<Self, StoreError> {
        let (from, until) = (zone.bounds(period.from).0, zone.bounds(period.to).1);
        let clicks = reads.hour_clicks(period, some).await?;
        let mut slots: BTreeMap<Slot, Figures> = BTreeMap::new();
        for row in reads.sale_quarters(from, until, some).await? {
            let slot = Slot { day: zone.day_of(row.key), hour: Some(zone.hour_of(row.key)) };
            slots.entry(slot).or_default().sales.add(row.conversions, row.currency, row.revenue_minor);
        }
        Ok(Self { clicks, sales: slots.into_iter().collect() })
    }
}

/// The parts that describe one period.
pub(super) struct Span {
    pub(super) traffic: Traffic,
    hours: Option<Hours>,
    commissions: Option<Vec<CommissionTotal>>,
}

impl Span {
    /// Reads one period. `ids` are the links that the filter admits.
    pub(super) async fn read(
        reads: &mut dyn OverviewReads,
        zone: &Zone,
        period: Period,
        filter: &Filter,
        ids: &[LinkId],
    ) -> Result<Self, StoreError> {
        let some = filter.links(ids);
        if let Some((kind, value)) = &filter.source {
            let source = (*kind, value.as_str());
            let clicks_by_day = reads.source_days(period, source, some).await?;
            let clicks_by_link = reads.source_links(period, source, ids).await?;
            let traffic = Traffic { clicks_by_day, clicks_by_link, ..Traffic::default() };
            return Ok(Self { traffic, hours: None, commissions: None });
        }
        let traffic = reads.traffic(period, some).await?;
        let hours = if period.is_by_hour() { Some(Hours::read(reads, zone, period, some).await?) } else { None };
        let commissions = if filter.campaign.is_none() && filter.link.is_none() {
            Some(reads.commission_totals(period, filter.creator.as_ref()).await?)
        } else {
            None
        };
        Ok(Self { traffic, hours, commissions })
    }

    /// What commissions gained; `None` where that is not known.
    pub(super) fn commission(&self, currency: Currency) -> Option<i64> {
        let totals = self.commissions.as_ref()?.iter().filter(|total| total.currency == currency);
        Some(totals.map(|total| total.amount_minor).sum())
    }

    /// By hours or days.
    pub(super) fn points(&self, period: Period, currency: Currency) -> Vec<Point> {
        if let Some(Hours { clicks, sales }) = &self.hours {
            return by_hour(period, clicks, sales);
        }
        let commission = |day: Day| {
            let totals = self.commissions.as_ref()?.iter();
            let own = totals.filter(|total| total.day == day && total.currency == currency);
            Some(own.map(|total| total.amount_minor).sum())
        };
        let days = figures_by_day(&self.traffic, period).into_iter();
        days.map(|(day, figures)| Point { slot: Slot { day, hour: None }, figures, commission_minor: commission(day) })
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
        self.clicks == Clicks::default()
            && self.sales.conversions == 0
            && self.sales.revenue.values().all(|minor| *minor == 0)
    }
}
