//! Errors of pages: shown as a page, once, at the edge.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use flow::FlowError;
use http::StatusCode;
use leptos::prelude::*;

use crate::document::DocumentHead;

/// Why a page could not be shown.
#[derive(Clone, Debug)]
pub(crate) struct PageError {
    status: StatusCode,
    heading: &'static str,
    text: String,
}

/// The result of a page's handler.
pub(crate) type PageResult = Result<Response, PageError>;

impl PageError {
    /// There is no such page or object.
    pub(crate) fn not_found(what: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            heading: "Not found",
            text: format!("This {what} does not exist, or it is not yours."),
        }
    }

    fn new(status: StatusCode, heading: &'static str, text: &str) -> Self {
        Self { status, heading, text: text.to_owned() }
    }
}

impl From<FlowError> for PageError {
    fn from(error: FlowError) -> Self {
        match error {
            error if error.is_unavailable() => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Please try again in a moment",
                "The database does not answer. Nothing was changed.",
            ),
            FlowError::Invalid(faults) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "That could not be done", &faults.to_string())
            }
            FlowError::Unauthorized => {
                Self::new(StatusCode::UNAUTHORIZED, "You are signed out", "Sign in again, or reopen the app.")
            }
            FlowError::Disabled | FlowError::Forbidden(_) => {
                Self::new(StatusCode::FORBIDDEN, "No access", "Your account may not do this.")
            }
            FlowError::OwnerOnly => Self::new(
                StatusCode::FORBIDDEN,
                "Only an owner may do this",
                "Nothing was changed. Ask an owner of this brand; they are listed under Members and sessions.",
            ),
            FlowError::NotFound(what) => Self::not_found(what),
            FlowError::NotConfigured(what) => Self::new(StatusCode::NOT_FOUND, "Not set up", what),
            FlowError::Shopify(_) => Self::new(
                StatusCode::BAD_GATEWAY,
                "Shopify did not answer",
                "Nothing was changed. Please try again in a moment.",
            ),
            FlowError::OverBudget { .. } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", "Please wait a minute, then try again.")
            }
            FlowError::Stale(_) => Self::new(
                StatusCode::CONFLICT,
                "Changed meanwhile",
                "Somebody else changed this at the same time. Go back and look at it again.",
            ),
            FlowError::Mail(_) => {
                Self::new(StatusCode::BAD_GATEWAY, "The mail server did not answer", "Please try again in a moment.")
            }
            error @ (FlowError::Store(_) | FlowError::Unreadable(_) | FlowError::Job(_) | FlowError::Sealed) => {
                tracing::error!(%error, "a page failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong",
                    "The error was recorded. Please try again.",
                )
            }
        }
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
    let response = next.run(request).await;
    match response.extensions().get::<PageError>() {
        Some(error) if error.status == StatusCode::UNAUTHORIZED && !head.is_embedded => {
            Redirect::to("/sign-in").into_response()
        }
        Some(error) => show(&head, error),
        None => response,
    }
}

/// The page that says why something could not be done, for what is not served by a page.
pub fn error_page(head: &DocumentHead, error: FlowError) -> Response {
    show(head, &error.into())
}

fn show(head: &DocumentHead, error: &PageError) -> Response {
    head.document(
        error.status,
        error.heading,
        view! {
            <main id="content" class="card narrow">
                <h1>{error.heading}</h1>
                <p>{error.text.clone()}</p>
                <p><a href="/">"Go to the start"</a></p>
            </main>
        },
    )
}
