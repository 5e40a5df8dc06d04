//! `/api/v1/conversions`: the credits of orders.

use axum::{
    Json,
    extract::{Path, Request, State},
};
use domain::{OrderId, UnixMs, scope::Scope, settlement::BookedCredit};
use flow::{
    Flow, FlowError,
    api::{ConversionFilter, Object},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::Call,
        expand::{Expand, Reference, expandable},
        fault::{Fault, FaultBody},
        list::{ListBody, ListQuery, PageParams, conversion_place},
    },
    campaigns::CampaignBody,
    creators::CreatorBody,
    links::LinkBody,
    orders::OrderObjectBody,
};

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
    /// When the order was last settled.
    #[schema(format = DateTime)]
    updated: String,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

impl ConversionBody {
    fn of(object: &Object<BookedCredit>, is_live: bool) -> Self {
        let credit = &object.value;
        let order = credit.order.as_str().trim_start_matches(OrderId::PREFIX);
        Self {
            id: format!("cnv{order}_{}", credit.position),
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
    let expand = Expand::of(&mut query, EXPANDABLE);
    let (keyset, page) = query.conversions_page()?;
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
