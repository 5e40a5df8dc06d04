//! Accounts outside Shopify: asking for a link, invitations, roles and sessions.

pub(crate) mod mail_server;
mod notices;
mod pages;
mod payout_details;
mod rights;

use domain::{
    CreatorId,
    account::{Invited, Role},
    language::Language,
    time::{DAY_MS, HOUR_MS},
};
use flow::{
    FlowError,
    access::{Merchant, Person},
};
use mail_server::MailServer;
use reqwest::Response;

use crate::test_server::{CHROME, Engine, TestServer, start, start_with};

const FROM: &str = "CreatorScore <hello@example.com>";

/// A server that sends its mail to a mail server of the test.
pub(crate) async fn with_mail(engine: Engine) -> (TestServer, MailServer) {
    let mail = MailServer::start().await;
    let server = start_with(engine, &["--smtp-url", &mail.url, "--mail-from", FROM]).await;
    (server, mail)
}

fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().unwrap()
}

/// Posts a form as a browser would, with the cookie of a session.
async fn post(server: &TestServer, path: &str, form: &[(&str, &str)], cookie: &str) -> Response {
    let request = server.http.post(format!("{}{path}", server.url)).header("sec-fetch-site", "same-origin");
    request.header("user-agent", CHROME).header("cookie", cookie).form(form).send().await.unwrap()
}

async fn ask(server: &TestServer, email: &str) -> Response {
    post(server, "/sign-in", &[("do", "ask"), ("email", email)], "").await
}

/// Uses a link up. Returns the session's cookie and where it leads.
async fn open(server: &TestServer, token: &str) -> (String, String) {
    let answer = post(server, &format!("/sign-in/{token}"), &[], "").await;
    let cookie = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
    (cookie.unwrap_or_default().to_owned(), location(&answer).to_owned())
}

fn session_of(cookie: &str) -> &str {
    cookie.split_once('=').unwrap().1
}

async fn person(server: &TestServer, cookie: &str) -> Person {
    server.flow().access().person_by_session(session_of(cookie)).await.unwrap()
}

async fn merchant(server: &TestServer, cookie: &str) -> Merchant {
    server.flow().access().merchant_by_session(session_of(cookie)).await.unwrap()
}

async fn status(server: &TestServer, path: &str, cookie: &str) -> u16 {
    let request = server.http.get(format!("{}{path}", server.url)).header("cookie", cookie);
    request.send().await.unwrap().status().as_u16()
}

async fn text_of(server: &TestServer, path: &str, cookie: &str) -> String {
    let request = server.http.get(format!("{}{path}", server.url)).header("cookie", cookie);
    request.send().await.unwrap().text().await.unwrap()
}

/// Lets somebody into the team. Returns the cookie of their session.
pub(crate) async fn join(server: &TestServer, mail: &MailServer, email: &str, role: Role) -> String {
    let accounts = server.flow().accounts();
    accounts.invite(&server.merchant, email, Invited::Team(role), Language::English).await.unwrap();
    server.settle().await;
    open(server, &mail.token_for(email)).await.0
}

async fn creator(server: &TestServer, name: &str, email: &str) -> CreatorId {
    server.flow().creators().create(&server.merchant, name, name, email).await.unwrap().id
}

/// Whoever asks learns nothing, and only who is somebody gets a mail.
async fn asking_tells_nothing(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    creator(&server, "jess", "jess@example.com").await;
    let (known, unknown) = (ask(&server, "Jess@example.com").await, ask(&server, "nobody@example.com").await);
    assert_eq!((known.status(), location(&known)), (unknown.status(), location(&unknown)));
    assert_eq!(location(&known), "/sign-in?sent");
    server.settle().await;
    let token = mail.token_for("jess@example.com");
    assert_eq!(ask(&server, "no address").await.status(), 422);

    assert_eq!(status(&server, &format!("/sign-in/{token}"), "").await, 200);
    assert_eq!(status(&server, &format!("/sign-in/{token}"), "").await, 200, "looking does not use it up");
    let (cookie, to) = open(&server, &token).await;
    assert_eq!((to.as_str(), status(&server, "/creator", &cookie).await), ("/creator", 200));
    assert_eq!(open(&server, &token).await.1, "/sign-in?used");

    ask(&server, "jess@example.com").await;
    server.settle().await;
    let late = mail.token_for("jess@example.com");
    server.clock.advance(15 * 60_000);
    assert_eq!(open(&server, &late).await.1, "/sign-in?used", "after 15 minutes");
    server.stop().await;
}

async fn asking_is_bounded(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    creator(&server, "jess", "jess@example.com").await;
    for _ in 0..5 {
        assert_eq!(location(&ask(&server, "jess@example.com").await), "/sign-in?sent");
        server.settle().await;
    }
    assert_eq!(mail.take().len(), 3, "an address has three links at a time");
    for _ in 5..10 {
        assert_eq!(location(&ask(&server, "nobody@example.com").await), "/sign-in?sent");
    }
    assert_eq!(ask(&server, "nobody@example.com").await.status(), 429, "ten in a minute");
    server.clock.advance(60_000);
    assert_eq!(location(&ask(&server, "nobody@example.com").await), "/sign-in?sent");
    let cross_site = server.http.post(format!("{}/sign-in", server.url)).header("origin", "https://evil.example");
    assert_eq!(cross_site.form(&[("email", "a@b.de")]).send().await.unwrap().status(), 403);
    server.stop().await;
}

async fn mails_are_sent_again_with_the_same_link(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    creator(&server, "jess", "jess@example.com").await;
    mail.set_broken(true);
    ask(&server, "jess@example.com").await;
    server.run_jobs().await;
    mail.refusal().await;
    mail.set_broken(false);
    go_on(&server, 2_000).await;
    let token = mail.token_for("jess@example.com");
    assert_eq!(open(&server, &token).await.1, "/creator");

    // What can no longer be used is not sent.
    mail.set_broken(true);
    ask(&server, "jess@example.com").await;
    server.run_jobs().await;
    mail.refusal().await;
    server.clock.advance(HOUR_MS);
    mail.set_broken(false);
    go_on(&server, 60_000).await;
    assert_eq!(mail.take(), vec![]);
    server.stop().await;
}

/// Lets time pass until no job is left, also none that failed and waits for its next try.
async fn go_on(server: &TestServer, step_ms: i64) {
    while server.flow().backlog().await.unwrap().waiting > 0 {
        server.clock.advance(step_ms);
        server.run_jobs().await;
        tokio::time::sleep(core::time::Duration::from_millis(10)).await;
    }
}

async fn without_a_mail_server_nobody_asks(engine: Engine) {
    let server = start(engine).await;
    assert_eq!(ask(&server, "jess@example.com").await.status(), 404);
    let invited = server
        .flow()
        .accounts()
        .invite(&server.merchant, "a@b.de", Invited::Team(Role::Owner), Language::English)
        .await;
    assert!(matches!(invited, Err(FlowError::NotConfigured(_))), "{invited:?}");
    server.stop().await;
}

async fn invitations_last_a_week(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let accounts = server.flow().accounts();
    let invited = accounts
        .invite(&server.merchant, "Ana@example.com", Invited::Team(Role::Owner), Language::English)
        .await
        .unwrap();
    server.settle().await;
    let first = mail.token_for("ana@example.com");
    server.clock.advance(7 * DAY_MS - 1);
    assert_eq!(status(&server, &format!("/sign-in/{first}"), "").await, 200);
    let again = accounts.resend_invitation(&server.merchant, &invited.id, Language::English).await.unwrap();
    server.settle().await;
    let second = mail.token_for("ana@example.com");
    assert_ne!(first, second);
    assert_eq!(open(&server, &first).await.1, "/sign-in?used", "only the last one works");
    let (cookie, to) = open(&server, &second).await;
    assert_eq!((to.as_str(), merchant(&server, &cookie).await.role()), ("/brand/attribution", Role::Owner));
    assert!(
        accounts.resend_invitation(&server.merchant, &again.id, Language::English).await.is_err(),
        "it is accepted"
    );
    let again =
        accounts.invite(&server.merchant, "ana@example.com", Invited::Team(Role::Member), Language::English).await;
    assert!(matches!(again, Err(FlowError::Invalid(_))), "she is in the team");

    let late = accounts
        .invite(&server.merchant, "ben@example.com", Invited::Team(Role::Member), Language::English)
        .await
        .unwrap();
    server.settle().await;
    let token = mail.token_for("ben@example.com");
    server.clock.advance(7 * DAY_MS);
    assert_eq!(open(&server, &token).await.1, "/sign-in?used");
    assert_eq!(accounts.invitations(&server.merchant).await.unwrap()[0].id, late.id, "it is shown as expired");
    accounts.revoke_invitation(&server.merchant, &late.id).await.unwrap();
    assert_eq!(accounts.invitations(&server.merchant).await.unwrap(), vec![]);
    server.stop().await;
}

/// One login for all brands of a person: by the address that they have proven.
async fn a_creator_has_one_login_for_all_brands(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let flow = server.flow();
    let first = creator(&server, "jess", "jess@example.com").await;
    let new = flow::setup::NewBrand { name: "Aster".into(), ..flow::setup::NewBrand::default() };
    let other = flow.setup().create_brand(crate::test_server::operator(), &new).await.unwrap();
    let other = flow.access().merchant_by_operator(crate::test_server::operator(), &other.id).await.unwrap();
    let second = flow.creators().create(&other, "Jess S", "jess", "jess@example.com").await.unwrap().id;
    ask(&server, "jess@example.com").await;
    server.settle().await;
    let (cookie, _) = open(&server, &mail.token_for("jess@example.com")).await;
    let places = flow.accounts().places(&person(&server, &cookie).await).await.unwrap();
    let shown: Vec<_> = places.iter().map(|known| (known.brand_name.as_str(), known.place.creator.clone())).collect();
    assert_eq!(shown, [("Aster", Some(second)), ("Vector", Some(first.clone()))]);
    let here = async || {
        let session = flow.access().creator_by_session(session_of(&cookie)).await.unwrap();
        (session.brand().name.clone(), session.creator().clone())
    };
    assert_eq!(here().await.0, "Aster");
    let menu = text_of(&server, "/creator", &cookie).await;
    assert!(menu.contains("Other brands") && menu.contains("action=\"/switch\""), "{menu}");
    let brand = server.merchant.brand().id.to_string();
    let form = [("brand", brand.as_str()), ("creator", first.as_str())];
    let moved = post(&server, "/switch", &form, &cookie).await;
    assert_eq!((location(&moved), here().await), ("/creator", ("Vector".to_owned(), first.clone())));
    let team = post(&server, "/switch", &[("brand", brand.as_str())], &cookie).await;
    assert_eq!((team.status().as_u16(), here().await.0.as_str()), (404, "Vector"), "not hers");

    // The next session begins where the last one was, whoever else writes her address down meanwhile.
    let new = flow::setup::NewBrand { name: "A first name".into(), ..flow::setup::NewBrand::default() };
    let stranger = flow.setup().create_brand(crate::test_server::operator(), &new).await.unwrap();
    let stranger = flow.access().merchant_by_operator(crate::test_server::operator(), &stranger.id).await.unwrap();
    let known = flow.creators().create(&stranger, "J", "j", "jess@example.com").await.unwrap().id;
    server.clock.advance(1_000);
    let link = flow.access().sign_in_link(&stranger, Some(&known)).await.unwrap();
    flow.access().sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
    let test_key = flow.setup().create_key(&stranger, domain::api_key::KeyKind::Server, true).await.unwrap().1;
    let body = serde_json::json!({"name": "J", "handle": "j", "email": "jess@example.com"});
    let made = server.http.post(format!("{}/api/v1/creators", server.url)).bearer_auth(&test_key).json(&body);
    let made = made.send().await.unwrap();
    assert_eq!(made.status(), 201);
    let places = flow.accounts().places(&person(&server, &cookie).await).await.unwrap();
    let shown: Vec<_> = places.iter().map(|known| known.brand_name.as_str()).collect();
    assert_eq!(shown, ["Aster", "Vector", "A first name"], "where she has been comes first, and no sandbox");
    ask(&server, "jess@example.com").await;
    server.settle().await;
    let (newer, _) = open(&server, &mail.token_for("jess@example.com")).await;
    assert_eq!(flow.access().creator_by_session(session_of(&newer)).await.unwrap().brand().name, "Vector");
    let sandboxed: serde_json::Value = made.json().await.unwrap();
    let url = format!("{}/api/v1/creators/{}/erase", server.url, sandboxed["id"].as_str().unwrap());
    assert_eq!(server.http.post(url).bearer_auth(&test_key).send().await.unwrap().status(), 200);
    let strangers = flow.creators().list(&stranger).await.unwrap();
    flow.creators().erase(&stranger, &strangers[0].id).await.unwrap();
    // An erased creator is no longer one of her pages, and at the end nothing of her is left.
    flow.creators().erase(&server.merchant, &first).await.unwrap();
    assert_eq!(status(&server, "/creator", &cookie).await, 303, "back to the sign-in page");
    assert!(flow.access().creator_by_session(session_of(&cookie)).await.is_err());
    ask(&server, "jess@example.com").await;
    server.settle().await;
    let (cookie, _) = open(&server, &mail.token_for("jess@example.com")).await;
    assert_eq!(flow.access().creator_by_session(session_of(&cookie)).await.unwrap().brand().name, "Aster");
    let hash = person(&server, &cookie).await.account().address.hash.clone();
    let creators = flow.creators().list(&other).await.unwrap();
    flow.creators().erase(&other, &creators[0].id).await.unwrap();
    assert_eq!(server.store.account_by_address(&hash).await.unwrap(), None);
    crate::privacy::quiet(&server).await;
    let marks = [hash, "jess@example.com".to_owned()];
    assert_eq!(crate::privacy::found(&server, &marks).await, Vec::<String>::new());
    server.stop().await;
}

async fn a_creator_is_invited_by_address(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let jess = creator(&server, "jess", "").await;
    let accounts = server.flow().accounts();
    accounts
        .invite(&server.merchant, "jess@example.com", Invited::Creator(jess.clone()), Language::English)
        .await
        .unwrap();
    server.settle().await;
    let token = mail.token_for("jess@example.com");
    let (cookie, to) = open(&server, &token).await;
    assert_eq!((to.as_str(), status(&server, "/creator", &cookie).await), ("/creator", 200));
    // From now on she signs in by herself.
    ask(&server, "jess@example.com").await;
    server.settle().await;
    assert_eq!(open(&server, &mail.token_for("jess@example.com")).await.1, "/creator");
    server.stop().await;
}

/// Spellings that are one account are mailed to one mailbox, so that nobody enters by another person's spelling.
async fn an_account_has_one_mailbox(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let jess = creator(&server, "jess", "Jess+shop@example.com").await;
    let accounts = server.flow().accounts();
    let mails = [
        ("jess+mine@example.com", "jess@example.com"),
        ("JESS@Example.com", "jess@example.com"),
        ("an.a+x@gmail.com", "an.a+x@gmail.com"),
    ];
    for (typed, reached) in mails {
        accounts.invite(&server.merchant, typed, Invited::Team(Role::Member), Language::English).await.unwrap();
        server.settle().await;
        mail.token_for(reached);
    }
    accounts
        .invite(&server.merchant, "jess+mine@example.com", Invited::Creator(jess), Language::English)
        .await
        .unwrap();
    server.settle().await;
    open(&server, &mail.token_for("jess@example.com")).await;
    ask(&server, "jess+other@example.com").await;
    server.settle().await;
    mail.token_for("jess@example.com");
    server.stop().await;
}

async fn so_many_invitations_are_sent_a_day(engine: Engine) {
    let (server, _mail) = with_mail(engine).await;
    let accounts = server.flow().accounts();
    // Addresses change, because one takes ten a day only.
    let invite = async |nth: i64| {
        let email = format!("ana{}@example.com", nth / 3);
        accounts.invite(&server.merchant, &email, Invited::Team(Role::Member), Language::English).await
    };
    let mut last = invite(0).await.unwrap();
    for nth in 1..store::members::INVITATIONS_PER_DAY_MAX {
        last = match nth % 3 {
            0 => accounts.resend_invitation(&server.merchant, &last.id, Language::English).await.unwrap(),
            1 => invite(nth).await.unwrap(),
            _ => {
                accounts.revoke_invitation(&server.merchant, &last.id).await.unwrap();
                invite(nth).await.unwrap()
            }
        };
    }
    for refused in [invite(0).await, accounts.resend_invitation(&server.merchant, &last.id, Language::English).await] {
        assert!(matches!(refused, Err(FlowError::Invalid(_))), "{refused:?}");
    }
    let open = accounts.invitations(&server.merchant).await.unwrap();
    assert!(open.iter().any(|invitation| invitation.id == last.id), "the last one stays");
    server.clock.advance(DAY_MS);
    invite(0).await.unwrap();
    server.stop().await;
}

/// Nobody's mailbox is filled by the invitations of many brands.
async fn a_mailbox_gets_few_invitations(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let accounts = server.flow().accounts();
    let new = flow::setup::NewBrand { name: "Aster".into(), ..flow::setup::NewBrand::default() };
    let other = server.flow().setup().create_brand(crate::test_server::operator(), &new).await.unwrap();
    let other = server.flow().access().merchant_by_operator(crate::test_server::operator(), &other.id).await.unwrap();
    let brands = [&server.merchant, &other];
    let most = usize::try_from(store::members::INVITATIONS_PER_MAILBOX_MAX).unwrap();
    for nth in 0..most {
        accounts
            .invite(brands[nth % 2], "ana@example.com", Invited::Team(Role::Member), Language::English)
            .await
            .unwrap();
        server.settle().await;
    }
    for brand in brands {
        let refused = accounts
            .invite(brand, "Ana@example.com", Invited::Team(Role::Member), Language::English)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("try again tomorrow"), "{refused}");
    }
    assert_eq!(mail.take().len(), most);
    accounts.invite(&other, "ben@example.com", Invited::Team(Role::Member), Language::English).await.unwrap();
    server.clock.advance(DAY_MS);
    accounts.invite(&other, "ana@example.com", Invited::Team(Role::Member), Language::English).await.unwrap();
    server.stop().await;
}

/// Whoever was given a creator's link by the brand is out once the brand says so.
async fn a_creator_is_signed_out_everywhere(engine: Engine) {
    let (server, _mail) = with_mail(engine).await;
    let access = server.flow().access();
    let (jess, ana) = (creator(&server, "jess", "").await, creator(&server, "ana", "").await);
    let mut links = Vec::new();
    for of in [&jess, &jess, &ana] {
        links.push(access.sign_in_link(&server.merchant, Some(of)).await.unwrap());
    }
    let token = |nth: usize| links[nth].rsplit('/').next().unwrap();
    let (hers, _) = open(&server, token(0)).await;
    let (other, _) = open(&server, token(2)).await;
    server.flow().accounts().sign_out_creator(&server.merchant, &jess).await.unwrap();
    assert_eq!(status(&server, "/creator", &hers).await, 303);
    assert_eq!(open(&server, token(1)).await.1, "/sign-in?used");
    assert_eq!(status(&server, "/creator", &other).await, 200, "another creator");
    server.stop().await;
}

async fn sessions_are_listed_and_ended(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let first = join(&server, &mail, "ana@example.com", Role::Owner).await;
    ask(&server, "ana@example.com").await;
    server.settle().await;
    let (second, _) = open(&server, &mail.token_for("ana@example.com")).await;
    server.clock.advance(2 * HOUR_MS);
    let ana = person(&server, &second).await;
    let accounts = server.flow().accounts();
    let sessions = accounts.sessions(&ana).await.unwrap();
    let shown: Vec<_> = sessions.iter().map(|one| (one.is_current, one.browser.as_deref())).collect();
    assert_eq!(shown, [(true, Some("Chrome on Windows")), (false, Some("Chrome on Windows"))]);
    assert_eq!(sessions[0].last_seen_at, server.clock_now());
    accounts.end_session(&ana, &sessions[1].id).await.unwrap();
    assert_eq!(status(&server, "/brand/attribution", &first).await, 302);
    assert!(accounts.end_session(&ana, &sessions[1].id).await.is_err());

    let ben = join(&server, &mail, "ben@example.com", Role::Member).await;
    let team = accounts.team_sessions(&server.merchant).await.unwrap();
    let bens = team.iter().find(|one| one.email.as_deref() == Some("ben@example.com")).unwrap();
    assert!(accounts.end_session(&ana, &bens.id).await.is_err(), "not hers");
    accounts.end_team_session(&server.merchant, &bens.id).await.unwrap();
    assert_eq!(status(&server, "/brand/attribution", &ben).await, 302);

    let out = post(&server, "/sign-out/everywhere", &[], &second).await;
    assert_eq!(location(&out), "/sign-in?everywhere");
    assert_eq!(status(&server, "/brand/attribution", &second).await, 302);
    server.stop().await;
}

beside_both_engines!(
    asking_tells_nothing asking_is_bounded mails_are_sent_again_with_the_same_link invitations_last_a_week
    a_creator_has_one_login_for_all_brands a_creator_is_invited_by_address sessions_are_listed_and_ended
    without_a_mail_server_nobody_asks an_account_has_one_mailbox so_many_invitations_are_sent_a_day
    a_creator_is_signed_out_everywhere a_mailbox_gets_few_invitations
);
