//! Requirements on every adapter: `store::click_objects`.

use domain::{ClickId, metadata::Details, time::DAY_MS};

use crate::{
    api_requests::{Answer, RowFault, Written},
    click_objects::ClickFilter,
    conformance::fixtures::{AnyStore, NOON, audit, click, creator, identities, link, logged, scrub_job, with_links},
    ingest::Batch,
    money_writes::LedgerWrite,
    objects::{DetailsChange, Keyset, ObjectKind},
};

pub async fn clicks_are_paged_and_filtered(store: AnyStore) {
    let brand = with_links(&store).await;
    let mut clicks = Vec::new();
    // Days without a click on the second link lie between those with some.
    for (n, link, day) in [(1, 1, 0), (2, 2, 0), (3, 1, 1), (4, 1, 2), (5, 2, 9), (6, 1, 9)] {
        let mut new = click(n, link, &format!("pv {n}"), NOON.plus_ms(day * DAY_MS + i64::from(n)));
        new.click.creator = Some(creator(1).id);
        new.click.bot = (n == 6).then(|| "crawler".to_owned());
        clicks.push(new);
    }
    store.append(&Batch { clicks: clicks.clone(), events: vec![] }).await.unwrap();
    let all = Keyset { from: "clk_".into(), below: "clk_zz".into(), is_ascending: false, limit: 10 };
    let found = async |keyset: Keyset, filter: ClickFilter| {
        let page = store.clicks_page(&brand, &keyset, &filter, 1_000).await.unwrap();
        assert_eq!(page.stopped_at, None);
        page.clicks.into_iter().map(|one| one.record.click.pv_id).collect::<Vec<_>>()
    };
    let second = ClickFilter { link: Some(link(2, None).id), ..ClickFilter::default() };
    let own = ClickFilter { creator: Some(creator(1).id), ..ClickFilter::default() };
    let nobodys = ClickFilter { creator: Some(creator(2).id), ..ClickFilter::default() };
    let bots = ClickFilter { is_human: Some(false), ..ClickFilter::default() };
    assert_eq!(found(all.clone(), ClickFilter::default()).await, ["pv 6", "pv 5", "pv 4", "pv 3", "pv 2", "pv 1"]);
    assert_eq!(found(all.clone(), second.clone()).await, ["pv 5", "pv 2"]);
    assert_eq!(found(Keyset { is_ascending: true, limit: 1, ..all.clone() }, second.clone()).await, ["pv 2"]);
    let below = clicks[4].click.id.to_string();
    assert_eq!(found(Keyset { below, ..all.clone() }, second).await, ["pv 2"]);
    assert_eq!(found(Keyset { limit: 3, ..all.clone() }, own).await, ["pv 6", "pv 5", "pv 4"]);
    assert_eq!(found(all.clone(), nobodys).await, Vec::<String>::new());
    assert_eq!(found(all, bots).await, ["pv 6"]);
}

pub async fn a_search_for_few_of_many_clicks_stops(store: AnyStore) {
    let brand = with_links(&store).await;
    // A bot's click, 2,500 others of the same day, and a bot's click.
    let clicks = (0..2_502_i64).map(|n| {
        let mut new = click(1, 1, &format!("pv {n}"), NOON.plus_ms(n));
        new.click.id = ClickId::new(NOON.0 + n, [1; 10]);
        new.click.bot = (n == 0 || n == 2_501).then(|| "crawler".to_owned());
        new
    });
    let clicks: Vec<_> = clicks.collect();
    store.append(&Batch { clicks: clicks.clone(), events: vec![] }).await.unwrap();
    let all = Keyset { from: "clk_".into(), below: "clk_zz".into(), is_ascending: false, limit: 10 };
    let on_link = ClickFilter { link: Some(link(1, None).id), is_human: Some(false), ..ClickFilter::default() };
    for bots in [ClickFilter { is_human: Some(false), ..ClickFilter::default() }, on_link] {
        let found = async |keyset: Keyset, scan_max| {
            let page = store.clicks_page(&brand, &keyset, &bots, scan_max).await.unwrap();
            (page.clicks.into_iter().map(|one| one.record.click.pv_id).collect::<Vec<_>>(), page.stopped_at)
        };
        assert_eq!(found(all.clone(), 10_000).await, (vec!["pv 2501".to_owned(), "pv 0".to_owned()], None));
        // The newest thousand are looked at, and the client goes on after them.
        let (newest, stopped_at) = found(all.clone(), 1).await;
        assert_eq!((newest, &stopped_at), (vec!["pv 2501".to_owned()], &Some(clicks[1_502].click.id.clone())));
        let rest = Keyset { below: stopped_at.unwrap().to_string(), ..all.clone() };
        assert_eq!(found(rest.clone(), 1).await, (vec![], Some(clicks[502].click.id.clone())));
        assert_eq!(found(rest, 1_001).await, (vec!["pv 0".to_owned()], None));
        let ascending = Keyset { is_ascending: true, ..all.clone() };
        let (oldest, stopped_at) = found(ascending.clone(), 1).await;
        assert_eq!((oldest, &stopped_at), (vec!["pv 0".to_owned()], &Some(clicks[999].click.id.clone())));
        let rest = Keyset { from: format!("{}0", stopped_at.unwrap()), ..ascending.clone() };
        assert_eq!(found(rest, 1_001).await, (vec!["pv 2501".to_owned()], None));
        assert_eq!(found(Keyset { limit: 1, ..all.clone() }, 1).await.0, ["pv 2501"]);
    }
}

pub async fn reported_clicks_keep_their_names(store: AnyStore) {
    let brand = with_links(&store).await;
    let clicks: Vec<_> = (1..=4).map(|n| click(n, 1, &format!("pv {n}"), NOON.plus_ms(i64::from(n)))).collect();
    store.append(&Batch { clicks: clicks.clone(), events: vec![] }).await.unwrap();
    let ids: Vec<String> = clicks.iter().map(|new| new.click.id.to_string()).collect();
    let name = async |named: &[(usize, &str)]| {
        let named: Vec<_> = named.iter().map(|(n, name)| (clicks[*n].click.id.clone(), (*name).to_owned())).collect();
        store.name_clicks(&brand, &named).await.unwrap();
    };
    let names = async || {
        let found = store.details(&brand, &ids).await.unwrap();
        ids.iter().map(|id| found.get(id).and_then(|kept| kept.external_id.clone())).collect::<Vec<_>>()
    };
    let named = |all: [&str; 4]| all.map(|name| (!name.is_empty()).then(|| name.to_owned()));
    name(&[(0, "a"), (1, "b")]).await;
    name(&[(0, "c"), (1, "b"), (2, "a")]).await;
    assert_eq!(names().await, named(["a", "b", "", ""]), "the first stays, of the click and of the name");

    // Nothing is kept with the click of an erased visitor: not the name, not a new one, and no answer that shows them.
    let change = async |before: Option<&str>, after: Option<&str>, n| {
        let details = |name: Option<&str>| Details { external_id: name.map(str::to_owned), ..Details::default() };
        let change = DetailsChange {
            kind: ObjectKind::Click,
            id: ids[0].clone(),
            before: details(before),
            after: details(after),
        };
        let answer = Answer { status: 200, body: "shows the visitor".to_owned() };
        store.write_ledger(&brand, None, LedgerWrite::Details(&change), &audit(n), &answer).await.unwrap()
    };
    let log = logged(&store, &brand).await;
    assert!(matches!(change(Some("a"), Some("a"), 2).await, Written::Done(_)));
    assert_eq!(logged(&store, &brand).await, log, "nothing has changed");
    store.erase_person(&brand, &identities(&["pv:pv 1"]), &[], NOON, &audit(1), &scrub_job()).await.unwrap();
    assert_eq!(names().await, named(["", "b", "", ""]));
    name(&[(0, "a")]).await;
    for (before, after) in [(Some("a"), Some("a")), (None, None), (None, Some("z"))] {
        let written = change(before, after, 3).await;
        assert!(matches!(written, Written::Refused(RowFault::Changed)), "{before:?} {after:?}: {written:?}");
    }
    assert_eq!(names().await, named(["", "b", "", ""]));
}

/// Two reports of other clicks with the same names do not wait for each other for ever.
pub async fn reports_with_the_same_names_do_not_deadlock(store: AnyStore) {
    let brand = with_links(&store).await;
    for n in 0..20_u8 {
        let at = NOON.plus_ms(i64::from(n) * 10);
        let clicks: Vec<_> = (0..4).map(|i| click(4 * n + i + 1, 1, "pv", at.plus_ms(i64::from(i)))).collect();
        store.append(&Batch { clicks: clicks.clone(), events: vec![] }).await.unwrap();
        let id = |i: usize| clicks[i].click.id.clone();
        // In the order of the clicks, each takes first what the other takes last.
        let (x, y) = (format!("x {n}"), format!("y {n}"));
        let one = [(id(0), x.clone()), (id(1), y.clone())];
        let other = [(id(2), y), (id(3), x)];
        let (one, other) = tokio::join!(store.name_clicks(&brand, &one), store.name_clicks(&brand, &other));
        one.unwrap();
        other.unwrap();
    }
}
