//! `/mcp`: the unified API as tools of the Model Context Protocol, over streamable HTTP.
//!
//! Each call becomes the HTTP request that its operation describes and goes through the same routes, with the caller's own
//! key: scopes, limits, idempotency, sandbox and errors are the API's. Nothing is kept between two requests.

mod arguments;
mod tools;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::any,
};
use flow::{Flow, access::ApiCaller};
use http_body_util::BodyExt;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
        ListToolsResult, MetaObject, PaginatedRequestParams, ServerCapabilities, ServerConfig,
    },
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};
use serde_json::json;
use tower::ServiceExt as _;
use tower_http::limit::RequestBodyLimitLayer;
use url::Url;

use super::{
    App, BULK_BYTES_MAX,
    api::fault::Fault,
    body,
    caller::server_caller,
    error::ApiError,
    request_log::{REQUEST_ID, next_id},
};
use crate::listen::Peer;

/// The path.
pub(crate) const PATH: &str = "/mcp";
/// Instructions for clients.
const INSTRUCTIONS: &str = "CreatorScore attributes a shop's sales to creators. Each tool is an operation of its API, documented at /docs/api. Amounts are integers in minor units (cents) beside their currency; times are RFC 3339. Lists are newest first: pass the last id as starting_after while has_more is true. A key may send 100 reads, 50 writes and 10 bulk requests a minute; after an answer with code rate_limited wait until the minute is over. Pass a fresh idempotency_key with a write that may be repeated.";
/// How long a client may keep its list of tools, in ms. It changes with the server's version and the key's scopes only.
const TOOLS_TTL_MS: u64 = 3_600_000;
/// The most of an answer that is passed on, in bytes. Pages of a hundred objects are far smaller.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Headers of a request that say who sends it and which version it speaks: those of the client, passed on.
const PASSED_ON: [HeaderName; 4] = [
    header::AUTHORIZATION,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("creatorscore-version"),
    header::USER_AGENT,
];
/// Headers of an answer that the result repeats in `_meta`.
const META_HEADERS: [(&str, HeaderName); 3] = [
    ("creatorscore/request_id", REQUEST_ID),
    ("creatorscore/retry_after_s", header::RETRY_AFTER),
    ("creatorscore/idempotent_replayed", HeaderName::from_static("idempotent-replayed")),
];

type Service = StreamableHttpService<Tools, NeverSessionManager>;

/// The route. `api` has the routes that calls go through.
pub(crate) fn route(api: Router, public_url: &str) -> Router<App> {
    let tools = Tools { api, public_url: Arc::from(public_url) };
    let sessions = Arc::new(NeverSessionManager::default());
    let service: Service = StreamableHttpService::new(move || Ok(tools.clone()), sessions, config(public_url));
    let serve = move |State(flow): State<Flow>, request: Request| serve(flow, service.clone(), request);
    Router::new().route(PATH, any(serve)).layer(RequestBodyLimitLayer::new(BULK_BYTES_MAX))
}

/// No sessions. Only the public host and origin are accepted, so that a page of another name that resolves here (DNS
/// rebinding) reaches nothing.
fn config(public_url: &str) -> StreamableHttpServerConfig {
    let url = Url::parse(public_url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or("localhost");
    let authority = match url.as_ref().and_then(Url::port) {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let scheme = url.as_ref().map_or("https", Url::scheme);
    let port = url.as_ref().and_then(Url::port_or_known_default).unwrap_or(443);
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(BULK_BYTES_MAX)
        .with_allowed_hosts([authority])
        .with_allowed_origins([format!("{scheme}://{host}:{port}")])
}

/// Admits callers with a server key, before the body is read.
async fn serve(flow: Flow, service: Service, request: Request) -> Response {
    let caller = match server_caller(&flow, request.headers(), request.uri()).await {
        Ok(caller) => caller,
        Err(error) => return refused(error),
    };
    match checked(request).await {
        Ok(mut request) => {
            request.extensions_mut().insert(caller);
            service.handle(request).await.map(Body::new)
        }
        Err(error) => error.into_response(),
    }
}

/// The request, unless its message has a field twice: the library would take the last one, other readers the first.
async fn checked(request: Request) -> Result<Request, ApiError> {
    if *request.method() != Method::POST {
        return Ok(request);
    }
    let (parts, content) = request.into_parts();
    let bytes = body::bytes(Request::from_parts(parts.clone(), content)).await?;
    body::text(&bytes).map_err(ApiError::one_sentence)?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn refused(error: ApiError) -> Response {
    let mut response = error.into_response();
    if response.status() == StatusCode::UNAUTHORIZED {
        let realm = HeaderValue::from_static("Bearer realm=\"CreatorScore\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
    }
    response
}

/// What an MCP client sees.
#[derive(Clone)]
struct Tools {
    api: Router,
    public_url: Arc<str>,
}

impl Tools {
    /// The answer of the API to a request, or to one that cannot be made.
    async fn answer(&self, tool: &tools::Tool, arguments: rmcp::model::JsonObject, of: &Parts) -> Response {
        let mut request = match tool.operation.request(arguments) {
            Ok(request) => request,
            Err(faults) => return Fault::invalid("Invalid arguments", faults).answer(&next_id(), &self.public_url),
        };
        for name in PASSED_ON {
            if let Some(value) = of.headers.get(&name) {
                request.headers_mut().insert(name, value.clone());
            }
        }
        if let Some(peer) = of.extensions.get::<Peer>() {
            request.extensions_mut().insert(*peer);
        }
        self.api.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
    }
}

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        about()
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let caller = parts(&context)?.extensions.get::<ApiCaller>().ok_or_else(no_request)?;
        let mut list = ListToolsResult::with_all_items(tools::of_caller(caller)).with_ttl_ms(TOOLS_TTL_MS);
        list.cache_scope = Some(CacheScope::Private);
        Ok(list)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let unknown = || ErrorData::invalid_params(format!("there is no tool {:?}", request.name), None);
        let tool = tools::named(&request.name).ok_or_else(unknown)?;
        let response = self.answer(tool, request.arguments.unwrap_or_default(), parts(&context)?).await;
        Ok(result(response).await?.into())
    }
}

/// What the server says of itself.
pub(crate) fn about() -> ServerConfig {
    let name = Implementation::new("creatorscore", env!("CARGO_PKG_VERSION")).with_title("CreatorScore");
    ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
        .with_server_info(name)
        .with_instructions(INSTRUCTIONS)
}

/// The HTTP request that carried a message.
fn parts(context: &RequestContext<RoleServer>) -> Result<&Parts, ErrorData> {
    context.extensions.get::<Parts>().ok_or_else(no_request)
}

fn no_request() -> ErrorData {
    ErrorData::internal_error("the message came without a request", None)
}

/// An answer of the API as the result of a call: its body as it is, and an error unless the status is a success.
async fn result(response: Response) -> Result<CallToolResult, ErrorData> {
    let (parts, body) = response.into_parts();
    let body = http_body_util::Limited::new(body, ANSWER_BYTES_MAX).collect().await;
    let body = body.map_err(|_| ErrorData::internal_error("the answer is too large", None))?.to_bytes();
    let content = vec![ContentBlock::text(String::from_utf8_lossy(&body))];
    let mut result =
        if parts.status.is_success() { CallToolResult::success(content) } else { CallToolResult::error(content) };
    let mut meta = MetaObject::new();
    meta.0.insert("creatorscore/status".to_owned(), json!(parts.status.as_u16()));
    for (name, header) in META_HEADERS {
        if let Some(value) = parts.headers.get(header).and_then(|value| value.to_str().ok()) {
            meta.0.insert(name.to_owned(), json!(value));
        }
    }
    result.meta = Some(meta);
    Ok(result)
}
