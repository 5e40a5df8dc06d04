//! `/brand/attribution/creators/imports`: creators from another tool's file. A file is checked first: what its columns hold, and
//! what would become of its rows. Nothing is stored before a person says so: the checked file stands in the page, and is sent
//! again. `/imports/{id}` is one import.

mod columns;
mod detail;
mod preview;

use std::collections::BTreeMap;

use axum::routing::get;
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    ImportId,
    account::Role,
    import::{Columns, FILE_BYTES_MAX, Source},
};
use flow::{
    FlowError, Invalid,
    import::{Import, ImportFile, ImportFilter, ImportStatus, KnownColumns, Preview, Reading},
};
use http::StatusCode;
use leptos::prelude::*;

use crate::{
    actor,
    brand_layout::BrandPage,
    component::{chip, empty},
    error::PageResult,
    fault::translated,
    form::{Form, FormState, Label, Posted, Upload, UploadedFile, done, label, sentence},
    format,
    keyset_page::{KeysetPage, WHEN},
    language::{Message, rich, t},
    page::Routes,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The path of the list; an import's page is below it.
pub(super) const PATH: &str = "/brand/attribution/creators/imports";
/// The buttons.
const CHECK: &str = "check";
const IMPORT: &str = "import";
/// The fields in which a checked file is sent again, what it is called, and what was chosen for its columns when the person saw
/// what importing it would do.
const DATA: &str = "data";
const FILE_NAME: &str = "file_name";
const SEEN: &str = "seen";

/// The pages without files.
pub(super) fn routes() -> Routes {
    vec![("/brand/attribution/creators/imports/{id}", get(detail::show).post(detail::submit))]
}

/// The page that takes files.
pub(super) fn upload_routes() -> Routes {
    vec![(PATH, get(show).post(submit))]
}

fn path_of(id: &ImportId) -> String {
    format!("{PATH}/{id}")
}

/// A file that was looked at.
struct Checked {
    file: UploadedFile,
    columns: KnownColumns,
    /// The file as it would be imported, and what that would do; or why it cannot be imported.
    preview: Result<(ImportFile, Preview), Invalid>,
}

async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default(), None).await
}

async fn submit(request: BrandRequest, upload: Upload) -> PageResult {
    let mut checked = match check(&request, &upload).await {
        Ok(checked) => checked,
        Err(error) => return page(&request, &upload.refused(error, CHECK)?, None).await,
    };
    let posted = upload.posted();
    // What is imported is what the person has seen.
    let is_seen = posted.get(SEEN) == columns::choices(posted, &checked.columns.columns);
    if posted.action() == IMPORT && is_seen {
        match checked.preview {
            Ok((file, _)) => {
                let id = request.flow.imports().start(&request.caller, file).await?;
                return Ok(done(&path_of(&id), "begun"));
            }
            Err(faults) => checked.preview = Err(faults),
        }
    }
    let state = posted.clone().shown_again().without(DATA);
    page(&request, &state, Some(checked)).await
}

/// Looks at a file.
async fn check(request: &BrandRequest, upload: &Upload) -> Result<Checked, FlowError> {
    let posted = upload.posted();
    let file = match upload.file()? {
        Some(file) => file.clone(),
        None => sent_again(posted)?,
    };
    if file.bytes.len() > FILE_BYTES_MAX {
        return Err(Invalid::one("file is too large; it may have at most 5 MiB").into());
    }
    let (imports, caller) = (request.flow.imports(), &request.caller);
    let source = Source::parse(posted.get("source"));
    let as_is = Reading { source, mapping: BTreeMap::new() };
    let mut columns = imports.columns(caller, &file.bytes, &as_is).await?;
    // What is wrong with the choices is put right where the columns are shown.
    let mapping = match columns::mapping(posted, &columns.columns) {
        Ok(mapping) => mapping,
        Err(faults) => return Ok(Checked { file, columns, preview: Err(faults) }),
    };
    let headers: Vec<String> = columns.columns.columns.iter().map(|column| column.header.clone()).collect();
    let source = columns.columns.source;
    columns.columns = Columns::known(&headers, Some(source), &mapping).map_err(Invalid)?;
    if !columns.columns.name_creators() {
        return Ok(Checked { file, columns, preview: Err(no_name()) });
    }
    let read = imports.read(caller, file.bytes.clone(), Reading { source: Some(source), mapping }).await?;
    let preview = imports.preview(caller, &read).await?;
    Ok(Checked { file, columns, preview: Ok((read, preview)) })
}

/// The file that the page showed, as its form sends it again.
fn sent_again(posted: &Posted) -> Result<UploadedFile, FlowError> {
    let data = posted.get(DATA);
    if data.is_empty() {
        return Err(Invalid::one("file must be chosen").into());
    }
    let bytes = BASE64_STANDARD.decode(data).map_err(|_| Invalid::one("file did not arrive whole; send it again"))?;
    Ok(UploadedFile { name: posted.text(FILE_NAME), bytes })
}

fn no_name() -> Invalid {
    Invalid::one("no column names the creators: choose one that holds a name, a handle or a discount code")
}

/// What a tool is called.
fn source_text(source: Source) -> String {
    source.label().map_or_else(|| t!("imports-other-tool"), str::to_owned)
}

/// Where an import stands, as a word and its tone.
fn state(status: ImportStatus) -> (String, &'static str) {
    let (message, tone) = match status {
        ImportStatus::Queued | ImportStatus::Running => (Message("imports-runs"), "warning"),
        ImportStatus::Done => (Message("imports-done"), "good"),
        ImportStatus::Undone => (Message("imports-undone"), ""),
        ImportStatus::Failed => (Message("imports-failed"), "bad"),
    };
    (message.text(), tone)
}

async fn page(request: &BrandRequest, state: &FormState, checked: Option<Checked>) -> PageResult {
    if history_table(request, &[]).is_csv_wanted(&request.address) {
        return history_csv(request).await;
    }
    let is_member = request.caller.role() == Role::Member;
    let note = is_member.then(|| view! { <p class="banner">{t!("imports-owners-only")}</p> });
    // A file that cannot be imported yet is a refusal, too: the focus goes to what is wrong.
    let is_wrong = checked.as_ref().is_some_and(|checked| checked.preview.is_err());
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { state.status() };
    let (title, content) = if let Some(checked) = checked {
        (t!("imports-check-title", file = &checked.file.name), review(request, state, &checked))
    } else {
        let content = view! { {note} {(!is_member).then(|| upload_card(state))} {history(request).await?} };
        (t!("imports-title"), content.into_any())
    };
    let back = if state.form(CHECK).is_posted() || state.form(IMPORT).is_posted() {
        view! { <a href=PATH>{t!("imports-back")}</a> }.into_any()
    } else {
        view! { <a href=super::PATH>{t!("creators-back")}</a> }.into_any()
    };
    Ok(BrandPage::new(title).above(back).status(status).show(request, content))
}

fn upload_card(state: &FormState) -> AnyView {
    let form = state.form(CHECK);
    let mut sources: Vec<(String, String)> = Source::ALL
        .iter()
        .filter_map(|source| Some((source.as_str().to_owned(), source.label()?.to_owned())))
        .collect();
    sources.push((Source::Generic.as_str().to_owned(), t!("imports-other-tool")));
    let docs = view! { <a href="/docs/api/imports">{t!("imports-docs")}</a> }.into_any();
    let labels: [Label; 1] = [label("imports-file")];
    view! {
        <section class="card">
            <p class="subdued">{rich!("imports-text", link = docs)}</p>
            {form.summary(&labels)}
            <form method="post" enctype="multipart/form-data">
                <div class="fields">
                    {form.file("file", label("imports-file"), ".csv,.xlsx,.tsv,.txt,text/csv", t!("imports-file-hint"))}
                    {form.select("source", label("imports-source"), &sources, t!("imports-source-detect"), "")}
                </div>
                {form.submit(t!("imports-check"))}
            </form>
        </section>
    }
    .into_any()
}

/// The file that was looked at: its columns, and what importing it would do.
fn review(request: &BrandRequest, state: &FormState, checked: &Checked) -> AnyView {
    let form = state.form(IMPORT);
    let shown = columns::shown_choices(&checked.columns, state);
    // A button of which nothing came says why.
    let is_changed = form.is_posted() && checked.preview.is_ok();
    let changed = is_changed.then(|| view! { <p class="banner" role="status">{t!("imports-choices-changed")}</p> });
    let preview = checked.preview.as_ref().map(|(_, preview)| preview);
    let count = preview.map_or(0, |preview| preview.counts.created + preview.counts.updated);
    let import = (count > 0).then(|| form.submit(t!("imports-import", count = count)));
    let nothing =
        (preview.is_ok() && count == 0).then(|| view! { <p class="banner" role="status">{t!("imports-nothing")}</p> });
    view! {
        {preview.err().map(preview::faults)}
        {nothing} {changed}
        <form method="post" enctype="multipart/form-data">
            {Form::hidden(DATA, BASE64_STANDARD.encode(&checked.file.bytes))}
            {Form::hidden(FILE_NAME, checked.file.name.clone())}
            {Form::hidden("source", checked.columns.columns.source.as_str())}
            {Form::hidden(SEEN, shown)}
            {preview.ok().map(preview::summary)}
            <section class="card">
                <h2>{t!("imports-columns", source = source_text(checked.columns.columns.source))}</h2>
                <p class="subdued">{t!("imports-columns-text")}</p>
                {columns::table(&checked.columns, state)}
            </section>
            <div class="inline end">
                {import}
                {state.form(CHECK).button(t!("imports-check-again"), "")}
                <a class="quiet" href=PATH>{t!("creators-cancel")}</a>
            </div>
        </form>
        {preview.ok().map(|preview| preview::rows(request, preview))}
    }
    .into_any()
}

/// The imports so far, paged by the database.
async fn history(request: &BrandRequest) -> Result<AnyView, FlowError> {
    let page = KeysetPage::of(&request.address, ImportId::PREFIX);
    let found = request.flow.imports().page(&request.caller, page.keyset(), &ImportFilter::default()).await?;
    let cut = page.cut(&request.address, found, |import| import.id.as_str());
    let none = empty(t!("imports-none"), t!("imports-none-text"), None);
    let table = history_table(request, &cut.rows).neighbours(cut.before, cut.after).sorted_by_database(&[WHEN]);
    Ok(view! { <h2 class="section">{t!("imports-history")}</h2> {table.empty(none).view(&request.address)} }.into_any())
}

fn history_table(request: &BrandRequest, imports: &[Import]) -> Table {
    let columns = [
        Column::text(WHEN, t!("imports-when")),
        Column::text("", t!("imports-source")),
        Column::text("", t!("imports-state")),
        Column::number("", t!("imports-rows")),
        Column::number("", t!("imports-created")),
        Column::number("", t!("imports-updated")),
        Column::number("", t!("imports-wrong")),
    ];
    let rows = imports.iter().map(|import| {
        let (text, tone) = state(import.status);
        let count = |value: i64| Cell::number(value, format::count(value));
        Row::new([
            Cell::text(request.moment_text(import.created_at))
                .href(path_of(&import.id))
                .note(t!("imports-by", who = actor::words(&import.actor)))
                .sorted_by(import.created_at.0),
            Cell::text(source_text(import.source)),
            Cell::view(text.clone(), chip(text, tone)),
            count(import.rows_total),
            count(import.counts.created),
            count(import.counts.updated),
            count(import.counts.failed),
        ])
        .muted(import.status == ImportStatus::Undone)
    });
    Table::new(t!("imports-history"), columns).rows(rows.collect::<Vec<_>>()).ordered_by("-when")
}

/// All imports as a file.
async fn history_csv(request: &BrandRequest) -> PageResult {
    let mut imports: Vec<Import> = Vec::new();
    loop {
        let portion = KeysetPage::portion(ImportId::PREFIX, imports.last().map(|import| import.id.as_str()));
        let found = request.flow.imports().page(&request.caller, &portion, &ImportFilter::default()).await?;
        if found.is_empty() {
            break;
        }
        imports.extend(found);
    }
    history_table(request, &imports).csv(&request.address, "imports")
}

/// What is wrong with a row, in the reader's language: it begins with the field that it is about.
fn row_fault(fault: &str) -> String {
    let Some((name, rest)) = fault.split_once(' ') else { return translated(fault, None) };
    let label = field_text(name);
    let shown = translated(fault, Some(&label));
    sentence(&if shown == fault && label != name { format!("{label} {rest}") } else { shown })
}

/// A field of a creator, as people call it. A name that is not known stays as it is.
fn field_text(name: &str) -> String {
    let message = match name {
        "name" => "imports-field-name",
        "first_name" => "imports-field-first-name",
        "last_name" => "imports-field-last-name",
        "email" => "imports-field-email",
        "handle" => "imports-field-handle",
        "code" => "imports-field-code",
        "external_id" => "imports-field-external-id",
        "tier" => "imports-field-tier",
        "tags" => "imports-field-tags",
        "status" => "imports-field-status",
        "balance" => "imports-field-balance",
        "currency" => "imports-field-currency",
        "payout_address" => "imports-field-payout-address",
        "socials" => "imports-field-socials",
        other => {
            return domain::link::Platform::parse(other).map_or_else(|| other.to_owned(), |it| it.label().to_owned());
        }
    };
    Message(message).text()
}
