//! Servers as they run in production, which send to the internet only.

use flow::webhook::{EndpointEdit, TypeNames};

use super::{tester::requests, *};

async fn urls_are_checked(server: TestServer) {
    for (url, types, fault) in [
        ("http://example.com/", None, "url must begin with https://"),
        ("https://127.1/", None, "url must lead to a public address"),
        ("https://[::ffff:10.0.0.1]/", None, "url must lead to a public address"),
        ("https://a:b@example.com/", Some("order.attributed"), "url must not contain a user name or password"),
        ("https://example.com/", Some("order.paid"), "types: unknown event type \"order.paid\""),
        (
            "nothing",
            Some("*"),
            "url must be an absolute URL such as https://example.com/webhooks; types: unknown event type \"*\"",
        ),
    ] {
        let types = types.map_or(TypeNames::All, |name| TypeNames::Some(vec![name.to_owned()]));
        let new = NewEndpoint { url: url.into(), types, description: String::new() };
        let error = server.flow().webhooks().create(&admin(&server), &new).await.unwrap_err();
        assert_eq!(error.to_string(), fault);
    }
    let new = NewEndpoint { url: "https://example.com/".into(), ..NewEndpoint::default() };
    for _ in 0..16 {
        server.flow().webhooks().create(&admin(&server), &new).await.unwrap();
    }
    let error = server.flow().webhooks().create(&admin(&server), &new).await.unwrap_err();
    assert_eq!(error.to_string(), "a brand has at most 16 webhook endpoints");
    server.stop().await;
}

/// The server's own address is a private one here, and no connection is opened to it.
async fn endpoints_may_be_the_servers_own_tester(server: TestServer) {
    let url = server.flow().webhooks().create_tester(&admin(&server)).await.unwrap();
    let (id, _) = endpoint(&server, &format!("{url}?status=500")).await;
    happen(&server, vec![event(1, "a")]).await;
    until_state(&server, &id, &message(1), "due", 1).await;
    let edit = EndpointEdit { url: Some(url.clone()), ..EndpointEdit::default() };
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

on_both_engines!(urls_are_checked endpoints_may_be_the_servers_own_tester);
