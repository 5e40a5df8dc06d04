//! Examples made from schemas: a request with curl, and the body of an answer.

use serde_json::{Map, Value, json};

use super::schema::{Schemas, alternatives};

/// The server in examples, as in the Markdown files.
const SERVER: &str = "https://app.example.com";
/// How deep objects are shown.
const DEPTH_MAX: usize = 6;

/// Which fields an example has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Those that are required or have an example of their own: a request.
    Needed,
    /// All: an answer.
    Whole,
}

/// An example of a schema.
pub(super) fn value<'a>(schemas: &Schemas<'a>, schema: &'a Value, detail: Detail) -> Value {
    sample(schemas, schema, detail, 0)
}

fn sample<'a>(schemas: &Schemas<'a>, schema: &'a Value, detail: Detail, depth: usize) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    let target = schemas.resolve(schema);
    let listed = |name: &str| target[name].as_array().and_then(|values| values.first());
    if let Some(value) = target.get("example").or(target.get("const")).or(target.get("default")).or(listed("enum")) {
        return value.clone();
    }
    let real = alternatives(target).iter().find(|part| part["type"] != "null");
    if let Some(real) = real {
        return sample(schemas, real, detail, depth);
    }
    match kind(target) {
        "object" => object(schemas, target, detail, depth),
        "array" if depth < DEPTH_MAX => json!([sample(schemas, &target["items"], detail, depth + 1)]),
        "array" => json!([]),
        "string" => json!(text(target)),
        "integer" => target.get("minimum").cloned().unwrap_or(json!(1)),
        "number" => json!(1.5),
        "boolean" => json!(false),
        _ => Value::Null,
    }
}

fn object<'a>(schemas: &Schemas<'a>, schema: &'a Value, detail: Detail, depth: usize) -> Value {
    let mut fields = Map::new();
    if depth >= DEPTH_MAX {
        return json!({});
    }
    for field in schemas.fields(schema) {
        let has_example = field.schema.get("example").is_some();
        if detail == Detail::Whole || field.is_required || has_example {
            fields.insert(field.name.to_owned(), sample(schemas, field.schema, detail, depth + 1));
        }
    }
    Value::Object(fields)
}

/// The first type of a schema beside null.
fn kind(schema: &Value) -> &str {
    if schema["allOf"].is_array() {
        return "object";
    }
    let named = |names: &'_ Value| names.as_array().and_then(|names| names.iter().position(|name| name != "null"));
    match named(&schema["type"]) {
        Some(index) => schema["type"][index].as_str().unwrap_or_default(),
        None => schema["type"].as_str().unwrap_or_default(),
    }
}

fn text(schema: &Value) -> &'static str {
    match schema["format"].as_str() {
        Some("date-time") => "2026-11-26T09:30:00.000Z",
        Some("date") => "2026-11-26",
        Some("uuid") => "550e8400-e29b-41d4-a716-446655440000",
        Some("uri") => "https://shop.example/products/mug",
        _ => "text",
    }
}

/// A request to repeat in a shell. `id` stands for the object in the path, `query` names the parameters that must be there.
pub(super) fn curl(
    method: &str,
    path: &str,
    query: &[&str],
    has_key: bool,
    id: Option<&str>,
    body: Option<&Value>,
) -> String {
    let id = id.unwrap_or("ID");
    let path = path.replace("{id}", id).replace("{external_id}", "crm-7").replace(['{', '}'], "");
    let option = match (method, body) {
        ("get", _) | ("post", Some(_)) => String::new(),
        (method, _) => format!("-X {} ", method.to_uppercase()),
    };
    let query: Vec<String> = query.iter().map(|name| format!("{name}={}", name.to_uppercase())).collect();
    let mut command = if query.is_empty() {
        format!("curl {option}{SERVER}{path}")
    } else {
        format!("curl {option}\"{SERVER}{path}?{}\"", query.join("&"))
    };
    if has_key {
        command.push_str(" \\\n  -H \"Authorization: Bearer $KEY\"");
    }
    if let Some(body) = body {
        let text = serde_json::to_string_pretty(body).unwrap_or_default().replace('\'', "'\\''");
        command.push_str(&format!(" \\\n  -d '{text}'"));
    }
    command
}
