//! Errors of pages: shown as a page, once, at the edge.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use flow::{FlowError, Invalid};
use http::{HeaderMap, StatusCode, Uri};
use leptos::prelude::*;

use crate::{
    address::Address,
    document::DocumentHead,
    fault::translated,
    language::{Language, Spoken, t},
    public_layout, words,
};

/// Why a page could not be shown.
#[derive(Clone, Debug)]
pub(crate) struct PageError {
    status: StatusCode,
    heading: String,
    text: String,
}

/// The result of a page's handler.
pub(crate) type PageResult = Result<Response, PageError>;

impl PageError {
    /// There is no such page or object.
    pub(crate) fn not_found(what: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            heading: t!("error-not-found"),
            text: t!("error-not-found-text", what = words::noun(what)),
        }
    }

    fn new(status: StatusCode, heading: String, text: String) -> Self {
        Self { status, heading, text }
    }
}

/// Faults in the reader's language, as `Invalid` shows them.
fn said(faults: &Invalid) -> String {
    faults.0.iter().map(|fault| translated(fault, None)).collect::<Vec<_>>().join("; ")
}

impl From<FlowError> for PageError {
    fn from(error: FlowError) -> Self {
        match error {
            error if error.is_unavailable() => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, t!("error-try-again"), t!("error-database"))
            }
            FlowError::Invalid(faults) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, t!("error-not-done"), said(&faults))
            }
            FlowError::Unauthorized => {
                Self::new(StatusCode::UNAUTHORIZED, t!("error-signed-out"), t!("error-signed-out-text"))
            }
            FlowError::Disabled | FlowError::Forbidden(_) => {
                Self::new(StatusCode::FORBIDDEN, t!("error-no-access"), t!("error-no-access-text"))
            }
            FlowError::OwnerOnly => {
                Self::new(StatusCode::FORBIDDEN, t!("error-owner-only"), t!("error-owner-only-text"))
            }
            FlowError::NotFound(what) => Self::not_found(what),
            FlowError::NotConfigured(what) => {
                Self::new(StatusCode::NOT_FOUND, t!("error-not-set-up"), translated(what, None))
            }
            FlowError::Shopify(_) => Self::new(StatusCode::BAD_GATEWAY, t!("error-shopify"), t!("error-shopify-text")),
            FlowError::OverBudget { .. } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, t!("error-too-many"), t!("error-too-many-text"))
            }
            FlowError::Stale(_) | FlowError::Taken(_) => {
                Self::new(StatusCode::CONFLICT, t!("error-stale"), t!("error-stale-text"))
            }
            FlowError::Mail(_) => Self::new(StatusCode::BAD_GATEWAY, t!("error-mail"), t!("error-mail-text")),
            error @ (FlowError::Store(_) | FlowError::Unreadable(_) | FlowError::Job(_) | FlowError::Sealed) => {
                tracing::error!(%error, "a page failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, t!("error-unexpected"), t!("error-unexpected-text"))
            }
        }
    }
}

impl PageError {
    fn of_refusal(status: StatusCode, sentence: &str) -> Self {
        let (heading, text) = match status {
            StatusCode::UNAUTHORIZED => (t!("error-signed-out"), t!("error-signed-out-text")),
            StatusCode::FORBIDDEN => (t!("error-no-access"), t!("error-no-access-refused")),
            StatusCode::NOT_FOUND => (t!("error-page-not-found"), t!("error-page-not-found-text")),
            StatusCode::TOO_MANY_REQUESTS => (t!("error-too-many"), t!("error-too-many-text")),
            StatusCode::BAD_GATEWAY => (t!("error-shopify"), t!("error-shopify-text")),
            StatusCode::SERVICE_UNAVAILABLE => (t!("error-try-again"), t!("error-database")),
            status if status.is_server_error() => (t!("error-unexpected"), t!("error-unexpected-text")),
            _ => (t!("error-not-done"), translated(sentence, None)),
        };
        Self { status, heading, text }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Shows the errors of handlers as pages.
pub(crate) async fn as_page(request: Request, next: Next) -> Response {
    let head = request.extensions().get::<DocumentHead>().cloned().unwrap_or_default();
    let address = Address::of(request.uri());
    let response = next.run(request).await;
    match response.extensions().get::<PageError>() {
        Some(error) if error.status == StatusCode::UNAUTHORIZED && !head.is_embedded => {
            Redirect::to("/sign-in").into_response()
        }
        Some(error) => show(&head, &address, error),
        None => response,
    }
}

/// The page that says why something could not be done, for what is not served by a page. `headers` and `uri` are the request's.
pub fn error_page(head: &DocumentHead, headers: &HeaderMap, uri: &Uri, error: FlowError) -> Response {
    Language::of_request(headers, uri.query()).speak(|| show(head, &Address::of(uri), &error.into()))
}

/// The page for a refusal that no page has made: before its handler, or beside the pages. `headers` and `uri` are the
/// request's; `sentence` is what the API says.
pub fn refusal_page(
    head: &DocumentHead,
    headers: &HeaderMap,
    uri: &Uri,
    status: StatusCode,
    sentence: &str,
) -> Response {
    let language = Language::of_request(headers, uri.query());
    language.speak(|| show(head, &Address::of(uri), &PageError::of_refusal(status, sentence)))
}

fn show(head: &DocumentHead, address: &Address, error: &PageError) -> Response {
    public_layout::at(
        head,
        address,
        error.status,
        &error.heading,
        view! {
            <main id="content" class="card narrow">
                <h1 tabindex="-1">{error.heading.clone()}</h1>
                <p>{error.text.clone()}</p>
                <p><a href="/">{t!("error-start")}</a></p>
            </main>
        },
    )
}
