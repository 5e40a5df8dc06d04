//! `/api/v1/conversions`: the credits of orders, and what ad platforms report of them.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{OrderId, UnixMs, click::Click, scope::Scope, settlement::BookedCredit};
use flow::{
    Flow, FlowError, Invalid,
    api::{
        ConversionFilter, Object, ObjectKind,
        click::ClickReport,
        conversion::{ConversionReport, PlannedConversion, conversion_id},
        write::RowError,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::{BulkBody, Call, OnceParams, WriteCall},
        details::{DetailsCall, DetailsRequest},
        expand::{Expand, Reference, expandable},
        fault::{Fault, FaultBody},
        list::{ListBody, ListQuery, PageParams, conversion_place},
        object::notes,
    },
    body::{DateTimeField, Faults, SenderIdField, TextField},
    campaigns::CampaignBody,
    creators::CreatorBody,
    error::ApiError,
    links::LinkBody,
    orders::OrderObjectBody,
};
use crate::ingest::Ingest;

const RESOURCE: &str = "conversions";

/// A share of an order that is credited to a link.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConversionBody {
    /// The order's id and the share's position in it.
    #[schema(example = "cnv_01hf7yat00fzzvzzzzzzzzzzzz_0")]
    id: String,
    /// Always `conversion`.
    #[schema(example = "conversion")]
    object: &'static str,
    /// The order.
    order: Reference<OrderObjectBody>,
    /// The creator.
    creator: Option<Reference<CreatorBody>>,
    /// The link.
    link: Reference<LinkBody>,
    /// The campaign.
    campaign: Option<Reference<CampaignBody>>,
    /// The kind of evidence that won.
    #[schema(example = "click")]
    kind: &'static str,
    /// In minor units.
    #[schema(example = 2500)]
    amount_minor: i64,
    /// ISO 4217 code of the amount.
    #[schema(example = "USD")]
    currency: String,
    /// The share as an exact fraction.
    #[schema(example = "1/2")]
    weight: String,
    /// When the credited visit was.
    #[schema(format = DateTime)]
    touched_at: String,
    /// When the order was placed.
    #[schema(format = DateTime)]
    created: String,
    /// When the order was last settled. Notes do not move it.
    #[schema(format = DateTime)]
    updated: String,
    /// Your own id of it.
    external_id: Option<String>,
    /// Your notes.
    metadata: BTreeMap<String, String>,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

impl ConversionBody {
    fn of(object: &Object<BookedCredit>, is_live: bool) -> Self {
        let credit = &object.value;
        Self {
            id: conversion_id(&credit.order, credit.position),
            object: "conversion",
            order: Reference::id(&credit.order),
            creator: credit.creator.as_ref().map(Reference::id),
            link: Reference::id(&credit.link),
            campaign: credit.campaign.as_ref().map(Reference::id),
            kind: credit.kind.as_str(),
            amount_minor: credit.amount_minor,
            currency: credit.currency.to_string(),
            weight: credit.weight.to_string(),
            touched_at: credit.touched_at.to_rfc3339(),
            created: credit.order.created_at().to_rfc3339(),
            updated: UnixMs::to_rfc3339(object.updated_at),
            external_id: object.details.external_id.clone(),
            metadata: notes(&object.details.metadata),
            livemode: is_live,
        }
    }
}

/// Which conversions are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct ConversionParams {
    /// Of this creator.
    creator: Option<String>,
    /// Of this campaign.
    campaign: Option<String>,
    /// Of this link.
    link: Option<String>,
    /// Of this order.
    order: Option<String>,
    /// Your own id of it.
    external_id: Option<String>,
    /// Settled at this time (RFC 3339) or later. Also `updated[gt]`, `updated[lte]` and `updated[lt]`.
    #[param(rename = "updated[gte]", format = DateTime)]
    updated_gte: Option<String>,
}

expandable!(ConversionExpandParams, ConversionExpandable: Creator = "creator", Campaign = "campaign", Link = "link", Order = "order");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [ConversionBody]) -> Result<(), Fault> {
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.creator.as_mut())).await?;
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.campaign.as_mut())).await?;
    expand.fill(call, bodies.iter_mut().map(|body| &mut body.link)).await?;
    expand.fill(call, bodies.iter_mut().map(|body| &mut body.order)).await
}

/// Lists conversions.
#[utoipa::path(
    get, path = "/api/v1/conversions", tag = "Conversions", operation_id = "listConversions",
    params(PageParams, ConversionParams, ConversionExpandParams),
    responses((status = 200, description = "A page of conversions, those of the latest placed order first", body = ListBody<ConversionBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<ConversionBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let (creator, campaign) = query.owners();
    let (link, order, updated) = (query.link(), query.order(), query.span("updated"));
    let filter = ConversionFilter { creator, campaign, link, order, updated };
    let external_id = query.text("external_id");
    let expand = Expand::of(&mut query, EXPANDABLE);
    let (mut keyset, page) = query.conversions_page()?;
    if let Some(external_id) = external_id {
        let id = flow.api().id_by_external_id(&call.merchant, ObjectKind::Conversion, &external_id).await?;
        keyset = keyset.and_only(id.as_deref().and_then(conversion_place));
    }
    let objects = flow.api().conversions_page(&call.merchant, &keyset, &filter).await?;
    let mut list = page.body(objects, |object| ConversionBody::of(&object, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a conversion. A settlement of its order may replace it: the id is then of another share, or of none.
#[utoipa::path(
    get, path = "/api/v1/conversions/{id}", tag = "Conversions", operation_id = "getConversion",
    params(("id" = String, Path, description = "The conversion's id"), ConversionExpandParams),
    responses((status = 200, description = "The conversion", body = ConversionBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ConversionBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let (order, position) = conversion_place(&id).ok_or(FlowError::NotFound("conversion"))?;
    let order: OrderId = order.parse().map_err(|_| FlowError::NotFound("conversion"))?;
    let object = flow.api().conversion(&call.merchant, &order, position).await?;
    let mut body = ConversionBody::of(&object, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// Changes your own id of a conversion and your notes about it. They stay with its id when a
/// settlement of the order replaces it. Nothing can be kept with a conversion whose customer's or
/// creator's data was erased.
#[utoipa::path(
    patch, path = "/api/v1/conversions/{id}", tag = "Conversions", operation_id = "updateConversion",
    params(("id" = String, Path, description = "The conversion's id"), OnceParams),
    request_body = DetailsRequest,
    responses((status = 200, description = "The conversion", body = ConversionBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = DetailsCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let found = async {
        let (order, position) = conversion_place(&id).ok_or(FlowError::NotFound("conversion"))?;
        let order: OrderId = order.parse().map_err(|_| FlowError::NotFound("conversion"))?;
        let object = flow.api().conversion(&call.write.call.merchant, &order, position).await?;
        Ok((conversion_id(&order, position), object))
    };
    call.finish(ObjectKind::Conversion, found, |object, details, is_live| {
        ConversionBody::of(&Object { details, ..object }, is_live)
    })
    .await
}

/// A conversion that an ad platform saw: the buyer of an order had come by a link.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConversionReportRequest {
    /// The platform's id of it. Sending exactly the same report again changes nothing. The click that stands for the visit keeps
    /// the id, unless another click has it.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "ad-click-81")]
    #[serde(default)]
    external_id: TextField,
    /// The order, which must be there already: its id, or the seller's id of it.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 512, example = "5551234567890")]
    #[serde(default)]
    order: SenderIdField,
    /// The link that the buyer came by, by id or code.
    #[schema(value_type = String, required = true, example = "k7m2p9qr")]
    #[serde(default)]
    link: TextField,
    /// When the buyer came (RFC 3339), within the last 366 days and in no closed period.
    #[schema(value_type = String, required = true, format = DateTime)]
    #[serde(default)]
    touched_at: DateTimeField,
    /// ISO 3166-1 alpha-2 code.
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$")]
    #[serde(default)]
    country: TextField,
    /// `mobile`, `tablet`, `desktop` or `unknown`.
    #[schema(value_type = Option<String>, pattern = "^(mobile|tablet|desktop|unknown)$")]
    #[serde(default)]
    device: TextField,
    /// Host of the ad platform.
    #[schema(value_type = Option<String>, max_length = 255, example = "tiktok.com")]
    #[serde(default)]
    referrer_host: TextField,
}

impl ConversionReportRequest {
    fn read(self) -> Result<ConversionReport, Invalid> {
        let mut faults = Faults::default();
        let external_id = faults.require("external_id", self.external_id);
        let order = faults.require("order", self.order);
        let (link, at) = (faults.require("link", self.link), faults.require("touched_at", self.touched_at));
        let country = faults.take("country", self.country);
        let device = faults.take("device", self.device);
        let referrer_host = faults.take("referrer_host", self.referrer_host);
        let faults = faults.into_result();
        let (Some(external_id), Some(order), Some(link), Some(at), Ok(())) = (external_id, order, link, at, &faults)
        else {
            return Err(faults.err().unwrap_or_else(|| Invalid::one("the conversion is incomplete")));
        };
        let visit = ClickReport { external_id: None, link, at, visitor: None, country, device, referrer_host };
        Ok(ConversionReport { external_id, order, visit })
    }
}

/// A reported conversion that is stored.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConversionReportBody {
    /// The id of the click that stands for the visit.
    #[schema(example = "clk_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `conversion_report`.
    #[schema(example = "conversion_report")]
    object: &'static str,
    /// The order.
    #[schema(example = "ord_01hf7yat00fzzvzzzzzzzzzzzz")]
    order: String,
    /// The link.
    link: String,
    /// When the buyer came.
    #[schema(format = DateTime)]
    touched_at: String,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// Stores the visits of reported conversions, and joins them to their orders.
async fn store(
    call: &WriteCall,
    ingest: &Ingest,
    reports: &[Result<ConversionReport, Invalid>],
) -> Result<Vec<Result<PlannedConversion, RowError>>, Fault> {
    let (api, merchant) = (call.call.flow.api(), &call.call.merchant);
    let mut planned = api.plan_conversions(merchant, reports).await?;
    api.join_conversions(merchant, &mut planned).await?;
    let joined: Vec<&PlannedConversion> = planned.iter().filter_map(|one| one.as_ref().ok()).collect();
    ingest.store_clicks(joined.iter().map(|one| one.click.new.clone()).collect()).await.map_err(ApiError::from)?;
    api.name_clicks(merchant, joined.iter().map(|one| &one.click)).await?;
    api.settle_conversions(merchant, &joined).await?;
    Ok(planned)
}

/// Reports a conversion that an ad platform saw. The visit counts like a click on the link, and as a visit of the order's
/// customer: it takes part in the attribution of this order and of the customer's later ones.
#[utoipa::path(
    post, path = "/api/v1/conversions", tag = "Conversions", operation_id = "createConversion",
    params(OnceParams),
    request_body = ConversionReportRequest,
    responses((status = 201, description = "The reported conversion", body = ConversionReportBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let report = call.read::<ConversionReportRequest>()?.read();
    let stored = store(&call, &ingest, &[report]).await?;
    let PlannedConversion { click, order, .. } = stored.into_iter().next().unwrap_or(Err(RowError::Changed))?;
    let Click { id, link, at, .. } = click.new.click;
    let body = ConversionReportBody {
        id: id.to_string(),
        object: "conversion_report",
        order: order.to_string(),
        link: link.to_string(),
        touched_at: at.to_rfc3339(),
        livemode: call.call.is_live(),
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Many reported conversions.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct ConversionRows {
    /// At most 1,000.
    rows: Vec<ConversionReportRequest>,
}

/// Reports up to 1,000 conversions. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/conversions/bulk", tag = "Conversions", operation_id = "bulkConversions",
    params(OnceParams),
    request_body = ConversionRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let read = |row: Result<ConversionReportRequest, Invalid>| row.and_then(ConversionReportRequest::read);
    let reports: Vec<_> = call.read_rows::<ConversionReportRequest>()?.into_iter().map(read).collect();
    let stored = store(&call, &ingest, &reports).await?;
    Ok(Json(BulkBody::of_added(&stored, |one| one.click.new.click.id.to_string())).into_response())
}
