//! What a brand's own systems are sent: an endpoint's page with its deliveries, the webhook tester, and Klaviyo.

use core::time::Duration;

use domain::account::Role;

use super::{Browser, Page};
use crate::{
    accounts::{join, with_mail},
    test_server::{Engine, start},
};

const TESTER: &str = "/setup/webhook-tester";
const KLAVIYO: &str = "/setup/klaviyo";

/// The page's own path, of a link whose address begins so.
fn link<'a>(page: &'a Page, begin: &str) -> &'a str {
    let begin = format!("href=\"/brand/attribution{begin}");
    let at = page.text.find(&begin).unwrap_or_else(|| panic!("{begin} in {}", page.text));
    page.text[at + "href=\"/brand/attribution".len()..].split('"').next().unwrap()
}

/// Looks at a page until it shows a text.
async fn until(browser: &Browser<'_>, path: &str, text: &str) -> Page {
    for _ in 0..200 {
        browser.server.settle().await;
        let page = browser.get(path).await;
        if page.text.contains(text) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{text} never stood on {path}");
}

async fn owners_see_what_an_endpoint_was_sent_and_send_it_again(engine: Engine) {
    let server = start(engine).await;
    let browser = Browser::of(&server).await;
    browser.get(TESTER).await.shows(&["Open the tester"]);
    browser.done(TESTER, "open", &[]).await.shows(&["The tester is open.", "/webhook-tester/", "Nothing received yet"]);
    let page = browser.post(TESTER, "create-endpoint", &[]).await;
    assert_eq!(page.status, 200);
    page.shows(&["whsec_", "Your events are sent here."]);
    let endpoint = link(&page, "/setup/webhooks/").to_owned();
    browser.get("/setup").await.shows(&[&endpoint]);
    // Pressed twice, or in a page that is out of date: there is one address and one endpoint.
    let again = browser.post(TESTER, "create-endpoint", &[]).await;
    assert!(again.status == 200 && !again.text.contains("whsec_"), "{}", again.text);
    browser.done(TESTER, "open", &[]).await.shows(&["Your events are sent here."]);
    browser.done(&endpoint, "test-endpoint", &[]).await.shows(&["A test event is on its way."]);
    let page = until(&browser, &endpoint, "Delivered</span>").await;
    page.shows(&["endpoint.test", "Send again"]);
    let delivery = link(&page, &format!("{endpoint}/deliveries/")).to_owned();
    browser.get(&delivery).await.shows(&["Attempts", "200", "\"type\": \"endpoint.test\""]);
    until(&browser, TESTER, "webhook-signature").await.shows(&["endpoint.test", "answered 200"]);
    browser.get(&format!("{endpoint}?state=dead")).await.shows(&["No deliveries"]);
    let event = delivery.rsplit('/').next().unwrap();
    browser.done(&endpoint, "replay", &[("event", event)]).await.shows(&["1 event is sent again."]);
    browser.done(&endpoint, "replay", &[("which", "failed")]).await.shows(&["There was nothing to send again."]);
    browser.refused(&endpoint, "replay", &[("since", "soon")], "Since must be a date such as 2026-11-01.").await;
    let page = browser.post(&endpoint, "rotate", &[("hours", "24")]).await;
    assert_eq!(page.status, 200);
    page.shows(&["whsec_", "The previous secret also signs until"]);
    assert!(!browser.get(&endpoint).await.text.contains("whsec_"), "a secret is shown once");
    browser.refused(&endpoint, "rotate", &[("hours", "1000")], "An old secret may go on for 168 hours at most.").await;
    let fields = [("url", "https://hooks.example.com/in"), ("types", "order.attributed"), ("description", "CRM")];
    browser.done(&endpoint, "edit-endpoint", &fields).await.shows(&[
        "Endpoint saved.",
        "Webhooks to hooks.example.com",
        "CRM",
    ]);
    let wrong = [("url", "nonsense"), ("types", "order.eaten")];
    browser.refused(&endpoint, "edit-endpoint", &wrong, "unknown event type").await.shows(&["nonsense", "order.eaten"]);
    browser.done(&endpoint, "disable-endpoint", &[]).await.shows(&["Endpoint disabled.", "Enable the endpoint first."]);
    browser.refused(&endpoint, "test-endpoint", &[], "The endpoint is disabled.").await;
    browser.done(&endpoint, "remove-endpoint", &[]).await.shows(&["Endpoint removed."]);
    assert_eq!(browser.get(&endpoint).await.status, 404);
    // Closing the tester removes the endpoint that sends to it.
    let page = browser.post(TESTER, "create-endpoint", &[]).await;
    let endpoint = link(&page, "/setup/webhooks/").to_owned();
    browser.done(TESTER, "close", &[]).await.shows(&["The tester is closed."]);
    assert_eq!(browser.get(&endpoint).await.status, 404);
    server.stop().await;
}

async fn klaviyo_is_connected_on_a_page_and_keys_are_not_shown(engine: Engine) {
    let server = start(engine).await;
    let browser = Browser::of(&server).await;
    browser.get("/setup").await.shows(&["href=\"/brand/attribution/setup/klaviyo\""]);
    browser.get(KLAVIYO).await.shows(&["Connect Klaviyo"]);
    let page = browser
        .refused(
            KLAVIYO,
            "connect",
            &[("private_key", "sk_secret")],
            "Private API key must be a private API key of Klaviyo, which begins with pk_.",
        )
        .await;
    assert!(!page.text.contains("sk_secret"), "{}", page.text);
    let key = [("private_key", "pk_0123456789abcdef")];
    let page = browser.done(KLAVIYO, "connect", &key).await;
    page.shows(&["Klaviyo is connected.", "Works", "Replace the key"]);
    assert!(!page.text.contains("pk_0123"), "{}", page.text);
    browser.done(KLAVIYO, "disconnect", &[]).await.shows(&["Klaviyo is disconnected."]);
    assert_eq!(browser.post(KLAVIYO, "test", &[]).await.status, 404);
    server.stop().await;
}

async fn members_reach_none_of_it(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let owner = Browser::of(&server).await;
    owner.done(TESTER, "open", &[]).await;
    let page = owner.post(TESTER, "create-endpoint", &[]).await;
    let endpoint = link(&page, "/setup/webhooks/").to_owned();
    owner.done(KLAVIYO, "connect", &[("private_key", "pk_0123456789abcdef")]).await;
    let cookie = join(&server, &mail, "mia@team.example", Role::Member).await;
    let member = Browser { server: &server, cookie };
    for path in [TESTER, &endpoint] {
        assert_eq!(member.get(path).await.status, 403, "{path}");
    }
    for (path, action) in [
        (TESTER, "open"),
        (TESTER, "close"),
        (TESTER, "create-endpoint"),
        (&endpoint, "test-endpoint"),
        (&endpoint, "rotate"),
        (&endpoint, "replay"),
        (&endpoint, "edit-endpoint"),
        (&endpoint, "remove-endpoint"),
        (KLAVIYO, "connect"),
        (KLAVIYO, "disconnect"),
        (KLAVIYO, "test"),
    ] {
        let fields = [("hours", "0"), ("private_key", "pk_fedcba9876543210"), ("url", "https://a.example")];
        assert_eq!(member.post(path, action, &fields).await.status, 403, "{path} {action}");
    }
    let page = member.get("/setup").await;
    assert!(!page.text.contains(&endpoint) && !page.text.contains("/webhook-tester/"), "{}", page.text);
    member.get(KLAVIYO).await.shows(&["Only owners manage the connection."]);
    server.stop().await;
}

beside_both_engines!(
    owners_see_what_an_endpoint_was_sent_and_send_it_again klaviyo_is_connected_on_a_page_and_keys_are_not_shown
    members_reach_none_of_it
);
