//! Requirements on every adapter: `store::creator_merges`.

use domain::{
    AnswerId, BrandId, CreatorId, Currency, EntryId, MessageId, PayoutId, RuleId,
    account::Invited,
    attribution::{self, AttributionInput},
    commission::{EntryKind, Rate, Rule, Scope},
    creator::{Creator, Profile},
    link::Link,
    outbound::{CreatorRef, EventData, EventType, MilestoneData},
    policy::Policy,
};

use crate::{
    StoreError,
    commissions::{Closing, Entry, Payout, PayoutState},
    conformance::{
        fixtures::{
            AnyStore, NOON, audit, creator, link, logged, order, scrub_job, settle, settle_job, settle_one, settlement,
            texts, today, week, with_links,
        },
        people::invite,
    },
    creator_merges::{Holdings, Merge, Merged},
    jobs::{Lane, NewJob},
    money_objects::PayoutFilter,
    objects::Keyset,
    outbound::{EventFilter, NewEvent, NewEvents},
    payout_details::NewPayoutDetails,
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
    let moved = NewPayoutDetails { paypal: Some(b"sealed"), ..NewPayoutDetails::default() };
    let merge = Merge { payout: Some(moved), ..plan(&from, &into, &profile) };
    merge_as(store, brand, merge, entry).await
}

/// A merge of creators who have not changed since noon.
fn plan<'a>(from: &'a CreatorId, into: &'a Creator, profile: &'a Profile) -> Merge<'a> {
    Merge {
        from,
        from_read_at: NOON,
        into,
        into_read_at: NOON,
        profile,
        payout: None,
        payout_changed_at: [None; 2],
        is_by_owner: true,
    }
}

async fn merge_as(store: &AnyStore, brand: &BrandId, merge: Merge<'_>, entry: u8) -> Merged {
    store.merge_creators(brand, merge, &audit(entry), &NewEvents::default(), &follow()).await.unwrap()
}

/// Merges the first creator into the second, who stays as they are.
async fn merge_two(store: &AnyStore, brand: &BrandId, from: u8, into: u8, entry: u8) -> Merged {
    let (from, into, profile) = (creator(from).id, creator(into), Profile::default());
    let changed_at = async |of| store.payout_details_of(brand, of).await.unwrap().and_then(|stored| stored.changed_at);
    let payout_changed_at = [changed_at(&from).await, changed_at(&into.id).await];
    merge_as(store, brand, Merge { payout_changed_at, ..plan(&from, &into, &profile) }, entry).await
}

/// An open payout: what each creator gets.
pub(super) fn payout(n: u8, items: &[(u8, i64)]) -> Payout {
    Payout {
        id: PayoutId::new(NOON.0, [n; 10]),
        currency: Currency::USD,
        state: PayoutState::Open,
        created_at: NOON,
        closed_at: None,
        actor: "test".into(),
        closed_by: None,
        reference: None,
        items: items.iter().map(|(by, minor)| (creator(*by).id, *minor)).collect(),
    }
}

/// Ids of entries.
pub(super) fn entry_ids(first: u8, count: usize) -> Vec<EntryId> {
    (first..).take(count).map(|n| EntryId::new(NOON.0, [n; 10])).collect()
}

/// The link of a creator by which nobody was sent.
fn direct(n: u8, by: u8, promo: Option<&str>) -> Link {
    Link { is_direct: true, promo_code: promo.map(str::to_owned), ..link(n, Some(by)) }
}

pub(super) fn adjustment(n: u8, by: u8, amount_minor: i64) -> Entry {
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
    let details = store.payout_details(&brand).await.unwrap();
    let details: Vec<_> =
        details.into_iter().map(|details| (details.creator, details.paypal, details.changed_at)).collect();
    assert_eq!(details, [(into.clone(), Some(b"sealed".to_vec()), Some(NOON))]);
    assert_eq!(store.holdings(&brand, &from).await.unwrap(), Holdings::default());
    let free = Creator { partner_code: None, ..creator(1) };
    let free = Creator { id: CreatorId::new(3, [3; 10]), ..free };
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
    store.follow_merge(&brand, &from).await.unwrap();
    assert_eq!(store.holdings(&brand, &from).await.unwrap().links, 2, "they are not merged");
    assert_eq!(store.merged_into(&brand, &from).await.unwrap(), None);
    assert_eq!(merge(&store, &brand, 20).await, Merged::Now);
    assert_eq!(store.merged_into(&brand, &from).await.unwrap().as_ref(), Some(&into));
    let entries = logged(&store, &brand).await.len();
    assert_eq!(merge(&store, &brand, 21).await, Merged::Before);
    assert_eq!(logged(&store, &brand).await.len(), entries, "a repeat is not recorded");

    let late = store.create_link(&brand, &link(7, Some(1)), None, &NewEvents::default()).await;
    assert!(matches!(late, Err(StoreError::Missing("the creator"))), "nobody would earn by it: {late:?}");
    store.adjust(&brand, &adjustment(7, 1, 50), &audit(22), &NewEvents::default()).await.unwrap();
    store.follow_merge(&brand, &from).await.unwrap();
    assert_eq!(store.holdings(&brand, &from).await.unwrap(), Holdings::default());
    assert_eq!(store.balances(&brand, NOON).await.unwrap()[0].payable_minor, 1350);

    assert_eq!(merge_two(&store, &brand, 2, 1, 23).await, Merged::Missing, "nobody is merged into who is no more");
}

pub async fn who_is_in_an_open_payout_is_not_merged(store: AnyStore) {
    let brand = with_duplicate(&store).await;
    let payout = payout(1, &[(1, 1000)]);
    assert!(store.create_payout(&brand, &payout, &entry_ids(30, 1), &audit(30)).await.unwrap());
    assert!(store.holdings(&brand, &creator(1).id).await.unwrap().is_in_open_payout);
    assert_eq!(merge(&store, &brand, 31).await, Merged::OpenPayout);
    assert!(store.creator(&brand, &creator(1).id).await.unwrap().is_some());
    assert_eq!(store.balances(&brand, NOON).await.unwrap().len(), 2);
}

pub async fn what_comes_late_follows_every_later_merge(store: AnyStore) {
    let brand = with_duplicate(&store).await;
    store.create_creator(&brand, &creator(3), &audit(19), &NewEvents::default()).await.unwrap();
    assert_eq!(merge(&store, &brand, 20).await, Merged::Now);
    assert_eq!(merge_two(&store, &brand, 2, 3, 21).await, Merged::Now);
    store.adjust(&brand, &adjustment(7, 1, 50), &audit(22), &NewEvents::default()).await.unwrap();
    store.follow_merge(&brand, &creator(1).id).await.unwrap();
    assert_eq!(store.holdings(&brand, &creator(1).id).await.unwrap(), Holdings::default());
    assert_eq!(store.merged_into(&brand, &creator(1).id).await.unwrap(), Some(creator(3).id));
    let balances = store.balances(&brand, NOON).await.unwrap();
    let balances: Vec<_> = balances.into_iter().map(|one| (one.creator, one.payable_minor)).collect();
    assert_eq!(balances, [(creator(3).id, 1350)]);
}

pub async fn a_merge_is_decided_on_what_is_stored(store: AnyStore) {
    let brand = with_links(&store).await;
    let (from, into, profile) = (creator(1).id, creator(2), Profile::default());
    let plan = plan(&from, &into, &profile);
    let earlier = NOON.plus_ms(-1);
    let changed = Merge { from_read_at: earlier, ..plan.clone() };
    assert_eq!(merge_as(&store, &brand, changed, 20).await, Merged::Changed, "since they were read");
    let changed = Merge { into_read_at: earlier, ..plan.clone() };
    assert_eq!(merge_as(&store, &brand, changed, 21).await, Merged::Changed, "so did the one who stays");
    let rule = Rule {
        id: RuleId::new(1, [1; 10]),
        scope: Scope::Creator(from.clone()),
        rate: Rate::Percent { bp: 1000 },
        new_customer_bonus: None,
        cap: None,
        starts_at: NOON,
        ends_at: None,
        created_at: NOON,
    };
    store.create_rule(&brand, &rule, &audit(22)).await.unwrap();
    assert_eq!(merge_as(&store, &brand, plan.clone(), 23).await, Merged::Changed, "a rule of their own");
    assert!(store.end_rule(&brand, &rule.id, NOON, &audit(24)).await.unwrap());
    store.direct_link(&brand, &direct(11, 1, Some("ONE")), None).await.unwrap();
    store.direct_link(&brand, &direct(12, 2, Some("TWO")), None).await.unwrap();
    assert_eq!(merge_as(&store, &brand, plan, 25).await, Merged::Changed, "one of the codes would be lost");
    assert_eq!(store.creator(&brand, &from).await.unwrap(), Some(creator(1)));
    assert_eq!(store.creator(&brand, &into.id).await.unwrap(), Some(creator(2)));
}

pub async fn a_payout_has_each_creator_once_after_a_merge(store: AnyStore) {
    let brand = with_duplicate(&store).await;
    let close = async |n: u8, state: PayoutState, entry: u8| {
        let (ids, events) = (entry_ids(entry, 1), NewEvents::default());
        let closing = Closing { state, at: NOON, reference: None, entry_ids: &ids, events: &events, mails: &[] };
        assert!(store.close_payout(&brand, &payout(n, &[]).id, &closing, &audit(entry)).await.unwrap());
    };
    let items = async || {
        let keyset = Keyset { from: "pay_".into(), below: "pay_zz".into(), is_ascending: false, limit: 10 };
        let page = store.payouts_page(&brand, &keyset, &PayoutFilter::default()).await.unwrap();
        let page: Vec<_> = page.into_iter().map(|object| object.value.items).collect();
        let all = store.payouts(&brand).await.unwrap();
        assert_eq!(page, all.into_iter().map(|payout| payout.items).collect::<Vec<_>>());
        page
    };
    let paid = payout(1, &[(1, 1000), (2, 300)]);
    assert!(store.create_payout(&brand, &paid, &entry_ids(40, 2), &audit(40)).await.unwrap());
    close(1, PayoutState::Paid, 50).await;
    assert_eq!(merge(&store, &brand, 20).await, Merged::Now);
    assert_eq!(items().await, [vec![(creator(2).id, 1300)]]);

    // A settlement that was under way stores something for the merged creator, and a payout takes it before it follows.
    for (n, by, minor) in [(7, 1, 50), (8, 2, 30)] {
        store.adjust(&brand, &adjustment(n, by, minor), &audit(n), &NewEvents::default()).await.unwrap();
    }
    let open = payout(2, &[(1, 50), (2, 30)]);
    assert!(store.create_payout(&brand, &open, &entry_ids(42, 2), &audit(42)).await.unwrap());
    store.follow_merge(&brand, &creator(1).id).await.unwrap();
    assert_eq!(items().await[0], [(creator(2).id, 80)]);
    close(2, PayoutState::Cancelled, 51).await;
    let lines = store.ledger(&brand, Some(&creator(2).id), "", 50).await.unwrap();
    let lines = lines.iter().filter(|line| line.payout.as_ref() == Some(&open.id));
    assert_eq!(lines.map(|line| line.amount_minor).sum::<i64>(), 0, "all of it is offset");
    let balances = store.balances(&brand, NOON).await.unwrap();
    let balances: Vec<_> =
        balances.iter().map(|one| (one.payable_minor, one.in_payout_minor, one.paid_out_minor)).collect();
    assert_eq!(balances, [(80, 0, 1300)]);
}

pub async fn a_payout_and_a_merge_wait_for_each_other(store: AnyStore) {
    let brand = with_links(&store).await;
    let items: Vec<(u8, i64)> = (1..=8).map(|by| (by, 100)).collect();
    for (by, minor) in &items {
        store.adjust(&brand, &adjustment(*by, *by, *minor), &audit(*by), &NewEvents::default()).await.unwrap();
    }
    // The payout claims the lines of creator 1 first, and takes its time for the others.
    let (payout, ids, entry) = (payout(1, &items), entry_ids(100, items.len()), audit(30));
    let (created, merged) =
        tokio::join!(store.create_payout(&brand, &payout, &ids, &entry), merge_two(&store, &brand, 1, 2, 31));
    let outcome = (created.unwrap(), merged);
    assert!(matches!(outcome, (true, Merged::OpenPayout) | (false, Merged::Now)), "{outcome:?}");
}

pub async fn events_name_no_merged_creator_once_the_kept_one_is_erased(store: AnyStore) {
    let brand = with_links(&store).await;
    let reached = |n: u8| {
        let data = EventData::MilestoneReached(MilestoneData {
            creator: CreatorRef::from(&creator(1)),
            name: "orders:10".into(),
            orders: 10,
            revenue_minor: 5,
            currency: Currency::USD,
        });
        let event = NewEvent {
            id: MessageId::new(NOON.0, [n; 10]),
            kind: EventType::MilestoneReached,
            object_id: creator(1).id.to_string(),
            fact: format!("milestone:{n}"),
            data: data.to_json(),
            at: NOON,
        };
        NewEvents { events: vec![event], dispatch: None }
    };
    store.write_events(&brand, &reached(1)).await.unwrap();
    store.sequence_events(&brand, NOON, 10).await.unwrap();
    assert_eq!(merge_two(&store, &brand, 1, 2, 20).await, Merged::Now);
    assert!(
        store
            .erase_creator(&brand, &creator(2).id, NOON, &audit(21), &NewEvents::default(), &scrub_job())
            .await
            .unwrap()
    );
    // Decided on before the merge, and written after the erasure.
    store.write_events(&brand, &reached(2)).await.unwrap();
    store.sequence_events(&brand, NOON, 10).await.unwrap();
    let all = store.events(&brand, 0, &EventFilter::default(), 10).await.unwrap();
    assert_eq!(all.len(), 2);
    for event in all {
        assert!(!event.data.contains("Creator 1") && !event.data.contains("creator1"), "{}", event.data);
    }
}

pub async fn members_merge_nobody_who_could_be_paid_instead(store: AnyStore) {
    let brand = with_links(&store).await;
    let without_address = |n: u8| Creator { email_hash: None, ..creator(n) };
    for n in [3, 4] {
        store.create_creator(&brand, &without_address(n), &audit(10 + n), &NewEvents::default()).await.unwrap();
    }
    let (from, into, profile) = (creator(3).id, without_address(4), Profile::default());
    let by_member = Merge { is_by_owner: false, ..plan(&from, &into, &profile) };
    // Whoever was invited as either is not let into both.
    for (n, invited) in [(1, &from), (2, &into.id)] {
        invite(&store, &brand, n, n, Invited::Creator(invited.clone())).await;
    }
    store.adjust(&brand, &adjustment(7, 3, 50), &audit(22), &NewEvents::default()).await.unwrap();
    assert_eq!(merge_as(&store, &brand, by_member.clone(), 23).await, Merged::OwnersOnly, "a balance");
    store.adjust(&brand, &adjustment(8, 3, -50), &audit(24), &NewEvents::default()).await.unwrap();
    let details = NewPayoutDetails { paypal: Some(b"sealed"), ..NewPayoutDetails::default() };
    assert!(store.set_payout_details(&brand, &into.id, details, &audit(25), None).await.unwrap());
    let read_now = Merge { payout_changed_at: [None, Some(NOON)], ..by_member };
    assert_eq!(merge_as(&store, &brand, read_now.clone(), 26).await, Merged::OwnersOnly, "payout details");
    assert_eq!(store.invitations(&brand).await.unwrap().len(), 1, "of the other");
    let by_owner = Merge { is_by_owner: true, ..read_now };
    assert_eq!(merge_as(&store, &brand, by_owner, 27).await, Merged::Now);
    assert_eq!(store.invitations(&brand).await.unwrap(), []);
}
