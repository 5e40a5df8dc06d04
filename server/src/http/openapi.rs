//! The OpenAPI 3.1 document: every public endpoint, described beside its handler.

use axum::Json;
use serde_json::json;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        HttpMethod, PathItem,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

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
        crate::http::imports::list,
        crate::http::imports::get,
        crate::http::imports::create,
        crate::http::imports::errors,
        crate::http::imports::undo,
        crate::http::keys::list,
        crate::http::keys::create,
        crate::http::keys::rotate,
        crate::http::keys::revoke,
        crate::http::webhooks::shopify::receive,
        crate::http::webhooks::fairing::receive,
        document,
    ),
    modifiers(&Keys, &Aliases)
)]
struct Document;

/// The document, with a line for each value, as it is kept in `docs/api/openapi.json`.
pub(crate) fn text() -> String {
    serde_json::to_string_pretty(&Document::openapi()).unwrap_or_default() + "\n"
}

/// `GET /api/openapi.json`.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "Meta", operation_id = "getOpenApi",
    responses((status = 200, description = "This document"))
)]
pub(crate) async fn document() -> Json<serde_json::Value> {
    Json(serde_json::to_value(Document::openapi()).unwrap_or_else(|_| json!({})))
}
