//! How creators are paid: who sets it, who sees it, and who is told of a change.

use domain::{
    CreatorId,
    account::{Invited, Role},
    language::Language,
    payout_details::PayoutMethod,
    time::DAY_MS,
};

use super::{MailServer, ask, creator, join, location, merchant, open, post, with_mail};
use crate::test_server::{Engine, TestServer};

const PAID: &str = "/creator/paid";
const IBAN: &str = "DE89 3704 0044 0532 0130 00";

async fn page(server: &TestServer, path: &str, cookie: &str) -> String {
    let request = server.http.get(format!("{}{path}", server.url)).header("cookie", cookie);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

/// The session of a creator who signs in by e-mail.
async fn signed_in(server: &TestServer, mail: &MailServer, email: &str) -> String {
    ask(server, email).await;
    server.settle().await;
    open(server, &mail.token_for(email)).await.0
}

fn bank(account: &str) -> [(&str, &str); 4] {
    [("do", "payout-details"), ("method", "bank"), ("holder", "Jess Example"), ("account", account)]
}

fn paypal(email: &str) -> [(&str, &str); 3] {
    [("do", "payout-details"), ("method", "paypal"), ("email", email)]
}

async fn balance(server: &TestServer, of: &CreatorId, key: &str) {
    assert!(server.flow().commissions().adjust(&server.merchant, of, "25.00", "", "A bonus", key).await.unwrap());
}

/// Open payout: what an owner reads on its page.
async fn payout_page(server: &TestServer, cookie: &str) -> String {
    let payout = server.flow().payouts().list(&server.merchant).await.unwrap().remove(0);
    page(server, &format!("/brand/attribution/payouts/{}", payout.id), cookie).await
}

async fn creators_say_how_they_are_paid(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let jess = creator(&server, "jess", "jess@example.com").await;
    let own = signed_in(&server, &mail, "jess@example.com").await;
    assert!(page(&server, PAID, &own).await.contains("does not know yet where to send your payouts"));
    let wrong = post(&server, PAID, &bank("DE89 3704 0044 0532 0130 01"), &own).await;
    let (status, text) = (wrong.status(), wrong.text().await.unwrap());
    assert!(status == 422 && text.contains("IBAN or account number must be a complete IBAN"), "{text}");
    assert!(text.contains("value=\"DE89 3704 0044 0532 0130 01\"") && text.contains("aria-invalid=\"true\""), "{text}");
    for _ in 0..2 {
        assert_eq!(location(&post(&server, PAID, &bank(IBAN), &own).await), "/creator/paid?done=details");
    }
    let text = page(&server, PAID, &own).await;
    assert!(text.contains("Bank transfer") && text.contains("DE•• •••• 3000") && !text.contains("0532"), "{text}");
    server.settle().await;
    assert_eq!(mail.take(), [], "nothing was replaced");

    // Owners pay, members do not.
    let details = format!("/brand/attribution/creators/{jess}");
    let owner = join(&server, &mail, "ana@example.com", Role::Owner).await;
    let text = page(&server, &details, &owner).await;
    assert!(
        text.contains("Jess Example, IBAN DE89 3704 0044 0532 0130 00") && text.contains("by the creator"),
        "{text}"
    );
    let member = join(&server, &mail, "ben@example.com", Role::Member).await;
    let text = page(&server, &details, &member).await;
    assert!(text.contains("Bank transfer") && !text.contains("0532"), "{text}");
    balance(&server, &jess, "one").await;
    let payout = server.flow().payouts().create(&server.merchant, "USD").await.unwrap();
    let text = payout_page(&server, &owner).await;
    assert!(text.contains("0532 0130 00") && text.contains("changed today by the creator"), "{text}");
    let text = payout_page(&server, &member).await;
    assert!(!text.contains("0532") && text.contains("changed today by the creator"), "{text}");
    // Whoever accepts an invitation could change it: members invite nobody in this creator's place.
    let invite = [("do", "invite"), ("email", "ben+jess@example.org")];
    assert_eq!(post(&server, &details, &invite, &member).await.status(), 403);
    assert_eq!(post(&server, &details, &invite, &owner).await.status(), 303);
    let refused = server.flow().payouts().paypal_csv(&server.merchant, &payout.id).await.unwrap_err().to_string();
    assert_eq!(refused, "jess has no PayPal address");
    server.clock.advance(7 * DAY_MS);
    assert!(
        !payout_page(&server, &signed_in_again(&server, &mail, "ana@example.com").await)
            .await
            .contains("Ask these creators")
    );

    // The log says that, not what.
    let log = server.audit_log().await;
    let entries: Vec<_> = log.iter().filter(|entry| entry.2 == "creator.payout_details").collect();
    assert_eq!(entries.len(), 1, "the same again changes nothing: {log:?}");
    assert!(!format!("{log:?}").contains("0532"));

    // Nothing stays once they are erased.
    server.flow().creators().erase(&server.merchant, &jess).await.unwrap();
    assert_eq!(server.store.payout_details(&server.merchant.brand().id).await.unwrap(), []);
    server.stop().await;
}

async fn signed_in_again(server: &TestServer, mail: &MailServer, email: &str) -> String {
    mail.take();
    signed_in(server, mail, email).await
}

/// A link that the brand made does not show who uses it, so it changes nothing.
async fn a_link_of_the_brand_does_not_change_it(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let jess = creator(&server, "jess", "jess@example.com").await;
    let own = signed_in(&server, &mail, "jess@example.com").await;
    post(&server, PAID, &paypal("jess@example.com"), &own).await;
    let link = server.flow().access().sign_in_link(&server.merchant, Some(&jess)).await.unwrap();
    let (made, _) = open(&server, link.rsplit('/').next().unwrap()).await;
    let text = page(&server, PAID, &made).await;
    assert!(text.contains("j•••@example.com") && !text.contains("name=\"method\""), "{text}");
    let refused = post(&server, PAID, &paypal("thief@example.com"), &made).await;
    assert_eq!(refused.status(), 422);
    let way = server.flow().payouts().way_of(&server.merchant, &jess).await.unwrap().unwrap();
    assert_eq!((way.method, way.address.as_deref()), (PayoutMethod::Paypal, Some("jess@example.com")));
    server.stop().await;
}

/// Whoever lets another address in as a creator reads nothing of what is stored, and whoever set it is told of a change.
async fn who_is_let_in_later_reads_nothing_and_is_noticed(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let jess = creator(&server, "jess", "jess@example.com").await;
    let own = signed_in(&server, &mail, "jess@example.com").await;
    post(&server, PAID, &bank(IBAN), &own).await;
    server.clock.advance(30 * DAY_MS);
    let ben = join(&server, &mail, "ben@example.com", Role::Member).await;
    let member = merchant(&server, &ben).await;
    let accounts = server.flow().accounts();
    // A member cannot do it in any way, an owner by mistake can.
    let form = flow::creator_profile::ProfileForm {
        name: "jess".into(),
        handle: "jess".into(),
        email: "ben@example.com".into(),
        ..flow::creator_profile::ProfileForm::default()
    };
    let creators = server.flow().creators();
    let other = creator(&server, "other", "").await;
    for refused in [
        creators.save_profile(&member, &jess, &form).await,
        creators.merge(&member, &jess, &other).await,
        creators.merge(&member, &other, &jess).await,
    ] {
        assert!(matches!(refused, Err(flow::FlowError::OwnerOnly)), "{refused:?}");
    }
    let refused = accounts.invite(&member, "ben@example.com", Invited::Creator(jess.clone()), Language::English).await;
    assert!(matches!(refused, Err(flow::FlowError::OwnerOnly)), "{refused:?}");
    accounts
        .invite(&server.merchant, "ben@example.com", Invited::Creator(jess.clone()), Language::English)
        .await
        .unwrap();
    server.settle().await;
    let (thief, _) = open(&server, &mail.token_for("ben@example.com")).await;
    let text = page(&server, PAID, &thief).await;
    assert!(!text.contains("0532") && !text.contains("Jess Example"), "{text}");
    assert_eq!(post(&server, PAID, &paypal("ben@example.com"), &thief).await.status(), 303);
    server.settle().await;
    let mails = mail.take();
    let [(to, text)] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(to, "jess@example.com");
    assert!(text.contains("How Vector pays you was changed") && !text.contains("ben@"), "{text}");
    balance(&server, &jess, "one").await;
    server.flow().payouts().create(&server.merchant, "USD").await.unwrap();
    let owner = join(&server, &mail, "ana@example.com", Role::Owner).await;
    for (days, is_warned) in [(6, true), (1, false)] {
        server.clock.advance(days * DAY_MS);
        assert_eq!(payout_page(&server, &owner).await.contains("Ask these creators"), is_warned);
    }

    // An owner's change is announced too: to the account that set it.
    server.flow().payouts().set_address(&server.merchant, &jess, "other@example.com").await.unwrap();
    server.settle().await;
    assert_eq!(mail.take().into_iter().map(|(to, _)| to).collect::<Vec<_>>(), ["ben@example.com"]);
    server.stop().await;
}

/// An invitation that a member sent before it was known how the creator is paid admits nobody afterwards.
async fn an_older_invitation_admits_nobody(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let jess = creator(&server, "jess", "").await;
    let member = merchant(&server, &join(&server, &mail, "ben@example.com", Role::Member).await).await;
    server
        .flow()
        .accounts()
        .invite(&member, "ben@example.com", Invited::Creator(jess.clone()), Language::English)
        .await
        .unwrap();
    server.settle().await;
    let token = mail.token_for("ben@example.com");
    let form = flow::creator_profile::ProfileForm {
        name: "jess".into(),
        handle: "jess".into(),
        email: "jess@example.com".into(),
        ..flow::creator_profile::ProfileForm::default()
    };
    server.flow().creators().save_profile(&member, &jess, &form).await.unwrap();
    let own = signed_in(&server, &mail, "jess@example.com").await;
    assert_eq!(location(&post(&server, PAID, &bank(IBAN), &own).await), "/creator/paid?done=details");
    let url = format!("{}/sign-in/{token}", server.url);
    let answer = server.http.post(url).header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(location(&answer), "/sign-in?used");
    assert_eq!(server.flow().accounts().invitations(&server.merchant).await.unwrap(), []);
    server.stop().await;
}

/// An owner invites a creator by a wrong address, and then by the right one: whoever has the first gets nothing.
async fn an_invitation_to_a_wrong_address_ends_with_the_right_one(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let jess = creator(&server, "jess", "").await;
    let accounts = server.flow().accounts();
    let invite = async |address: &str, invited: Invited| {
        accounts.invite(&server.merchant, address, invited, Language::English).await.unwrap();
        server.settle().await;
        mail.token_for(address)
    };
    let wrong = invite("bob@example.com", Invited::Creator(jess.clone())).await;
    let to_the_team = invite("bob@example.com", Invited::Team(Role::Member)).await;
    let right = invite("jess@example.com", Invited::Creator(jess.clone())).await;
    let accept = async |token: &str| {
        let url = format!("{}/sign-in/{token}", server.url);
        location(&server.http.post(url).header("sec-fetch-site", "same-origin").send().await.unwrap()).to_owned()
    };
    assert_eq!(accept(&wrong).await, "/sign-in?used", "the second address replaced the first");
    assert_eq!(accept(&right).await, "/creator");
    assert_eq!(accept(&to_the_team).await, "/brand/attribution", "other invitations stay");
    // One that an earlier version left open ends when another is accepted.
    let again = invite("jess@example.com", Invited::Creator(jess.clone())).await;
    assert_eq!(accept(&again).await, "/creator");
    assert_eq!(accounts.invitations(&server.merchant).await.unwrap(), []);
    server.stop().await;
}

/// Without payout details too, a member gives nobody access to the account of a creator with an e-mail address or a balance.
async fn members_give_no_access_to_creators_with_money(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let member = merchant(&server, &join(&server, &mail, "ben@example.com", Role::Member).await).await;
    let (jess, rich, new) = (
        creator(&server, "jess", "jess@example.com").await,
        creator(&server, "rich", "").await,
        creator(&server, "new", "").await,
    );
    balance(&server, &rich, "one").await;
    let (accounts, creators) = (server.flow().accounts(), server.flow().creators());
    let invite = async |id: &CreatorId, email: &str| {
        accounts.invite(&member, email, Invited::Creator(id.clone()), Language::English).await.map(|_| ())
    };
    let form = |name: &str| flow::creator_profile::ProfileForm {
        name: name.into(),
        handle: name.into(),
        email: "ben@example.com".into(),
        ..flow::creator_profile::ProfileForm::default()
    };
    for refused in [
        invite(&jess, "ben@example.com").await,
        invite(&rich, "ben@example.com").await,
        creators.save_profile(&member, &jess, &form("jess")).await,
        creators.save_profile(&member, &rich, &form("rich")).await,
        creators.merge(&member, &rich, &new).await,
        creators.merge(&member, &jess, &rich).await,
    ] {
        assert!(matches!(refused, Err(flow::FlowError::OwnerOnly)), "{refused:?}");
    }
    invite(&jess, "Jess@example.com").await.unwrap();
    invite(&new, "ben@example.com").await.unwrap();
    creators.save_profile(&server.merchant, &rich, &form("rich")).await.unwrap();
    server.stop().await;
}

/// An import gave the creator another address, with which they signed in and said how they are paid. Whoever has the earlier
/// address does not get the account back with an undo.
async fn an_undone_import_gives_no_account_back(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let body =
        serde_json::json!({"name": "Jess", "handle": "jess", "email": "old@example.com", "external_id": "crm-1"});
    let jess = server.http.post(format!("{}/api/v1/creators", server.url)).bearer_auth(&server.server_key).json(&body);
    let jess = jess.send().await.unwrap().json::<serde_json::Value>().await.unwrap()["id"].clone();
    let post_to = async |path: &str, body: &'static str| {
        let request = server.http.post(format!("{}/api/v1/imports{path}", server.url)).bearer_auth(&server.server_key);
        let answer = request.header("content-type", "text/csv").body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap())
    };
    server.clock.advance(1_000);
    let (status, import) = post_to("", "name,external_id,email\nJess,crm-1,new@example.com\n").await;
    assert_eq!(status, 201, "{import}");
    server.settle().await;
    let done = server.http.get(format!("{}/api/v1/imports/{}", server.url, import["id"].as_str().unwrap()));
    let done: serde_json::Value = done.bearer_auth(&server.server_key).send().await.unwrap().json().await.unwrap();
    assert_eq!(done["rows_updated"], 1, "{done}");
    let own = signed_in(&server, &mail, "new@example.com").await;
    assert_eq!(location(&post(&server, PAID, &bank(IBAN), &own).await), "/creator/paid?done=details");
    let (status, refused) = post_to(&format!("/{}/undo", import["id"].as_str().unwrap()), "").await;
    assert_eq!((status, &refused["details"]), (409, &serde_json::json!([jess])), "{refused}");
    assert!(page(&server, PAID, &own).await.contains("Bank transfer"), "still theirs");
    server.stop().await;
}

beside_both_engines!(
    an_undone_import_gives_no_account_back
    members_give_no_access_to_creators_with_money
    an_older_invitation_admits_nobody an_invitation_to_a_wrong_address_ends_with_the_right_one creators_say_how_they_are_paid a_link_of_the_brand_does_not_change_it
    who_is_let_in_later_reads_nothing_and_is_noticed
);
