//! The buttons for the period and what it is compared with.

use domain::{
    period::{Comparison, Preset},
    time::Zone,
};
use leptos::prelude::*;

use super::asked::Asked;
use crate::{
    address::Address,
    format,
    language::{Message, t},
    period_choice::label_of,
};

/// The key that chooses a preset.
const fn key(preset: Preset) -> &'static str {
    match preset {
        Preset::Today => "d",
        Preset::Yesterday => "e",
        Preset::Last7Days => "w",
        Preset::Last30Days => "t",
        Preset::Last90Days => "q",
        Preset::LastYear => "y",
        Preset::ThisMonth => "m",
        Preset::LastMonth => "l",
    }
}

/// The period: presets as links, own days as a form.
pub(super) fn period(address: &Address, asked: &Asked, zone: &Zone) -> AnyView {
    let presets = Preset::ALL.map(|preset| {
        let href = address.with(&[("period", preset.as_str()), ("from", ""), ("to", "")]);
        let current = (asked.preset == Some(preset)).then_some("true");
        let shortcut = key(preset);
        view! {
            <a href=href aria-current=current data-key=shortcut data-keep-scroll="">
                <span>{label_of(preset).text()}</span><kbd>{shortcut.to_uppercase()}</kbd>
            </a>
        }
    });
    let kept = address
        .kept(&["period", "from", "to"])
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let days = asked.query.period;
    view! {
        <details class="choose">
            <summary class="button">{asked.label()}" ▾"</summary>
            <div class="popover menu">
                {presets.into_iter().collect_view()}
                <form method="get" action=address.path().to_owned() class="days">
                    {kept}
                    <label>{t!("period-from")} <input type="date" name="from" value=days.from.to_string() required="" /></label>
                    <label>{t!("period-to")} <input type="date" name="to" value=days.to.to_string() /></label>
                    <button type="submit">{t!("period-show")}</button>
                    <small class="subdued">{t!("period-zone", zone = zone.name().replace('_', " "))}</small>
                </form>
                <shortcut-switch data-label=t!("overview-single-keys")></shortcut-switch>
            </div>
        </details>
    }
    .into_any()
}

/// What it is compared with.
pub(super) fn comparison(address: &Address, asked: &Asked) -> AnyView {
    let label = |comparison| {
        Message(match comparison {
            Comparison::Previous => "overview-compare-previous",
            Comparison::Year => "overview-compare-year",
            Comparison::None => "overview-compare-none",
        })
    };
    let choices = Comparison::ALL.map(|comparison| {
        let current = (asked.query.comparison == comparison).then_some("true");
        let href = address.with(&[("compare", comparison.as_str())]);
        // One key takes the comparison away and brings it back.
        let is_next = match comparison {
            Comparison::Previous => asked.query.comparison == Comparison::None,
            Comparison::None => asked.query.comparison != Comparison::None,
            Comparison::Year => false,
        };
        view! { <a href=href aria-current=current data-key=is_next.then_some("x") data-keep-scroll=""><span>{label(comparison).text()}</span></a> }
    });
    let days = asked.query.comparison.period(asked.query.period).map(|days| {
        let text = t!(
            "overview-same-weekdays",
            from = format::first_date(days.from, days.to),
            to = format::full_date(days.to)
        );
        view! { <small class="subdued">{text}</small> }
    });
    view! {
        <details class="choose">
            <summary class="button">{label(asked.query.comparison).text()}" ▾"</summary>
            <div class="popover menu">{choices.into_iter().collect_view()}{days}</div>
        </details>
    }
    .into_any()
}
