//! `/brand/attribution/sample-data`: clears the sample data.

use axum::{
    response::{IntoResponse, Redirect},
    routing::{get, post},
};

use super::Routes;
use crate::{error::PageResult, form::Posted, request::BrandRequest};

pub(crate) fn routes() -> Routes {
    let back = get(|| async { Redirect::to("/brand/attribution") });
    vec![("/brand/attribution/sample-data", back.merge(post(clear)))]
}

async fn clear(request: BrandRequest, _: Posted) -> PageResult {
    request.flow.samples().clear(&request.caller).await?;
    Ok(Redirect::to("/brand/attribution/setup").into_response())
}
