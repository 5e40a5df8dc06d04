//! Requirements on every adapter: `store::api_requests`.

use std::collections::BTreeMap;

use crate::{
    StoreError,
    api_requests::{ANSWER_LIFE_MS, Answer, Claim, RESERVED_MS, RequestClass, RowFault, Written},
    conformance::fixtures::{AnyStore, NOON, audit, brand, with_brand},
    objects::{Change, DetailsChange, Filter, Keyset, ObjectKind, Write},
    outbound::NewEvents,
};
use domain::{
    BrandId, CampaignId, UnixMs,
    api_key::{ApiKey, KeyId, KeyKind, KeyRecord},
    campaign::Campaign,
    metadata::Details,
};

fn key(brand: &BrandId, n: u8) -> KeyRecord {
    let key = ApiKey::new(KeyKind::Server, false, [n; 6], [n; 32]);
    KeyRecord {
        id: key.id.clone(),
        brand: brand.clone(),
        kind: key.kind,
        is_test: key.is_test,
        secret_hash: key.secret_hash(),
        created_at: NOON,
        updated_at: NOON,
        revoked_at: None,
        expires_at: None,
        scopes: None,
        api_version: None,
    }
}

async fn with_key(store: &AnyStore) -> (BrandId, KeyId) {
    let brand = with_brand(store).await;
    let key = key(&brand, 1);
    store.create_key(&key, &Details::default(), &audit(200)).await.unwrap();
    (brand, key.id)
}

fn claim(key: &KeyId, body: u8, at: UnixMs) -> Claim {
    Claim {
        key: key.clone(),
        idempotency_key: "one".to_owned(),
        method: "POST".to_owned(),
        path: "/api/v1/campaigns".to_owned(),
        body_hash: [body; 32],
        at,
    }
}

fn campaign(n: u8) -> Write {
    let campaign = Campaign { id: CampaignId::new(1, [n; 10]), name: format!("Campaign {n}"), created_at: NOON };
    let change = Change::CreateCampaign(campaign);
    Write {
        change,
        details: domain::metadata::Details::default(),
        archived_at: None,
        at: NOON,
        audit: audit(n),
        events: NewEvents::default(),
    }
}

fn answered(faults: &[Option<RowFault>]) -> Option<Answer> {
    faults.iter().all(Option::is_none).then(|| Answer { status: 201, body: format!("{} rows", faults.len()) })
}

fn everything() -> Keyset {
    Keyset { from: String::new(), below: "~".to_owned(), is_ascending: false, limit: 1_000 }
}

/// Runs futures beside each other.
async fn all_at_once<T: Send + 'static>(
    futures: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = futures.map(tokio::spawn).collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

pub async fn requests_of_a_minute_are_counted_exactly(store: AnyStore) {
    let (brand, key) = with_key(&store).await;
    let count = async |class, minute| store.count_request(&brand, &key, class, minute).await.unwrap();
    let counted = (0..40).map(|_| {
        let (store, brand, key) = (store.clone(), brand.clone(), key.clone());
        async move { store.count_request(&brand, &key, RequestClass::Read, 7).await.unwrap() }
    });
    let mut sorted = all_at_once(counted).await;
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=40).collect::<Vec<_>>(), "every request has a number of its own");
    assert_eq!(count(RequestClass::Write, 7).await, 1, "classes are counted apart");
    assert_eq!(count(RequestClass::Read, 8).await, 1, "a minute begins at one");
    assert_eq!(count(RequestClass::Read, 7).await, 2, "who is late counts in the latest minute");
    assert_eq!(store.keys_last_used(&brand).await.unwrap(), [(key, UnixMs(8 * 60_000))]);
}

pub async fn one_of_many_twins_of_a_write_takes_effect(store: AnyStore) {
    let (brand, key) = with_key(&store).await;
    let twins = (0..64u8).map(|n| {
        let (store, brand, claim) = (store.clone(), brand.clone(), claim(&key, 1, NOON));
        async move { store.write_objects(&brand, Some(&claim), &[campaign(n)], &answered).await.unwrap() }
    });
    let outcomes = all_at_once(twins).await;
    let answer = Answer { status: 201, body: "1 rows".to_owned() };
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Written::Done(answer.clone())).count(), 1);
    assert!(outcomes.iter().all(|outcome| *outcome == Written::Done(answer.clone())
        || *outcome == Written::Before(answer.clone())
        || *outcome == Written::InProgress));
    assert_eq!(store.campaigns(&brand).await.unwrap().len(), 1);
    assert_eq!(store.answer_to(&brand, &claim(&key, 1, NOON)).await.unwrap(), Some(Written::Before(answer)));
    assert_eq!(store.answer_to(&brand, &claim(&key, 2, NOON)).await.unwrap(), Some(Written::OtherBody));
    let other = [campaign(100)];
    let written = store.write_objects(&brand, Some(&claim(&key, 2, NOON)), &other, &answered).await.unwrap();
    assert_eq!(written, Written::OtherBody);
}

pub async fn answers_are_repeated_for_a_day(store: AnyStore) {
    let (brand, key) = with_key(&store).await;
    let at = |ms: i64| claim(&key, 1, NOON.plus_ms(ms));
    store.write_objects(&brand, Some(&at(0)), &[campaign(1)], &answered).await.unwrap();
    assert!(store.answer_to(&brand, &at(ANSWER_LIFE_MS - 1)).await.unwrap().is_some());
    assert_eq!(store.answer_to(&brand, &at(ANSWER_LIFE_MS)).await.unwrap(), None);
    let again = store.write_objects(&brand, Some(&at(ANSWER_LIFE_MS)), &[campaign(2)], &answered).await.unwrap();
    assert!(matches!(again, Written::Done(_)), "an old answer is replaced");
    assert_eq!(store.delete_answers(NOON.plus_ms(ANSWER_LIFE_MS), 10).await.unwrap(), 0);
    assert_eq!(store.delete_answers(NOON.plus_ms(ANSWER_LIFE_MS + 1), 10).await.unwrap(), 1);
    assert_eq!(store.answer_to(&brand, &at(ANSWER_LIFE_MS)).await.unwrap(), None);
}

pub async fn what_is_refused_leaves_no_answer(store: AnyStore) {
    let (brand, key) = with_key(&store).await;
    store.write_objects(&brand, None, &[campaign(1)], &answered).await.unwrap();
    let twice = [campaign(2), campaign(1)];
    let refused = store.write_objects(&brand, Some(&claim(&key, 1, NOON)), &twice, &answered).await.unwrap();
    assert_eq!(refused, Written::Refused(RowFault::Taken("a campaign with this name")));
    assert_eq!(store.answer_to(&brand, &claim(&key, 1, NOON)).await.unwrap(), None);
    let names = |page: Vec<crate::objects::Object<Campaign>>| {
        page.into_iter().map(|object| object.value.name).collect::<Vec<_>>()
    };
    let page = store.campaigns_page(&brand, &everything(), &Filter::default()).await.unwrap();
    assert_eq!(names(page), ["Campaign 1"], "the other row is undone too");
    // With an answer for whatever happens, the other row stays.
    let always = |faults: &[Option<RowFault>]| Some(Answer { status: 200, body: format!("{faults:?}") });
    let written = store.write_objects(&brand, None, &twice, &always).await.unwrap();
    let body = r#"[None, Some(Taken("a campaign with this name"))]"#.to_owned();
    assert_eq!(written, Written::Done(Answer { status: 200, body }));
    let page = store.campaigns_page(&brand, &everything(), &Filter::default()).await.unwrap();
    assert_eq!(names(page), ["Campaign 2", "Campaign 1"]);
}

pub async fn a_brand_has_one_test_brand(store: AnyStore) {
    let live = with_brand(&store).await;
    assert_eq!(store.test_brand_of(&live).await.unwrap(), None);
    let (one, two) = (brand(3), brand(4));
    assert_eq!(store.put_test_brand(&live, &one).await.unwrap(), one.id);
    assert_eq!(store.put_test_brand(&live, &two).await.unwrap(), one.id);
    assert_eq!(store.test_brand_of(&live).await.unwrap(), Some(one.id.clone()));
    assert_eq!(store.live_brand_of(&one.id).await.unwrap(), Some(live.clone()));
    assert_eq!(store.live_brand_of(&live).await.unwrap(), None);
    assert_eq!(store.brand(&two.id).await.unwrap(), None);
}

pub async fn a_replaced_key_expires(store: AnyStore) {
    let (brand, old) = with_key(&store).await;
    let (new, third) = (key(&brand, 2), key(&brand, 3));
    let end = NOON.plus_ms(1);
    let kept = Details { external_id: Some("till".into()), ..Details::default() };
    let (id, before) = (old.0.clone(), Details::default());
    let note = DetailsChange { kind: ObjectKind::Key, id, before, after: kept.clone() };
    assert!(store.note_key(&brand, &note, &audit(9)).await.unwrap());
    assert!(store.rotate_key(&brand, &old, &new, end, &audit(1)).await.unwrap());
    let ids = [old.0.clone(), new.id.0.clone()];
    let expected = BTreeMap::from([(new.id.0.clone(), kept)]);
    assert_eq!(store.details(&brand, &ids).await.unwrap(), expected, "it moves to the new key");
    assert_eq!(store.key(&old).await.unwrap().unwrap().expires_at, Some(end));
    assert_eq!(store.key(&new.id).await.unwrap(), Some(new.clone()));
    assert!(!store.rotate_key(&brand, &old, &third, end, &audit(2)).await.unwrap(), "it is replaced already");
    assert_eq!(store.key(&third.id).await.unwrap(), None);
    let taken = store.rotate_key(&brand, &new.id, &new, end, &audit(3)).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))));
    assert_eq!(store.key(&new.id).await.unwrap().unwrap().expires_at, None);
}

pub async fn a_claim_is_reserved_until_it_is_answered(store: AnyStore) {
    let (brand, key) = with_key(&store).await;
    let kept = Answer { status: 201, body: "sealed".to_owned() };
    let reserve =
        async |body, at_ms| store.reserve_answer(&brand, &claim(&key, body, NOON.plus_ms(at_ms))).await.unwrap();
    assert_eq!(reserve(1, 0).await, None);
    assert_eq!((reserve(1, 1).await, reserve(2, 1).await), (Some(Written::InProgress), Some(Written::OtherBody)));
    assert_eq!(store.answer_to(&brand, &claim(&key, 1, NOON)).await.unwrap(), Some(Written::InProgress));
    // It ends when nothing was done; what another request has reserved stays.
    store.release_answer(&brand, &claim(&key, 1, NOON.plus_ms(5))).await.unwrap();
    assert_eq!(reserve(1, 2).await, Some(Written::InProgress));
    store.release_answer(&brand, &claim(&key, 1, NOON)).await.unwrap();
    assert_eq!(reserve(2, 3).await, None);
    // A request that never ended loses it.
    assert_eq!(reserve(2, 3 + RESERVED_MS - 1).await, Some(Written::InProgress));
    let taken_over = 3 + RESERVED_MS;
    assert_eq!(reserve(1, taken_over).await, None);
    store.keep_answer(&brand, &claim(&key, 1, NOON.plus_ms(taken_over)), &kept).await.unwrap();
    store.release_answer(&brand, &claim(&key, 1, NOON.plus_ms(taken_over))).await.unwrap();
    assert_eq!(reserve(1, taken_over + RESERVED_MS).await, Some(Written::Before(kept)));
    assert_eq!(reserve(2, taken_over + RESERVED_MS).await, Some(Written::OtherBody));
    assert_eq!(reserve(2, taken_over + ANSWER_LIFE_MS).await, None, "a day later");
}
