//! Requirements on every adapter: `store::retention`.

use domain::{event::Event, id::DataExportId, retention::KeptSince};

use crate::{
    access::Principal,
    conformance::fixtures::{
        AnyStore, NOON, audit, click, clicks_of, delivery, event, identities, install, landings_of, link, new_delivery,
        new_event, scrub_job, texts, week,
    },
    data_exports::DataExport,
    erasure::Person,
    ingest::Batch,
    outbound::NewEvents,
    retention::EndedBefore,
};

pub async fn old_rows_are_deleted_in_batches(store: AnyStore) {
    let shop = store.install_shop(&install(1, NOON)).await.unwrap();
    let brand = shop.brand;
    store.create_link(&brand, &link(1, None), None, &NewEvents::default()).await.unwrap();
    let at = |n: u8| NOON.plus_ms(i64::from(n));
    // Every other page has no code, so that its alias is stored by itself.
    let landed = |n: u8| Event {
        ref_code: (n % 2 == 1).then(|| link(1, None).code.to_string()),
        pv_alias: Some(format!("alias {n}")),
        occurred_at: at(n),
        received_at: at(n),
        ..event(&n.to_string(), "a")
    };
    let batch = Batch {
        clicks: (1..=5).map(|n| click(n, 1, "a", at(n))).collect(),
        events: (1..=5).map(|n| new_event(landed(n))).collect(),
    };
    store.append(&batch).await.unwrap();
    let principal = Principal { brand: brand.clone(), creator: None };
    store.put_login([1; 32], &principal, at(10), &audit(1)).await.unwrap();
    store.use_login([1; 32], [2; 32], NOON, at(20), &NewEvents::default()).await.unwrap();
    store.put_login([4; 32], &principal, at(5), &audit(3)).await.unwrap();
    let kept_since = KeptSince { events: at(3), clicks: at(4), landings: at(5), access: at(10) };
    let counts = async || {
        let events = store.events_after(&brand, "", 10).await.unwrap().len();
        let clicks = clicks_of(&store, &brand, &["a"], at(9)).await.len();
        let landings = landings_of(&store, &brand, "a", at(9)).await.len();
        (events, clicks, landings, store.visitor_aliases(&brand, &texts(&["a"])).await.unwrap().len())
    };
    assert_eq!(
        store.delete_old(&brand, &kept_since, 2).await.unwrap(),
        9,
        "two of each kind, and the link that expired"
    );
    assert_eq!(counts().await, (3, 3, 1, 1));
    assert_eq!(store.delete_old(&brand, &kept_since, 2).await.unwrap(), 1);
    assert_eq!(counts().await, (3, 2, 1, 1));
    assert_eq!(store.delete_old(&brand, &kept_since, 2).await.unwrap(), 0);
    let deleted_before = async || store.brand(&brand).await.unwrap().unwrap().visits_deleted_before;
    assert_eq!(deleted_before().await, at(5), "the latest of the three");
    let longer = KeptSince { events: at(1), clicks: at(1), landings: at(1), access: at(1) };
    store.delete_old(&brand, &longer, 2).await.unwrap();
    assert_eq!(deleted_before().await, at(5), "what was deleted stays deleted");
    let ended = |n: u8| KeptSince { access: at(n), ..longer };
    assert_eq!(store.delete_old(&brand, &ended(11), 2).await.unwrap(), 1, "the link that was used");
    assert_eq!(store.delete_old(&brand, &ended(20), 2).await.unwrap(), 0);
    assert_eq!(store.delete_old(&brand, &ended(21), 2).await.unwrap(), 1, "the session");
    assert_eq!(store.traffic(&brand, week()).await.unwrap().clicks_by_day[0].clicks.clicks, 5, "totals stay");

    store.put_oauth_state([3; 32], &shop.domain, at(10)).await.unwrap();
    store.receive(&[new_delivery(1)]).await.unwrap();
    let export = DataExport { id: DataExportId::new(1, [1; 10]), sealed: vec![], created_at: NOON, expires_at: at(10) };
    store.put_data_export(&brand, &export, &Person::of(&identities(&["key:k"]))).await.unwrap();
    store
        .erase_person(&brand, &identities(&["key:other", "order:1"]), &[], NOON, &audit(2), &scrub_job())
        .await
        .unwrap();
    let before = |n: u8| EndedBefore { oauth_states: at(n), deliveries: at(n), erasures: at(n) };
    assert_eq!(store.delete_ended(&before(10), 10).await.unwrap(), 0, "none ended, or is processed");
    store.close_deliveries(&[(delivery(1).id, "done".to_owned())], NOON).await.unwrap();
    assert_eq!(store.delete_ended(&before(11), 10).await.unwrap(), 3, "state, delivery, export");
    let much_later = NOON.plus_ms(91 * domain::time::DAY_MS);
    let all = EndedBefore { oauth_states: NOON, deliveries: NOON, erasures: much_later };
    assert_eq!(store.delete_ended(&all, 10).await.unwrap(), 1, "a person's tombstone, not the order's");
    assert!(store.is_erased(&brand, &identities(&["order:1"])).await.unwrap());
    assert!(!store.is_erased(&brand, &identities(&["key:other"])).await.unwrap());
}
