//! The database away: what is in memory goes on working, everything else says so within a second.

use core::time::Duration;
use std::sync::Arc;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

use flow::{link::NewLink, setup::NewBrand};

use crate::test_server::{CHROME, Engine, TestServer, operator, start_on};

/// The way to PostgreSQL, which can be cut.
pub(crate) struct Wire {
    pub(crate) address: String,
    is_whole: Arc<watch::Sender<bool>>,
}

impl Wire {
    /// A way to the database with this address.
    pub(crate) async fn to(database: &str) -> Self {
        let url = url::Url::parse(database).unwrap();
        let target = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut through = url.clone();
        through.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let is_whole = Arc::new(watch::channel(true).0);
        let state = is_whole.clone();
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let (target, mut state) = (target.clone(), state.subscribe());
                tokio::spawn(async move {
                    if !*state.borrow() {
                        return;
                    }
                    let mut server = TcpStream::connect(target).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = state.wait_for(|is_whole| !is_whole) => {}
                    }
                });
            }
        });
        Self { address: through.into(), is_whole }
    }

    pub(crate) fn cut(&self) {
        self.is_whole.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.is_whole.send_replace(true);
    }
}

async fn get(server: &TestServer, path: &str, accept: &str) -> reqwest::Response {
    let request =
        server.http.get(format!("{}{path}", server.url)).header("user-agent", CHROME).header("accept", accept);
    // Before, it took five seconds.
    tokio::time::timeout(Duration::from_secs(2), request.send()).await.expect("an answer in time").unwrap()
}

fn pixel(key: &str) -> String {
    format!("/api/v1/track/pixel.js?key={key}")
}

async fn status(server: &TestServer, path: &str) -> u16 {
    get(server, path, "*/*").await.status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_memory_works_without_the_database() {
    let wire = Wire::to(&Engine::Postgres.fresh_database().await).await;
    let mut server = start_on(wire.address.clone(), &[]).await;
    let [clicked, unseen] =
        [server.link("https://shop.example/", "").await, server.link("https://shop.example/", "").await];
    let (clicked, unseen) = (format!("/{}", clicked.code), format!("/{}", unseen.code));
    assert_eq!(status(&server, &clicked).await, 302);
    assert_eq!(status(&server, "/zzzzzzzz").await, 404);
    // Read at start: the links of the last days, and all keys.
    server.restart().await;
    let found = status(&server, &pixel(&server.pixel_key)).await;
    let merchant = &server.merchant;
    let (_, new_key) =
        server.flow().setup().create_key(merchant, domain::api_key::KeyKind::Pixel, false).await.unwrap();

    wire.cut();
    for minutes in [10, 60] {
        // No longer fresh, and still used: by the first request that finds the database away, and by later ones.
        server.clock.advance(minutes * 60_000);
        assert_eq!(status(&server, &clicked).await, 302, "{minutes}");
        assert_eq!(status(&server, &pixel(&server.pixel_key)).await, found, "{minutes}");
        for unknown in [unseen.as_str(), "/zzzzzzzz", &pixel(&new_key)] {
            let answer = get(&server, unknown, "application/json").await;
            assert_eq!(answer.status(), 503, "{unknown}");
            assert_eq!(answer.headers()["retry-after"], "1");
            assert!(answer.text().await.unwrap().contains("Busy; try again in a moment"));
        }
    }
    let page = get(&server, &unseen, "text/html").await;
    assert_eq!((page.status().as_u16(), page.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    assert!(page.text().await.unwrap().contains("Please try again in a moment"));
    let click = serde_json::json!({"affiliate_url": format!("https://shop.example/?aff={}", &unseen[1..])});
    let click = server.http.post(format!("{}/api/v1/track/click", server.url)).body(click.to_string());
    assert_eq!(tokio::time::timeout(Duration::from_secs(2), click.send()).await.unwrap().unwrap().status(), 503);

    wire.mend();
    for _ in 0..100 {
        if status(&server, &unseen).await == 302 {
            assert_eq!(status(&server, &pixel(&new_key)).await, found);
            return server.stop().await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the database is back, and the link still does not work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brands_changes_forget_no_other_brands_links() {
    let wire = Wire::to(&Engine::Postgres.fresh_database().await).await;
    let server = start_on(wire.address.clone(), &[]).await;
    let flow = server.flow();
    let new = NewBrand { name: "Other".into(), ..NewBrand::default() };
    let other = flow.setup().create_brand(operator(), &new).await.unwrap();
    let other = flow.access().merchant_by_operator(operator(), &other.id).await.unwrap();
    let link = NewLink { destination: "https://other.example/".into(), ..NewLink::default() };
    // So many that a search that takes them part by part takes several.
    let mut theirs = Vec::new();
    for _ in 0..800 {
        theirs.push(format!("/{}", flow.links().create(&other, &link).await.unwrap().code));
    }
    let own = format!("/{}", server.link("https://shop.example/", "").await.code);
    for path in theirs.iter().chain([&own]) {
        assert_eq!(status(&server, path).await, 302);
    }
    let other = flow.access().merchant_by_operator(operator(), &other.brand().id).await.unwrap();
    flow.policies().save_hosts(&other, "elsewhere.example", "").await.unwrap();
    // Their links are forgotten: they lead nowhere now.
    let mut led = theirs.len();
    for _ in 0..100 {
        led = 0;
        for path in &theirs {
            led += usize::from(status(&server, path).await == 302);
        }
        if led == 0 {
            wire.cut();
            assert_eq!(status(&server, &own).await, 302, "ours is in memory");
            return server.stop().await;
        }
    }
    panic!("{led} links still lead to a host that is not allowed");
}

/// Longer than a batch is tried, so that its clicks must outlast it.
const OUTAGE: Duration = Duration::from_secs(24);

#[tokio::test(flavor = "multi_thread")]
async fn clicks_of_a_long_outage_are_stored_after_it() {
    let wire = Wire::to(&Engine::Postgres.fresh_database().await).await;
    let server = start_on(wire.address.clone(), &[]).await;
    let link = server.link("https://shop.example/", "").await;
    let path = format!("/{}", link.code);
    assert_eq!(status(&server, &path).await, 302);
    wire.cut();
    for _ in 0..4 {
        assert_eq!(status(&server, &path).await, 302);
        tokio::time::sleep(OUTAGE / 4).await;
    }
    let event = serde_json::json!({"event_type": "page_view", "pv_id": "550e8400-e29b-41d4-a716-446655440000"});
    let track = server.http.post(format!("{}/api/v1/track", server.url)).header("x-api-key", &server.pixel_key);
    let refused = track.body(event.to_string()).send().await.unwrap().status();
    assert_eq!(refused, 503, "what is not stored is not acknowledged");
    wire.mend();
    let stored = async || {
        let clicks = server.http.get(format!("{}/api/v1/clicks?limit=100", server.url)).bearer_auth(&server.server_key);
        let body: serde_json::Value = clicks.send().await.unwrap().json().await.unwrap();
        body["data"].as_array().map_or(0, Vec::len)
    };
    for _ in 0..200 {
        if stored().await == 5 {
            return server.stop().await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} of 5 clicks are stored", stored().await);
}

/// A server that is stopped once the database is back writes all that it has kept, and not one batch of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_after_an_outage_loses_no_clicks() {
    const CLICKS: usize = 1_200;
    let address = Engine::Postgres.fresh_database().await;
    let wire = Wire::to(&address).await;
    let server = start_on(wire.address.clone(), &[]).await;
    let link = server.link("https://shop.example/", "").await;
    let path = format!("/{}", link.code);
    assert_eq!(status(&server, &path).await, 302);
    wire.cut();
    for _ in 0..CLICKS / 40 {
        let answers = (0..40).map(|_| status(&server, &path));
        assert!(futures::future::join_all(answers).await.into_iter().all(|status| status == 302));
    }
    wire.mend();
    let brand = server.merchant.brand().id.clone();
    server.stop().await;
    let mut connection = crate::test_server::connect_to_all_brands(&address).await;
    let count = "select count(*) from clicks where brand_number = (select number from brands where id = $1)";
    let stored: i64 = sqlx::query_scalar(count).bind(brand.as_str()).fetch_one(&mut connection).await.unwrap();
    assert_eq!(usize::try_from(stored).unwrap(), CLICKS + 1);
}
