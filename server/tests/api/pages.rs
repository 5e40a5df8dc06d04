//! Pages as documents.

use core::time::Duration;

use tokio::sync::watch;

use crate::test_server::{Engine, start};

/// How long a page may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// The framework loads no page's data while it collects the routes of another server in the process, and what began to
/// load then would wait for ever.
#[tokio::test(flavor = "multi_thread")]
async fn pages_load_while_other_servers_start() {
    let server = start(Engine::Sqlite).await;
    let cookie = server.sign_in().await;
    let (http, url) = (server.http.clone(), format!("{}/brand/attribution", server.url));
    let (done, is_done) = watch::channel(false);
    let pages = tokio::spawn(async move {
        let mut count = 0;
        while !*is_done.borrow() {
            let page = http.get(&url).header("cookie", &cookie).header("accept", "text/html");
            let page = page.timeout(ANSWER_TIMEOUT).send().await.expect("a page in time");
            assert_eq!(page.status(), 200);
            count += 1;
        }
        count
    });
    for _ in 0..20 {
        start(Engine::Sqlite).await.stop().await;
    }
    done.send_replace(true);
    assert!(pages.await.unwrap() > 0);
    server.stop().await;
}

/// Each build has a folder of its own for its files, which browsers keep; the page itself is compressed and never kept.
#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_and_pages_are_compressed() {
    let server = start(Engine::Sqlite).await;
    let sign_in = server.http.get(format!("{}/sign-in", server.url)).header("accept-encoding", "gzip");
    let answer = sign_in.send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    let page = server.http.get(format!("{}/sign-in", server.url)).send().await.unwrap().text().await.unwrap();
    let (_, file) = page.split_once("href=\"/pkg/").unwrap();
    let (folder, _) = file.split_once("/app.css\"").unwrap();
    assert!(folder.len() == 16 && folder.bytes().all(|byte| byte.is_ascii_hexdigit()), "{folder}");
    for (folder, cache) in
        [(folder, "public, max-age=31536000, immutable"), ("older", "public, max-age=0, must-revalidate")]
    {
        let file = server.http.get(format!("{}/pkg/{folder}/app.js", server.url)).send().await.unwrap();
        assert_eq!(
            (file.status().as_u16(), &file.headers()["cache-control"]),
            (200, &cache.parse().unwrap()),
            "{folder}"
        );
    }
    let docs = server.http.get(format!("{}/docs", server.url)).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(docs.headers()["content-encoding"], "gzip");
    let api = server.http.get(format!("{}/api/v1/links", server.url)).bearer_auth(&server.server_key);
    let api = api.header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(api.headers().get("content-encoding"), None);
    server.stop().await;
}
