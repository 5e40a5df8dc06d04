//! Mails about questions, answers and payouts, and turning them off.

use domain::{CreatorId, account::Role};
use flow::webhook::{EndpointEdit, NewEndpoint, WebhookAdmin};

use super::{MailServer, ask, creator, join, location, open, post, session_of, with_mail};
use crate::{
    actions::{install, percent, promo, rule},
    outgoing_webhooks::Receiver,
    test_server::{Engine, TestServer, order, start_with},
};

/// A server on which Jess has a sale of 100.00 by her code, and her session.
async fn with_a_sale(engine: Engine) -> (TestServer, MailServer, CreatorId, String) {
    let (server, mail) = with_mail(engine).await;
    install(&server).await;
    let jess = creator(&server, "jess", "jess@example.com").await;
    rule(&server, percent("10")).await;
    server.flow().links().set_promo_code(&server.merchant, &jess, "JESS").await.unwrap();
    assert_eq!(server.deliver("orders/create", "one", &order(1001, "100.00", &promo("JESS"))).await, 200);
    server.settle().await;
    ask(&server, "jess@example.com").await;
    server.settle().await;
    let (own, _) = open(&server, &mail.token_for("jess@example.com")).await;
    (server, mail, jess, own)
}

/// Jess asks about her sale.
async fn asks(server: &TestServer, own: &str, text: &str) {
    let session = server.flow().access().creator_by_session(session_of(own)).await.unwrap();
    let sale = server.flow().creator_view(&session).sales(None, 1).await.unwrap().remove(0);
    let id = sale.sale.order.to_string();
    let form = [("do", "ask"), ("order", id.as_str()), ("question", text)];
    assert_eq!(post(server, "/creator/sales", &form, own).await.status(), 303);
    server.settle().await;
}

/// The brand answers all that waits.
async fn answer(server: &TestServer, text: &str) {
    for question in server.flow().questions().open(&server.merchant).await.unwrap() {
        for _ in 0..2 {
            server.flow().questions().answer(&server.merchant, &question.id, text).await.unwrap();
        }
    }
    server.settle().await;
}

/// Pays Jess. Returns the payout's page for her.
async fn pay(server: &TestServer, jess: &CreatorId, key: &str) -> String {
    assert!(server.flow().commissions().adjust(&server.merchant, jess, "25.00", "", "A bonus", key).await.unwrap());
    let payout = server.flow().payouts().create(&server.merchant, "USD").await.unwrap();
    server.flow().payouts().mark_paid(&server.merchant, &payout.id, "").await.unwrap();
    server.settle().await;
    format!("/creator/paid/{}", payout.id)
}

/// What was sent: to whom, and the text with its long lines joined.
fn sent(mail: &MailServer) -> Vec<(String, String)> {
    mail.take().into_iter().map(|(to, text)| (to, text.replace("=\n", ""))).collect()
}

async fn questions_answers_and_payouts_are_mailed_once(engine: Engine) {
    let (server, mail, jess, own) = with_a_sale(engine).await;
    let boss = join(&server, &mail, "boss@example.com", Role::Owner).await;
    join(&server, &mail, "second@example.com", Role::Owner).await;
    join(&server, &mail, "ben@example.com", Role::Member).await;
    asks(&server, &own, "Why 10 % only?").await;
    asks(&server, &own, "Why 10 % only?").await;
    let mut mails = sent(&mail);
    mails.sort();
    let to: Vec<&str> = mails.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["boss@example.com", "second@example.com"], "each owner once");
    assert!(mails[0].1.contains("jess asks Vector about a sale") && !mails[0].1.contains("Why"), "{mails:?}");
    let link = mails[0].1.split("http://localhost:4000").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert_eq!(super::status(&server, &link, &boss).await, 200, "{link}");

    answer(&server, "Because we agreed so.").await;
    let mails = sent(&mail);
    assert!(matches!(&mails[..], [(to, _)] if to == "jess@example.com"), "{mails:?}");
    assert!(mails[0].1.contains("Vector answered your question") && !mails[0].1.contains("agreed"), "{mails:?}");

    let path = pay(&server, &jess, "one").await;
    let mails = sent(&mail);
    assert!(matches!(&mails[..], [(to, _)] if to == "jess@example.com"), "{mails:?}");
    assert!(
        mails[0].1.contains("paid you") && mails[0].1.contains(&path) && !mails[0].1.contains("25.00"),
        "{mails:?}"
    );
    assert_eq!(super::status(&server, &path, &own).await, 200);
    server.stop().await;
}

async fn people_turn_their_mails_off(engine: Engine) {
    let (server, mail, jess, own) = with_a_sale(engine).await;
    let boss = join(&server, &mail, "boss@example.com", Role::Owner).await;
    let form = [("do", "mails"), ("payouts", "on")];
    assert_eq!(location(&post(&server, "/creator/sessions", &form, &own).await), "/creator/sessions?done=mails");
    let settings = "/brand/attribution/settings";
    assert_eq!(location(&post(&server, settings, &[("do", "mails")], &boss).await), format!("{settings}?done=saved"));
    asks(&server, &own, "Why?").await;
    answer(&server, "So.").await;
    assert_eq!(sent(&mail), []);
    pay(&server, &jess, "one").await;
    assert_eq!(sent(&mail).len(), 1, "payouts are still wanted");
    post(&server, "/creator/sessions", &[("do", "mails"), ("answers", "on")], &own).await;
    post(&server, settings, &[("do", "mails"), ("questions", "on")], &boss).await;
    pay(&server, &jess, "two").await;
    assert_eq!(sent(&mail), []);
    asks(&server, &own, "Truly?").await;
    answer(&server, "Truly.").await;
    assert_eq!(sent(&mail).len(), 2);
    // An owner alone, whatever the brand wants of its others.
    let second = join(&server, &mail, "second@example.com", Role::Owner).await;
    let members = "/brand/attribution/settings/members";
    assert!(super::text_of(&server, members, &second).await.contains("E-mails you get"));
    let saved = post(&server, members, &[("do", "mails")], &second).await;
    assert_eq!(location(&saved), format!("{members}?done=mails"));
    asks(&server, &own, "And now?").await;
    let to: Vec<String> = sent(&mail).into_iter().map(|(to, _)| to).collect();
    assert_eq!(to, ["boss@example.com"]);
    // Who owns the brand and is its creator chooses for both, one after the other.
    let both = join(&server, &mail, "jess@example.com", Role::Owner).await;
    post(&server, members, &[("do", "mails")], &both).await;
    post(&server, "/creator/sessions", &[("do", "mails"), ("payouts", "on")], &own).await;
    answer(&server, "Now.").await;
    sent(&mail);
    asks(&server, &own, "Again?").await;
    let to: Vec<String> = sent(&mail).into_iter().map(|(to, _)| to).collect();
    assert_eq!(to, ["boss@example.com"]);
    server.stop().await;
}

/// A mail is in the language in which its reader was here last; one that a visitor asks for, in that of the page.
async fn mails_are_in_their_readers_language(engine: Engine) {
    let (server, mail, jess, own) = with_a_sale(engine).await;
    let boss = join(&server, &mail, "boss@example.com", Role::Owner).await;
    let back = post(&server, "/language", &[("language", "de"), ("from", "/creator")], &own).await;
    assert_eq!(location(&back), "/creator");
    pay(&server, &jess, "one").await;
    asks(&server, &own, "Warum?").await;
    answer(&server, "Darum.").await;
    let subjects: Vec<String> = sent(&mail)
        .into_iter()
        .map(|(to, text)| format!("{to} {}", text.lines().find(|line| line.starts_with("Subject: ")).unwrap()))
        .collect();
    let expected = [
        "jess@example.com Subject: Vector hat Sie bezahlt",
        "boss@example.com Subject: jess asks about a sale",
        "jess@example.com Subject: Vector hat Ihre Frage beantwortet",
    ];
    assert_eq!(subjects, expected);
    // Who signs in with a browser that speaks another language is written to in that one.
    post(&server, "/sign-in", &[("do", "ask"), ("email", "boss@example.com")], "__Host-cs_language=de").await;
    server.settle().await;
    let mails = sent(&mail);
    assert!(mails[0].1.contains("Subject: Ihr Anmeldelink"), "{mails:?}");
    post(&server, "/language", &[("language", "xx"), ("from", "/creator")], &own).await;
    post(&server, "/language", &[("language", "de"), ("from", "/")], "").await;
    asks(&server, &own, "Und warum?").await;
    let mails = sent(&mail);
    assert!(
        matches!(&mails[..], [(to, text)] if to == "boss@example.com" && text.contains("asks about a sale")),
        "{mails:?}"
    );
    assert_eq!(super::status(&server, "/brand/attribution", &boss).await, 200);
    server.stop().await;
}

/// A payout's page lists what the creator may see, and all of it adds up.
async fn a_creator_sees_what_a_payout_is_made_of(engine: Engine) {
    let (server, mail, jess, _) = with_a_sale(engine).await;
    server.clock.advance(31 * domain::time::DAY_MS);
    server.run_jobs().await;
    ask(&server, "jess@example.com").await;
    server.settle().await;
    let (own, _) = open(&server, &mail.token_for("jess@example.com")).await;
    let path = pay(&server, &jess, "one").await;
    let text = super::text_of(&server, &path, &own).await;
    // The code's own link does not share its revenue: the commission of 10.00 is in the sum only.
    assert!(text.contains("$35.00") && text.contains("Adjustment by your brand") && text.contains("$25.00"), "{text}");
    assert!(text.contains("Sales whose revenue your brand keeps private, together"), "{text}");
    let file = super::text_of(&server, &format!("{path}?format=csv"), &own).await;
    assert_eq!(file.lines().count(), 3, "{file}");
    let other = creator(&server, "ben", "ben@example.com").await;
    let session = server.flow().access().sign_in_link(&server.merchant, Some(&other)).await.unwrap();
    let (theirs, _) = open(&server, session.rsplit('/').next().unwrap()).await;
    assert_eq!(super::status(&server, &path, &theirs).await, 404, "another creator's");
    server.stop().await;
}

/// An endpoint answers 410 Gone: owners get a mail, members do not.
async fn owners_are_mailed_when_an_endpoint_is_disabled(engine: Engine) {
    let mail = MailServer::start().await;
    let options = ["--smtp-url", &mail.url, "--mail-from", super::FROM, "--webhook-allow-private"];
    let server = start_with(engine, &options).await;
    install(&server).await;
    join(&server, &mail, "boss@example.com", Role::Owner).await;
    join(&server, &mail, "member@example.com", Role::Member).await;
    let gone = Receiver::answering(410).await;
    let admin = WebhookAdmin::try_from(&server.merchant).unwrap();
    let new = NewEndpoint { url: gone.url.clone(), ..NewEndpoint::default() };
    let (endpoint, _) = server.flow().webhooks().create(&admin, &new).await.unwrap();
    mail.take();
    creator(&server, "jess", "jess@example.com").await;
    let mut mails = Vec::new();
    for _ in 0..500 {
        server.settle().await;
        mails.extend(sent(&mail));
        if !mails.is_empty() {
            break;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    server.settle().await;
    mails.extend(sent(&mail));
    let [(to, text)] = &mails[..] else { panic!("one mail: {mails:?}") };
    assert_eq!(to, "boss@example.com");
    assert!(text.contains("Subject: 127.0.0.1 gets no more events"), "{text}");
    assert!(text.contains("/brand/attribution/setup") && !text.contains(&endpoint.url), "{text}");
    // Who disables it knows.
    let edit = |is_enabled| EndpointEdit { is_enabled: Some(is_enabled), ..EndpointEdit::default() };
    for is_enabled in [true, false] {
        server.flow().webhooks().update(&admin, &endpoint.id, &edit(is_enabled)).await.unwrap();
    }
    server.settle().await;
    assert_eq!(sent(&mail), []);
    server.stop().await;
}

beside_both_engines!(
    owners_are_mailed_when_an_endpoint_is_disabled
    questions_answers_and_payouts_are_mailed_once people_turn_their_mails_off mails_are_in_their_readers_language
    a_creator_sees_what_a_payout_is_made_of
);
