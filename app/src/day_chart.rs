//! Figures in a period: tiles, and a chart of clicks by day with its table.

use domain::{Currency, time::Day};
use flow::overview::Figures;
use leptos::prelude::*;

use crate::{
    chart::{AreaChart, labelled, ticks},
    component::{tile, tiles},
    format,
};

/// The tiles of some figures: revenue, orders, clicks, conversion.
pub(crate) fn figure_tiles(figures: &Figures, currency: Currency) -> AnyView {
    let clicks = figures.clicks;
    let bots = match clicks.bot_clicks {
        0 => String::new(),
        1 => ", and 1 by a bot".to_owned(),
        count => format!(", and {} by bots", format::count(count)),
    };
    tiles(vec![
        tile("Revenue", format::revenue(figures, currency), "after refunds"),
        tile("Orders", format::count(figures.sales.conversions), ""),
        tile("Clicks", format::count(clicks.clicks), format!("{} unique{bots}", format::count(clicks.unique_clicks))),
        tile("Conversion", format::conversion_rate(figures), "orders per unique click"),
    ])
}

/// Clicks by day as a chart; clicks, orders and revenue in its table. `today` is not over.
pub(crate) fn clicks_by_day(days: &[(Day, Figures)], today: Day, label: &str, currency: Currency) -> AnyView {
    let values: Vec<i64> = days.iter().map(|(_, figures)| figures.clicks.clicks).collect();
    let scale = ticks(values.iter().copied().max().unwrap_or(0), 4, 1);
    let top = scale.last().copied().unwrap_or(1);
    let count = |wanted: fn(&Day, &Day) -> bool| days.iter().filter(|(day, _)| wanted(day, &today)).count();
    let (unfinished, future) = (count(Day::eq), count(|day, today| day > today));
    let label = format!("Clicks by day, {label}. The values stand in the table below.");
    let picture = AreaChart { label, values: &values, before: &[], unfinished, future, top }.view();
    let y_labels = scale.iter().rev().map(|tick| view! { <span>{format::count(*tick)}</span> }).collect_view();
    let x_labels = labelled(days.len(), 5).into_iter().filter_map(|index| days.get(index));
    let x_labels = x_labels.map(|(day, _)| view! { <span>{day.short()}</span> }).collect_view();
    let rows = days.iter().map(|(day, figures)| {
        view! {
            <tr>
                <th scope="row">{day.short()}</th>
                <td class="number">{format::count(figures.clicks.clicks)}</td>
                <td class="number">{format::count(figures.sales.conversions)}</td>
                <td class="number">{format::revenue(figures, currency)}</td>
            </tr>
        }
    });
    view! {
        <section class="card figures">
            <h2 class="inset">"Clicks by day"</h2>
            <chart-cursor class="chart" data-future=future.to_string()>
                <div class="scale" aria-hidden="true">{y_labels}</div>
                <div class="plot" tabindex="0" role="group" aria-label="Arrow keys move through the chart.">{picture}</div>
                <div class="axis" aria-hidden="true">{x_labels}</div>
                <details class="values">
                    <summary>"Show as table"</summary>
                    <div class="scroll" tabindex="0" role="region" aria-label="Values of the chart">
                        <table>
                            <thead>
                                <tr>
                                    <th scope="col">"Day"</th>
                                    <th scope="col" class="number">"Clicks"</th>
                                    <th scope="col" class="number">"Orders"</th>
                                    <th scope="col" class="number">"Revenue"</th>
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
