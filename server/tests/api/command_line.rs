//! `creatorscore link`, `creator` and `order`, as the operator runs them beside the server.

use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, install, promo},
    test_server::{ENCRYPTION_KEY, TestServer, order},
};

struct Outcome {
    code: i32,
    out: String,
    err: String,
}

impl Outcome {
    fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap()
    }
}

/// Runs the binary, for the test's brand.
async fn run(server: &TestServer, words: &[&str]) -> Outcome {
    run_anywhere(server, &[words, &["--brand", server.merchant.brand().id.as_str()]].concat()).await
}

/// Runs the binary on the test's database.
async fn run_anywhere(server: &TestServer, words: &[&str]) -> Outcome {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_creatorscore"))
        .args(["--database-url", &server.database, "--app-encryption-key", ENCRYPTION_KEY, "--log", "error"])
        .args(words)
        .output()
        .await
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// An object as the API shows it.
async fn api(server: &TestServer, path: &str) -> Value {
    let request = server.http.get(format!("{}/api/v1{path}", server.url)).bearer_auth(&server.server_key);
    request.send().await.unwrap().json().await.unwrap()
}

async fn creators_are_kept_from_the_command_line(server: TestServer) {
    let create = ["--json", "creator", "create", "--name", "Ana Lima", "--handle", "analima", "--tags", "vip,new"];
    let ana = run(&server, &[&create[..], &["--tier", "gold"]].concat()).await.json();
    let id = ana["id"].as_str().unwrap();
    assert_eq!((&ana["object"], &ana["tags"]), (&json!("creator"), &json!(["vip", "new"])));
    assert_eq!(ana, api(&server, &format!("/creators/{id}")).await, "as the API shows it");

    let again = run(&server, &["creator", "create", "--name", "Ana", "--handle", "AnaLima"]).await;
    assert_eq!((again.code, again.out.as_str()), (5, ""), "{}", again.err);
    assert_eq!(run(&server, &["creator", "create", "--name", "Ana", "--handle", "a/b"]).await.code, 3);
    assert_eq!(run(&server, &["creator", "create", "--name", "Ana"]).await.code, 2);
    let missing = ["creator", "archive", "--creator", "crt_01hf7yat00fzzvzzzzzzzzzzzz"];
    assert_eq!(run(&server, &missing).await.code, 4);

    let update = ["--json", "creator", "update", "--creator", id, "--tier", "", "--tier-locked", "true"];
    let changed = run(&server, &[&update[..], &["--external-id", "crm-7"]].concat()).await.json();
    assert_eq!((&changed["tier"], &changed["tier_locked"]), (&Value::Null, &json!(true)));
    assert_eq!((&changed["external_id"], &changed["name"]), (&json!("crm-7"), &ana["name"]));
    let archived = run(&server, &["creator", "archive", "--creator", id]).await;
    assert!(archived.out.contains("archived     yes"), "{}", archived.out);

    for handle in ["ben", "cem"] {
        run(&server, &["--json", "creator", "create", "--name", "Ben or Cem", "--handle", handle]).await.json();
    }
    let page = run(&server, &["--json", "creator", "list", "--limit", "2"]).await.json();
    assert_eq!(page, api(&server, "/creators?limit=2").await);
    let last = page["data"][1]["id"].as_str().unwrap();
    let rest = run(&server, &["--json", "creator", "list", "--after", last]).await.json();
    assert_eq!((&rest["data"][0]["handle"], &rest["has_more"]), (&json!("analima"), &json!(false)));
    let list = run(&server, &["creator", "list", "--archived", "false"]).await;
    let lines: Vec<&str> = list.out.lines().collect();
    assert!(lines[0].starts_with("id ") && lines[0].contains("handle  name"), "{lines:?}");
    assert!(!list.out.contains('\u{1b}'), "no colour where there is no terminal");
    assert_eq!(lines.len(), 3);
    server.stop().await;
}

/// Every command takes a brand's id, so there is one that shows them.
async fn brands_are_listed_without_their_sandboxes(server: TestServer) {
    install(&server).await;
    let merchant = &server.merchant;
    let (_, test_key) =
        server.flow().setup().create_key(merchant, domain::api_key::KeyKind::Server, true).await.unwrap();
    let link = server.http.get(format!("{}/api/v1/links", server.url)).bearer_auth(test_key).send().await.unwrap();
    assert_eq!(link.status(), 200, "the sandbox is there");
    let shop = crate::test_server::SHOP;
    let expected = json!([{"id": merchant.brand().id, "name": "Vector", "shops": [shop]}]);
    assert_eq!(run_anywhere(&server, &["--json", "brand", "list"]).await.json(), expected);
    let text = run_anywhere(&server, &["brand", "list"]).await.out;
    assert!(text.contains(merchant.brand().id.as_str()) && text.contains(shop), "{text}");
    server.stop().await;
}

async fn links_and_orders_are_shown_from_the_command_line(server: TestServer) {
    install(&server).await;
    let (ana, first) = creator_with_link(&server, "Ana", "ANA10").await;
    let create = ["--json", "link", "create", "--destination", "https://shop.example/mug", "--platform", "TikTok"];
    let creator = ["--content-type", "Bio Link", "--creator", ana.as_str()];
    let link = run(&server, &[&create[..], &creator[..]].concat()).await.json();
    let (id, path) = (link["id"].as_str().unwrap(), format!("/links/{}", link["id"].as_str().unwrap()));
    assert_eq!((&link["platform"], &link["content_type"]), (&json!("tiktok"), &json!("bio_link")));
    assert_eq!(link, api(&server, &path).await);
    let wrong = run(&server, &["link", "create", "--destination", "javascript:alert(1)"]).await;
    assert_eq!(wrong.code, 3, "{}", wrong.err);
    let update = ["--json", "link", "update", "--link", id, "--destination", "https://shop.example/cup"];
    let changed = run(&server, &[&update[..], &["--share-revenue", "true"]].concat()).await.json();
    assert_eq!(
        (&changed["destination"], &changed["share_revenue"]),
        (&json!("https://shop.example/cup"), &json!(true))
    );
    let list = run(&server, &["--json", "link", "list", "--creator", ana.as_str()]).await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    let archived = run(&server, &["--json", "link", "archive", "--link", id]).await.json();
    assert_eq!(archived["archived"], true);
    let list = run(&server, &["link", "list", "--archived", "false"]).await;
    assert!(list.out.contains(&first.code.to_string()) && !list.out.contains(id), "{}", list.out);

    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "60.00", &promo("ANA10"))).await;
    let shown = run(&server, &["--json", "order", "show", "--order", "1001"]).await.json();
    assert_eq!(shown, api(&server, "/orders/1001").await);
    assert_eq!(shown["credits"][0]["creator"], json!(ana));
    let shown = run(&server, &["order", "show", "--order", shown["id"].as_str().unwrap()]).await;
    assert!(shown.out.contains("net_minor       6000") && shown.out.contains(ana.as_str()), "{}", shown.out);
    assert_eq!(run(&server, &["order", "show", "--order", "9"]).await.code, 4);
    server.stop().await;
}

on_both_engines! {
    creators_are_kept_from_the_command_line
    brands_are_listed_without_their_sandboxes
    links_and_orders_are_shown_from_the_command_line
}
