//! `/api/v1/imports`: creators from other tools' files.

mod upload;

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    import::{Column, Field},
    metadata::Details,
    scope::Scope,
};
use flow::{
    Flow,
    api::{ObjectKind, write::Done},
    import::{Import, ImportFilter, ImportOutcome, ImportStatus, Preview, PreviewRow, Undone},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use self::upload::Upload;
use super::api::{
    call::{Call, NoFields, OnceParams, WriteCall, answer, respond},
    details::{DetailsCall, DetailsRequest},
    fault::{Code, Fault, FaultBody},
    list::{ListBody, ListQuery, PageParams, UpdatedParams},
    object::notes,
};
use crate::worker::Wake;

const RESOURCE: &str = "imports";

/// An import.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ImportBody {
    /// The import's id.
    #[schema(example = "imp_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `import`.
    #[schema(example = "import")]
    object: &'static str,
    /// What is imported.
    #[schema(value_type = ImportKindName)]
    kind: &'static str,
    /// Where it stands.
    #[schema(value_type = ImportStatusName)]
    status: &'static str,
    /// The tool that wrote the file.
    #[schema(value_type = ImportSourceName)]
    source: &'static str,
    /// The columns of the file.
    columns: Vec<ColumnBody>,
    #[serde(flatten)]
    counts: CountsBody,
    /// When it was begun.
    #[schema(format = DateTime)]
    created: String,
    /// When it last went on. Notes do not move it.
    #[schema(format = DateTime)]
    updated: String,
    /// Your own id of it.
    external_id: Option<String>,
    /// Your notes.
    metadata: BTreeMap<String, String>,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// A column of a file.
#[derive(Clone, Serialize, ToSchema)]
struct ColumnBody {
    /// Its name in the file.
    column: String,
    /// What is read from it; `null` if nothing is.
    #[schema(example = "email")]
    field: Option<&'static str>,
    /// What it may hold. Nothing is read from it unless `mapping` says so.
    suggestion: Option<&'static str>,
}

/// How rows came out.
#[derive(Clone, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the fields stand among those of the import")]
struct CountsBody {
    /// Rows of the file.
    rows_total: i64,
    /// Rows that are done.
    rows_done: i64,
    /// Rows that added a creator.
    rows_created: i64,
    /// Rows that changed one.
    rows_updated: i64,
    /// Rows whose creator is as they say.
    rows_unchanged: i64,
    /// Rows that are wrong: `errors.csv` has them.
    rows_failed: i64,
}

/// Where an import stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of flow::import::ImportStatus")]
enum ImportStatusName {
    Queued,
    Running,
    Done,
    Undone,
    Failed,
}

/// Tools whose columns are known.
#[derive(ToSchema)]
#[expect(dead_code, reason = "this is the schema of domain::import::Source")]
enum ImportSourceName {
    #[schema(rename = "uppromote")]
    UpPromote,
    #[schema(rename = "refersion")]
    Refersion,
    #[schema(rename = "goaffpro")]
    GoAffPro,
    #[schema(rename = "rewardful")]
    Rewardful,
    #[schema(rename = "dub")]
    Dub,
    #[schema(rename = "social_snowball")]
    SocialSnowball,
    #[schema(rename = "shopify_collabs")]
    ShopifyCollabs,
    #[schema(rename = "generic")]
    Generic,
}

/// What an import would do.
#[derive(Serialize, ToSchema)]
pub(crate) struct PreviewBody {
    /// Always `import_preview`.
    #[schema(example = "import_preview")]
    object: &'static str,
    /// Always true: nothing is stored.
    dry_run: bool,
    /// The tool that wrote the file.
    #[schema(value_type = ImportSourceName)]
    source: &'static str,
    /// The columns of the file.
    columns: Vec<ColumnBody>,
    #[serde(flatten)]
    counts: CountsBody,
    /// The first 100 rows.
    rows: Vec<PreviewRowBody>,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// What a row would do.
#[derive(Serialize, ToSchema)]
struct PreviewRowBody {
    /// Its number in the file.
    row: i64,
    /// What would become of it.
    #[schema(value_type = ImportOutcomeName)]
    outcome: &'static str,
    /// The id of the creator whom it is about, if they exist already.
    creator: Option<String>,
    /// The creator's name after it.
    name: Option<String>,
    /// The creator's handle after it.
    handle: Option<String>,
    /// What it would change.
    changes: Vec<&'static str>,
    /// What is wrong with it.
    errors: Vec<String>,
}

/// What becomes of a row.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of flow::import::ImportOutcome")]
enum ImportOutcomeName {
    Created,
    Updated,
    Unchanged,
    Failed,
}

/// What is imported.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is its schema")]
enum ImportKindName {
    Creators,
}

/// The bytes of an .xlsx file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "the body is read as it is; this is its schema")]
struct Workbook(Vec<u8>);

/// What a form says beside the file, where the body is the file.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct FileParams {
    /// What is imported.
    kind: Option<ImportKindName>,
    /// The tool that wrote the file; found out by its columns if absent.
    source: Option<ImportSourceName>,
    /// What columns hold, where that is not known: a JSON object of column and field, `null` to leave a column out.
    #[param(example = r#"{"Their column": "email"}"#)]
    mapping: Option<String>,
    /// Only say what would happen.
    dry_run: Option<bool>,
    /// Your own id of the import, unique among imports.
    #[param(max_length = 255)]
    external_id: Option<String>,
    /// Your notes about the import: a JSON object of texts. At most 50.
    #[param(example = r#"{"batch": "spring"}"#)]
    metadata: Option<String>,
}

/// A file to import, as a form.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the form is read part by part; this is its schema")]
pub(crate) struct ImportForm {
    /// CSV or .xlsx (its first sheet), at most 5 MiB and 10,000 rows. The first row names the columns.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What is imported.
    #[schema(value_type = ImportKindName, required = false)]
    kind: Option<String>,
    /// The tool that wrote the file; found out by its columns if absent.
    #[schema(value_type = ImportSourceName, required = false)]
    source: Option<String>,
    /// What columns hold, where that is not known: a JSON object of column and field, `null` to leave a column out.
    #[schema(value_type = String, required = false, example = r#"{"Their column": "email"}"#)]
    mapping: Option<String>,
    /// Only say what would happen.
    #[schema(value_type = bool, required = false)]
    dry_run: Option<bool>,
    /// Your own id of the import, unique among imports.
    #[schema(value_type = String, required = false, max_length = 255)]
    external_id: Option<String>,
    /// Your notes about the import: a JSON object of texts. At most 50.
    #[schema(value_type = String, required = false, example = r#"{"batch": "spring"}"#)]
    metadata: Option<String>,
}

fn column(column: &Column) -> ColumnBody {
    let name = |field: Option<Field>| field.map(Field::as_str);
    ColumnBody { column: column.header.clone(), field: name(column.field), suggestion: name(column.suggestion) }
}

impl CountsBody {
    fn of(counts: flow::import::ImportCounts, rows_total: i64) -> Self {
        Self {
            rows_total,
            rows_done: counts.total(),
            rows_created: counts.created,
            rows_updated: counts.updated,
            rows_unchanged: counts.unchanged,
            rows_failed: counts.failed,
        }
    }
}

impl ImportBody {
    /// The import as the API shows it.
    fn of(import: &Import, details: &Details, is_live: bool) -> Self {
        Self {
            id: import.id.to_string(),
            object: "import",
            kind: "creators",
            status: import.status.as_str(),
            source: import.source.as_str(),
            columns: import.columns.iter().map(column).collect(),
            counts: CountsBody::of(import.counts, import.rows_total),
            created: import.created_at.to_rfc3339(),
            updated: import.updated_at.to_rfc3339(),
            external_id: details.external_id.clone(),
            metadata: notes(&details.metadata),
            livemode: is_live,
        }
    }
}

impl PreviewBody {
    fn of(preview: Preview, is_live: bool) -> Self {
        Self {
            object: "import_preview",
            dry_run: true,
            source: preview.columns.source.as_str(),
            columns: preview.columns.columns.iter().map(column).collect(),
            counts: CountsBody::of(preview.counts, preview.rows_total),
            rows: preview.rows.into_iter().map(PreviewRowBody::of).collect(),
            livemode: is_live,
        }
    }
}

impl PreviewRowBody {
    fn of(row: PreviewRow) -> Self {
        let (name, handle) = row.named.unzip();
        Self {
            row: row.number,
            outcome: ImportOutcome::as_str(row.outcome),
            creator: row.creator.map(String::from),
            name,
            handle,
            changes: row.changes,
            errors: row.faults,
        }
    }
}

/// Imports a file, or with `dry_run` says what that would do.
///
/// The key also needs the scope `creators:write`, and `links:write`, `commissions:write` or `payouts:write` if the file has
/// codes, balances, or payout addresses or e-mail addresses.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "Imports", operation_id = "createImport",
    params(FileParams, OnceParams),
    request_body(content(
        (ImportForm = "multipart/form-data"),
        (String = "text/csv"),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
    responses(
        (status = 200, description = "What a dry run would do", body = PreviewBody),
        (status = 201, description = "The import, whose rows are done one after the other", body = ImportBody),
        (status = "default", description = "An error", body = FaultBody),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(
    State(flow): State<Flow>,
    State(wake): State<Wake>,
    request: Request,
) -> Result<Response, Fault> {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let mut call = WriteCall::begin_with_query(&flow, request, Scope::write(RESOURCE)).await?;
    require_all(&call.call, &[])?;
    let upload = Upload::read(&headers, &uri, call.take_body()).await?;
    let (merchant, is_live) = (&call.call.merchant, call.call.is_live());
    let file = flow.imports().read(merchant, upload.file.into(), upload.reading).await?;
    require_all(&call.call, &file.columns.columns)?;
    if upload.is_dry_run {
        flow.imports().check_kept(&upload.kept)?;
        let preview = flow.imports().preview(merchant, &file).await?;
        return Ok(Json(PreviewBody::of(preview, is_live)).into_response());
    }
    // A form's boundary is another one each time.
    let claim = call.claim.map(|claim| flow::api::Claim { body_hash: upload.hash, ..claim });
    let render = move |import: &Import, details: &Details| {
        answer(StatusCode::CREATED, &ImportBody::of(import, details, is_live))
    };
    let (_, done) = flow.imports().create(merchant, claim.as_ref(), file, &upload.kept, &render).await?;
    if matches!(done, Done::Now(_)) {
        wake.notify();
    }
    Ok(respond(done))
}

/// Refuses unless the key may write all that an import of these columns writes.
fn require_all(call: &Call, columns: &[Column]) -> Result<(), Fault> {
    let fields = columns.iter().filter_map(|column| column.field);
    Field::scopes(fields).into_iter().try_for_each(|scope| call.require(Some(scope)))
}

/// Which imports are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct ImportParams {
    /// Where they stand.
    status: Option<ImportStatusName>,
    /// Your own id of it.
    external_id: Option<String>,
}

/// Lists imports.
#[utoipa::path(
    get, path = "/api/v1/imports", tag = "Imports", operation_id = "listImports",
    params(PageParams, UpdatedParams, ImportParams),
    responses((status = 200, description = "A page of imports, newest first", body = ListBody<ImportBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<ImportBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let wrong = "must be one of queued, running, done, undone, failed";
    let filter =
        ImportFilter { status: query.parse("status", wrong, ImportStatus::parse), updated: query.span("updated") };
    let external_id = query.text("external_id");
    let page = query.page("imp")?;
    let mut keyset = page.keyset.clone();
    if let Some(external_id) = external_id {
        let id = flow.api().id_by_external_id(&call.merchant, ObjectKind::Import, &external_id).await?;
        keyset = keyset.and_only(id.as_deref());
    }
    let imports = flow.imports().page(&call.merchant, &keyset, &filter).await?;
    let imports = flow.api().with_details(&call.merchant, imports, |import| import.id.to_string()).await?;
    Ok(page.body(imports, |(import, details)| ImportBody::of(&import, &details, call.is_live())))
}

/// Gets an import and how far it is.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}", tag = "Imports", operation_id = "getImport",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 200, description = "The import", body = ImportBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ImportBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let import = flow.imports().get(&call.merchant, &id).await?;
    let details = flow.api().details_of(&call.merchant, import.id.as_str()).await?;
    Ok(Json(ImportBody::of(&import, &details, call.is_live())))
}

/// Changes your own id of an import and your notes about it.
#[utoipa::path(
    patch, path = "/api/v1/imports/{id}", tag = "Imports", operation_id = "updateImport",
    params(("id" = String, Path, description = "The import's id"), OnceParams),
    request_body = DetailsRequest,
    responses((status = 200, description = "The import", body = ImportBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = DetailsCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let found = async {
        let import = flow.imports().get(&call.write.call.merchant, &id).await?;
        Ok((import.id.to_string(), import))
    };
    call.finish(ObjectKind::Import, found, |import, details, is_live| ImportBody::of(&import, &details, is_live)).await
}

/// Gets the wrong rows of an import as CSV: their numbers, what is wrong, and their cells.
///
/// E-mail addresses, payout addresses and passwords are left out, and 30 days after the import the other cells too.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/errors.csv", tag = "Imports", operation_id = "getImportErrors",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 200, description = "The wrong rows", body = String, content_type = "text/csv"), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn errors(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let csv = flow.imports().errors_csv(&call.merchant, &id).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"errors.csv\"")),
    ];
    Ok((headers, csv).into_response())
}

/// Takes an import back, all of it or nothing.
///
/// Creators that it added are deleted, or archived if anything else refers to them; others become what they were;
/// balances are booked back. Refused with the code `changed` if a creator was changed since; `details` names the first of
/// them. The key needs the scopes that it took to import.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/undo", tag = "Imports", operation_id = "undoImport",
    params(("id" = String, Path, description = "The import's id"), OnceParams),
    responses((status = 200, description = "The import", body = ImportBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn undo(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    call.read::<NoFields>()?;
    let WriteCall { call, claim, .. } = call;
    let (merchant, is_live) = (&call.merchant, call.is_live());
    let import = flow.imports().get(merchant, &id).await?;
    require_all(&call, &import.columns)?;
    let details = flow.api().details_of(merchant, import.id.as_str()).await?;
    let render = move |import: &Import| answer(StatusCode::OK, &ImportBody::of(import, &details, is_live));
    let conflict = |sentence: &str| Fault::new(StatusCode::CONFLICT, Code::Changed, sentence);
    match flow.imports().undo(merchant, claim.as_ref(), &import, &render).await? {
        Undone::Done(done) => Ok(respond(done)),
        Undone::Running => Err(conflict("The import still runs; undo it when it is done").retry_after(5)),
        Undone::Changed(creators) => {
            let names = creators.into_iter().map(String::from).collect();
            Err(conflict("Changed since the import, so nothing was undone").with_details(names))
        }
    }
}
