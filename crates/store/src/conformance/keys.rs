//! Requirements on every adapter: `store::keys`.

use std::collections::BTreeMap;

use domain::{
    api_key::{ApiKey, KeyKind, KeyRecord},
    metadata::Details,
    scope::Scope,
};

use crate::{
    StoreError,
    audit::AuditEntry,
    conformance::fixtures::{AnyStore, NOON, audit, logged, with_brand},
    keys::kind_of,
    objects::DetailsChange,
};

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
    store.create_key(&record, &Details::default(), &audit(1)).await.unwrap();
    assert_eq!(store.key(&key.id).await.unwrap(), Some(record.clone()));
    assert_eq!(store.keys(&brand).await.unwrap(), vec![record.clone()]);
    let stored = record;
    // Its external id and metadata.
    let note = |external_id: &str| Details { external_id: Some(external_id.into()), ..Details::default() };
    let kind = kind_of(&store.key(&key.id).await.unwrap().unwrap());
    let first = DetailsChange { kind, id: key.id.0.clone(), before: Details::default(), after: note("till") };
    let noted = AuditEntry { at: NOON.plus_ms(1), ..audit(4) };
    assert!(store.note_key(&brand, &first, &noted).await.unwrap());
    assert!(!store.note_key(&brand, &first, &noted).await.unwrap(), "it is something else by now");
    assert_eq!(store.key(&key.id).await.unwrap().unwrap().updated_at, noted.at);
    let ids = [key.id.0.clone()];
    assert_eq!(store.details(&brand, &ids).await.unwrap()[&key.id.0], note("till"));
    let other = ApiKey::new(KeyKind::Server, true, [3; 6], [4; 32]);
    let twin = KeyRecord { id: other.id.clone(), secret_hash: other.secret_hash(), ..stored };
    let taken = store.create_key(&twin, &note("till"), &audit(5)).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    assert_eq!(store.key(&twin.id).await.unwrap(), None);
    let at = NOON.plus_ms(1);
    assert!(store.revoke_key(&brand, &key.id, at, &audit(2)).await.unwrap());
    assert!(!store.revoke_key(&brand, &key.id, NOON, &audit(3)).await.unwrap());
    let revoked = store.key(&key.id).await.unwrap().unwrap();
    assert_eq!((revoked.revoked_at, revoked.updated_at), (Some(at), at));
    assert!(!store.note_key(&brand, &first, &audit(6)).await.unwrap(), "it does not work any more");
    store.create_key(&twin, &note("till"), &audit(7)).await.unwrap();
    let log = logged(&store, &brand).await;
    assert_eq!(log.iter().map(|line| line.3.as_str()).collect::<Vec<_>>(), ["7", "4", "2", "1"]);
}

/// A note and a replacement at the same time: the note is refused, or moves to the new key. Neither waits for the other for ever.
pub async fn a_note_during_a_rotation_is_not_left_behind(store: AnyStore) {
    let brand = with_brand(&store).await;
    for n in 0..20 {
        let record = |id: u8| KeyRecord {
            id: ApiKey::new(KeyKind::Server, false, [n, id, 0, 0, 0, 0], [1; 32]).id,
            brand: brand.clone(),
            kind: KeyKind::Server,
            is_test: false,
            secret_hash: [1; 32],
            created_at: NOON,
            updated_at: NOON,
            revoked_at: None,
            expires_at: None,
            scopes: None,
            api_version: None,
        };
        let (old, new) = (record(1), record(2));
        let details = |text: &str| Details { external_id: Some(format!("{text} {n}")), ..Details::default() };
        let (before, after) = (details("first"), details("second"));
        store.create_key(&old, &before, &audit(100 + n)).await.unwrap();
        let (kind, id) = (kind_of(&old), old.id.0.clone());
        let change = DetailsChange { kind, id, before: before.clone(), after: after.clone() };
        let (noting, replacing) = (audit(120 + n), audit(140 + n));
        let (noted, rotated) = tokio::join!(
            store.note_key(&brand, &change, &noting),
            store.rotate_key(&brand, &old.id, &new, NOON.plus_ms(1), &replacing)
        );
        assert!(rotated.unwrap());
        let found = store.details(&brand, &[old.id.0.clone(), new.id.0.clone()]).await.unwrap();
        let kept = if noted.unwrap() { after } else { before };
        assert_eq!(found, BTreeMap::from([(new.id.0, kept)]), "{n}");
    }
}
