//! `/api/v1/payouts`: payouts through the unified API.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use domain::scope::Scope;
use flow::{
    Flow, FlowError,
    api::{Object, ObjectKind, PayoutFilter},
    payout::{Payout, PayoutState},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::{Call, NoFields, OnceParams, WriteCall, answer, respond},
        details::{DetailsCall, DetailsRequest},
        expand::{Expand, Expandable, Reference, expandable},
        fault::{Fault, FaultBody},
        field::{FlagPatch, NotesPatch, TextPatch, common},
        list::{ListBody, ListQuery, PageParams},
        object::notes,
    },
    body::{Faults, TextField},
    creators::CreatorBody,
};

const RESOURCE: &str = "payouts";

/// A payout: what several creators are paid at once.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct PayoutBody {
    /// The payout's id.
    #[schema(example = "pay_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `payout`.
    #[schema(example = "payout")]
    object: &'static str,
    /// `open` until it is marked paid or cancelled.
    #[schema(value_type = PayoutStateName)]
    status: &'static str,
    /// ISO 4217 code of the amounts.
    #[schema(example = "USD")]
    currency: String,
    /// The sum, in minor units.
    #[schema(example = 12_500)]
    amount_minor: i64,
    /// What each creator gets.
    items: Vec<PayoutItemBody>,
    /// What you call the transfer.
    reference: Option<String>,
    /// When it was paid or cancelled.
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    /// When it was created.
    #[schema(format = DateTime)]
    created: String,
    /// When it was created, paid or cancelled. Notes do not move it.
    #[schema(format = DateTime)]
    updated: String,
    /// Your own id of it.
    external_id: Option<String>,
    /// Your notes.
    metadata: BTreeMap<String, String>,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// What a creator gets.
#[derive(Clone, Serialize, ToSchema)]
struct PayoutItemBody {
    /// The creator.
    creator: Reference<CreatorBody>,
    /// In minor units.
    amount_minor: i64,
}

/// States of payouts.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of flow::payout::PayoutState")]
enum PayoutStateName {
    Open,
    Paid,
    Cancelled,
}

impl PayoutBody {
    /// As the API shows it.
    pub(crate) fn of(object: &Object<Payout>, is_live: bool) -> Self {
        let payout = &object.value;
        let item = |(creator, minor): &(domain::CreatorId, i64)| PayoutItemBody {
            creator: Reference::id(creator),
            amount_minor: *minor,
        };
        Self {
            id: payout.id.to_string(),
            object: "payout",
            status: payout.state.as_str(),
            currency: payout.currency.to_string(),
            amount_minor: payout.items.iter().map(|(_, minor)| minor).sum(),
            items: payout.items.iter().map(item).collect(),
            reference: payout.reference.clone(),
            closed_at: payout.closed_at.map(domain::UnixMs::to_rfc3339),
            created: payout.created_at.to_rfc3339(),
            updated: object.updated_at.to_rfc3339(),
            external_id: object.details.external_id.clone(),
            metadata: notes(&object.details.metadata),
            livemode: is_live,
        }
    }
}

/// Which payouts are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct PayoutParams {
    /// In this state.
    status: Option<PayoutStateName>,
    /// In this currency.
    #[param(min_length = 3, max_length = 3)]
    currency: Option<String>,
    /// With an amount for this creator.
    creator: Option<String>,
    /// Your own id of it.
    external_id: Option<String>,
    /// Created, paid or cancelled at this time (RFC 3339) or later. Also `updated[gt]`, `updated[lte]` and `updated[lt]`.
    #[param(rename = "updated[gte]", format = DateTime)]
    updated_gte: Option<String>,
}

impl Expandable for PayoutBody {
    const NAME: &'static str = "payout";
    const RESOURCE: &'static str = RESOURCE;

    async fn read(call: &Call, id: &str) -> Result<Self, FlowError> {
        let object = call.flow.api().payout(&call.merchant, id).await?;
        Ok(Self::of(&object, call.is_live()))
    }
}

expandable!(PayoutExpandParams, PayoutExpandable: Creator = "creator");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [PayoutBody]) -> Result<(), Fault> {
    let items = bodies.iter_mut().flat_map(|body| &mut body.items);
    expand.fill(call, items.map(|item| &mut item.creator)).await
}

/// Lists payouts.
#[utoipa::path(
    get, path = "/api/v1/payouts", tag = "Payouts", operation_id = "listPayouts",
    params(PageParams, PayoutParams, PayoutExpandParams),
    responses((status = 200, description = "A page of payouts, newest first", body = ListBody<PayoutBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<PayoutBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let filter = PayoutFilter {
        state: query.parse("status", "must be one of open, paid, cancelled", PayoutState::parse),
        currency: query.currency(),
        creator: query.creator(),
        external_id: query.text("external_id"),
        updated: query.span("updated"),
    };
    let expand = Expand::of(&mut query, EXPANDABLE);
    let page = query.page("pay")?;
    let objects = flow.api().payouts_page(&call.merchant, &page.keyset, &filter).await?;
    let mut list = page.body(objects, |object| PayoutBody::of(&object, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a payout.
#[utoipa::path(
    get, path = "/api/v1/payouts/{id}", tag = "Payouts", operation_id = "getPayout",
    params(("id" = String, Path, description = "The payout's id"), PayoutExpandParams),
    responses((status = 200, description = "The payout", body = PayoutBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<PayoutBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let object = flow.api().payout(&call.merchant, &id).await?;
    let mut body = PayoutBody::of(&object, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

/// A new payout.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PayoutRequest {
    /// ISO 4217 code.
    #[schema(value_type = String, required = true, min_length = 3, max_length = 3, example = "USD")]
    #[serde(default)]
    currency: TextField,
    /// Your own id of it, unique among payouts: a second payout with it is refused as long as the first has it.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes. At most 50.
    #[schema(value_type = BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
}

/// Creates a payout of everything that is payable in a currency. Creators whose balance is not above zero are left out.
#[utoipa::path(
    post, path = "/api/v1/payouts", tag = "Payouts", operation_id = "createPayout",
    params(OnceParams),
    request_body = PayoutRequest,
    responses((status = 201, description = "The payout", body = PayoutBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let fields = call.read::<PayoutRequest>()?;
    let mut faults = Faults::default();
    let currency = faults.require("currency", fields.currency).unwrap_or_default();
    let kept = common(fields.external_id, fields.metadata, FlagPatch::default(), &mut faults);
    faults.into_result().map_err(|faults| Fault::invalid("Invalid request", faults))?;
    let is_live = call.call.is_live();
    let render = |object: &Object<Payout>| answer(StatusCode::CREATED, &PayoutBody::of(object, is_live));
    let (merchant, claim) = (&call.call.merchant, call.claim.as_ref());
    Ok(respond(flow.api().create_payout(merchant, claim, &currency, &kept, &render).await?))
}

/// Changes your own id of a payout and your notes about it.
#[utoipa::path(
    patch, path = "/api/v1/payouts/{id}", tag = "Payouts", operation_id = "updatePayout",
    params(("id" = String, Path, description = "The payout's id"), OnceParams),
    request_body = DetailsRequest,
    responses((status = 200, description = "The changed payout", body = PayoutBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = DetailsCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let found = async {
        let object = flow.api().payout(&call.write.call.merchant, &id).await?;
        Ok((object.value.id.to_string(), object))
    };
    let body = |object, details, is_live| PayoutBody::of(&Object { details, ..object }, is_live);
    call.finish(ObjectKind::Payout, found, body).await
}

/// How a payout was paid.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PayoutPaidRequest {
    /// What you call the transfer.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    reference: TextField,
}

/// Marks a payout as paid. Marking it again under the same reference changes nothing.
#[utoipa::path(
    post, path = "/api/v1/payouts/{id}/mark_paid", tag = "Payouts", operation_id = "markPayoutPaid",
    params(("id" = String, Path, description = "The payout's id"), OnceParams),
    request_body = PayoutPaidRequest,
    responses((status = 200, description = "The paid payout", body = PayoutBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn mark_paid(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let mut faults = Faults::default();
    let reference = faults.take("reference", call.read::<PayoutPaidRequest>()?.reference);
    faults.into_result().map_err(|faults| Fault::invalid("Invalid request", faults))?;
    close(&flow, &call, &id, (PayoutState::Paid, reference.as_deref())).await
}

/// Cancels a payout that is not paid: its amounts are payable again. Cancelling it again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/payouts/{id}/cancel", tag = "Payouts", operation_id = "cancelPayout",
    params(("id" = String, Path, description = "The payout's id"), OnceParams),
    responses((status = 200, description = "The cancelled payout", body = PayoutBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn cancel(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    call.read::<NoFields>()?;
    close(&flow, &call, &id, (PayoutState::Cancelled, None)).await
}

async fn close(flow: &Flow, call: &WriteCall, id: &str, how: (PayoutState, Option<&str>)) -> Result<Response, Fault> {
    let is_live = call.call.is_live();
    let render = |object: &Object<Payout>| answer(StatusCode::OK, &PayoutBody::of(object, is_live));
    Ok(respond(flow.api().close_payout(&call.call.merchant, call.claim.as_ref(), id, how, &render).await?))
}
