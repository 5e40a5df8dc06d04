//! `/api/fn` as a form without script calls it, and pages that are not there.

use serde_json::json;

use crate::test_server::{Engine, TestServer, start_with};

async fn send(server: &TestServer, form: &str, accept: &str) -> reqwest::Response {
    let request = server
        .http
        .post(format!("{}/api/fn/create-key", server.url))
        .header("cookie", server.sign_in().await)
        .header("origin", "http://localhost:4000")
        .header("referer", "http://localhost:4000/brand/attribution/setup?x=%22")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", accept);
    request.body(form.to_owned()).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_is_answered_with_a_page() {
    let server = start_with(Engine::Sqlite, &[]).await;
    for (form, fault) in [("", "the form is incomplete: "), ("kind=%3Cb%3E", "kind must be server or pixel")] {
        let page = send(&server, form, "text/html,application/xhtml+xml").await;
        assert_eq!(page.status(), 400, "{form}");
        assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(!page.headers().contains_key("location"));
        let text = page.text().await.unwrap();
        assert!(text.contains("This was not saved") && text.contains(fault), "{text}");
        assert!(text.contains("<a href=\"/brand/attribution/setup\">Go back</a>"), "{text}");
        let script = send(&server, form, "application/json").await;
        assert_eq!(
            (script.status().as_u16(), script.headers()["content-type"].to_str().unwrap()),
            (400, "application/json")
        );
        assert!(script.text().await.unwrap().contains(fault), "{form}");
    }
    let done = send(&server, "kind=pixel", "text/html").await;
    assert_eq!(done.status(), 302, "a form that is accepted leads back");
    let anonymous = server
        .http
        .post(format!("{}/api/fn/create-key", server.url))
        .header("origin", "http://localhost:4000")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .body("kind=pixel");
    let anonymous = anonymous.send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
    assert!(anonymous.text().await.unwrap().contains("You are signed out"));
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
