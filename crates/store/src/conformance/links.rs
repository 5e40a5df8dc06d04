//! Requirements on every adapter: `store::links`.

use domain::{
    BrandId, CampaignId, CreatorId, LinkId,
    brand::{Brand, Settings},
    campaign::Campaign,
    link::{Link, LinkCode},
};

use crate::{
    StoreError,
    conformance::fixtures::{AnyStore, NOON, audit, brand, creator, link, with_brand, with_links},
    links::LinkChange,
    outbound::NewEvents,
};

pub async fn links_are_found_by_code_and_soft_deleted(store: AnyStore) {
    let brand = with_links(&store).await;
    let one = link(1, Some(1));
    assert_eq!(store.link_by_code(one.code).await.unwrap(), Some((brand.clone(), one.clone())));
    assert_eq!(store.link_by_code(LinkCode::parse("zzzzzzzz").unwrap()).await.unwrap(), None);
    assert_eq!(store.links(&brand).await.unwrap(), vec![link(2, Some(1)), one.clone()]);
    let of = async |creators: &[CreatorId]| store.links_of_creators(&brand, creators).await.unwrap();
    assert_eq!(of(&[creator(1).id, creator(2).id]).await, vec![link(2, Some(1)), one.clone()]);
    assert_eq!(of(&[creator(2).id]).await, vec![]);
    assert!(store.delete_link(&brand, &one.id, NOON, &audit(1)).await.unwrap());
    assert_eq!(of(&[creator(1).id]).await.len(), 2, "deleted ones are among them");
    assert!(!store.delete_link(&brand, &one.id, NOON, &audit(2)).await.unwrap());
    let (_, deleted) = store.link_by_code(one.code).await.unwrap().unwrap();
    assert!(!deleted.is_live(NOON));
    let reuse = Link { id: LinkId::new(1, [7; 10]), ..one };
    assert!(matches!(
        store.create_link(&brand, &reuse, None, &NewEvents::default()).await,
        Err(StoreError::Conflict(_))
    ));
}

pub async fn links_to_creators_of_other_brands_are_rejected(store: AnyStore) {
    with_links(&store).await;
    store.create_brand(&brand(2)).await.unwrap();
    let foreign = Link { id: LinkId::new(1, [8; 10]), code: LinkCode::parse("aaaaaaaa").unwrap(), ..link(1, Some(1)) };
    assert!(matches!(
        store.create_link(&brand(2).id, &foreign, None, &NewEvents::default()).await,
        Err(StoreError::Missing(_))
    ));
    assert_eq!(store.links(&brand(2).id).await.unwrap(), vec![]);
    assert_eq!(store.links_of_creators(&brand(2).id, &[creator(1).id]).await.unwrap(), vec![]);
}

pub async fn latest_link_of_a_creator_is_found(store: AnyStore) {
    let brand = with_links(&store).await;
    let latest = async |at| store.latest_link_of(&brand, &creator(1).id, at).await.unwrap().map(|link| link.id);
    let ids = [1, 2].map(|n| link(n, Some(1)).id);
    assert_eq!(latest(NOON).await, ids.iter().max().cloned());
    store.delete_link(&brand, ids.iter().max().unwrap(), NOON, &audit(1)).await.unwrap();
    assert_eq!(latest(NOON.plus_ms(1)).await, ids.iter().min().cloned());
    assert_eq!(store.latest_link_of(&brand, &creator(2).id, NOON).await.unwrap(), None);
}

pub async fn a_creators_links_in_a_campaign_are_known(store: AnyStore) {
    let brand = with_links(&store).await;
    let campaign = Campaign { id: CampaignId::new(1, [1; 10]), name: "Spring".into(), created_at: NOON };
    store.create_campaign(&brand, &campaign).await.unwrap();
    let has = async |n: u8| store.has_link_in_campaign(&brand, &creator(n).id, &campaign.id).await.unwrap();
    assert!(!has(1).await, "only links of no campaign");
    assert_eq!(store.links_in_campaign(&brand, &campaign.id).await.unwrap(), vec![]);
    let within = Link { campaign: Some(campaign.id.clone()), ..link(3, Some(1)) };
    store.create_link(&brand, &within, None, &NewEvents::default()).await.unwrap();
    assert!(store.delete_link(&brand, &within.id, NOON, &audit(1)).await.unwrap());
    assert!(has(1).await, "a deleted one counts");
    let found = store.links_in_campaign(&brand, &campaign.id).await.unwrap();
    assert_eq!(found.iter().map(|link| &link.id).collect::<Vec<_>>(), [&within.id]);
    assert!(!has(2).await);
}

pub async fn link_changes_are_announced(store: AnyStore) {
    let mut changes = store.link_changes();
    // The listener may still be connecting: create links until a change arrives.
    let brand = with_brand(&store).await;
    for n in 1..100u8 {
        store.create_link(&brand, &link(n, None), None, &NewEvents::default()).await.unwrap();
        let received = tokio::time::timeout(core::time::Duration::from_millis(100), changes.recv()).await;
        if let Ok(change) = received {
            let changes: Vec<LinkChange> = (1..=n).map(|n| LinkChange::Link(link(n, None).code)).collect();
            assert!(changes.contains(&change.unwrap()));
            return changes_of_hosts_are_announced(&store, &brand).await;
        }
    }
    panic!("no change was announced");
}

async fn changes_of_hosts_are_announced(store: &AnyStore, id: &BrandId) {
    let mut changes = store.link_changes();
    let before = store.brand(id).await.unwrap().unwrap();
    let settings = Settings { storefront_hosts: vec!["shop.example".into()], ..before.settings.clone() };
    let named = Brand { settings, ..before.clone() };
    assert!(store.update_brand_settings(&before, &named, &audit(1)).await.unwrap());
    let allowed = Brand { destination_hosts: vec!["other.example".into()], ..named.clone() };
    assert!(store.update_brand_settings(&named, &allowed, &audit(2)).await.unwrap());
    assert!(!store.update_brand_settings(&named, &named, &audit(3)).await.unwrap(), "changed since it was read");
    assert_eq!(store.brand(id).await.unwrap(), Some(allowed.clone()));
    let mut announced = 0;
    while announced < 2 {
        let change = tokio::time::timeout(core::time::Duration::from_secs(10), changes.recv()).await.unwrap().unwrap();
        announced += i32::from(change == LinkChange::Brand(id.clone()));
    }
}

pub async fn a_creator_has_one_direct_link(store: AnyStore) {
    let brand = with_links(&store).await;
    let direct = |n: u8, promo: Option<&str>| Link {
        is_direct: true,
        promo_code: promo.map(str::to_owned),
        created_at: NOON.plus_ms(100 + i64::from(n)),
        ..link(n, Some(1))
    };
    let first = store.direct_link(&brand, &direct(11, None), None).await.unwrap();
    assert_eq!(first, direct(11, None));
    assert_eq!(store.direct_link(&brand, &direct(12, None), None).await.unwrap(), first, "there is one already");
    let with_code = store.direct_link(&brand, &direct(13, Some("ANA")), Some(&audit(140))).await.unwrap();
    assert_eq!(with_code, direct(13, Some("ANA")));
    assert_eq!(store.direct_link(&brand, &direct(14, Some("ANA")), Some(&audit(141))).await.unwrap(), with_code);
    let all = store.links(&brand).await.unwrap();
    let old = all.iter().find(|link| link.id == first.id).unwrap();
    assert_eq!(old.deleted_at, Some(with_code.created_at), "earlier orders keep the earlier code");
    let latest = store.latest_link_of(&brand, &creator(1).id, NOON.plus_ms(500)).await.unwrap().unwrap();
    assert!(!latest.is_direct, "it is no address");
    assert!(!store.delete_link(&brand, &with_code.id, NOON.plus_ms(600), &audit(142)).await.unwrap());

    // In the same moment only one of several creators can be given a code.
    let mut given = tokio::task::JoinSet::new();
    for n in 3..=6u8 {
        store.create_creator(&brand, &creator(n), &audit(150 + n), &NewEvents::default()).await.unwrap();
        let (store, brand, new) =
            (store.clone(), brand.clone(), Link { creator: Some(creator(n).id), ..direct(20 + n, Some("SAME")) });
        given.spawn(async move { store.direct_link(&brand, &new, Some(&audit(160 + n))).await });
    }
    let given = given.join_all().await;
    let is_refused = |result: &&Result<Link, StoreError>| matches!(result, Err(StoreError::Conflict(_)));
    assert_eq!(given.iter().filter(is_refused).count(), 3, "{given:?}");
    assert_eq!(given.iter().filter(|result| result.is_ok()).count(), 1);
}
