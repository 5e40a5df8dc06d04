//! Reads the schemas of the OpenAPI document: which fields there are, of which types, and within which limits.

use serde_json::{Map, Value};

use super::markdown;
use crate::http::page_for_people::escape;

const COMPONENTS: &str = "#/components/schemas/";

/// The OpenAPI document.
pub(super) struct Schemas<'a>(pub(super) &'a Value);

/// A field of an object, or a parameter.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) is_required: bool,
    pub(super) schema: &'a Value,
}

impl<'a> Schemas<'a> {
    /// The schemas with names, in the order of these.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.0["components"]["schemas"].as_object().into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
    }

    /// What a schema refers to; itself if it refers to none.
    pub(super) fn resolve(&self, schema: &'a Value) -> &'a Value {
        match reference(schema) {
            Some(name) => &self.0["components"]["schemas"][name],
            None => schema,
        }
    }

    /// The fields of an object, those of all its parts.
    pub(super) fn fields(&self, schema: &'a Value) -> Vec<Field<'a>> {
        let schema = self.resolve(schema);
        let is_required = |name: &str| list(schema, "required").iter().any(|required| required == name);
        let own = schema["properties"].as_object().into_iter().flatten();
        let own = own.map(|(name, schema)| Field { name, is_required: is_required(name), schema });
        let mut fields: Vec<Field<'a>> = own.collect();
        for part in list(schema, "allOf") {
            fields.extend(self.fields(unless_null(part)));
        }
        // What identifies an object first, then what must be there.
        fields.sort_by_key(|field| (field.name != "id", field.name != "object", !field.is_required));
        fields
    }

    /// The name of an object that stands where it is used, and has one.
    fn name_of(&self, schema: &'a Value) -> Option<&'a str> {
        let is_object = !list(schema, "allOf").is_empty() || schema["properties"].is_object();
        let mut named = self.named().filter(|_| is_object);
        named.find(|(_, known)| *known == schema).map(|(name, _)| name)
    }

    /// The type in words, with links to the objects that it names.
    pub(super) fn type_of(&self, schema: &'a Value) -> String {
        if let Some(name) = reference(schema) {
            let target = self.resolve(schema);
            let is_object =
                target["type"] == "object" || !list(target, "allOf").is_empty() || !alternatives(target).is_empty();
            return if is_object { link(name) } else { self.type_of(target) };
        }
        if let Some(name) = self.name_of(schema) {
            return link(name);
        }
        let parts = alternatives(schema);
        if !parts.is_empty() {
            let names: Vec<String> = parts.iter().map(|part| self.type_of(part)).collect();
            return names.join(" or ");
        }
        let names: Vec<&str> = match &schema["type"] {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect(),
        };
        let shown = |name: &&str| match *name {
            "array" => format!("array of {}", self.type_of(&schema["items"])),
            "object" if schema["additionalProperties"].is_object() => {
                format!("object of {}", self.type_of(&schema["additionalProperties"]))
            }
            name => name.to_owned(),
        };
        if !list(schema, "allOf").is_empty() {
            return "object".to_owned();
        }
        let names: Vec<String> = names.iter().map(shown).collect();
        if names.is_empty() { "any JSON".to_owned() } else { names.join(" or ") }
    }

    /// What is said of a value: its description, limits and an example.
    pub(super) fn notes(&self, schema: &'a Value, description: Option<&str>) -> String {
        let (about, target) = (unless_null(schema), self.resolve(unless_null(schema)));
        let said = [description, schema["description"].as_str(), about["description"].as_str()];
        let mut notes = said.into_iter().flatten().next().map(markdown::fragment).unwrap_or_default();
        // The parts of an object are told of where it is described.
        let items = self.resolve(&target["items"]);
        let limits = [limits(target), choices("one of", target), choices("each one of", items)];
        for limit in limits.into_iter().flatten() {
            notes.push_str(&format!("<p class=\"limit\">{limit}</p>"));
        }
        if let Some(example) = schema.get("example").or_else(|| target.get("example")) {
            notes.push_str(&format!("<p class=\"limit\">for example {}</p>", code(example)));
        }
        notes
    }
}

/// The one alternative beside null, if there is one.
fn unless_null(schema: &Value) -> &Value {
    let mut others = list(schema, "oneOf").iter().filter(|part| part["type"] != "null");
    match (others.next(), others.next()) {
        (Some(only), None) => only,
        _ => schema,
    }
}

/// The name of the schema that is referred to.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(COMPONENTS)
}

/// The anchor of a schema with a name.
pub(super) fn anchor(name: &str) -> String {
    format!("schema-{name}")
}

/// A link to a schema with a name.
pub(super) fn link(name: &str) -> String {
    format!("<a href=\"#{}\">{}</a>", escape(&anchor(name)), escape(name))
}

/// The alternatives of a schema.
pub(super) fn alternatives(schema: &Value) -> &[Value] {
    let one = list(schema, "oneOf");
    if one.is_empty() { list(schema, "anyOf") } else { one }
}

fn list<'a>(schema: &'a Value, name: &str) -> &'a [Value] {
    schema[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn code(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!("<code>{}</code>", escape(&text))
}

/// The values that are allowed, if they are listed.
fn choices(words: &str, schema: &Value) -> Option<String> {
    let values: Vec<String> = list(schema, "enum").iter().map(code).collect();
    (!values.is_empty()).then(|| format!("{words} {}", values.join(", ")))
}

/// The limits of a value.
fn limits(schema: &Value) -> Option<String> {
    let schema = schema.as_object()?;
    let range = |least: &str, most: &str, unit: &str| match (schema.get(least), schema.get(most)) {
        (Some(least), Some(most)) if least == most => Some(format!("{most}{unit}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}{unit}")),
        (Some(least), None) => Some(format!("at least {least}{unit}")),
        (None, Some(most)) => Some(format!("at most {most}{unit}")),
        (None, None) => None,
    };
    let named = |name: &str, words: &str| plain(schema, name).map(|value| format!("{words} {value}"));
    let limits: Vec<String> = [
        named("format", "format"),
        range("minimum", "maximum", ""),
        range("minLength", "maxLength", " characters"),
        range("minItems", "maxItems", " entries"),
        named("pattern", "matches"),
        named("default", "default"),
        named("const", "always"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!limits.is_empty()).then(|| limits.join("; "))
}

fn plain(schema: &Map<String, Value>, name: &str) -> Option<String> {
    schema.get(name).filter(|value| !value.is_null()).map(code)
}
