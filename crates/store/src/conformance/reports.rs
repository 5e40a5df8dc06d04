//! Requirements on every adapter: `store::reports`.

use domain::{
    model::Model,
    time::{Day, Period},
};

use crate::{
    conformance::fixtures::{AnyStore, NOON, click, creator, order, settle, settle_job, today, week, with_links},
    ingest::Batch,
};

pub async fn journeys_are_stored_with_every_model(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    for _ in 0..2 {
        let attribution = settle(&store, &brand, "1001").await;
        assert!(!attribution.journey.is_empty());
        let totals = store.model_totals(&brand, week()).await.unwrap();
        for model in Model::ALL {
            assert_eq!(totals.iter().map(|row| row.amounts_minor[model]).sum::<i64>(), 5000);
        }
        assert_eq!(totals.iter().map(|row| row.conversions).sum::<i64>(), 1);
    }
    let other = Period::last(7, Day(today().0 - 30));
    assert_eq!(store.model_totals(&brand, other).await.unwrap(), vec![]);
}

pub async fn touchpoints_are_paged_and_model_runs_are_versioned(store: AnyStore) {
    let brand = with_links(&store).await;
    let clicks = vec![click(1, 1, "a", NOON), click(2, 2, "b", NOON), click(3, 2, "a", NOON.plus_ms(5))];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    let mut bot = click(4, 1, "c", NOON);
    bot.click.bot = Some("crawler".into());
    store.append(&Batch { clicks: vec![bot], events: vec![] }).await.unwrap();
    let touches = |found: Vec<crate::reports::Touch>| {
        found.into_iter().map(|touch| (touch.journey, touch.position)).collect::<Vec<_>>()
    };
    let open = touches(store.open_touches(&brand, NOON, ("", 0), 10).await.unwrap());
    let expected = [("a".to_owned(), NOON.0), ("a".to_owned(), NOON.0 + 5), ("b".to_owned(), NOON.0)];
    assert_eq!(open, expected);
    assert_eq!(touches(store.open_touches(&brand, NOON, ("a", NOON.0), 1).await.unwrap()), expected[1..2]);
    assert_eq!(store.open_touches(&brand, NOON.plus_ms(6), ("", 0), 10).await.unwrap(), vec![]);

    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    let converted = store.converted_touches(&brand, NOON, ("", 0), 10).await.unwrap();
    assert_eq!(converted[0].creator, Some(creator(1).id));
    let last = converted.last().unwrap();
    assert_eq!(store.converted_touches(&brand, NOON, (&last.journey, last.position), 10).await.unwrap(), vec![]);
    assert_eq!(store.converted_visitors(&brand, NOON).await.unwrap(), ["pv-cart"]);
    assert_eq!(store.converted_visitors(&brand, NOON.plus_ms(1)).await.unwrap(), Vec::<String>::new());

    assert_eq!(store.latest_model_run(&brand).await.unwrap(), None);
    assert_eq!(store.put_model_run(&brand, "{}", NOON).await.unwrap(), 1);
    assert_eq!(store.put_model_run(&brand, "[]", NOON).await.unwrap(), 2);
    assert_eq!(store.latest_model_run(&brand).await.unwrap(), Some((2, NOON, "[]".to_owned())));
}
