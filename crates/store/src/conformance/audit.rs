//! Requirements on every adapter: `store::audit`.

use domain::{
    api_key::{KeyId, KeyKind, KeyRecord},
    metadata::Details,
};

use crate::{
    audit::AuditEntry,
    conformance::fixtures::{AnyStore, NOON, audit, with_brand},
    keyset::Keyset,
};

pub async fn the_log_is_paged_both_ways_and_filtered(store: AnyStore) {
    let brand = with_brand(&store).await;
    let entry = |n: u8, action| AuditEntry { action, ..audit(n) };
    for (n, action) in [(1, "key.create"), (2, "key_ring.create"), (3, "key.create"), (4, "keys"), (5, "key.create")] {
        let key = KeyRecord {
            id: KeyId(format!("key{n}")),
            brand: brand.clone(),
            kind: KeyKind::Server,
            is_test: false,
            secret_hash: [n; 32],
            created_at: NOON,
            updated_at: NOON,
            revoked_at: None,
            expires_at: None,
            scopes: None,
            api_version: None,
        };
        store.create_key(&key, &Details::default(), &entry(n, action)).await.unwrap();
    }
    let page = async |from: &str, below: &str, is_ascending, limit, about| {
        let keyset = Keyset { from: from.to_owned(), below: below.to_owned(), is_ascending, limit };
        let entries = store.audit_log(&brand, &keyset, about).await.unwrap();
        entries.into_iter().map(|entry| entry.subject).collect::<Vec<_>>()
    };
    assert_eq!(page("", "b", false, 2, None).await, ["5", "4"]);
    assert_eq!(page("", "aud_4", false, 2, None).await, ["3", "2"], "what follows the page before");
    assert_eq!(page("aud_2", "b", true, 2, None).await, ["2", "3"]);
    assert_eq!(page("", "b", false, 9, Some("key")).await, ["5", "3", "1"], "whole words only");
    assert_eq!(page("", "aud_5", false, 1, Some("key")).await, ["3"]);
    assert!(page("", "b", false, 9, Some("payout")).await.is_empty());
}
