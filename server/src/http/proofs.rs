//! Revenue proofs for strangers: the public keys, and a proof as a file. Its page is one of the app's.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use flow::{Flow, proof::PublicProof};

use crate::{
    config::Config,
    http::{error::ApiError, track::redirect::client_address},
};

/// How long others may keep the keys: a new one is asked for by its id anyway.
const KEYS_CACHING: &str = "public, max-age=300";

/// `GET /.well-known/jwks.json`: the keys with which proofs are verified, old ones included (RFC 7517).
pub(crate) async fn keys(State(flow): State<Flow>) -> Response {
    match flow.proofs().keys().await {
        Ok(keys) => {
            let headers = [
                (header::CONTENT_TYPE, "application/jwk-set+json"),
                (header::CACHE_CONTROL, KEYS_CACHING),
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            ];
            (headers, Json(keys)).into_response()
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// Answers `GET /proof/{id}.jws` with the signed statement, and lets all else pass with the client's address: the
/// router has no names for a part of a segment.
pub(crate) async fn file_or_page(
    State(flow): State<Flow>,
    State(config): State<Arc<Config>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().strip_prefix("/proof/").and_then(|name| name.strip_suffix(".jws"));
    let Some(id) = path.filter(|_| matches!(*request.method(), Method::GET | Method::HEAD)).map(str::to_owned) else {
        return next.run(request).await;
    };
    let address = client_address(&config, &request.into_parts().0);
    match flow.proofs().find(&id, &address).await {
        Ok(Some(PublicProof::Shown(proof))) => {
            let name = format!("attachment; filename=\"{id}.jws\"");
            let mut response = ([(header::CONTENT_TYPE, "application/jose")], proof.jws).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            if let Ok(name) = HeaderValue::try_from(name) {
                headers.insert(header::CONTENT_DISPOSITION, name);
            }
            response
        }
        Ok(Some(PublicProof::Withdrawn { .. })) => {
            ApiError::new(StatusCode::GONE, "This proof was withdrawn").into_response()
        }
        Ok(None) => ApiError::new(StatusCode::NOT_FOUND, "Proof not found").into_response(),
        Err(error) => ApiError::from(error).into_response(),
    }
}
