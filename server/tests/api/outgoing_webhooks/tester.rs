//! The webhook tester.

use domain::time::DAY_MS;
use flow::webhook::TesterRequest;

use super::*;

async fn requests(server: &TestServer) -> Vec<TesterRequest> {
    server.flow().webhooks().tester_requests(&admin(server)).await.unwrap()
}

/// The tester's address at this server; its public address is not where the test reaches it.
fn reachable(server: &TestServer, url: &str) -> String {
    url.replace("http://localhost:4000", &server.url)
}

async fn post(server: &TestServer, url: &str, body: String) -> u16 {
    // Those of one millisecond have no order.
    server.clock.advance(1);
    let request = server.http.post(reachable(server, url)).header("x-test", "yes").body(body);
    request.send().await.unwrap().status().as_u16()
}

async fn testers_show_what_they_receive(server: TestServer) {
    let flow = server.flow();
    assert_eq!(flow.webhooks().tester(&admin(&server)).await.unwrap(), None, "off unless it is created");
    let unknown = format!("http://localhost:4000/webhook-tester/{}", "0".repeat(64));
    assert_eq!(post(&server, &unknown, String::new()).await, 404);
    let url = flow.webhooks().create_tester(&admin(&server)).await.unwrap();
    assert_eq!(flow.webhooks().tester(&admin(&server)).await.unwrap(), Some(url.clone()));
    assert_eq!(post(&server, &url, r#"{"a":1}"#.into()).await, 200);
    assert_eq!(post(&server, &format!("{url}?status=503"), "second".into()).await, 503);
    assert_eq!(post(&server, &format!("{url}?status=99"), "third".into()).await, 200);
    let found = requests(&server).await;
    let bodies: Vec<&[u8]> = found.iter().rev().map(|request| request.body.as_slice()).collect();
    assert_eq!(bodies, [&br#"{"a":1}"#[..], b"second", b"third"]);
    assert!(found[0].headers.contains(&("x-test".to_owned(), "yes".to_owned())));
    assert_eq!(post(&server, &url, "a".repeat(70_000)).await, 413);

    // Fifty in a minute, and fifty in all.
    for n in 4..=50 {
        assert_eq!(post(&server, &url, n.to_string()).await, 200, "{n}");
    }
    assert_eq!(post(&server, &url, "too many".into()).await, 429);
    server.clock.advance(60_000);
    assert_eq!(post(&server, &url, "the next minute".into()).await, 200);
    let found = requests(&server).await;
    assert_eq!((found.len(), found[49].body.as_slice()), (50, &b"second"[..]));

    let other = flow.webhooks().create_tester(&admin(&server)).await.unwrap();
    assert_eq!((post(&server, &url, String::new()).await, post(&server, &other, String::new()).await), (404, 200));
    server.clock.advance(DAY_MS);
    assert_eq!(requests(&server).await, []);
    flow.webhooks().remove_tester(&admin(&server)).await.unwrap();
    assert_eq!(post(&server, &other, String::new()).await, 404);
    server.stop().await;
}

/// The server's own address is a private one here, and no connection is opened to it.
async fn endpoints_may_be_the_servers_own_tester(engine: Engine) {
    let server = start_with(engine, &[]).await;
    let url = server.flow().webhooks().create_tester(&admin(&server)).await.unwrap();
    let (id, _) = endpoint(&server, &format!("{url}?status=500")).await;
    happen(&server, vec![event(1, "a")]).await;
    until_state(&server, &id, &message(1), "due", 1).await;
    let edit = flow::webhook::EndpointEdit { url: Some(url.clone()), ..flow::webhook::EndpointEdit::default() };
    server.flow().webhooks().update(&admin(&server), &id, &edit).await.unwrap();
    server.clock.advance(60_000);
    until_state(&server, &id, &message(1), "delivered", 2).await;
    let found = requests(&server).await;
    assert_eq!(found.iter().map(|request| request.status).collect::<Vec<_>>(), [200, 500]);
    let header = |name: &str| found[0].headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
    assert_eq!(header("webhook-id"), Some(message(1).to_string()));
    assert!(header("webhook-signature").is_some_and(|signature| signature.starts_with("v1,")));
    assert!(String::from_utf8_lossy(&found[0].body).contains("Zoë"));

    server.flow().webhooks().remove_tester(&admin(&server)).await.unwrap();
    happen(&server, vec![event(2, "b")]).await;
    until_state(&server, &id, &message(2), "due", 1).await;
    let detail = server.flow().webhooks().delivery(&admin(&server), &id, &message(2)).await.unwrap();
    assert_eq!(detail.attempts[0].status, Some(404));
    server.stop().await;
}

async fn erased_creators_are_not_in_what_was_sent(server: TestServer) {
    let url = server.flow().webhooks().create_tester(&admin(&server)).await.unwrap();
    endpoint(&server, &url).await;
    // Receivers may answer with what they were sent.
    let echo = Receiver::start(|arrived| Reply { body: arrived.body.clone(), ..Reply::status(500) }).await;
    let (id, _) = endpoint(&server, &echo.url).await;
    let creator = server.flow().creators().create(&server.merchant, "Jessica Marlowe", "marlowe", "").await.unwrap();
    let event = echo.until(1).await[0].id();
    until_state(&server, &id, &event, "due", 1).await;
    until("the tester has it", async || !requests(&server).await.is_empty()).await;
    server.flow().creators().erase(&server.merchant, &creator.id).await.unwrap();
    crate::privacy::quiet(&server).await;
    let found = crate::privacy::found(&server, &["Marlowe".to_owned()]).await;
    assert_eq!(found, Vec::<String>::new());
    server.clock.advance(60_000);
    until("it is sent again", async || echo.arrived().len() > 1).await;
    let again = echo.arrived().into_iter().last().unwrap();
    assert!(again.id() == event && !again.body.contains("Marlowe"), "{}", again.body);
    server.stop().await;
}

beside_receivers!(testers_show_what_they_receive erased_creators_are_not_in_what_was_sent);

mod own_tester {
    use super::endpoints_may_be_the_servers_own_tester;

    beside_both_engines!(endpoints_may_be_the_servers_own_tester);
}
