//! `POST /api/webhooks/fairing`: records a shopper's answer to a survey.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use domain::shop::ShopDomain;
use flow::{
    Flow, FlowError, Invalid,
    survey::{SurveyReport, may_be_signature},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    http::{
        body::{self, AnyJsonField, Faults, Field, FieldKind},
        error::{ApiError, ErrorResponse, respond},
    },
    worker::Wake,
};

/// Longest order id, in characters.
const ORDER_ID_CHARS_MAX: usize = 255;

/// A survey answer.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct FairingRequest {
    /// The seller's id of the order, as text or a whole number. The order may not have arrived yet.
    #[schema(value_type = String, required = true, max_length = 255, example = "123")]
    #[serde(default)]
    order_id: FairingOrderIdField,
    /// The question.
    #[schema(value_type = String)]
    #[serde(default)]
    question: FairingTextField,
    /// The answer.
    #[schema(value_type = String, required = true, min_length = 1, example = "jessica_styles")]
    #[serde(default)]
    answer: FairingTextField,
    /// The shop.
    #[schema(value_type = String, required = true, example = "mystore.myshopify.com")]
    #[serde(default)]
    shop_domain: AnyJsonField,
}

type FairingOrderIdField = Field<FairingOrderId>;
type FairingTextField = Field<FairingText>;

/// An order id as Fairing writes it: text or a whole number.
struct FairingOrderId;

impl FieldKind for FairingOrderId {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        let id = match serde_json::from_str::<u64>(json) {
            Ok(number) => number.to_string(),
            Err(_) => serde_json::from_str::<String>(json).map_err(|_| "is required".to_owned())?.trim().to_owned(),
        };
        let is_id = !id.is_empty() && id.chars().count() <= ORDER_ID_CHARS_MAX && !id.contains('\0');
        if is_id { Ok(Some(id)) } else { Err("is required".to_owned()) }
    }
}

/// Text as Fairing sends it, trimmed; blank counts as absent.
struct FairingText;

impl FieldKind for FairingText {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        let text: String = serde_json::from_str(json).map_err(|_| "must be a string".to_owned())?;
        Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
    }
}

/// A recorded answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct FairingResponse {
    /// Always true.
    ok: bool,
    /// The creator that the answer names; null if a person must decide.
    creator_id: Option<String>,
    /// How surely, 0.60 to 0.90.
    confidence: Option<f64>,
}

/// Receives a survey answer.
#[utoipa::path(
    post, path = "/api/webhooks/fairing", tag = "Webhooks", operation_id = "receiveFairingWebhook",
    description = "Called by Fairing with a shopper's answer. The answer is matched to a creator by handle, name and aliases; without a confident match it waits for review.",
    params(("x-fairing-signature" = String, Header, description = "The brand's Fairing key, or the hex HMAC-SHA256 of the body under it")),
    request_body(content = FairingRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "Stored durably", body = FairingResponse),
        (status = 400, description = "Invalid body", body = ErrorResponse),
        (status = 401, description = "Missing or wrong signature, or an unknown shop: the two look the same", body = ErrorResponse),
    )
)]
pub(crate) async fn receive(State(flow): State<Flow>, State(wake): State<Wake>, request: Request) -> Response {
    let outcome = record(&flow, request).await;
    if outcome.is_ok() {
        wake.notify();
    }
    respond(outcome)
}

async fn record(flow: &Flow, request: Request) -> Result<FairingResponse, ApiError> {
    let forged = || ApiError::new(StatusCode::UNAUTHORIZED, "Invalid signature");
    let header = request.headers().get("x-fairing-signature");
    let signature = header.and_then(|value| value.to_str().ok()).map(str::to_owned);
    // Whoever does not sign is not worth the memory of a large body.
    let signature = signature.filter(|signature| may_be_signature(signature)).ok_or_else(forged)?;
    let bytes = body::bytes(request).await?;
    let invalid = |faults: Invalid| ApiError::invalid("Invalid request", faults);
    let text = body::text(&bytes).map_err(invalid)?;
    let fields: FairingRequest =
        body::object(text).ok_or_else(|| invalid(Invalid::one("the body must be a JSON object")))?;
    let mut faults = Faults::default();
    let shop = faults.take("shop_domain", fields.shop_domain);
    let shop: Option<String> = shop.and_then(|json| serde_json::from_str(&json).ok());
    let shop = shop.ok_or_else(|| invalid(Invalid::one("shop_domain is required")))?;
    let shop = ShopDomain::parse(&shop).ok_or_else(forged)?;
    let sender = flow.surveys().fairing_sender(&shop, &signature, &bytes).await.map_err(|error| match error {
        FlowError::Unauthorized => forged(),
        other => other.into(),
    })?;
    let order_id = faults.demand("order_id is required", fields.order_id);
    let answer = faults.demand("answer is required", fields.answer).filter(|answer| {
        let is_text = !answer.contains('\0');
        if !is_text {
            faults.push("answer is required");
        }
        is_text
    });
    let question = faults.take("question", fields.question).unwrap_or_default();
    faults.into_result().map_err(invalid)?;
    let report = SurveyReport { order_id: order_id.unwrap_or_default(), question, answer: answer.unwrap_or_default() };
    let answer = flow.surveys().record(&sender, &report).await?;
    let confidence = answer.creator.is_some().then(|| f64::from(answer.confidence_bp) / 10_000.0);
    Ok(FairingResponse { ok: true, creator_id: answer.creator.map(String::from), confidence })
}
