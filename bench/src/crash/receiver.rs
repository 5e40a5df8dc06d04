//! A receiver of webhooks that outlives the server: what it was sent is held to the events that are stored.

use core::{net::SocketAddr, time::Duration};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use tokio::{net::TcpListener, sync::Mutex};

use crate::{
    Failure,
    engine::Engine,
    server::{Brand, create_endpoint},
};

/// How long it takes to answer: so long a delivery is under way, and a kill can hit it.
const ANSWER_AFTER: Duration = Duration::from_millis(5);
/// How long the last deliveries may take: those that a killed process had claimed wait for a minute.
const WAIT_S: usize = 180;

type Received = Arc<Mutex<BTreeMap<String, Vec<Bytes>>>>;

/// The receiver, and what it was sent by `webhook-id`.
pub(super) struct Receiver {
    received: Received,
}

impl Receiver {
    /// Starts it, and has the brand send it every event from now on.
    pub(super) async fn start(binary: &Path, engine: &Engine, brand: &Brand) -> Result<Self, Failure> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let url = format!("http://{}/webhooks", listener.local_addr()?);
        let received = Received::default();
        let router = Router::new().route("/webhooks", post(take)).with_state(Arc::clone(&received));
        tokio::spawn(async move { axum::serve(listener, router).await });
        create_endpoint(binary, engine, brand, &url)?;
        Ok(Self { received })
    }

    /// Waits until nothing is to be sent any more, and says what became of the events. Fails if one never arrived, or
    /// arrived with two bodies.
    pub(super) async fn check(&self, engine: &Engine) -> Result<(), Failure> {
        for _ in 0..WAIT_S {
            // Its endpoint is older than each event, and wants all of them.
            let events = engine.count("outbound_events").await?;
            let deliveries = engine.count("webhook_deliveries where finished_at is not null").await?;
            if events == deliveries {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let stored: BTreeSet<String> = engine.texts("select id from outbound_events").await?.into_iter().collect();
        let received = self.received.lock().await;
        let lost = stored.iter().filter(|id| !received.contains_key(*id)).count();
        let unknown = received.keys().filter(|id| !stored.contains(*id)).count();
        let repeated = received.values().filter(|bodies| bodies.len() > 1).count();
        let changed = received.values().filter(|bodies| bodies.iter().any(|body| body != &bodies[0])).count();
        println!(
            "\nwebhooks: {} events, {lost} never arrived, {repeated} arrived more than once with the same id, \
             {changed} of these with another body, {unknown} were of no event",
            stored.len()
        );
        if stored.is_empty() || lost + changed + unknown > 0 {
            return Err("webhooks were lost, or doubled without showing it".into());
        }
        Ok(())
    }
}

async fn take(State(received): State<Received>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(id) = headers.get("webhook-id").and_then(|id| id.to_str().ok()) else { return StatusCode::BAD_REQUEST };
    received.lock().await.entry(id.to_owned()).or_default().push(body);
    tokio::time::sleep(ANSWER_AFTER).await;
    StatusCode::OK
}
