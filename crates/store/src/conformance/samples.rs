//! Requirements on every adapter: `store::samples`.

use domain::{
    brand::{Brand, SampleData, Settings},
    metadata::Details,
};

use crate::{
    api_requests::Answer,
    conformance::fixtures::{AnyStore, NOON, audit, creator, link, logged, today, with_brand, with_links},
    ingest::Batch,
    links::LinkChange,
    money_writes::LedgerWrite,
    objects::{DetailsChange, ObjectKind},
    outbound::NewEvents,
    rollups::{PayableTotal, Rollup},
};

async fn marked(store: &AnyStore, before: &Brand) -> Brand {
    let sample = Some(SampleData { begun_at: NOON, is_complete: true });
    let after = Brand { settings: Settings { sample, ..before.settings.clone() }, ..before.clone() };
    assert!(store.update_brand_settings(before, &after, &audit(90)).await.unwrap());
    after
}

pub async fn a_brand_is_unused_until_something_is_in_it(store: AnyStore) {
    let id = with_brand(&store).await;
    assert!(store.is_unused(&id).await.unwrap());
    marked(&store, &store.brand(&id).await.unwrap().unwrap()).await;
    assert!(store.is_unused(&id).await.unwrap(), "settings and the audit log are no use");
    store.create_creator(&id, &creator(1), &audit(1), &NewEvents::default()).await.unwrap();
    assert!(!store.is_unused(&id).await.unwrap());
}

pub async fn sample_data_is_cleared_with_its_mark(store: AnyStore) {
    let id = with_links(&store).await;
    let batch = Batch { clicks: vec![super::fixtures::click(1, 1, "visitor", NOON)], events: Vec::new() };
    store.append(&batch).await.unwrap();
    let key = super::money_writes::key(&store, &id).await;
    let details = |text: &str| Details { external_id: Some(text.to_owned()), ..Details::default() };
    let change = |kind, id: String, text| DetailsChange { kind, id, before: Details::default(), after: details(text) };
    assert!(store.note_key(&id, &change(ObjectKind::Key, key.0.clone(), "till"), &audit(8)).await.unwrap());
    let of_link = change(ObjectKind::Link, link(1, None).id.to_string(), "spring");
    let answer = Answer { status: 200, body: String::new() };
    store.write_ledger(&id, None, LedgerWrite::Details(&of_link), &audit(9), &answer).await.unwrap();
    let before = store.brand(&id).await.unwrap().unwrap();
    assert!(!store.clear_sample(&before, &before, &audit(2)).await.unwrap(), "it is not marked");
    let marked = marked(&store, &before).await;
    assert!(!store.clear_sample(&before, &before, &audit(3)).await.unwrap(), "it was not marked when it was read");
    let mut changes = store.link_changes();
    assert!(store.clear_sample(&marked, &before, &audit(4)).await.unwrap());
    assert!(store.is_unused(&id).await.unwrap());
    assert_eq!(store.brand(&id).await.unwrap(), Some(before));
    assert_eq!(store.creators(&id).await.unwrap(), vec![]);
    let kept = store.details(&id, &[key.0.clone(), of_link.id.clone()]).await.unwrap();
    assert_eq!(kept, [(key.0, details("till"))].into(), "keys stay, with their external ids");
    assert_eq!(store.link_by_code(link(1, None).code).await.unwrap(), None);
    let log = logged(&store, &id).await;
    assert_eq!(log.iter().map(|entry| entry.3.as_str()).collect::<Vec<_>>(), ["4"], "only that it was cleared");
    // On PostgreSQL the changes of the links before may arrive late.
    while changes.recv().await.unwrap() != LinkChange::Brand(id.clone()) {}
}

pub async fn figures_of_complete_sample_data_are_computed_anew(store: AnyStore) {
    let id = with_brand(&store).await;
    let before = store.brand(&id).await.unwrap().unwrap();
    let sample = Some(SampleData { begun_at: NOON, is_complete: true });
    let after = Brand { settings: Settings { sample, ..before.settings.clone() }, ..before.clone() };
    // The figures of the empty brand: what is older than their day would never be computed.
    let rollup = Rollup {
        rolled_at: NOON,
        from_day: today(),
        ledger_id: String::new(),
        payable: PayableTotal::default(),
        next_payable_at: None,
    };
    store.put_rollup(&id, &rollup, today(), &[], &[]).await.unwrap();
    assert!(!store.complete_sample(&after, &before, &audit(1)).await.unwrap(), "the settings changed meanwhile");
    assert_eq!(store.rollup(&id).await.unwrap(), Some(rollup));
    assert!(store.complete_sample(&before, &after, &audit(2)).await.unwrap());
    assert_eq!(store.rollup(&id).await.unwrap(), None);
    assert_eq!(store.brand(&id).await.unwrap(), Some(after));
}
