//! Webhooks to other systems, from the fact to receivers in this process.

use core::time::Duration;

use domain::{BrandId, EndpointId, MessageId, outbound::EventType, webhook::EndpointStatus};
use flow::webhook::{DeliveryQuery, NewEndpoint, WebhookAdmin};
use store::{
    jobs::{Lane, NewJob},
    outbound::{NewEvent, NewEvents},
};

use crate::test_server::{Engine, NOW, TestServer, start_with};

/// As `on_both_engines`, on servers that may send to receivers of this process.
macro_rules! beside_receivers {
    ($($name:ident)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    let server = crate::outgoing_webhooks::start(crate::test_server::Engine::Sqlite).await;
                    super::$name(server).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    let server = crate::outgoing_webhooks::start(crate::test_server::Engine::Postgres).await;
                    super::$name(server).await;
                }
            )*
        }
    };
}

mod command_line;
mod crashes;
mod disabling;
mod examples;
mod fairness;
mod order;
mod receiver;
mod replay;
#[expect(unreachable_pub, reason = "the code of a page of documentation, as receivers copy it")]
mod rust_receiver;
mod signature;
mod tester;

pub(crate) use receiver::{Receiver, Reply};

/// What lets a test server send to receivers of this process.
pub(crate) const ALLOW_PRIVATE: &[&str] = &["--webhook-allow-private"];

async fn start(engine: Engine) -> TestServer {
    start_with(engine, ALLOW_PRIVATE).await
}

fn admin(server: &TestServer) -> WebhookAdmin {
    WebhookAdmin::try_from(&server.merchant).unwrap()
}

/// Adds an endpoint for all events. Returns its id and secret.
async fn endpoint(server: &TestServer, url: &str) -> (EndpointId, String) {
    let new = NewEndpoint { url: url.into(), ..NewEndpoint::default() };
    let (endpoint, secret) = server.flow().webhooks().create(&admin(server), &new).await.unwrap();
    (endpoint.id, secret.reveal())
}

/// An event's id.
fn message(n: u8) -> MessageId {
    MessageId::new(NOW.0, [n; 10])
}

/// An event about an object.
fn event(n: u8, object: &str) -> NewEvent {
    NewEvent {
        id: message(n),
        kind: EventType::OrderAttributed,
        object_id: object.to_owned(),
        fact: format!("test:{n}"),
        data: format!(r#"{{"n":{n},"name":"Zoë"}}"#),
        at: NOW,
    }
}

/// Stores events of a brand, as the flow does with their facts; the server's own jobs do the rest.
async fn happen_at(server: &TestServer, brand: &BrandId, events: Vec<NewEvent>) {
    let dispatch = NewJob {
        kind: "events.dispatch",
        key: brand.to_string(),
        lane: Lane::Outbound,
        party: brand.to_string(),
        payload: serde_json::json!({ "brand": brand }).to_string(),
        run_at: NOW,
    };
    server.store.write_events(brand, &NewEvents { events, dispatch: Some(dispatch) }).await.unwrap();
    server.settle().await;
}

/// As [`happen_at`], of the test's brand.
async fn happen(server: &TestServer, events: Vec<NewEvent>) {
    happen_at(server, &server.merchant.brand().id.clone(), events).await;
}

/// Waits until something is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..1_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("after ten seconds still not: {what}");
}

/// Waits a little for what must not happen.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(1_300)).await;
}

/// The log of an endpoint, oldest event first: id, state, attempts.
async fn log(server: &TestServer, id: &EndpointId) -> Vec<(MessageId, String, i64)> {
    let page = server.flow().webhooks().deliveries(&admin(server), id, &DeliveryQuery::default()).await.unwrap();
    let rows = page.deliveries.into_iter().rev();
    rows.map(|delivery| (delivery.event, delivery.state.to_string(), delivery.attempts)).collect()
}

async fn state_of(server: &TestServer, id: &EndpointId, event: &MessageId) -> (String, i64) {
    let rows = log(server, id).await;
    let row = rows.into_iter().find(|(other, _, _)| other == event);
    row.map(|(_, state, attempts)| (state, attempts)).unwrap_or_default()
}

/// Waits until a delivery is in a state after so many attempts.
async fn until_state(server: &TestServer, id: &EndpointId, event: &MessageId, state: &str, attempts: i64) {
    let expected = (state.to_owned(), attempts);
    until(&format!("{event} {state} after {attempts}"), async || state_of(server, id, event).await == expected).await;
}

async fn status(server: &TestServer, id: &EndpointId) -> EndpointStatus {
    server.flow().webhooks().get(&admin(server), id).await.unwrap().status
}
