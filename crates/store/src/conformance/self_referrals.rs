//! Requirements on every adapter: `store::self_referrals`.

use crate::conformance::fixtures::{AnyStore, NOON, audit, brand, creator, texts, with_links};

pub async fn creators_are_found_by_browser_and_have_payout_addresses(store: AnyStore) {
    let id = with_links(&store).await;
    assert!(store.put_creator_visitor(&id, &creator(1).id, "browser", NOON).await.unwrap());
    assert!(!store.put_creator_visitor(&id, &creator(1).id, "browser", NOON.plus_ms(1)).await.unwrap());
    assert!(store.put_creator_visitor(&id, &creator(2).id, "browser", NOON).await.unwrap());
    let found = store.creators_of_visitors(&id, &texts(&["browser", "other"])).await.unwrap();
    assert_eq!(found, [("browser".to_owned(), creator(1).id), ("browser".to_owned(), creator(2).id)]);
    store.create_brand(&brand(2)).await.unwrap();
    assert_eq!(store.creators_of_visitors(&brand(2).id, &texts(&["browser"])).await.unwrap(), vec![]);

    store.set_payout_address(&id, &creator(1).id, Some(b"sealed"), &audit(1)).await.unwrap();
    let both = [creator(1).id, creator(2).id];
    assert_eq!(store.payout_addresses_of(&id, &both).await.unwrap(), [(creator(1).id, b"sealed".to_vec())]);
    assert_eq!(store.payout_addresses_of(&id, &both[1..]).await.unwrap(), vec![]);
    assert_eq!(store.payout_addresses_of(&brand(2).id, &both).await.unwrap(), vec![]);
}
