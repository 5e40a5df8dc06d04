//! Requirements on every adapter: `store::data_exports`.

use domain::{CustomerId, event::Event, id::DataExportId};

use crate::{
    conformance::fixtures::{
        AnyStore, NOON, audit, click, event, identities, link, new_event, order, scrub_job, settle_job, today,
        with_links,
    },
    customers::{Join, NewSale},
    data_exports::{DataExport, PersonClaim, PersonRecords},
    erasure::Person,
    ingest::Batch,
};

pub async fn exports_hold_everything_and_end_with_their_person(store: AnyStore) {
    let brand = with_links(&store).await;
    let buyer = identities(&["order:tx1", "key:k", "pv:pv-cart"]);
    let customer = CustomerId::new(1, [1; 10]);
    let sale = NewSale { transaction_id: "tx1", meta: r#"{"name":"Ada"}"#, identities: &buyer, customer: &customer };
    store.put_sale(&order("tx1", 5000), today(), &sale, &settle_job, NOON).await.unwrap().unwrap();
    let landed = Event { ref_code: Some(link(1, None).code.to_string()), ..event("e", "pv-cart") };
    let batch = Batch {
        clicks: vec![click(1, 1, "pv-cart", NOON), click(2, 1, "else", NOON)],
        events: vec![new_event(landed.clone()), new_event(event("f", "else"))],
    };
    store.append(&batch).await.unwrap();
    // A claim of theirs, and a stranger's of their name.
    let later = NOON.plus_ms(1);
    let claims = [("pv:pv-cart", "claim:somebody", NOON), ("pv:stranger", "claim:k", later)];
    for (n, (visitor, name, at)) in (2_u8..).zip(claims) {
        let claim = identities(&[visitor, name]);
        let new = CustomerId::new(1, [n; 10]);
        store.join_identities(&brand, &claim, &new, Join::OnlyNew, &settle_job, at).await.unwrap();
    }
    let person = store.person(&brand, &identities(&["key:k"])).await.unwrap();
    let records = store.person_records(&brand, &person).await.unwrap();
    assert_eq!(records.events, [landed]);
    assert_eq!((records.clicks.len(), records.landings.len()), (1, 1));
    assert_eq!(records.identities.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["key", "order", "pv"]);
    assert_eq!(records.sales.iter().map(|(_, meta)| meta.as_str()).collect::<Vec<_>>(), [r#"{"name":"Ada"}"#]);
    let claim = |pv_id: Option<&str>, at| PersonClaim { kind: "claim", pv_id: pv_id.map(str::to_owned), at };
    assert_eq!(records.claims, [claim(Some("pv-cart"), NOON), claim(None, later)]);
    let nobody = Person::of(&identities(&["key:other"]));
    assert_eq!(store.person_records(&brand, &nobody).await.unwrap(), PersonRecords::default());

    let export = |n: u8, days: i64| DataExport {
        id: DataExportId::new(NOON.0, [n; 10]),
        sealed: vec![n],
        created_at: NOON,
        expires_at: NOON.plus_ms(days),
    };
    assert!(store.put_data_export(&brand, &export(1, 30), &person).await.unwrap());
    store.put_data_export(&brand, &DataExport { sealed: vec![9], ..export(1, 30) }, &person).await.unwrap();
    store.put_data_export(&brand, &export(2, 30), &nobody).await.unwrap();
    assert_eq!(store.data_export(&brand, &export(1, 30).id, NOON).await.unwrap(), Some(export(1, 30)), "the first");
    assert_eq!(store.data_export(&brand, &export(1, 30).id, NOON.plus_ms(30)).await.unwrap(), None, "expired");
    let ids = async || -> Vec<DataExportId> {
        store.data_exports(&brand, NOON).await.unwrap().into_iter().map(|(id, _, _)| id).collect()
    };
    assert_eq!(ids().await, [export(2, 30).id, export(1, 30).id]);
    store.erase_person(&brand, &identities(&["pv:pv-cart"]), &[], NOON, &audit(1), &scrub_job()).await.unwrap();
    assert_eq!(ids().await, [export(2, 30).id]);
    // Written from what was read before the erasure, it would bring the person back; what is read afterwards does not.
    assert!(!store.put_data_export(&brand, &export(3, 30), &person).await.unwrap());
    assert_eq!(ids().await, [export(2, 30).id]);
    let fresh = DataExport { created_at: later, ..export(4, 30) };
    assert!(store.put_data_export(&brand, &fresh, &person).await.unwrap());
}
