//! `/api/v1/metrics`: the figures of the pages, grouped as a program asks.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::{Request, State},
};
use domain::{
    Currency,
    model::Model,
    report::Sales,
    scope::Scope,
    time::{Day, Period},
};
use flow::{
    Flow,
    api::metric::{Metric, MetricFilter, MetricGroup, Metrics},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::Call,
        fault::{Fault, FaultBody},
        list::ListQuery,
    },
    customers::get::ModelName,
};

/// Days that are read unless the request says otherwise.
const DAYS: i64 = 30;

/// Figures of a group, or of all together.
#[derive(Serialize, ToSchema)]
struct MetricBody {
    /// Always `metric`.
    #[schema(example = "metric")]
    object: &'static str,
    /// The group: a day such as `2026-11-26`, an id, a name or a currency; null for links without one, and for the total.
    key: Option<String>,
    /// Clicks by people; null where they cannot be told.
    clicks: Option<i64>,
    /// Clicks, one per visitor, link and hour; null where they cannot be told.
    unique_clicks: Option<i64>,
    /// Credited orders; with `model`, orders whose last touchpoint is in the group.
    conversions: i64,
    /// All orders, credited or not; null where they cannot be told.
    orders: Option<i64>,
    /// The revenue in each currency.
    revenue: Vec<RevenueBody>,
}

/// Revenue in a currency.
#[derive(Serialize, ToSchema)]
struct RevenueBody {
    /// ISO 4217 code.
    #[schema(example = "USD")]
    currency: String,
    /// Credited net revenue, in minor units.
    #[schema(example = 4999)]
    revenue_minor: i64,
    /// Net revenue of all orders, credited or not, in minor units; null where it cannot be told.
    order_revenue_minor: Option<i64>,
}

/// The figures of a period.
#[derive(Serialize, ToSchema)]
pub(crate) struct MetricsBody {
    /// Always `metrics`.
    #[schema(example = "metrics")]
    object: &'static str,
    /// The first day, in the brand's time zone.
    #[schema(format = Date)]
    from: String,
    /// The last day.
    #[schema(format = Date)]
    to: String,
    /// The brand's time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// What the groups are.
    #[schema(value_type = MetricGroupName)]
    group_by: &'static str,
    /// The groups that have figures, in the order of their keys.
    data: Vec<MetricBody>,
    /// All together.
    total: MetricBody,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

/// What figures are grouped by.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of flow::api::metric::MetricGroup")]
enum MetricGroupName {
    Day,
    Creator,
    Campaign,
    Link,
    Platform,
    ContentType,
    Currency,
}

/// Which figures are read.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
struct MetricParams {
    /// The first day, in the brand's time zone; 30 days until `to` if absent. At most 800 days.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day; today if absent.
    #[param(format = Date)]
    to: Option<String>,
    /// The groups; days if absent.
    group_by: Option<MetricGroupName>,
    /// Of links of this creator.
    creator: Option<String>,
    /// Of links of this campaign.
    campaign: Option<String>,
    /// Sales in this currency.
    #[param(min_length = 3, max_length = 3)]
    currency: Option<String>,
    /// What this model assigns to each creator instead of what is credited; with `group_by=creator` only, without
    /// `campaign`.
    model: Option<ModelName>,
}

fn revenue(sales: &Sales, orders: Option<&Sales>) -> Vec<RevenueBody> {
    let currencies: BTreeSet<Currency> =
        sales.revenue.keys().chain(orders.iter().flat_map(|orders| orders.revenue.keys())).copied().collect();
    let of = |sales: &Sales, currency| sales.revenue.get(&currency).copied().unwrap_or(0);
    let body = |currency: Currency| RevenueBody {
        currency: currency.to_string(),
        revenue_minor: of(sales, currency),
        order_revenue_minor: orders.map(|orders| of(orders, currency)),
    };
    currencies.into_iter().map(body).collect()
}

impl MetricBody {
    fn of(metric: Metric, has_clicks: bool) -> Self {
        let Metric { key, clicks, sales, orders } = metric;
        Self {
            object: "metric",
            key,
            clicks: has_clicks.then_some(clicks.clicks),
            unique_clicks: has_clicks.then_some(clicks.unique_clicks),
            conversions: sales.conversions,
            orders: orders.as_ref().map(|orders| orders.conversions),
            revenue: revenue(&sales, orders.as_ref()),
        }
    }
}

/// The days that the request names.
fn period(query: &mut ListQuery, today: Day) -> Period {
    let fault = "must be a day such as 2026-11-26";
    let day = |query: &mut ListQuery, name: &str| query.parse(name, fault, Day::parse);
    let (from, to) = (day(query, "from"), day(query, "to").unwrap_or(today));
    let from = from.unwrap_or(Day(to.0 - DAYS + 1));
    if from > to {
        query.fault("from must not be after to");
    } else if to.0 - from.0 >= Period::DAYS_MAX {
        query.fault(format!("from and to must be at most {} days", Period::DAYS_MAX));
    }
    Period::between(from, to)
}

/// Gets the figures of a period, the same as on the pages.
#[utoipa::path(
    get, path = "/api/v1/metrics", tag = "Metrics", operation_id = "getMetrics",
    params(MetricParams),
    responses((status = 200, description = "The figures", body = MetricsBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(State(flow): State<Flow>, request: Request) -> Result<Json<MetricsBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read("metrics")).await?;
    let mut query = ListQuery::of(request.uri());
    let brand = call.merchant.brand();
    let period = period(&mut query, flow.reports().today(brand));
    let (groups, models) = (MetricGroup::ALL.map(MetricGroup::as_str), Model::ALL.map(Model::as_str));
    let group = query.parse("group_by", &format!("must be one of {}", groups.join(", ")), MetricGroup::parse);
    let model = query.parse("model", &format!("must be one of {}", models.join(", ")), Model::parse);
    let group = group.unwrap_or(MetricGroup::Day);
    let (creator, campaign) = query.owners();
    let filter = MetricFilter { creator, campaign, currency: query.currency() };
    if model.is_some() && (group != MetricGroup::Creator || filter.campaign.is_some()) {
        query.fault("model needs group_by=creator, without campaign");
    }
    query.end()?;
    let api = flow.api();
    let Metrics { groups, total } = match model {
        Some(model) => api.model_metrics(&call.merchant, period, model, &filter).await?,
        None => api.metrics(&call.merchant, period, group, &filter).await?,
    };
    let has_clicks = model.is_none();
    let has_group_clicks = has_clicks && group != MetricGroup::Currency;
    Ok(Json(MetricsBody {
        object: "metrics",
        from: period.from.to_string(),
        to: period.to.to_string(),
        time_zone: brand.zone.name().to_owned(),
        group_by: group.as_str(),
        data: groups.into_iter().map(|metric| MetricBody::of(metric, has_group_clicks)).collect(),
        total: MetricBody::of(total, has_clicks),
        livemode: call.is_live(),
    }))
}
