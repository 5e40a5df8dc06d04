//! Requirements on every adapter: `store::commissions`.

use domain::{
    Currency, EntryId, Money, PayoutId, RuleId,
    attribution::{self, AttributionInput},
    commission::{EntryKind, Owed, Rate, Rule, Scope},
    order::Order,
    policy::Policy,
    settlement::Settlement,
};

use crate::{
    commissions::{Approval, Closing, Entry, Payout, PayoutState},
    conformance::fixtures::{
        AnyStore, NOON, audit, creator, job, logged, order, settle, settle_job, settle_one, settlement, today, week,
        with_brand, with_links,
    },
    jobs::Lane,
    outbound::NewEvents,
};

pub async fn rules_end_once(store: AnyStore) {
    let brand = with_brand(&store).await;
    let rule = Rule {
        id: RuleId::new(1, [1; 10]),
        scope: Scope::Tier("gold".into()),
        rate: Rate::Percent { bp: 1250 },
        new_customer_bonus: Some(Money { minor: 500, currency: Currency::USD }),
        cap: None,
        starts_at: NOON,
        ends_at: None,
        created_at: NOON,
    };
    store.create_rule(&brand, &rule, &audit(1)).await.unwrap();
    assert_eq!(store.rules(&brand).await.unwrap(), core::slice::from_ref(&rule));
    assert!(store.end_rule(&brand, &rule.id, NOON.plus_ms(5), &audit(2)).await.unwrap());
    assert!(!store.end_rule(&brand, &rule.id, NOON.plus_ms(9), &audit(3)).await.unwrap());
    assert_eq!(store.rules(&brand).await.unwrap()[0].ends_at, Some(NOON.plus_ms(5)));
    let log = logged(&store, &brand).await;
    assert_eq!(log.iter().filter(|(_, _, _, subject)| subject.len() < 3).count(), 2, "without those of the fixture");
}

fn adjustment(n: u8, amount_minor: i64, needs_approval: bool) -> Entry {
    Entry {
        id: EntryId::new(NOON.0, [n; 10]),
        key: format!("key {n}"),
        creator: creator(1).id,
        order: None,
        rule: None,
        kind: EntryKind::Adjustment,
        currency: Currency::USD,
        amount_minor,
        reason: "a bonus".into(),
        actor: "test".into(),
        created_at: NOON,
        payable_at: NOON,
        needs_approval,
        approved_at: None,
        payout: None,
    }
}

pub async fn adjustments_and_approvals_happen_once(store: AnyStore) {
    let brand = with_links(&store).await;
    assert!(store.adjust(&brand, &adjustment(1, 1000, true), &audit(1), &NewEvents::default()).await.unwrap());
    let again = Entry { id: EntryId::new(NOON.0, [9; 10]), ..adjustment(1, 1000, true) };
    assert!(!store.adjust(&brand, &again, &audit(2), &NewEvents::default()).await.unwrap(), "the same key");
    let payable = async || store.balances(&brand, NOON).await.unwrap()[0].payable_minor;
    assert_eq!(payable().await, 0);
    assert_eq!(
        store
            .approve(&brand, Approval::Creator(&creator(2).id), NOON, &audit(3), &|_| NewEvents::default())
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        store.approve(&brand, Approval::Proven, NOON.plus_ms(-1), &audit(4), &|_| NewEvents::default()).await.unwrap(),
        0,
        "still held"
    );
    assert_eq!(
        store
            .approve(&brand, Approval::Creator(&creator(1).id), NOON, &audit(5), &|_| NewEvents::default())
            .await
            .unwrap(),
        1
    );
    assert_eq!(store.approve(&brand, Approval::Proven, NOON, &audit(6), &|_| NewEvents::default()).await.unwrap(), 0);
    assert_eq!(payable().await, 1000);
    let own = store.balances_of(&brand, &creator(1).id, NOON).await.unwrap();
    assert_eq!(own, store.balances(&brand, NOON).await.unwrap());
    assert_eq!(store.balances_of(&brand, &creator(2).id, NOON).await.unwrap(), vec![]);
    let line = &store.ledger(&brand, None, "", 10).await.unwrap()[0];
    assert_eq!(*line, Entry { approved_at: Some(NOON), ..adjustment(1, 1000, true) });
    let log = logged(&store, &brand).await;
    assert_eq!(log.iter().filter(|(_, _, _, subject)| subject.len() < 3).count(), 2, "without those of the fixture");
}

pub async fn payouts_claim_payable_entries_and_cancelling_releases_them(store: AnyStore) {
    let brand = with_links(&store).await;
    store.adjust(&brand, &adjustment(1, 1000, false), &audit(1), &NewEvents::default()).await.unwrap();
    store.adjust(&brand, &adjustment(2, -300, false), &audit(2), &NewEvents::default()).await.unwrap();
    let payout = |n: u8, minor| Payout {
        id: PayoutId::new(NOON.0, [n; 10]),
        currency: Currency::USD,
        state: PayoutState::Open,
        created_at: NOON,
        closed_at: None,
        actor: "test".into(),
        closed_by: None,
        reference: None,
        items: vec![(creator(1).id, minor)],
    };
    let ids = |n: u8| [EntryId::new(NOON.0, [n; 10])];
    let balance = async || {
        let balance = store.balances(&brand, NOON).await.unwrap()[0].clone();
        (balance.held_minor, balance.payable_minor, balance.in_payout_minor, balance.paid_out_minor)
    };
    assert!(
        !store.create_payout(&brand, &payout(1, 1000), &ids(11), &audit(3)).await.unwrap(),
        "the payable amount differs"
    );
    assert_eq!((store.payouts(&brand).await.unwrap(), balance().await), (vec![], (0, 700, 0, 0)));
    assert!(store.create_payout(&brand, &payout(1, 700), &ids(11), &audit(4)).await.unwrap());
    assert_eq!((store.payouts(&brand).await.unwrap(), balance().await), (vec![payout(1, 700)], (0, 0, 700, 0)));
    let close = async |n: u8, state, entry| {
        let closing = Closing {
            state,
            at: NOON,
            reference: None,
            entry_ids: &ids(entry),
            events: &NewEvents::default(),
            mails: &[],
        };
        store.close_payout(&brand, &payout(n, 0).id, &closing, &audit(entry)).await.unwrap()
    };
    assert!(close(1, PayoutState::Cancelled, 12).await);
    assert!(!close(1, PayoutState::Paid, 13).await, "already closed");
    assert_eq!(balance().await, (0, 700, 0, 0));
    assert!(store.create_payout(&brand, &payout(2, 700), &ids(14), &audit(5)).await.unwrap());
    assert!(close(2, PayoutState::Paid, 15).await);
    assert_eq!(balance().await, (0, 0, 0, 700));
    // A deduction after the payout makes the balance negative.
    store.adjust(&brand, &adjustment(3, -50, false), &audit(6), &NewEvents::default()).await.unwrap();
    assert_eq!(balance().await, (0, -50, 0, 700));
    let states: Vec<_> =
        store.payouts(&brand).await.unwrap().into_iter().map(|payout| (payout.state, payout.closed_at)).collect();
    assert_eq!(states, [(PayoutState::Paid, Some(NOON)), (PayoutState::Cancelled, Some(NOON))]);
    let closers: Vec<_> = store.payouts(&brand).await.unwrap().into_iter().map(|payout| payout.closed_by).collect();
    assert_eq!(closers, [Some(audit(15).actor), Some(audit(12).actor)]);
}

pub async fn milestones_are_reached_once(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    let totals = store.creator_totals(&brand, &creator(1).id).await.unwrap();
    assert_eq!(totals, (1, vec![(Currency::USD, 5000)]));
    assert_eq!(store.creator_totals(&brand, &creator(2).id).await.unwrap(), (0, vec![]));
    let names = ["orders:10".to_owned(), "orders:50".to_owned()];
    let creator_id = creator(1).id;
    assert_eq!(
        store.reach_milestones(&brand, &creator_id, &names[..1], NOON, &|_| NewEvents::default()).await.unwrap(),
        names[..1]
    );
    assert_eq!(
        store.reach_milestones(&brand, &creator_id, &names, NOON.plus_ms(1), &|_| NewEvents::default()).await.unwrap(),
        names[1..]
    );
    let reached = store.milestones(&brand, &creator_id).await.unwrap();
    assert_eq!(reached, [(names[0].clone(), NOON), (names[1].clone(), NOON.plus_ms(1))]);
}

pub async fn approvals_of_orders_keep_the_hold_and_bulk_approvals_leave_what_is_unproven(store: AnyStore) {
    let brand = with_links(&store).await;
    let own = creator(1).id;
    let owed =
        [Owed { creator: own.clone(), rule: RuleId::new(1, [1; 10]), amount_minor: 500, reason: "a rate".into() }];
    for (id, is_unproven) in [("1001", true), ("22", false), ("333", true)] {
        let order = Order { placed_at: NOON, ..order(id, 5000) };
        store.put_order(&order, today(), &settle_job).await.unwrap();
        let record = store.order_by_external_id(&brand, id).await.unwrap().unwrap();
        let links = store.links(&brand).await.unwrap();
        let input = AttributionInput { links, ..AttributionInput::without_evidence(record.order) };
        let attribution = attribution::decide(&input, &Policy::default());
        let settlement = Settlement {
            owed: &owed,
            is_unproven,
            needs_approval: !is_unproven,
            ..settlement(&input.order, &[], &attribution)
        };
        assert!(settle_one(&store, &settlement).await);
    }
    let waiting = async || {
        let waiting = store.waiting_commissions(&brand, 10).await.unwrap().into_iter();
        let waiting = waiting.map(|one| (one.order_name, one.amount.minor, one.is_unproven));
        waiting.collect::<std::collections::BTreeSet<_>>()
    };
    let name = |id: &str| format!("#{id}");
    let all = [(name("1001"), 500, true), (name("22"), 500, false), (name("333"), 500, true)];
    assert_eq!(waiting().await, all.into_iter().collect());
    let id = async |id: &str| store.order_by_external_id(&brand, id).await.unwrap().unwrap().order.id;
    let awaits = async |external_id: &str| store.awaits_approval(&brand, &id(external_id).await).await.unwrap();
    assert!(awaits("1001").await && awaits("22").await);
    // Neither the creator's figures nor milestones know of what is not approved.
    let conversions = async || store.creator_totals(&brand, &own).await.unwrap();
    assert_eq!(conversions().await, (1, vec![(Currency::USD, 5000)]));
    let seen = async || store.own_traffic(&brand, &own, week()).await.unwrap().conversions_by_day;
    assert_eq!(seen().await, [(today(), 1)]);
    let approve = async |approval, at, n| {
        store.approve(&brand, approval, at, &audit(n), &|_| NewEvents::default()).await.unwrap()
    };
    let first = id("1001").await;
    assert_eq!(approve(Approval::Order(&first), NOON, 60).await, 1);
    let balance = async |at| {
        let balance = store.balances(&brand, at).await.unwrap()[0].clone();
        (balance.held_minor, balance.payable_minor)
    };
    let later = NOON.plus_ms(2 * domain::time::DAY_MS);
    assert_eq!((balance(NOON).await, balance(later).await), ((1500, 0), (1000, 500)), "approved, and on hold");
    assert!(!awaits("1001").await);
    assert_eq!((conversions().await.0, seen().await), (2, vec![(today(), 2)]));
    assert_eq!(approve(Approval::Proven, later, 61).await, 1);
    assert_eq!(waiting().await, [(name("333"), 500, true)].into_iter().collect(), "only what is unproven is left");
    assert_eq!(approve(Approval::Creator(&own), NOON, 62).await, 0, "still on hold");
    assert_eq!(approve(Approval::Creator(&own), later, 63).await, 1);
    assert!(!awaits("333").await && waiting().await.is_empty());
    assert_eq!((balance(later).await, conversions().await.0), ((0, 1500), 3));
}

pub async fn the_lines_of_a_payout_add_up_to_it(store: AnyStore) {
    let brand = with_links(&store).await;
    let sold = order("1001", 5000);
    store.put_order(&sold, today(), &settle_job).await.unwrap();
    let add = async |entry: &Entry, n: u8| {
        assert!(store.adjust(&brand, entry, &audit(n), &NewEvents::default()).await.unwrap());
    };
    let of_order = Entry { order: Some(sold.id.clone()), ..adjustment(1, 900, false) };
    let of_other = Entry { creator: creator(2).id, ..adjustment(3, 50, false) };
    for (entry, n) in [(&of_order, 1), (&adjustment(2, -200, false), 2), (&of_other, 3), (&adjustment(4, 7, true), 4)] {
        add(entry, n).await;
    }
    let payout = Payout {
        id: PayoutId::new(NOON.0, [1; 10]),
        currency: Currency::USD,
        state: PayoutState::Open,
        created_at: NOON,
        closed_at: None,
        actor: "test".into(),
        closed_by: None,
        reference: None,
        items: vec![(creator(1).id, 700), (creator(2).id, 50)],
    };
    let ids = |n: u8| [EntryId::new(NOON.0, [n; 10]), EntryId::new(NOON.0, [n + 1; 10])];
    assert!(store.create_payout(&brand, &payout, &ids(20), &audit(5)).await.unwrap());
    add(&adjustment(5, 33, false), 6).await;
    let lines = store.payout_lines(&brand, &payout.id).await.unwrap();
    for (creator, minor) in &payout.items {
        let own = lines.iter().filter(|line| line.creator == *creator);
        assert_eq!(own.map(|line| line.amount.minor).sum::<i64>(), *minor);
    }
    let names: Vec<_> = lines.iter().map(|line| line.order_name.as_deref()).collect();
    assert_eq!(names, [Some("#1001"), None, None]);
    assert_eq!((lines[0].order.as_ref(), lines[0].kind), (Some(&sold.id), EntryKind::Adjustment));
    assert_eq!(store.payout_lines(&crate::conformance::fixtures::brand(2).id, &payout.id).await.unwrap(), []);
    let (events, mails) = (NewEvents::default(), [job("mail", "paid".to_owned(), Lane::Mail)]);
    let waiting = async || store.backlog(NOON).await.unwrap().waiting;
    let before = waiting().await;
    let closing = |state, mails| Closing { state, at: NOON, reference: None, entry_ids: &[], events: &events, mails };
    assert!(store.close_payout(&brand, &payout.id, &closing(PayoutState::Paid, &mails), &audit(7)).await.unwrap());
    assert!(!store.close_payout(&brand, &payout.id, &closing(PayoutState::Paid, &mails), &audit(8)).await.unwrap());
    assert_eq!(waiting().await, before + 1, "its mail");
    assert_eq!(store.payout_lines(&brand, &payout.id).await.unwrap(), lines);
    let next = Payout { id: PayoutId::new(NOON.0, [2; 10]), items: vec![(creator(1).id, 33)], ..payout };
    assert!(store.create_payout(&brand, &next, &ids(30), &audit(9)).await.unwrap());
    let cancelled = Closing { entry_ids: &ids(40), ..closing(PayoutState::Cancelled, &[]) };
    assert!(store.close_payout(&brand, &next.id, &cancelled, &audit(10)).await.unwrap());
    assert_eq!(store.payout_lines(&brand, &next.id).await.unwrap(), []);
}
