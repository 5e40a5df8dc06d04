//! `/api/v1/commissions`: the entries of the ledger, their edits and approval.

pub(crate) mod bulk;

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use domain::{metadata::parse_external_id, scope::Scope};
use flow::{
    Flow, Invalid,
    api::{
        Commission, CommissionFilter, CommissionStatus, Object,
        commission::{CommissionChanges, NewAdjustment, NewAmount},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::{Call, NoFields, OnceParams, WriteCall, answer, respond},
        expand::{Expand, Reference, expandable},
        fault::{Fault, FaultBody},
        field::{FlagPatch, NotesPatch, TextPatch, common},
        list::{ListBody, ListQuery, PageParams},
        object::notes,
    },
    body::{Faults, IntegerField, TextField},
    creators::CreatorBody,
    orders::OrderObjectBody,
    payouts::PayoutBody,
};

const RESOURCE: &str = "commissions";

/// An entry of the ledger. A creator's balance is the sum of the `original_minor` of all of their entries.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommissionBody {
    /// The entry's id.
    #[schema(example = "led_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `commission`.
    #[schema(example = "commission")]
    object: &'static str,
    /// The creator.
    creator: Reference<CreatorBody>,
    /// The order that it is for.
    order: Option<Reference<OrderObjectBody>>,
    /// The rule that it follows from.
    rule: Option<String>,
    /// Earned (`accrual`), taken back (`reversal`), added by a person (`adjustment`), or the line of a payout.
    #[schema(value_type = CommissionKindName)]
    kind: &'static str,
    /// How far it is on its way to the creator.
    #[schema(value_type = CommissionStatusName)]
    status: &'static str,
    /// What the entry says, in minor units; negative if it reduces the balance. It never changes.
    #[schema(example = 500)]
    original_minor: i64,
    /// The same with its edits, each of which is an entry of its own.
    #[schema(example = 450)]
    amount_minor: i64,
    /// ISO 4217 code of the amounts.
    #[schema(example = "USD")]
    currency: String,
    /// The reason, in words.
    reason: String,
    /// The entry that this one edits.
    edits: Option<String>,
    /// The payout that contains it.
    payout: Option<Reference<PayoutBody>>,
    /// When its hold ends.
    #[schema(format = DateTime)]
    payable_at: String,
    /// When it was added.
    #[schema(format = DateTime)]
    created: String,
    /// When it was last edited, approved or paid. Notes do not move it.
    #[schema(format = DateTime)]
    updated: String,
    /// Your own id of it.
    external_id: Option<String>,
    /// Your notes.
    metadata: BTreeMap<String, String>,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// Kinds of entries.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of domain::commission::EntryKind")]
pub(crate) enum CommissionKindName {
    Accrual,
    Reversal,
    Adjustment,
    Payout,
}

/// How far an entry is: on hold (`pending`), waiting for a person's approval, payable (`approved`), in an open payout, in a
/// paid one, or the line of a payout that was cancelled.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of flow::api::CommissionStatus")]
enum CommissionStatusName {
    Pending,
    Waiting,
    Approved,
    InPayout,
    Paid,
    Cancelled,
}

impl CommissionBody {
    /// As the API shows it.
    pub(crate) fn of(object: &Object<Commission>, is_live: bool) -> Self {
        let Commission { entry, status, edited_minor, edited, .. } = &object.value;
        Self {
            id: entry.id.to_string(),
            object: "commission",
            creator: Reference::id(&entry.creator),
            order: entry.order.as_ref().map(Reference::id),
            rule: entry.rule.as_ref().map(ToString::to_string),
            kind: entry.kind.as_str(),
            status: status.as_str(),
            original_minor: entry.amount_minor,
            amount_minor: entry.amount_minor + edited_minor,
            currency: entry.currency.to_string(),
            reason: entry.reason.clone(),
            edits: edited.as_ref().map(ToString::to_string),
            payout: entry.payout.as_ref().map(Reference::id),
            payable_at: entry.payable_at.to_rfc3339(),
            created: entry.created_at.to_rfc3339(),
            updated: object.updated_at.to_rfc3339(),
            external_id: object.details.external_id.clone(),
            metadata: notes(&object.details.metadata),
            livemode: is_live,
        }
    }
}

/// Which commissions are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct CommissionParams {
    /// Of this creator.
    creator: Option<String>,
    /// Of this order.
    order: Option<String>,
    /// Of this payout.
    payout: Option<String>,
    /// With this status.
    status: Option<CommissionStatusName>,
    /// True: what is not paid yet, without the lines of payouts.
    unpaid: Option<bool>,
    /// Your own id of it.
    external_id: Option<String>,
    /// Added, edited, approved or paid at this time (RFC 3339) or later. Also `updated[gt]`, `updated[lte]` and `updated[lt]`.
    #[param(rename = "updated[gte]", format = DateTime)]
    updated_gte: Option<String>,
}

expandable!(CommissionExpandParams, CommissionExpandable: Creator = "creator", Order = "order", Payout = "payout");

/// Shows whole what the request asks for.
async fn expand_bodies(call: &Call, expand: &Expand, bodies: &mut [CommissionBody]) -> Result<(), Fault> {
    expand.fill(call, bodies.iter_mut().map(|body| &mut body.creator)).await?;
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.order.as_mut())).await?;
    expand.fill(call, bodies.iter_mut().filter_map(|body| body.payout.as_mut())).await
}

/// Lists commissions.
#[utoipa::path(
    get, path = "/api/v1/commissions", tag = "Commissions", operation_id = "listCommissions",
    params(PageParams, CommissionParams, CommissionExpandParams),
    responses((status = 200, description = "A page of commissions, newest first", body = ListBody<CommissionBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<CommissionBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let statuses = CommissionStatus::ALL.map(CommissionStatus::as_str).join(", ");
    let filter = CommissionFilter {
        creator: query.creator(),
        order: query.order(),
        payout: query.parse("payout", "must be a payout's id (pay_…)", |text| text.parse().ok()),
        status: query.parse("status", &format!("must be one of {statuses}"), CommissionStatus::parse),
        is_unpaid: query.flag("unpaid"),
        external_id: query.text("external_id"),
        updated: query.span("updated"),
    };
    let expand = Expand::of(&mut query, EXPANDABLE);
    let page = query.page("led")?;
    let objects = flow.api().commissions_page(&call.merchant, &page.keyset, &filter).await?;
    let mut list = page.body(objects, |object| CommissionBody::of(&object, call.is_live()));
    expand_bodies(&call, &expand, &mut list.data).await?;
    Ok(list)
}

/// Gets a commission.
#[utoipa::path(
    get, path = "/api/v1/commissions/{id}", tag = "Commissions", operation_id = "getCommission",
    params(("id" = String, Path, description = "The commission's id"), CommissionExpandParams),
    responses((status = 200, description = "The commission", body = CommissionBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<CommissionBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let expand = Expand::alone(request.uri(), EXPANDABLE)?;
    let object = flow.api().commission(&call.merchant, &id).await?;
    let mut body = CommissionBody::of(&object, call.is_live());
    expand_bodies(&call, &expand, core::slice::from_mut(&mut body)).await?;
    Ok(Json(body))
}

fn invalid(faults: Invalid) -> Fault {
    Fault::invalid("Invalid request", faults)
}

/// An adjustment of a creator's balance.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdjustmentRequest {
    /// The creator.
    #[schema(value_type = String, required = true, example = "crt_01hf7yat00fzzvzzzzzzzzzzzz")]
    #[serde(default)]
    creator: TextField,
    /// In minor units: above zero for a bonus, below it to take something back.
    #[schema(value_type = i64, required = true, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64, example = 2500)]
    #[serde(default)]
    amount_minor: IntegerField,
    /// ISO 4217 code.
    #[schema(value_type = String, required = true, min_length = 3, max_length = 3, example = "USD")]
    #[serde(default)]
    currency: TextField,
    /// Why. The creator may see it.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "Bonus for the launch")]
    #[serde(default)]
    reason: TextField,
    /// Your own id of it, unique among commissions. It names the same adjustment for good.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "bonus-2027-01")]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes. At most 50.
    #[schema(value_type = BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
}

impl AdjustmentRequest {
    fn read(self) -> Result<NewAdjustment, Invalid> {
        let mut faults = Faults::default();
        let creator = faults.require("creator", self.creator);
        let amount_minor = faults.require("amount_minor", self.amount_minor);
        let currency = faults.require("currency", self.currency);
        let reason = faults.require("reason", self.reason);
        let common = common(self.external_id, self.metadata, FlagPatch::default(), &mut faults);
        // As it is stored, so that a repeat finds it. What cannot be stored is refused with the notes.
        let external_id = common.external_id.clone().flatten().map(|text| parse_external_id(&text).unwrap_or(text));
        if external_id.is_none() {
            faults.push("external_id is required");
        }
        faults.into_result()?;
        Ok(NewAdjustment {
            creator: creator.unwrap_or_default(),
            amount_minor: amount_minor.unwrap_or_default(),
            currency: currency.unwrap_or_default(),
            reason: reason.unwrap_or_default(),
            external_id: external_id.unwrap_or_default(),
            common,
        })
    }
}

/// Adjusts a creator's balance by an entry of its own, which is payable at once: a bonus, or a deduction. An
/// `external_id` names the same adjustment for good: a repeat gets `200` and changes nothing.
#[utoipa::path(
    post, path = "/api/v1/commissions", tag = "Commissions", operation_id = "createCommission",
    params(OnceParams),
    request_body = AdjustmentRequest,
    responses((status = 201, description = "The adjustment", body = CommissionBody), (status = 200, description = "The adjustment, which was there already", body = CommissionBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let new = call.read::<AdjustmentRequest>()?.read().map_err(invalid)?;
    let is_live = call.call.is_live();
    let render = |object: &Object<Commission>, is_new: bool| {
        let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
        answer(status, &CommissionBody::of(object, is_live))
    };
    let (merchant, claim) = (&call.call.merchant, call.claim.as_ref());
    Ok(respond(flow.api().adjust_balance(merchant, claim, &new, &render).await?))
}

/// What changes about a commission.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommissionEditRequest {
    /// What it shall amount to, in minor units; of an accrual not below zero. With it, `reason` is required.
    #[schema(value_type = Option<i64>, minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, example = 450)]
    #[serde(default)]
    amount_minor: IntegerField,
    /// Why the amount changes. The creator may see it.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    #[serde(default)]
    reason: TextField,
    /// Your own id of it, unique among commissions; null removes it.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; those that are null are removed, others stay. At most 50.
    #[schema(value_type = BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
}

impl CommissionEditRequest {
    fn read(self) -> Result<CommissionChanges, Invalid> {
        let mut faults = Faults::default();
        let (has_amount, has_reason) = (!self.amount_minor.is_absent(), !self.reason.is_absent());
        let amount_minor = faults.take("amount_minor", self.amount_minor);
        let reason = faults.take("reason", self.reason);
        let common = common(self.external_id, self.metadata, FlagPatch::default(), &mut faults);
        match (has_amount, has_reason) {
            (true, false) => faults.push("reason is required"),
            (false, true) => faults.push("amount_minor is required"),
            _ => {}
        }
        faults.into_result()?;
        let amount = amount_minor.zip(reason).map(|(amount_minor, reason)| NewAmount { amount_minor, reason });
        Ok(CommissionChanges { amount, common })
    }
}

/// Edits a commission. An entry of its own adds the difference to the amount; it is payable when the edited one is, and no
/// earlier than now. Your id and notes may be changed alone; none are kept once the customer of the order was erased.
#[utoipa::path(
    patch, path = "/api/v1/commissions/{id}", tag = "Commissions", operation_id = "editCommission",
    params(("id" = String, Path, description = "The commission's id"), OnceParams),
    request_body = CommissionEditRequest,
    responses((status = 200, description = "The edited commission", body = CommissionBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn edit(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    flow.api().commission(&call.call.merchant, &id).await?;
    let changes = call.read::<CommissionEditRequest>()?.read().map_err(invalid)?;
    let is_live = call.call.is_live();
    let render = |object: &Object<Commission>| answer(StatusCode::OK, &CommissionBody::of(object, is_live));
    let (merchant, claim) = (&call.call.merchant, call.claim.as_ref());
    Ok(respond(flow.api().edit_commission(merchant, claim, &id, &changes, &render).await?))
}

/// Approves a commission that waits for a person, with the credit of its order and all that the order earned. Its hold
/// stays. Approving one that does not wait changes nothing.
#[utoipa::path(
    post, path = "/api/v1/commissions/{id}/approve", tag = "Commissions", operation_id = "approveCommission",
    params(("id" = String, Path, description = "The commission's id"), OnceParams),
    responses((status = 200, description = "The approved commission", body = CommissionBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn approve(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    call.read::<NoFields>()?;
    let is_live = call.call.is_live();
    let render = |object: &Object<Commission>| answer(StatusCode::OK, &CommissionBody::of(object, is_live));
    Ok(respond(flow.api().approve_commission(&call.call.merchant, call.claim.as_ref(), &id, &render).await?))
}
