//! Slow receivers, and who waits for them: nobody else.

use std::collections::BTreeSet;

use flow::setup::NewBrand;

use super::*;
use crate::test_server::operator;

/// Longer than these tests take.
const LONG: Duration = Duration::from_secs(12);

async fn slow_receivers_delay_nobody_else(server: TestServer) {
    let slow = Receiver::start(|_| Reply { after: LONG, ..Reply::status(200) }).await;
    let fast = Receiver::answering(200).await;
    for _ in 0..8 {
        endpoint(&server, &slow.url).await;
    }
    endpoint(&server, &fast.url).await;
    let new = NewBrand { name: "Other".into(), ..NewBrand::default() };
    let other = server.flow().setup().create_brand(operator(), &new).await.unwrap();
    let merchant = server.flow().access().merchant_by_operator(operator(), &other.id).await.unwrap();
    let theirs = Receiver::answering(200).await;
    let new = NewEndpoint { url: theirs.url.clone(), ..NewEndpoint::default() };
    server.flow().webhooks().create(&WebhookAdmin::try_from(&merchant).unwrap(), &new).await.unwrap();

    // Eight tarpits with forty objects each, which would take all slots.
    let events = |first: u8| (first..first + 40).map(|n| event(n, &format!("object {n}"))).collect::<Vec<_>>();
    happen(&server, events(1)).await;
    slow.until(8).await;
    happen_at(&server, &other.id, events(101)).await;
    theirs.until(40).await;
    fast.until(40).await;
    assert_eq!(slow.arrived().len(), 8, "one at a time to each of those who have not answered yet");
    server.stop().await;
}

async fn an_endpoint_is_sent_four_objects_at_a_time(server: TestServer) {
    let slow = Receiver::answering(200).await;
    let (id, _) = endpoint(&server, &slow.url).await;
    happen(&server, vec![event(1, "first")]).await;
    until_state(&server, &id, &message(1), "delivered", 1).await;
    slow.answer(|_| Reply { after: LONG, ..Reply::status(200) });
    happen(&server, (2..=13).map(|n| event(n, &format!("object {}", n / 2))).collect()).await;
    slow.until(5).await;
    a_moment().await;
    let objects: BTreeSet<MessageId> = slow.ids().into_iter().collect();
    assert_eq!(objects, [1, 2, 4, 6, 8].map(message).into(), "the first of each object");
    server.stop().await;
}

beside_receivers!(slow_receivers_delay_nobody_else an_endpoint_is_sent_four_objects_at_a_time);
