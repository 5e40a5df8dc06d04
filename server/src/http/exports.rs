//! `/api/v1/exports`: everything of a kind, as CSV or JSON lines. The command line exports the same.

mod dataset;
mod encode;
mod pages;
mod reported;

use app::DocumentHead;
use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use flow::{Flow, FlowError, access::Merchant};
use futures::stream;
use utoipa::ToSchema;

use self::{encode::Encoder, pages::Pages};
use super::api::{
    call::Call,
    fault::{Fault, FaultBody},
    list::ListQuery,
};

pub use self::{dataset::Dataset, encode::Format};

/// Any error that ends an export.
pub(crate) type Failure = Box<dyn core::error::Error + Send + Sync>;

/// An export, of which a page is in memory at a time.
pub(crate) struct Export {
    pages: Pages,
    encoder: Encoder,
    progress: Progress,
}

/// How far an export is.
#[derive(Clone, Copy)]
enum Progress {
    Beginning,
    Middle,
    Over,
}

impl Export {
    /// An export of everything of a kind that the brand has.
    pub(crate) fn new(flow: Flow, merchant: Merchant, what: Dataset, format: Format) -> Self {
        let encoder = Encoder::new(format, what.columns());
        Self { pages: Pages::new(flow, merchant, what), encoder, progress: Progress::Beginning }
    }

    /// The next bytes; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self.progress {
            Progress::Over => Ok(None),
            Progress::Beginning => {
                self.progress = Progress::Middle;
                self.encoder.begin().map(Some)
            }
            Progress::Middle => {
                if let Some(rows) = self.pages.next().await? {
                    return self.encoder.rows(&rows).map(Some);
                }
                self.progress = Progress::Over;
                Ok(Some(self.encoder.end()))
            }
        }
    }

    /// Rows until now.
    pub(crate) const fn count(&self) -> u64 {
        self.encoder.count
    }
}

/// What can be exported.
#[derive(ToSchema)]
#[schema(example = "creators.csv", pattern = "^[a-z_]+[.](csv|jsonl)$")]
#[expect(dead_code, reason = "the name is read by hand; this is its schema")]
pub(crate) struct ExportFile(String);

/// Reads `creators.csv`.
fn file(name: &str) -> Option<(Dataset, Format)> {
    let (name, ending) = name.split_once('.')?;
    let format = match ending {
        "csv" => Format::Csv,
        "jsonl" => Format::Jsonl,
        _ => return None,
    };
    Some((Dataset::parse(name)?, format))
}

/// Exports everything of a kind, oldest first: `campaigns`, `clicks`, `collabs`, `commissions`, `content`, `conversions`,
/// `creators`, `drops`, `events`, `links`, `milestones`, `orders`, `payouts`, `products`, `refunds`, `tracked_events` or
/// `webhook_endpoints`. Counted as a bulk request. If something fails on the way, the connection is cut.
#[utoipa::path(
    get, path = "/api/v1/exports/{file}", tag = "Exports", operation_id = "export",
    params(("file" = ExportFile, Path, description = "What, and in which format: `creators.csv`, `creators.jsonl`")),
    responses((status = 200, description = "All rows", content((String = "text/csv"), (String = "application/jsonl"))), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn export(
    State(flow): State<Flow>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let known = file(&name);
    // An unknown name asks for a scope too: without a key, `401` says nothing about names.
    let scope = known.map_or(Dataset::Creators, |(what, _)| what).scope();
    let call = Call::begin(&flow, &request, scope).await?;
    let (what, format) = known.ok_or(FlowError::NotFound("export"))?;
    ListQuery::of(request.uri()).end()?;
    Ok(stream_of(Export::new(flow, call.merchant, what, format), format, &name))
}

/// The same file for an owner, from the page of settings. The pages' middleware has authenticated them.
pub(crate) async fn download(
    State(flow): State<Flow>,
    Extension(merchant): Extension<Merchant>,
    Extension(head): Extension<DocumentHead>,
    Path(name): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let known = file(&name).ok_or(FlowError::NotFound("export"));
    match merchant.owner().and(known) {
        Ok((what, format)) => {
            let mut response = stream_of(Export::new(flow, merchant, what, format), format, &name);
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            response
        }
        Err(error) => app::error_page(&head, &headers, &uri, error),
    }
}

/// The answer with an export, which is read while it is sent.
fn stream_of(export: Export, format: Format, name: &str) -> Response {
    let bytes = stream::try_unfold(export, |mut export| async move {
        let bytes = export.next().await.inspect_err(|error| tracing::error!(%error, "an export was cut off"))?;
        Ok::<_, Failure>(bytes.map(|bytes| (Bytes::from(bytes), export)))
    });
    let kind = if format == Format::Csv { "text/csv; charset=utf-8" } else { "application/jsonl" };
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
