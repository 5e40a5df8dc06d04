//! Requirements on every adapter: `store::secrets`.

use crate::conformance::fixtures::{AnyStore, NOON};

pub async fn the_first_secret_stored_is_kept(store: AnyStore) {
    assert_eq!(store.secret_or_insert("day:1", b"first", NOON).await.unwrap(), b"first");
    assert_eq!(store.secret_or_insert("day:1", b"second", NOON).await.unwrap(), b"first");
    store.secret_or_insert("other", b"kept", NOON).await.unwrap();
    store.forget_secrets("day:", NOON.plus_ms(1)).await.unwrap();
    assert_eq!(store.secret_or_insert("day:1", b"third", NOON).await.unwrap(), b"third");
    assert_eq!(store.secret_or_insert("other", b"new", NOON).await.unwrap(), b"kept");
}
