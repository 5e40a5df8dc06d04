//! Requirements on every adapter: `store::commissions`.

use domain::{
    Currency, EntryId, Money, PayoutId, RuleId,
    commission::{EntryKind, Rate, Rule, Scope},
};

use crate::{
    commissions::{Approval, Entry, Payout, PayoutState},
    conformance::fixtures::{AnyStore, NOON, audit, creator, order, settle, settle_job, today, with_brand, with_links},
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
    let log = store.audit_log(&brand, 10).await.unwrap();
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
    assert!(store.adjust(&brand, &adjustment(1, 1000, true), &audit(1)).await.unwrap());
    let again = Entry { id: EntryId::new(NOON.0, [9; 10]), ..adjustment(1, 1000, true) };
    assert!(!store.adjust(&brand, &again, &audit(2)).await.unwrap(), "the same key");
    let payable = async || store.balances(&brand, NOON).await.unwrap()[0].payable_minor;
    assert_eq!(payable().await, 0);
    assert_eq!(store.approve(&brand, Approval::Creator(&creator(2).id), NOON, &audit(3)).await.unwrap(), 0);
    assert_eq!(store.approve(&brand, Approval::Proven, NOON.plus_ms(-1), &audit(4)).await.unwrap(), 0, "still held");
    assert_eq!(store.approve(&brand, Approval::Creator(&creator(1).id), NOON, &audit(5)).await.unwrap(), 1);
    assert_eq!(store.approve(&brand, Approval::Proven, NOON, &audit(6)).await.unwrap(), 0);
    assert_eq!(payable().await, 1000);
    let line = &store.ledger(&brand, None, "", 10).await.unwrap()[0];
    assert_eq!(*line, Entry { approved_at: Some(NOON), ..adjustment(1, 1000, true) });
    let log = store.audit_log(&brand, 10).await.unwrap();
    assert_eq!(log.iter().filter(|(_, _, _, subject)| subject.len() < 3).count(), 2, "without those of the fixture");
}

pub async fn payouts_claim_payable_entries_and_cancelling_releases_them(store: AnyStore) {
    let brand = with_links(&store).await;
    store.adjust(&brand, &adjustment(1, 1000, false), &audit(1)).await.unwrap();
    store.adjust(&brand, &adjustment(2, -300, false), &audit(2)).await.unwrap();
    let payout = |n: u8, minor| Payout {
        id: PayoutId::new(NOON.0, [n; 10]),
        currency: Currency::USD,
        state: PayoutState::Open,
        created_at: NOON,
        closed_at: None,
        actor: "test".into(),
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
        store.close_payout(&brand, &payout(n, 0).id, state, &ids(entry), NOON, &audit(entry)).await.unwrap()
    };
    assert!(close(1, PayoutState::Cancelled, 12).await);
    assert!(!close(1, PayoutState::Paid, 13).await, "already closed");
    assert_eq!(balance().await, (0, 700, 0, 0));
    assert!(store.create_payout(&brand, &payout(2, 700), &ids(14), &audit(5)).await.unwrap());
    assert!(close(2, PayoutState::Paid, 15).await);
    assert_eq!(balance().await, (0, 0, 0, 700));
    // A deduction after the payout makes the balance negative.
    store.adjust(&brand, &adjustment(3, -50, false), &audit(6)).await.unwrap();
    assert_eq!(balance().await, (0, -50, 0, 700));
    let states: Vec<_> =
        store.payouts(&brand).await.unwrap().into_iter().map(|payout| (payout.state, payout.closed_at)).collect();
    assert_eq!(states, [(PayoutState::Paid, Some(NOON)), (PayoutState::Cancelled, Some(NOON))]);
    assert_eq!(store.payout_addresses(&brand).await.unwrap(), vec![]);
    assert!(store.set_payout_address(&brand, &creator(1).id, Some(b"sealed"), &audit(7)).await.unwrap());
    assert!(!store.set_payout_address(&brand, &creator(9).id, None, &audit(8)).await.unwrap());
    assert_eq!(store.payout_addresses(&brand).await.unwrap(), [(creator(1).id, b"sealed".to_vec())]);
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
    assert_eq!(store.reach_milestones(&brand, &creator_id, &names[..1], NOON).await.unwrap(), names[..1]);
    assert_eq!(store.reach_milestones(&brand, &creator_id, &names, NOON.plus_ms(1)).await.unwrap(), names[1..]);
    let reached = store.milestones(&brand, &creator_id).await.unwrap();
    assert_eq!(reached, [(names[0].clone(), NOON), (names[1].clone(), NOON.plus_ms(1))]);
}
