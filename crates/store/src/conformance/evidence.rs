//! Requirements on every adapter: `store::evidence`.

use domain::{
    UnixMs,
    attribution::{Landing, PurchaseReport},
    click::Click,
    event::Event,
    link::Link,
};

use crate::{
    conformance::fixtures::{
        AnyStore, NOON, brand, click, clicks_of, creator, event, landings_of, link, new_event, texts, with_links,
    },
    evidence::{ReportQuery, SpanClicks, VisitorSpan},
    ingest::Batch,
};

pub async fn every_landing_is_stored(store: AnyStore) {
    let brand = with_links(&store).await;
    let code = link(1, None).code;
    let landing_at =
        |id: &str, at: UnixMs| Event { occurred_at: at, ref_code: Some(code.to_string()), ..event(id, "a") };
    let by_link = Event { pv_alias: Some("link".into()), ..landing_at("e2", NOON.plus_ms(50)) };
    let events = vec![landing_at("e1", NOON), by_link];
    store.append(&Batch { clicks: vec![], events: events.into_iter().map(new_event).collect() }).await.unwrap();
    let found = landings_of(&store, &brand, "a", NOON.plus_ms(10)).await;
    let landing = |at, pv_alias| Landing { pv_id: "a".into(), code, at, pv_alias };
    assert_eq!(found, [landing(NOON, None)]);
    let found = landings_of(&store, &brand, "a", NOON.plus_ms(50)).await;
    assert_eq!(found, [landing(NOON.plus_ms(50), Some("link".to_owned())), landing(NOON, None)]);
    // A page that is loaded again and again hides no visit by a link.
    let again = (0..25).map(|n| landing_at(&format!("again{n}"), NOON.plus_ms(100 + n)));
    store.append(&Batch { clicks: vec![], events: again.map(new_event).collect() }).await.unwrap();
    let found = landings_of(&store, &brand, "a", NOON.plus_ms(999)).await;
    assert_eq!((found.len(), found.iter().filter(|landing| landing.pv_alias.is_some()).count()), (20, 1));
    assert_eq!(store.visitors_with_alias(&brand, "link", 9).await.unwrap(), ["a"]);
    assert_eq!(store.visitors_with_alias(&brand, "a", 9).await.unwrap(), [""; 0]);
}

pub async fn order_evidence_is_found(store: AnyStore) {
    let brand = with_links(&store).await;
    let clicks = vec![click(1, 1, "a", NOON), click(2, 2, "b", NOON.plus_ms(5)), click(3, 1, "c", NOON)];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    let found = clicks_of(&store, &brand, &["a", "b"], NOON.plus_ms(9)).await;
    assert_eq!(found.iter().map(|click| click.pv_id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(clicks_of(&store, &brand, &["b"], NOON).await, vec![]);
    assert_eq!(clicks_of(&store, &brand, &[], NOON).await, vec![]);
    let ids = |links: Vec<Link>| links.into_iter().map(|link| link.id).collect::<Vec<_>>();
    let named = store.links_named(&brand, &[link(1, None).id.to_string()], &[], &["PROMO2".into()]).await.unwrap();
    assert_eq!(ids(named), [link(1, None).id, link(2, None).id]);
    let named = store.links_named(&brand, &[], &[link(2, None).code.to_string()], &[]).await.unwrap();
    assert_eq!(ids(named), [link(2, None).id]);
    assert_eq!(
        store.creators_with_email(&brand, &texts(&["hash2", "hash9"])).await.unwrap(),
        [("hash2".to_owned(), creator(2).id)]
    );
}

pub async fn evidence_is_returned_per_order(store: AnyStore) {
    let brand = with_links(&store).await;
    let report = |id: &str, pv_id: &str, order_id: &str, at: i64| Event {
        event_type: "purchase".into(),
        order_id: Some(order_id.into()),
        received_at: NOON.plus_ms(at),
        ..event(id, pv_id)
    };
    let test_purchase = Event { is_test: true, ..report("e4", "t", "1", 0) };
    let verified = Event { is_verified: true, ..report("e5", "v", "2", 3) };
    let mut landing = event("e6", "a");
    landing.ref_code = Some("m7xp3k9a".into());
    let events = vec![
        report("e1", "a", "1", 1),
        report("e2", "b", "2", 2),
        report("e3", "late", "1", 9),
        test_purchase,
        verified,
        landing,
    ];
    let clicks = vec![
        click(1, 1, "a", NOON),
        click(2, 2, "a", NOON.plus_ms(1)),
        click(3, 1, "a", NOON.plus_ms(2)),
        click(4, 2, "b", NOON.plus_ms(3)),
    ];
    store.append(&Batch { clicks, events: events.into_iter().map(new_event).collect() }).await.unwrap();
    let [first, second, empty] = [texts(&["1", "gid://1"]), texts(&["2"]), Vec::new()];
    let until = |ms| NOON.plus_ms(ms);
    let spans = |names: &[&str], ms| names.iter().map(|name| VisitorSpan::until(*name, until(ms))).collect::<Vec<_>>();
    let secrets = texts(&["secret"]);
    let reports = |names, ms| ReportQuery { names, secrets: &secrets, from: until(0), until: until(ms) };
    let reporters = store
        .reporters_of(&brand, &[reports(&first, 5), reports(&empty, 5), reports(&second, 5), reports(&first, 9)])
        .await
        .unwrap();
    let found = |pv_id: &str, ms, is_verified| PurchaseReport {
        pv_id: pv_id.to_owned(),
        at: until(ms),
        is_verified,
        has_secret: false,
    };
    let expected = [
        vec![found("a", 1, false)],
        vec![],
        vec![found("v", 3, true), found("b", 2, false)],
        vec![found("a", 1, false), found("late", 9, false)],
    ];
    assert_eq!(reporters, expected);
    let early = ReportQuery { from: until(2), ..reports(&first, 5) };
    assert_eq!(store.reporters_of(&brand, &[early]).await.unwrap(), [vec![]], "before the order");

    let both = spans(&["a", "b"], 9);
    let between =
        |from, last, clicks| VisitorSpan { pv_id: "a".to_owned(), from: until(from), until: until(last), clicks };
    let (all, of_any) = (SpanClicks::All, SpanClicks::Last);
    let on = |number| SpanClicks::LastOn(link(number, None).code);
    // Two spans whose last click is one and the same, one with another, and one without any.
    let last = vec![between(0, 1, of_any), between(1, 1, of_any), between(0, 2, of_any), between(7, 9, of_any)];
    let of_links = vec![between(0, 9, on(1)), between(0, 9, on(2)), between(0, 9, on(3))];
    let queries = [both.clone(), spans(&["a"], 1), vec![between(1, 1, all)], last, of_links, Vec::new()];
    let found = store.clicks_of(&brand, &queries, 3).await.unwrap();
    let ids = |clicks: &[Click]| clicks.iter().map(|click| click.at.0 - NOON.0).collect::<Vec<_>>();
    assert_eq!(
        found.iter().map(|clicks| ids(clicks)).collect::<Vec<_>>(),
        [vec![3, 2, 1], vec![1, 0], vec![1], vec![2, 1], vec![2, 1], vec![]]
    );
    let after = vec![between(99_999, 999_999, all)];
    let queries = [Vec::new(), both.clone(), spans(&["a"], -1), after];
    let found = store.landings_of(&brand, &queries).await.unwrap();
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0, 0]);
    assert_eq!(store.clicks_of(&brand, &[], 3).await.unwrap(), Vec::<Vec<Click>>::new());
    store.create_brand(&self::brand(2)).await.unwrap();
    let other = self::brand(2).id;
    assert_eq!(store.clicks_of(&other, &[both], 3).await.unwrap(), [vec![]]);
    assert_eq!(store.reporters_of(&other, &[reports(&first, 9)]).await.unwrap(), [vec![]]);
}

pub async fn no_kind_of_purchase_report_crowds_out_another(store: AnyStore) {
    let brand = with_links(&store).await;
    let mut events = Vec::new();
    for (kind, is_verified, is_test) in
        [("v", true, false), ("vt", true, true), ("b", false, false), ("bt", false, true)]
    {
        events.extend((0..60).map(|nth| Event {
            event_type: "purchase".into(),
            order_id: Some("1".into()),
            received_at: NOON.plus_ms(nth),
            is_verified,
            is_test,
            ..event(&format!("{kind}{nth:02}"), kind)
        }));
    }
    let other = Event {
        event_type: "purchase".into(),
        order_id: Some("2".into()),
        received_at: NOON,
        is_verified: true,
        ..event("other", "other")
    };
    let events = events.into_iter().chain([other]).map(new_event).collect();
    store.append(&Batch { clicks: vec![], events }).await.unwrap();
    let found = store.purchase_reports(&brand, &texts(&["1", "2"]), NOON.plus_ms(99)).await.unwrap();
    assert!(found.iter().any(|event| event.id == "other"), "nor do those of another order");
    let found = store.purchase_reports(&brand, &texts(&["1"]), NOON.plus_ms(99)).await.unwrap();
    let of = |kind: &str| {
        let ids: Vec<&str> = found.iter().filter(|event| event.pv_id == kind).map(|event| event.id.as_str()).collect();
        (ids.len(), ids[0].to_owned(), ids[ids.len() - 1].to_owned())
    };
    assert_eq!(of("v"), (50, "v10".into(), "v59".into()), "the latest, which may be corrections");
    assert_eq!(of("b"), (50, "b00".into(), "b49".into()), "the earliest, so that later forgeries are left out");
    assert_eq!((of("vt").0, of("bt").0), (50, 50));
    assert_eq!((found[0].pv_id.as_str(), found[199].pv_id.as_str()), ("v", "bt"));
}
