//! Figures of one period: in all, and by day or hour.

use std::collections::BTreeMap;

use domain::{
    Currency, LinkId, Money,
    report::{Clicks, Traffic},
    time::{Day, Period},
};
use futures::try_join;
use store::overview::{CommissionTotal, HourClicks};

use super::{
    Figures,
    content::{Filter, Point, Slot},
    figures_by_day,
};
use crate::{FlowError, access::Merchant, stage::Reports};

/// The hours of a short period: clicks, and figures of the orders placed in each.
struct Hours {
    clicks: Vec<HourClicks>,
    sales: Vec<(Slot, Figures)>,
}

/// The parts that describe one period.
pub(super) struct Span {
    pub(super) traffic: Traffic,
    hours: Option<Hours>,
    commissions: Option<Vec<CommissionTotal>>,
}

impl Reports<'_> {
    /// Reads one period. `ids` are the links that the filter admits.
    pub(super) async fn span(
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
    async fn hours(self, merchant: &Merchant, period: Period, some: Option<&[LinkId]>) -> Result<Hours, FlowError> {
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
        Ok(Hours { clicks, sales: slots.into_iter().collect() })
    }
}

impl Span {
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
