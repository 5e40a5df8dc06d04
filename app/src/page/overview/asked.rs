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

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Revenue => "Revenue",
            Self::Orders => "Orders",
            Self::Clicks => "Clicks",
            Self::Conversion => "Conversion",
            Self::Commission => "Commission owed",
        }
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
        self.preset.map_or_else(|| self.days(), |preset| label_of(preset).text())
    }

    fn days(&self) -> String {
        let Period { from, to } = self.query.period;
        if from == to { from.short() } else { format!("{} – {}", from.short(), to.short()) }
    }

    /// The period as a sentence says it: "in 30 days".
    pub(super) fn when(&self) -> String {
        match self.preset {
            Some(Preset::Today) => "today".to_owned(),
            Some(Preset::Yesterday) => "yesterday".to_owned(),
            Some(Preset::ThisMonth) => "this month".to_owned(),
            Some(Preset::LastMonth) => "last month".to_owned(),
            Some(Preset::LastYear) => "in 12 months".to_owned(),
            Some(_) => format!("in {} days", self.query.period.length()),
            None if self.query.period.length() == 1 => format!("on {}", self.query.period.from.short()),
            None => format!("from {} to {}", self.query.period.from.short(), self.query.period.to.short()),
        }
    }

    /// What is filtered by, each with a link that removes it.
    pub(super) fn chips(&self, address: &Address, found: &Dashboard) -> Option<AnyView> {
        let filter = &self.query.filter;
        let mut chips: Vec<(&'static str, &'static str, String)> = Vec::new();
        if filter.creator.is_some() {
            let name = found.creators.iter().find_map(|row| row.item.as_ref().map(|creator| creator.name.clone()));
            chips.push(("creator", "Creator", name.unwrap_or_else(|| "Without links".to_owned())));
        }
        if filter.campaign.is_some() {
            let name = found.campaigns.iter().find_map(|row| row.item.as_ref().map(|campaign| campaign.name.clone()));
            chips.push(("campaign", "Campaign", name.unwrap_or_else(|| "Without links".to_owned())));
        }
        if filter.link.is_some() {
            let code = found.links.iter().find_map(|row| row.item.as_ref().map(|link| link.code.to_string()));
            chips.push(("link", "Link", code.unwrap_or_else(|| "Without figures".to_owned())));
        }
        if let Some((kind, value)) = &filter.source {
            chips.push((kind.as_str(), source_label(*kind), source_name(*kind, value)));
        }
        let chips: Vec<_> = chips
            .into_iter()
            .map(|(key, label, value)| {
                let remove = format!("Remove filter {label}: {value}");
                let href = without(address, key);
                view! { <li><a class="chip" href=href aria-label=remove data-keep-scroll=""><b>{label}</b>" "{value}" ×"</a></li> }
            })
            .collect();
        (!chips.is_empty()).then(|| view! { <ul class="chips" aria-label="Filters">{chips}</ul> }.into_any())
    }
}

/// The label of a kind of source.
pub(super) const fn source_label(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Referrer => "Came from",
        SourceKind::Country => "Country",
        SourceKind::Device => "Device",
        SourceKind::Browser => "Browser",
        SourceKind::Hour => "Hour",
    }
}

fn without(address: &Address, key: &str) -> String {
    address.with(&[(key, "")])
}
