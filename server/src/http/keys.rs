//! `/api/v1/keys`: the brand's API keys.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    UnixMs,
    api_key::{KeyId, KeyKind},
    scope::Scope,
};
use flow::{
    Flow, FlowError,
    api::key::{KeyUse, NewKey},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    api::{
        call::{Call, OnceParams, WriteCall},
        fault::{Fault, FaultBody},
        field::{FlagPatch, NotesPatch, TextPatch, TextsPatch, common},
        list::{CursorParams, ListBody, ListQuery},
        object::notes,
    },
    body::{Faults, IntegerField},
};

const RESOURCE: &str = "keys";
const HOUR_MS: i64 = 3_600_000;

/// An API key, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyBody {
    /// The part of the key that names it.
    id: String,
    /// Always `key`.
    #[schema(example = "key")]
    object: &'static str,
    /// `pixel` or `server`.
    #[schema(value_type = KeyKindName)]
    kind: &'static str,
    /// False if it works in the sandbox.
    livemode: bool,
    /// What it may do; everything if null.
    scopes: Option<Vec<String>>,
    /// The version of the API that its requests are read as, unless they name another in `CreatorScore-Version`; the newest
    /// if null.
    api_version: Option<String>,
    /// When it was created.
    #[schema(format = DateTime)]
    created: String,
    /// When it was last changed: noted, replaced or revoked; else when it was created.
    #[schema(format = DateTime)]
    updated: String,
    /// When it last called the unified API, to the minute.
    #[schema(format = DateTime)]
    last_used: Option<String>,
    /// When it stops working, because another key replaces it.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When it was revoked.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// Your own id of it. A key that replaces another takes it over; a revoked key loses it.
    external_id: Option<String>,
    /// Your notes.
    metadata: BTreeMap<String, String>,
    /// The whole key, in the answer to its creation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    key: Option<String>,
}

/// Kinds of keys.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of domain::api_key::KeyKind")]
enum KeyKindName {
    Pixel,
    Server,
}

impl KeyBody {
    fn of(KeyUse { record, details, last_used_at }: KeyUse, text: Option<String>) -> Self {
        let time = |at: Option<UnixMs>| at.map(UnixMs::to_rfc3339);
        Self {
            id: record.id.0,
            object: "key",
            kind: record.kind.as_str(),
            livemode: !record.is_test,
            scopes: record.scopes.map(|scopes| scopes.iter().map(ToString::to_string).collect()),
            api_version: record.api_version,
            created: record.created_at.to_rfc3339(),
            updated: record.updated_at.to_rfc3339(),
            last_used: time(last_used_at),
            expires_at: time(record.expires_at),
            revoked_at: time(record.revoked_at),
            external_id: details.external_id,
            metadata: notes(&details.metadata),
            key: text,
        }
    }

    fn created(NewKey { record, details, text }: NewKey) -> Response {
        let key = KeyUse { record, details, last_used_at: None };
        (StatusCode::CREATED, Json(Self::of(key, Some(text)))).into_response()
    }
}

/// Lists the keys of the brand, of the mode of the key that asks.
#[utoipa::path(
    get, path = "/api/v1/keys", tag = "Keys", operation_id = "listKeys",
    params(CursorParams),
    responses((status = 200, description = "The keys, newest first", body = ListBody<KeyBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<KeyBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let keys = flow.api().keys(&call.caller).await?;
    let data = keys.into_iter().map(|key| KeyBody::of(key, None)).collect();
    ListBody::of_whole(data, request.uri(), |key: &KeyBody| &key.id)
}

/// Gets a key.
#[utoipa::path(
    get, path = "/api/v1/keys/{id}", tag = "Keys", operation_id = "getKey",
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 200, description = "The key", body = KeyBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<KeyBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let found = flow.api().keys(&call.caller).await?.into_iter().find(|key| key.record.id.0 == id);
    Ok(Json(KeyBody::of(found.ok_or(FlowError::NotFound("key"))?, None)))
}

/// A new key.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyRequest {
    /// `server` if absent.
    #[schema(value_type = KeyKindName, required = false)]
    #[serde(default)]
    kind: TextPatch,
    /// What it may do: `links:read`, `links:write`, …; what the key that asks may do if absent.
    #[schema(value_type = Option<Vec<String>>, example = json!(["links:write", "metrics:read"]))]
    #[serde(default)]
    scopes: TextsPatch,
    /// Your own id of it, unique among keys of its mode that work.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes, at most 50.
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    #[serde(default)]
    metadata: NotesPatch,
}

/// Creates a key. The answer shows it once. It cannot do more than the key that asks for it.
#[utoipa::path(
    post, path = "/api/v1/keys", tag = "Keys", operation_id = "createKey",
    params(OnceParams),
    request_body = KeyRequest,
    responses((status = 201, description = "The key", body = KeyBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let request: KeyRequest = call.read()?;
    let mut faults = Faults::default();
    let kind = match request.kind.value("kind", &mut faults) {
        None => Some(KeyKind::Server),
        Some(name) => KeyKind::parse(&name),
    };
    if kind.is_none() {
        faults.push("kind must be pixel or server");
    }
    let scopes = request.scopes.change("scopes", &mut faults).flatten();
    let known = scopes.map(|names| names.iter().map(|name| Scope::parse(name)).collect::<Option<Vec<_>>>());
    if known == Some(None) {
        faults.push("scopes must be names such as links:read or links:write");
    }
    let common = common(request.external_id, request.metadata, FlagPatch::default(), &mut faults);
    let faults = faults.into_result();
    let (Some(kind), Ok(())) = (kind, &faults) else {
        return Err(Fault::invalid("Invalid request", faults.err().unwrap_or_else(|| flow::Invalid(Vec::new()))));
    };
    Ok(KeyBody::created(flow.api().create_key(&call.call.caller, kind, known.flatten(), &common).await?))
}

/// What to change about a key. What is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyNotesRequest {
    /// Your own id of it, unique among keys of its mode that work; `null` removes it.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; `null` removes one.
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    #[serde(default)]
    metadata: NotesPatch,
}

/// Changes a key's `external_id` and `metadata`. Its scopes do not change.
#[utoipa::path(
    patch, path = "/api/v1/keys/{id}", tag = "Keys", operation_id = "updateKey",
    params(("id" = String, Path, description = "The key's id"), OnceParams),
    request_body = KeyNotesRequest,
    responses((status = 200, description = "The key", body = KeyBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<KeyBody>, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let request: KeyNotesRequest = call.read()?;
    let mut faults = Faults::default();
    let common = common(request.external_id, request.metadata, FlagPatch::default(), &mut faults);
    faults.into_result().map_err(|faults| Fault::invalid("Invalid request", faults))?;
    Ok(Json(KeyBody::of(flow.api().note_key(&call.call.caller, &KeyId(id), &common).await?, None)))
}

/// How a key is replaced.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotateRequest {
    /// How long the old key still works, in hours: 24 if absent, at most 168.
    #[schema(value_type = i64, required = false, minimum = 0, maximum = 168)]
    #[serde(default)]
    overlap_hours: IntegerField,
}

/// Replaces a key by a new one with the same rights. Both work until the overlap ends.
#[utoipa::path(
    post, path = "/api/v1/keys/{id}/rotate", tag = "Keys", operation_id = "rotateKey",
    params(("id" = String, Path, description = "The key's id"), OnceParams),
    request_body = RotateRequest,
    responses((status = 201, description = "The new key", body = KeyBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn rotate(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let request: RotateRequest = call.read()?;
    let mut faults = Faults::default();
    let hours = faults.take("overlap_hours", request.overlap_hours);
    faults.into_result().map_err(|faults| Fault::invalid("Invalid request", faults))?;
    let overlap_ms = hours.map(|hours| hours.saturating_mul(HOUR_MS));
    Ok(KeyBody::created(flow.api().rotate_key(&call.call.caller, &KeyId(id), overlap_ms).await?))
}

/// Revokes a key.
#[utoipa::path(
    delete, path = "/api/v1/keys/{id}", tag = "Keys", operation_id = "revokeKey",
    params(("id" = String, Path, description = "The key's id"), OnceParams),
    responses((status = 200, description = "The revoked key", body = KeyBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn revoke(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<KeyBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::write(RESOURCE)).await?;
    Ok(Json(KeyBody::of(flow.api().revoke_key(&call.caller, &KeyId(id)).await?, None)))
}
