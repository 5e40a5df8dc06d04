//! Requirements on every adapter: `store::campaigns`.

use domain::{
    CampaignId, Currency, Money,
    campaign::{Campaign, CampaignPlan},
    time::Day,
};

use crate::{
    StoreError,
    campaigns::PlannedCampaign,
    conformance::fixtures::{AnyStore, NOON, audit, logged, with_brand},
};

pub async fn campaigns_keep_their_plans(store: AnyStore) {
    let brand = with_brand(&store).await;
    let campaign =
        |n: u8, name: &str| Campaign { id: CampaignId::new(1, [n; 10]), name: name.into(), created_at: NOON };
    store.create_campaign(&brand, &campaign(1, "Spring")).await.unwrap();
    let bare = PlannedCampaign { campaign: campaign(1, "Spring"), plan: CampaignPlan::default(), archived_at: None };
    assert_eq!(store.planned_campaigns(&brand).await.unwrap(), core::slice::from_ref(&bare));
    let planned = PlannedCampaign {
        campaign: campaign(1, "Spring launch"),
        plan: CampaignPlan {
            budget: Some(Money { minor: 250_000, currency: Currency::USD }),
            starts_on: Some(Day(20_000)),
            ends_on: Some(Day(20_030)),
        },
        archived_at: Some(NOON.plus_ms(5)),
    };
    store.put_campaign(&brand, &planned, &audit(1)).await.unwrap();
    assert_eq!(store.planned_campaigns(&brand).await.unwrap(), core::slice::from_ref(&planned));
    let other = PlannedCampaign { campaign: campaign(2, "Autumn"), ..bare };
    store.put_campaign(&brand, &other, &audit(2)).await.unwrap();
    assert_eq!(store.planned_campaigns(&brand).await.unwrap(), [other.clone(), planned]);
    let twin = PlannedCampaign { campaign: campaign(2, "Spring launch"), ..other.clone() };
    assert!(matches!(store.put_campaign(&brand, &twin, &audit(3)).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.planned_campaigns(&brand).await.unwrap()[0], other, "nothing changed");
    assert_eq!(logged(&store, &brand).await.len(), 2);
}
