//! Which scopes each operation asks its key for. The document names them beside the key, as OpenAPI 3.1 allows for every
//! kind of key; the MCP server lists tools by them.

use domain::scope::Scope;
use utoipa::{
    Modify,
    openapi::{PathItem, path::Operation, security::SecurityRequirement},
};

use super::headers;

/// How the paths of operations with scopes begin.
const UNIFIED: &str = "/api/v1/";
/// Operations that show events, or have them sent, beside what their path names.
const SHOWS_EVENTS: [&str; 7] = [
    "connectKlaviyo",
    "createWebhookEndpoint",
    "updateWebhookEndpoint",
    "upsertWebhookEndpoint",
    "replayWebhookEvents",
    "getWebhookDelivery",
    "listWebhookTesterRequests",
];

/// Operations that write creators, beside what their path names. To undo an import asks for what the import has written.
const WRITES_CREATORS: [&str; 1] = ["createImport"];

/// Adds the scopes, and the headers of answers to keys that have them.
pub(super) struct Scopes;

impl Modify for Scopes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            // What `/track` takes depends on the kind of the key.
            let Some(resource) = path.strip_prefix(UNIFIED).and_then(|rest| rest.split('/').next()) else { continue };
            let resource = match resource {
                "webhook_tester" => "webhook_endpoints",
                "tier_rules" => "creators",
                other => other,
            };
            let (Some(read), Some(write)) = (Scope::read(resource), Scope::write(resource)) else { continue };
            let PathItem { get, post, put, patch, delete, .. } = item;
            if let Some(operation) = get {
                require(operation, read);
                headers::name(operation, false);
            }
            for operation in [post, put, patch, delete].into_iter().flatten() {
                require(operation, write);
                headers::name(operation, true);
            }
        }
        headers::define(document.components.get_or_insert_default());
    }
}

fn require(operation: &mut Operation, scope: Scope) {
    let also = match operation.operation_id.as_deref() {
        Some(id) if SHOWS_EVENTS.contains(&id) => Scope::read("events"),
        Some(id) if WRITES_CREATORS.contains(&id) => Scope::write("creators"),
        _ => None,
    };
    let scopes: Vec<String> = [Some(scope), also].into_iter().flatten().map(|scope| scope.to_string()).collect();
    operation.security = Some(["api_key", "bearer"].map(|key| SecurityRequirement::new(key, &scopes)).to_vec());
}
