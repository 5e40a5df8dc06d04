//! The pages of accounts and settings, as people use them without script.

use domain::{
    account::{Invited, Role},
    api_key::KeyKind,
};

use super::{creator, join, location, merchant, post, with_mail};
use crate::test_server::{Engine, TestServer};

const MEMBERS: &str = "/brand/attribution/settings/members";
const SETUP: &str = "/brand/attribution/setup";
const SURVEY: &str = "/brand/attribution/survey";
const DECIDED: &str = "/brand/attribution/survey/decided";
const AUDIT: &str = "/brand/attribution/settings/audit";

async fn page(server: &TestServer, path: &str, cookie: &str) -> String {
    let request = server.http.get(format!("{}{path}", server.url)).header("cookie", cookie);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

/// Sends a form that is refused. Returns the page.
async fn refused(server: &TestServer, path: &str, form: &[(&str, &str)], cookie: &str, status: u16) -> String {
    let answer = post(server, path, form, cookie).await;
    let (found, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert_eq!(found, status, "{text}");
    text
}

async fn the_sign_in_page_keeps_what_it_refuses(engine: Engine) {
    let (server, _mail) = with_mail(engine).await;
    assert!(page(&server, "/sign-in", "").await.contains("E-mail address"));
    let text = refused(&server, "/sign-in", &[("do", "ask"), ("email", "ana at home")], "", 422).await;
    assert!(text.contains("value=\"ana at home\"") && text.contains("E-mail address must be one such as"), "{text}");
    assert!(page(&server, "/sign-in?sent", "").await.contains("Check your mail"));
    assert!(page(&server, "/sign-in?used", "").await.contains("no longer works"));
    server.stop().await;
}

async fn an_owner_manages_the_team(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let owner = join(&server, &mail, "ana@example.com", Role::Owner).await;
    let jess = creator(&server, "jess", "").await;
    let text = page(&server, MEMBERS, &owner).await;
    assert!(text.contains("ana@example.com") && text.contains("Where you are signed in"), "{text}");
    let form = [("do", "invite"), ("email", "nobody"), ("role", "member")];
    let text = refused(&server, MEMBERS, &form, &owner, 422).await;
    assert!(text.contains("value=\"nobody\"") && text.contains("E-mail address must be"), "{text}");
    let form = [("do", "invite"), ("email", "jess@example.com"), ("role", "creator"), ("creator", "")];
    assert!(refused(&server, MEMBERS, &form, &owner, 422).await.contains("Creator must be chosen"));
    assert_eq!(server.flow().accounts().invitations(&server.merchant).await.unwrap(), vec![]);

    let form = [("do", "invite"), ("email", "jess@example.com"), ("role", "creator"), ("creator", jess.as_str())];
    assert_eq!(location(&post(&server, MEMBERS, &form, &owner).await), format!("{MEMBERS}?done=invited"));
    let form = [("do", "invite"), ("email", "ben@example.com"), ("role", "member")];
    post(&server, MEMBERS, &form, &owner).await;
    let open = server.flow().accounts().invitations(&server.merchant).await.unwrap();
    assert_eq!(open.len(), 2);
    let text = page(&server, MEMBERS, &owner).await;
    assert!(text.contains("Creator jess") && text.contains("ben@example.com"), "{text}");
    let id = open.iter().find(|one| one.invited == Invited::Team(Role::Member)).unwrap().id.to_string();
    post(&server, MEMBERS, &[("do", "revoke"), ("id", &id)], &owner).await;
    assert_eq!(server.flow().accounts().invitations(&server.merchant).await.unwrap().len(), 1);
    server.settle().await;
    mail.take();

    let cookie = join(&server, &mail, "cleo@example.com", Role::Member).await;
    let cleo = merchant(&server, &cookie).await.account().unwrap().to_string();
    let form = [("do", "invite"), ("email", "dan@example.com"), ("role", "owner")];
    let text = refused(&server, MEMBERS, &form, &cookie, 403).await;
    assert!(text.contains("Only an owner may do this"), "{text}");
    post(&server, MEMBERS, &[("do", "role"), ("id", &cleo), ("role", "owner")], &owner).await;
    assert_eq!(merchant(&server, &cookie).await.role(), Role::Owner);
    post(&server, MEMBERS, &[("do", "remove"), ("id", &cleo)], &owner).await;
    assert!(!page(&server, MEMBERS, &owner).await.contains("cleo@example.com"));
    let ana = merchant(&server, &owner).await.account().unwrap().to_string();
    let text = refused(&server, MEMBERS, &[("do", "remove"), ("id", &ana)], &owner, 422).await;
    assert!(text.contains("A team needs an owner"), "{text}");
    server.stop().await;
}

async fn setup_ticks_its_steps_and_makes_keys(engine: Engine) {
    let server = crate::test_server::start(engine).await;
    let cookie = server.sign_in().await;
    let text = page(&server, SETUP, &cookie).await;
    assert!(text.contains("Set up CreatorScore · 0 of 5"), "{text}");
    let link = server.link("https://shop.example/", "").await;
    server.click(link.code.as_str()).await;
    let text = page(&server, SETUP, &cookie).await;
    assert!(text.contains("Set up CreatorScore · 2 of 5") && text.contains("we saw a click"), "{text}");
    assert!(text.contains("<setup-steps ") && text.contains("aria-label=\"QR code of"), "{text}");

    let answer = post(&server, SETUP, &[("do", "create-key"), ("kind", "server")], &cookie).await;
    let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert!(status == 200 && text.contains("cs_live_sk_"), "{text}");
    assert!(!page(&server, SETUP, &cookie).await.contains("cs_live_sk_"), "it is shown once");
    assert!(
        refused(&server, SETUP, &[("do", "create-key"), ("kind", "x")], &cookie, 422).await.contains("Type must be")
    );
    let keys = server.flow().setup().keys(&server.merchant).await.unwrap();
    let id = keys.iter().find(|key| key.kind == KeyKind::Server).unwrap().id.0.clone();
    let done = post(&server, SETUP, &[("do", "revoke-key"), ("id", &id)], &cookie).await;
    assert_eq!(location(&done), format!("{SETUP}?done=revoked"));
    let text = page(&server, "/brand/attribution/settings/audit", &cookie).await;
    assert!(text.contains("Revoked a key") && text.contains("Created a key") && !text.contains("key.revoke"), "{text}");
    server.stop().await;
}

async fn owners_add_webhook_endpoints_and_see_whether_events_arrive(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let owner = join(&server, &mail, "ana@example.com", Role::Owner).await;
    let member = join(&server, &mail, "ben@example.com", Role::Member).await;
    let text = page(&server, SETUP, &owner).await;
    assert!(text.contains("Webhooks to your systems") && text.contains("No endpoints"), "{text}");
    let new = |url: &'static str, types: &'static str| [("do", "create-endpoint"), ("url", url), ("types", types)];
    for (url, types, fault) in [
        ("nonsense", "", "Url must be an absolute URL"),
        ("https://hooks.example/", "order.paid", "Types: unknown event type"),
        ("https://127.0.0.1/", "", "Url must lead to a public address"),
    ] {
        let text = refused(&server, SETUP, &new(url, types), &owner, 422).await;
        assert!(text.contains(fault) && text.contains(&format!("value=\"{url}\"")), "{text}");
    }
    let form = new("https://hooks.example/cs", "order.attributed, payout.paid");
    refused(&server, SETUP, &form, &member, 403).await;
    let answer = post(&server, SETUP, &form, &owner).await;
    let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert!(status == 200 && text.contains("whsec_"), "{text}");
    let text = page(&server, SETUP, &owner).await;
    assert!(!text.contains("whsec_"), "it is shown once");
    assert!(text.contains("https://hooks.example/cs") && text.contains("order.attributed, payout.paid"), "{text}");
    for path in [SETUP.to_owned(), format!("{SETUP}?endpoints-format=csv")] {
        let text = page(&server, &path, &member).await;
        assert!(text.contains("hooks.example") && !text.contains("hooks.example/cs"), "addresses are secrets: {text}");
    }
    let id = server.flow().webhooks().list(&server.merchant).await.unwrap().remove(0).id.to_string();
    let press = async |action: &str, cookie: &str| post(&server, SETUP, &[("do", action), ("id", &id)], cookie).await;
    assert_eq!(press("remove-endpoint", &member).await.status(), 403);
    for (action, done, shown) in [
        ("test-endpoint", "endpoint-tested", "A test event is on its way"),
        ("disable-endpoint", "endpoint-disabled", "by your team"),
        ("enable-endpoint", "endpoint-enabled", "Works"),
        ("remove-endpoint", "endpoint-removed", "No endpoints"),
    ] {
        assert_eq!(location(&press(action, &owner).await), format!("{SETUP}?done={done}"));
        let text = page(&server, &format!("{SETUP}?done={done}"), &owner).await;
        assert!(text.contains(shown), "{action}: {text}");
    }
    assert_eq!(press("enable-endpoint", &owner).await.status(), 404);
    server.stop().await;
}

async fn unclear_answers_are_decided_with_suggestions(engine: Engine) {
    let server = crate::test_server::start(engine).await;
    let cookie = server.sign_in().await;
    let flow = server.flow();
    let report = |order: &str, answer: &str| flow::survey::SurveyReport {
        order_id: order.into(),
        question: "Who sent you?".into(),
        answer: answer.into(),
    };
    for (name, handle) in [("Jessica Styles", "jess"), ("Jessica Stone", "stone")] {
        flow.creators().create(&server.merchant, name, handle, "").await.unwrap();
    }
    flow.surveys().record_by_member(&server.merchant, &report("1", "jessica")).await.unwrap();
    flow.surveys().record_by_member(&server.merchant, &report("2", "google")).await.unwrap();
    let text = page(&server, SURVEY, &cookie).await;
    assert!(
        text.contains("2 answers do not clearly name a creator") && text.matches("class=\"suggestion\"").count() == 2,
        "{text}"
    );
    let open = server.open_answers().await;
    let id = |answer: &str| open.iter().find(|one| one.answer == answer).unwrap().id.to_string();
    let form = [("do", "assign"), ("id", &id("jessica")), ("creator", "")];
    assert!(refused(&server, SURVEY, &form, &cookie, 422).await.contains("Creator must be chosen"));
    let jess = flow.creators().list(&server.merchant).await.unwrap()[0].id.to_string();
    let done = post(&server, SURVEY, &[("do", "assign"), ("id", &id("jessica")), ("creator", &jess)], &cookie).await;
    assert_eq!(location(&done), format!("{SURVEY}?undo={}&done=assigned", id("jessica")));
    post(&server, SURVEY, &[("do", "dismiss"), ("id", &id("google"))], &cookie).await;
    assert!(page(&server, SURVEY, &cookie).await.contains("Nothing to review"));
    server.stop().await;
}

async fn decisions_about_answers_are_listed_and_taken_back(engine: Engine) {
    let server = crate::test_server::start(engine).await;
    let cookie = server.sign_in().await;
    let flow = server.flow();
    flow.creators().create(&server.merchant, "Jessica Styles", "jess", "").await.unwrap();
    for n in 0..27 {
        server.clock.advance(1);
        let report = flow::survey::SurveyReport {
            order_id: n.to_string(),
            question: "Who sent you?".into(),
            answer: format!("somebody {n}"),
        };
        flow.surveys().record_by_member(&server.merchant, &report).await.unwrap();
    }
    let text = page(&server, SURVEY, &cookie).await;
    assert_eq!(text.matches("class=\"card answer\"").count(), 25, "{text}");
    assert!(text.contains("Next →") && !text.contains("somebody 0”"), "{text}");
    let jess = flow.creators().list(&server.merchant).await.unwrap()[0].id.to_string();
    for (nth, answer) in server.open_answers().await.iter().enumerate() {
        let id = answer.id.to_string();
        let form: &[(&str, &str)] = if nth == 0 {
            &[("do", "dismiss"), ("id", &id)]
        } else {
            &[("do", "assign"), ("id", &id), ("creator", &jess)]
        };
        let done = post(&server, SURVEY, form, &cookie).await;
        assert!(location(&done).starts_with(&format!("{SURVEY}?undo={id}&done=")), "{}", location(&done));
        if nth == 0 {
            let text = page(&server, location(&done), &cookie).await;
            assert!(text.contains("Set aside") && text.contains("value=\"reopen\""), "{text}");
        }
    }
    let text = page(&server, DECIDED, &cookie).await;
    assert_eq!(text.matches("Review again").count(), 25, "{text}");
    assert!(text.contains("Next →") && text.contains("somebody 25") && !text.contains("somebody 26"), "{text}");
    let file = page(&server, &format!("{DECIDED}?format=csv"), &cookie).await;
    assert_eq!(file.lines().count(), 27, "the head and all that are credited: {file}");
    let dismissed = page(&server, &format!("{DECIDED}?state=dismissed"), &cookie).await;
    assert!(dismissed.contains("somebody 26") && dismissed.contains("None of them"), "{dismissed}");
    let (_, id) = dismissed.split_once("name=\"id\" value=\"").unwrap();
    let id = id.split('"').next().unwrap();
    let form = [("do", "reopen"), ("id", id)];
    let done = post(&server, &format!("{DECIDED}?state=dismissed"), &form, &cookie).await;
    assert_eq!(location(&done), format!("{DECIDED}?state=dismissed&done=reopened"));
    refused(&server, DECIDED, &form, &cookie, 404).await;
    let open = server.open_answers().await;
    assert_eq!((open.len(), open[0].answer.as_str()), (1, "somebody 26"));
    assert!(server.audit_log().await.iter().any(|(_, _, action, _)| action == "survey.reopen"));
    server.stop().await;
}

async fn a_creator_is_invited_on_their_own_page(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let cookie = server.sign_in().await;
    let jess = creator(&server, "jess", "").await;
    let path = format!("/brand/attribution/creators/{jess}");
    let text = page(&server, &path, &cookie).await;
    assert!(text.contains("Send invitation") && text.contains("Create sign-in link"), "{text}");
    let text = refused(&server, &path, &[("do", "invite"), ("email", "jess at home")], &cookie, 422).await;
    assert!(text.contains("value=\"jess at home\"") && text.contains("E-mail address must be"), "{text}");
    let done = post(&server, &path, &[("do", "invite"), ("email", "jess@example.com")], &cookie).await;
    assert_eq!(location(&done), format!("{path}?done=invited"));
    server.settle().await;
    let first = mail.token_for("jess@example.com");
    let text = page(&server, location(&done), &cookie).await;
    for word in ["The invitation is on its way.", "jess@example.com", "Invited on", "Send again", "Revoke", "Sent"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let invited = async || server.flow().accounts().invitations(&server.merchant).await.unwrap();
    let id = invited().await[0].id.to_string();
    let done = post(&server, &path, &[("do", "resend"), ("id", &id)], &cookie).await;
    assert_eq!(location(&done), format!("{path}?done=invited"));
    server.settle().await;
    assert_ne!(mail.token_for("jess@example.com"), first, "another link");
    let id = invited().await[0].id.to_string();
    let done = post(&server, &path, &[("do", "revoke"), ("id", &id)], &cookie).await;
    assert_eq!(location(&done), format!("{path}?done=revoked-invitation"));
    assert!(invited().await.is_empty());
    refused(&server, &path, &[("do", "resend"), ("id", &id)], &cookie, 404).await;

    post(&server, &path, &[("do", "invite"), ("email", "jess@example.com")], &cookie).await;
    server.settle().await;
    let (creator, to) = super::open(&server, &mail.token_for("jess@example.com")).await;
    assert_eq!(to, "/creator");
    assert_eq!(super::status(&server, "/creator", &creator).await, 200);
    assert!(!page(&server, &path, &cookie).await.contains("Invited on"), "it is accepted");
    server.stop().await;
}

async fn the_audit_log_is_paged_and_filtered(engine: Engine) {
    let server = crate::test_server::start(engine).await;
    let cookie = server.sign_in().await;
    for n in 0..30 {
        server.clock.advance(1);
        creator(&server, &format!("creator{n}"), "").await;
    }
    server.clock.advance(1);
    server.flow().setup().create_key(&server.merchant, KeyKind::Server, false).await.unwrap();
    let text = page(&server, AUDIT, &cookie).await;
    assert!(text.contains("Created a key") && text.contains("Next →"), "{text}");
    let next = text.split("href=\"").find(|rest| rest.contains("page=before-aud_")).unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let text = page(&server, &next, &cookie).await;
    assert!(text.contains("creator0") && text.contains("← Previous") && !text.contains("creator29"), "{text}");
    let text = page(&server, &format!("{AUDIT}?about=key"), &cookie).await;
    assert!(text.contains("Created a key") && !text.contains("Added a creator"), "{text}");
    let file = page(&server, &format!("{AUDIT}?about=creator&format=csv"), &cookie).await;
    assert_eq!(file.lines().count(), 31, "{file}");
    assert!(page(&server, &format!("{AUDIT}?about=payout"), &cookie).await.contains("Nothing of this kind"));
    server.stop().await;
}

beside_both_engines!(
    the_sign_in_page_keeps_what_it_refuses an_owner_manages_the_team setup_ticks_its_steps_and_makes_keys
    owners_add_webhook_endpoints_and_see_whether_events_arrive
    unclear_answers_are_decided_with_suggestions decisions_about_answers_are_listed_and_taken_back
    a_creator_is_invited_on_their_own_page the_audit_log_is_paged_and_filtered
);
