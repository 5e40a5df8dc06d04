//! Requirements on every adapter: `store::brands`.

use domain::{
    brand::{Brand, Settings},
    model::Model,
    policy::Policy,
    shop::ShopDomain,
    time::Day,
};

use crate::{
    StoreError,
    conformance::fixtures::{AnyStore, NOON, audit, brand, creator, install, link, logged, with_brand, with_links},
};

pub async fn brands_are_stored(store: AnyStore) {
    store.create_brand(&brand(1)).await.unwrap();
    store.create_brand(&brand(2)).await.unwrap();
    assert_eq!(store.brand(&brand(2).id).await.unwrap(), Some(brand(2)));
    assert_eq!(store.brand(&brand(3).id).await.unwrap(), None);
    assert!(matches!(store.create_brand(&brand(1)).await, Err(StoreError::Conflict("brand"))));
    let shop = ShopDomain::parse("demo.myshopify.com").unwrap();
    store.create_brand_with_shop(&brand(4), &shop).await.unwrap();
    assert!(store.shop(&shop).await.unwrap().unwrap().uninstalled_at.is_some());
    assert!(matches!(store.create_brand_with_shop(&brand(5), &shop).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.brand(&brand(5).id).await.unwrap(), None);
    assert_eq!(store.install_shop(&install(6, NOON)).await.unwrap().brand, brand(4).id);
    assert!(!store.engine().await.unwrap().is_empty());
}

pub async fn tenants_do_not_see_each_other(store: AnyStore) {
    let first = with_links(&store).await;
    store.create_brand(&brand(2)).await.unwrap();
    let second = brand(2).id;
    assert_eq!(store.links(&second).await.unwrap(), vec![]);
    assert_eq!(store.creators(&second).await.unwrap(), vec![]);
    assert_eq!(store.creator(&second, &creator(1).id).await.unwrap(), None);
    assert!(!store.delete_link(&second, &link(1, None).id, NOON, &audit(1)).await.unwrap());
    assert_eq!(store.links_named(&second, &[link(1, None).id.to_string()], &[], &[]).await.unwrap(), vec![]);
    assert_eq!(logged(&store, &second).await, vec![]);
    assert!(store.links(&first).await.unwrap().iter().all(|link| link.deleted_at.is_none()));
}

pub async fn settings_are_saved_only_if_unchanged_since_read(store: AnyStore) {
    let id = with_brand(&store).await;
    let before = store.brand(&id).await.unwrap().unwrap();
    let policies = before.policies.with(Policy { model: Model::Linear, ..Policy::default() }).unwrap();
    let settings = Settings { hold_days: 7, closed_through: Some(Day(5)), ..Settings::default() };
    let after = Brand { policies, settings, ..before.clone() };
    assert!(store.update_brand_settings(&before, &after, &audit(1)).await.unwrap());
    assert_eq!(store.brand(&id).await.unwrap().unwrap(), after);
    assert!(!store.update_brand_settings(&before, &before, &audit(2)).await.unwrap(), "changed since it was read");
    assert_eq!(store.brand_ids().await.unwrap(), core::slice::from_ref(&id));
    assert_eq!(logged(&store, &id).await.len(), 1);
}
