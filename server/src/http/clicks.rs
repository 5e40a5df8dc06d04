//! `/api/v1/clicks`: clicks through the unified API.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{ClickId, click::Click, metadata::Details, scope::Scope};
use flow::{
    Flow, Invalid,
    api::{ClickFilter, ClickObject, ClickPage, ObjectKind, click::ClickReport, write::RowError},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::{BulkBody, Call, OnceParams, WriteCall},
        details::{DetailsCall, DetailsRequest},
        expand::{Expand, Reference, expandable},
        fault::{Fault, FaultBody},
        list::{ListBody, ListQuery, PageParams},
        object::notes,
    },
    body::{DateTimeField, Faults, TextField, UuidField},
    campaigns::CampaignBody,
    creators::CreatorBody,
    error::ApiError,
    links::LinkBody,
};
use crate::ingest::Ingest;

const RESOURCE: &str = "clicks";

/// A click on a link.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClickObjectBody {
    /// The click's id.
    #[schema(example = "clk_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `click`.
    #[schema(example = "click")]
    object: &'static str,
    /// The link.
    link: Reference<LinkBody>,
    /// The link's creator at the time.
    creator: Option<Reference<CreatorBody>>,
    /// The link's campaign.
    campaign: Option<Reference<CampaignBody>>,
    /// The visitor id, as `pv_id` names it elsewhere; null once the visitor was erased.
    visitor: Option<String>,
    /// When it was.
    #[schema(format = DateTime)]
    at: String,
    /// `mobile`, `tablet`, `desktop` or `unknown`.
    #[schema(example = "mobile")]
    device: String,
    /// Browser family.
    #[schema(example = "Safari")]
    browser: String,
    /// Operating system family.
    #[schema(example = "iOS")]
    os: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "DE")]
    country: Option<String>,
    /// Host of the page that it came from.
    #[schema(example = "instagram.com")]
    referrer_host: Option<String>,
    /// Whether it is the visitor's first on the link within an hour.
    is_unique: bool,
    /// Why it is taken for a bot's; null if it is not.
    bot: Option<String>,
    /// As `at`.
    #[schema(format = DateTime)]
    created: String,
    /// As `at`: clicks do not change, and notes do not move it.
    #[schema(format = DateTime)]
    updated: String,
    /// Your own id of it: that of the report, or one that was set later.
    external_id: Option<String>,
    /// Your notes.
    metadata: BTreeMap<String, String>,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

impl ClickObjectBody {
    fn of((object, details): (ClickObject, Details), is_live: bool) -> Self {
        let ClickObject { record, campaign } = object;
        let Click { id, link, creator, pv_id, at, device, browser, os, country, referrer_host, bot, .. } = record.click;
        Self {
            id: id.to_string(),
            object: "click",
            link: Reference::id(&link),
            creator: creator.as_ref().map(Reference::id),
            campaign: campaign.as_ref().map(Reference::id),
            visitor: (!pv_id.is_empty()).then_some(pv_id),
            at: at.to_rfc3339(),
            device,
            browser,
            os,
            country,
            referrer_host,
            is_unique: record.is_unique,
            bot,
            created: at.to_rfc3339(),
            updated: at.to_rfc3339(),
            metadata: notes(&details.metadata),
            external_id: details.external_id,
            livemode: is_live,
        }
    }
}

/// Which clicks are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct ClickParams {
    /// On this link.
    link: Option<String>,
    /// On links of this creator.
    creator: Option<String>,
    /// On links of this campaign.
    campaign: Option<String>,
    /// Only clicks by people, or only those by bots.
    human: Option<bool>,
    /// Your own id of it.
    external_id: Option<String>,
}

expandable!(ClickExpandParams, ClickExpandable: Creator = "creator", Campaign = "campaign", Link = "link");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [ClickObjectBody]) -> Result<(), Fault> {
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.creator.as_mut())).await?;
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.campaign.as_mut())).await?;
    expand.fill(call, bodies.iter_mut().map(|body| &mut body.link)).await
}

/// Lists clicks. Where few of many clicks match the filters, an answer may have fewer clicks than `limit`, or none, although there
/// are more: `continue_from` then says where to continue.
#[utoipa::path(
    get, path = "/api/v1/clicks", tag = "Clicks", operation_id = "listClicks",
    params(PageParams, ClickParams, ClickExpandParams),
    responses((status = 200, description = "A page of clicks, newest first", body = ListBody<ClickObjectBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<ClickObjectBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let (link, (creator, campaign)) = (query.link(), query.owners());
    let filter = ClickFilter { link, creator, campaign, is_human: query.flag("human") };
    let external_id = query.text("external_id");
    let expand = Expand::of(&mut query, EXPANDABLE);
    let page = query.page(ClickId::PREFIX)?;
    let mut keyset = page.keyset.clone();
    if let Some(external_id) = external_id {
        let id = flow.api().id_by_external_id(&call.merchant, ObjectKind::Click, &external_id).await?;
        keyset = keyset.and_only(id.as_deref());
    }
    let ClickPage { clicks, stopped_at } = flow.api().clicks_page(&call.merchant, &keyset, &filter).await?;
    let clicks = flow.api().with_details(&call.merchant, clicks, |object| object.record.click.id.to_string()).await?;
    let body = |object| ClickObjectBody::of(object, call.is_live());
    let mut list = page.searched_body(clicks, stopped_at.map(|id| id.to_string()), body);
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a click.
#[utoipa::path(
    get, path = "/api/v1/clicks/{id}", tag = "Clicks", operation_id = "getClick",
    params(("id" = String, Path, description = "The click's id"), ClickExpandParams),
    responses((status = 200, description = "The click", body = ClickObjectBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ClickObjectBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let object = flow.api().click(&call.merchant, &id).await?;
    let details = flow.api().details_of(&call.merchant, object.record.click.id.as_str()).await?;
    let mut body = ClickObjectBody::of((object, details), call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// Changes your own id of a click and your notes about it. Nothing can be kept with a click whose
/// visitor is unknown: their data was erased, or they refused tracking.
#[utoipa::path(
    patch, path = "/api/v1/clicks/{id}", tag = "Clicks", operation_id = "updateClick",
    params(("id" = String, Path, description = "The click's id"), OnceParams),
    request_body = DetailsRequest,
    responses((status = 200, description = "The click", body = ClickObjectBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = DetailsCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let found = async {
        let object = flow.api().click(&call.write.call.merchant, &id).await?;
        Ok((object.record.click.id.to_string(), object))
    };
    call.finish(ObjectKind::Click, found, |object, details, is_live| ClickObjectBody::of((object, details), is_live))
        .await
}

/// A click that another link shortener saw.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClickReportRequest {
    /// Your id of it: the same id and time are always the same click. The click keeps it, unless another one has it.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextField,
    /// The link, by id or code.
    #[schema(value_type = String, required = true, example = "k7m2p9qr")]
    #[serde(default)]
    link: TextField,
    /// When it was (RFC 3339), within the last 366 days.
    #[schema(value_type = String, required = true, format = DateTime)]
    #[serde(default)]
    at: DateTimeField,
    /// The visitor id; the orders that have it as `pv_id` may be credited to the click.
    #[schema(value_type = Option<String>, format = "uuid", example = "550e8400-e29b-41d4-a716-446655440000")]
    #[serde(default)]
    visitor: UuidField,
    /// ISO 3166-1 alpha-2 code.
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$")]
    #[serde(default)]
    country: TextField,
    /// `mobile`, `tablet`, `desktop` or `unknown`.
    #[schema(value_type = Option<String>, pattern = "^(mobile|tablet|desktop|unknown)$")]
    #[serde(default)]
    device: TextField,
    /// Host of the page that it came from.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    referrer_host: TextField,
}

impl ClickReportRequest {
    fn read(self) -> Result<ClickReport, Invalid> {
        let mut faults = Faults::default();
        let (link, at) = (faults.require("link", self.link), faults.require("at", self.at));
        let external_id = faults.take("external_id", self.external_id);
        let visitor = faults.take("visitor", self.visitor);
        let country = faults.take("country", self.country);
        let device = faults.take("device", self.device);
        let referrer_host = faults.take("referrer_host", self.referrer_host);
        let faults = faults.into_result();
        let (Some(link), Some(at), Ok(())) = (link, at, &faults) else {
            return Err(faults.err().unwrap_or_else(|| Invalid::one("the click is incomplete")));
        };
        Ok(ClickReport { external_id, link, at, visitor, country, device, referrer_host })
    }
}

/// A click that is stored.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClickStoredBody {
    /// The click's id.
    #[schema(example = "clk_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `click`.
    #[schema(example = "click")]
    object: &'static str,
    /// The link.
    link: String,
    /// When it was.
    #[schema(format = DateTime)]
    at: String,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// Reports a click that another link shortener saw. It counts like a click on the link.
#[utoipa::path(
    post, path = "/api/v1/clicks", tag = "Clicks", operation_id = "createClick",
    params(OnceParams),
    request_body = ClickReportRequest,
    responses((status = 201, description = "The click", body = ClickStoredBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let report = call.read::<ClickReportRequest>()?.read();
    let (merchant, claim) = (&call.call.merchant, call.claim.as_ref());
    let planned = flow.api().plan_clicks(merchant, claim, &[report]).await?;
    let planned = planned.into_iter().next().unwrap_or(Err(RowError::Changed))?;
    let Click { id, link, at, .. } = planned.new.click.clone();
    ingest.store_click(planned.new.clone()).await.map_err(ApiError::from)?;
    let body = ClickStoredBody {
        id: id.to_string(),
        object: "click",
        link: link.to_string(),
        at: at.to_rfc3339(),
        livemode: call.call.is_live(),
    };
    flow.api().name_clicks(merchant, core::iter::once(&planned)).await?;
    flow.api().note_clicks(merchant).await?;
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Many clicks.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct ClickRows {
    /// At most 1,000.
    rows: Vec<ClickReportRequest>,
}

/// Reports up to 1,000 clicks. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/clicks/bulk", tag = "Clicks", operation_id = "bulkClicks",
    params(OnceParams),
    request_body = ClickRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let read = |row: Result<ClickReportRequest, Invalid>| row.and_then(ClickReportRequest::read);
    let reports: Vec<_> = call.read_rows::<ClickReportRequest>()?.into_iter().map(read).collect();
    let (merchant, claim) = (&call.call.merchant, call.claim.as_ref());
    let planned = flow.api().plan_clicks(merchant, claim, &reports).await?;
    let body = BulkBody::of_added(&planned, |one| one.new.click.id.to_string());
    let stored = planned.iter().flatten();
    ingest.store_clicks(stored.clone().map(|one| one.new.clone()).collect()).await.map_err(ApiError::from)?;
    flow.api().name_clicks(merchant, stored).await?;
    flow.api().note_clicks(merchant).await?;
    Ok(Json(body).into_response())
}
