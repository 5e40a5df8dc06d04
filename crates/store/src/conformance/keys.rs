//! Requirements on every adapter: `store::keys`.

use domain::{
    api_key::{ApiKey, KeyKind, KeyRecord},
    scope::Scope,
};

use crate::conformance::fixtures::{AnyStore, NOON, audit, logged, with_brand};

pub async fn keys_are_stored_and_revoked_once(store: AnyStore) {
    let brand = with_brand(&store).await;
    let key = ApiKey::new(KeyKind::Server, true, [1; 6], [2; 32]);
    let record = KeyRecord {
        id: key.id.clone(),
        brand: brand.clone(),
        kind: key.kind,
        is_test: key.is_test,
        secret_hash: key.secret_hash(),
        created_at: NOON,
        updated_at: NOON,
        revoked_at: None,
        expires_at: None,
        scopes: Some(vec![Scope::parse("links:write").unwrap()]),
        api_version: Some("2026-11-26".to_owned()),
    };
    store.create_key(&record, &audit(1)).await.unwrap();
    assert_eq!(store.key(&key.id).await.unwrap(), Some(record.clone()));
    assert_eq!(store.keys(&brand).await.unwrap(), vec![record]);
    let at = NOON.plus_ms(1);
    assert!(store.revoke_key(&brand, &key.id, at, &audit(2)).await.unwrap());
    assert!(!store.revoke_key(&brand, &key.id, NOON, &audit(3)).await.unwrap());
    let revoked = store.key(&key.id).await.unwrap().unwrap();
    assert_eq!((revoked.revoked_at, revoked.updated_at), (Some(at), at));
    let log = logged(&store, &brand).await;
    assert_eq!(log.iter().map(|line| line.3.as_str()).collect::<Vec<_>>(), ["2", "1"]);
}
