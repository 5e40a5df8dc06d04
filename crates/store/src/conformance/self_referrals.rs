//! Requirements on every adapter: `store::self_referrals`.

use domain::{Identity, retention::KeptSince, time::DAY_MS};

use crate::{
    conformance::fixtures::{
        AnyStore, NOON, audit, brand, creator, identities, scrub_job, set_paypal, texts, with_links,
    },
    outbound::NewEvents,
};

pub async fn creators_are_found_by_browser_and_have_payout_addresses(store: AnyStore) {
    let id = with_links(&store).await;
    let at = |ms| NOON.plus_ms(ms);
    assert!(store.put_creator_visitor(&id, &creator(1).id, "browser", NOON).await.unwrap());
    assert!(!store.put_creator_visitor(&id, &creator(1).id, "browser", at(1)).await.unwrap());
    assert!(store.put_creator_visitor(&id, &creator(2).id, "browser", NOON).await.unwrap());
    let found = async || store.creators_of_visitors(&id, &texts(&["browser", "other"])).await.unwrap();
    let [one, two] = [1, 2].map(|n| ("browser".to_owned(), creator(n).id));
    assert_eq!(found().await, [one.clone(), two.clone()]);
    store.create_brand(&brand(2)).await.unwrap();
    assert_eq!(store.creators_of_visitors(&brand(2).id, &texts(&["browser"])).await.unwrap(), vec![]);

    set_paypal(&store, &id, &creator(1).id, b"sealed", &audit(1)).await;
    let both = [creator(1).id, creator(2).id];
    assert_eq!(store.payout_addresses_of(&id, &both).await.unwrap(), [(creator(1).id, b"sealed".to_vec())]);
    assert_eq!(store.payout_addresses_of(&id, &both[1..]).await.unwrap(), vec![]);
    assert_eq!(store.payout_addresses_of(&brand(2).id, &both).await.unwrap(), vec![]);

    // A browser that does not come back is forgotten after the brand's retention period.
    assert!(!store.put_creator_visitor(&id, &creator(2).id, "browser", at(2 * DAY_MS)).await.unwrap(), "again");
    let day = at(DAY_MS);
    store.delete_old(&id, &KeptSince { events: day, clicks: day, landings: day, access: day }, 10).await.unwrap();
    assert_eq!(found().await, [two]);
    // With its visitor, or with the creator, at once.
    let visitor: Vec<Identity> = identities(&["pv:browser"]);
    store.erase_person(&id, &visitor, &[], NOON, &audit(2), &scrub_job()).await.unwrap();
    assert_eq!(found().await, vec![]);
    let another = async || store.creators_of_visitors(&id, &texts(&["another"])).await.unwrap();
    assert!(store.put_creator_visitor(&id, &creator(1).id, "another", NOON).await.unwrap());
    assert_eq!(another().await.len(), 1);
    assert!(
        store.erase_creator(&id, &creator(1).id, NOON, &audit(3), &NewEvents::default(), &scrub_job()).await.unwrap()
    );
    assert_eq!(another().await, vec![]);
}
