//! `/api/v1/milestones`: the milestones that creators have reached.

use axum::{
    Json,
    extract::{Path, Request, State},
};
use domain::{id::earliest, milestone::orders_of, scope::Scope};
use flow::{Flow, FlowError, api::milestone::Milestone};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::Call,
        expand::{Expand, Reference, expandable},
        fault::{Fault, FaultBody},
        list::{ListBody, ListQuery, PageParams, milestone_place},
    },
    creators::CreatorBody,
};

const RESOURCE: &str = "milestones";
/// The beginning of the ids of milestones.
pub(crate) const PREFIX: &str = "mst";
/// Characters of an id before the part that does not follow from its time.
const TIME_CHARS: usize = PREFIX.len() + 1 + 10;

/// A milestone that a creator has reached, once and for ever.
#[derive(Serialize, ToSchema)]
pub(crate) struct MilestoneBody {
    /// The milestone's id.
    #[schema(example = "mst_01hf7yat00fzzvzzzzzzzzzzzz_orders:10")]
    id: String,
    /// Always `milestone`.
    #[schema(example = "milestone")]
    object: &'static str,
    /// The creator.
    creator: Reference<CreatorBody>,
    /// `orders:10` for 10 orders, `revenue:USD:100000` for that many minor units of revenue.
    #[schema(example = "orders:10")]
    name: String,
    /// The number of orders, of a milestone about orders.
    orders: Option<i64>,
    /// The revenue in minor units, of a milestone about revenue.
    revenue_minor: Option<i64>,
    /// ISO 4217 code of the revenue.
    currency: Option<String>,
    /// When it was reached.
    #[schema(format = DateTime)]
    created: String,
    /// As `created`: milestones do not change.
    #[schema(format = DateTime)]
    updated: String,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

impl MilestoneBody {
    /// As the API shows it.
    pub(crate) fn of(milestone: Milestone, is_live: bool) -> Self {
        let place = milestone.place();
        let time = earliest(PREFIX, milestone.reached_at);
        let revenue = milestone.name.strip_prefix("revenue:").and_then(|rest| rest.split_once(':'));
        let reached_at = milestone.reached_at.to_rfc3339();
        Self {
            id: format!("{}{}_{}", time.get(..TIME_CHARS).unwrap_or(&time), place.tail, milestone.name),
            object: "milestone",
            creator: Reference::id(&milestone.creator),
            orders: orders_of(&milestone.name),
            revenue_minor: revenue.and_then(|(_, minor)| minor.parse().ok()),
            currency: revenue.map(|(currency, _)| currency.to_owned()),
            name: milestone.name,
            created: reached_at.clone(),
            updated: reached_at,
            livemode: is_live,
        }
    }
}

/// Which milestones are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct MilestoneParams {
    /// Of this creator.
    creator: Option<String>,
}

expandable!(MilestoneExpandParams, MilestoneExpandable: Creator = "creator");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [MilestoneBody]) -> Result<(), Fault> {
    expand.fill(call, bodies.iter_mut().map(|body| &mut body.creator)).await
}

/// Lists the milestones that creators have reached.
#[utoipa::path(
    get, path = "/api/v1/milestones", tag = "Milestones", operation_id = "listMilestones",
    params(PageParams, MilestoneParams, MilestoneExpandParams),
    responses((status = 200, description = "A page of milestones, the latest first", body = ListBody<MilestoneBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<MilestoneBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let creator = query.creator();
    let expand = Expand::of(&mut query, EXPANDABLE);
    let (keyset, page) = query.milestones_page(PREFIX)?;
    let milestones = flow.api().milestones_page(&call.merchant, &keyset, creator.as_ref()).await?;
    let mut list = page.body(milestones, |milestone| MilestoneBody::of(milestone, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a milestone.
#[utoipa::path(
    get, path = "/api/v1/milestones/{id}", tag = "Milestones", operation_id = "getMilestone",
    params(("id" = String, Path, description = "The milestone's id"), MilestoneExpandParams),
    responses((status = 200, description = "The milestone", body = MilestoneBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<MilestoneBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let place = milestone_place(PREFIX, &id).ok_or(FlowError::NotFound("milestone"))?;
    let milestone = flow.api().milestone(&call.merchant, &place).await?;
    let mut body = MilestoneBody::of(milestone, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}
