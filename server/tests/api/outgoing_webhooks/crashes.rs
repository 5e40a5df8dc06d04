//! Processes that end at the worst time, and processes side by side.

use domain::webhook::AT_ONCE_PER_ENDPOINT;
use store::webhooks::ClaimedDelivery;

use super::*;

/// Another process claims what is due, and is never heard of again.
async fn claim_and_die(server: &TestServer, id: &EndpointId) -> Vec<ClaimedDelivery> {
    let (brand, now) = (&server.merchant.brand().id, server.clock_now());
    server.store.claim_deliveries(brand, id, now, now.plus_ms(60_000), AT_ONCE_PER_ENDPOINT, 9).await.unwrap()
}

async fn a_process_that_ends_between_claim_and_send_loses_nothing(mut server: TestServer) {
    let receiver = Receiver::answering(200).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    // The sender of this process must not be the one that claims.
    server.running.take().unwrap().stop().await;
    let brand = server.merchant.brand().id.clone();
    let events = NewEvents { events: vec![event(1, "a"), event(2, "a"), event(3, "b")], dispatch: None };
    server.store.write_events(&brand, &events).await.unwrap();
    server.store.sequence_events(&brand, NOW, 10).await.unwrap();
    assert!(server.store.queue_deliveries(&brand, NOW, 10).await.unwrap());
    assert_eq!(claim_and_die(&server, &id).await.len(), 2);

    server.restart().await;
    a_moment().await;
    assert_eq!(receiver.arrived().len(), 0, "somebody may still be sending them");
    server.clock.advance(60_000);
    receiver.until(3).await;
    for n in [1, 2, 3] {
        until_state(&server, &id, &message(n), "delivered", 1).await;
    }
    let mut ids = receiver.ids();
    ids.sort();
    assert_eq!(ids, [1, 2, 3].map(message), "each once");
    server.stop().await;
}

async fn a_process_that_ends_between_send_and_commit_doubles_what_its_id_shows(mut server: TestServer) {
    let receiver = Receiver::start(|_| Reply { after: Duration::from_secs(30), ..Reply::status(200) }).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    happen(&server, vec![event(1, "a")]).await;
    receiver.until(1).await;
    // The process ends while it waits for the answer.
    server.restart().await;
    receiver.answer(|_| Reply::status(200));
    server.clock.advance(60_000);
    until_state(&server, &id, &message(1), "delivered", 1).await;
    assert_eq!(receiver.ids(), [message(1), message(1)], "the same id");
    let arrived = receiver.arrived();
    assert_eq!(arrived[0].body, arrived[1].body);
    server.stop().await;
}

async fn a_process_that_ends_before_it_queued_loses_nothing(mut server: TestServer) {
    let receiver = Receiver::answering(200).await;
    endpoint(&server, &receiver.url).await;
    let brand = server.merchant.brand().id.clone();
    let events = NewEvents { events: vec![event(1, "a")], dispatch: None };
    server.store.write_events(&brand, &events).await.unwrap();
    // Numbered, and then the process ends.
    server.store.sequence_events(&brand, NOW, 10).await.unwrap();
    server.restart().await;
    happen(&server, vec![event(2, "a")]).await;
    receiver.until(2).await;
    assert_eq!(receiver.ids(), [message(1), message(2)]);
    server.stop().await;
}

beside_receivers!(
    a_process_that_ends_between_claim_and_send_loses_nothing
    a_process_that_ends_between_send_and_commit_doubles_what_its_id_shows
    a_process_that_ends_before_it_queued_loses_nothing
);
