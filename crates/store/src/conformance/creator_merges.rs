//! Requirements on every adapter: `store::creator_merges`.

use domain::{
    AnswerId, BrandId, Currency, EntryId, PayoutId,
    attribution::{self, AttributionInput},
    commission::EntryKind,
    creator::{Creator, Profile},
    link::Link,
    policy::Policy,
};

use crate::{
    commissions::{Entry, Payout, PayoutState},
    conformance::fixtures::{
        AnyStore, NOON, audit, creator, link, order, settle, settle_job, settle_one, settlement, texts, today, week,
        with_links,
    },
    creator_merges::{Holdings, Merge, Merged},
    jobs::{Lane, NewJob},
    outbound::NewEvents,
    surveys::{Answer, AnswerState},
};

fn follow() -> NewJob {
    NewJob {
        kind: "follow",
        key: "merge".to_owned(),
        lane: Lane::Maintenance,
        party: String::new(),
        payload: "{}".to_owned(),
        run_at: NOON.plus_ms(60_000),
    }
}

/// The creator who stays, with what the other brings.
fn kept() -> Creator {
    Creator { aliases: texts(&["alias 2", "Creator 1"]), ..creator(2) }
}

async fn merge(store: &AnyStore, brand: &BrandId, entry: u8) -> Merged {
    let (from, into, profile) = (creator(1).id, kept(), Profile { tags: texts(&["vip"]), ..Profile::default() });
    let merge = Merge { from: &from, into: &into, profile: &profile, payout_address: Some(b"sealed") };
    store.merge_creators(brand, merge, &audit(entry), &NewEvents::default(), &follow()).await.unwrap()
}

fn adjustment(n: u8, by: u8, amount_minor: i64) -> Entry {
    Entry {
        id: EntryId::new(NOON.0, [n; 10]),
        key: format!("key {n}"),
        creator: creator(by).id,
        order: None,
        rule: None,
        kind: EntryKind::Adjustment,
        currency: Currency::USD,
        amount_minor,
        reason: "a bonus".into(),
        actor: "test".into(),
        created_at: NOON,
        payable_at: NOON,
        needs_approval: false,
        approved_at: None,
        payout: None,
    }
}

/// Gives creator 1 something of everything, and creator 2 what they have in common.
async fn with_duplicate(store: &AnyStore) -> BrandId {
    let brand = with_links(store).await;
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle(store, &brand, "1001").await;
    let answer = Answer {
        id: AnswerId::new(NOON.0, [1; 10]),
        order_external_id: "1001".into(),
        question: "Who?".into(),
        answer: "creator one".into(),
        received_at: NOON,
        state: AnswerState::Matched,
        creator: Some(creator(1).id),
        confidence_bp: 9000,
        matched_name: None,
    };
    store.put_answer(&brand, &answer, &settle_job).await.unwrap();
    for (n, by, minor) in [(1, 1, 1000), (2, 2, 300)] {
        store.adjust(&brand, &adjustment(n, by, minor), &audit(n), &NewEvents::default()).await.unwrap();
    }
    for (by, names) in [(1, vec!["orders:10", "orders:50"]), (2, vec!["orders:10"])] {
        let names = texts(&names);
        store.reach_milestones(&brand, &creator(by).id, &names, NOON, &|_| NewEvents::default()).await.unwrap();
    }
    for (by, pv_id) in [(1, "phone"), (1, "laptop"), (2, "phone")] {
        store.put_creator_visitor(&brand, &creator(by).id, pv_id, NOON).await.unwrap();
    }
    let direct = |n: u8, by: u8, promo: Option<&str>| Link {
        is_direct: true,
        promo_code: promo.map(str::to_owned),
        ..link(n, Some(by))
    };
    store.direct_link(&brand, &direct(11, 1, Some("ONE")), None).await.unwrap();
    store.direct_link(&brand, &direct(12, 2, None), None).await.unwrap();
    brand
}

pub async fn everything_of_a_merged_creator_is_the_others(store: AnyStore) {
    let brand = with_duplicate(&store).await;
    let (from, into) = (creator(1).id, creator(2).id);
    let holdings = store.holdings(&brand, &from).await.unwrap();
    let expected = Holdings { links: 2, orders: 1, ledger_lines: 1, answers: 1, items: 0, is_in_open_payout: false };
    assert_eq!(holdings, expected);
    let before = store.traffic(&brand, week()).await.unwrap();
    let record = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap();

    assert_eq!(merge(&store, &brand, 20).await, Merged::Now);
    let links = store.links(&brand).await.unwrap();
    assert!(links.iter().all(|link| link.creator.as_ref() == Some(&into)), "{links:?}");
    let live: Vec<_> = links.iter().filter(|link| link.is_direct && link.deleted_at.is_none()).collect();
    assert_eq!(live.len(), 1, "a creator has one direct link");
    assert_eq!(live[0].promo_code.as_deref(), Some("ONE"), "the one with a discount code");
    assert_eq!(store.traffic(&brand, week()).await.unwrap(), before, "figures stay");
    let credits = store.credits_after(&brand, ("", 0), 10).await.unwrap();
    assert!(credits.iter().all(|record| record.credit.creator.as_ref() == Some(&into)), "{credits:?}");
    let settled = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().attribution.unwrap();
    assert!(settled.credits.iter().all(|credit| credit.creator.as_ref() == Some(&into)), "its explanation too");
    let totals = store.model_totals(&brand, week()).await.unwrap();
    assert!(totals.iter().all(|row| row.creator.as_ref() == Some(&into)), "{totals:?}");
    let balances = store.balances(&brand, NOON).await.unwrap();
    assert_eq!(balances.iter().map(|one| (&one.creator, one.payable_minor)).collect::<Vec<_>>(), [(&into, 1300)]);
    let answers = store.answers_of(&brand, &texts(&["1001"])).await.unwrap();
    assert_eq!(answers[0].creator.as_ref(), Some(&into));
    let names = store.milestones(&brand, &into).await.unwrap().into_iter().map(|(name, _)| name);
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert_eq!(names, ["orders:10", "orders:50"]);
    assert_eq!(store.milestones(&brand, &from).await.unwrap(), []);
    let browsers = store.creators_of_visitors(&brand, &texts(&["laptop", "phone"])).await.unwrap();
    assert_eq!(browsers, [("laptop".to_owned(), into.clone()), ("phone".to_owned(), into.clone())]);

    let all = store.creators(&brand).await.unwrap();
    assert_eq!(all, [kept()], "the merged one is in no list");
    assert_eq!(store.creator(&brand, &from).await.unwrap(), None);
    assert_eq!(store.creator_object(&brand, &from).await.unwrap(), None);
    let profile = store.creator_object(&brand, &into).await.unwrap().unwrap().value.profile;
    assert_eq!(profile.tags, ["vip"]);
    let code = creator(1).partner_code.unwrap();
    assert_eq!(store.creator_by_partner_code(&code).await.unwrap(), Some((brand.clone(), into.clone())));
    let addresses = store.payout_addresses(&brand).await.unwrap();
    assert_eq!(addresses, [(into.clone(), b"sealed".to_vec())]);
    assert_eq!(store.holdings(&brand, &from).await.unwrap(), Holdings::default());
    let free = Creator { partner_code: None, ..creator(1) };
    let free = Creator { id: domain::CreatorId::new(3, [3; 10]), ..free };
    store.create_creator(&brand, &free, &audit(21), &NewEvents::default()).await.unwrap();

    // A settlement that was decided before the merge begins again.
    let input = AttributionInput { links: vec![link(1, Some(1))], ..AttributionInput::without_evidence(record.order) };
    let decided = attribution::decide(&input, &Policy::default());
    let stale =
        domain::settlement::Settlement { settlements: record.settlements, ..settlement(&input.order, &[], &decided) };
    assert!(!settle_one(&store, &stale).await);
}

pub async fn a_merge_happens_once_and_what_comes_late_follows(store: AnyStore) {
    let brand = with_duplicate(&store).await;
    let (from, into) = (creator(1).id, creator(2).id);
    store.follow_merge(&brand, &from, &into).await.unwrap();
    assert_eq!(store.holdings(&brand, &from).await.unwrap().links, 2, "they are not merged");
    assert_eq!(merge(&store, &brand, 20).await, Merged::Now);
    let entries = store.audit_log(&brand, 50).await.unwrap().len();
    assert_eq!(merge(&store, &brand, 21).await, Merged::Before);
    assert_eq!(store.audit_log(&brand, 50).await.unwrap().len(), entries, "a repeat is not recorded");

    store.create_link(&brand, &link(7, Some(1)), None, &NewEvents::default()).await.unwrap();
    store.adjust(&brand, &adjustment(7, 1, 50), &audit(22), &NewEvents::default()).await.unwrap();
    store.follow_merge(&brand, &from, &into).await.unwrap();
    assert_eq!(store.holdings(&brand, &from).await.unwrap(), Holdings::default());
    assert_eq!(store.balances(&brand, NOON).await.unwrap()[0].payable_minor, 1350);

    let back = Merge { from: &into, into: &creator(1), profile: &Profile::default(), payout_address: None };
    let done = store.merge_creators(&brand, back, &audit(23), &NewEvents::default(), &follow()).await.unwrap();
    assert_eq!(done, Merged::Missing, "nobody is merged into who is no more");
}

pub async fn who_is_in_an_open_payout_is_not_merged(store: AnyStore) {
    let brand = with_duplicate(&store).await;
    let payout = Payout {
        id: PayoutId::new(NOON.0, [1; 10]),
        currency: Currency::USD,
        state: PayoutState::Open,
        created_at: NOON,
        closed_at: None,
        actor: "test".into(),
        closed_by: None,
        reference: None,
        items: vec![(creator(1).id, 1000)],
    };
    let ids = [EntryId::new(NOON.0, [30; 10])];
    assert!(store.create_payout(&brand, &payout, &ids, &audit(30)).await.unwrap());
    assert!(store.holdings(&brand, &creator(1).id).await.unwrap().is_in_open_payout);
    assert_eq!(merge(&store, &brand, 31).await, Merged::OpenPayout);
    assert!(store.creator(&brand, &creator(1).id).await.unwrap().is_some());
    assert_eq!(store.balances(&brand, NOON).await.unwrap().len(), 2);
}
