//! Who changed what: the audit log has creators, their tiers, discount codes, the Fairing key and erasures.

use super::*;

async fn changes_of_creators_codes_keys_and_erasures_are_logged(server: TestServer) {
    install(&server).await;
    let (flow, merchant) = (server.flow(), &server.merchant);
    let jess = flow.creators().create(merchant, "Jess", "jess", "").await.unwrap();
    flow.creators().update(merchant, &jess.id, "Jess", &[], "gold").await.unwrap();
    flow.creators().update(merchant, &jess.id, "Jess", &[], "").await.unwrap();
    let new = flow::link::NewLink {
        destination: "https://shop.example/p".into(),
        creator: jess.id.to_string(),
        promo_code: "JESS20".into(),
        ..flow::link::NewLink::default()
    };
    let link = flow.links().create(merchant, &new).await.unwrap();
    flow.surveys().set_fairing_key(merchant, FAIRING_KEY).await.unwrap();
    flow.surveys().set_fairing_key(merchant, "").await.unwrap();
    flow.creators().erase(merchant, &jess.id).await.unwrap();
    deliver_and_settle(&server, "customers/redact", "redact", &message(&[])).await;
    let gone = json!({"myshopify_domain": SHOP}).to_string();
    deliver_and_settle(&server, "app/uninstalled", "gone", &gone).await;
    deliver_and_settle(&server, "shop/redact", "shop", &json!({"shop_domain": SHOP}).to_string()).await;

    let log = server.audit_log().await;
    let logged = |actor: &str, action: &str, subject: &str| {
        log.iter().any(|(_, who, what, whom)| who == actor && what == action && whom == subject)
    };
    let member = "cli";
    let id = jess.id.to_string();
    for (actor, action, subject) in [
        (member, "creator.create", id.clone()),
        (member, "creator.update", format!("{id}: tier gold")),
        (member, "creator.update", format!("{id}: no tier")),
        (member, "link.create", format!("{} with discount code JESS20", link.id)),
        (member, "survey.fairing_key", "set".to_owned()),
        (member, "survey.fairing_key", "removed".to_owned()),
        (member, "creator.erase", id),
        ("shopify", "customer.erase", "a customer".to_owned()),
        ("shopify", "shop.erase", SHOP.to_owned()),
    ] {
        assert!(logged(actor, action, &subject), "{actor} {action} {subject}: {log:?}");
    }
    server.stop().await;
}

on_both_engines!(changes_of_creators_codes_keys_and_erasures_are_logged);
