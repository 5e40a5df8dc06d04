//! Requirements on every adapter: `store::profiles`.

use domain::{CustomerId, Identity, event::Event};

use crate::{
    conformance::fixtures::{AnyStore, NOON, brand, event, identities, new_event, settle_job, texts, with_brand},
    customers::Join,
    ingest::Batch,
    profiles::{CustomerEvent, PageView, Profile},
};

pub async fn profiles_and_events_are_deleted_with_their_customer(store: AnyStore) {
    let brand = with_brand(&store).await;
    store.create_brand(&self::brand(2)).await.unwrap();
    let other = self::brand(2).id;
    let id = CustomerId::new(1, [1; 10]);
    let (names, later) = (identities(&["key:k", "pv:a", "pv:b"]), NOON.plus_ms(5));
    store.join_identities(&brand, &names, &id, Join::Merge, &settle_job, NOON).await.unwrap();
    let found = store.customer_of(&brand, &identities(&["key:k"])[0]).await.unwrap().unwrap();
    assert_eq!(
        (found.id.clone(), found.since, found.identities),
        (id.clone(), NOON, identities(&["key:k", "pv:a", "pv:b"]))
    );
    assert_eq!(store.customer_of(&brand, &Identity::MergedCustomer(id.clone())).await.unwrap().unwrap().id, id);
    assert_eq!(store.customer_of(&brand, &identities(&["key:other"])[0]).await.unwrap(), None);
    assert_eq!(store.customer_of(&other, &identities(&["key:k"])[0]).await.unwrap(), None);

    let profile = |sealed: &[u8], at| Profile {
        identity: identities(&["key:k"]).remove(0),
        sealed: sealed.to_vec(),
        created_at: at,
        updated_at: at,
    };
    store.put_profile(&brand, &profile(b"first", NOON), false).await.unwrap();
    store.put_profile(&brand, &profile(b"second", later), false).await.unwrap();
    let expected = Profile { updated_at: later, ..profile(b"second", NOON) };
    assert_eq!(store.profiles_of(&brand, &names).await.unwrap(), [expected]);
    assert_eq!(store.profiles_of(&other, &names).await.unwrap(), []);

    let custom_event = |id: &str, at| CustomerEvent {
        id: id.into(),
        identity: identities(&["key:k"]).remove(0),
        sealed: b"x".to_vec(),
        at,
    };
    assert!(store.put_customer_event(&brand, &custom_event("1", NOON), false).await.unwrap());
    assert!(!store.put_customer_event(&brand, &custom_event("1", later), false).await.unwrap(), "a repeat");
    assert!(store.put_customer_event(&brand, &custom_event("2", later), false).await.unwrap());
    let all = [custom_event("2", later), custom_event("1", NOON)];
    assert_eq!(store.customer_events_of(&brand, &names, 10).await.unwrap(), all);
    assert_eq!(store.customer_events_of(&brand, &names, 1).await.unwrap(), all[..1]);
    assert_eq!(store.customer_events_of(&other, &names, 10).await.unwrap(), []);

    let viewed = |id: &str, pv_id: &str, at| Event { occurred_at: at, ..event(id, pv_id) };
    let test_view = Event { is_test: true, ..event("v4", "a") };
    let other_kind = Event { event_type: "add_to_cart".into(), ..event("v5", "a") };
    let events =
        vec![viewed("v1", "a", NOON), viewed("v2", "b", later), viewed("v3", "stranger", later), test_view, other_kind];
    store.append(&Batch { clicks: vec![], events: events.into_iter().map(new_event).collect() }).await.unwrap();
    let view = |id: &str, pv_id: &str, at| PageView {
        id: id.into(),
        pv_id: pv_id.into(),
        url: Some("https://shop.example/p".into()),
        at,
    };
    let all = vec![view("v2", "b", later), view("v1", "a", NOON)];
    assert_eq!(store.page_views_of(&brand, &texts(&["a", "b"]), later, 10).await.unwrap(), (2, all.clone()));
    assert_eq!(store.page_views_of(&brand, &texts(&["a", "b"]), later, 1).await.unwrap(), (2, all[..1].to_vec()));
    assert_eq!(store.page_views_of(&brand, &texts(&["a", "b"]), NOON, 10).await.unwrap(), (2, all[1..].to_vec()));

    assert_eq!(store.forget_customers(&brand, &identities(&["pv:a"])).await.unwrap(), 3);
    assert_eq!(store.profiles_of(&brand, &names).await.unwrap(), []);
    assert_eq!(store.customer_events_of(&brand, &names, 10).await.unwrap(), []);
    assert_eq!(store.customer_of(&brand, &identities(&["key:k"])[0]).await.unwrap(), None);
}
