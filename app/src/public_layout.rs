//! The layout of a page for anyone: what it says, and below it the languages.

use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;

use crate::{address::Address, document::DocumentHead, language_choice, request::PublicRequest};

/// A page for anyone. `main` is its `<main>` element.
pub(crate) fn show(
    request: &PublicRequest,
    status: StatusCode,
    title: &str,
    main: impl IntoView + 'static,
) -> Response {
    at(&request.head, &request.address, status, title, main)
}

/// The same where there is no handler's request: for errors.
pub(crate) fn at(
    head: &DocumentHead,
    address: &Address,
    status: StatusCode,
    title: &str,
    main: impl IntoView + 'static,
) -> Response {
    let body = view! {
        {main.into_view()}
        <footer class="foot-of-page">{language_choice::form(address, head.is_embedded)}</footer>
    };
    head.document(status, title, body)
}
