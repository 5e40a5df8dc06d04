//! Request context of server functions: [`Flow`] and the authenticated caller.

use flow::{
    Flow, FlowError,
    access::{CreatorSession, Merchant},
};
use http::{StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::{error::AppError, response_status::set_status};

/// Per-request data for the document's head.
#[derive(Clone, Debug, Default)]
pub struct DocumentHead {
    /// Path of the folder of the pages' script and styles.
    pub files: String,
    /// Whether the page is shown in the Shopify admin.
    pub is_embedded: bool,
    /// The app's client id and the address of App Bridge, for embedded pages.
    pub app_bridge: Option<(String, String)>,
    /// Origin of App Bridge, for the content security policy.
    pub bridge_origin: String,
    /// Origins that may frame the page (CSP `frame-ancestors`); empty for none.
    pub frame_ancestors: String,
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}

/// Reads the head's data; sets the matching content security policy and `Cache-Control`.
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

/// The request's [`Flow`].
pub(crate) fn flow() -> Result<Flow, AppError> {
    use_context::<Flow>().ok_or_else(|| AppError::Failed("the server context is missing".to_owned()))
}

/// The authenticated member of a brand; [`AppError::Unauthorized`] without one.
pub(crate) fn merchant() -> Result<(Flow, Merchant), AppError> {
    let merchant = extension::<Merchant>().ok_or(FlowError::Unauthorized)?;
    Ok((flow()?, merchant))
}

/// The authenticated creator; [`AppError::Unauthorized`] without one.
pub(crate) fn creator() -> Result<(Flow, CreatorSession), AppError> {
    let session = extension::<CreatorSession>().ok_or(FlowError::Unauthorized)?;
    Ok((flow()?, session))
}

impl From<FlowError> for AppError {
    /// An error that is safe to show. Sets the response's status too.
    fn from(error: FlowError) -> Self {
        let (status, app_error) = match error {
            error if error.is_unavailable() => (
                StatusCode::SERVICE_UNAVAILABLE,
                Self::Failed("the database does not answer, please try again".to_owned()),
            ),
            FlowError::Invalid(faults) => (StatusCode::BAD_REQUEST, Self::Invalid(faults.0)),
            FlowError::Unauthorized => (StatusCode::UNAUTHORIZED, Self::Unauthorized),
            FlowError::Disabled | FlowError::Forbidden(_) => (StatusCode::FORBIDDEN, Self::Unauthorized),
            FlowError::OwnerOnly => {
                (StatusCode::FORBIDDEN, Self::Failed("only an owner of this brand may do this".to_owned()))
            }
            FlowError::Mail(error) => (StatusCode::BAD_GATEWAY, Self::Failed(error.to_string())),
            FlowError::NotFound(what) => (StatusCode::NOT_FOUND, Self::NotFound(what.to_owned())),
            FlowError::NotConfigured(what) => (StatusCode::NOT_FOUND, Self::Failed(what.to_owned())),
            FlowError::Shopify(_) => (StatusCode::BAD_GATEWAY, Self::Failed("Shopify did not respond".to_owned())),
            FlowError::OverBudget { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, Self::Failed("too much in this minute, please try again".to_owned()))
            }
            FlowError::Stale(_)
            | FlowError::Store(_)
            | FlowError::Unreadable(_)
            | FlowError::Job(_)
            | FlowError::Sealed => {
                (StatusCode::INTERNAL_SERVER_ERROR, Self::Failed("server error, please try again".to_owned()))
            }
        };
        set_status(status);
        app_error
    }
}
