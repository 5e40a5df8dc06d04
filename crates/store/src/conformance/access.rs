//! Requirements on every adapter: `store::access`.

use domain::shop::ShopDomain;

use crate::{
    access::Principal,
    conformance::fixtures::{AnyStore, NOON, audit, creator, with_links},
    outbound::NewEvents,
};

pub async fn sign_in_links_work_once(store: AnyStore) {
    let brand = with_links(&store).await;
    let principal = Principal { brand: brand.clone(), creator: Some(creator(1).id) };
    store.put_login([1; 32], &principal, NOON.plus_ms(100), &audit(1)).await.unwrap();
    assert_eq!(store.login([1; 32], NOON).await.unwrap(), Some(principal.clone()));
    assert_eq!(store.login([1; 32], NOON.plus_ms(100)).await.unwrap(), None);
    assert_eq!(store.use_login([9; 32], [2; 32], NOON, NOON.plus_ms(500), &NewEvents::default()).await.unwrap(), None);
    let none = NewEvents::default();
    let (first, second) = tokio::join!(
        store.use_login([1; 32], [2; 32], NOON, NOON.plus_ms(500), &none),
        store.use_login([1; 32], [3; 32], NOON, NOON.plus_ms(500), &none)
    );
    assert_eq!(
        [first.unwrap(), second.unwrap()].into_iter().flatten().collect::<Vec<_>>(),
        core::slice::from_ref(&principal)
    );
    let (first, second) = (store.session([2; 32], NOON).await.unwrap(), store.session([3; 32], NOON).await.unwrap());
    let open: Vec<_> = [first.clone(), second].into_iter().flatten().map(|session| session.principal).collect();
    assert_eq!(open, [principal]);
    let session = if first.is_some() { [2; 32] } else { [3; 32] };
    assert_eq!(store.session(session, NOON.plus_ms(500)).await.unwrap(), None);
    store.end_session(session).await.unwrap();
    assert_eq!(store.session(session, NOON).await.unwrap(), None);
}

pub async fn oauth_states_work_once(store: AnyStore) {
    let shop = ShopDomain::parse("demo.myshopify.com").unwrap();
    let other = ShopDomain::parse("other.myshopify.com").unwrap();
    store.put_oauth_state([1; 32], &shop, NOON.plus_ms(100)).await.unwrap();
    store.put_oauth_state([2; 32], &shop, NOON.plus_ms(100)).await.unwrap();
    assert!(!store.use_oauth_state([1; 32], &other, NOON).await.unwrap());
    assert!(store.use_oauth_state([1; 32], &shop, NOON).await.unwrap());
    assert!(!store.use_oauth_state([1; 32], &shop, NOON).await.unwrap());
    assert!(!store.use_oauth_state([2; 32], &shop, NOON.plus_ms(100)).await.unwrap());
}
