//! Forms of the pages as a browser without script sends them, and pages that are not there.

use serde_json::json;

use crate::test_server::{Engine, TestServer, start_with};

const LINKS: &str = "/brand/attribution/links";

async fn send(server: &TestServer, cookie: &str, form: &str) -> reqwest::Response {
    let request = server
        .http
        .post(format!("{}{LINKS}?creator=nobody", server.url))
        .header("cookie", cookie)
        .header("origin", "http://localhost:4000")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html,application/xhtml+xml");
    request.body(form.to_owned()).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_is_shown_again_with_its_input_and_faults() {
    let server = start_with(Engine::Sqlite, &[]).await;
    let cookie = server.sign_in().await;
    let links = async || server.flow().links().list(&server.merchant).await.unwrap().len();
    let page = send(&server, &cookie, "do=create&destination=%3Cb%3E%22nonsense&promo_code=JESS20").await;
    assert_eq!(page.status(), 422);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(!page.headers().contains_key("location"));
    let text = page.text().await.unwrap();
    assert!(text.contains("value=\"&lt;b&gt;&quot;nonsense\"") && text.contains("value=\"JESS20\""), "{text}");
    assert!(text.contains("aria-invalid=\"true\"") && text.contains("class=\"fault\""), "{text}");
    // An action that the page does not have, and none at all.
    for form in ["", "do=%3Cb%3E"] {
        assert_eq!(send(&server, &cookie, form).await.status(), 422, "{form}");
    }
    assert_eq!(links().await, 0, "nothing was changed");
    let done = send(&server, &cookie, "do=create&destination=https%3A%2F%2Fshop.example%2Fp").await;
    assert_eq!(done.status(), 303, "a form that is accepted leads back");
    assert!(done.headers()["location"].to_str().unwrap().starts_with(LINKS));
    assert_eq!(links().await, 1);
    let anonymous = send(&server, "", "do=create&destination=https%3A%2F%2Fshop.example%2Fp").await;
    assert_eq!((anonymous.status().as_u16(), anonymous.headers()["location"].to_str().unwrap()), (302, "/sign-in"));
    let large = send(&server, &cookie, &format!("do=create&destination={}", "x".repeat(70_000))).await;
    assert!([413, 422].contains(&large.status().as_u16()), "{}", large.status());
    assert_eq!(links().await, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_inside_the_app_is_a_page() {
    let server = start_with(Engine::Sqlite, &[]).await;
    let cookie = server.sign_in().await;
    for path in ["/brand", "/brand/nothing", "/brand/attribution/nothing/at/all", "/creator/nothing"] {
        let get = server.http.get(format!("{}{path}", server.url)).header("cookie", &cookie);
        let page = get.header("accept", "text/html").send().await.unwrap();
        assert_eq!(page.status(), 404, "{path}");
        assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
        assert!(page.text().await.unwrap().contains("Page not found"), "{path}");
    }
    let stranger = server.http.get(format!("{}/brand/nothing", server.url)).send().await.unwrap();
    assert_eq!((stranger.status().as_u16(), stranger.headers()["location"].to_str().unwrap()), (302, "/sign-in"));
    let program = server.http.get(format!("{}/api/nothing", server.url)).send().await.unwrap();
    assert_eq!(program.status(), 404);
    assert_eq!(program.json::<serde_json::Value>().await.unwrap(), json!({"error": "Not found"}));
    server.stop().await;
}
