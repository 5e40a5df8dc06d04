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
    assert_eq!(location(&done), format!("{SURVEY}?done=assigned"));
    post(&server, SURVEY, &[("do", "dismiss"), ("id", &id("google"))], &cookie).await;
    assert!(page(&server, SURVEY, &cookie).await.contains("Nothing to review"));
    server.stop().await;
}

beside_both_engines!(
    the_sign_in_page_keeps_what_it_refuses an_owner_manages_the_team setup_ticks_its_steps_and_makes_keys
    unclear_answers_are_decided_with_suggestions
);
