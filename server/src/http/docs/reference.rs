//! `/docs/reference`: every operation and every object of the OpenAPI document.

use core::fmt::Write;
use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    markdown::{Document, Heading, fragment, heading_end, heading_start},
    sample::{self, Detail},
    schema::{Field, Schemas, anchor, link, reference},
};
use crate::http::{openapi, page_for_people::escape};

/// The methods, in the order in which they are shown.
const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "head"];
/// Tags that are shown last.
const LAST: [&str; 1] = ["Meta"];
const TITLE: &str = "API reference";
const INTRODUCTION: &str = "Every endpoint of this server, made from the same types that it reads and writes. The same as \
                            an OpenAPI 3.1 document: [/api/openapi.json](/api/openapi.json), for code generators. What \
                            keys, lists, errors and limits have in common is in [The unified API](/docs/unified).";

/// An operation with its address.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    value: &'a Value,
}

/// The page.
pub(super) fn render() -> Document {
    let document = openapi::json();
    let schemas = Schemas(&document);
    let mut page = Document { title: TITLE.to_owned(), html: String::new(), headings: Vec::new() };
    heading(&mut page, 1, "api-reference", TITLE);
    page.html.push_str(&fragment(INTRODUCTION));
    for (tag, operations) in by_tag(&document) {
        heading(&mut page, 2, &tag.to_lowercase().replace(' ', "-"), tag);
        index(&mut page.html, &operations);
        for operation in operations {
            show_operation(&mut page.html, &schemas, &operation);
        }
    }
    heading(&mut page, 2, "objects", "Objects");
    for (name, schema) in schemas.named() {
        show_object(&mut page.html, &schemas, name, schema);
    }
    page
}

fn heading(page: &mut Document, level: u8, id: &str, text: &str) {
    page.html.push_str(&heading_start(level, id));
    page.html.push_str(&escape(text));
    page.html.push_str(&heading_end(level, id, text));
    page.headings.push(Heading { level, id: id.to_owned(), text: text.to_owned() });
}

/// All operations by their tags.
fn by_tag(document: &Value) -> Vec<(&str, Vec<Operation<'_>>)> {
    let mut tags: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    let paths = document["paths"].as_object().into_iter().chain(document["webhooks"].as_object());
    for (path, item) in paths.flatten() {
        for method in METHODS {
            if let Some(value) = item.get(method) {
                let tag = value["tags"][0].as_str().unwrap_or("Other");
                tags.entry(tag).or_default().push(Operation { method, path, value });
            }
        }
    }
    let mut tags: Vec<_> = tags.into_iter().collect();
    tags.sort_by_key(|(tag, _)| (LAST.contains(tag), *tag));
    tags
}

impl Operation<'_> {
    fn id(&self) -> &str {
        self.value["operationId"].as_str().unwrap_or(self.path)
    }

    fn address(&self) -> String {
        let method = self.method;
        format!("<span class=\"method {method}\">{}</span> <code>{}</code>", method.to_uppercase(), escape(self.path))
    }

    /// The body of a request or an answer: its content type and schema.
    fn content(of: &Value) -> Option<(&str, &Value)> {
        let (kind, media) = of["content"].as_object()?.iter().next()?;
        Some((kind, &media["schema"]))
    }

    /// The parameters that must be in the query.
    fn required_query(&self) -> Vec<&str> {
        let parameters = self.value["parameters"].as_array().into_iter().flatten();
        let required = parameters.filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
        required.filter_map(|parameter| parameter["name"].as_str()).collect()
    }

    /// The answer if all is well.
    fn success(&self) -> Option<&Value> {
        let answers = self.value["responses"].as_object()?;
        answers.iter().find(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer)
    }
}

/// The operations of a tag, as links.
fn index(html: &mut String, operations: &[Operation<'_>]) {
    html.push_str("<ul class=\"operations\">");
    for operation in operations {
        let summary = operation.value["summary"].as_str().unwrap_or_default();
        let (id, summary) = (escape(operation.id()), escape(summary.trim_end_matches('.')));
        let _ = write!(html, "<li><a href=\"#{id}\">{}</a> {summary}</li>", operation.address());
    }
    html.push_str("</ul>");
}

fn show_operation(html: &mut String, schemas: &Schemas<'_>, operation: &Operation<'_>) {
    let id = operation.id();
    let _ = write!(html, "<section class=\"operation\" aria-labelledby=\"{}\">", escape(id));
    html.push_str(&heading_start(3, id));
    html.push_str(&operation.address());
    html.push_str(&heading_end(3, id, id));
    for name in ["summary", "description"] {
        if let Some(text) = operation.value[name].as_str() {
            html.push_str(&fragment(text));
        }
    }
    let _ = write!(html, "<p class=\"note\">{}</p>", key(operation.value));
    parameters(html, schemas, operation.value);
    request(html, schemas, operation.value);
    answers(html, schemas, operation.value);
    examples(html, schemas, operation);
    html.push_str("</section>");
}

/// Which key an operation takes, in words.
fn key(operation: &Value) -> String {
    let names = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
    let mut names: Vec<&str> = names.flat_map(|schemes| schemes.keys().map(String::as_str)).collect();
    names.dedup();
    let ways: Vec<&str> = names
        .iter()
        .filter_map(|name| match *name {
            "api_key" => Some("<code>x-api-key: KEY</code>"),
            "bearer" => Some("<code>Authorization: Bearer KEY</code>"),
            "pixel_key" => Some("<code>?key=KEY</code> (pixel keys only)"),
            _ => None,
        })
        .collect();
    let scopes =
        operation["security"].as_array().into_iter().flatten().find_map(|schemes| schemes["bearer"].as_array());
    let scopes: Vec<String> = scopes.into_iter().flatten().filter_map(Value::as_str).map(code).collect();
    let scopes =
        if scopes.is_empty() { String::new() } else { format!(" It must have the scope {}.", scopes.join(" and ")) };
    if ways.is_empty() {
        "Takes no key in a header.".to_owned()
    } else {
        format!("Key: {}.{scopes}", ways.join(" or "))
    }
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

fn parameters(html: &mut String, schemas: &Schemas<'_>, operation: &Value) {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if parameters.is_empty() {
        return;
    }
    html.push_str("<h4>Parameters</h4>");
    table_start(html, "Parameters");
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let is_required = parameter["required"].as_bool().unwrap_or(false);
        let field = Field { name, is_required, schema: &parameter["schema"] };
        let description = parameter["description"].as_str();
        row(html, schemas, &field, parameter["in"].as_str(), description);
    }
    html.push_str("</tbody></table></div>");
}

fn request(html: &mut String, schemas: &Schemas<'_>, operation: &Value) {
    let Some((kind, schema)) = Operation::content(&operation["requestBody"]) else { return };
    let _ = write!(html, "<h4>Body</h4><p><code>{}</code>: {}</p>", escape(kind), schemas.type_of(schema));
    fields(html, schemas, schema);
}

fn answers(html: &mut String, schemas: &Schemas<'_>, operation: &Value) {
    html.push_str("<h4>Answers</h4><ul class=\"answers\">");
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let status = if status == "default" { "otherwise" } else { status };
        let description = fragment(answer["description"].as_str().unwrap_or_default());
        let body = Operation::content(answer).map(|(kind, schema)| match kind {
            "application/json" => schemas.type_of(schema),
            kind => format!("<code>{}</code>", escape(kind)),
        });
        let body = body.map(|body| format!("<span class=\"type\">{body}</span>")).unwrap_or_default();
        let _ = write!(html, "<li><b>{}</b> {description}{body}</li>", escape(status));
    }
    html.push_str("</ul>");
}

fn examples(html: &mut String, schemas: &Schemas<'_>, operation: &Operation<'_>) {
    let answer = operation.success().and_then(Operation::content).filter(|(kind, _)| *kind == "application/json");
    let answer = answer.map(|(_, schema)| sample::value(schemas, schema, Detail::Whole));
    let id = answer.as_ref().and_then(|answer| answer["id"].as_str());
    let body = Operation::content(&operation.value["requestBody"]);
    let body = body.map(|(_, schema)| sample::value(schemas, schema, Detail::Needed));
    let has_key = operation.value["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
    if operation.path.starts_with('/') {
        let query = operation.required_query();
        let command = sample::curl(operation.method, operation.path, &query, has_key, id, body.as_ref());
        let _ = write!(html, "<pre tabindex=\"0\"><code>{}</code></pre>", escape(&command));
    } else if let Some(body) = &body {
        json(html, "Example", body);
    }
    if let Some(answer) = &answer {
        json(html, "Example of an answer", answer);
    }
}

fn json(html: &mut String, title: &str, value: &Value) {
    let text = escape(&serde_json::to_string_pretty(value).unwrap_or_default());
    let _ = write!(html, "<details><summary>{title}</summary><pre tabindex=\"0\"><code>{text}</code></pre></details>");
}

fn show_object(html: &mut String, schemas: &Schemas<'_>, name: &str, schema: &Value) {
    html.push_str(&heading_start(3, &anchor(name)));
    html.push_str(&escape(name));
    html.push_str(&heading_end(3, &anchor(name), name));
    let fields_of = schemas.fields(schema);
    if fields_of.is_empty() {
        let description = schema["description"].as_str();
        let _ = write!(html, "<p class=\"type\">{}</p>{}", kind(schemas, schema), schemas.notes(schema, description));
        return;
    }
    if let Some(description) = schema["description"].as_str() {
        html.push_str(&fragment(description));
    }
    fields(html, schemas, schema);
}

/// The type of a schema with a name: what it is, and not its name.
fn kind(schemas: &Schemas<'_>, schema: &Value) -> String {
    match reference(schema) {
        Some(name) => link(name),
        None => schemas.type_of(schema),
    }
}

/// The fields of an object, if it has any.
fn fields(html: &mut String, schemas: &Schemas<'_>, schema: &Value) {
    let fields = schemas.fields(schema);
    if fields.is_empty() {
        return;
    }
    table_start(html, "Fields");
    for field in fields {
        row(html, schemas, &field, None, None);
    }
    html.push_str("</tbody></table></div>");
}

fn table_start(html: &mut String, label: &str) {
    let _ = write!(
        html,
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\"><table class=\"fields\"><thead><tr>\
         <th scope=\"col\">Name</th><th scope=\"col\">Type</th><th scope=\"col\">Meaning</th></tr></thead><tbody>"
    );
}

fn row(html: &mut String, schemas: &Schemas<'_>, field: &Field<'_>, place: Option<&str>, description: Option<&str>) {
    let marks = [field.is_required.then_some("required"), place.filter(|place| *place != "query")];
    let marks: String = marks.into_iter().flatten().map(|mark| format!(" <small>{}</small>", escape(mark))).collect();
    let _ = write!(
        html,
        "<tr><th scope=\"row\"><code>{}</code>{marks}</th><td class=\"type\">{}</td><td>{}</td></tr>",
        escape(field.name),
        schemas.type_of(field.schema),
        schemas.notes(field.schema, description)
    );
}
