//! The buttons for the period and what it is compared with.

use domain::{
    period::{Comparison, Preset},
    time::Zone,
};
use leptos::prelude::*;

use super::asked::Asked;
use crate::{address::Address, period_choice::label_of};

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
                    <label>"From" <input type="date" name="from" value=days.from.to_string() required="" /></label>
                    <label>"To" <input type="date" name="to" value=days.to.to_string() /></label>
                    <button type="submit">"Show these days"</button>
                    <small class="subdued">{format!("Days begin at midnight in {}.", zone.name().replace('_', " "))}</small>
                </form>
                <shortcut-switch data-label="Single-letter keys"></shortcut-switch>
            </div>
        </details>
    }
    .into_any()
}

/// What it is compared with.
pub(super) fn comparison(address: &Address, asked: &Asked) -> AnyView {
    let label = |comparison| match comparison {
        Comparison::Previous => "vs previous period",
        Comparison::Year => "vs a year ago",
        Comparison::None => "No comparison",
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
        view! { <a href=href aria-current=current data-key=is_next.then_some("x") data-keep-scroll=""><span>{label(comparison)}</span></a> }
    });
    let days = asked.query.comparison.period(asked.query.period).map(|days| {
        view! { <small class="subdued">{format!("{} – {}, the same weekdays", days.from.short(), days.to.short())}</small> }
    });
    view! {
        <details class="choose">
            <summary class="button">{label(asked.query.comparison)}" ▾"</summary>
            <div class="popover menu">{choices.into_iter().collect_view()}{days}</div>
        </details>
    }
    .into_any()
}
