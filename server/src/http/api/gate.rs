//! What every request of the unified API passes: its key, its limit and its version. Also writes the headers that tell
//! the client about them, and the bodies of errors.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use flow::{
    Flow,
    access::ApiCaller,
    api::{API_VERSION, RequestClass, Window},
};

use super::fault::{Code, Fault};
use crate::http::{caller::server_caller, error::ApiError, intake::BodyBudget, request_log::RequestId};

/// Names the version that a request is written for, and the one that its answer is.
const VERSION: HeaderName = HeaderName::from_static("creatorscore-version");
/// The last part of the path of bulk requests.
pub(crate) const BULK: &str = "/bulk";
/// Where files of many objects are sent to.
const IMPORTS: &str = "/api/v1/imports";
/// How the paths of exports begin.
const EXPORTS: &str = "/api/v1/exports/";

/// Who sent a request, for its handler.
#[derive(Clone, Debug)]
pub(crate) struct Admitted(pub(crate) ApiCaller);

/// Admits a request, or answers it.
pub(crate) async fn pass(State(flow): State<Flow>, mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let class = class_of(request.method(), request.uri());
    if percent_encoding::percent_decode_str(request.uri().path()).decode_utf8().is_err() {
        let fault = Fault::new(StatusCode::NOT_FOUND, Code::NotFound, "Not found");
        return finish(&flow, &id, fault.into_response());
    }
    let (window, outcome) = admit(&flow, request.headers(), request.uri(), class).await;
    let response = match outcome {
        Ok(caller) => {
            let budget = request.extensions().get::<BodyBudget>().cloned();
            request.extensions_mut().insert(Admitted(caller));
            let response = next.run(request).await;
            if budget.is_some_and(|budget| budget.is_exceeded()) {
                Fault::from(ApiError::overloaded()).into_response()
            } else {
                response
            }
        }
        Err(fault) => fault.into_response(),
    };
    let mut response = finish(&flow, &id, response);
    if let Some(window) = window {
        tell(response.headers_mut(), class, window);
    }
    response
}

/// `404` for an unknown path.
pub(crate) async fn not_found(State(flow): State<Flow>, request: Request) -> Response {
    unrouted(&flow, &request, StatusCode::NOT_FOUND, "Not found")
}

/// `405` for a known path with another method.
pub(crate) async fn method_not_allowed(State(flow): State<Flow>, request: Request) -> Response {
    unrouted(&flow, &request, StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}

/// An error of a request that no handler has seen, under the API with the fields that its errors have.
fn unrouted(flow: &Flow, request: &Request, status: StatusCode, sentence: &'static str) -> Response {
    let error = ApiError::new(status, sentence);
    let path = request.uri().path();
    if !path.starts_with("/api/v1/") || path.starts_with("/api/v1/track") {
        return error.into_response();
    }
    finish(flow, &request_id(request), Fault::from(error).into_response())
}

/// The id of a request, as its errors name it.
pub(crate) fn request_id(request: &Request) -> String {
    request.extensions().get::<RequestId>().map_or_else(String::new, |id| id.0.clone())
}

/// Writes the body of an error, and the headers of every answer.
pub(crate) fn finish(flow: &Flow, request_id: &str, mut response: Response) -> Response {
    let public_url = &flow.settings().public_url;
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        response = fault.answer(request_id, public_url);
    } else if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let fault = Fault::new(StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, "The body is too large");
        response = fault.answer(request_id, public_url);
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(VERSION, HeaderValue::from_static(API_VERSION));
    response
}

/// Reads are reads; a path that ends in `/bulk`, and an import, write many objects; an export reads many.
fn class_of(method: &Method, uri: &Uri) -> RequestClass {
    match *method {
        Method::GET | Method::HEAD if uri.path().starts_with(EXPORTS) => RequestClass::Bulk,
        Method::GET | Method::HEAD | Method::OPTIONS => RequestClass::Read,
        _ if uri.path().ends_with(BULK) || uri.path() == IMPORTS => RequestClass::Bulk,
        _ => RequestClass::Write,
    }
}

async fn admit(
    flow: &Flow,
    headers: &HeaderMap,
    uri: &Uri,
    class: RequestClass,
) -> (Option<Window>, Result<ApiCaller, Fault>) {
    let caller = match server_caller(flow, headers, uri).await {
        Ok(caller) => caller,
        Err(error) => return (None, Err(error.into())),
    };
    let window = match flow.api().count(&caller, class).await {
        Ok(window) => window,
        Err(error) => return (None, Err(error.into())),
    };
    if window.remaining.is_none() {
        let sentence =
            format!("This key may send {} {} requests a minute; try again later", window.limit, class.as_str());
        let fault = Fault::new(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, sentence);
        return (Some(window), Err(fault.retry_after(window.reset_s)));
    }
    let asked = headers.get(VERSION).map(HeaderValue::as_bytes).or(caller.api_version().map(str::as_bytes));
    if asked.is_some_and(|version| version != API_VERSION.as_bytes()) {
        let sentence = format!("CreatorScore-Version is not known; this server speaks {API_VERSION}");
        return (Some(window), Err(Fault::new(StatusCode::BAD_REQUEST, Code::Invalid, sentence)));
    }
    (Some(window), Ok(caller))
}

/// Tells what is left of the minute: in the fields of the IETF draft "`RateLimit` header fields for HTTP", and in those that
/// clients knew before it.
fn tell(headers: &mut HeaderMap, class: RequestClass, window: Window) {
    let Window { limit, remaining, reset_s } = window;
    let (remaining, class) = (remaining.unwrap_or(0), class.as_str());
    let texts = [
        ("ratelimit-policy", format!("\"{class}\";q={limit};w=60")),
        ("ratelimit", format!("\"{class}\";r={remaining};t={reset_s}")),
        ("ratelimit-limit", limit.to_string()),
        ("ratelimit-remaining", remaining.to_string()),
        ("ratelimit-reset", reset_s.to_string()),
    ];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
