//! Requirements on every adapter: `store::overview`.

use domain::{
    AnswerId, LinkId, OrderId,
    click_source::{SourceCounter, SourceKind},
    order::Order,
    outcome::{Outcome, Unattributed},
    time::{DAY_MS, Day, HOUR_MS, Period, Zone},
};

use crate::{
    conformance::fixtures::{
        AnyStore, NOON, click, creator, link, order, reads, settle, settle_job, today, week, with_links,
    },
    ingest::{Batch, NewClick},
    overview::{Attention, OverviewReads},
    rollups::{FunnelDay, PayableTotal, ReadClicks, Rollup},
    surveys::{Answer, AnswerState},
};

fn id_of(n: u8) -> LinkId {
    link(n, None).id
}

/// Clicks on both links, counted by source.
async fn with_sources(store: &AnyStore) -> domain::BrandId {
    let brand = with_links(store).await;
    let from = |mut new: NewClick, country: &str| {
        new.click.country = Some(country.to_owned());
        new
    };
    let clicks = vec![
        from(click(1, 1, "a", NOON), "DE"),
        from(click(2, 2, "b", NOON.plus_ms(HOUR_MS)), "DE"),
        from(click(3, 2, "c", NOON.plus_ms(HOUR_MS)), "FR"),
    ];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    let page = store.source_page(&brand, today(), ("clk_", "clk_~"), 10).await.unwrap();
    let zone = Zone::UTC;
    let mut counter = SourceCounter::new(&zone, []);
    page.clicks.iter().for_each(|(_, click)| counter.add(click));
    let after = ReadClicks { counted: Some(3), rolled: 3, below: "clk_~".to_owned() };
    assert!(store.add_click_sources(&brand, today(), None, &after, &counter.into_counts(), false).await.unwrap());
    brand
}

pub async fn figures_are_those_of_the_links_asked_for(store: AnyStore) {
    let brand = with_sources(&store).await;
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    let (one, both) = ([id_of(1)], [id_of(1), id_of(2)]);
    assert_eq!(store.traffic_of(&brand, week(), &both).await.unwrap(), store.traffic(&brand, week()).await.unwrap());
    let traffic = store.traffic_of(&brand, week(), &one).await.unwrap();
    assert_eq!((traffic.clicks_by_day[0].clicks.clicks, traffic.clicks_by_link.len()), (1, 1));
    assert_eq!(traffic.sales_by_link[0].revenue_minor, 5000);
    assert_eq!(store.traffic_of(&brand, week(), &[id_of(2)]).await.unwrap().sales_by_day, []);

    let countries = async |links: Option<&[LinkId]>| {
        let totals = reads(&store, &brand).await.source_totals(week(), links).await.unwrap();
        let countries = totals.into_iter().filter(|total| total.kind == SourceKind::Country);
        countries.map(|total| (total.value, total.clicks.clicks)).collect::<Vec<_>>()
    };
    assert_eq!(countries(None).await, [("DE".to_owned(), 2), ("FR".to_owned(), 1)]);
    assert_eq!(countries(Some(&one)).await, [("DE".to_owned(), 1)]);
    assert_eq!(countries(Some(&both)).await, countries(None).await);
    assert_eq!(countries(Some(&[])).await, []);

    let hours = reads(&store, &brand).await.hour_clicks(week(), None).await.unwrap();
    assert_eq!(hours.iter().map(|hour| (hour.hour, hour.clicks.clicks)).collect::<Vec<_>>(), [(12, 1), (13, 2)]);
    assert_eq!(reads(&store, &brand).await.hour_clicks(week(), Some(&one)).await.unwrap().len(), 1);
    let hours = reads(&store, &brand).await.week_hours(week(), None).await.unwrap();
    let weekday = today().weekday();
    let of_week: Vec<_> = hours.iter().map(|row| (row.day.weekday(), row.hour, row.clicks.clicks)).collect();
    assert_eq!(of_week, [(weekday, 12, 1), (weekday, 13, 2)]);
    assert_eq!(reads(&store, &brand).await.week_hours(week(), Some(&one)).await.unwrap().len(), 1);
    let germany = (SourceKind::Country, "DE");
    let days = reads(&store, &brand).await.source_days(week(), germany, None).await.unwrap();
    assert_eq!(days.iter().map(|row| (row.key, row.clicks.clicks)).collect::<Vec<_>>(), [(today(), 2)]);
    assert_eq!(
        reads(&store, &brand).await.source_days(week(), germany, Some(&one)).await.unwrap()[0].clicks.unique_clicks,
        1
    );
    let links = reads(&store, &brand).await.source_links(week(), (SourceKind::Country, "FR"), &both).await.unwrap();
    assert_eq!(links.iter().map(|row| (row.key.clone(), row.clicks.clicks)).collect::<Vec<_>>(), [(id_of(2), 1)]);

    let funnel = [FunnelDay { day: today(), link: id_of(1), carts: 2, checkouts: 1 }];
    let rollup = Rollup {
        rolled_at: NOON,
        from_day: today(),
        ledger_id: String::new(),
        payable: PayableTotal::default(),
        next_payable_at: None,
    };
    store.put_rollup(&brand, &rollup, today(), &funnel, &[]).await.unwrap();
    assert_eq!(reads(&store, &brand).await.funnel(week(), Some(&one)).await.unwrap().checkouts, 1);
    assert_eq!(reads(&store, &brand).await.funnel(week(), Some(&[id_of(2)])).await.unwrap().carts, 0);
}

/// Needs two connections, so that it is not part of the suite.
pub async fn figures_are_as_of_one_instant(store: AnyStore) {
    let brand = with_links(&store).await;
    let append = async |n| {
        let clicks = vec![click(n, 1, &n.to_string(), NOON)];
        store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    };
    append(1).await;
    let mut before = reads(&store, &brand).await;
    let clicks = async |reads: &mut dyn OverviewReads| {
        let traffic = reads.traffic(week(), None).await.unwrap();
        let (_, latest) = reads.latest_clicks(NOON, 0, 100).await.unwrap();
        (traffic.clicks_by_day[0].clicks.clicks, traffic.clicks_by_link[0].clicks.clicks, latest)
    };
    assert_eq!(clicks(&mut *before).await, (1, 1, 1));
    append(2).await;
    assert_eq!(clicks(&mut *before).await, (1, 1, 1));
    assert_eq!(clicks(&mut *reads(&store, &brand).await).await, (2, 2, 2));
}

pub async fn orders_are_found_by_what_became_of_them(store: AnyStore) {
    let brand = with_links(&store).await;
    let nobodys = Order { cart_ref: None, promo_codes: vec![], ..order("333", 900) };
    for order in [order("1001", 5000), nobodys.clone()] {
        store.put_order(&order, today(), &settle_job).await.unwrap();
        settle(&store, &brand, &order.external_id).await;
    }
    let outcomes = reads(&store, &brand).await.outcomes(week()).await.unwrap();
    let nothing = Outcome::Unattributed(Unattributed::NoEvidence);
    assert_eq!(outcomes.len(), 2, "{outcomes:?}");
    assert_eq!(outcomes.iter().find(|(outcome, _)| *outcome == nothing), Some(&(nothing, 1)));
    let around = (NOON.plus_ms(-DAY_MS), NOON.plus_ms(DAY_MS));
    let found = store.unattributed_orders(&brand, around, Unattributed::NoEvidence, 10).await.unwrap();
    assert_eq!(found.iter().map(|order| (order.name.as_str(), order.net_minor)).collect::<Vec<_>>(), [("#333", 900)]);
    assert_eq!(store.unattributed_orders(&brand, around, Unattributed::Bot, 10).await.unwrap(), []);
    // Settled once more, it counts once; no longer a conversion, not at all.
    settle(&store, &brand, "333").await;
    assert_eq!(reads(&store, &brand).await.outcomes(week()).await.unwrap(), outcomes);
    let cancelled =
        Order { cancelled_at: Some(NOON), version: domain::FactsVersion::latest_wins(NOON.plus_ms(1)), ..nobodys };
    store.put_order(&cancelled, today(), &settle_job).await.unwrap();
    settle(&store, &brand, "333").await;
    assert_eq!(reads(&store, &brand).await.outcomes(week()).await.unwrap().len(), 1);
    assert_eq!(store.unattributed_orders(&brand, around, Unattributed::NoEvidence, 10).await.unwrap(), []);
}

pub async fn what_needs_a_person_is_counted(store: AnyStore) {
    let brand = with_links(&store).await;
    assert_eq!(reads(&store, &brand).await.attention().await.unwrap(), Attention::default());
    let answer = Answer {
        id: AnswerId::new(NOON.0, [1; 10]),
        order_external_id: "1001".into(),
        question: "How did you hear about us?".into(),
        answer: "somebody".into(),
        received_at: NOON,
        state: AnswerState::Open,
        creator: None,
        confidence_bp: 0,
        matched_name: None,
    };
    store.put_answer(&brand, &answer, &settle_job).await.unwrap();
    assert_eq!(
        reads(&store, &brand).await.attention().await.unwrap(),
        Attention { open_answers: 1, ..Attention::default() }
    );
}

pub async fn figures_of_any_period_are_those_of_its_days(store: AnyStore) {
    /// Days that have clicks: three weeks and the days around them.
    const DAYS: i64 = 24;
    let brand = with_links(&store).await;
    let first = today().0 - DAYS + 1;
    let at = |day: i64| NOON.plus_ms((day - today().0) * DAY_MS);
    // On the first link one click a day, on the second two on every third day. Each day in a batch of its own, the clicks of
    // the second link late, so that sums that are there already change.
    let days = first..=today().0;
    let number = |day: i64| u8::try_from(day - first).unwrap();
    for day in days.clone() {
        let mut bot = click(100 + number(day), 1, "bot", at(day));
        bot.click.bot = Some("Googlebot".into());
        let clicks = vec![click(number(day), 1, "a", at(day)), bot];
        store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    }
    let third = |day: &i64| day % 3 == 0;
    for day in days.clone().filter(third) {
        let clicks = vec![click(50 + number(day), 2, "b", at(day)), click(150 + number(day), 2, "c", at(day))];
        store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    }
    // On every other day an order, of an amount that tells which.
    let even = |day: &i64| day % 2 == 0;
    let amount = |day: i64| 1 << (day - first);
    for day in days.clone().filter(even) {
        let id = OrderId::new(day, [number(day); 10]);
        let order = Order { id, ..order(&(2000 + day - first).to_string(), amount(day)) };
        store.put_order(&order, Day(day), &settle_job).await.unwrap();
        settle(&store, &brand, &order.external_id).await;
    }
    for from in first..=today().0 {
        for to in from..=today().0 {
            let period = Period { from: Day(from), to: Day(to) };
            let traffic = store.traffic(&brand, period).await.unwrap();
            let of_day = |day: i64| (day, 1 + 2 * i64::from(third(&day)), 1);
            let by_day = traffic.clicks_by_day.iter();
            let by_day: Vec<_> = by_day.map(|row| (row.key.0, row.clicks.clicks, row.clicks.bot_clicks)).collect();
            assert_eq!(by_day, (from..=to).map(of_day).collect::<Vec<_>>());
            let thirds = i64::try_from((from..=to).filter(third).count()).unwrap();
            let mut expected = vec![(id_of(1), to - from + 1, to - from + 1)];
            expected.extend((thirds > 0).then(|| (id_of(2), 2 * thirds, 0)));
            expected.sort();
            let by_link = traffic.clicks_by_link.iter();
            let by_link: Vec<_> =
                by_link.map(|row| (row.key.clone(), row.clicks.clicks, row.clicks.bot_clicks)).collect();
            assert_eq!(by_link, expected, "{period:?}");
            let sold: i64 = (from..=to).filter(even).map(amount).sum();
            let by_day: i64 = traffic.sales_by_day.iter().map(|row| row.revenue_minor).sum();
            let by_link: i64 = traffic.sales_by_link.iter().map(|row| row.revenue_minor).sum();
            assert_eq!((by_day, by_link), (sold, sold), "{period:?}");
            let same = store.traffic_of(&brand, period, &[id_of(1), id_of(2)]).await.unwrap();
            assert_eq!(same, traffic);
        }
    }
}

pub async fn the_latest_clicks_and_orders_are_found(store: AnyStore) {
    let brand = with_links(&store).await;
    let mut bot = click(3, 1, "b", NOON.plus_ms(3));
    bot.click.bot = Some("Googlebot".into());
    let clicks = vec![click(1, 1, "a", NOON), click(2, 2, "a", NOON.plus_ms(1)), bot];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    let (latest, count) = reads(&store, &brand).await.latest_clicks(NOON, 1, 100).await.unwrap();
    assert_eq!((latest[0].link.clone(), latest[0].code, latest.len(), count), (id_of(2), link(2, None).code, 1, 2));
    assert_eq!(reads(&store, &brand).await.latest_clicks(NOON, 5, 1).await.unwrap().1, 1);
    assert_eq!(reads(&store, &brand).await.latest_clicks(NOON.plus_ms(2), 5, 100).await.unwrap(), (vec![], 0));

    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    let test = Order { is_test: true, ..order("test:22", 900) };
    store.put_order(&test, today(), &settle_job).await.unwrap();
    let unsettled = reads(&store, &brand).await.latest_orders(5).await.unwrap();
    assert_eq!((unsettled.len(), unsettled[0].outcome, unsettled[0].net_minor), (1, None, 5000));
    settle(&store, &brand, "1001").await;
    let settled = reads(&store, &brand).await.latest_orders(5).await.unwrap();
    assert_eq!((settled[0].name.as_str(), settled[0].creator.clone()), ("#1001", Some(creator(1).name)));
    assert!(matches!(settled[0].outcome, Some(Outcome::Credited(..))));
}

pub async fn sales_are_found_by_the_hour(store: AnyStore) {
    let brand = with_links(&store).await;
    let later = Order { placed_at: NOON.plus_ms(HOUR_MS + 1), ..order("22", 700) };
    for order in [order("1001", 5000), later] {
        store.put_order(&order, today(), &settle_job).await.unwrap();
        settle(&store, &brand, &order.external_id).await;
    }
    let of = async |links: Option<&[LinkId]>, until| {
        let found = reads(&store, &brand).await.sale_quarters(NOON, until, links).await.unwrap();
        found.into_iter().map(|row| (row.key, row.conversions, row.revenue_minor)).collect::<Vec<_>>()
    };
    let until = NOON.plus_ms(DAY_MS);
    assert_eq!(of(None, until).await, [(NOON, 1, 5000), (NOON.plus_ms(HOUR_MS), 1, 700)]);
    assert_eq!(of(None, NOON.plus_ms(HOUR_MS)).await.len(), 1);
    assert_eq!(of(Some(&[id_of(1)]), until).await.len(), 2);
    assert_eq!(of(Some(&[id_of(2)]), until).await, []);
}
