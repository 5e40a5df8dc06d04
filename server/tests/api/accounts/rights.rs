//! What a member of a team may not do, and an owner may.

use domain::{
    account::{Invited, Role},
    api_key::KeyKind,
    language::Language,
    retention::Retention,
    time::Day,
};
use flow::{FlowError, payout::PayoutState, policy::NewPolicy};

use super::{creator, join, merchant, with_mail};
use crate::test_server::Engine;

async fn members_do_not_pay_change_the_rules_or_delete(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let owner = merchant(&server, &join(&server, &mail, "ana@example.com", Role::Owner).await).await;
    let member = merchant(&server, &join(&server, &mail, "ben@example.com", Role::Member).await).await;
    let flow = server.flow();
    let jess = creator(&server, "jess", "").await;
    let payout = domain::PayoutId::new(1, [1; 10]);
    let policy = NewPolicy { model: "last_touch".into(), lookback_days: 30, ..NewPolicy::default() };
    let (pixel, _) = flow.setup().create_key(&owner, KeyKind::Pixel, false).await.unwrap();
    let last = Day::parse("2026-01-31").unwrap();
    let refused = [
        flow.payouts().create(&member, "USD").await.err(),
        flow.payouts().paypal_csv(&member, &payout).await.err(),
        flow.payouts().close(&member, &payout, PayoutState::Paid).await.err(),
        flow.payouts().set_address(&member, &jess, "a@b.de").await.err(),
        flow.policies().save(&member, &policy).await.err(),
        flow.policies().save_settings(&member, 30, false, false, vec![]).await.err(),
        flow.policies().save_hosts(&member, "", "").await.err(),
        flow.policies().save_gift_cards(&member, true).await.err(),
        flow.policies().close_period(&member, last).await.err(),
        flow.setup().create_key(&member, KeyKind::Server, false).await.err(),
        flow.setup().revoke_key(&member, &pixel).await.err(),
        flow.surveys().set_fairing_key(&member, "a key of sixteen letters").await.err(),
        flow.klaviyo().connect(&member, "pk_0123456789").await.err(),
        flow.klaviyo().disconnect(&member).await.err(),
        flow.creators().erase(&member, &jess).await.err(),
        flow.access().sign_in_link(&member, Some(&jess)).await.err(),
        flow.access().sign_in_link(&member, None).await.err(),
        flow.installs().erase_everything(&member, "x.myshopify.com").await.err(),
        flow.samples().clear(&member).await.err(),
        flow.retention().save(&member, Retention::default()).await.err(),
        flow.accounts().invite(&member, "c@example.com", Invited::Team(Role::Member), Language::English).await.err(),
        flow.accounts().set_role(&member, member.account().unwrap(), Role::Owner).await.err(),
        flow.accounts().remove_member(&member, owner.account().unwrap()).await.err(),
        flow.accounts().team_sessions(&member).await.err(),
        flow.accounts().end_team_session(&member, "0123").await.err(),
    ];
    for (index, error) in refused.iter().enumerate() {
        assert!(matches!(error, Some(FlowError::OwnerOnly)), "{index}: {error:?}");
    }
    // An owner is stopped by none of it.
    flow.policies().close_period(&owner, last).await.unwrap();
    flow.setup().revoke_key(&owner, &pixel).await.unwrap();
    flow.creators().erase(&owner, &jess).await.unwrap();
    server.stop().await;
}

async fn a_team_keeps_an_owner(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let owner = merchant(&server, &join(&server, &mail, "ana@example.com", Role::Owner).await).await;
    let bens = join(&server, &mail, "ben@example.com", Role::Member).await;
    let member = merchant(&server, &bens).await;
    let accounts = server.flow().accounts();
    let (ana, ben) = (owner.account().unwrap(), member.account().unwrap());
    assert!(matches!(accounts.remove_member(&owner, ana).await, Err(FlowError::Invalid(_))), "the last owner");
    assert!(matches!(accounts.set_role(&owner, ana, Role::Member).await, Err(FlowError::Invalid(_))));
    accounts.set_role(&owner, ben, Role::Owner).await.unwrap();
    assert_eq!(merchant(&server, &bens).await.role(), Role::Owner, "at once");
    accounts.set_role(&owner, ben, Role::Member).await.unwrap();
    // An invitation that would make him more than he is now goes with his place.
    let invited = Invited::Team(Role::Owner);
    for takes_back in 0..2 {
        accounts.invite(&owner, "ben@example.com", invited.clone(), Language::English).await.unwrap();
        server.settle().await;
        let token = mail.token_for("ben@example.com");
        if takes_back == 0 {
            accounts.set_role(&owner, ben, Role::Member).await.unwrap();
        } else {
            accounts.remove_member(&owner, ben).await.unwrap();
        }
        assert_eq!(super::open(&server, &token).await.1, "/sign-in?used");
    }
    let bens = join(&server, &mail, "ben@example.com", Role::Member).await;
    let member = merchant(&server, &bens).await;
    let ben = member.account().unwrap();
    accounts.remove_member(&member, ben).await.unwrap();
    assert_eq!(super::status(&server, "/brand/attribution", &bens).await, 302, "he left");
    assert_eq!(server.store.account(ben).await.unwrap(), None, "and nothing of him stays");
    let emails: Vec<String> = accounts.members(&owner).await.unwrap().into_iter().map(|member| member.email).collect();
    assert_eq!(emails, ["ana@example.com"]);
    server.stop().await;
}

/// A shop that comes back, perhaps to another owner, finds nobody of the former team inside. Creators still see their pages.
async fn who_uninstalls_signs_the_team_out(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    crate::actions::install(&server).await;
    let bens = join(&server, &mail, "ben@example.com", Role::Owner).await;
    let jess = creator(&server, "jess", "").await;
    let invited =
        |invited| server.flow().accounts().invite(&server.merchant, "jess@example.com", invited, Language::English);
    invited(Invited::Creator(jess)).await.unwrap();
    server.settle().await;
    let (own, _) = super::open(&server, &mail.token_for("jess@example.com")).await;
    server
        .flow()
        .accounts()
        .invite(&server.merchant, "cem@example.com", Invited::Team(Role::Owner), Language::English)
        .await
        .unwrap();
    server.settle().await;
    let cems = mail.token_for("cem@example.com");
    assert_eq!(super::status(&server, "/brand/attribution", &bens).await, 200);
    server.clock.advance(60_000);
    let domain = domain::shop::ShopDomain::parse(crate::test_server::SHOP).unwrap();
    assert!(server.store.uninstall_shop(&domain, server.clock_now()).await.unwrap());
    assert_eq!(super::status(&server, "/brand/attribution", &bens).await, 302);
    assert_eq!(super::status(&server, "/creator", &own).await, 200);
    server.clock.advance(60_000);
    crate::actions::install(&server).await;
    assert_eq!(super::status(&server, "/brand/attribution", &bens).await, 302, "also once it is installed again");
    assert_eq!(super::open(&server, &cems).await.1, "/sign-in?used", "nor does an open invitation to the team let in");
    server.stop().await;
}

beside_both_engines!(who_uninstalls_signs_the_team_out members_do_not_pay_change_the_rules_or_delete a_team_keeps_an_owner);
