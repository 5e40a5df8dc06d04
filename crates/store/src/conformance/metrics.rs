//! Requirements on every adapter: `store::metrics`.

use domain::Currency;

use crate::{
    conformance::fixtures::{AnyStore, NOON, click, creator, link, order, settle, settle_job, today, week, with_links},
    ingest::Batch,
    metrics::{MetricFilter, MetricGroup},
};

pub async fn figures_of_every_group_add_up_to_the_same(store: AnyStore) {
    let brand = with_links(&store).await;
    let clicks = vec![click(1, 1, "a", NOON), click(2, 2, "b", NOON), click(3, 2, "b", NOON.plus_ms(5))];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    for group in MetricGroup::ALL {
        let filter = MetricFilter::default();
        let clicks = store.click_metrics(&brand, week(), group, &filter).await.unwrap();
        let sales = store.sale_metrics(&brand, week(), group, &filter).await.unwrap();
        assert_eq!(clicks.iter().map(|row| row.clicks.clicks).sum::<i64>(), 3, "{group:?}");
        assert_eq!(clicks.iter().map(|row| row.clicks.unique_clicks).sum::<i64>(), 2, "{group:?}");
        assert_eq!(sales.iter().map(|row| row.revenue_minor).sum::<i64>(), 5000, "{group:?}");
        assert_eq!(sales.iter().map(|row| row.conversions).sum::<i64>(), 1, "{group:?}");
    }
    let keys = async |group| {
        let rows = store.click_metrics(&brand, week(), group, &MetricFilter::default()).await.unwrap();
        rows.into_iter().map(|row| row.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(MetricGroup::Creator).await, [Some(creator(1).id.to_string())]);
    assert_eq!(keys(MetricGroup::Link).await, [link(1, None).id, link(2, None).id].map(|id| Some(id.to_string())));
    assert_eq!(keys(MetricGroup::Day).await, [Some(today().0.to_string())]);
    assert_eq!(keys(MetricGroup::Campaign).await, [None]);
    let others = MetricFilter { creator: Some(creator(2).id), ..MetricFilter::default() };
    assert_eq!(store.click_metrics(&brand, week(), MetricGroup::Day, &others).await.unwrap(), vec![]);
    let euros = MetricFilter { currency: Currency::parse("EUR"), ..MetricFilter::default() };
    assert_eq!(store.sale_metrics(&brand, week(), MetricGroup::Day, &euros).await.unwrap(), vec![]);
}
