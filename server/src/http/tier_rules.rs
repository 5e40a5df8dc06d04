//! `/api/v1/tier_rules`: the rules by which a brand's creators move between tiers.

use axum::{
    Json,
    extract::{Request, State},
};
use domain::{Currency, Money, scope::Scope, tier::TierRule};
use flow::{Flow, Invalid, tier::TierRules};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    api::{
        call::{Call, OnceParams, WriteCall},
        fault::{Fault, FaultBody},
        list::ListQuery,
    },
    body::Faults,
};

/// The rules are about creators, and have their scopes.
const RESOURCE: &str = "creators";

/// A brand's rules.
#[derive(Serialize, ToSchema)]
pub(crate) struct TierRulesBody {
    /// Always `tier_rules`.
    #[schema(example = "tier_rules")]
    object: &'static str,
    /// The rules, the highest tier first: the first one that a creator meets decides.
    rules: Vec<TierRuleBody>,
    /// When they were last set; `null` if they never were.
    #[schema(format = DateTime)]
    updated: Option<String>,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// What earns a tier. A rule that asks for nothing is met by everybody.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TierRuleBody {
    /// The tier.
    #[schema(min_length = 1, max_length = 120, example = "gold")]
    tier: String,
    /// Least number of credited orders.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 10)]
    min_orders: Option<i64>,
    /// Least credited net revenue, in minor units of `currency`.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 100_000)]
    min_revenue_minor: Option<i64>,
    /// The currency of `min_revenue_minor` (ISO 4217); revenue in others does not count.
    #[serde(default)]
    #[schema(example = "USD")]
    currency: Option<String>,
    /// Least number of followers, as `socials` of the creators say, on all platforms together.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 5_000)]
    min_followers: Option<i64>,
    /// Least engagement rate in per cent, as `socials` of the creators say, on at least one platform.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100, example = 3.2)]
    min_engagement_rate: Option<f64>,
    /// For how many days orders and revenue count, today included, in the brand's time zone: 1 to 730.
    #[schema(minimum = 1, maximum = 730, example = 90)]
    window_days: i64,
}

/// The rules to set, in place of all.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TierRulesRequest {
    /// The rules, the highest tier first, at most 20; without any, nobody is moved.
    #[schema(required = true, max_items = 20, value_type = Vec<TierRuleBody>)]
    rules: Option<Vec<TierRuleBody>>,
}

impl TierRuleBody {
    fn of(rule: TierRule) -> Self {
        Self {
            tier: rule.tier,
            min_orders: rule.min_orders,
            min_revenue_minor: rule.min_revenue.map(|money| money.minor),
            currency: rule.min_revenue.map(|money| money.currency.to_string()),
            min_followers: rule.min_followers,
            min_engagement_rate: rule
                .min_engagement_bp
                .and_then(|rate| i32::try_from(rate).ok())
                .map(|rate| f64::from(rate) / 100.0),
            window_days: rule.window_days,
        }
    }

    fn read(self, index: usize, faults: &mut Faults) -> TierRule {
        let currency = self.currency.as_deref().map(Currency::parse);
        let min_revenue = match (self.min_revenue_minor, currency) {
            (Some(minor), Some(Some(currency))) => Some(Money { minor, currency }),
            (None, None) => None,
            (_, Some(None)) => {
                faults.push(format!("rules[{index}].currency must be an ISO 4217 code"));
                None
            }
            _ => {
                faults.push(format!("rules[{index}] needs min_revenue_minor and currency, or neither"));
                None
            }
        };
        let rate = self.min_engagement_rate.filter(|rate| (0.0..=100.0).contains(rate));
        if rate.is_none() && self.min_engagement_rate.is_some() {
            faults.push(format!("rules[{index}].min_engagement_rate must be 0 to 100"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is 0 to 10,000")]
        let min_engagement_bp = rate.map(|rate| (rate * 100.0).round() as i64);
        let Self { tier, min_orders, min_followers, window_days, .. } = self;
        TierRule { tier, min_orders, min_revenue, min_followers, min_engagement_bp, window_days }
    }
}

impl TierRulesBody {
    fn of(stored: Option<TierRules>, livemode: bool) -> Self {
        let updated = stored.as_ref().map(|stored| stored.updated_at.to_rfc3339());
        let rules = stored.map(|stored| stored.rules).unwrap_or_default();
        Self { object: "tier_rules", rules: rules.into_iter().map(TierRuleBody::of).collect(), updated, livemode }
    }
}

impl TierRulesRequest {
    fn read(self) -> Result<Vec<TierRule>, Invalid> {
        let rules = self.rules.ok_or_else(|| Invalid::one("rules is required"))?;
        let mut faults = Faults::default();
        let rules = rules.into_iter().enumerate().map(|(index, rule)| rule.read(index, &mut faults)).collect();
        faults.into_result()?;
        Ok(rules)
    }
}

/// Gets the rules by which creators move between tiers.
#[utoipa::path(
    get, path = "/api/v1/tier_rules", tag = "Creators", operation_id = "getTierRules",
    responses((status = 200, description = "The rules", body = TierRulesBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(State(flow): State<Flow>, request: Request) -> Result<Json<TierRulesBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let stored = flow.tiers().rules(&call.merchant).await?;
    Ok(Json(TierRulesBody::of(stored, call.is_live())))
}

/// Replaces the rules by which creators move between tiers. Creators are moved soon after, and then once a day; those with
/// `tier_locked` stay.
#[utoipa::path(
    put, path = "/api/v1/tier_rules", tag = "Creators", operation_id = "replaceTierRules",
    params(OnceParams),
    request_body = TierRulesRequest,
    responses((status = 200, description = "The rules", body = TierRulesBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn replace(State(flow): State<Flow>, request: Request) -> Result<Json<TierRulesBody>, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let rules = call.read::<TierRulesRequest>()?.read().map_err(|faults| Fault::invalid("Invalid request", faults))?;
    let stored = flow.tiers().save(&call.call.merchant, rules).await?;
    Ok(Json(TierRulesBody::of(Some(stored), call.call.is_live())))
}
