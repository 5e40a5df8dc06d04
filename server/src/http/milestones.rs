//! `/api/v1/milestones`: the milestones that creators have reached.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use domain::{id::earliest, metadata::Details, milestone::orders_of, scope::Scope};
use flow::{
    Flow, FlowError,
    api::{ObjectKind, milestone::Milestone},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::{Call, OnceParams},
        details::{DetailsCall, DetailsRequest},
        expand::{Expand, Reference, expandable},
        fault::{Fault, FaultBody},
        list::{ListBody, ListQuery, PageParams, milestone_place},
        object::notes,
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
    /// As `created`: milestones do not change, and notes do not move it.
    #[schema(format = DateTime)]
    updated: String,
    /// Your own id of it.
    external_id: Option<String>,
    /// Your notes: what the creator got for it, for example.
    metadata: BTreeMap<String, String>,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// The id of a milestone: its time, the end of the creator's id, and its name.
pub(crate) fn id_of(milestone: &Milestone) -> String {
    let (place, time) = (milestone.place(), earliest(PREFIX, milestone.reached_at));
    format!("{}{}_{}", time.get(..TIME_CHARS).unwrap_or(&time), place.tail, place.name)
}

impl MilestoneBody {
    /// As the API shows it.
    pub(crate) fn of((milestone, details): (Milestone, Details), is_live: bool) -> Self {
        let revenue = milestone.name.strip_prefix("revenue:").and_then(|rest| rest.split_once(':'));
        let reached_at = milestone.reached_at.to_rfc3339();
        Self {
            id: id_of(&milestone),
            object: "milestone",
            creator: Reference::id(&milestone.creator),
            orders: orders_of(&milestone.name),
            revenue_minor: revenue.and_then(|(_, minor)| minor.parse().ok()),
            currency: revenue.map(|(currency, _)| currency.to_owned()),
            name: milestone.name,
            created: reached_at.clone(),
            updated: reached_at,
            metadata: notes(&details.metadata),
            external_id: details.external_id,
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
    /// Your own id of it.
    external_id: Option<String>,
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
    let external_id = query.text("external_id");
    let expand = Expand::of(&mut query, EXPANDABLE);
    let (keyset, page) = query.milestones_page(PREFIX)?;
    let (api, merchant, creator) = (flow.api(), &call.merchant, creator.as_ref());
    let milestones = if let Some(external_id) = external_id {
        let id = api.id_by_external_id(merchant, ObjectKind::Milestone, &external_id).await?;
        match id.and_then(|id| milestone_place(PREFIX, &id)) {
            Some(place) => api.milestones_at(merchant, &place, &keyset, creator).await?,
            None => Vec::new(),
        }
    } else {
        api.milestones_page(merchant, &keyset, creator).await?
    };
    let milestones = api.with_details(merchant, milestones, id_of).await?;
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
    let details = flow.api().details_of(&call.merchant, &id_of(&milestone)).await?;
    let mut body = MilestoneBody::of((milestone, details), call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// Changes your own id of a milestone and your notes about it. A merge of its creator into another
/// who has not reached it moves them along; erasing the creator deletes them.
#[utoipa::path(
    patch, path = "/api/v1/milestones/{id}", tag = "Milestones", operation_id = "updateMilestone",
    params(("id" = String, Path, description = "The milestone's id"), OnceParams),
    request_body = DetailsRequest,
    responses((status = 200, description = "The milestone", body = MilestoneBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = DetailsCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let found = async {
        let place = milestone_place(PREFIX, &id).ok_or(FlowError::NotFound("milestone"))?;
        let milestone = flow.api().milestone(&call.write.call.merchant, &place).await?;
        Ok((id_of(&milestone), milestone))
    };
    call.finish(ObjectKind::Milestone, found, |milestone, details, is_live| {
        MilestoneBody::of((milestone, details), is_live)
    })
    .await
}
