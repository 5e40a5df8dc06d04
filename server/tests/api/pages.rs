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
