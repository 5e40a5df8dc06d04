//! Figures in a period: tiles, and a chart of clicks by day with its table.

use domain::{Currency, time::Day};
use flow::overview::Figures;
use leptos::prelude::*;

use crate::{
    chart::{AreaChart, labelled, ticks},
    component::{tile, tiles},
    format,
    language::t,
};

/// The tiles of some figures: revenue, orders, clicks, conversion.
pub(crate) fn figure_tiles(figures: &Figures, currency: Currency) -> AnyView {
    let clicks = figures.clicks;
    let unique = t!("chart-unique", unique = clicks.unique_clicks, bots = clicks.bot_clicks);
    tiles(vec![
        tile(t!("chart-revenue"), format::revenue(figures, currency), t!("chart-after-refunds")),
        tile(t!("chart-orders"), format::count(figures.sales.conversions), ""),
        tile(t!("chart-clicks"), format::count(clicks.clicks), unique),
        tile(t!("chart-conversion"), format::conversion_rate(figures), t!("chart-per-click")),
    ])
}

/// Clicks by day as a chart; clicks, orders and revenue in its table. `today` is not over.
pub(crate) fn clicks_by_day(days: &[(Day, Figures)], today: Day, label: &str, currency: Currency) -> AnyView {
    let values: Vec<i64> = days.iter().map(|(_, figures)| figures.clicks.clicks).collect();
    let scale = ticks(values.iter().copied().max().unwrap_or(0), 4, 1);
    let top = scale.last().copied().unwrap_or(1);
    let count = |wanted: fn(&Day, &Day) -> bool| days.iter().filter(|(day, _)| wanted(day, &today)).count();
    let (unfinished, future) = (count(Day::eq), count(|day, today| day > today));
    let label = t!("chart-clicks-by-day-label", period = label);
    let picture = AreaChart { label, values: &values, before: &[], unfinished, future, top }.view();
    let y_labels = scale.iter().rev().map(|tick| view! { <span>{format::count(*tick)}</span> }).collect_view();
    let x_labels = labelled(days.len(), 5).into_iter().filter_map(|index| days.get(index));
    let x_labels = x_labels.map(|(day, _)| view! { <span>{format::date(*day)}</span> }).collect_view();
    let rows = days.iter().map(|(day, figures)| {
        view! {
            <tr>
                <th scope="row">{format::date(*day)}</th>
                <td class="number">{format::count(figures.clicks.clicks)}</td>
                <td class="number">{format::count(figures.sales.conversions)}</td>
                <td class="number">{format::revenue(figures, currency)}</td>
            </tr>
        }
    });
    view! {
        <section class="card figures">
            <h2 class="inset">{t!("chart-clicks-by-day")}</h2>
            <chart-cursor class="chart" data-future=future.to_string()>
                <div class="scale" aria-hidden="true">{y_labels}</div>
                <div class="plot" tabindex="0" role="group" aria-label=t!("chart-keys")>{picture}</div>
                <div class="axis" aria-hidden="true">{x_labels}</div>
                <details class="values">
                    <summary>{t!("chart-show-table")}</summary>
                    <div class="scroll" tabindex="0" role="region" aria-label=t!("chart-values")>
                        <table>
                            <thead>
                                <tr>
                                    <th scope="col">{t!("chart-day")}</th>
                                    <th scope="col" class="number">{t!("chart-clicks")}</th>
                                    <th scope="col" class="number">{t!("chart-orders")}</th>
                                    <th scope="col" class="number">{t!("chart-revenue")}</th>
                                </tr>
                            </thead>
                            <tbody>{rows.collect_view()}</tbody>
                        </table>
                    </div>
                </details>
            </chart-cursor>
        </section>
    }
    .into_any()
}
