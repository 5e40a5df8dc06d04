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

    /// Sends one of the page's forms. Returns the status and the body.
    async fn send(&self, server: &TestServer, form: &[(&str, &str)]) -> (u16, String) {
        let request = server.http.post(format!("{}/brand/attribution/settings", server.url));
        let request = request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin");
        let answer = request.form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
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
    let hosts = [("do", "hosts"), ("allowed", "shop.example,other.example"), ("storefronts", "shop.example")];
    assert_eq!(member.send(&server, &hosts).await.0, 303);
    let retention =
        |events| [("do", "retention"), ("events", events), ("clicks", "100"), ("landings", "110"), ("access", "3")];
    let (status, page) = member.send(&server, &retention("90")).await;
    assert!(status == 422 && page.contains("Tick that what is older is deleted."), "fewer days than now: {page}");
    let retention = |events| [&retention(events)[..], &[("delete_older", "on")]].concat();
    assert_eq!(member.send(&server, &retention("90")).await.0, 303);
    let (status, page) = member.send(&server, &retention("29")).await;
    assert_eq!(status, 422);
    assert!(page.contains("value=\"29\"") && page.contains("Visits can be kept for 30 to 3650 days"), "{page}");
    let brand = server.store.brand(&server.merchant.brand().id).await.unwrap().unwrap();
    let kept = brand.settings.retention;
    assert_eq!((kept.event_days, kept.click_days, kept.landing_days, kept.access_days), (90, 100, 110, 3));
    assert_eq!(brand.destination_hosts, ["other.example", "shop.example"]);
    assert_eq!(brand.settings.storefront_hosts, ["shop.example"]);

    let page = member.page(&server).await;
    for part in ["other.example, shop.example", "Customers who asked for their data", "Ended sessions"] {
        assert!(page.contains(part), "{part}");
    }
    let (_, id) = page.split_once("name=\"id\" value=\"dex_").unwrap();
    let id = format!("dex_{}", id.split('"').next().unwrap());
    let (status, export) = member.send(&server, &[("do", "download"), ("id", &id)]).await;
    assert_eq!(status, 200, "{export}");
    let document: Value = serde_json::from_str(&export).unwrap();
    assert_eq!(document["orders"][0]["order"]["external_id"], "1001");
    server.stop().await;
}

on_both_engines!(the_page_saves_hosts_and_retention_and_hands_out_exports);
