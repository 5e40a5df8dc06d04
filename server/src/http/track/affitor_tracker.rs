//! The script that npm's `@affitor/tracker` loads from its `scriptUrl`.

use axum::{extract::State, http::HeaderMap, response::Response};

use crate::http::{assets::Assets, cors::with_cors, error::ErrorResponse};

/// `GET /js/affitor-tracker.js`.
#[utoipa::path(
    get, path = "/js/affitor-tracker.js", tag = "Affiliate tracking", operation_id = "getAffitorTracker",
    description = "The browser script of the affiliate tracking API, for the npm package @affitor/tracker (option scriptUrl) or a script tag. Exposes window.affitor.",
    responses(
        (status = 200, description = "JavaScript", content_type = "text/javascript"),
        (status = "default", description = "An error", body = ErrorResponse),
    )
)]
pub(crate) async fn script(State(assets): State<Assets>, headers: HeaderMap) -> Response {
    let cache = "public, max-age=300, stale-while-revalidate=86400";
    with_cors(assets.answer("js/affitor-tracker.js", &headers, cache))
}
