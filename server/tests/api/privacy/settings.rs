//! The Settings page: hosts, retention and exports.

use super::*;

struct Member {
    cookie: String,
}

impl Member {
    async fn of(server: &TestServer) -> Self {
        let link = server.flow().access().sign_in_link(&server.merchant, None).await.unwrap();
        let (session, _) = server.flow().access().sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
        Self { cookie: format!("__Host-cs_session={session}") }
    }

    /// Calls a server function, as the page does.
    async fn call(&self, server: &TestServer, function: &str, form: &str) -> (u16, Value) {
        let request = server.http.post(format!("{}/api/fn/{function}", server.url)).header("cookie", &self.cookie);
        let request = request.header("origin", "http://localhost:4000").header("accept", "application/json");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn page(&self, server: &TestServer) -> String {
        let request = server.http.get(format!("{}/brand/attribution/settings", server.url));
        request.header("cookie", &self.cookie).send().await.unwrap().text().await.unwrap()
    }
}

async fn the_page_saves_hosts_and_retention_and_hands_out_exports(server: TestServer) {
    install(&server).await;
    deliver_and_settle(&server, "orders/create", "o1", &named_order(1001, "50.00")).await;
    deliver_and_settle(&server, "customers/data_request", "d1", &message(&[])).await;
    let member = Member::of(&server).await;
    let hosts = "allowed=shop.example,other.example&storefronts=shop.example";
    let (status, answer) = member.call(&server, "save-hosts", hosts).await;
    assert_eq!(status, 200, "{answer}");
    let days = "events=90&clicks=100&landings=110&access=3";
    let (status, answer) = member.call(&server, "save-retention", days).await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = member.call(&server, "save-retention", "events=29&clicks=100&landings=110&access=3").await;
    assert_ne!(status, 200, "{answer}");
    let brand = server.store.brand(&server.merchant.brand().id).await.unwrap().unwrap();
    let kept = brand.settings.retention;
    assert_eq!((kept.event_days, kept.click_days, kept.landing_days, kept.access_days), (90, 100, 110, 3));
    assert_eq!(brand.destination_hosts, ["other.example", "shop.example"]);
    assert_eq!(brand.settings.storefront_hosts, ["shop.example"]);

    let (_, shown) = member.call(&server, "settings", "").await;
    assert_eq!(
        (&shown["retention"], &shown["allowed_hosts"]),
        (&json!([90, 100, 110, 3]), &json!("other.example, shop.example"))
    );
    let id = shown["data_exports"][0][0].as_str().unwrap();
    let page = member.page(&server).await;
    for part in [id, "other.example, shop.example", "Customer data requests", "Expired sessions (days)"] {
        assert!(page.contains(part), "{part}");
    }
    let (status, export) = member.call(&server, "data-export", &format!("id={id}")).await;
    assert_eq!((status, export[0].as_str()), (200, Some(format!("{id}.json").as_str())), "{export}");
    let document: Value = serde_json::from_str(export[1].as_str().unwrap()).unwrap();
    assert_eq!(document["orders"][0]["order"]["external_id"], "1001");
    server.stop().await;
}

on_both_engines!(the_page_saves_hosts_and_retention_and_hands_out_exports);
