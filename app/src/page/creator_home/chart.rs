//! Earnings by day, as bars, with the same figures as a table. Only shared earnings are in it, and its scale follows
//! from them alone.

use domain::{Money, time::Day};
use leptos::prelude::*;

use crate::{format, language::t};

/// Width of a day in the drawing's units, with the space before it.
const STEP: usize = 10;
/// Width of its bar.
const BAR: usize = 7;
/// Height of the highest bar.
const HEIGHT: i64 = 100;

/// The height of a bar; at least one unit if there is anything, none below zero.
fn height(minor: i64, most: i64) -> i64 {
    if minor <= 0 || most <= 0 {
        return 0;
    }
    let scaled = i128::from(minor) * i128::from(HEIGHT) / i128::from(most);
    i64::try_from(scaled).unwrap_or(HEIGHT).clamp(1, HEIGHT)
}

/// The chart; nothing if nothing was earned.
pub(super) fn card(days: &[(Day, Money)]) -> AnyView {
    let most = days.iter().map(|(_, earned)| earned.minor).max().unwrap_or(0);
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return ().into_any() };
    if most <= 0 {
        return ().into_any();
    }
    let total: i64 = days.iter().map(|(_, earned)| earned.minor).sum();
    let total = Money { minor: total, currency: first.1.currency };
    let bars = days
        .iter()
        .enumerate()
        .map(|(index, (day, earned))| {
            let height = height(earned.minor, most);
            let (x, y) = (index * STEP, HEIGHT - height);
            let label = t!("creator_home-chart-bar", day = format::date(*day), amount = format::amount(*earned));
            view! {
                <g>
                    <title>{label}</title>
                    <rect class="slot" x=x.to_string() y="0" width=STEP.to_string() height=HEIGHT.to_string()></rect>
                    <rect class="bar-fill" x=x.to_string() y=y.to_string() width=BAR.to_string() height=height.to_string() rx="1"></rect>
                </g>
            }
        })
        .collect_view();
    let rows = days
        .iter()
        .filter(|(_, earned)| earned.minor != 0)
        .map(|(day, earned)| view! { <tr><th scope="row">{format::date(*day)}</th><td class="number">{format::amount(*earned)}</td></tr> })
        .collect_view();
    let summary = t!("creator_home-chart-summary", total = format::amount(total), days = days.len());
    let view_box = format!("0 0 {} {HEIGHT}", days.len() * STEP);
    view! {
        <section class="card">
            <h2>{t!("creator_home-chart")}</h2>
            <p class="subdued">{summary.clone()}</p>
            <svg class="earning-bars" viewBox=view_box preserveAspectRatio="none" role="img" aria-label=summary>{bars}</svg>
            <p class="chart-ends subdued"><span>{format::date(first.0)}</span><span>{format::date(last.0)}</span></p>
            <details>
                <summary>{t!("creator_home-show-table")}</summary>
                <div class="table">
                    <table aria-label=t!("creator_home-chart-table")>
                        <thead><tr><th scope="col">{t!("creator_home-day")}</th><th scope="col" class="number">{t!("creator_home-earned-column")}</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_is_full_and_small_ones_are_seen() {
        assert_eq!(height(500, 500), HEIGHT);
        assert_eq!(height(250, 500), HEIGHT / 2);
        assert_eq!(height(1, 1_000_000), 1);
        assert_eq!((height(0, 500), height(-5, 500), height(5, 0)), (0, 0, 0));
        assert_eq!(height(i64::MAX, i64::MAX), HEIGHT);
    }
}
