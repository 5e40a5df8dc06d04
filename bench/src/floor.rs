//! Baseline (the "floor"): the same web framework with handlers that only send a fixed response.

use axum::{
    Json, Router,
    body::Bytes,
    http::{StatusCode, header},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::Failure;

/// Serves a bare redirect and a bare JSON endpoint and prints the address on the first line.
pub(crate) async fn serve() -> Result<(), Failure> {
    let router = Router::new()
        .route("/redirect", get(async || (StatusCode::FOUND, [(header::LOCATION, "https://shop.example/p")])))
        .route(
            "/track",
            // The pixel sends its JSON as plain text.
            post(async |body: Bytes| {
                let body: Value = serde_json::from_slice(&body).unwrap_or_default();
                Json(json!({ "ok": body.is_object() || body.is_array() }))
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}
