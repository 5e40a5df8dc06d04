//! One request of the unified API: who sends it, its body, its idempotency key, and its answer.

use axum::{
    body::Bytes,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{UnixMs, scope::Scope};
use flow::{
    Flow, Invalid,
    access::{ApiCaller, Merchant},
    api::{
        Answer, Claim, Object,
        write::{Done, Intent, ROWS_MAX, Row, RowError},
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{
    fault::{Code, Fault, RowFaultBody},
    gate::Admitted,
    list::ListQuery,
};
use crate::http::body;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Longest idempotency key, in bytes.
const IDEMPOTENCY_KEY_MAX: usize = 255;

/// A request that the gate has admitted and whose key may do what it asks.
pub(crate) struct Call {
    pub(crate) flow: Flow,
    pub(crate) caller: ApiCaller,
    pub(crate) merchant: Merchant,
}

impl Call {
    /// Checks that the key may do this.
    pub(crate) fn begin<'a>(
        flow: &'a Flow,
        request: &Request,
        scope: Option<Scope>,
    ) -> impl Future<Output = Result<Self, Fault>> + Send + use<'a> {
        let admitted = request.extensions().get::<Admitted>().cloned();
        async move {
            let (Some(Admitted(caller)), Some(scope)) = (admitted, scope) else {
                return Err(Fault::new(StatusCode::UNAUTHORIZED, Code::KeyInvalid, "A server key is required"));
            };
            let merchant = flow.api().merchant(&caller, scope).await?;
            Ok(Self { flow: flow.clone(), caller, merchant })
        }
    }

    /// Refuses unless the key may do this too.
    pub(crate) fn require(&self, scope: Option<Scope>) -> Result<(), Fault> {
        self.caller.clone().allowed(scope)?;
        Ok(())
    }

    /// Whether it acts on live data.
    pub(crate) fn is_live(&self) -> bool {
        !self.caller.is_test()
    }
}

/// The header that makes a write happen once.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "the header is read by hand; this is its schema")]
pub(crate) struct OnceParams {
    /// Repeats of the request with this key change nothing and get the same answer, for 24 hours
    #[param(rename = "Idempotency-Key", value_type = String, required = false, min_length = 1, max_length = 255, pattern = "^[ -~]+$")]
    idempotency_key: Option<String>,
}

/// A write: its body and its idempotency key.
pub(crate) struct WriteCall {
    pub(crate) call: Call,
    pub(crate) claim: Option<Claim>,
    body: Bytes,
}

impl WriteCall {
    /// Checks the key and reads the body. What belongs in it is refused in the query.
    pub(crate) async fn begin(flow: &Flow, request: Request, scope: Option<Scope>) -> Result<Self, Fault> {
        let query = ListQuery::of(request.uri()).end();
        let call = Self::begin_with_query(flow, request, scope).await?;
        query.map(|()| call)
    }

    /// As [`Self::begin`], for a request that says something in its query.
    pub(crate) async fn begin_with_query(flow: &Flow, request: Request, scope: Option<Scope>) -> Result<Self, Fault> {
        let call = Call::begin(flow, &request, scope).await?;
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let headers = request.headers().clone();
        // Before the body is read: a wrong header is refused at once.
        idempotency_key(&headers)?;
        let body = body::bytes(request).await?;
        let claim = claim_of(&call.caller, &headers, &method, path, &body, flow.now())?;
        Ok(Self { call, claim, body })
    }

    /// The body itself, which is not JSON.
    pub(crate) fn take_body(&mut self) -> Bytes {
        core::mem::take(&mut self.body)
    }

    /// The body as a request type.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self) -> Result<T, Fault> {
        if self.body.is_empty() {
            return Ok(T::default());
        }
        let wrong = |faults| Fault::invalid("Invalid request", faults);
        row(body::text(&self.body).map_err(wrong)?).map_err(wrong)
    }

    /// The rows of a bulk request, each read on its own.
    pub(crate) fn read_rows<T: DeserializeOwned>(&self) -> Result<Vec<Result<T, Invalid>>, Fault> {
        let wrong = |faults| Fault::invalid("Invalid request", faults);
        let text = body::text(&self.body).map_err(wrong)?;
        let request: BulkRequest<'_> = row(text).map_err(wrong)?;
        if request.rows.is_empty() || request.rows.len() > ROWS_MAX {
            return Err(wrong(Invalid::one(format!("rows must be 1 to {ROWS_MAX}"))));
        }
        Ok(request.rows.into_iter().map(|raw| row(raw.get())).collect())
    }
}

/// A body without fields.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoFields {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BulkRequest<'a> {
    #[serde(borrow)]
    rows: Vec<&'a RawValue>,
}

/// Reads a JSON object. Fields that the type does not have are named.
fn row<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Invalid> {
    if !text.trim_start().starts_with('{') {
        return Err(Invalid::one("the body must be a JSON object"));
    }
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        Invalid::one(match message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')) {
            Some((field, _)) => format!("{field} is not a known field"),
            None if message.starts_with("missing field") || message.starts_with("invalid type") => {
                let fault = message.split(" at line").next().unwrap_or("the body must be JSON").replace('`', "");
                ["i64", "u64", "u32"].iter().fold(fault, |fault, name| fault.replace(name, "an integer"))
            }
            None => "the body must be valid JSON".to_owned(),
        })
    })
}

/// The claim of a request that has an idempotency key.
pub(crate) fn claim_of(
    caller: &ApiCaller,
    headers: &HeaderMap,
    method: &str,
    path: String,
    body: &[u8],
    at: UnixMs,
) -> Result<Option<Claim>, Fault> {
    let claim = |idempotency_key| Claim {
        key: caller.key().clone(),
        idempotency_key,
        method: method.to_owned(),
        path,
        body_hash: Sha256::digest(body).into(),
        at,
    };
    Ok(idempotency_key(headers)?.map(claim))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| !text.is_empty() && text.len() <= IDEMPOTENCY_KEY_MAX);
    let wrong = || {
        let sentence = format!("Idempotency-Key must be 1 to {IDEMPOTENCY_KEY_MAX} visible ASCII characters");
        Fault::new(StatusCode::BAD_REQUEST, Code::Invalid, sentence)
    };
    Ok(Some(text.ok_or_else(wrong)?.to_owned()))
}

/// A body as it is stored with its status.
pub(crate) fn answer<T: Serialize>(status: StatusCode, body: &T) -> Option<Answer> {
    Some(Answer { status: status.as_u16(), body: serde_json::to_string(body).ok()? })
}

/// The answer to a write of one object.
pub(crate) fn answer_one<T, B: Serialize>(rows: &[Row<T>], body: impl Fn(&Object<T>) -> B) -> Option<Answer> {
    let [Ok(stored)] = rows else { return None };
    answer(if stored.is_new { StatusCode::CREATED } else { StatusCode::OK }, &body(&stored.object))
}

/// What became of a row of a bulk request.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkRow {
    /// Its place in the request, from 0.
    index: usize,
    /// The HTTP status that a request of its own would be answered with.
    #[schema(example = 201)]
    status: u16,
    /// The object, if it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    id: Option<String>,
    /// What is wrong, if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    error: Option<RowFaultBody>,
}

/// What became of a bulk request.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkBody {
    /// Always `bulk`.
    #[schema(example = "bulk")]
    object: &'static str,
    /// What became of each row, in the order of the request.
    data: Vec<BulkRow>,
}

impl BulkRow {
    /// A row, of which an object has come or what is wrong.
    pub(crate) fn of<T>(index: usize, row: Result<(&T, StatusCode), &RowError>, id: impl Fn(&T) -> String) -> Self {
        match row {
            Ok((object, status)) => Self { index, status: status.as_u16(), id: Some(id(object)), error: None },
            Err(error) => {
                let (status, fault) = RowFaultBody::of(error.clone());
                Self { index, status, id: None, error: Some(fault) }
            }
        }
    }
}

impl BulkBody {
    /// The body, of rows in the order of the request.
    pub(crate) fn of(data: Vec<BulkRow>) -> Self {
        Self { object: "bulk", data }
    }

    /// The body of a request whose rows add objects or are refused.
    pub(crate) fn of_added<T>(rows: &[Result<T, RowError>], id: impl Fn(&T) -> String) -> Self {
        let row = |(index, row): (usize, &Result<T, RowError>)| {
            BulkRow::of(index, row.as_ref().map(|added| (added, StatusCode::CREATED)), &id)
        };
        Self::of(rows.iter().enumerate().map(row).collect())
    }
}

/// The answer to a bulk request.
pub(crate) fn answer_rows<T>(rows: &[Row<T>], id: impl Fn(&T) -> String) -> Option<Answer> {
    let status = |is_new| if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let row = |(index, row): (usize, &Row<T>)| {
        BulkRow::of(index, row.as_ref().map(|stored| (&stored.object.value, status(stored.is_new))), &id)
    };
    answer(StatusCode::OK, &BulkBody::of(rows.iter().enumerate().map(row).collect()))
}

/// The response to a write.
pub(crate) fn respond(done: Done) -> Response {
    let (answer, is_replay) = match done {
        Done::Now(answer) => (answer, false),
        Done::Before(answer) => (answer, true),
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let json = HeaderValue::from_static("application/json");
    let mut response = (status, [(header::CONTENT_TYPE, json)], answer.body).into_response();
    if is_replay {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// What a row is to do: change the object that it names by `id` or `external_id`, or add one.
pub(crate) fn intent<F>(id: Option<String>, fields: F, common: flow::api::write::CommonFields) -> Intent<F> {
    match (id, common.external_id.clone().flatten()) {
        (Some(id), _) => Intent::Update(id, fields, common),
        (None, Some(external_id)) => Intent::Upsert(external_id, fields, common),
        (None, None) => Intent::Create(fields, common),
    }
}
