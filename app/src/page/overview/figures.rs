//! The card of the figures: tiles that choose, and the chart.

use domain::Currency;
use flow::overview::{Compared, Dashboard, Figures, Point, Slot};
use leptos::prelude::*;

use super::{
    asked::{Asked, Metric},
    words::{Change, change, rate_change, tick, whole, whole_percent},
};
use crate::{
    address::Address,
    chart::{AreaChart, labelled, sparkline, ticks},
    format, icon,
    language::{Message, t},
    table::{Cell, Column, Row, Table},
};

type Words = Option<Result<Change, Message>>;

/// What a metric is at one point, in its own unit: minor units, a count, or basis points.
fn value(metric: Metric, figures: &Figures, commission_minor: Option<i64>, currency: Currency) -> i64 {
    match metric {
        Metric::Revenue => figures.revenue_minor(currency),
        Metric::Orders => figures.sales.conversions,
        Metric::Clicks => figures.clicks.clicks,
        Metric::Conversion => figures.conversion_rate_bp().unwrap_or(0),
        Metric::Commission => commission_minor.unwrap_or(0),
    }
}

fn values(metric: Metric, points: &[Point], currency: Currency) -> Vec<i64> {
    points.iter().map(|point| value(metric, &point.figures, point.commission_minor, currency)).collect()
}

/// A value exactly.
fn exact(metric: Metric, value: i64, currency: Currency) -> String {
    match metric {
        Metric::Revenue | Metric::Commission => format::money(value, currency),
        Metric::Orders | Metric::Clicks => format::count(value),
        Metric::Conversion => format::percent(value),
    }
}

/// A value as short as it can be read.
fn brief(metric: Metric, value: i64, currency: Currency) -> String {
    match metric {
        Metric::Revenue | Metric::Commission => whole(value, currency),
        _ => exact(metric, value, currency),
    }
}

/// A value at a line of the scale.
fn on_scale(metric: Metric, value: i64, currency: Currency) -> String {
    match metric {
        Metric::Revenue | Metric::Commission => tick(value, currency),
        Metric::Conversion => whole_percent(value / 100),
        Metric::Orders | Metric::Clicks => exact(metric, value, currency),
    }
}

/// How revenue changed.
pub(super) fn revenue_change(found: &Dashboard, currency: Currency) -> Words {
    metric_change(Metric::Revenue, found, currency)
}

fn metric_change(metric: Metric, found: &Dashboard, currency: Currency) -> Words {
    let Compared { now, before, commission_minor } = found.compared_figures()?;
    let orders = (now.sales.conversions, before.sales.conversions);
    let clicks = (now.clicks.clicks, before.clicks.clicks);
    match metric {
        Metric::Revenue => change(now.revenue_minor(currency), before.revenue_minor(currency), orders),
        Metric::Orders => change(orders.0, orders.1, orders),
        Metric::Clicks => change(clicks.0, clicks.1, clicks),
        Metric::Conversion => rate_change(now.conversion_rate_bp(), before.conversion_rate_bp(), orders),
        Metric::Commission => {
            let (now, before) = commission_minor?;
            change(now, before, orders)
        }
    }
}

/// A change with its mark and words; nothing if there is none to speak of.
pub(super) fn delta(change: Words) -> AnyView {
    match change {
        Some(Ok(change)) => {
            let label = change.words();
            let class = format!("delta {}", change.tone());
            view! { <span class=class><span aria-hidden="true">{change.mark()}</span><span class="hidden">{label}</span></span> }
                .into_any()
        }
        Some(Err(word)) => view! { <span class="delta subdued">{word.text()}</span> }.into_any(),
        None => ().into_any(),
    }
}

/// Tiles and chart.
pub(super) fn card(address: &Address, asked: &Asked, found: &Dashboard, currency: Currency) -> AnyView {
    let tiles =
        Metric::ALL.into_iter().filter_map(|metric| tile(address, asked, found, currency, metric)).collect_view();
    view! {
        <section class="card figures" aria-label=t!("overview-figures")>
            <ul class="metrics">{tiles}</ul>
            {chart(address, asked, found, currency)}
        </section>
    }
    .into_any()
}

fn tile(address: &Address, asked: &Asked, found: &Dashboard, currency: Currency, metric: Metric) -> Option<AnyView> {
    let total = match metric {
        Metric::Clicks => Some(found.total.clicks.clicks),
        _ if asked.query.filter.source.is_some() => None,
        Metric::Conversion => Some(found.total.conversion_rate_bp().unwrap_or(-1)),
        Metric::Commission => found.commission_minor.map(|(minor, _)| minor),
        _ => Some(value(metric, &found.total, None, currency)),
    }?;
    let (text, title) = if total < 0 && metric == Metric::Conversion {
        ("–".to_owned(), t!("overview-no-unique-clicks"))
    } else {
        (brief(metric, total, currency), exact(metric, total, currency))
    };
    let is_chosen = asked.metric == metric;
    let has_chart = metric != Metric::Commission || !asked.query.period.is_by_hour();
    let others = other_currencies(metric, &found.total, currency);
    let body = view! {
        <span class="name">{metric.label().text()}</span>
        <span class="value" title=title>{text}</span>
        {others}
        {delta(metric_change(metric, found, currency))}
        {has_chart.then(|| sparkline(&values(metric, &found.points, currency)))}
    };
    Some(if has_chart {
        let href = address.with(&[("metric", metric.key())]);
        view! { <li><a class="metric" href=href aria-current=is_chosen.then_some("true") data-keep-scroll="">{body}</a></li> }
            .into_any()
    } else {
        view! { <li><div class="metric">{body}</div></li> }.into_any()
    })
}

/// Revenue in other currencies, which is never added to the brand's.
fn other_currencies(metric: Metric, total: &Figures, currency: Currency) -> Option<AnyView> {
    if metric != Metric::Revenue {
        return None;
    }
    let others: Vec<String> = total
        .sales
        .amounts(currency)
        .into_iter()
        .filter(|amount| amount.currency != currency)
        .map(|amount| format!("+ {}", format::amount(amount)))
        .collect();
    (!others.is_empty()).then(|| view! { <span class="others">{others.join(" ")}</span> }.into_any())
}

/// The full hour: "14:00".
fn time(hour: i8) -> String {
    format!("{hour:02}:00")
}

fn slot_label(slot: Slot) -> String {
    match slot.hour {
        Some(hour) => t!("format-moment", date = format::date(slot.day), time = time(hour)),
        None => format::date(slot.day),
    }
}

fn axis_label(slot: Slot) -> String {
    slot.hour.filter(|hour| *hour > 0).map_or_else(|| format::date(slot.day), time)
}

/// How many of the last points are not over, and how many have not begun.
fn open_points(found: &Dashboard) -> (usize, usize) {
    let is_future = |point: &&Point| match point.slot.hour {
        Some(hour) => (point.slot.day, hour) > (found.today, found.hour),
        None => point.slot.day > found.today,
    };
    let is_now =
        |point: &&Point| point.slot.day == found.today && point.slot.hour.is_none_or(|hour| hour == found.hour);
    (found.points.iter().filter(is_now).count(), found.points.iter().filter(is_future).count())
}

/// The chart's values as a table, for its CSV file.
pub(super) fn values_table(asked: &Asked, found: &Dashboard, currency: Currency) -> Table {
    let metrics: Vec<Metric> = Metric::ALL.into_iter().filter(|metric| is_known(*metric, asked, found)).collect();
    let columns = metrics.iter().map(|metric| Column::number(metric.key(), metric.label().text()));
    let columns = core::iter::once(Column::text("time", t!("chart-day"))).chain(columns);
    let rows = found.points.iter().map(|point| {
        let cells = metrics.iter().map(|metric| {
            let value = value(*metric, &point.figures, point.commission_minor, currency);
            Cell::number(value, exact(*metric, value, currency))
        });
        let day = match point.slot.hour {
            Some(hour) => format!("{} {}", point.slot.day, time(hour)),
            None => point.slot.day.to_string(),
        };
        Row::new(core::iter::once(Cell::text(day)).chain(cells))
    });
    Table::new(t!("overview-figures"), columns).rows(rows)
}

/// Whether the chart can show a metric.
fn is_known(metric: Metric, asked: &Asked, found: &Dashboard) -> bool {
    match metric {
        Metric::Clicks => true,
        Metric::Commission => {
            found.commission_minor.is_some() && found.points.iter().all(|point| point.commission_minor.is_some())
        }
        _ => asked.query.filter.source.is_none(),
    }
}

fn chart(address: &Address, asked: &Asked, found: &Dashboard, currency: Currency) -> AnyView {
    let metric = asked.metric;
    let now = values(metric, &found.points, currency);
    let before = values(metric, &found.points_before, currency);
    let unit = match metric {
        Metric::Revenue | Metric::Commission => 10_i64.pow(currency.exponent()),
        Metric::Conversion => 100,
        Metric::Orders | Metric::Clicks => 1,
    };
    let max = now.iter().chain(&before).copied().max().unwrap_or(0);
    let scale = ticks(max, 4, unit);
    let top = scale.last().copied().unwrap_or(1);
    let (unfinished, future) = open_points(found);
    let is_by_hour = asked.query.period.is_by_hour() && asked.query.filter.source.is_none();
    let label = if is_by_hour {
        t!("overview-by-hour", metric = metric.label().text(), period = asked.label())
    } else {
        t!("overview-by-day", metric = metric.label().text(), period = asked.label())
    };
    let y_labels =
        scale.iter().rev().map(|tick| view! { <span>{on_scale(metric, *tick, currency)}</span> }).collect_view();
    let x_labels = labelled(found.points.len(), 5)
        .into_iter()
        .map(|index| view! { <span>{axis_label(found.points[index].slot)}</span> })
        .collect_view();
    let picture = AreaChart { label, values: &now, before: &before, unfinished, future, top }.view();
    let compared = (!found.points_before.is_empty()).then_some("");
    view! {
        <chart-cursor class="chart" data-future=future.to_string() data-compared=compared>
            <div class="scale" aria-hidden="true">{y_labels}</div>
            <div class="plot" tabindex="0" role="group" aria-label=t!("chart-keys")>{picture}</div>
            <div class="axis" aria-hidden="true">{x_labels}</div>
            {table(address, asked, found, currency, is_by_hour)}
        </chart-cursor>
    }
    .into_any()
}

/// The chart's values, and what else is known of each day or hour.
fn table(address: &Address, asked: &Asked, found: &Dashboard, currency: Currency, is_by_hour: bool) -> AnyView {
    let metric = asked.metric;
    let others: Vec<Metric> =
        Metric::ALL.into_iter().filter(|other| *other != metric && is_known(*other, asked, found)).collect();
    let has_before = !found.points_before.is_empty();
    let rows = found
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| {
            let show = |metric, point: &Point| {
                exact(metric, value(metric, &point.figures, point.commission_minor, currency), currency)
            };
            let before = has_before.then(|| {
                let earlier = found.points_before.get(index);
                let text = earlier.map_or_else(|| "–".to_owned(), |earlier| show(metric, earlier));
                let title = earlier.map(|earlier| slot_label(earlier.slot));
                view! { <td class="number" title=title>{text}</td> }
            });
            let others = others.iter().map(|other| view! { <td class="number">{show(*other, point)}</td> }).collect_view();
            view! {
                <tr><th scope="row">{slot_label(point.slot)}</th><td class="number">{show(metric, point)}</td>{before}{others}</tr>
            }
        })
        .collect_view();
    let heads =
        others.iter().map(|other| view! { <th scope="col" class="number">{other.label().text()}</th> }).collect_view();
    view! {
        <details class="values">
            <summary>{t!("chart-show-table")}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=t!("chart-values")>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{if is_by_hour { t!("overview-hour") } else { t!("chart-day") }}</th>
                            <th scope="col" class="number">{metric.label().text()}</th>
                            {has_before.then(|| view! { <th scope="col" class="number">{t!("overview-before")}</th> })}
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="more-link"><a class="quiet" href=address.with(&[("format", "csv")]) download="">{icon::DOWNLOAD()}"CSV"</a></p>
            {is_by_hour.then(|| view! { <p class="subdued">{t!("overview-hour-note")}</p> })}
        </details>
    }
    .into_any()
}
