//! `/docs`: the documentation for people, without a script. The pages are the Markdown files of `docs/`, and a reference
//! that is made from the OpenAPI document. All are rendered once in a process.

mod markdown;
mod reference;
mod sample;
mod schema;
mod shell;
mod site;
mod slug;
mod try_it;

use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

use self::site::{Page, SITE};
use crate::http::App;

/// What pages may load: our stylesheet and icon.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Routes of the documentation.
pub(crate) fn routes() -> Router<App> {
    // Rendered now, so that no reader waits for it.
    std::sync::LazyLock::force(&SITE);
    Router::new()
        .route("/docs", get(|headers: HeaderMap| async move { show("", &headers) }))
        .route("/docs/", get(|| async { Redirect::permanent("/docs") }))
        .route("/docs/{page}", get(|Path(page): Path<String>, headers: HeaderMap| async move { show(&page, &headers) }))
        .merge(try_it::routes())
}

/// A page; another name than a page's is a 404.
fn show(name: &str, headers: &HeaderMap) -> Response {
    match SITE.pages.get(name) {
        Some(page) => answer(StatusCode::OK, page, POLICY, headers),
        None => answer(StatusCode::NOT_FOUND, &SITE.not_found, POLICY, &HeaderMap::new()),
    }
}

/// A file with its tag, or `304` if the client has it.
fn answer(status: StatusCode, page: &Page, policy: HeaderValue, headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag == page.tag);
    let (status, body) =
        if known { (StatusCode::NOT_MODIFIED, Body::empty()) } else { (status, Body::from(page.bytes.clone())) };
    let caching = HeaderValue::from_static("public, max-age=0, must-revalidate");
    let out = [
        (header::CONTENT_TYPE, page.content_type.clone()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, caching),
        (header::ETAG, page.tag.clone()),
    ];
    let mut response = (status, out, body).into_response();
    if page.is_gzip {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
