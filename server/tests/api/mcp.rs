//! The API as tools of the Model Context Protocol, seen by a client of that protocol.

mod scopes;
mod stdio;

use domain::api_key::KeyKind;
use reqwest::{Method, Response};
use rmcp::{
    RoleClient, ServiceExt,
    model::{CallToolRequestParams, CallToolResult, ErrorCode, Tool},
    service::{RunningService, ServiceError},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::{Value, json};

use crate::test_server::{Engine, TestServer, start_with};

type Client = RunningService<RoleClient, ()>;

/// A server whose public host is the one that the tests reach it by.
async fn start(engine: Engine) -> TestServer {
    start_with(engine, &["--public-url", "http://127.0.0.1"]).await
}

async fn connect(server: &TestServer, key: &str) -> Client {
    let config = StreamableHttpClientTransportConfig::with_uri(format!("{}/mcp", server.url)).auth_header(key);
    ().serve(StreamableHttpClientTransport::with_client(server.http.clone(), config)).await.unwrap()
}

async fn call(client: &Client, tool: &'static str, arguments: Value) -> CallToolResult {
    let arguments = arguments.as_object().unwrap().clone();
    client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.unwrap()
}

/// What a tool answered: whether that is an error, and the API's body.
fn said(result: &CallToolResult) -> (bool, Value) {
    let text = result.content[0].as_text().map_or("", |text| text.text.as_str());
    (result.is_error.unwrap_or(false), serde_json::from_str(text).unwrap_or(Value::Null))
}

async fn ask(client: &Client, tool: &'static str, arguments: Value) -> (bool, Value) {
    said(&call(client, tool, arguments).await)
}

/// A key with these scopes.
async fn key_with(server: &TestServer, scopes: &[&str]) -> String {
    let request = server.http.post(format!("{}/api/v1/keys", server.url)).bearer_auth(&server.server_key);
    let answer: Value = request.json(&json!({"scopes": scopes})).send().await.unwrap().json().await.unwrap();
    answer["key"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn tool<'a>(tools: &'a [Tool], name: &str) -> &'a Tool {
    tools.iter().find(|tool| tool.name == name).unwrap_or_else(|| panic!("no tool {name}"))
}

/// A message as it is posted.
async fn post(server: &TestServer, headers: &[(&str, &str)], message: &Value) -> Response {
    let mut request = server.http.post(format!("{}/mcp", server.url)).body(message.to_string());
    request = request.header("content-type", "application/json");
    request = request.header("accept", "application/json, text/event-stream");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

beside_both_engines! {
    an_assistant_works_with_a_brands_creators_and_links
    limits_are_those_of_the_api
    tools_are_those_that_the_key_may_use
    a_test_key_reaches_the_sandbox_alone
    strangers_and_foreign_hosts_are_refused
}

async fn an_assistant_works_with_a_brands_creators_and_links(engine: Engine) {
    let server = start(engine).await;
    let client = connect(&server, &server.server_key).await;
    let about = client.peer_info().unwrap();
    assert_eq!(about.server_info.as_ref().unwrap().name, "creatorscore");
    let tools = client.list_all_tools().await.unwrap();
    let create = tool(&tools, "createLink");
    assert_eq!(create.title.as_deref(), Some("Adds a link"));
    let schema = Value::Object((*create.input_schema).clone());
    assert_eq!(schema["required"], json!(["body"]));
    assert_eq!(schema["properties"]["body"]["properties"]["destination"]["type"], json!("string"), "{schema}");
    let hints = |name: &str| {
        let hints = tool(&tools, name).annotations.clone().unwrap();
        (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint)
    };
    assert_eq!(hints("listCreators"), (Some(true), Some(false), Some(true)));
    assert_eq!(hints("createLink"), (Some(false), Some(false), Some(false)));
    assert_eq!(hints("archiveLink"), (Some(false), Some(true), Some(true)));
    assert_eq!(hints("cancelPayout"), (Some(false), Some(true), Some(false)));

    let body = json!({"name": "Ana Lima", "handle": "ana"});
    let (is_error, ana) = ask(&client, "createCreator", json!({"body": body})).await;
    assert_eq!((is_error, &ana["object"]), (false, &json!("creator")), "{ana}");
    let link = json!({"destination": "https://shop.example/p", "creator": ana["id"]});
    let once = json!({"body": link, "idempotency_key": "link-1"});
    let first = call(&client, "createLink", once.clone()).await;
    let again = call(&client, "createLink", once).await;
    assert_eq!(said(&first), said(&again), "an idempotency key works as in the API");
    let status = |result: &CallToolResult, name: &str| result.meta.as_ref().unwrap().0.get(name).cloned();
    assert_eq!(status(&first, "creatorscore/status"), Some(json!(201)));
    assert_eq!(status(&again, "creatorscore/idempotent_replayed"), Some(json!("true")));
    let link = said(&first).1;
    let (_, shown) = ask(&client, "getLink", json!({"id": link["id"], "expand": ["creator"]})).await;
    assert_eq!(shown["creator"]["handle"], json!("ana"), "{shown}");
    let (_, list) = ask(&client, "listCreators", json!({"limit": 1, "created_gte": "2020-01-01T00:00:00Z"})).await;
    assert_eq!(list["data"], json!([ana]));
    let over_http = server.http.get(format!("{}/api/v1/creators", server.url)).bearer_auth(&server.server_key);
    assert_eq!(over_http.send().await.unwrap().json::<Value>().await.unwrap()["data"], json!([ana]));

    let (is_error, missing) = ask(&client, "getLink", json!({"id": "lnk_01hf7yat00fzzvzzzzzzzzzzzz"})).await;
    assert_eq!((is_error, &missing["code"]), (true, &json!("not_found")), "{missing}");
    assert!(missing["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{missing}");
    let (is_error, wrong) = ask(&client, "createLink", json!({"what": 1, "body": {}})).await;
    assert_eq!((is_error, &wrong["details"]), (true, &json!(["what is not a known argument"])));
    let unknown = client.call_tool(CallToolRequestParams::new("dropDatabase")).await.unwrap_err();
    assert!(matches!(unknown, ServiceError::McpError(error) if error.code == ErrorCode::INVALID_PARAMS));
    client.cancel().await.unwrap();
    server.stop().await;
}

async fn limits_are_those_of_the_api(engine: Engine) {
    let server = start(engine).await;
    let client = connect(&server, &server.server_key).await;
    for n in 0..99 {
        assert!(!ask(&client, "listCreators", json!({})).await.0, "call {n}");
    }
    let over_http = server.http.get(format!("{}/api/v1/links", server.url)).bearer_auth(&server.server_key);
    assert_eq!(over_http.send().await.unwrap().status(), 200, "both count as one");
    let refused = call(&client, "listCreators", json!({})).await;
    let (is_error, body) = said(&refused);
    assert_eq!((is_error, &body["code"]), (true, &json!("rate_limited")), "{body}");
    assert!(refused.meta.unwrap().0.contains_key("creatorscore/retry_after_s"));
    server.clock.advance(60_000);
    assert!(!ask(&client, "listCreators", json!({})).await.0);
    client.cancel().await.unwrap();
    server.stop().await;
}

async fn tools_are_those_that_the_key_may_use(engine: Engine) {
    let server = start(engine).await;
    let all = connect(&server, &server.server_key).await.list_all_tools().await.unwrap();
    let names = |tools: &[Tool]| tools.iter().map(|tool| tool.name.to_string()).collect::<Vec<_>>();
    for left_out in [
        "createKey",
        "rotateKey",
        "createWebhookEndpoint",
        "updateWebhookEndpoint",
        "rotateWebhookSecret",
        "eraseCustomer",
        "trackSale",
    ] {
        assert!(!names(&all).contains(&left_out.to_owned()), "{left_out}");
    }
    let reader = connect(&server, &key_with(&server, &["creators:read", "links:read"]).await).await;
    let listed = reader.list_all_tools().await.unwrap();
    assert_eq!(names(&listed), ["listCreators", "getCreator", "listLinks", "getLink", "getTierRules"]);
    assert!(listed.iter().all(|tool| tool.annotations.as_ref().unwrap().read_only_hint == Some(true)));
    let (is_error, refused) = ask(&reader, "createCreator", json!({"body": {"name": "A", "handle": "a"}})).await;
    assert_eq!((is_error, &refused["code"]), (true, &json!("scope_missing")), "an unlisted tool opens nothing");
    server.stop().await;
}

async fn a_test_key_reaches_the_sandbox_alone(engine: Engine) {
    let server = start(engine).await;
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let (live, test) = (connect(&server, &server.server_key).await, connect(&server, &test_key).await);
    let (_, made) = ask(&test, "createCreator", json!({"body": {"name": "Test", "handle": "test"}})).await;
    assert_eq!(made["livemode"], json!(false), "{made}");
    assert_eq!(ask(&live, "listCreators", json!({})).await.1["data"], json!([]));
    assert_eq!(ask(&live, "getCreator", json!({"id": made["id"]})).await.1["code"], json!("not_found"));
    assert_eq!(ask(&test, "listCreators", json!({})).await.1["data"], json!([made]));
    server.stop().await;
}

async fn strangers_and_foreign_hosts_are_refused(engine: Engine) {
    let server = start(engine).await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    let bearer = format!("Bearer {}", server.server_key);
    let key = ("authorization", bearer.as_str());
    let pixel = format!("Bearer {}", server.pixel_key);
    for headers in [&[][..], &[("authorization", "Bearer nonsense")], &[("authorization", pixel.as_str())]] {
        let answer = post(&server, headers, &list).await;
        let challenge = answer.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!((answer.status().as_u16(), challenge.as_deref()), (401, Some("Bearer realm=\"CreatorScore\"")));
    }
    assert_eq!(post(&server, &[key], &list).await.status(), 200);
    for foreign in [("host", "evil.example"), ("origin", "https://evil.example"), ("origin", "null")] {
        assert_eq!(post(&server, &[key, foreign], &list).await.status(), 403, "{foreign:?}");
    }
    assert_eq!(post(&server, &[key, ("origin", "http://127.0.0.1")], &list).await.status(), 200);
    for method in [Method::GET, Method::DELETE] {
        let request = server.http.request(method.clone(), format!("{}/mcp", server.url));
        let request = request.bearer_auth(&server.server_key).header("accept", "text/event-stream");
        let answer = request.send().await.unwrap();
        let allowed = answer.headers().get("allow").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!((answer.status().as_u16(), allowed.as_deref()), (405, Some("POST")), "{method}");
    }
    let long = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x".repeat(3 << 20)}});
    assert_eq!(post(&server, &[key], &long).await.status(), 413);
    let twice = r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "createCreator",
        "arguments": {"body": {"name": "A", "handle": "a", "handle": "b"}}}}"#;
    let request = server.http.post(format!("{}/mcp", server.url)).bearer_auth(&server.server_key);
    let request = request.header("accept", "application/json, text/event-stream");
    let answer = request.header("content-type", "application/json").body(twice).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"], json!("the JSON has a field twice: handle"));
    server.stop().await;
}
