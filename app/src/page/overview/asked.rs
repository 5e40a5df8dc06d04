//! What the page's address asks for.

use domain::{
    click_source::SourceKind,
    period::{Comparison, Preset},
    time::Period,
};
use flow::overview::{Dashboard, DashboardQuery, Filter};
use leptos::prelude::*;

use super::words::source_name;
use crate::{
    address::Address,
    format,
    language::{Message, t},
    period_choice::{PeriodChoice, label_of},
    request::BrandRequest,
};

/// Kinds of sources that a row can filter by.
pub(super) const SOURCES: [SourceKind; 4] =
    [SourceKind::Referrer, SourceKind::Country, SourceKind::Device, SourceKind::Browser];

/// What the chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Metric {
    Revenue,
    Orders,
    Clicks,
    Conversion,
    Commission,
}

impl Metric {
    pub(super) const ALL: [Self; 5] = [Self::Revenue, Self::Orders, Self::Clicks, Self::Conversion, Self::Commission];

    /// Its name in the address.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Orders => "orders",
            Self::Clicks => "clicks",
            Self::Conversion => "conversion",
            Self::Commission => "commission",
        }
    }

    /// What it is called.
    pub(super) const fn label(self) -> Message {
        Message(match self {
            Self::Revenue => "chart-revenue",
            Self::Orders => "chart-orders",
            Self::Clicks => "chart-clicks",
            Self::Conversion => "chart-conversion",
            Self::Commission => "overview-commission",
        })
    }
}

/// What is asked for.
pub(super) struct Asked {
    pub(super) query: DashboardQuery,
    /// The period's name, if it has one.
    pub(super) preset: Option<Preset>,
    pub(super) metric: Metric,
}

impl Asked {
    /// Reads the address. What cannot be read is as if it were absent.
    pub(super) fn of(request: &BrandRequest) -> Self {
        let address = &request.address;
        let PeriodChoice { period, preset } = PeriodChoice::of(request);
        let source = SOURCES.into_iter().find(|kind| address.has(kind.as_str()));
        let filter = Filter {
            creator: address.get("creator").parse().ok(),
            campaign: address.get("campaign").parse().ok(),
            link: address.get("link").parse().ok(),
            source: source.map(|kind| (kind, address.get(kind.as_str()).to_owned())),
        };
        let wanted = Metric::ALL.into_iter().find(|metric| metric.key() == address.get("metric"));
        let is_by_hour = period.is_by_hour();
        let is_known = |metric: &Metric| match metric {
            Metric::Clicks => true,
            Metric::Commission => {
                filter.source.is_none() && filter.campaign.is_none() && filter.link.is_none() && !is_by_hour
            }
            _ => filter.source.is_none(),
        };
        let metric = wanted.filter(is_known).or(Some(Metric::Revenue).filter(is_known)).unwrap_or(Metric::Clicks);
        let comparison = Comparison::parse(address.get("compare")).unwrap_or_default();
        Self { query: DashboardQuery { period, comparison, filter }, preset, metric }
    }

    /// The period's name.
    pub(super) fn label(&self) -> String {
        let Period { from, to } = self.query.period;
        self.preset.map_or_else(|| format::days(from, to), |preset| label_of(preset).text())
    }

    /// The period as a sentence says it: "in 30 days".
    pub(super) fn when(&self) -> String {
        let period = self.query.period;
        match self.preset {
            Some(Preset::Today) => t!("overview-when-today"),
            Some(Preset::Yesterday) => t!("overview-when-yesterday"),
            Some(Preset::ThisMonth) => t!("overview-when-this-month"),
            Some(Preset::LastMonth) => t!("overview-when-last-month"),
            Some(Preset::LastYear) => t!("overview-when-last-year"),
            Some(Preset::Last7Days | Preset::Last30Days | Preset::Last90Days) => {
                t!("overview-when-days", days = period.length())
            }
            None if period.length() == 1 => t!("overview-when-on", day = format::full_date(period.from)),
            None => {
                t!(
                    "overview-when-from-to",
                    from = format::first_date(period.from, period.to),
                    to = format::full_date(period.to)
                )
            }
        }
    }

    /// What is filtered by, each with a link that removes it.
    pub(super) fn chips(&self, address: &Address, found: &Dashboard) -> Option<AnyView> {
        let filter = &self.query.filter;
        let mut chips: Vec<(&'static str, String, String)> = Vec::new();
        if filter.creator.is_some() {
            let name = found.creators.iter().find_map(|row| row.item.as_ref().map(|creator| creator.name.clone()));
            chips.push(("creator", t!("overview-creator"), name.unwrap_or_else(|| t!("overview-without-links"))));
        }
        if filter.campaign.is_some() {
            let name = found.campaigns.iter().find_map(|row| row.item.as_ref().map(|campaign| campaign.name.clone()));
            chips.push(("campaign", t!("overview-campaign"), name.unwrap_or_else(|| t!("overview-without-links"))));
        }
        if filter.link.is_some() {
            let code = found.links.iter().find_map(|row| row.item.as_ref().map(|link| link.code.to_string()));
            chips.push(("link", t!("overview-link"), code.unwrap_or_else(|| t!("overview-without-figures"))));
        }
        if let Some((kind, value)) = &filter.source {
            chips.push((kind.as_str(), source_label(*kind).text(), source_name(*kind, value)));
        }
        let chips: Vec<_> = chips
            .into_iter()
            .map(|(key, label, value)| {
                let remove = t!("overview-remove-filter", label = &label, value = &value);
                let href = without(address, key);
                view! { <li><a class="chip" href=href aria-label=remove data-keep-scroll=""><b>{label}</b>" "{value}" ×"</a></li> }
            })
            .collect();
        (!chips.is_empty())
            .then(|| view! { <ul class="chips" aria-label=t!("overview-filters")>{chips}</ul> }.into_any())
    }
}

/// The label of a kind of source.
pub(super) const fn source_label(kind: SourceKind) -> Message {
    Message(match kind {
        SourceKind::Referrer => "overview-came-from",
        SourceKind::Country => "overview-country",
        SourceKind::Device => "overview-device",
        SourceKind::Browser => "overview-browser",
        SourceKind::Hour => "overview-hour",
    })
}

fn without(address: &Address, key: &str) -> String {
    address.with(&[(key, "")])
}
