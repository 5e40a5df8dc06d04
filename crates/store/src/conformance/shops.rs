//! Requirements on every adapter: `store::shops`.

use domain::{FactsVersion, order::Order};

use crate::{
    conformance::fixtures::{
        AnyStore, NOON, brand, click, clicks_of, delivery, delivery_job, event, install, link, new_event, order,
        settle, settle_job, today, tokens, week,
    },
    ingest::Batch,
    shops::Subscription,
};

pub async fn installs_reinstalls_and_uninstalls(store: AnyStore) {
    let domain = install(1, NOON).domain;
    let shop = store.install_shop(&install(1, NOON)).await.unwrap();
    assert_eq!((shop.brand.clone(), shop.installed_at), (brand(1).id, NOON));
    let again = store.install_shop(&install(2, NOON.plus_ms(5))).await.unwrap();
    assert_eq!((again.brand, again.installed_at, again.tokens), (brand(1).id, NOON.plus_ms(5), Some(tokens(2))));
    assert!(!store.uninstall_shop(&domain, NOON.plus_ms(4)).await.unwrap(), "older than the new tokens");
    assert_eq!(store.brand(&brand(2).id).await.unwrap(), None, "a known shop keeps its brand");
    let subscription = Subscription {
        topic: "orders/create".into(),
        remote_id: "gid".into(),
        uri: "https://x".into(),
        created_at: NOON,
    };
    store.put_subscriptions(&domain, core::slice::from_ref(&subscription)).await.unwrap();
    store.put_subscriptions(&domain, core::slice::from_ref(&subscription)).await.unwrap();
    assert_eq!(store.subscriptions(&domain).await.unwrap(), [subscription]);
    assert!(!store.uninstall_shop(&domain, NOON.plus_ms(-1)).await.unwrap(), "older than this installation");
    assert!(store.uninstall_shop(&domain, NOON.plus_ms(9)).await.unwrap());
    assert!(!store.uninstall_shop(&domain, NOON.plus_ms(9)).await.unwrap());
    let gone = store.shop(&domain).await.unwrap().unwrap();
    assert_eq!((gone.uninstalled_at, gone.tokens), (Some(NOON.plus_ms(9)), None));
    assert_eq!(store.subscriptions(&domain).await.unwrap(), []);
    let back = store.install_shop(&install(3, NOON.plus_ms(20))).await.unwrap();
    assert_eq!((back.brand, back.installed_at, back.uninstalled_at), (brand(1).id, NOON.plus_ms(20), None));
    assert!(
        !store.uninstall_shop(&domain, NOON.plus_ms(9)).await.unwrap(),
        "a late message about the old installation"
    );
    assert_eq!(store.shops_of(&brand(1).id).await.unwrap().len(), 1);
}

pub async fn token_refresh_is_leased(store: AnyStore) {
    let domain = store.install_shop(&install(1, NOON)).await.unwrap().domain;
    assert!(store.lease_token_refresh(&domain, NOON, NOON.plus_ms(100)).await.unwrap());
    assert!(!store.lease_token_refresh(&domain, NOON.plus_ms(50), NOON.plus_ms(150)).await.unwrap());
    store.save_tokens(&domain, &tokens(2)).await.unwrap();
    assert_eq!(store.shop(&domain).await.unwrap().unwrap().tokens, Some(tokens(2)));
    assert!(store.lease_token_refresh(&domain, NOON, NOON.plus_ms(100)).await.unwrap());
    store.require_reauth(&domain).await.unwrap();
    assert!(store.shop(&domain).await.unwrap().unwrap().needs_reauth);
    assert!(!store.install_shop(&install(1, NOON)).await.unwrap().needs_reauth);
}

pub async fn redaction_keeps_amounts(store: AnyStore) {
    let domain = store.install_shop(&install(1, NOON)).await.unwrap().domain;
    let brand = brand(1).id;
    for n in 1..=2 {
        store.create_link(&brand, &link(n, None), None).await.unwrap();
    }
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    let other = Order { customer_hash: Some("other".into()), ..order("22", 700) };
    store.put_order(&other, today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    let batch = Batch {
        clicks: vec![click(7, 1, "pv-cart", NOON), click(8, 1, "pv-theirs", NOON)],
        events: vec![new_event(event("theirs", "pv-cart")), new_event(event("theirs too", "pv-theirs"))],
    };
    store.append(&batch).await.unwrap();
    assert_eq!(store.redact_customer(&brand, &[], &["customer".into()], &["pv-theirs".into()], NOON).await.unwrap(), 1);
    assert_eq!(store.redact_customer(&brand, &["1001".into()], &[], &[], NOON).await.unwrap(), 0);
    let found = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap();
    assert_eq!((&found.order.email_hash, &found.order.customer_hash, &found.order.cart_pv), (&None, &None, &None));
    assert_eq!((found.visitors, found.order.redacted_at), (vec![], Some(NOON)));
    assert!(found.attribution.is_some(), "the outcome stays");
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![]);
    assert_eq!(clicks_of(&store, &brand, &["pv-cart"], NOON).await, vec![]);
    let later = Order { version: FactsVersion::latest_wins(NOON.plus_ms(1)), ..order("1001", 5000) };
    store.put_order(&later, today(), &settle_job).await.unwrap();
    let found = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order;
    assert_eq!((found.email_hash, found.cart_pv), (None, None), "a later delivery does not restore them");
    store
        .append(&Batch { clicks: vec![click(1, 1, "a", NOON)], events: vec![new_event(event("e1", "a"))] })
        .await
        .unwrap();
    store.receive(&delivery(1), &delivery_job(1)).await.unwrap();
    assert!(!store.redact_shop(&domain, NOON).await.unwrap(), "still installed");
    store.uninstall_shop(&domain, NOON).await.unwrap();
    assert!(store.redact_shop(&domain, NOON).await.unwrap());
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![]);
    assert_eq!(store.delivery(&delivery(1).id).await.unwrap().unwrap().body, b"");
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.sales_by_day[0].revenue_minor, 5000);
    assert_eq!(traffic.clicks_by_day[0].clicks.clicks, 3);
}
