//! `POST /api/v1/track/click`: a click on an affiliate URL, reported by a script on the landing page.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::header,
    response::Response,
};
use flow::{
    Flow,
    tracking::{ClickReport, TrackingError},
};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::{redirect::client_address, request, take_test_mode};
use crate::{
    config::Config,
    http::{
        body::{self, AnyJsonField, Faults, OptionalTextField},
        cors::with_cors,
        error::{ApiError, ErrorResponse, respond},
    },
    ingest::Ingest,
};

/// A click on an affiliate URL.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct ClickRequest {
    /// Absolute URL with `?aff=CODE`: a link's code or a creator's partner code.
    #[schema(value_type = String, required = true, example = "https://yourstore.com/?aff=m7xp3k9a")]
    #[serde(default)]
    affiliate_url: AnyJsonField,
    /// An earlier click of the same browser: both belong to one visitor.
    #[schema(value_type = String)]
    #[serde(default)]
    existing_click_id: OptionalTextField,
    /// Where the browser came from; only its host is kept.
    #[schema(value_type = String)]
    #[serde(default)]
    referrer_url: OptionalTextField,
    /// The browser's user agent, if it is not the request's own.
    #[schema(value_type = String)]
    #[serde(default)]
    user_agent: OptionalTextField,
    /// `{"test_mode": true}` makes a test record.
    #[schema(value_type = Object)]
    #[serde(default)]
    additional_data: AnyJsonField,
}

/// A recorded click.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClickResponse {
    /// Always true.
    success: bool,
    /// The click, for later leads and sales.
    #[schema(example = "m7xp3k9a-01hf7yat00fzzvzzzzzzzzzzzz")]
    click_id: String,
    /// The code that was used.
    partner_code: String,
    /// How long the click may earn, in days.
    cookie_window_days: u32,
}

/// Why a click was not recorded.
#[derive(Debug, thiserror::Error)]
enum ClickError {
    #[error("affiliate_url is required")]
    NoUrl,
    #[error("Invalid affiliate_url")]
    InvalidUrl,
    #[error("No aff parameter found in affiliate_url")]
    NoCode,
    #[error("Referral link not found")]
    UnknownLink,
    #[error(transparent)]
    Other(#[from] ApiError),
}

impl From<TrackingError> for ClickError {
    fn from(error: TrackingError) -> Self {
        match error {
            TrackingError::UnknownLink => Self::UnknownLink,
            other => Self::Other(other.into()),
        }
    }
}

impl From<ClickError> for ApiError {
    fn from(error: ClickError) -> Self {
        match error {
            ClickError::Other(error) => error,
            sentence => Self::bad_request(sentence.to_string()),
        }
    }
}

/// Records a click on an affiliate URL.
#[utoipa::path(
    post, path = "/api/v1/track/click", tag = "Affiliate tracking", operation_id = "trackClick",
    description = "Record a click on an affiliate URL (`?aff=CODE`, a tracking link's code or a creator's partner code). Needs no key.",
    request_body(content = ClickRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "Recorded", body = ClickResponse),
        (status = 400, description = "affiliate_url is missing or leads nowhere", body = ErrorResponse),
        (status = 429, description = "More than one address may send in a minute; retry after the given seconds", body = ErrorResponse),
        (status = 503, description = "Overloaded; retry after the given seconds", body = ErrorResponse),
    )
)]
pub(crate) async fn click(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    State(config): State<Arc<Config>>,
    request: Request,
) -> Response {
    with_cors(respond(record(&flow, &ingest, &config, request).await.map_err(ApiError::from)))
}

async fn record(flow: &Flow, ingest: &Ingest, config: &Config, http: Request) -> Result<ClickResponse, ClickError> {
    let (parts, content) = http.into_parts();
    let address = client_address(config, &parts);
    flow.budgets().spend_address(&address, 1).map_err(ApiError::from)?;
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let bytes = body::bytes(Request::from_parts(parts, content)).await?;
    let fields: ClickRequest = request(&bytes)?;
    let mut faults = Faults::default();
    let is_test = take_test_mode(&mut faults, fields.additional_data);
    let existing_click = faults.take("existing_click_id", fields.existing_click_id);
    let referrer = faults.take("referrer_url", fields.referrer_url);
    let user_agent = faults.take("user_agent", fields.user_agent);
    let url = faults.take("affiliate_url", fields.affiliate_url);
    let code = affiliate_code(url.as_deref())?;
    let recorded = flow
        .tracking()
        .click(ClickReport {
            code: &code,
            existing_click: existing_click.as_deref(),
            user_agent: user_agent.as_deref().unwrap_or(&agent),
            request_user_agent: &agent,
            address: &address,
            referrer: referrer.as_deref(),
            is_test,
        })
        .await?;
    if let Some(click) = recorded.click {
        ingest.store_click(click).await.map_err(ApiError::from)?;
    }
    Ok(ClickResponse {
        success: true,
        click_id: recorded.handle.to_string(),
        partner_code: recorded.partner_code,
        cookie_window_days: recorded.cookie_window_days,
    })
}

/// The code in an affiliate URL, given as JSON.
fn affiliate_code(json: Option<&str>) -> Result<String, ClickError> {
    let url: String = json.and_then(|json| serde_json::from_str(json).ok()).ok_or(ClickError::NoUrl)?;
    if url.trim().is_empty() {
        return Err(ClickError::NoUrl);
    }
    let url = Url::parse(url.trim()).ok().filter(Url::has_host).ok_or(ClickError::InvalidUrl)?;
    let code = url.query_pairs().find(|(name, _)| name == "aff").map(|(_, value)| value.into_owned());
    code.filter(|code| !code.is_empty()).ok_or(ClickError::NoCode)
}
