//! When Klaviyo fails, asks to wait or refuses, and when this process ends at the worst time.

use core::time::Duration;

use super::*;
use domain::account::Role;

use crate::{
    accounts::{join, mail_server::MailServer},
    test_server::{flow_by, flow_on},
};

beside_both_engines! {
    klaviyo_is_waited_for_and_what_it_cannot_take_is_skipped
    a_refused_key_disables_and_tells
    owners_are_mailed_when_the_key_is_refused
    a_crash_between_send_and_commit_repeats_the_unique_id
    a_slow_klaviyo_does_not_keep_the_job_of_a_shared_order_past_its_lease
}

/// Says this about one collab, and takes the others.
fn about(collab: &'static str, reply: Reply) -> impl Fn(&Value) -> Option<Reply> + Send + Sync {
    move |event| (event["properties"]["collab_id"] == json!(collab)).then(|| reply.clone())
}

async fn klaviyo_is_waited_for_and_what_it_cannot_take_is_skipped(engine: Engine) {
    let (server, klaviyo) = start(engine).await;
    let (ana, _) = creator_with_link(&server, "ana", "").await;
    connect(&server, KEY).await;
    klaviyo.answer(about("col_1", Reply { retry_after: Some("7"), ..Reply::status(429) }));
    happen(&server, collabs(&ana, 1, 3)).await;
    until_state(&server, "waiting", &json!(true)).await;
    let waits = status(&server).await;
    assert_eq!((&waits["state"], &waits["behind"]), (&json!("waiting"), &json!(true)), "{waits}");
    assert_eq!(waits["next_attempt"], json!("2027-01-15T08:00:07.000Z"));
    server.clock.advance(6_999);
    server.settle().await;
    assert_eq!(klaviyo.requests().len(), 1, "not before it said");
    // Then it fails, each time for longer.
    klaviyo.answer(about("col_1", Reply::status(503)));
    server.clock.advance(1);
    for attempts in 1..=4_i64 {
        until_state(&server, "attempts", &json!(attempts)).await;
        server.clock.advance(1_000 << (attempts - 1));
    }
    until_state(&server, "attempts", &json!(5)).await;
    assert_eq!(klaviyo.events(), Vec::<Value>::new(), "the order is kept");
    // An event that it refuses for good delays no other. Its message is not stored: it may name a person.
    klaviyo.answer(about("col_1", Reply::status(400)));
    server.clock.advance(60_000);
    let events = until_sent(&server, &klaviyo, 2).await;
    let ids: Vec<&Value> = events.iter().map(|event| &event["properties"]["collab_id"]).collect();
    assert_eq!(ids, [&json!("col_2"), &json!("col_3")]);
    until_state(&server, "sent", &json!(2)).await;
    let shown = status(&server).await;
    assert_eq!((&shown["state"], &shown["sent"], &shown["skipped"]), (&json!("active"), &json!(2), &json!(1)));
    let error = shown["last_error"]["error"].as_str().unwrap();
    assert!(error.starts_with("Klaviyo answered with 400: scripted: /data/attributes of event msg_"), "{error}");
    assert_eq!(klaviyo.faults(), Vec::<String>::new());
    server.stop().await;
}

async fn a_refused_key_disables_and_tells(engine: Engine) {
    let (server, klaviyo) = start(engine).await;
    let (ana, _) = creator_with_link(&server, "ana", "").await;
    connect(&server, KEY).await;
    klaviyo.replace_key("pk_new");
    happen(&server, collabs(&ana, 1, 2)).await;
    until_state(&server, "disabled", &json!(true)).await;
    server.settle().await;
    let shown = status(&server).await;
    assert_eq!((&shown["state"], &shown["behind"]), (&json!("disabled"), &json!(true)), "{shown}");
    assert!(shown["last_error"]["error"].as_str().unwrap().starts_with("Klaviyo answered with 401"), "{shown}");
    let (_, list) = call(&server, Method::GET, "/events?types=integration.disabled", Value::Null).await;
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["data"], json!({"integration": "klaviyo", "reason": "key_refused"}));
    server.clock.advance(86_400_000);
    happen(&server, collabs(&ana, 3, 1)).await;
    server.settle().await;
    assert_eq!(klaviyo.events(), Vec::<Value>::new());
    // Another key goes on where it stopped.
    connect(&server, "pk_new").await;
    assert_eq!(until_sent(&server, &klaviyo, 3).await.len(), 3);
    assert_eq!(status(&server).await["state"], json!("active"));
    server.stop().await;
}

async fn owners_are_mailed_when_the_key_is_refused(engine: Engine) {
    let (klaviyo, mail) = (Klaviyo::start(KEY).await, MailServer::start().await);
    let smtp = ["--smtp-url", &mail.url, "--mail-from", "mail@creatorscore.example"];
    let klaviyo_url = ["--klaviyo-url", &klaviyo.url, "--webhook-allow-private"];
    let server = start_with(engine, &[smtp.as_slice(), &klaviyo_url].concat()).await;
    klaviyo.keep_time(&server.clock);
    let (ana, _) = creator_with_link(&server, "ana", "").await;
    join(&server, &mail, "boss@example.com", Role::Owner).await;
    connect(&server, KEY).await;
    klaviyo.replace_key("pk_new");
    mail.take();
    happen(&server, collabs(&ana, 1, 1)).await;
    until_state(&server, "disabled", &json!(true)).await;
    server.settle().await;
    let mails = mail.take();
    let [(to, text)] = &mails[..] else { panic!("one mail: {mails:?}") };
    assert!(to == "boss@example.com" && text.contains("Subject: Klaviyo gets no more events"), "{text}");
    assert!(text.contains("/brand/attribution/setup/klaviyo"), "{text}");
    server.stop().await;
}

async fn a_crash_between_send_and_commit_repeats_the_unique_id(engine: Engine) {
    let (mut server, klaviyo) = start(engine).await;
    let (ana, _) = creator_with_link(&server, "ana", "").await;
    connect(&server, KEY).await;
    server.settle().await;
    server.running.take().unwrap().stop().await;
    let brand = server.merchant.brand().id.clone();
    server.store.write_events(&brand, &collabs(&ana, 1, 1)).await.unwrap();
    server.store.sequence_events(&brand, NOW, 10).await.unwrap();
    server.store.enqueue(&job("klaviyo.send", Lane::Integrations, &brand)).await.unwrap();
    // Klaviyo takes the event, and the process ends before it knows.
    klaviyo.answer(|_| Some(Reply { after: Duration::from_secs(10), ..Reply::status(202) }));
    let settings = ["--klaviyo-url", klaviyo.url.as_str(), "--webhook-allow-private"];
    let (dying, _) = flow_on(&server.database, &settings, 1 << 40).await;
    let process = tokio::spawn(async move { dying.jobs().run_due(flow::Lane::Integrations, "", 10).await });
    for _ in 0..500 {
        if klaviyo.events().len() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    process.abort();
    assert!(process.await.unwrap_err().is_cancelled());

    klaviyo.answer(|_| None);
    server.clock.advance(120_000);
    server.restart().await;
    until_state(&server, "sent", &json!(1)).await;
    let arrived = klaviyo.requests();
    assert_eq!(arrived.len(), 2);
    assert_eq!(arrived[0]["unique_id"], arrived[1]["unique_id"]);
    assert_eq!(arrived[0], arrived[1]);
    assert_eq!(klaviyo.events().len(), 1, "Klaviyo keeps one of the two");
    server.stop().await;
}

async fn a_slow_klaviyo_does_not_keep_the_job_of_a_shared_order_past_its_lease(engine: Engine) {
    let (mut server, klaviyo) = start(engine).await;
    let mut credits = Vec::new();
    for n in 0..12 {
        let (creator, _) = creator_with_link(&server, &format!("creator{n:02}"), "").await;
        credits.push(json!({"creator": {"id": creator}, "link": null, "campaign_id": null, "amount_minor": 100}));
    }
    connect(&server, KEY).await;
    server.settle().await;
    server.running.take().unwrap().stop().await;
    let settings = ["--klaviyo-url", klaviyo.url.as_str(), "--webhook-allow-private"];
    let (flow, _) = flow_by(&server.database, &settings, 1 << 40, server.clock.clone()).await;
    let brand = server.merchant.brand().id.clone();
    let order = json!({
        "order_id": "ord_1", "external_id": "1", "name": "#1", "placed_at": NOW.to_rfc3339(), "currency": "USD",
        "net_minor": 1_200, "previous_net_minor": null, "is_new_customer": null, "model": "linear", "credits": credits,
        "needs_approval": false,
    });
    let shared = NewEvent {
        kind: EventType::OrderAttributed,
        object_id: "ord_1".into(),
        fact: "order.attributed:ord_1".into(),
        data: order.to_string(),
        ..collabs(&"crt_01hf7yat00fzzvzzzzzzzzzzzz".parse().unwrap(), 1, 1).events.remove(0)
    };
    server.store.write_events(&brand, &NewEvents { events: vec![shared], dispatch: None }).await.unwrap();
    server.store.sequence_events(&brand, NOW, 10).await.unwrap();
    // Every answer takes 10 seconds.
    let clock = server.clock.clone();
    klaviyo.answer(move |_| {
        clock.advance(10_000);
        None
    });
    server.store.enqueue(&job("klaviyo.send", Lane::Integrations, &brand)).await.unwrap();
    for _ in 0..12 {
        let began_at = server.clock_now();
        flow.jobs().run_due(flow::Lane::Integrations, "", 10).await.unwrap();
        assert!(server.clock_now() <= began_at.plus_ms(30_000), "half of the lease");
        server.clock.advance(1_000);
    }
    let mut ids: Vec<String> = klaviyo.requests().iter().map(|sent| sent["unique_id"].to_string()).collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), count), (12, 12), "each creator once");
    assert_eq!(flow.klaviyo().status(&server.merchant).await.unwrap().connection.sent, 12);
    assert_eq!(klaviyo.faults(), Vec::<String>::new());
}
