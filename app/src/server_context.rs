//! What a page may use on the server: the flow, and the rights that the request has proved.

use flow::{
    Flow, FlowError,
    access::{CreatorSession, Merchant},
};
use http::{StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::error::AppError;

/// What the document's head depends on.
#[derive(Clone, Debug, Default)]
pub struct DocumentHead {
    /// Whether the page is shown in the Shopify admin.
    pub is_embedded: bool,
    /// The app's client id and the address of App Bridge, for embedded pages.
    pub app_bridge: Option<(String, String)>,
    /// Origin of App Bridge, for the content security policy.
    pub bridge_origin: String,
    /// Who may show the page in a frame.
    pub frame_ancestors: String,
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}

/// Reads the head's data and sets the page's content security policy to match.
pub(crate) fn document_head() -> DocumentHead {
    let head = extension::<DocumentHead>().unwrap_or_default();
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    let ancestors = if head.frame_ancestors.is_empty() { "'none'" } else { &head.frame_ancestors };
    let bridge = &head.bridge_origin;
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval' {bridge}; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self' {bridge}; base-uri 'none'; form-action 'self'; \
         frame-ancestors {ancestors}"
    );
    if let (Some(response), Ok(policy)) = (use_context::<ResponseOptions>(), policy.parse()) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        response.insert_header(header::CACHE_CONTROL, http::HeaderValue::from_static("private, no-store"));
    }
    head
}

/// The flow.
pub(crate) fn flow() -> Result<Flow, AppError> {
    use_context::<Flow>().ok_or_else(|| AppError::Failed("the page has no server behind it".to_owned()))
}

/// The member that the request has proved to be.
pub(crate) fn merchant() -> Result<(Flow, Merchant), AppError> {
    let merchant = extension::<Merchant>().ok_or_else(|| refused(&FlowError::Unauthorized))?;
    Ok((flow()?, merchant))
}

/// The creator that the request has proved to be.
pub(crate) fn creator() -> Result<(Flow, CreatorSession), AppError> {
    let session = extension::<CreatorSession>().ok_or_else(|| refused(&FlowError::Unauthorized))?;
    Ok((flow()?, session))
}

/// Turns a failed stage into what a page may be told, and sets the response's status.
pub(crate) fn refused(error: &FlowError) -> AppError {
    let (status, told) = match error {
        FlowError::Invalid(faults) => (StatusCode::BAD_REQUEST, AppError::Invalid(faults.0.clone())),
        FlowError::Unauthorized => (StatusCode::UNAUTHORIZED, AppError::Unauthorized),
        FlowError::Disabled => (StatusCode::FORBIDDEN, AppError::Unauthorized),
        FlowError::NotFound(what) => (StatusCode::NOT_FOUND, AppError::NotFound((*what).to_owned())),
        FlowError::NotConfigured(what) => (StatusCode::NOT_FOUND, AppError::Failed((*what).to_owned())),
        FlowError::Shopify(_) => (StatusCode::BAD_GATEWAY, AppError::Failed("Shopify did not answer".to_owned())),
        FlowError::Stale(_) | FlowError::Store(_) | FlowError::Sealed => {
            (StatusCode::INTERNAL_SERVER_ERROR, AppError::Failed("something went wrong on our side".to_owned()))
        }
    };
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
    told
}
