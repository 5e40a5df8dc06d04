//! `/docs/try`: a console that sends requests from the browser. The one page of the documentation with a script: Swagger UI,
//! which this program has in itself.

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use utoipa_swagger_ui::{Config, serve};

use super::{answer, site::Page};
use crate::http::{App, error::ApiError};

/// What the console may load and call: this server only. Its pictures are in its stylesheet.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);
/// Swagger UI's files that the page uses.
const FILES: [(&str, &str); 2] =
    [("swagger-ui.css", "text/css; charset=utf-8"), ("swagger-ui-bundle.js", "text/javascript; charset=utf-8")];

static PAGE: LazyLock<Page> = LazyLock::new(|| Page::new("text/html; charset=utf-8", include_str!("try_it.html")));
static STYLE: LazyLock<Page> = LazyLock::new(|| Page::new("text/css; charset=utf-8", include_str!("try_it.css")));
static START: LazyLock<Page> = LazyLock::new(|| Page::new("text/javascript; charset=utf-8", include_str!("try_it.js")));
/// The files of [`FILES`], in that order.
static CONSOLE: LazyLock<Vec<(&str, Page)>> = LazyLock::new(|| {
    let config = Arc::new(Config::from("/api/openapi.json"));
    let page = |(name, kind): (&'static str, &'static str)| {
        let file = serve(name, config.clone()).ok().flatten()?;
        // Every browser that runs it takes gzip.
        Some((name, Page { is_gzip: file.gzpipped, ..Page::new(kind, file.bytes.into_owned()) }))
    };
    FILES.into_iter().filter_map(page).collect()
});

/// Routes of the console.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/docs/try", get(|headers: HeaderMap| async move { answer(StatusCode::OK, &PAGE, POLICY, &headers) }))
        .route("/docs/try/", get(|| async { Redirect::permanent("/docs/try") }))
        .route(
            "/docs/try/{file}",
            get(|Path(name): Path<String>, headers: HeaderMap| async move { file(&name, &headers) }),
        )
}

fn file(name: &str, headers: &HeaderMap) -> Response {
    let page = match name {
        "start.js" => Some(&*START),
        "try.css" => Some(&*STYLE),
        name => CONSOLE.iter().find(|(known, _)| *known == name).map(|(_, page)| page),
    };
    match page {
        Some(page) => answer(StatusCode::OK, page, POLICY, headers),
        None => ApiError::new(StatusCode::NOT_FOUND, "Not found").into_response(),
    }
}
