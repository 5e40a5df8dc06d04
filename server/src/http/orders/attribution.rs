//! `GET /api/v1/orders/{id}/attribution`: every credited cent of an order explained, or why there is none.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, Uri},
};
use domain::{
    Money,
    attribution::{Attribution, Credit, Touchpoint, Visitor},
    evidence::{Evidence, EvidenceClass, EvidenceKind, Refusal, Strength},
    model::Model,
    order::{Order, OrderSource},
    policy::Policy,
    scope::Scope,
};
use flow::{
    Flow, FlowError,
    explain::{Explanation, Searched},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{
    caller::server_caller,
    error::{ApiError, ErrorResponse},
};

/// An order's decision, explained. Amounts are decimal texts of the order's currency.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttributionResponse {
    /// The order.
    order: OrderBody,
    /// Whether the order is settled. Everything below is present only then.
    settled: bool,
    /// The decision.
    #[serde(flatten)]
    decision: Option<DecisionBody>,
}

/// An order.
#[derive(Serialize, ToSchema)]
struct OrderBody {
    /// Our id.
    id: String,
    /// The seller's id.
    external_id: String,
    /// The name people use for it.
    name: String,
    /// Who reported it: browser, api or shopify.
    #[schema(value_type = String)]
    source: OrderSource,
    /// When it was placed (RFC 3339, UTC).
    placed_at: String,
    /// When it was cancelled.
    cancelled_at: Option<String>,
    /// ISO 4217 code.
    currency: String,
    /// The total.
    #[schema(example = "49.99")]
    total: String,
    /// Refunded so far.
    refunded: String,
    /// Revenue that counts.
    net: String,
    /// A test order: recorded, never counted.
    is_test: bool,
}

/// A decision.
#[derive(Serialize, ToSchema)]
struct DecisionBody {
    /// The policy in force when the order was placed.
    policy: PolicyBody,
    /// The shares.
    credits: Vec<CreditBody>,
    /// The journey, with the amount of every model.
    touchpoints: Vec<JourneyTouchpointBody>,
    /// Evidence found, refused pieces with their reason.
    evidence: Vec<EvidenceBody>,
    /// What was looked for.
    searched: Vec<SearchedBody>,
    /// Who may have placed the order.
    visitors: Vec<VisitorBody>,
    /// Whether the credit, or anything that it earned, waits for a person's approval.
    needs_approval: bool,
    /// Whether counted evidence names others than the credited ones.
    has_conflict: bool,
    /// The explanation in sentences.
    explanation: Vec<String>,
}

/// A policy.
#[derive(Serialize, ToSchema)]
struct PolicyBody {
    /// Its version.
    version: u32,
    /// Its model.
    #[schema(value_type = crate::http::customers::get::ModelName)]
    model: Model,
    /// Classes of evidence, the winner first.
    #[schema(value_type = Vec<String>)]
    precedence: Vec<EvidenceClass>,
    /// The lookback window, in days.
    lookback_days: u32,
}

/// A share of an order.
#[derive(Serialize, ToSchema)]
struct CreditBody {
    /// The link.
    link_id: String,
    /// The link's creator.
    creator_id: Option<String>,
    /// The link's campaign.
    campaign_id: Option<String>,
    /// The kind of evidence that won.
    #[schema(value_type = String)]
    kind: EvidenceKind,
    /// When the touchpoint was.
    touched_at: String,
    /// The share as an exact fraction.
    #[schema(example = "1/2")]
    weight: String,
    /// The share before rounding, as a fraction of minor units.
    #[schema(example = "4999/2")]
    exact: String,
    /// What largest-remainder rounding added to the floor of the exact share.
    rounding_minor: i64,
    /// The amount.
    amount: String,
}

/// A touchpoint of the journey.
#[derive(Serialize, ToSchema)]
struct JourneyTouchpointBody {
    /// The link.
    link_id: String,
    /// The link's creator.
    creator_id: Option<String>,
    /// The link's campaign.
    campaign_id: Option<String>,
    /// How it is known.
    #[schema(value_type = String)]
    kind: EvidenceKind,
    /// When.
    touched_at: String,
    /// The amount under each model.
    models: std::collections::BTreeMap<&'static str, String>,
}

/// A piece of evidence.
#[derive(Serialize, ToSchema)]
struct EvidenceBody {
    /// Its kind.
    #[schema(value_type = String)]
    kind: EvidenceKind,
    /// Where it comes from.
    source: String,
    /// When.
    at: String,
    /// The link's code.
    code: Option<String>,
    /// The link.
    link_id: Option<String>,
    /// The creator.
    creator_id: Option<String>,
    /// Confidence, 0 to 1.
    confidence: f64,
    /// How well it is joined to the order: proven, reported (by the order's number) or claimed (by the customer's name).
    #[schema(value_type = String)]
    strength: Strength,
    /// Whether it counts.
    counts: bool,
    /// Why it was refused, as a name.
    #[schema(value_type = Option<String>)]
    refused: Option<Refusal>,
    /// Why it was refused, in words.
    reason: Option<&'static str>,
}

/// What was looked for, by kind of evidence.
#[derive(Serialize, ToSchema)]
struct SearchedBody {
    /// The kind.
    #[schema(value_type = String)]
    kind: EvidenceKind,
    /// In words.
    looked_for: &'static str,
    /// Pieces found.
    found: usize,
    /// Pieces that count.
    counted: usize,
}

/// Who may have placed the order.
#[derive(Serialize, ToSchema)]
struct VisitorBody {
    /// The visitor.
    pv_id: String,
    /// How that is known.
    source: String,
    /// How sure it is: proven, reported (by the order's number) or claimed (by the customer's name).
    #[schema(value_type = String)]
    strength: Strength,
    /// Whether others may have placed the order just as well, so that nobody is credited.
    is_disputed: bool,
}

/// Explains an order.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}/attribution", tag = "Orders", operation_id = "getOrderAttribution",
    description = "Why an order is credited as it is: policy version, evidence found and refused, touchpoints with the share of every model, weights as exact fractions, rounding. For an order without credit: what was looked for and why none of it counts.",
    params(("id" = String, Path, description = "Our id (ord_…) or the seller's id of the order")),
    responses(
        (status = 200, description = "The explanation", body = AttributionResponse),
        (status = 401, description = "Missing or wrong server key", body = ErrorResponse),
        (status = 404, description = "No such order", body = ErrorResponse),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn attribution(
    State(flow): State<Flow>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Json<AttributionResponse>, ApiError> {
    let caller = server_caller(&flow, &headers, &uri).await?.allowed(Scope::read("orders"))?;
    // A path that is not UTF-8, or has a NUL, names no order.
    let id = id.map(|Path(id)| id).ok().filter(|id| !id.contains('\0')).ok_or(FlowError::NotFound("order"))?;
    Ok(Json(AttributionResponse::of(flow.orders().explained(&caller, &id).await?)))
}

impl AttributionResponse {
    fn of(explanation: Explanation) -> Self {
        let Explanation { record, searched, sentences, needs_approval } = explanation;
        let order = OrderBody::of(&record.order);
        let decision = record.attribution.map(|attribution| DecisionBody {
            policy: PolicyBody::of(&attribution.policy),
            credits: attribution
                .credits
                .iter()
                .map(|credit| CreditBody::of(&record.order, &attribution, credit))
                .collect(),
            touchpoints: attribution
                .journey
                .iter()
                .map(|touch| JourneyTouchpointBody::of(&record.order, touch))
                .collect(),
            evidence: attribution.evidence.iter().map(|piece| EvidenceBody::of(&record.order, piece)).collect(),
            searched: searched.into_iter().map(SearchedBody::of).collect(),
            visitors: record.visitors.into_iter().map(VisitorBody::of).collect(),
            needs_approval,
            has_conflict: attribution.has_conflict,
            explanation: sentences,
        });
        Self { order, settled: decision.is_some(), decision }
    }
}

impl OrderBody {
    fn of(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            external_id: order.external_id.clone(),
            name: order.name.clone(),
            source: order.source,
            placed_at: order.placed_at.to_rfc3339(),
            cancelled_at: order.cancelled_at.map(domain::UnixMs::to_rfc3339),
            currency: order.currency.to_string(),
            total: amount(order, order.total_minor),
            refunded: amount(order, order.refunded_minor.min(order.total_minor)),
            net: amount(order, order.net_minor()),
            is_test: order.is_test,
        }
    }
}

fn amount(order: &Order, minor: i64) -> String {
    Money { minor, currency: order.currency }.to_decimal()
}

impl PolicyBody {
    fn of(policy: &Policy) -> Self {
        let Policy { version, model, precedence, lookback_days, .. } = policy;
        Self { version: *version, model: *model, precedence: precedence.clone(), lookback_days: *lookback_days }
    }
}

impl CreditBody {
    fn of(order: &Order, attribution: &Attribution, credit: &Credit) -> Self {
        let exact = i128::from(attribution.net_minor) * i128::from(credit.weight.part());
        Self {
            link_id: credit.link.to_string(),
            creator_id: credit.creator.as_ref().map(ToString::to_string),
            campaign_id: credit.campaign.as_ref().map(ToString::to_string),
            kind: credit.kind,
            touched_at: credit.at.to_rfc3339(),
            weight: credit.weight.to_string(),
            exact: format!("{exact}/{}", credit.weight.whole()),
            rounding_minor: credit.rounding_minor,
            amount: amount(order, credit.amount_minor),
        }
    }
}

impl JourneyTouchpointBody {
    fn of(order: &Order, touch: &Touchpoint) -> Self {
        Self {
            link_id: touch.link.to_string(),
            creator_id: touch.creator.as_ref().map(ToString::to_string),
            campaign_id: touch.campaign.as_ref().map(ToString::to_string),
            kind: touch.kind,
            touched_at: touch.at.to_rfc3339(),
            models: touch.amounts_minor.iter().map(|(model, minor)| (model.as_str(), amount(order, *minor))).collect(),
        }
    }
}

impl EvidenceBody {
    fn of(order: &Order, piece: &Evidence) -> Self {
        Self {
            kind: piece.kind,
            source: piece.source.clone(),
            at: piece.at.to_rfc3339(),
            code: piece.code.map(String::from),
            link_id: piece.link.as_ref().map(ToString::to_string),
            creator_id: piece.creator.as_ref().map(ToString::to_string),
            confidence: f64::from(piece.confidence_bp) / 10_000.0,
            strength: piece.strength,
            counts: piece.refused.is_none() && !order.is_test,
            refused: piece.refused,
            reason: piece.refused.map(Refusal::reason),
        }
    }
}

impl SearchedBody {
    fn of(searched: Searched) -> Self {
        let Searched { kind, looked_for, found, counted } = searched;
        Self { kind, looked_for, found, counted }
    }
}

impl VisitorBody {
    fn of(visitor: Visitor) -> Self {
        let Visitor { pv_id, source, strength, is_disputed, is_alias: _ } = visitor;
        Self { pv_id, source, strength, is_disputed }
    }
}
