//! The demo's address that opens a creator's page signed in, without credentials: a demo's data is made up, and stays
//! on one machine.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use flow::{
    Flow, FlowError,
    access::{Operator, SESSION_LIFE_MS},
};

use crate::{
    config::Config,
    http::{cookies, error::ApiError},
    system::SystemRandom,
};

/// `GET /demo/creator`: signs in as the creator that the demo shows; `404` outside the demo.
pub(crate) async fn open_creator(State(flow): State<Flow>, State(config): State<Arc<Config>>) -> Response {
    match session(&flow, &config).await {
        Ok(session) => {
            let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/creator")]).into_response();
            if let Some(cookie) = cookies::own(cookies::SESSION, &session, SESSION_LIFE_MS / 1000) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

async fn session(flow: &Flow, config: &Config) -> Result<String, FlowError> {
    const NOT_HERE: FlowError = FlowError::NotFound("creator");
    let (brand, creator) = config.demo_creator.as_ref().ok_or(NOT_HERE)?;
    let vault = config.vault(&SystemRandom).map_err(|_| NOT_HERE)?;
    let merchant = flow.access().merchant_by_operator(Operator::with_keys(&vault), brand).await?;
    let link = flow.access().sign_in_link(&merchant, Some(creator)).await?;
    let token = link.rsplit('/').next().unwrap_or_default();
    let (session, _) = flow.access().sign_in(token).await?;
    Ok(session)
}
