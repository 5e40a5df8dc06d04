//! Pages in the reader's language. The API stays English.

use reqwest::Response;

use crate::test_server::{Engine, TestServer, start};

async fn get(server: &TestServer, path: &str, cookie: &str, accepted: &str) -> String {
    let request = server.http.get(format!("{}{path}", server.url)).header("accept", "text/html");
    let request = request.header("cookie", cookie).header("accept-language", accepted);
    request.send().await.unwrap().text().await.unwrap()
}

async fn choose(server: &TestServer, language: &str, from: &str) -> Response {
    let request = server.http.post(format!("{}/language", server.url)).header("sec-fetch-site", "same-origin");
    request.form(&[("language", language), ("from", from)]).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_speaks_the_browsers_language_and_english_otherwise() {
    let server = start(Engine::Sqlite).await;
    let german = get(&server, "/sign-in", "", "de-DE,de;q=0.9,en;q=0.8").await;
    assert!(german.contains("<html lang=\"de\"") && german.contains("<h1 tabindex=\"-1\">Anmelden</h1>"), "{german}");
    assert!(german.contains("English</button>"), "the other language is offered: {german}");
    for accepted in ["en-GB,de;q=0.5", "fr-FR", "*"] {
        let english = get(&server, "/sign-in", "", accepted).await;
        assert!(
            english.contains("<html lang=\"en\"") && english.contains("<h1 tabindex=\"-1\">Sign in</h1>"),
            "{accepted}"
        );
    }
    let cookie = server.sign_in().await;
    let brand = get(&server, "/brand/attribution/settings/members", &cookie, "de").await;
    assert!(brand.contains(">Bestellungen</a>") && brand.contains("English</button>"), "{brand}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_is_kept_and_comes_before_the_browsers_language() {
    let server = start(Engine::Sqlite).await;
    let chosen = choose(&server, "de", "/sign-in?used").await;
    assert_eq!((chosen.status().as_u16(), chosen.headers()["location"].to_str().unwrap()), (303, "/sign-in?used"));
    let cookie = chosen.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(cookie, "__Host-cs_language=de");
    assert!(get(&server, "/sign-in?used", &cookie, "en").await.contains("Dieser Link funktioniert nicht mehr"));
    let refused = choose(&server, "tlh", "https://elsewhere.example/").await;
    assert_eq!((refused.headers().get("set-cookie"), refused.headers()["location"].to_str().unwrap()), (None, "/"));
    let foreign = server.http.post(format!("{}/language", server.url)).header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.form(&[("language", "de")]).send().await.unwrap().status(), 403);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_pages_speak_it_too_and_the_api_does_not() {
    let server = start(Engine::Sqlite).await;
    let cookie = server.sign_in().await;
    let missing = get(&server, "/brand/attribution/nothing", &cookie, "de").await;
    assert!(missing.contains("<html lang=\"de\"") && missing.contains("Seite nicht gefunden"), "{missing}");
    let order = "/brand/attribution/orders/ord_01m0000000000000000000000";
    let unknown = get(&server, order, &cookie, "de").await;
    assert!(unknown.contains("Nicht gefunden"), "{unknown}");
    let api = server.http.get(format!("{}/api/nothing", server.url)).header("accept-language", "de");
    assert_eq!(api.send().await.unwrap().json::<serde_json::Value>().await.unwrap()["error"], "Not found");
    server.stop().await;
}

/// What is refused before a page's handler is told to people as a page, and to programs as JSON.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_on_the_pages_addresses_are_pages() {
    let server = start(Engine::Sqlite).await;
    let cookie = server.sign_in().await;
    let refused = async |path: &str, accept: &str| {
        let request = server.http.post(format!("{}{path}", server.url)).header("sec-fetch-site", "cross-site");
        let request = request.header("accept", accept).header("accept-language", "de").header("cookie", &cookie);
        let answer = request.form(&[("do", "save")]).send().await.unwrap();
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap().to_owned(), answer.text().await)
    };
    for path in ["/brand/attribution/settings", "/sign-out", "/switch"] {
        let (status, kind, text) = refused(path, "text/html,application/xhtml+xml").await;
        assert_eq!((status, kind.as_str()), (403, "text/html; charset=utf-8"), "{path}");
        assert!(text.unwrap().contains("Es wurde nichts geändert"), "{path}");
        let (status, kind, text) = refused(path, "*/*").await;
        assert_eq!((status, kind.as_str()), (403, "application/json"), "{path}");
        assert!(text.unwrap().starts_with("{\"error\":"), "{path}");
    }
    let begun = get(&server, "/auth?shop=nowhere", "", "en").await;
    assert!(begun.contains("That could not be done") && begun.contains("shop must be a domain"), "{begun}");
    server.stop().await;
}
