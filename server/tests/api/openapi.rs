//! The OpenAPI document is valid, and says what its examples and operations show.

use std::collections::BTreeSet;

use flow::outbound::EventType;
use reqwest::Method;
use serde_json::{Value, json};

use crate::test_server::{Engine, start};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document, as a client gets it.
async fn document() -> Value {
    let server = start(Engine::Sqlite).await;
    let answer = server.http.get(format!("{}/api/openapi.json", server.url)).send().await.unwrap();
    let document = answer.json().await.unwrap();
    server.stop().await;
    document
}

/// Every operation with its method and path.
fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| Some((format!("{method} {path}"), item.get(*method)?)))
    })
}

/// Every schema with its place, those inside others too.
fn schemas<'a>(value: &'a Value, place: &str, is_schema: bool, found: &mut Vec<(String, &'a Value)>) {
    if is_schema {
        found.push((place.to_owned(), value));
    }
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter().filter(|(name, _)| *name != "example") {
                let place = format!("{place}/{name}");
                match name.as_str() {
                    "schema" | "items" | "additionalProperties" => schemas(field, &place, field.is_object(), found),
                    "properties" | "schemas" => {
                        for (name, field) in field.as_object().into_iter().flatten() {
                            schemas(field, &format!("{place}/{name}"), true, found);
                        }
                    }
                    "allOf" | "oneOf" | "anyOf" => {
                        for (index, part) in field.as_array().into_iter().flatten().enumerate() {
                            schemas(part, &format!("{place}/{index}"), true, found);
                        }
                    }
                    _ => schemas(field, &place, false, found),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                schemas(item, &format!("{place}/{index}"), false, found);
            }
        }
        _ => {}
    }
}

/// What is wrong with a value by a schema of the document.
fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut whole = schema.clone();
    whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    whole["components"] = document["components"].clone();
    let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
    validator.iter_errors(value).map(|error| error.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_an_openapi_document() {
    let document = document().await;
    // OpenAPI's own schema, of the Linux Foundation (Apache-2.0): https://spec.openapis.org/oas/3.1/schema/
    let rules: Value = serde_json::from_str(include_str!("openapi/oas-3.1.json")).unwrap();
    let validator = jsonschema::validator_for(&rules).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new());
    let mut found = Vec::new();
    schemas(&document, "", false, &mut found);
    assert!(found.len() > 500, "{}", found.len());
    for (place, schema) in found {
        let faults = jsonschema::draft202012::meta::validate(schema).err().map(|error| error.to_string());
        assert_eq!(faults, None, "{place}");
        if let Some(reference) = schema["$ref"].as_str() {
            let target = document.pointer(reference.strip_prefix('#').unwrap());
            assert!(target.is_some(), "{place} refers to {reference}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_are_what_their_schemas_say() {
    let document = document().await;
    let mut found = Vec::new();
    schemas(&document, "", false, &mut found);
    let mut examples = 0;
    for (place, schema) in found {
        let listed = schema["examples"].as_array().into_iter().flatten();
        for example in schema.get("example").into_iter().chain(schema.get("default")).chain(listed) {
            examples += 1;
            assert_eq!(faults(&document, schema, example), Vec::<String>::new(), "{place}: {example}");
        }
    }
    assert!(examples > 40, "{examples}");
    for (operation, value) in operations(&document) {
        let media = value["requestBody"]["content"].as_object().into_iter().flatten();
        for (_, media) in media.filter(|(_, media)| media["example"] != json!(null)) {
            assert_eq!(faults(&document, &media["schema"], &media["example"]), Vec::<String>::new(), "{operation}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_have_names_and_errors() {
    let document = document().await;
    let mut names = BTreeSet::new();
    for (operation, value) in operations(&document) {
        let name = value["operationId"].as_str().unwrap_or_else(|| panic!("{operation} has no name"));
        let is_camel = name.starts_with(|letter: char| letter.is_ascii_lowercase());
        assert!(is_camel && name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{operation}: {name}");
        assert!(names.insert(name.to_owned()), "{name} is there twice");
        let statuses: Vec<&String> = value["responses"].as_object().unwrap().keys().collect();
        let has_error = statuses.iter().any(|status| *status == "default" || status.starts_with('4'));
        assert!(has_error, "{operation} has {statuses:?} only");
        assert!(value["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{operation} has one tag");
        let says = value["summary"].as_str().or(value["description"].as_str()).unwrap_or_default();
        assert!(!says.is_empty(), "{operation} says nothing of itself");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_say_what_they_take() {
    let document = document().await;
    let resolve = |schema: &Value| match schema["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap().clone(),
        None => schema.clone(),
    };
    for (operation, value) in operations(&document) {
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            assert!(!parameter["description"].as_str().unwrap_or_default().is_empty(), "{operation}: {name}");
            if name == "model" {
                assert!(resolve(&parameter["schema"])["enum"].is_array(), "{operation}: which models are there?");
            }
            if name == "Idempotency-Key" {
                assert_eq!((&parameter["schema"]["maxLength"], &parameter["required"]), (&json!(255), &json!(false)));
            }
        }
    }
    // Generic types share their name: their fields would all have the schema of the first.
    for name in ["Field", "Patch"] {
        assert!(document["components"]["schemas"].get(name).is_none(), "a schema is called {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_described_as_they_are_sent() {
    let server = start(Engine::Sqlite).await;
    let answer = server.http.get(format!("{}/api/openapi.json", server.url)).send().await.unwrap();
    let document: Value = answer.json().await.unwrap();
    let names: BTreeSet<&str> = document["webhooks"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, EventType::ALL.iter().map(|kind| kind.as_str()).collect());
    crate::export::fill(&server).await;
    let send = async |method: Method, path: String, body: Value| {
        let request = server.http.request(method, format!("{}/api/v1{path}", server.url));
        let answer = request.bearer_auth(&server.server_key).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}");
        answer.json::<Value>().await.unwrap()
    };
    let first = async |list: &str| {
        let list = send(Method::GET, format!("/{list}?limit=1"), Value::Null).await;
        list["data"][0]["id"].as_str().unwrap().to_owned()
    };
    // What the brand's other objects do not report.
    send(Method::PATCH, format!("/drops/{}", first("drops").await), json!({"title": "Two"})).await;
    send(Method::PATCH, format!("/creators/{}", first("creators").await), json!({"tier": "gold"})).await;
    send(Method::POST, format!("/payouts/{}/mark_paid", first("payouts").await), json!({})).await;
    let refund = json!({"id": 7, "order_id": 1001, "created_at": "2027-03-20T08:00:00Z", "transactions":
        [{"kind": "refund", "status": "success", "amount": "10.00", "currency": "USD"}]});
    crate::actions::deliver_and_settle(&server, "refunds/create", "r7", &refund.to_string()).await;
    let sale = |n: u8| json!({"external_id": n.to_string(), "currency": "USD", "total_minor": 100, "discount_codes": ["ANA10"]});
    let sales: Vec<Value> = (0..10).map(sale).collect();
    send(Method::POST, "/orders/bulk".to_owned(), json!({"rows": sales})).await;
    server.settle().await;
    let mut seen = BTreeSet::new();
    let query = flow::outbound::EventQuery::default();
    for event in server.flow().outbound().list(&server.merchant, &query).await.unwrap() {
        let event = serde_json::to_value(&event).unwrap();
        let name = event["type"].as_str().unwrap();
        let schema = &document["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(faults(&document, schema, &event), Vec::<String>::new(), "{event}");
        // Nothing that is not described.
        let strict = json!({"allOf": [schema["properties"]["data"]], "unevaluatedProperties": false});
        assert_eq!(faults(&document, &strict, &event["data"]), Vec::<String>::new(), "{event}");
        let named: BTreeSet<&String> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(event.as_object().unwrap().keys().collect::<BTreeSet<_>>(), named);
        seen.insert(name.to_owned());
    }
    assert!(seen.len() >= 11, "{seen:?}");
    server.stop().await;
}
