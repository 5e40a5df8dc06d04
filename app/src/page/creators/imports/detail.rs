//! The page of an import: how far it is, its wrong rows, and taking it back.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use domain::account::Role;
use flow::import::{FailedRow, Import, ImportStatus};
use http::{HeaderValue, header};
use leptos::prelude::*;

use super::{PATH, path_of, row_fault, source_text, state as state_of};
use crate::{
    actor,
    brand_layout::BrandPage,
    component::{chip, confirm, live_part, tile, tiles},
    error::PageResult,
    form::{FormState, Posted, done},
    format,
    language::t,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

const UNDO: &str = "undo";

pub(super) async fn show(request: BrandRequest, Path(id): Path<String>) -> PageResult {
    if request.address.asks_for_file() {
        return Ok(errors_file(request.flow.imports().errors_csv(&request.caller, &id).await?));
    }
    page(&request, &id, &FormState::default()).await
}

pub(super) async fn submit(request: BrandRequest, Path(id): Path<String>, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        UNDO => request.flow.imports().take_back(&request.caller, &id).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(()) => Ok(done(&format!("{PATH}/{id}"), "undone")),
        Err(error) => page(&request, &id, &posted.refused(error)?).await,
    }
}

/// The wrong rows as a file.
fn errors_file(csv: String) -> Response {
    let mut response = csv.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"wrong-rows.csv\""));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

async fn page(request: &BrandRequest, id: &str, state: &FormState) -> PageResult {
    let imports = request.flow.imports();
    let import = imports.get(&request.caller, id).await?;
    let is_owner = request.caller.role() == Role::Owner;
    // Members do not see what creators are owed.
    let wrong = if is_owner { imports.failed_rows(&request.caller, &import).await? } else { Vec::new() };
    let is_running = matches!(import.status, ImportStatus::Queued | ImportStatus::Running);
    let content = view! {
        {state.form(UNDO).all_faults()}
        {live_part("import", is_running, t!("imports-is-done"), view! {
            {facts(request, &import)}
            {counts(&import)}
            {(is_owner && matches!(import.status, ImportStatus::Done | ImportStatus::Failed)).then(undo_card)}
            {(!wrong.is_empty()).then(|| wrong_rows(request, &import, &wrong))}
        })}
    };
    let what = match request.address.get("done") {
        "begun" => Some(t!("imports-was-begun").into_any()),
        "undone" => Some(t!("imports-was-undone").into_any()),
        _ => None,
    };
    Ok(BrandPage::new(t!("imports-of", moment = request.moment_text(import.created_at)))
        .above(view! { <a href=PATH>{t!("imports-back")}</a> })
        .done(what)
        .status(state.status())
        .show(request, content))
}

fn facts(request: &BrandRequest, import: &Import) -> AnyView {
    let (text, tone) = state_of(import.status);
    let is_running = matches!(import.status, ImportStatus::Queued | ImportStatus::Running);
    let done = import.counts.total();
    let progress = is_running.then(|| {
        view! {
            <p>
                {t!("imports-progress", done = done, total = import.rows_total)}" "
                <progress value=done.to_string() max=import.rows_total.max(1).to_string() aria-label=t!("imports-progress-label")></progress>
            </p>
        }
    });
    view! {
        <dl class="facts">
            <div><dt>{t!("imports-state")}</dt><dd>{chip(text, tone)}</dd></div>
            <div><dt>{t!("imports-source")}</dt><dd>{source_text(import.source)}</dd></div>
            <div><dt>{t!("imports-rows")}</dt><dd>{format::count(import.rows_total)}</dd></div>
            <div><dt>{t!("imports-begun-by")}</dt><dd>{actor::words(&import.actor)}</dd></div>
            <div><dt>{t!("imports-last-change")}</dt><dd>{request.moment(import.updated_at)}</dd></div>
        </dl>
        {progress}
    }
    .into_any()
}

fn counts(import: &Import) -> AnyView {
    let counts = import.counts;
    tiles(vec![
        tile(t!("imports-created"), format::count(counts.created), ""),
        tile(t!("imports-updated"), format::count(counts.updated), ""),
        tile(t!("imports-unchanged"), format::count(counts.unchanged), ""),
        tile(t!("imports-wrong"), format::count(counts.failed), ""),
    ])
}

fn undo_card() -> AnyView {
    let form = FormState::default().form(UNDO);
    let send = view! { <form method="post">{form.button(t!("imports-undo"), "critical")}</form> };
    view! {
        <section class="card">
            <h2>{t!("imports-undo-title")}</h2>
            <p class="subdued">{t!("imports-undo-text")}</p>
            {confirm(t!("imports-undo"), t!("imports-undo-question"), send)}
        </section>
    }
    .into_any()
}

fn wrong_rows(request: &BrandRequest, import: &Import, wrong: &[FailedRow]) -> AnyView {
    let columns = [
        Column::text("", t!("imports-row")),
        Column::text("", t!("imports-error")),
        Column::text("", t!("imports-cells")),
    ];
    let rows = wrong.iter().map(|row| {
        let faults = row.faults.iter().map(|fault| row_fault(fault)).collect::<Vec<_>>().join("; ");
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        Row::new([
            Cell::number(row.number, format::count(row.number)),
            Cell::text(faults),
            Cell::text(cells.join(" · ")),
        ])
    });
    let table = Table::new(t!("imports-wrong-rows"), columns)
        .rows(rows.collect::<Vec<_>>())
        .neighbours(None, None)
        .without_csv();
    let shown = format::length(wrong.len());
    let cut = (import.counts.failed > shown).then(
        || view! { <p class="subdued">{t!("imports-first-rows", shown = shown, total = import.counts.failed)}</p> },
    );
    view! {
        <h2 class="section">{t!("imports-wrong-rows")}</h2>
        {cut}
        <p><a href=format!("{}?format=csv", path_of(&import.id)) download="">{t!("imports-download")}</a></p>
        {table.view(&request.address)}
    }
    .into_any()
}
