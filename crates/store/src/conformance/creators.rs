//! Requirements on every adapter: `store::creators`.

use domain::{
    CampaignId, CreatorId,
    campaign::Campaign,
    creator::{Creator, PartnerCode},
};

use crate::{
    StoreError,
    conformance::fixtures::{AnyStore, NOON, audit, brand, creator, with_brand, with_links},
    outbound::NewEvents,
};

pub async fn creators_and_campaigns_are_unique_within_a_brand(store: AnyStore) {
    let brand = with_brand(&store).await;
    store.create_brand(&self::brand(2)).await.unwrap();
    store.create_creator(&brand, &creator(1), &audit(101), &NewEvents::default()).await.unwrap();
    let twin = Creator { id: CreatorId::new(2, [9; 10]), partner_code: None, ..creator(1) };
    assert!(matches!(
        store.create_creator(&brand, &twin, &audit(102), &NewEvents::default()).await,
        Err(StoreError::Conflict(_))
    ));
    store.create_creator(&self::brand(2).id, &twin, &audit(103), &NewEvents::default()).await.unwrap();
    let campaign = Campaign { id: CampaignId::new(1, [1; 10]), name: "Spring".into(), created_at: NOON };
    store.create_campaign(&brand, &campaign).await.unwrap();
    let again = Campaign { id: CampaignId::new(1, [2; 10]), ..campaign.clone() };
    assert!(matches!(store.create_campaign(&brand, &again).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.campaigns(&brand).await.unwrap(), vec![campaign]);
    assert_eq!(store.creator(&brand, &creator(1).id).await.unwrap(), Some(creator(1)));
    let asked = [creator(1).id, twin.id.clone(), creator(5).id];
    assert_eq!(store.creators_of(&brand, &asked).await.unwrap(), vec![creator(1)]);
    assert_eq!(store.creators_of(&self::brand(2).id, &asked).await.unwrap(), vec![twin]);
}

pub async fn creators_are_updated(store: AnyStore) {
    let brand = with_links(&store).await;
    let changed = Creator { name: "New".into(), aliases: vec!["nu".into()], tier: None, ..creator(1) };
    assert!(store.update_creator(&brand, &changed, &audit(104), &NewEvents::default()).await.unwrap());
    assert_eq!(store.creator(&brand, &changed.id).await.unwrap(), Some(changed));
    assert!(!store.update_creator(&brand, &creator(9), &audit(105), &NewEvents::default()).await.unwrap());
    let code = creator(1).partner_code.unwrap();
    assert_eq!(store.creator_by_partner_code(&code).await.unwrap(), Some((brand.clone(), creator(1).id)));
    let unknown = PartnerCode::draw(&[9; 10]).unwrap();
    assert_eq!(store.creator_by_partner_code(&unknown).await.unwrap(), None);
    let uncoded = Creator { partner_code: None, earlier_tiers: vec![], ..creator(1) };
    assert!(store.update_creator(&brand, &uncoded, &audit(106), &NewEvents::default()).await.unwrap());
    assert_eq!(store.creator(&brand, &uncoded.id).await.unwrap(), Some(uncoded));
    assert_eq!(store.creator_by_partner_code(&code).await.unwrap(), None);
}
