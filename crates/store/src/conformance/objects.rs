//! Requirements on every adapter: `store::objects`.

use std::collections::BTreeMap;

use domain::{
    BrandId, CampaignId, CreatorId, LinkId, UnixMs,
    campaign::Campaign,
    creator::{Creator, CreatorStatus, Profile, Social},
    link::{Link, LinkCode, Platform},
    metadata::{Details, Metadata},
};

use crate::{
    api_requests::{Answer, RowFault, Written},
    conformance::fixtures::{AnyStore, NOON, audit, brand, creator, link, with_brand},
    objects::{Change, CreatorProfile, Filter, Keyset, Object, ObjectKind, Span, Write},
    outbound::NewEvents,
};

fn details(external_id: Option<&str>) -> Details {
    let notes = BTreeMap::from([("color".to_owned(), Some("red".to_owned()))]);
    Details { external_id: external_id.map(str::to_owned), metadata: Metadata::default().with(notes).unwrap() }
}

fn creator_object(n: u8) -> CreatorProfile {
    let creator = Creator { id: CreatorId::new(i64::from(n), [n; 10]), ..creator(n) };
    let social =
        Social { platform: Platform::TikTok, handle: "x".into(), followers: Some(9), engagement_rate_bp: Some(320) };
    let profile = Profile {
        first_name: Some("Ana".into()),
        last_name: None,
        socials: vec![social],
        tags: vec!["vip".into()],
        status: CreatorStatus::Paused,
        is_tier_locked: true,
        notes: Some("Prefers mail.".into()),
    };
    CreatorProfile { creator, profile }
}

fn link_object(n: u8, creator: Option<u8>) -> Link {
    let code = LinkCode::draw(&[n; 8]).unwrap();
    let creator = creator.map(|n| creator_object(n).creator.id);
    Link { id: LinkId::new(i64::from(n), [n; 10]), code, creator, ..link(n, None) }
}

fn write(change: Change, details: Details, at: UnixMs) -> Write {
    Write { change, details, archived_at: None, at, audit: audit(1), events: NewEvents::default() }
}

/// Writes one row.
async fn put(store: &AnyStore, brand: &BrandId, write: Write) -> Option<RowFault> {
    static NEXT: core::sync::atomic::AtomicU64 = core::sync::atomic::AtomicU64::new(0);
    let n = NEXT.fetch_add(1, core::sync::atomic::Ordering::SeqCst);
    let write = Write { audit: crate::audit::AuditEntry { id: format!("aud_objects_{n}"), ..audit(1) }, ..write };
    let answer = |faults: &[Option<RowFault>]| {
        faults.iter().all(Option::is_none).then(|| Answer { status: 200, body: String::new() })
    };
    match store.write_objects(brand, None, &[write], &answer).await.unwrap() {
        Written::Done(_) => None,
        Written::Refused(fault) => Some(fault),
        other => panic!("{other:?}"),
    }
}

fn keyset(from: &str, below: &str, is_ascending: bool, limit: i64) -> Keyset {
    Keyset { from: from.to_owned(), below: below.to_owned(), is_ascending, limit }
}

fn all() -> Keyset {
    keyset("", "~", false, 100)
}

pub async fn objects_are_written_and_read_with_their_details(store: AnyStore) {
    let brand = with_brand(&store).await;
    let creator = creator_object(1);
    let campaign = Campaign { id: CampaignId::new(1, [1; 10]), name: "Spring".into(), created_at: NOON };
    let link = Link { campaign: Some(campaign.id.clone()), ..link_object(1, Some(1)) };
    assert_eq!(
        put(&store, &brand, write(Change::CreateCreator(creator.clone()), details(Some("a")), NOON)).await,
        None
    );
    // The same external id, but of another kind.
    let added = write(Change::CreateCampaign(campaign.clone()), details(Some("a")), NOON);
    assert_eq!(put(&store, &brand, added).await, None);
    assert_eq!(put(&store, &brand, write(Change::CreateLink(link.clone()), Details::default(), NOON)).await, None);
    let object = |value, details, updated_at| Object { value, details, updated_at, archived_at: None };
    let stored = store.creator_object(&brand, &creator.creator.id).await.unwrap();
    assert_eq!(stored, Some(object(creator.clone(), details(Some("a")), NOON)));
    let stored = store.campaign_object(&brand, &campaign.id).await.unwrap();
    assert_eq!(stored.map(|object| (object.value, object.details)), Some((campaign.clone(), details(Some("a")))));
    let stored = store.link_object(&brand, &link.id).await.unwrap();
    assert_eq!(stored.map(|object| (object.value, object.details)), Some((link.clone(), Details::default())));
    let id = async |kind, external_id| store.id_by_external_id(&brand, kind, external_id).await.unwrap();
    assert_eq!(id(ObjectKind::Creator, "a").await, Some(creator.creator.id.to_string()));
    assert_eq!(id(ObjectKind::Campaign, "a").await, Some(campaign.id.to_string()));
    assert_eq!(id(ObjectKind::Link, "a").await, None);
    let taken = write(Change::CreateCreator(creator_object(2)), details(Some("a")), NOON);
    assert_eq!(put(&store, &brand, taken).await, Some(RowFault::Taken("an object with this external_id")));
    assert_eq!(store.creator_object(&brand, &creator_object(2).creator.id).await.unwrap(), None, "undone whole");
    let foreign = self::brand(2);
    store.create_brand(&foreign).await.unwrap();
    assert_eq!(store.creator_object(&foreign.id, &creator.creator.id).await.unwrap(), None);
    assert_eq!(store.campaign_object(&foreign.id, &campaign.id).await.unwrap(), None);
    assert_eq!(store.link_object(&foreign.id, &link.id).await.unwrap(), None);
    assert_eq!(store.id_by_external_id(&foreign.id, ObjectKind::Creator, "a").await.unwrap(), None);
    let missing = write(Change::CreateLink(link_object(9, Some(9))), Details::default(), NOON);
    assert!(matches!(put(&store, &brand, missing).await, Some(RowFault::Missing(_))));
}

pub async fn objects_change_only_as_they_were_read(store: AnyStore) {
    let brand = with_brand(&store).await;
    let mut creator = creator_object(1);
    put(&store, &brand, write(Change::CreateCreator(creator.clone()), details(None), NOON)).await;
    creator.creator.name = "Other".into();
    creator.profile.tags = vec![];
    let later = NOON.plus_ms(5);
    let mut update = write(Change::UpdateCreator(creator.clone(), NOON), Details::default(), later);
    update.archived_at = Some(later);
    assert_eq!(put(&store, &brand, update.clone()).await, None);
    let stored = store.creator_object(&brand, &creator.creator.id).await.unwrap().unwrap();
    assert_eq!(
        stored,
        Object { value: creator.clone(), details: Details::default(), updated_at: later, archived_at: Some(later) }
    );
    assert_eq!(put(&store, &brand, update).await, Some(RowFault::Changed), "it was read before the last change");
    let campaign = Campaign { id: CampaignId::new(1, [1; 10]), name: "Spring".into(), created_at: NOON };
    put(&store, &brand, write(Change::CreateCampaign(campaign.clone()), details(None), NOON)).await;
    let renamed = Campaign { name: "Summer".into(), ..campaign };
    let update = write(Change::UpdateCampaign(renamed.clone(), NOON), details(Some("b")), later);
    assert_eq!(put(&store, &brand, update.clone()).await, None);
    assert_eq!(put(&store, &brand, update).await, Some(RowFault::Changed));
    let stored = store.campaign_object(&brand, &renamed.id).await.unwrap().unwrap();
    assert_eq!((stored.value, stored.details, stored.updated_at), (renamed, details(Some("b")), later));
    let link = link_object(1, None);
    put(&store, &brand, write(Change::CreateLink(link.clone()), details(None), NOON)).await;
    let moved =
        Link { destination: "https://shop.example/q".into(), share_revenue: !link.share_revenue, ..link.clone() };
    let update = write(Change::UpdateLink(moved.clone(), link.created_at), details(None), later);
    assert_eq!(put(&store, &brand, update.clone()).await, None);
    assert_eq!(put(&store, &brand, update).await, Some(RowFault::Changed));
    assert_eq!(store.link_by_code(link.code).await.unwrap(), Some((brand.clone(), moved.clone())));
    // What pages change is known too.
    store.delete_link(&brand, &link.id, later.plus_ms(1), &audit(9)).await.unwrap();
    let stored = store.link_object(&brand, &link.id).await.unwrap().unwrap();
    assert_eq!((stored.updated_at, stored.archived_at), (later.plus_ms(1), Some(later.plus_ms(1))));
}

pub async fn pages_follow_ids_in_both_directions(store: AnyStore) {
    let brand = with_brand(&store).await;
    for n in 1..=5 {
        put(&store, &brand, write(Change::CreateCreator(creator_object(n)), details(None), NOON)).await;
        put(&store, &brand, write(Change::CreateLink(link_object(n, Some(n))), details(None), NOON)).await;
    }
    let id = |n: u8| creator_object(n).creator.id.to_string();
    let page = async |keyset: Keyset| {
        let page = store.creators_page(&brand, &keyset, &Filter::default()).await.unwrap();
        page.into_iter().map(|object| object.value.creator.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(page(keyset("", "~", false, 2)).await, [id(5), id(4)]);
    assert_eq!(page(keyset("", &id(4), false, 2)).await, [id(3), id(2)]);
    assert_eq!(page(keyset(&format!("{}0", id(2)), "~", true, 2)).await, [id(3), id(4)]);
    assert_eq!(page(keyset(&id(2), &id(4), false, 9)).await, [id(3), id(2)]);
    let links = async |filter: Filter| {
        let page = store.links_page(&brand, &all(), &filter).await.unwrap();
        page.into_iter().map(|object| object.value.id).collect::<Vec<_>>()
    };
    let creator = Some(creator_object(3).creator.id);
    assert_eq!(links(Filter { creator, ..Filter::default() }).await, [link_object(3, None).id]);
    let campaign = Some(CampaignId::new(1, [1; 10]));
    assert_eq!(links(Filter { campaign, ..Filter::default() }).await, []);
}

pub async fn lists_are_filtered(store: AnyStore) {
    let brand = with_brand(&store).await;
    for n in 1..=3 {
        let external_id = format!("ext {n}");
        let added = write(Change::CreateCreator(creator_object(n)), details(Some(&external_id)), NOON);
        put(&store, &brand, added).await;
    }
    let later = NOON.plus_ms(5);
    let mut archived = write(Change::UpdateCreator(creator_object(2), NOON), details(Some("ext 2")), later);
    archived.archived_at = Some(later);
    put(&store, &brand, archived).await;
    let ids = async |filter: Filter| {
        let page = store.creators_page(&brand, &all(), &filter).await.unwrap();
        page.into_iter().map(|object| object.value.creator.id).collect::<Vec<_>>()
    };
    let id = |n: u8| creator_object(n).creator.id;
    let span = |from: i64, until: i64| Span { from: NOON.plus_ms(from), until: NOON.plus_ms(until) };
    assert_eq!(ids(Filter { external_id: Some("ext 1".into()), ..Filter::default() }).await, [id(1)]);
    assert_eq!(ids(Filter { is_archived: Some(true), ..Filter::default() }).await, [id(2)]);
    assert_eq!(ids(Filter { is_archived: Some(false), ..Filter::default() }).await, [id(3), id(1)]);
    assert_eq!(ids(Filter { updated: span(1, 9), ..Filter::default() }).await, [id(2)]);
    assert_eq!(ids(Filter { updated: span(-9, 0), ..Filter::default() }).await, [id(3), id(1)]);
    // By status. What people write is no status.
    let mut tagged = creator_object(4);
    (tagged.profile.status, tagged.profile.tags) = (CreatorStatus::Invited, vec![r#""status":"paused""#.into()]);
    put(&store, &brand, write(Change::CreateCreator(tagged), Details::default(), NOON)).await;
    let fresh = Creator { id: id(5), ..creator(5) };
    store.create_creator(&brand, &fresh, &audit(90), &NewEvents::default()).await.unwrap();
    let by = async |status| ids(Filter { creator_status: Some(status), ..Filter::default() }).await;
    assert_eq!(by(CreatorStatus::Paused).await, [id(3), id(2), id(1)]);
    assert_eq!(by(CreatorStatus::Invited).await, [id(4)]);
    assert_eq!(by(CreatorStatus::Active).await, [id(5)], "without a profile");
}
