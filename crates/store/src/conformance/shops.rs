//! Requirements on every adapter: `store::shops`.

use crate::{
    conformance::fixtures::{AnyStore, NOON, brand, install, tokens},
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
