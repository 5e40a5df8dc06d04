//! Requirements on every adapter: `store::ingest`.

use domain::{
    ClickId, Currency, Money, UnixMs,
    click::UNIQUE_WINDOW_MS,
    event::{Event, TYPES},
    report::Clicks,
    time::HOUR_MS,
};

use crate::{
    conformance::fixtures::{
        AnyStore, NOON, claim_jobs, click, event, landings_of, new_event, report_job, today, week, with_brand,
        with_links,
    },
    evidence::VisitorAlias,
    ingest::{Batch, NewClick, NewEvent},
};

pub async fn clicks_are_unique_once_per_hour(store: AnyStore) {
    let brand = with_links(&store).await;
    let append = async |clicks: Vec<NewClick>| store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    append(vec![click(1, 1, "a", NOON), click(2, 1, "a", NOON.plus_ms(1)), click(3, 2, "a", NOON.plus_ms(2))]).await;
    append(vec![click(4, 1, "a", NOON.plus_ms(HOUR_MS - 1))]).await;
    append(vec![click(5, 1, "a", NOON.plus_ms(HOUR_MS))]).await;
    let mut bot = click(6, 1, "b", NOON);
    bot.click.bot = Some("Googlebot".into());
    append(vec![bot]).await;
    append(vec![click(1, 1, "a", NOON)]).await;
    append(vec![click(7, 2, "c", NOON), click(7, 2, "c", NOON)]).await;
    let traffic = store.traffic(&brand, week()).await.unwrap();
    let by_link: Vec<Clicks> = traffic.clicks_by_link.iter().map(|row| row.clicks).collect();
    assert_eq!(
        by_link,
        [Clicks { clicks: 4, unique_clicks: 2, bot_clicks: 1 }, Clicks { clicks: 2, unique_clicks: 2, bot_clicks: 0 }]
    );
    assert_eq!(traffic.clicks_by_day.len(), 1);
    assert_eq!(traffic.clicks_by_day[0].key, today());
    assert_eq!(traffic.clicks_by_day[0].clicks, Clicks { clicks: 6, unique_clicks: 4, bot_clicks: 1 });
}

pub async fn unique_clicks_use_the_cookie_or_the_visitor_hash(store: AnyStore) {
    let brand = with_links(&store).await;
    let cookieless = |n: u8, at: i64| {
        let mut new = click(n, 1, &format!("generated {n}"), NOON.plus_ms(at));
        new.click.is_returning = false;
        new.click.visitor_hash = "same address and browser".into();
        new
    };
    for clicks in [vec![cookieless(1, 0)], vec![cookieless(2, 5)]] {
        store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    }
    // Two people at the same address are distinguished by their cookies.
    let mut first = click(3, 1, "x", NOON.plus_ms(10));
    first.click.visitor_hash = "same address and browser".into();
    let mut second = click(4, 1, "y", NOON.plus_ms(11));
    second.click.visitor_hash = "same address and browser".into();
    store.append(&Batch { clicks: vec![first, second], events: vec![] }).await.unwrap();
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.clicks_by_day[0].clicks, Clicks { clicks: 4, unique_clicks: 3, bot_clicks: 0 });
}

/// Hashes are stored by the hour of the day; the window of an hour lies across two of them.
pub async fn a_visitor_is_recognised_across_the_hour(store: AnyStore) {
    let brand = with_links(&store).await;
    let cookieless = |n: u8, link: u8, at: i64| {
        let mut new = click(n, link, &format!("generated {n}"), NOON.plus_ms(at));
        (new.click.is_returning, new.click.visitor_hash) = (false, "same address and browser".into());
        new
    };
    // In the hour before, in this one, just within the window, just after it; and on another link.
    let clicks = [
        (1, 1, -1_000),
        (2, 1, 1_000),
        (3, 1, UNIQUE_WINDOW_MS - 1_001),
        (4, 1, UNIQUE_WINDOW_MS - 1_000),
        (5, 2, 2_000),
    ];
    for (n, link, at) in clicks {
        store.append(&Batch { clicks: vec![cookieless(n, link, at)], events: vec![] }).await.unwrap();
    }
    let mut records = store.clicks_after(&brand, "", 10).await.unwrap();
    records.sort_by(|a, b| (&a.click.link, a.click.at).cmp(&(&b.click.link, b.click.at)));
    let unique: Vec<bool> = records.iter().map(|record| record.is_unique).collect();
    assert_eq!(unique, [true, false, false, true, true]);
}

pub async fn events_are_idempotent_and_queue_their_job(store: AnyStore) {
    let brand = with_brand(&store).await;
    let mut landing = event("e1", "pv");
    landing.pv_alias = Some("pv-link".into());
    landing.ref_code = Some("m7xp3k9a".into());
    let mut purchase = event("e2", "pv");
    purchase.event_type = "purchase".into();
    purchase.order_id = Some("42".into());
    purchase.revenue = Some(Money { minor: 4999, currency: Currency::USD });
    purchase.is_new_customer = Some(false);
    let report = |event: &Event| NewEvent { job: Some(report_job("42")), ..new_event(event.clone()) };
    let batch =
        Batch { clicks: vec![], events: vec![new_event(landing.clone()), report(&purchase), report(&purchase)] };
    store.append(&batch).await.unwrap();
    let mut forged = purchase.clone();
    forged.revenue = Some(Money { minor: 1, currency: Currency::USD });
    store.append(&Batch { clicks: vec![], events: vec![report(&forged)] }).await.unwrap();
    assert_eq!(store.events_after(&brand, "", 10).await.unwrap(), vec![landing.clone(), purchase.clone()]);
    assert_eq!(store.purchase_reports(&brand, &["42".into()], NOON.plus_ms(1000)).await.unwrap(), vec![purchase]);
    let alias = VisitorAlias { pv_id: "pv".into(), alias: "pv-link".into(), at: NOON, joined_until: None };
    // A page without a link's code reports it too. The first report counts.
    let elsewhere = |id: &str, at: UnixMs| {
        let alias = Some("pv-link".into());
        new_event(Event { pv_alias: alias, occurred_at: at, ..event(id, "pv-2") })
    };
    let pages = vec![elsewhere("e3", NOON.plus_ms(9)), elsewhere("e4", NOON.plus_ms(5))];
    store.append(&Batch { clicks: vec![], events: pages }).await.unwrap();
    let again = Event { occurred_at: NOON.plus_ms(9), id: "e5".into(), ..landing };
    store.append(&Batch { clicks: vec![], events: vec![new_event(again.clone())] }).await.unwrap();
    assert_eq!(store.visitor_aliases(&brand, &["pv".into()]).await.unwrap(), [alias]);
    assert_eq!(store.visitors_with_alias(&brand, "pv-link", 9).await.unwrap(), ["pv-2", "pv"]);
    assert_eq!(store.visitors_with_alias(&brand, "pv-link", 1).await.unwrap(), ["pv-2"]);
    let landings = landings_of(&store, &brand, "pv", NOON.plus_ms(1000)).await;
    assert_eq!(landings[0].code.as_str(), "m7xp3k9a");
    let health = store.pixel_health(&brand).await.unwrap();
    assert_eq!(health.last_seen, vec![("page_view".to_owned(), NOON), ("purchase".to_owned(), NOON)]);
    let jobs = claim_jobs(&store, NOON, NOON.plus_ms(1000)).await;
    assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["report"]);
}

pub async fn the_pixels_last_event_of_each_type_is_known(store: AnyStore) {
    let brand = with_brand(&store).await;
    assert_eq!(store.pixel_health(&brand).await.unwrap().last_seen, []);
    let mut expected = Vec::new();
    for (n, kind) in (1i64..).zip(TYPES) {
        for at in [n, n + 10] {
            let received_at = NOON.plus_ms(at);
            let seen = Event { event_type: kind.into(), received_at, ..event(&format!("{kind} {at}"), "pv") };
            let test = Event {
                is_test: true,
                received_at: NOON.plus_ms(100),
                id: format!("test {kind} {at}"),
                ..seen.clone()
            };
            let events = vec![new_event(test), new_event(seen)];
            store.append(&Batch { clicks: vec![], events }).await.unwrap();
        }
        expected.push((kind.to_owned(), NOON.plus_ms(n + 10)));
        assert_eq!(store.pixel_health(&brand).await.unwrap().last_seen, expected);
    }
}

pub async fn parallel_appends_lose_nothing(store: AnyStore) {
    let brand = with_links(&store).await;
    let mut tasks = Vec::new();
    for writer in 0..8u8 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            for n in 0..10u8 {
                let mut new = click(writer, 1, &format!("{writer} {n}"), NOON.plus_ms(i64::from(n)));
                new.click.id = ClickId::new(NOON.0, [writer, n, 0, 0, 0, 0, 0, 0, 0, 0]);
                store.append(&Batch { clicks: vec![new], events: vec![] }).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.clicks_by_day[0].clicks, Clicks { clicks: 80, unique_clicks: 80, bot_clicks: 0 });
}

/// Two replicas are sent the same rows in different orders, as a client may do that repeats itself over two connections.
pub async fn batches_in_any_order_do_not_wait_for_each_other_for_ever(store: AnyStore) {
    // Ids keep the lower four bits of their first byte.
    const ROUNDS: u8 = 16;
    const EVENTS: u8 = 40;
    let brand = with_links(&store).await;
    let batch = |round: u8| {
        let visit = |n: u8| {
            let mut event = event(&format!("{round} {n}"), &format!("visitor {round} {n}"));
            event.pv_alias = Some(format!("alias {n}"));
            event.ref_code = Some("m7xp3k9a".into());
            new_event(event)
        };
        let clicks = (0..4).map(|n| {
            let mut new = click(n, 1 + n % 2, "a", NOON.plus_ms(i64::from(n)));
            new.click.id = ClickId::new(NOON.0, [round, n, 0, 0, 0, 0, 0, 0, 0, 0]);
            new
        });
        Batch { clicks: clicks.collect(), events: (0..EVENTS).map(visit).collect() }
    };
    for round in 0..ROUNDS {
        let (forward, mut backward) = (batch(round), batch(round));
        backward.events.reverse();
        backward.clicks.reverse();
        let writers = [forward, backward].map(|batch| {
            let store = store.clone();
            tokio::spawn(async move { store.append(&batch).await.unwrap() })
        });
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let traffic = store.traffic(&brand, week()).await.unwrap();
    let stored = traffic.clicks_by_day[0].clicks.clicks;
    assert_eq!(stored, i64::from(ROUNDS) * 4, "each once");
}
