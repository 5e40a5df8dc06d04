//! Requirements on every adapter: `store::rollups`.

use domain::{
    BrandId, Currency, EntryId, UnixMs,
    click_source::{SourceClick, SourceCounter, SourceKind},
    commission::EntryKind,
    event::Event,
    time::{DAY_MS, Day, Zone},
};

use crate::{
    commissions::Entry,
    conformance::fixtures::{
        AnyStore, NOON, audit, brand, click, creator, event, link, new_event, reads, today, week, with_links,
    },
    ingest::Batch,
    outbound::NewEvents,
    rollups::{CommissionDay, FunnelDay, FunnelStep, PayableTotal, ReadClicks, Rollup},
};

/// Bounds of all ids of clicks.
const ALL: (&str, &str) = ("clk_", "clk_~");

fn rollup(ledger_id: &str) -> Rollup {
    Rollup {
        rolled_at: NOON,
        from_day: today(),
        ledger_id: ledger_id.to_owned(),
        payable: PayableTotal { creators: 1, amounts: vec![domain::Money { minor: 5, currency: Currency::USD }] },
        next_payable_at: None,
    }
}

fn read(counted: Option<i64>, rolled: i64) -> ReadClicks {
    ReadClicks { counted, rolled, below: "clk_x".to_owned() }
}

fn entry(n: u8, kind: EntryKind, minor: i64, at: UnixMs) -> Entry {
    Entry {
        id: EntryId::new(at.0, [n; 10]),
        key: format!("key {n}"),
        creator: creator(1).id,
        order: None,
        rule: None,
        kind,
        currency: Currency::USD,
        amount_minor: minor,
        reason: "a reason".to_owned(),
        actor: "test".to_owned(),
        created_at: at,
        payable_at: at,
        needs_approval: false,
        approved_at: Some(at),
        payout: None,
    }
}

/// Reads all clicks of today into the counts.
async fn read_all(store: &AnyStore, brand: &BrandId) -> Vec<(SourceKind, String, i64)> {
    let page = store.source_page(brand, today(), ALL, 10).await.unwrap();
    let zone = Zone::UTC;
    let mut counter = SourceCounter::new(&zone, store.sites_of_day(brand, today()).await.unwrap());
    page.clicks.iter().for_each(|(_, click)| counter.add(click));
    let after = read(Some(page.counted), i64::try_from(page.clicks.len()).unwrap());
    assert!(store.add_click_sources(brand, today(), None, &after, &counter.into_counts(), false).await.unwrap());
    let totals = reads(store, brand).await.source_totals(week(), None).await.unwrap();
    totals.into_iter().map(|total| (total.kind, total.value, total.clicks.clicks)).collect()
}

pub async fn brands_with_something_new_are_found(store: AnyStore) {
    let id = with_links(&store).await;
    store.create_brand(&brand(2)).await.unwrap();
    let found = async || store.brands_to_roll_up(Day(today().0 - 8), NOON).await.unwrap();
    assert_eq!(found().await, []);
    store.append(&Batch { clicks: vec![click(1, 1, "a", NOON)], events: vec![] }).await.unwrap();
    assert_eq!(found().await, std::slice::from_ref(&id));
    let later = store.brands_to_roll_up(Day(today().0 + 1), NOON).await.unwrap();
    assert_eq!(later, [], "clicks before it are not asked for");
    assert_eq!(store.unread_days(&id, today(), 10).await.unwrap().len(), 1);
    read_all(&store, &id).await;
    assert_eq!(found().await, []);
    assert_eq!(store.unread_days(&id, today(), 10).await.unwrap(), []);

    assert_eq!(store.last_ledger_line(&id).await.unwrap(), None);
    let line = entry(1, EntryKind::Adjustment, 50, NOON);
    assert!(store.adjust(&id, &line, &audit(9), &NewEvents::default()).await.unwrap());
    assert_eq!(store.last_ledger_line(&id).await.unwrap(), Some(line.id.to_string()));
    assert_eq!(found().await, std::slice::from_ref(&id));
    store.put_rollup(&id, &rollup(line.id.as_str()), today(), &[], &[]).await.unwrap();
    assert_eq!(found().await, []);
}

pub async fn brands_whose_holds_are_over_are_found(store: AnyStore) {
    let id = with_links(&store).await;
    let over = NOON.plus_ms(DAY_MS);
    let held = Entry { payable_at: over, ..entry(1, EntryKind::Adjustment, 50, NOON) };
    let waiting = Entry {
        payable_at: NOON.plus_ms(5),
        needs_approval: true,
        approved_at: None,
        ..entry(2, EntryKind::Adjustment, 70, NOON)
    };
    for (line, n) in [(&held, 9), (&waiting, 10)] {
        assert!(store.adjust(&id, line, &audit(n), &NewEvents::default()).await.unwrap());
    }
    assert_eq!(store.next_payable_at(&id, NOON).await.unwrap(), Some(over), "the other line waits for a person");
    assert_eq!(store.next_payable_at(&id, over).await.unwrap(), None);
    let stored = Rollup { next_payable_at: Some(over), ..rollup(waiting.id.as_str()) };
    store.put_rollup(&id, &stored, today(), &[], &[]).await.unwrap();
    assert_eq!(store.rollup(&id).await.unwrap(), Some(stored));
    let found = async |now| store.brands_to_roll_up(Day(today().0 - 8), now).await.unwrap();
    assert_eq!(found(over.plus_ms(-1)).await, []);
    assert_eq!(found(over).await, std::slice::from_ref(&id));
}

pub async fn clicks_are_read_once_and_counted_by_source(store: AnyStore) {
    let id = with_links(&store).await;
    let mut bot = click(3, 1, "b", NOON.plus_ms(3));
    bot.click.bot = Some("Googlebot".into());
    let clicks = vec![click(1, 1, "a", NOON), click(2, 2, "a", NOON.plus_ms(1)), bot];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    let page = store.source_page(&id, today(), ALL, 10).await.unwrap();
    assert_eq!((page.clicks.len(), page.counted), (3, 3));
    let (first, SourceClick { link: found, is_bot, country, .. }) = page.clicks[0].clone();
    assert_eq!((found, is_bot, country.as_deref()), (link(1, None).id, false, Some("DE")));
    assert!(page.clicks[2].1.is_bot);
    let later = store.source_page(&id, today(), (page.clicks[1].0.as_str(), ALL.1), 1).await.unwrap();
    assert_eq!(later.clicks, page.clicks[1..2]);
    let none = store.source_page(&id, today(), (ALL.0, first.as_str()), 10).await.unwrap();
    assert_eq!((none.clicks.len(), none.counted), (0, 3), "the total comes without clicks too");

    let totals = read_all(&store, &id).await;
    let expected = [
        (SourceKind::Browser, "Safari".to_owned(), 2),
        (SourceKind::Country, "DE".to_owned(), 2),
        (SourceKind::Device, "mobile".to_owned(), 2),
        (SourceKind::Referrer, "instagram.com".to_owned(), 2),
    ];
    assert_eq!(totals, expected);
    assert_eq!(store.sites_of_day(&id, today()).await.unwrap(), ["instagram.com"]);

    // A second reader that began at the same place changes nothing.
    let counts = {
        let zone = Zone::UTC;
        let mut counter = SourceCounter::new(&zone, []);
        counter.add(&page.clicks[0].1);
        counter.into_counts()
    };
    let (before, after) = (read(Some(3), 3), read(None, 4));
    assert!(!store.add_click_sources(&id, today(), None, &after, &counts, false).await.unwrap());
    assert!(store.add_click_sources(&id, today(), Some(&before), &after, &counts, false).await.unwrap());
    assert_eq!(reads(&store, &id).await.source_totals(week(), None).await.unwrap()[0].clicks.clicks, 3);
    assert_eq!(store.unread_days(&id, today(), 10).await.unwrap()[0].read, Some(after.clone()));
    assert!(store.add_click_sources(&id, today(), Some(&after), &before, &counts, true).await.unwrap());
    assert_eq!(
        reads(&store, &id).await.source_totals(week(), None).await.unwrap()[0].clicks.clicks,
        1,
        "counted again from the start"
    );
}

pub async fn funnels_count_visitors_who_came_by_a_link(store: AnyStore) {
    let id = with_links(&store).await;
    let step = |event_id: &str, pv_id: &str, kind: &str| Event {
        event_type: kind.to_owned(),
        occurred_at: NOON.plus_ms(10),
        received_at: NOON.plus_ms(10),
        ..event(event_id, pv_id)
    };
    let landing = |event_id: &str, pv_id: &str, n: u8| Event {
        ref_code: Some(link(n, None).code.to_string()),
        ..event(event_id, pv_id)
    };
    let test = Event { is_test: true, ..step("7", "b", "add_to_cart") };
    let events = [
        landing("1", "a", 1),
        landing("2", "b", 2),
        step("3", "a", "add_to_cart"),
        step("4", "a", "add_to_cart"),
        step("5", "stranger", "add_to_cart"),
        step("6", "a", "checkout_start"),
        test,
    ];
    store.append(&Batch { clicks: vec![], events: events.map(new_event).to_vec() }).await.unwrap();
    let at = async |kind, from, until| store.visitors_at(&id, kind, from, until).await.unwrap();
    let until = NOON.plus_ms(11);
    assert_eq!(at(FunnelStep::Cart, NOON, until).await, [(link(1, None).id, 1)]);
    assert_eq!(at(FunnelStep::Checkout, NOON, until).await, [(link(1, None).id, 1)]);
    assert_eq!(at(FunnelStep::Cart, NOON, NOON.plus_ms(10)).await, [], "not yet");
}

pub async fn days_are_replaced_whole(store: AnyStore) {
    let id = with_links(&store).await;
    assert_eq!(store.rollup(&id).await.unwrap(), None);
    let (first, second) = (Day(today().0 - 1), today());
    let funnel = |day, carts| FunnelDay { day, link: link(1, None).id, carts, checkouts: 1 };
    let gained =
        |day, amount_minor| CommissionDay { day, creator: creator(1).id, currency: Currency::USD, amount_minor };
    let stored = rollup("led_1");
    let (days, gains) = ([funnel(first, 5), funnel(second, 7)], [gained(first, 50), gained(second, 70)]);
    store.put_rollup(&id, &stored, first, &days, &gains).await.unwrap();
    store.put_rollup(&id, &stored, second, &[funnel(second, 8)], &[gained(second, 80)]).await.unwrap();
    assert_eq!(store.rollup(&id).await.unwrap(), Some(stored));
    assert_eq!(reads(&store, &id).await.funnel(week(), None).await.unwrap().carts, 13);
    let totals = reads(&store, &id).await.commission_totals(week(), Some(&creator(1).id)).await.unwrap();
    assert_eq!(totals.iter().map(|total| total.amount_minor).collect::<Vec<_>>(), [50, 80]);

    for (n, kind, minor, at) in [
        (1, EntryKind::Adjustment, 50, NOON),
        (2, EntryKind::Adjustment, -20, NOON.plus_ms(1)),
        (3, EntryKind::Adjustment, 30, NOON.plus_ms(DAY_MS)),
    ] {
        let line = entry(n, kind, minor, at);
        assert!(store.adjust(&id, &line, &audit(9 + n), &NewEvents::default()).await.unwrap());
    }
    let gained = store.ledger_quarters(&id, NOON).await.unwrap();
    let gained: Vec<_> = gained.into_iter().map(|quarter| (quarter.at, quarter.amount_minor)).collect();
    assert_eq!(gained, [(NOON, 30), (NOON.plus_ms(DAY_MS), 30)]);
    assert_eq!(store.ledger_quarters(&id, NOON.plus_ms(DAY_MS)).await.unwrap().len(), 1);
    let other = brand(2);
    store.create_brand(&other).await.unwrap();
    assert_eq!(store.ledger_quarters(&other.id, NOON).await.unwrap(), []);
}
