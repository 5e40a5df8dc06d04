//! Many commissions at once: approvals, edits and adjustments.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::scope::Scope;
use flow::{
    Flow, FlowError, Invalid,
    access::Merchant,
    api::{
        Answer, Commission, Object,
        commission::{CommissionChanges, NewAdjustment},
        write::{Done, RowError, WriteError},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{AdjustmentRequest, CommissionEditRequest, RESOURCE};
use crate::http::{
    api::{
        call::{BulkBody, BulkRow, OnceParams, WriteCall},
        fault::{Fault, FaultBody},
        field::{FlagPatch, NotesPatch, TextPatch},
    },
    body::{Faults, IntegerField, TextField},
};

/// A commission to approve or edit, which its `id` names, or without one an adjustment to add.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommissionRow {
    /// The commission.
    #[schema(value_type = Option<String>, example = "led_01hf7yat00fzzvzzzzzzzzzzzz")]
    #[serde(default)]
    id: TextField,
    /// True to approve it, with all that its order earned. Nothing else may stand beside it but the id.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    approved: FlagPatch,
    /// Of an adjustment: the creator.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    creator: TextField,
    /// What it shall amount to, or of an adjustment what it adds, in minor units.
    #[schema(value_type = Option<i64>, minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64)]
    #[serde(default)]
    amount_minor: IntegerField,
    /// Of an adjustment: ISO 4217 code.
    #[schema(value_type = Option<String>, min_length = 3, max_length = 3, example = "USD")]
    #[serde(default)]
    currency: TextField,
    /// Why. The creator may see it.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    #[serde(default)]
    reason: TextField,
    /// Your own id of it, unique among commissions. Required of an adjustment.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; those that are null are removed.
    #[schema(value_type = BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
}

/// Many commissions.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "rows are read one by one; this is their schema")]
pub(crate) struct CommissionRows {
    /// At most 1,000.
    rows: Vec<CommissionRow>,
}

/// What a row is to do.
enum Plan {
    Approve(String),
    Edit(String, CommissionChanges),
    Adjust(NewAdjustment),
}

impl CommissionRow {
    fn read(self) -> Result<Plan, Invalid> {
        let mut faults = Faults::default();
        let is_named = !self.id.is_absent();
        let id = faults.take("id", self.id);
        let approved = self.approved.value("approved", &mut faults);
        if approved == Some(false) {
            faults.push("approved must be true, or absent");
        }
        let is_edit = !(self.amount_minor.is_absent() && self.reason.is_absent());
        let is_adjustment = !(self.creator.is_absent() && self.currency.is_absent());
        if approved.is_some() && (!is_named || is_edit || is_adjustment) {
            faults.push("approved stands beside the id alone");
        }
        if is_named && is_adjustment {
            faults.push("creator and currency are of an adjustment, which has no id");
        }
        faults.into_result()?;
        let (amount_minor, reason, external_id, metadata) =
            (self.amount_minor, self.reason, self.external_id, self.metadata);
        match id {
            Some(id) if approved == Some(true) => Ok(Plan::Approve(id)),
            Some(id) => {
                let changes = CommissionEditRequest { amount_minor, reason, external_id, metadata }.read()?;
                Ok(Plan::Edit(id, changes))
            }
            None => {
                let (creator, currency) = (self.creator, self.currency);
                let new = AdjustmentRequest { creator, amount_minor, currency, reason, external_id, metadata };
                Ok(Plan::Adjust(new.read()?))
            }
        }
    }
}

impl Plan {
    /// Does it. Returns the commission's id, and the status that a request of its own would be answered with.
    async fn run(self, flow: &Flow, merchant: &Merchant) -> Result<(String, StatusCode), WriteError> {
        let changed = |object: &Object<Commission>| Some(named(object, StatusCode::OK));
        let done = match self {
            Self::Approve(id) => flow.api().approve_commission(merchant, None, &id, &changed).await?,
            Self::Edit(id, changes) => flow.api().edit_commission(merchant, None, &id, &changes, &changed).await?,
            Self::Adjust(new) => {
                let added = |object: &Object<Commission>, is_new: bool| {
                    Some(named(object, if is_new { StatusCode::CREATED } else { StatusCode::OK }))
                };
                flow.api().adjust_balance(merchant, None, &new, &added).await?
            }
        };
        let (Done::Now(answer) | Done::Before(answer)) = done;
        Ok((answer.body, StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK)))
    }
}

/// The answer to a row: its commission's id.
fn named(object: &Object<Commission>, status: StatusCode) -> Answer {
    Answer { status: status.as_u16(), body: object.value.entry.id.to_string() }
}

/// Approves, edits and adds up to 1,000 commissions. A wrong row does not affect the others. A request that is repeated
/// because its connection broke changes nothing twice: amounts are set, not added, and an adjustment is known by its `external_id`.
#[utoipa::path(
    post, path = "/api/v1/commissions/bulk", tag = "Commissions", operation_id = "bulkCommissions",
    params(OnceParams),
    request_body = CommissionRows,
    responses((status = 200, description = "What became of each row", body = BulkBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn bulk(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let rows = call.read_rows::<CommissionRow>()?;
    let mut data = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        let done = match row.and_then(CommissionRow::read) {
            Err(faults) => Err(RowError::Invalid(faults)),
            Ok(plan) => match plan.run(&flow, &call.call.merchant).await {
                Ok(done) => Ok(done),
                Err(WriteError::Row(error)) => Err(error),
                Err(WriteError::Flow(FlowError::NotFound(what))) => Err(RowError::NotFound(what)),
                Err(WriteError::Flow(FlowError::Invalid(faults))) => Err(RowError::Invalid(faults)),
                Err(other) => return Err(other.into()),
            },
        };
        let row = done.as_ref().map(|(id, status)| (id, *status));
        data.push(BulkRow::of(index, row, String::clone));
    }
    Ok(Json(BulkBody::of(data)).into_response())
}
