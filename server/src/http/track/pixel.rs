//! The pixel script: the same file for every key, precompressed. It reads its key and host from its own `src`.

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};
use flow::Flow;

use crate::http::{assets::Assets, caller::caller, cors::with_cors, error::ErrorResponse};

/// `GET /api/v1/track/pixel.js?key=`.
#[utoipa::path(
    get, path = "/api/v1/track/pixel.js", tag = "Tracking", operation_id = "getPixel",
    description = "The storefront pixel. Exposes window.CreatorScore with track, getPvId, getRef, identify, consent and version.",
    params(("key" = String, Query, pattern = "^cs_(live|test)_pk_[0-9A-Za-z]{57}$", description = "A pixel key (cs_live_pk_… or cs_test_pk_…)")),
    responses(
        (status = 200, description = "JavaScript", content_type = "text/javascript"),
        (status = 401, description = "Invalid API key", body = ErrorResponse),
    )
)]
pub(crate) async fn script(
    State(flow): State<Flow>,
    State(assets): State<Assets>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    with_cors(match caller(&flow, &headers, &uri).await {
        Ok(_) => assets.answer("pixel/pixel.js", &headers, "public, max-age=300, stale-while-revalidate=86400"),
        Err(error) => error.into_response(),
    })
}
