//! The period of a page's figures: in the address, and chosen from a menu beside the heading.

use domain::{
    period::Preset,
    time::{Day, Period},
};
use leptos::prelude::*;

use crate::{
    format,
    language::{Message, t},
    request::BrandRequest,
};

/// The chosen period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PeriodChoice {
    /// Its days.
    pub(crate) period: Period,
    /// The preset it was chosen by, unless it was chosen by its days.
    pub(crate) preset: Option<Preset>,
}

/// What a preset is called.
pub(crate) const fn label_of(preset: Preset) -> Message {
    Message(match preset {
        Preset::Today => "period-today",
        Preset::Yesterday => "period-yesterday",
        Preset::Last7Days => "period-last-7-days",
        Preset::Last30Days => "period-last-30-days",
        Preset::Last90Days => "period-last-90-days",
        Preset::LastYear => "period-last-year",
        Preset::ThisMonth => "period-this-month",
        Preset::LastMonth => "period-last-month",
    })
}

impl PeriodChoice {
    /// Reads the address; a period of its own if it names none.
    pub(crate) fn or(request: &BrandRequest, own: Option<Period>) -> Self {
        match own {
            Some(period) if !request.address.has("from") && !request.address.has("period") => {
                Self { period, preset: None }
            }
            _ => Self::of(request),
        }
    }

    /// Reads the address. What cannot be read is as if it were absent.
    pub(crate) fn of(request: &BrandRequest) -> Self {
        let address = &request.address;
        let today = request.flow.reports().today(request.caller.brand());
        if let Some(from) = Day::parse(address.get("from")) {
            let to = Day::parse(address.get("to")).unwrap_or(today);
            return Self { period: Period::between(from, to), preset: None };
        }
        let preset = Preset::parse(address.get("period")).unwrap_or(Preset::Last30Days);
        Self { period: preset.period(today), preset: Some(preset) }
    }

    /// Its name: "Last 30 days", or its days.
    pub(crate) fn label(&self) -> String {
        let Period { from, to } = self.period;
        self.preset.map_or_else(|| format::days(from, to), |preset| label_of(preset).text())
    }

    /// The menu: presets as links, own days as a form.
    pub(crate) fn menu(&self, request: &BrandRequest) -> AnyView {
        let address = &request.address;
        let presets = Preset::ALL.map(|preset| {
            let href = address.with(&[("period", preset.as_str()), ("from", ""), ("to", "")]);
            let current = (self.preset == Some(preset)).then_some("true");
            view! { <a href=href aria-current=current data-keep-scroll="">{label_of(preset).text()}</a> }
        });
        let kept = address.kept(&["period", "from", "to"]);
        let kept = kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        let zone = request.caller.brand().zone.name().replace('_', " ");
        view! {
            <details class="choose">
                <summary class="button">{self.label()}" ▾"</summary>
                <div class="popover menu">
                    {presets.into_iter().collect_view()}
                    <form method="get" action=address.path().to_owned() class="days">
                        {kept.collect_view()}
                        <label>{t!("period-from")} <input type="date" name="from" value=self.period.from.to_string() required="" /></label>
                        <label>{t!("period-to")} <input type="date" name="to" value=self.period.to.to_string() /></label>
                        <button type="submit">{t!("period-show")}</button>
                        <small class="subdued">{t!("period-zone", zone = zone)}</small>
                    </form>
                </div>
            </details>
        }
        .into_any()
    }
}
