//! Requirements on every adapter: `store::link_edits`.

use domain::{CampaignId, campaign::Campaign, link::Link, report::Clicks, time::Period};

use crate::{
    StoreError,
    conformance::fixtures::{
        AnyStore, NOON, audit, brand, click, link, order, settle, settle_job, today, week, with_links,
    },
    ingest::Batch,
    link_edits::LinkDay,
    links::LinkChange,
    outbound::NewEvents,
};

pub async fn links_are_edited_and_restored(store: AnyStore) {
    let brand = with_links(&store).await;
    let mut changes = store.link_changes();
    let edited = Link {
        destination: "https://shop.example/other".into(),
        platform: None,
        content_type: None,
        promo_code: Some("NEW".into()),
        share_revenue: true,
        expires_at: Some(NOON.plus_ms(9)),
        ..link(1, Some(1))
    };
    assert!(store.edit_link(&brand, &edited, &audit(1)).await.unwrap());
    let found = async || store.link_by_code(edited.code).await.unwrap().unwrap().1;
    assert_eq!(found().await, edited);
    // Links that were made before may still be announced.
    let is_announced = async { while changes.recv().await.unwrap() != LinkChange::Link(edited.code) {} };
    tokio::time::timeout(core::time::Duration::from_secs(10), is_announced).await.expect("the change is announced");
    assert!(!store.restore_link(&brand, &edited.id, &audit(2)).await.unwrap(), "it is not deleted");
    assert!(store.delete_link(&brand, &edited.id, NOON, &audit(3)).await.unwrap());
    assert!(!store.edit_link(&brand, &edited, &audit(4)).await.unwrap(), "it is deleted");
    assert!(store.restore_link(&brand, &edited.id, &audit(5)).await.unwrap());
    assert_eq!(found().await, edited);
    let foreign = self::brand(2);
    store.create_brand(&foreign).await.unwrap();
    assert!(!store.edit_link(&foreign.id, &edited, &audit(6)).await.unwrap());

    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    // The order carries the first link's code.
    settle(&store, &brand, "1001").await;
    let renamed = Link { promo_code: Some("LATER".into()), share_revenue: false, ..edited.clone() };
    assert!(store.edit_link(&brand, &renamed, &audit(7)).await.unwrap());
    assert_eq!(
        found().await,
        Link { promo_code: edited.promo_code.clone(), ..renamed },
        "its orders know it by the code"
    );
}

pub async fn links_move_between_campaigns_until_orders_are_credited(store: AnyStore) {
    let brand = with_links(&store).await;
    let campaign = Campaign { id: CampaignId::new(1, [1; 10]), name: "Spring".into(), created_at: NOON };
    store.create_campaign(&brand, &campaign).await.unwrap();
    let put = async |n: u8, campaign: Option<&CampaignId>, entry: u8| {
        store.set_link_campaign(&brand, &link(n, None).id, campaign, &audit(entry), &NewEvents::default()).await
    };
    assert!(put(1, Some(&campaign.id), 1).await.unwrap());
    assert!(put(1, None, 2).await.unwrap());
    assert!(put(2, Some(&campaign.id), 3).await.unwrap());
    let unknown = CampaignId::new(9, [9; 10]);
    assert!(matches!(put(1, Some(&unknown), 4).await, Err(StoreError::Missing(_))));
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    assert!(!put(1, Some(&campaign.id), 5).await.unwrap(), "an order is credited to it");
    let links = store.links(&brand).await.unwrap();
    let of = |n: u8| links.iter().find(|found| found.id == link(n, None).id).unwrap().campaign.clone();
    assert_eq!((of(1), of(2)), (None, Some(campaign.id)));
}

pub async fn figures_of_links_are_read_by_day(store: AnyStore) {
    let brand = with_links(&store).await;
    let clicks = vec![click(1, 1, "pv-1", NOON), click(2, 1, "pv-2", NOON), click(3, 2, "pv-1", NOON)];
    store.append(&Batch { clicks, events: vec![] }).await.unwrap();
    let ids = [1, 2].map(|n| link(n, None).id);
    let day = |n: usize, clicks| LinkDay { link: ids[n].clone(), day: today(), clicks };
    assert_eq!(store.link_days(&brand, week(), None).await.unwrap(), [day(0, 2), day(1, 1)]);
    assert_eq!(store.link_days(&brand, week(), Some(&ids[1..])).await.unwrap(), [day(1, 1)]);
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    let (clicks, sales) = store.traffic_of_links(&brand, &ids, week()).await.unwrap();
    let all = Clicks { clicks: 3, unique_clicks: 3, bot_clicks: 0 };
    assert_eq!(clicks.iter().map(|row| (row.key, row.clicks)).collect::<Vec<_>>(), [(today(), all)]);
    assert_eq!((sales.len(), sales[0].conversions, sales[0].revenue_minor), (1, 1, 5000));
    let (clicks, sales) = store.traffic_of_links(&brand, &ids[1..], week()).await.unwrap();
    assert_eq!((clicks[0].clicks.clicks, sales.len()), (1, 0));
    let earlier = Period::between(domain::time::Day(0), domain::time::Day(1));
    assert_eq!(store.traffic_of_links(&brand, &ids, earlier).await.unwrap(), (vec![], vec![]));
    assert_eq!(store.link_days(&brand, earlier, None).await.unwrap(), []);

    let orders = store.credited_orders(&brand, &ids, 10).await.unwrap();
    assert_eq!(orders.iter().map(|one| (one.name.as_str(), one.amount_minor)).collect::<Vec<_>>(), [("#1001", 5000)]);
    assert_eq!(store.credited_orders(&brand, &ids[1..], 10).await.unwrap(), []);
    assert_eq!(store.credited_orders(&brand, &ids, 0).await.unwrap(), []);
}
