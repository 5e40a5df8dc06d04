//! Where clicks come from.

use domain::{click_source::SourceKind, time::Zone};
use flow::overview::{Dashboard, SourceTotal, Sources};
use leptos::prelude::*;

use super::{
    asked::{SOURCES, source_label},
    words::{share, source_name},
};
use crate::{
    address::Address,
    chart::{bar, level},
    format::count,
    language::{Message, rich, t},
};

/// Rows of a source's card before "more".
const ROWS: usize = 6;
/// Rows that "more" shows.
const ROWS_MAX: usize = 50;
const WEEKDAYS: [Message; 7] = [
    Message("overview-monday"),
    Message("overview-tuesday"),
    Message("overview-wednesday"),
    Message("overview-thursday"),
    Message("overview-friday"),
    Message("overview-saturday"),
    Message("overview-sunday"),
];

/// All sources, or why they are not shown.
pub(super) fn section(address: &Address, found: &Dashboard, zone: &Zone) -> AnyView {
    let Some(sources) = &found.sources else {
        let kinds: Vec<(&str, &str)> = SOURCES.iter().map(|kind| (kind.as_str(), "")).collect();
        let all = address.with(&kinds);
        let link = view! { <a href=all data-keep-scroll="">{t!("overview-all-sources")}</a> }.into_any();
        return view! { <p class="subdued">{rich!("overview-one-source", link = link)}</p> }.into_any();
    };
    if found.total.clicks.clicks == 0 {
        return ().into_any();
    }
    let cards = SOURCES.map(|kind| card(address, kind, sources));
    view! {
        <h2 class="section">{t!("overview-sources")}</h2>
        {unread(sources, found, zone)}
        <div class="columns sources">{cards.into_iter().collect_view()}</div>
        {week(sources)}
    }
    .into_any()
}

/// How many clicks are missing, and up to when the others are counted.
fn unread(sources: &Sources, found: &Dashboard, zone: &Zone) -> Option<AnyView> {
    if sources.unread == 0 {
        return None;
    }
    let missing = t!("overview-unread", clicks = sources.unread);
    let until = found.rolled_at.map(|at| t!("overview-counted-until", moment = zone.show(at)));
    let text = core::iter::once(missing).chain(until).collect::<Vec<_>>().join(" ");
    Some(view! { <p class="subdued">{text}</p> }.into_any())
}

fn card(address: &Address, kind: SourceKind, sources: &Sources) -> AnyView {
    let totals: Vec<&SourceTotal> =
        sources.totals.iter().filter(|total| total.kind == kind && total.clicks.clicks > 0).collect();
    let most = totals.first().map_or(0, |total| total.clicks.clicks);
    let all: i64 = totals.iter().map(|total| total.clicks.clicks).sum();
    let row = |total: &&SourceTotal| {
        let name = source_name(kind, &total.value);
        let clicks = total.clicks.clicks;
        let figure = view! { <span class="figure"><b>{count(clicks)}</b><small>{share(clicks, all)}</small></span> };
        let title = t!("overview-only-clicks", source = &name);
        // An absent value cannot be asked for in an address.
        let named = if total.value.is_empty() {
            view! { <span class="who"><span class="name">{name}</span></span> }.into_any()
        } else {
            let href = address.with(&[(kind.as_str(), &total.value)]);
            view! { <a class="who" href=href title=title data-keep-scroll=""><span class="name">{name}</span></a> }
                .into_any()
        };
        view! { <li>{bar(clicks, most)}{named}{figure}</li> }
    };
    let first = totals.iter().take(ROWS).map(row).collect_view();
    let rest = totals.len().saturating_sub(ROWS);
    let more = (rest > 0).then(|| {
        let rows = totals.iter().skip(ROWS).take(ROWS_MAX).map(row).collect_view();
        let cut = totals.len().saturating_sub(ROWS + ROWS_MAX);
        let cut_note = (cut > 0).then(|| {
            let clicks: i64 = totals.iter().skip(ROWS + ROWS_MAX).map(|total| total.clicks.clicks).sum();
            view! { <p class="subdued"><small>{t!("overview-more-cut", count = cut, clicks = clicks)}</small></p> }
        });
        view! {
            <details><summary>{t!("overview-more", count = rest)}</summary><ol class="ranking small">{rows}</ol>{cut_note}</details>
        }
    });
    view! {
        <section class="card">
            <h3>{source_label(kind).text()}</h3>
            <ol class="ranking small">{first}</ol>
            {more}
        </section>
    }
    .into_any()
}

/// Weekday by hour.
fn week(sources: &Sources) -> AnyView {
    let max = sources.week.iter().flatten().copied().max().unwrap_or(0);
    if max == 0 {
        return ().into_any();
    }
    let rows = WEEKDAYS
        .iter()
        .zip(&sources.week)
        .map(|(weekday, hours)| {
            let weekday = weekday.text();
            let cells = hours
                .iter()
                .enumerate()
                .map(|(hour, clicks)| {
                    let class = format!("heat heat-{}", level(*clicks, max));
                    let time = format!("{hour:02}:00");
                    let title = t!("overview-week-cell", weekday = &weekday, time = time, clicks = *clicks);
                    view! { <td class=class title=title><span class="hidden">{count(*clicks)}</span></td> }
                })
                .collect_view();
            view! { <tr><th scope="row">{weekday}</th>{cells}</tr> }
        })
        .collect_view();
    let heads = (0..24)
        .map(|hour| {
            let shown = (hour % 6 == 0).then(|| format!("{hour:02}"));
            view! { <th scope="col"><span aria-hidden="true">{shown}</span><span class="hidden">{format!("{hour:02}:00")}</span></th> }
        })
        .collect_view();
    view! {
        <section class="card">
            <h3>{t!("overview-week")}</h3>
            <div class="scroll" tabindex="0" role="region" aria-label=t!("overview-week-label")>
                <table class="week">
                    <caption class="hidden">{t!("overview-week-label")}</caption>
                    <thead><tr><td></td>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
