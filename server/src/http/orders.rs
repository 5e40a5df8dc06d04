//! `/api/v1/orders`: orders through the unified API.

pub(crate) mod attribution;
pub(crate) mod refunds;
mod report;

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    attribution::Credit,
    order::{Line, Order, OrderSource},
    scope::Scope,
};
use flow::{
    Flow, FlowError, Invalid,
    api::{Object, OrderFilter},
    order::OrderRecord,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(crate) use self::report::{OrderOfAddressRequest, OrderReportRequest};
use super::{
    api::{
        call::{BulkBody, Call, OnceParams, WriteCall, answer, answer_one, answer_rows, respond},
        expand::{Expand, Expandable, Reference, expandable},
        fault::{Fault, FaultBody},
        field::NotesPatch,
        list::{ListBody, ListQuery, PageParams},
        object::notes,
    },
    body::Faults,
    campaigns::CampaignBody,
    creators::CreatorBody,
    links::LinkBody,
};

const RESOURCE: &str = "orders";

/// An order.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct OrderObjectBody {
    /// Our id.
    #[schema(example = "ord_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `order`.
    #[schema(example = "order")]
    object: &'static str,
    /// The seller's id.
    external_id: String,
    /// The name that people use for it.
    name: String,
    /// Who reported it.
    #[schema(value_type = OrderSourceName)]
    source: &'static str,
    /// When it was placed.
    #[schema(format = DateTime)]
    placed_at: String,
    /// When it was cancelled.
    #[schema(format = DateTime)]
    cancelled_at: Option<String>,
    /// ISO 4217 code of the amounts.
    #[schema(example = "USD")]
    currency: String,
    /// The total with tax and shipping, in minor units.
    #[schema(example = 4999)]
    total_minor: i64,
    /// Refunded so far, in minor units.
    refunded_minor: i64,
    /// Revenue that counts, in minor units.
    net_minor: i64,
    /// The lines, if the seller reports them.
    line_items: Vec<OrderLineBody>,
    /// A test order of the shop: recorded, never counted.
    is_test: bool,
    /// Whether it is the customer's first order, if that is known.
    is_new_customer: Option<bool>,
    /// The seller's id of the order that is the same sale and counts instead of this one.
    same_as: Option<String>,
    /// Whether its credits are decided.
    settled: bool,
    /// Who gets how much of it.
    credits: Vec<CreditObjectBody>,
    /// Your notes.
    metadata: BTreeMap<String, String>,
    /// When it was placed, as its id has it.
    #[schema(format = DateTime)]
    created: String,
    /// When it was last settled.
    #[schema(format = DateTime)]
    updated: String,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// A line of an order.
#[derive(Clone, Serialize, ToSchema)]
struct OrderLineBody {
    /// The seller's id of the line.
    id: String,
    /// The seller's id of the product.
    product: Option<String>,
    /// How many were bought, those that edits or refunds took back included, if the seller reports it.
    quantity: Option<u32>,
    /// What is left of it after discounts, edits and refunds, without tax, for the whole line, in minor units.
    net_minor: i64,
    /// Whether it is a gift card.
    is_gift_card: bool,
}

impl OrderLineBody {
    fn of(line: &Line) -> Self {
        let Line { id, product, quantity, net_minor, is_gift_card } = line.clone();
        Self { id, product, quantity, net_minor, is_gift_card }
    }
}

/// A share of an order.
#[derive(Clone, Serialize, ToSchema)]
struct CreditObjectBody {
    /// The creator.
    creator: Option<Reference<CreatorBody>>,
    /// The link.
    link: Reference<LinkBody>,
    /// The campaign.
    campaign: Option<Reference<CampaignBody>>,
    /// The kind of evidence that won.
    #[schema(example = "click")]
    kind: &'static str,
    /// In minor units of the order's currency.
    amount_minor: i64,
    /// The share as an exact fraction.
    #[schema(example = "1/2")]
    weight: String,
}

/// Who reports orders.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of domain::order::OrderSource")]
pub(crate) enum OrderSourceName {
    Browser,
    Api,
    Shopify,
}

impl CreditObjectBody {
    fn of(credit: &Credit) -> Self {
        Self {
            creator: credit.creator.as_ref().map(Reference::id),
            link: Reference::id(&credit.link),
            campaign: credit.campaign.as_ref().map(Reference::id),
            kind: credit.kind.as_str(),
            amount_minor: credit.amount_minor,
            weight: credit.weight.to_string(),
        }
    }
}

impl OrderObjectBody {
    /// The order as the API shows it.
    pub(crate) fn of(object: &Object<OrderRecord>, is_live: bool) -> Self {
        let OrderRecord { order, attribution, .. } = &object.value;
        let Order { id, source, placed_at, cancelled_at, currency, total_minor, .. } = order;
        Self {
            id: id.to_string(),
            object: "order",
            external_id: order.external_id.clone(),
            name: order.name.clone(),
            source: source.as_str(),
            placed_at: placed_at.to_rfc3339(),
            cancelled_at: cancelled_at.map(domain::UnixMs::to_rfc3339),
            currency: currency.to_string(),
            total_minor: *total_minor,
            refunded_minor: order.refunded_minor.min(*total_minor),
            net_minor: order.net_minor(),
            line_items: order.lines.iter().map(OrderLineBody::of).collect(),
            is_test: order.is_test,
            is_new_customer: order.is_new_customer,
            same_as: order.details.same_as.clone(),
            settled: attribution.is_some(),
            credits: attribution.iter().flat_map(|found| &found.credits).map(CreditObjectBody::of).collect(),
            metadata: notes(&object.details.metadata),
            created: id.created_at().to_rfc3339(),
            updated: object.updated_at.to_rfc3339(),
            livemode: is_live,
        }
    }
}

/// Which orders are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct OrderParams {
    /// Settled at this time (RFC 3339) or later. Also `updated[gt]`, `updated[lte]` and `updated[lt]`.
    #[param(rename = "updated[gte]", format = DateTime)]
    updated_gte: Option<String>,
    /// Placed at this time or later. Also `placed_at[gt]`, `placed_at[lte]` and `placed_at[lt]`.
    #[param(rename = "placed_at[gte]", format = DateTime)]
    placed_at_gte: Option<String>,
    /// The seller's id.
    external_id: Option<String>,
    /// Orders with a credit of this creator.
    creator: Option<String>,
    /// Orders with a credit of this campaign.
    campaign: Option<String>,
    /// Who reported them.
    source: Option<OrderSourceName>,
    /// Only orders with a credit, or only others.
    attributed: Option<bool>,
}

impl Expandable for OrderObjectBody {
    const NAME: &'static str = "order";
    const RESOURCE: &'static str = RESOURCE;

    async fn read(call: &Call, id: &str) -> Result<Self, FlowError> {
        let object = call.flow.api().order(&call.merchant, id).await?;
        Ok(Self::of(&object, call.is_live()))
    }
}

expandable!(OrderExpandParams, OrderExpandable: Creator = "creator", Campaign = "campaign", Link = "link");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [OrderObjectBody]) -> Result<(), Fault> {
    let credits = bodies.iter_mut().flat_map(|body| &mut body.credits);
    expand.fill(call, credits.filter_map(|credit| credit.creator.as_mut())).await?;
    let credits = bodies.iter_mut().flat_map(|body| &mut body.credits);
    expand.fill(call, credits.filter_map(|credit| credit.campaign.as_mut())).await?;
    let credits = bodies.iter_mut().flat_map(|body| &mut body.credits);
    expand.fill(call, credits.map(|credit| &mut credit.link)).await
}

/// Lists orders.
#[utoipa::path(
    get, path = "/api/v1/orders", tag = "Orders", operation_id = "listOrders",
    params(PageParams, OrderParams, OrderExpandParams),
    responses((status = 200, description = "A page of orders, the latest placed first", body = ListBody<OrderObjectBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<OrderObjectBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let (creator, campaign) = query.owners();
    let filter = OrderFilter {
        updated: query.span("updated"),
        placed: query.span("placed_at"),
        external_id: query.text("external_id"),
        source: query.parse("source", "must be one of browser, api, shopify", OrderSource::parse),
        is_attributed: query.flag("attributed"),
        creator,
        campaign,
    };
    let expand = Expand::of(&mut query, EXPANDABLE);
    let page = query.page("ord")?;
    let objects = flow.api().orders_page(&call.merchant, &page.keyset, &filter).await?;
    let mut list = page.body(objects, |object| OrderObjectBody::of(&object, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets an order.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}", tag = "Orders", operation_id = "getOrder",
    params(("id" = String, Path, description = "Our id (ord_…) or the seller's id of the order"), OrderExpandParams),
    responses((status = 200, description = "The order", body = OrderObjectBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<OrderObjectBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let object = flow.api().order(&call.merchant, storable(&id)?).await?;
    let mut body = OrderObjectBody::of(&object, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// An id that an order may have.
fn storable(id: &str) -> Result<&str, Fault> {
    if id.contains('\0') { Err(FlowError::NotFound("order").into()) } else { Ok(id) }
}

/// Reports an order of another system, such as a point of sale or a headless shop. An `external_id` names the same
/// order for good: a repeat changes nothing, newer facts replace older ones.
#[utoipa::path(
    post, path = "/api/v1/orders", tag = "Orders", operation_id = "createOrder",
    params(OnceParams),
    request_body = OrderReportRequest,
    responses((status = 200, description = "The known order, with what was new", body = OrderObjectBody), (status = 201, description = "The new order; its credits are decided in a moment", body = OrderObjectBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let report = call.read::<OrderReportRequest>()?.read();
    report_one(&flow, call, report).await
}

/// Reports the order with your own id: as `POST /api/v1/orders`, for clients that put every resource by its id.
#[utoipa::path(
    put, path = "/api/v1/orders/external/{external_id}", tag = "Orders", operation_id = "upsertOrder",
    params(("external_id" = String, Path, description = "Your own id of the order"), OnceParams),
    request_body = OrderOfAddressRequest,
    responses((status = 200, description = "The known order, with what was new", body = OrderObjectBody), (status = 201, description = "The new order; its credits are decided in a moment", body = OrderObjectBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn upsert(
    State(flow): State<Flow>,
    Path(external_id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let report = call.read::<OrderReportRequest>()?.read_as(Some(external_id));
    report_one(&flow, call, report).await
}

async fn report_one(
    flow: &Flow,
    call: WriteCall,
    report: Result<flow::api::order::OrderReport, Invalid>,
) -> Result<Response, Fault> {
    let is_live = call.call.is_live();
    let render = |rows: &[_]| answer_one(rows, |object| OrderObjectBody::of(object, is_live));
    let done = flow.api().report_orders(&call.call.merchant, call.claim.as_ref(), &[report], &render).await?;
    Ok(respond(done))
}

/// What changes about an order.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderNotesRequest {
    /// Notes to set; those that are `null` are removed, others stay. At most 50. They are erased with the customer.
    #[schema(value_type = BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
}

/// Changes your notes about an order, a shop's too. They are no facts: nothing is settled again, and no event is sent. Of an
/// order whose customer was erased none are kept.
#[utoipa::path(
    patch, path = "/api/v1/orders/{id}", tag = "Orders", operation_id = "updateOrder",
    params(("id" = String, Path, description = "Our id (ord_…) or the seller's id of the order"), OnceParams),
    request_body = OrderNotesRequest,
    responses((status = 200, description = "The order", body = OrderObjectBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let mut faults = Faults::default();
    let metadata = call.read::<OrderNotesRequest>()?.metadata.change("metadata", &mut faults);
    faults.into_result().map_err(|faults| Fault::invalid("Invalid request", faults))?;
    let metadata = metadata.flatten().unwrap_or_default();
    let is_live = call.call.is_live();
    let render = |object: &Object<OrderRecord>| answer(StatusCode::OK, &OrderObjectBody::of(object, is_live));
    let (merchant, claim) = (&call.call.merchant, call.claim.as_ref());
    Ok(respond(flow.api().note_order(merchant, claim, storable(&id)?, metadata, &render).await?))
}

/// Many orders.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct OrderRows {
    /// At most 1,000, each of another order.
    rows: Vec<OrderReportRequest>,
}

/// Reports up to 1,000 orders. A wrong row does not affect the others.
#[utoipa::path(
    post, path = "/api/v1/orders/bulk", tag = "Orders", operation_id = "bulkOrders",
    params(OnceParams),
    request_body = OrderRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let read = |row: Result<OrderReportRequest, Invalid>| row.and_then(OrderReportRequest::read);
    let reports: Vec<_> = call.read_rows::<OrderReportRequest>()?.into_iter().map(read).collect();
    let render = |rows: &[_]| answer_rows(rows, |record: &OrderRecord| record.order.id.to_string());
    let done = flow.api().report_orders(&call.call.merchant, call.claim.as_ref(), &reports, &render).await?;
    Ok(respond(done))
}
