//! The order of events, and when they are sent again.

use domain::time::{DAY_MS, HOUR_MS};

use super::*;

async fn one_failing_object_holds_up_only_itself(server: TestServer) {
    let receiver = Receiver::start(|arrived| {
        let is_a = arrived.body.contains(r#""object_id":"a""#);
        Reply::status(if is_a { 500 } else { 200 })
    })
    .await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    happen(&server, vec![event(1, "a"), event(2, "a"), event(3, "b"), event(4, "c"), event(5, "b")]).await;
    for n in [3, 4, 5] {
        until_state(&server, &id, &message(n), "delivered", 1).await;
    }
    until_state(&server, &id, &message(1), "due", 1).await;
    assert_eq!(state_of(&server, &id, &message(2)).await, ("waiting".to_owned(), 0));
    let of_b: Vec<MessageId> = receiver.ids().into_iter().filter(|id| [message(3), message(5)].contains(id)).collect();
    assert_eq!(of_b, [message(3), message(5)]);

    // Ten attempts over three days or so; then the next event of the object has its turn.
    for attempts in 2..=10 {
        if attempts < 4 {
            a_moment().await;
        }
        assert_eq!(state_of(&server, &id, &message(1)).await, ("due".to_owned(), attempts - 1), "not before its time");
        server.clock.advance(29 * HOUR_MS);
        // Others arrive meanwhile, so the endpoint is not disabled.
        let other = 20 + u8::try_from(attempts).unwrap();
        happen(&server, vec![event(other, "b")]).await;
        until_state(&server, &id, &message(other), "delivered", 1).await;
        let state = if attempts == 10 { "dead" } else { "due" };
        until_state(&server, &id, &message(1), state, attempts).await;
    }
    until_state(&server, &id, &message(2), "due", 1).await;
    receiver.answer(|_| Reply::status(200));
    server.clock.advance(60_000);
    until_state(&server, &id, &message(2), "delivered", 2).await;
    let firsts = receiver.arrived().into_iter().filter(|arrived| arrived.id() == message(1)).collect::<Vec<_>>();
    assert_eq!(firsts.len(), 10);
    assert!(firsts.windows(2).all(|pair| pair[0].body == pair[1].body), "the same at every attempt");
    assert!(firsts[0].header("webhook-timestamp") < firsts[1].header("webhook-timestamp"), "but its time");
    let detail = server.flow().webhooks().delivery(&admin(&server), &id, &message(1)).await.unwrap();
    assert_eq!(detail.attempts.len(), 10);
    assert!(detail.attempts.iter().all(|attempt| attempt.answer.as_deref() == Some("answer 500")));
    server.stop().await;
}

async fn receivers_may_ask_for_time(server: TestServer) {
    let receiver = Receiver::start(|_| Reply { headers: vec![("retry-after", "1800")], ..Reply::status(429) }).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    happen(&server, vec![event(1, "a")]).await;
    until_state(&server, &id, &message(1), "due", 1).await;
    receiver.answer(|_| Reply::status(200));
    // Neither the delivery nor anything else is sent within half an hour.
    server.clock.advance(29 * 60_000);
    happen(&server, vec![event(2, "b")]).await;
    a_moment().await;
    assert_eq!(receiver.arrived().len(), 1);
    server.clock.advance(60_000);
    until_state(&server, &id, &message(1), "delivered", 2).await;
    until_state(&server, &id, &message(2), "delivered", 1).await;

    // But not for ever.
    receiver.answer(|_| Reply { headers: vec![("retry-after", "31536000")], ..Reply::status(503) });
    happen(&server, vec![event(3, "c")]).await;
    until_state(&server, &id, &message(3), "due", 1).await;
    receiver.answer(|_| Reply::status(200));
    server.clock.advance(DAY_MS);
    until_state(&server, &id, &message(3), "delivered", 2).await;
    server.stop().await;
}

async fn redirects_and_broken_receivers_are_failures(server: TestServer) {
    let elsewhere = Receiver::answering(200).await;
    let location: &'static str = elsewhere.url.clone().leak();
    let receiver =
        Receiver::start(move |_| Reply { headers: vec![("location", location)], ..Reply::status(307) }).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (closed, _) = endpoint(&server, &format!("http://{closed}/")).await;
    happen(&server, vec![event(1, "a")]).await;
    until_state(&server, &id, &message(1), "due", 1).await;
    until_state(&server, &closed, &message(1), "due", 1).await;
    assert_eq!(elsewhere.arrived().len(), 0, "redirects are not followed");
    let detail = server.flow().webhooks().delivery(&admin(&server), &closed, &message(1)).await.unwrap();
    assert_eq!((detail.attempts[0].status, detail.attempts[0].error.as_deref()), (None, Some("could not connect")));
    server.stop().await;
}

beside_receivers!(
    one_failing_object_holds_up_only_itself receivers_may_ask_for_time redirects_and_broken_receivers_are_failures
);
