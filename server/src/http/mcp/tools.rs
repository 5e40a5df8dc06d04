//! The tools: one for each operation of the OpenAPI document that a server key may call.

use std::sync::{Arc, LazyLock};

use axum::http::Method;
use domain::scope::Scope;
use flow::access::ApiCaller;
use rmcp::model::{JsonObject, Tool as Definition, ToolAnnotations};
use serde_json::{Map, Value, json};

use super::arguments::{Operation, Parameter, Place};
use crate::http::{api::gate::BULK, openapi};

/// Operations that are no tools. What an answer or an argument shows to an assistant is no longer a secret, erasing cannot be
/// undone, and files and streams are no answers to a call. An assistant that reads what others wrote must not be led to send
/// the brand's events elsewhere, either.
const LEFT_OUT: [&str; 15] = [
    "createImport",
    "getImportErrors",
    "export",
    "streamEvents",
    "createKey",
    "rotateKey",
    "createWebhookEndpoint",
    "updateWebhookEndpoint",
    "upsertWebhookEndpoint",
    "rotateWebhookSecret",
    "getWebhookTester",
    "createWebhookTester",
    "connectKlaviyo",
    "eraseCustomer",
    "eraseCreator",
];

/// All tools, in the order of the document.
static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| of_document(&openapi::json()));

/// A tool, and the operation behind it.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) definition: Definition,
    pub(super) operation: Operation,
    scopes: Vec<Scope>,
}

/// The tools that a key may use.
pub(super) fn of_caller(caller: &ApiCaller) -> Vec<Definition> {
    let may = |tool: &&Tool| tool.scopes.iter().all(|scope| caller.may(*scope));
    TOOLS.iter().filter(may).map(|tool| tool.definition.clone()).collect()
}

/// The tool with this name, for any key: the API refuses what the key may not do.
pub(super) fn named(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.definition.name == name)
}

fn of_document(document: &Value) -> Vec<Tool> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.filter_map(move |(method, operation)| tool(document, method, path, operation))
    });
    operations.collect()
}

/// The tool of an operation; `None` if no scopes are named, as of what pixels and shoppers call, or if it is left out.
fn tool(document: &Value, method: &str, path: &str, operation: &Value) -> Option<Tool> {
    let name = operation["operationId"].as_str().filter(|name| !LEFT_OUT.contains(name))?;
    let bearer = operation["security"].as_array()?.iter().find_map(|key| key["bearer"].as_array())?;
    let scopes: Vec<Scope> = bearer.iter().map(|scope| scope.as_str().and_then(Scope::parse)).collect::<Option<_>>()?;
    if scopes.is_empty() {
        return None;
    }
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters: Vec<(Parameter, &Value)> =
        parameters.filter_map(|value| Some((parameter(value)?, value))).collect();
    let body = operation.get("requestBody");
    let schema = input_schema(document, &parameters, body);
    let text = |field: &str| operation[field].as_str();
    let summary = text("summary").or(text("description")).unwrap_or_default();
    let says: Vec<&str> = [text("summary"), text("description")].into_iter().flatten().collect();
    let definition = Definition::new(name.to_owned(), says.join("\n\n"), schema)
        .with_title(summary.trim_end_matches('.'))
        .with_annotations(hints(&method, path));
    let parameters = parameters.into_iter().map(|(parameter, _)| parameter).collect();
    let operation = Operation { method, path: path.to_owned(), parameters, has_body: body.is_some() };
    Some(Tool { definition, operation, scopes })
}

fn parameter(value: &Value) -> Option<Parameter> {
    let place = match value["in"].as_str()? {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        _ => return None,
    };
    let name = value["name"].as_str()?.to_owned();
    Some(Parameter { argument: argument_name(&name), name, place })
}

/// How an argument is called. Assistants take letters, digits and underscores: `created[gte]` is `created_gte`, and
/// `Idempotency-Key` is `idempotency_key`.
fn argument_name(parameter: &str) -> String {
    parameter.trim_end_matches("[]").replace(['[', '-'], "_").replace(']', "").to_lowercase()
}

fn input_schema(document: &Value, parameters: &[(Parameter, &Value)], body: Option<&Value>) -> Arc<JsonObject> {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (parameter, value) in parameters {
        let mut schema = resolved(document, &value["schema"]);
        if let (Some(schema), Some(text)) = (schema.as_object_mut(), value.get("description")) {
            schema.insert("description".to_owned(), text.clone());
        }
        if value["required"] == json!(true) {
            required.push(parameter.argument.clone());
        }
        properties.insert(parameter.argument.clone(), schema);
    }
    if let Some(body) = body {
        properties.insert("body".to_owned(), resolved(document, &body["content"]["application/json"]["schema"]));
        if body["required"] == json!(true) {
            required.push("body".to_owned());
        }
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    Arc::new(schema)
}

/// A schema with what it refers to in its place. Schemas of requests refer to no schema that they are in, which the tests
/// see to.
fn resolved(document: &Value, schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let mut whole = Map::new();
            if let Some(target) = fields.get("$ref").and_then(Value::as_str)
                && let Some(Value::Object(target)) =
                    document.pointer(target.trim_start_matches('#')).map(|target| resolved(document, target))
            {
                whole = target;
            }
            for (name, field) in fields.iter().filter(|(name, _)| *name != "$ref") {
                whole.insert(name.clone(), resolved(document, field));
            }
            Value::Object(whole)
        }
        Value::Array(items) => items.iter().map(|item| resolved(document, item)).collect(),
        other => other.clone(),
    }
}

/// What a call does, judged by its method. `POST` to a list adds to it; other `POST`s may change what is there.
fn hints(method: &Method, path: &str) -> ToolAnnotations {
    let is_read = method == Method::GET;
    let is_addition = method == Method::POST && !path.contains('{') && !path.ends_with(BULK);
    let is_idempotent = [Method::GET, Method::PUT, Method::PATCH, Method::DELETE].contains(method);
    ToolAnnotations::new()
        .read_only(is_read)
        .destructive(!is_read && !is_addition)
        .idempotent(is_idempotent)
        .open_world(false)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_left_out_exists() {
        let document = openapi::json().to_string();
        for name in LEFT_OUT {
            assert!(document.contains(&format!("\"operationId\":\"{name}\"")), "{name}");
            assert!(named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn arguments_have_names_that_assistants_take_and_schemas_stand_alone() {
        assert!(TOOLS.len() > 80, "{}", TOOLS.len());
        for tool in TOOLS.iter() {
            let name = &tool.definition.name;
            let schema = Value::Object((*tool.definition.input_schema).clone());
            assert!(!schema.to_string().contains("$ref"), "{name}");
            assert!(!tool.operation.path.contains("/track"), "{name}");
            let arguments: Vec<&String> =
                schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name).collect();
            let is_plain = |name: &&&String| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            assert_eq!(arguments.iter().filter(is_plain).count(), arguments.len(), "{name}: {arguments:?}");
            let names: BTreeSet<&String> =
                tool.operation.parameters.iter().map(|parameter| &parameter.argument).collect();
            assert_eq!(names.len(), tool.operation.parameters.len(), "{name} has an argument twice");
        }
    }
}
