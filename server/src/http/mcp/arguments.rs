//! From the arguments of a call to the HTTP request that it stands for.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Request, header},
};
use flow::Invalid;
use rmcp::model::JsonObject;
use serde_json::Value;
use url::form_urlencoded::Serializer;

/// An operation of the API.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: Method,
    /// With the names of parameters in braces.
    pub(super) path: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) has_body: bool,
}

/// Something that the path, the query or a header of the request says.
#[derive(Debug)]
pub(super) struct Parameter {
    /// What the argument is called.
    pub(super) argument: String,
    /// What the request calls it.
    pub(super) name: String,
    pub(super) place: Place,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
}

/// The argument that is the request's body.
const BODY: &str = "body";

impl Operation {
    /// The request, without what says who sends it.
    ///
    /// # Errors
    /// Every argument that is missing, unknown or of a wrong kind.
    pub(super) fn request(&self, mut arguments: JsonObject) -> Result<Request<Body>, Invalid> {
        let (mut path, mut query, mut faults) = (self.path.clone(), Serializer::new(String::new()), Vec::new());
        let mut headers = Vec::new();
        for Parameter { argument, name, place } in &self.parameters {
            let values = texts(arguments.remove(argument));
            match (place, values) {
                (_, None) => faults.push(format!("{argument} must be a text, a number, true or false")),
                (Place::Path, Some(values)) => match values.as_slice() {
                    [value] if !value.is_empty() => path = path.replace(&format!("{{{name}}}"), &segment(value)),
                    _ => faults.push(format!("{argument} is required")),
                },
                (Place::Query, Some(values)) => values.iter().for_each(|value| {
                    query.append_pair(name, value);
                }),
                (Place::Header, Some(values)) => {
                    headers.extend(values.into_iter().map(|value| (argument, name, value)));
                }
            }
        }
        let body = arguments.remove(BODY).filter(|_| self.has_body);
        faults.extend(arguments.keys().map(|name| format!("{name} is not a known argument")));
        let query = query.finish();
        let uri = if query.is_empty() { path } else { format!("{path}?{query}") };
        let mut request = Request::builder().method(&self.method).uri(uri);
        for (argument, name, value) in headers {
            match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                (Ok(name), Ok(value)) => request = request.header(name, value),
                _ => faults.push(format!("{argument} must be visible ASCII characters")),
            }
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).ok();
        match request {
            Some(request) if faults.is_empty() => Ok(request),
            _ if faults.is_empty() => Err(Invalid::one("the arguments make no request")),
            _ => Err(Invalid(faults)),
        }
    }
}

/// The values of an argument, none if it is absent. `None` if it is an object, or a list with lists or objects.
fn texts(argument: Option<Value>) -> Option<Vec<String>> {
    match argument {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(text).collect(),
        Some(value) => Some(vec![text(&value)?]),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A value as one part of a path, whatever is in it.
fn segment(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parameter(argument: &str, name: &str, place: Place) -> Parameter {
        Parameter { argument: argument.to_owned(), name: name.to_owned(), place }
    }

    fn uri(arguments: Value) -> Result<String, Vec<String>> {
        let operation = Operation {
            method: Method::POST,
            path: "/api/v1/links/{id}".to_owned(),
            parameters: vec![
                parameter("id", "id", Place::Path),
                parameter("created_gte", "created[gte]", Place::Query),
                parameter("expand", "expand[]", Place::Query),
                parameter("idempotency_key", "Idempotency-Key", Place::Header),
            ],
            has_body: true,
        };
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        operation.request(arguments).map(|request| request.uri().to_string()).map_err(|faults| faults.0)
    }

    #[test]
    fn an_argument_stays_in_its_place() {
        let id = uri(json!({"id": "../keys?x=1#/é{id}"}));
        assert_eq!(id, Ok("/api/v1/links/%2E%2E%2Fkeys%3Fx%3D1%23%2F%C3%A9%7Bid%7D".to_owned()));
        let many =
            uri(json!({"id": "a", "created_gte": "2026&x=1", "expand": ["creator", "campaign"], "body": {"a": 1}}));
        let query = "created%5Bgte%5D=2026%26x%3D1&expand%5B%5D=creator&expand%5B%5D=campaign";
        assert_eq!(many, Ok(format!("/api/v1/links/a?{query}")));
    }

    #[test]
    fn every_fault_is_named() {
        let faults = uri(json!({"id": "", "created_gte": {"a": 1}, "what": 1, "idempotency_key": "a\nb"}));
        let expected = [
            "id is required",
            "created_gte must be a text, a number, true or false",
            "what is not a known argument",
            "idempotency_key must be visible ASCII characters",
        ];
        assert_eq!(faults, Err(expected.map(str::to_owned).to_vec()));
    }
}
