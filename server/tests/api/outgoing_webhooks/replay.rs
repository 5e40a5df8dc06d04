//! Sending again what an endpoint did not get, or wants to see once more.

use domain::time::DAY_MS;
use flow::webhook::{EndpointEdit, Replay, ReplayEvents};

use super::*;

async fn set_enabled(server: &TestServer, id: &EndpointId, is_enabled: bool) {
    let edit = EndpointEdit { is_enabled: Some(is_enabled), ..EndpointEdit::default() };
    server.flow().webhooks().update(&admin(server), id, &edit).await.unwrap();
}

async fn replay(server: &TestServer, id: &EndpointId, events: ReplayEvents, is_failed_only: bool) -> u64 {
    let replay = Replay { events, is_failed_only };
    let replayed = server.flow().webhooks().replay(&admin(server), id, &replay).await.unwrap();
    assert_eq!(replayed.rest, None);
    replayed.queued
}

async fn events_of_a_disabled_time_are_kept(server: TestServer) {
    let receiver = Receiver::answering(200).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    happen(&server, vec![event(1, "a")]).await;
    until_state(&server, &id, &message(1), "delivered", 1).await;
    set_enabled(&server, &id, false).await;
    happen(&server, vec![event(2, "a"), event(3, "b")]).await;
    let all = Replay { events: ReplayEvents::All, is_failed_only: true };
    assert!(server.flow().webhooks().replay(&admin(&server), &id, &all).await.is_err(), "disabled");
    assert!(server.flow().webhooks().send_test(&admin(&server), &id).await.is_err());
    set_enabled(&server, &id, true).await;
    happen(&server, vec![event(4, "c")]).await;
    until_state(&server, &id, &message(4), "delivered", 1).await;
    assert_eq!(receiver.ids(), [message(1), message(4)], "only what happens from now on");

    // With the event that reports the disabling.
    assert_eq!(replay(&server, &id, ReplayEvents::All, true).await, 3);
    receiver.until(5).await;
    assert_eq!(replay(&server, &id, ReplayEvents::All, true).await, 0, "all arrived");
    let missed: Vec<MessageId> = receiver.ids().into_iter().filter(|id| [2, 3].map(message).contains(id)).collect();
    assert_eq!(missed.len(), 2);
    server.stop().await;
}

async fn any_events_can_be_sent_again(server: TestServer) {
    let receiver = Receiver::answering(200).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    happen(&server, (1..=5).map(|n| event(n, "a")).collect()).await;
    until_state(&server, &id, &message(5), "delivered", 1).await;
    assert_eq!(receiver.ids(), [1, 2, 3, 4, 5].map(message));
    assert_eq!(replay(&server, &id, ReplayEvents::Event(message(3)), false).await, 1);
    until_state(&server, &id, &message(3), "delivered", 2).await;
    assert_eq!(replay(&server, &id, ReplayEvents::Sequences(2..=4), false).await, 3);
    until_state(&server, &id, &message(4), "delivered", 2).await;
    assert_eq!(receiver.ids()[5..], [3, 2, 3, 4].map(message), "in their order");
    assert_eq!(replay(&server, &id, ReplayEvents::Sequences(0..=i64::MAX), true).await, 0);
    assert_eq!(replay(&server, &id, ReplayEvents::Times(NOW.plus_ms(1), NOW.plus_ms(9)), false).await, 0);
    assert_eq!(replay(&server, &id, ReplayEvents::Times(NOW, NOW), false).await, 5);
    receiver.until(14).await;
    let unknown = Replay { events: ReplayEvents::Event(message(99)), is_failed_only: false };
    assert!(server.flow().webhooks().replay(&admin(&server), &id, &unknown).await.is_err());
    server.stop().await;
}

async fn dead_deliveries_are_sent_again_before_what_followed(server: TestServer) {
    let receiver = Receiver::answering(500).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    happen(&server, vec![event(1, "a"), event(2, "a"), event(3, "a")]).await;
    for attempts in 1..=10 {
        until("the next attempt", async || state_of(&server, &id, &message(1)).await.1 == attempts).await;
        server.clock.advance(DAY_MS / 3);
        if attempts > 3 {
            server.clock.advance(DAY_MS);
        }
        // The endpoint is not to be disabled in this story.
        if attempts == 4 {
            receiver.answer(|arrived| Reply::status(if arrived.body.contains(r#""n":1,"#) { 500 } else { 200 }));
            happen(&server, vec![event(9, "other")]).await;
        }
        if (5..10).contains(&attempts) {
            happen(&server, vec![event(10 + u8::try_from(attempts).unwrap(), "other")]).await;
        }
    }
    until_state(&server, &id, &message(1), "dead", 10).await;
    until_state(&server, &id, &message(3), "delivered", 1).await;
    receiver.answer(|_| Reply::status(200));
    assert_eq!(replay(&server, &id, ReplayEvents::All, true).await, 1);
    until_state(&server, &id, &message(1), "delivered", 11).await;
    server.stop().await;
}

async fn logs_are_kept_for_thirty_days(server: TestServer) {
    let receiver = Receiver::answering(200).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    happen(&server, vec![event(1, "a")]).await;
    until_state(&server, &id, &message(1), "delivered", 1).await;
    for (days, left) in [(29, 1), (2, 0)] {
        server.clock.advance(days * DAY_MS);
        until("the retention of the day", async || {
            server.settle().await;
            log(&server, &id).await.len() == left
        })
        .await;
    }
    server.stop().await;
}

beside_receivers!(
    events_of_a_disabled_time_are_kept any_events_can_be_sent_again dead_deliveries_are_sent_again_before_what_followed
    logs_are_kept_for_thirty_days
);
