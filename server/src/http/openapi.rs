//! The OpenAPI 3.1 document: every public endpoint, described beside its handler.

mod headers;
mod scopes;
mod webhooks;

use axum::Json;
use flow::api::write::ROWS_MAX;
use serde_json::json;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        AllOfBuilder, HttpMethod, ObjectBuilder, OneOfBuilder, PathItem, Ref, RefOr, Schema, Type,
        path::Parameter,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use self::{scopes::Scopes, webhooks::Webhooks};
use crate::http::error::ErrorResponse;

/// Adds the ways in which an API key is sent.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let in_header = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("x-api-key")));
        let as_bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        let in_query = SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::new("key")));
        components.add_security_scheme("api_key", in_header);
        components.add_security_scheme("bearer", as_bearer);
        // Pixel keys only: proxies log URLs.
        components.add_security_scheme("pixel_key", in_query);
    }
}

/// Adds the older names of the affiliate tracking endpoints.
struct Aliases;

impl Modify for Aliases {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for name in ["click", "lead", "sale", "refund"] {
            let path = format!("/api/v1/track/{name}");
            let Some(mut post) = document.paths.paths.get(&path).and_then(|item| item.post.clone()) else { continue };
            post.operation_id = post.operation_id.map(|id| format!("{id}Alias"));
            post.description = Some(format!("The same as POST {path}."));
            let item = PathItem::new(HttpMethod::Post, post);
            document.paths.paths.insert(format!("/api/tracking/{name}"), item);
        }
    }
}

fn described(parameter: &RefOr<Parameter>) -> Option<&Parameter> {
    if let RefOr::T(parameter) = parameter { Some(parameter) } else { None }
}

/// Adds the other ways to say from when to when, beside those that handlers describe.
struct Ranges;

impl Modify for Ranges {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let operations = document.paths.paths.values_mut().filter_map(|item| item.get.as_mut());
        for parameters in operations.filter_map(|operation| operation.parameters.as_mut()) {
            let known: Vec<Parameter> = parameters.iter().filter_map(described).cloned().collect();
            for range in known.iter().filter(|one| one.name.ends_with("[gte]")) {
                let name = range.name.trim_end_matches("[gte]");
                for (word, meaning) in
                    [("gt", "After this time."), ("lte", "At this time or earlier."), ("lt", "Before this time.")]
                {
                    let name = format!("{name}[{word}]");
                    if known.iter().all(|one| one.name != name) {
                        let mut other = range.clone();
                        (other.name, other.description) = (name, Some(meaning.to_owned()));
                        parameters.push(RefOr::T(other));
                    }
                }
            }
        }
    }
}

/// Names what references show whole, where the schemas of generic types hold a copy of it.
struct References;

impl Modify for References {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (name, schema) in &mut document.components.get_or_insert_default().schemas {
            let (Some(body), RefOr::T(Schema::OneOf(either))) = (name.strip_prefix("Reference_"), schema) else {
                continue;
            };
            if let Some(object) = either.items.last_mut() {
                *object = RefOr::Ref(Ref::from_schema_name(body));
            }
        }
    }
}

/// Says how many rows bulk requests and batches of events have.
struct Rows;

impl Modify for Rows {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let schemas = &mut document.components.get_or_insert_default().schemas;
        for (name, schema) in schemas.iter_mut() {
            let RefOr::T(schema) = schema else { continue };
            match schema {
                Schema::Object(object) if name.ends_with("Rows") => {
                    if let Some(RefOr::T(Schema::Array(rows))) = object.properties.get_mut("rows") {
                        (rows.min_items, rows.max_items) = (Some(1), Some(ROWS_MAX));
                    }
                }
                Schema::OneOf(one_of) if name == "TrackRequest" => {
                    for item in &mut one_of.items {
                        if let RefOr::T(Schema::Array(events)) = item {
                            (events.min_items, events.max_items) = (Some(1), Some(wire::TRACK_BATCH_MAX));
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Says what a purchase has and other events need not have.
struct Purchases;

impl Modify for Purchases {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        const NAME: &str = "TrackEventRequest";
        let schemas = &mut document.components.get_or_insert_default().schemas;
        let Some(event) = schemas.remove(NAME) else { return };
        let of_types = |types: &[&str]| {
            let types = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(types.to_vec()));
            ObjectBuilder::new().property("event_type", types)
        };
        let purchase = of_types(&["purchase"]).required("order_id").required("revenue");
        let visit = of_types(&["page_view", "add_to_cart", "checkout_start"]);
        let kinds = OneOfBuilder::new().item(purchase).item(visit);
        let event = AllOfBuilder::new().item(event).item(kinds).description(Some("A tracking event."));
        schemas.insert(NAME.to_owned(), event.into());
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "CreatorScore API", description = "Which creator earned this sale, and how much.", license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    paths(
        crate::http::track::event::track,
        crate::http::track::redirect::by_path,
        crate::http::track::redirect::by_query,
        crate::http::track::pixel::script,
        crate::http::track::affitor_tracker::script,
        crate::http::track::click::click,
        crate::http::track::lead::lead,
        crate::http::track::sale::sale,
        crate::http::track::refund::refund,
        crate::http::orders::attribution::attribution,
        crate::http::customers::get::by_key,
        crate::http::customers::erase::erase,
        crate::http::customers::get::by_secret,
        crate::http::customers::identities::identify,
        crate::http::customers::events::record,
        crate::http::creators::list,
        crate::http::creators::get,
        crate::http::creators::create,
        crate::http::creators::update,
        crate::http::creators::upsert,
        crate::http::creators::archive,
        crate::http::creators::erase,
        crate::http::creators::bulk,
        crate::http::campaigns::list,
        crate::http::campaigns::get,
        crate::http::campaigns::create,
        crate::http::campaigns::update,
        crate::http::campaigns::upsert,
        crate::http::campaigns::archive,
        crate::http::campaigns::bulk,
        crate::http::links::list,
        crate::http::links::get,
        crate::http::links::create,
        crate::http::links::update,
        crate::http::links::upsert,
        crate::http::links::archive,
        crate::http::links::bulk,
        crate::http::collab_page::show,
        crate::http::products::list,
        crate::http::products::get,
        crate::http::products::create,
        crate::http::products::update,
        crate::http::products::upsert,
        crate::http::products::archive,
        crate::http::products::bulk,
        crate::http::collabs::list,
        crate::http::collabs::get,
        crate::http::collabs::create,
        crate::http::collabs::update,
        crate::http::collabs::upsert,
        crate::http::collabs::archive,
        crate::http::collabs::bulk,
        crate::http::drops::list,
        crate::http::drops::get,
        crate::http::drops::create,
        crate::http::drops::update,
        crate::http::drops::upsert,
        crate::http::drops::archive,
        crate::http::drops::bulk,
        crate::http::content::list,
        crate::http::content::get,
        crate::http::content::create,
        crate::http::content::update,
        crate::http::content::upsert,
        crate::http::content::archive,
        crate::http::content::bulk,
        crate::http::orders::list,
        crate::http::orders::get,
        crate::http::orders::create,
        crate::http::orders::upsert,
        crate::http::orders::update,
        crate::http::orders::bulk,
        crate::http::orders::refunds::list,
        crate::http::orders::refunds::create,
        crate::http::clicks::list,
        crate::http::clicks::get,
        crate::http::clicks::update,
        crate::http::tier_rules::get,
        crate::http::tier_rules::replace,
        crate::http::clicks::create,
        crate::http::clicks::bulk,
        crate::http::conversions::list,
        crate::http::conversions::get,
        crate::http::conversions::update,
        crate::http::conversions::create,
        crate::http::conversions::bulk,
        crate::http::commissions::list,
        crate::http::commissions::create,
        crate::http::commissions::get,
        crate::http::commissions::edit,
        crate::http::commissions::approve,
        crate::http::commissions::bulk::bulk,
        crate::http::payouts::list,
        crate::http::payouts::get,
        crate::http::payouts::create,
        crate::http::payouts::update,
        crate::http::payouts::mark_paid,
        crate::http::payouts::cancel,
        crate::http::milestones::list,
        crate::http::milestones::get,
        crate::http::milestones::update,
        crate::http::metrics::get,
        crate::http::imports::list,
        crate::http::imports::get,
        crate::http::imports::update,
        crate::http::imports::create,
        crate::http::imports::errors,
        crate::http::imports::undo,
        crate::http::klaviyo::connect,
        crate::http::klaviyo::get,
        crate::http::klaviyo::disconnect,
        crate::http::klaviyo::test,
        crate::http::keys::list,
        crate::http::keys::get,
        crate::http::keys::create,
        crate::http::keys::update,
        crate::http::keys::rotate,
        crate::http::keys::revoke,
        crate::http::events::list,
        crate::http::events::stream::stream,
        crate::http::events::get,
        crate::http::exports::export,
        crate::http::webhook_tester_api::get,
        crate::http::webhook_tester_api::create,
        crate::http::webhook_tester_api::remove,
        crate::http::webhook_tester_api::requests,
        crate::http::webhook_endpoints::list,
        crate::http::webhook_endpoints::get,
        crate::http::webhook_endpoints::create,
        crate::http::webhook_endpoints::update,
        crate::http::webhook_endpoints::upsert,
        crate::http::webhook_endpoints::archive,
        crate::http::webhook_endpoints::rotate,
        crate::http::webhook_endpoints::test,
        crate::http::webhook_endpoints::deliveries,
        crate::http::webhook_endpoints::delivery,
        crate::http::webhook_endpoints::replay,
        crate::http::webhooks::shopify::receive,
        crate::http::webhooks::fairing::receive,
        crate::http::webhook_tester::receive,
        document,
    ),
    components(schemas(
        crate::http::clicks::ClickExpandable,
        crate::http::collabs::CollabExpandable,
        crate::http::commissions::CommissionExpandable,
        crate::http::content::ContentExpandable,
        crate::http::conversions::ConversionExpandable,
        crate::http::drops::DropExpandable,
        crate::http::exports::ExportFile,
        crate::http::links::LinkExpandable,
        crate::http::milestones::MilestoneExpandable,
        crate::http::orders::OrderExpandable,
        crate::http::payouts::PayoutExpandable,
        crate::http::products::ProductExpandable,
        crate::http::webhook_endpoints::DeliveryStateName
    )),
    modifiers(&Keys, &Aliases, &Purchases, &Ranges, &References, &Rows, &Scopes, &Webhooks)
)]
struct Document;

/// The document, with a line for each value, as it is kept in `docs/api/openapi.json`.
pub(crate) fn text() -> String {
    serde_json::to_string_pretty(&Document::openapi()).unwrap_or_default() + "\n"
}

/// The document, to be read by name.
pub(crate) fn json() -> serde_json::Value {
    serde_json::to_value(Document::openapi()).unwrap_or_else(|_| json!({}))
}

/// `GET /api/openapi.json`.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "Meta", operation_id = "getOpenApi",
    responses((status = 200, description = "This document", content_type = "application/json", body = Object), (status = "default", description = "An error", body = ErrorResponse))
)]
pub(crate) async fn document() -> Json<serde_json::Value> {
    Json(json())
}
