//! What importing a file would do.

use flow::{
    Invalid,
    import::{ImportOutcome, Preview, PreviewRow},
};
use leptos::prelude::*;

use super::{super::path_of, field_text, row_fault};
use crate::{
    component::{chip, tile, tiles},
    fault::translated,
    form::sentence,
    format,
    language::t,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// Why a file cannot be imported yet.
pub(super) fn faults(faults: &Invalid) -> AnyView {
    let items = faults.0.iter().map(|fault| view! { <li>{sentence(&translated(fault, None))}</li> }).collect_view();
    view! { <div class="banner critical" role="alert" tabindex="-1" autofocus=""><ul>{items}</ul></div> }.into_any()
}

/// How many rows would come out which way.
pub(super) fn summary(preview: &Preview) -> AnyView {
    let counts = preview.counts;
    let note = if counts.failed > 0 { t!("imports-wrong-note") } else { String::new() };
    tiles(vec![
        tile(t!("imports-created"), format::count(counts.created), ""),
        tile(t!("imports-updated"), format::count(counts.updated), ""),
        tile(t!("imports-unchanged"), format::count(counts.unchanged), ""),
        tile(t!("imports-wrong"), format::count(counts.failed), note),
    ])
}

/// The first rows, each with what would become of it.
pub(super) fn rows(request: &BrandRequest, preview: &Preview) -> AnyView {
    let shown = format::length(preview.rows.len());
    let columns = [
        Column::text("", t!("imports-row")),
        Column::text("", t!("imports-creator")),
        Column::text("", t!("imports-outcome")),
        Column::text("", t!("imports-changes")),
    ];
    let table = Table::new(t!("imports-preview"), columns)
        .rows(preview.rows.iter().map(row).collect::<Vec<_>>())
        .neighbours(None, None)
        .without_csv();
    let note = (preview.rows_total > shown).then(
        || view! { <p class="subdued">{t!("imports-first-rows", shown = shown, total = preview.rows_total)}</p> },
    );
    view! { <h2 class="section">{t!("imports-preview")}</h2> {note} {table.view(&request.address)} }.into_any()
}

fn row(row: &PreviewRow) -> Row {
    let (outcome, tone) = match row.outcome {
        ImportOutcome::Created => (t!("imports-is-created"), "good"),
        ImportOutcome::Updated => (t!("imports-is-updated"), "good"),
        ImportOutcome::Unchanged => (t!("imports-is-unchanged"), ""),
        ImportOutcome::Failed => (t!("imports-is-wrong"), "bad"),
    };
    let (name, handle) = row.named.clone().unwrap_or_default();
    let creator = Cell::text(name).note(if handle.is_empty() { String::new() } else { format!("@{handle}") });
    let creator = match &row.creator {
        Some(id) => creator.href(path_of(id)),
        None => creator,
    };
    let changes = if row.outcome == ImportOutcome::Failed {
        row.faults.iter().map(|fault| row_fault(fault)).collect::<Vec<_>>().join("; ")
    } else {
        row.changes.iter().map(|name| field_text(name)).collect::<Vec<_>>().join(", ")
    };
    Row::new([
        Cell::number(row.number, format::count(row.number)),
        creator,
        Cell::view(outcome.clone(), chip(outcome, tone)),
        Cell::text(changes),
    ])
}
