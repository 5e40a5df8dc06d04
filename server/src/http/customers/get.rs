//! `GET /api/v1/customers/{client_id}` and its older form with keys in the URL: one customer's timeline.

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, Uri},
    response::Response,
};
use domain::{model::Model, scope::Scope};
use flow::{Flow, FlowError, customer::TimelineSections};
use utoipa::{IntoParams, ToSchema};

use super::{api_error, private, timeline::CustomerResponse, unauthorized};
use crate::http::{
    caller::{query_value, server_caller},
    error::{ApiError, ErrorResponse},
};

/// Which parts of the timeline are asked for. A flag is set by `true` or `1`.
#[derive(Debug, Default, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(clippy::struct_excessive_bools, reason = "each flag is one parameter of the served query")]
struct TimelineQuery {
    /// All four parts.
    show_all: bool,
    /// Page views.
    show_pageviews: bool,
    /// Touchpoints.
    show_touchpoints: bool,
    /// Events with their attribution.
    show_events: bool,
    /// The client's names of the customer.
    show_identities: bool,
    /// The model by which events are attributed; the brand's policy if absent.
    #[param(value_type = Option<ModelName>, required = false)]
    model: Option<Model>,
}

/// The attribution models of single journeys.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "the values are read by domain::Model; this is their schema")]
pub(crate) enum ModelName {
    FirstTouch,
    LastTouch,
    Linear,
    PositionBased,
    TimeDecay,
}

impl TimelineQuery {
    /// Reads a query string. Unknown parameters are ignored.
    ///
    /// # Errors
    /// If the model is unknown.
    fn read(query: &str) -> Result<Self, ApiError> {
        let mut read = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let is_set = value.eq_ignore_ascii_case("true") || value == "1";
            match &*name {
                "show_all" => read.show_all |= is_set,
                "show_pageviews" => read.show_pageviews |= is_set,
                "show_touchpoints" => read.show_touchpoints |= is_set,
                "show_events" => read.show_events |= is_set,
                "show_identities" => read.show_identities |= is_set,
                "model" => {
                    let names: Vec<&str> = Model::ALL.iter().map(|model| model.as_str()).collect();
                    let unknown = || ApiError::bad_request(format!("model must be one of: {}", names.join(", ")));
                    read.model = Some(Model::parse(&value).ok_or_else(unknown)?);
                }
                _ => {}
            }
        }
        Ok(read)
    }

    const fn sections(&self) -> TimelineSections {
        TimelineSections {
            pageviews: self.show_all || self.show_pageviews,
            touchpoints: self.show_all || self.show_touchpoints,
            events: self.show_all || self.show_events,
            identities: self.show_all || self.show_identities,
            model: self.model,
        }
    }
}

/// One customer, by a server key in a header.
#[utoipa::path(
    get, path = "/api/v1/customers/{client_id}", tag = "Customers", operation_id = "getCustomer",
    description = "One customer's timeline and what was attributed.",
    params(
        ("client_id" = String, Path, description = "The client's name of the customer, Shopify's customer id, a visitor's pv_id, or our cus_ id"),
        TimelineQuery,
    ),
    responses(
        (status = 200, description = "The customer", body = CustomerResponse),
        (status = 400, description = "Unknown model", body = ErrorResponse),
        (status = 401, description = "Missing or wrong server key", body = ErrorResponse),
        (status = 403, description = "The brand has uninstalled the app", body = ErrorResponse),
        (status = 404, description = "No such customer", body = ErrorResponse),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn by_key(
    State(flow): State<Flow>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, ApiError> {
    let caller = server_caller(&flow, &headers, &uri).await?.allowed(Scope::read("customers"))?;
    let Ok(Path(client_id)) = path else { return Err(api_error(FlowError::NotFound("customer"))) };
    let query = TimelineQuery::read(uri.query().unwrap_or(""))?;
    let timeline = flow.customers().timeline(&caller, &client_id, query.sections()).await.map_err(api_error)?;
    Ok(private(CustomerResponse::of(&timeline, query.sections(), &flow.settings().public_url)))
}

/// One customer, by keys in the URL, as Attribution.io's clients ask.
#[utoipa::path(
    get, path = "/api/v1/{public_key}/customers/{client_id}", tag = "Customers", operation_id = "getCustomerBySecret",
    description = "One customer's timeline and what was attributed, as Attribution.io's clients ask for it. Prefer GET /api/v1/customers/{client_id} with the key in a header, since URLs end up in logs.",
    params(
        ("public_key" = String, Path, description = "A key of the brand; a pixel key will do"),
        ("client_id" = String, Path, description = "The client's name of the customer, Shopify's customer id, a visitor's pv_id, or our cus_ id"),
        ("secret" = String, Query, description = "A server key of the brand"),
        TimelineQuery,
    ),
    responses(
        (status = 200, description = "The customer", body = CustomerResponse),
        (status = 400, description = "Unknown model", body = ErrorResponse),
        (status = 401, description = "Wrong public key or secret", body = ErrorResponse),
        (status = 403, description = "The brand has uninstalled the app", body = ErrorResponse),
        (status = 404, description = "No such customer", body = ErrorResponse),
    )
)]
pub(crate) async fn by_secret(
    State(flow): State<Flow>,
    path: Result<Path<(String, String)>, PathRejection>,
    uri: Uri,
) -> Result<Response, ApiError> {
    let Ok(Path((public_key, client_id))) = path else { return Err(api_error(FlowError::NotFound("customer"))) };
    let secret = query_value(&uri, "secret").ok_or_else(unauthorized)?;
    let caller = flow.access().caller_by_secret(&public_key, &secret).await;
    let caller = caller.and_then(|caller| caller.allowed(Scope::read("customers"))).map_err(api_error)?;
    let query = TimelineQuery::read(uri.query().unwrap_or(""))?;
    let timeline = flow.customers().timeline(&caller, &client_id, query.sections()).await.map_err(api_error)?;
    Ok(private(CustomerResponse::of(&timeline, query.sections(), &flow.settings().public_url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_set_by_true_or_1() {
        let sections = |query| TimelineQuery::read(query).expect("valid").sections();
        assert_eq!(sections(""), TimelineSections::default());
        assert_eq!(sections("show_all=true"), TimelineSections::ALL);
        let events = TimelineSections { events: true, ..TimelineSections::default() };
        assert_eq!(sections("show_all=false&show_events=True"), events);
        let linear = TimelineSections { model: Some(Model::Linear), ..TimelineSections::ALL };
        assert_eq!(sections("model=linear&show_all=1"), linear);
        assert!(TimelineQuery::read("model=unknown").is_err());
    }
}
