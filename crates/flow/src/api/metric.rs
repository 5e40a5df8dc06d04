//! Metrics: the figures of the pages, grouped as a program asks.

use std::collections::BTreeMap;

use domain::{
    Currency,
    model::Model,
    report::{Clicks, Sales},
    time::{Day, Period},
};
pub use store::metrics::{MetricFilter, MetricGroup};

use crate::{FlowError, access::Merchant, stage::Api};

/// Figures of one group, or of all together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metric {
    /// The group: an id or name, a day such as `2026-11-26`; `None` for links without one.
    pub key: Option<String>,
    /// Clicks. None by currency.
    pub clicks: Clicks,
    /// Credited orders and their revenue.
    pub sales: Sales,
    /// All orders and their revenue, credited or not; only without a creator or campaign, by day, by currency, or of all
    /// together.
    pub orders: Option<Sales>,
}

/// The figures of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// By group, in the order of their keys.
    pub groups: Vec<Metric>,
    /// All together.
    pub total: Metric,
}

impl Api<'_> {
    /// The figures of a period by group, from daily totals.
    pub async fn metrics(
        self,
        merchant: &Merchant,
        period: Period,
        group: MetricGroup,
        filter: &MetricFilter,
    ) -> Result<Metrics, FlowError> {
        let brand = merchant.id();
        let mut groups: BTreeMap<Option<String>, Metric> = BTreeMap::new();
        let mut total = Metric::default();
        for row in self.store.click_metrics(brand, period, group, filter).await? {
            total.clicks.add(row.clicks);
            if group != MetricGroup::Currency {
                groups.entry(shown(group, row.key)).or_default().clicks.add(row.clicks);
            }
        }
        for row in self.store.sale_metrics(brand, period, group, filter).await? {
            total.sales.add(row.conversions, row.currency, row.revenue_minor);
            let metric = groups.entry(shown(group, row.key)).or_default();
            metric.sales.add(row.conversions, row.currency, row.revenue_minor);
        }
        if filter.creator.is_none() && filter.campaign.is_none() {
            let mut orders = Sales::default();
            let has_orders = matches!(group, MetricGroup::Day | MetricGroup::Currency);
            let wanted = |currency: Currency| filter.currency.is_none_or(|only| only == currency);
            for row in self.store.order_days(brand, period).await?.into_iter().filter(|row| wanted(row.currency)) {
                orders.add(row.conversions, row.currency, row.revenue_minor);
                if has_orders {
                    let key = if group == MetricGroup::Day { row.key.to_string() } else { row.currency.to_string() };
                    let metric = groups.entry(Some(key)).or_default();
                    metric.orders.get_or_insert_default().add(row.conversions, row.currency, row.revenue_minor);
                }
            }
            if has_orders {
                for metric in groups.values_mut() {
                    metric.orders.get_or_insert_default();
                }
            }
            total.orders = Some(orders);
        }
        let groups = groups.into_iter().map(|(key, metric)| Metric { key, ..metric }).collect();
        Ok(Metrics { groups, total })
    }

    /// What a model assigns to each creator in a period, as the models page shows it: no clicks, and as conversions the
    /// orders whose last touchpoint is the creator's.
    pub async fn model_metrics(
        self,
        merchant: &Merchant,
        period: Period,
        model: Model,
        filter: &MetricFilter,
    ) -> Result<Metrics, FlowError> {
        let mut groups: BTreeMap<Option<String>, Metric> = BTreeMap::new();
        let mut total = Metric::default();
        for row in self.store.model_totals(merchant.id(), period).await? {
            let is_creator = filter.creator.is_none() || row.creator == filter.creator;
            if !is_creator || filter.currency.is_some_and(|only| only != row.currency) {
                continue;
            }
            let minor = row.amounts_minor[model];
            total.sales.add(row.conversions, row.currency, minor);
            let key = row.creator.map(|creator| creator.to_string());
            groups.entry(key).or_default().sales.add(row.conversions, row.currency, minor);
        }
        let groups = groups.into_iter().map(|(key, metric)| Metric { key, ..metric }).collect();
        Ok(Metrics { groups, total })
    }
}

/// A key as it is shown: the stored number of a day becomes its date.
fn shown(group: MetricGroup, key: Option<String>) -> Option<String> {
    match (group, key) {
        (MetricGroup::Day, Some(number)) => Some(number.parse().map_or(number, |day| Day(day).to_string())),
        (_, key) => key,
    }
}
