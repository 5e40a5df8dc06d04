//! Ledger lines: accruals and reversals bring the ledger to what is owed, each under a key of its own.

use domain::{
    CreatorId, EntryId, RuleId, UnixMs,
    attribution::Attribution,
    commission::{EntryKind, Owed},
    order::Order,
    settlement::{LedgerBalance, LedgerChange, LedgerPart, SettledState, Settlement, SettlementDelta},
};

use crate::fixture::{
    DECIDED, HELD_UNTIL, PAYABLE, balance, balance_of, creator, currency, order, owed, rule_id, settlement, shares,
    unsettled,
};

/// The lines that settle an order that owes this, given what the ledger holds.
fn changes(order: &Order, owed: &[Owed], balances: Vec<LedgerBalance>) -> Vec<LedgerChange> {
    let nobody = shares(&[]);
    settlement(order, &nobody, owed).ledger_changes(balances)
}

/// Each line: creator, rule, kind, minor units.
fn lines(changes: &[LedgerChange]) -> Vec<(CreatorId, RuleId, EntryKind, i64)> {
    changes.iter().map(|one| (one.creator.clone(), one.rule.clone(), one.kind, one.amount_minor)).collect()
}

#[test]
fn what_is_owed_for_the_first_time_is_accrued() {
    let order = order(10_000);
    let changes = changes(&order, &[owed(2, 700), owed(1, 300)], vec![]);
    let expected =
        [(creator(1), rule_id(1), EntryKind::Accrual, 300), (creator(2), rule_id(2), EntryKind::Accrual, 700)];
    assert_eq!(lines(&changes), expected, "sorted by creator");
    let line = &changes[1];
    assert_eq!((line.order.clone(), line.currency.code(), line.reason.as_str()), (order.id.clone(), "USD", "reason 2"));
    assert_eq!((line.payable_at, line.needs_approval), (PAYABLE, false));
    assert_eq!(line.key, format!("{}:{}:{}:USD:0", order.id, creator(2), rule_id(2)));
}

#[test]
fn the_ledger_moves_by_the_difference_to_what_it_holds() {
    let order = order(10_000);
    let change = |due: i64, held: i64| {
        let owed = [owed(1, due)];
        let changes = changes(&order, &owed, vec![balance(&order, 1, held)]);
        changes.into_iter().map(|one| (one.kind, one.amount_minor)).collect::<Vec<_>>()
    };
    assert_eq!(change(500, 200), [(EntryKind::Accrual, 300)]);
    assert_eq!(change(200, 500), [(EntryKind::Reversal, -300)]);
    assert_eq!(change(500, 500), [], "nothing to book");
    assert_eq!(change(500, -100), [(EntryKind::Accrual, 600)]);
    assert_eq!(change(1, 0), [(EntryKind::Accrual, 1)]);
}

#[test]
fn what_is_no_longer_owed_is_taken_back_with_the_reason() {
    let order = order(10_000);
    let changes = changes(&order, &[], vec![balance(&order, 1, 400)]);
    assert_eq!(lines(&changes), [(creator(1), rule_id(1), EntryKind::Reversal, -400)]);
    assert_eq!(changes[0].reason, "the order earns nothing any more");
}

#[test]
fn a_balance_of_zero_that_nothing_is_owed_for_needs_no_line() {
    let order = order(10_000);
    assert_eq!(changes(&order, &[], vec![balance(&order, 1, 0)]), []);
}

#[test]
fn another_creator_rule_or_currency_is_a_balance_of_its_own() {
    let order = order(10_000);
    let held = balance(&order, 1, 400);
    let due = [owed(1, 500)];
    let difference = |balance: LedgerBalance| {
        let mut amounts: Vec<i64> =
            changes(&order, &due, vec![balance]).iter().map(|change| change.amount_minor).collect();
        amounts.sort_unstable();
        amounts
    };
    assert_eq!(difference(held.clone()), [100]);
    assert_eq!(difference(LedgerBalance { creator: creator(2), ..held.clone() }), [-400, 500]);
    assert_eq!(difference(LedgerBalance { rule: rule_id(2), ..held.clone() }), [-400, 500]);
    let euros = LedgerBalance { currency: currency("EUR"), ..held };
    assert_eq!(difference(euros.clone()), [-400, 500]);
    let codes: Vec<_> =
        changes(&order, &due, vec![euros]).iter().map(|one| (one.amount_minor, one.currency.code())).collect();
    assert!(codes.contains(&(-400, "EUR")) && codes.contains(&(500, "USD")));
}

#[test]
fn what_a_person_took_away_is_not_taken_back_again() {
    let order = order(10_000);
    let change = |edited_minor: i64, due: &[Owed]| -> i64 {
        let held = LedgerBalance { edited_minor, ..balance(&order, 1, 400) };
        changes(&order, due, vec![held]).iter().map(|change| change.amount_minor).sum()
    };
    // Refunded in full: the balance with its edits ends at zero, and a bonus stays.
    assert_eq!([0, -100, -400, -500, 50].map(|edited| change(edited, &[])), [-400, -300, 0, 0, -400]);
    // Refunded in part.
    assert_eq!([0, -100, -300, -400].map(|edited| change(edited, &[owed(1, 150)])), [-250, -250, -100, 0]);
    // More is owed: the edit stays, also when it is owed under another rule.
    assert_eq!([0, -400].map(|edited| change(edited, &[owed(1, 500)])), [100, 100]);
    let other_rule = Owed { rule: rule_id(2), ..owed(1, 500) };
    assert_eq!([0, -400].map(|edited| change(edited, std::slice::from_ref(&other_rule))), [100, 100]);
    let smaller = Owed { rule: rule_id(2), ..owed(1, 150) };
    assert_eq!(change(-400, &[smaller]), 0, "nothing is left");
}

#[test]
fn every_line_of_one_balance_has_its_own_key() {
    let order = order(10_000);
    let key = |count| {
        let held = LedgerBalance { count, ..balance(&order, 1, 400) };
        changes(&order, &[owed(1, 500)], vec![held])[0].key.clone()
    };
    assert_eq!(key(1), format!("{}:{}:{}:USD:1", order.id, creator(1), rule_id(1)));
    assert_eq!(key(7), format!("{}:{}:{}:USD:7", order.id, creator(1), rule_id(1)));
}

#[test]
fn lines_are_sorted_by_creator_then_rule() {
    let order = order(10_000);
    let due = [Owed { rule: rule_id(9), ..owed(1, 10) }, Owed { rule: rule_id(3), ..owed(1, 20) }, owed(2, 30)];
    let under_rule_four = LedgerBalance { rule: rule_id(4), ..balance(&order, 1, 40) };
    let changes = changes(&order, &due, vec![balance(&order, 3, 5), under_rule_four]);
    let sorted: Vec<_> = changes.iter().map(|one| (one.creator.clone(), one.rule.clone())).collect();
    let expected = [
        (creator(1), rule_id(3)),
        (creator(1), rule_id(4)),
        (creator(1), rule_id(9)),
        (creator(2), rule_id(2)),
        (creator(3), rule_id(3)),
    ];
    assert_eq!(sorted, expected);
}

#[test]
fn an_accrual_waits_for_the_settlements_hold_and_approval_whatever_came_before() {
    let order = order(10_000);
    let nobody = shares(&[]);
    let due = [owed(1, 500)];
    for (is_released, held_needs) in [(false, false), (true, false), (false, true)] {
        for needs_approval in [true, false] {
            let settlement = Settlement { needs_approval, ..settlement(&order, &nobody, &due) };
            let held = balance_of(&order, 1, vec![part(200, HELD_UNTIL, held_needs, is_released)]);
            let line = &settlement.ledger_changes(vec![held])[0];
            assert_eq!((line.payable_at, line.needs_approval), (PAYABLE, needs_approval));
        }
    }
    let settlement = Settlement { needs_approval: true, ..settlement(&order, &nobody, &due) };
    let line = &settlement.ledger_changes(vec![])[0];
    assert_eq!((line.payable_at, line.needs_approval), (PAYABLE, true), "the first line too");
}

#[test]
fn a_reversal_is_on_hold_as_long_as_what_it_takes_back_and_not_longer() {
    let order = order(10_000);
    let nobody = shares(&[]);
    let settlement = Settlement { needs_approval: true, ..settlement(&order, &nobody, &[]) };
    let reversal = |is_released, is_waiting| {
        let held = balance_of(&order, 1, vec![part(200, HELD_UNTIL, is_waiting, is_released)]);
        let line = &settlement.ledger_changes(vec![held])[0];
        assert_eq!(line.kind, EntryKind::Reversal);
        (line.payable_at, line.needs_approval)
    };
    assert_eq!(reversal(false, true), (HELD_UNTIL, true));
    assert_eq!(reversal(false, false), (HELD_UNTIL, false));
    assert_eq!(reversal(true, false), (DECIDED, false), "what may have been paid is taken back at once");
}

fn part(amount_minor: i64, payable_at: UnixMs, is_waiting: bool, is_released: bool) -> LedgerPart {
    LedgerPart { amount_minor, payable_at, is_waiting, is_released }
}

#[test]
fn a_reversal_of_lines_with_different_holds_is_split_among_them() {
    let order = order(10_000);
    let (early, late) = (PAYABLE, PAYABLE.plus_ms(1_000));
    let taken_back = |due: i64, parts: Vec<LedgerPart>| {
        let owed = [owed(1, due)];
        let count = parts.len();
        let changes = changes(&order, &owed, vec![balance_of(&order, 1, parts)]);
        let keys: Vec<_> = changes.iter().map(|line| line.key.clone()).collect();
        let key = |nth| format!("{}:{}:{}:USD:{nth}", order.id, creator(1), rule_id(1));
        let expected: Vec<_> = (count..count + changes.len()).map(key).collect();
        assert_eq!(keys, expected, "keys count on");
        let mut ids: Vec<_> = changes.iter().map(|line| line.id.clone()).collect();
        ids.dedup();
        assert_eq!(ids.len(), changes.len());
        changes.iter().map(|line| (line.amount_minor, line.payable_at, line.needs_approval)).collect::<Vec<_>>()
    };
    // A longer hold came between: nothing of a cancelled order is payable for a time.
    let two_holds = || vec![part(1_000, early, false, false), part(500, late, false, false)];
    assert_eq!(taken_back(0, two_holds()), [(-500, late, false), (-1_000, early, false)]);
    assert_eq!(taken_back(1_200, two_holds()), [(-300, late, false)], "the longest hold first");
    // The first is approved or paid, the second still waits: its part is not taken from other sales.
    let paid = || vec![part(1_000, early, false, true), part(500, late, true, false)];
    assert_eq!(taken_back(0, paid()), [(-500, late, true), (-1_000, DECIDED, false)]);
    assert_eq!(taken_back(1_100, paid()), [(-400, late, true)]);
    let approved = vec![part(1_000, early, false, false), part(500, early, true, false)];
    assert_eq!(taken_back(0, approved), [(-500, early, true), (-1_000, early, false)]);
    // A reversal that an earlier version booked whole, under the last hold.
    let booked_whole = vec![part(1_000, early, false, false), part(-700, late, false, false)];
    assert_eq!(taken_back(0, booked_whole), [(-300, early, false)]);
    let three = vec![part(700, early, false, true), part(-200, late, false, true), part(100, late, false, false)];
    assert_eq!(taken_back(0, three), [(-100, late, false), (-500, DECIDED, false)]);
}

#[test]
fn ids_of_lines_count_up_from_the_settlements_randomness_at_its_time() {
    let order = order(10_000);
    let nobody = shares(&[]);
    let with = |entry_seed| Settlement { entry_seed, ..settlement(&order, &nobody, &[]) };
    let id = |seed: [u8; 10]| EntryId::new(DECIDED.0, seed);
    let zero = with([0; 10]);
    assert_eq!(zero.entry_id(0), id([0; 10]));
    assert_eq!(zero.entry_id(1), id([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]));
    assert_eq!(zero.entry_id(0x0203), id([0, 0, 0, 0, 0, 0, 0, 0, 2, 3]));
    let full = with([9, 9, 9, 9, 9, 9, 9, 9, 9, 255]);
    assert_eq!(full.entry_id(2), id([9, 9, 9, 9, 9, 9, 9, 9, 9, 1]), "each byte wraps around");
    let due = [owed(1, 5), owed(2, 6)];
    let two = settlement(&order, &nobody, &due).ledger_changes(vec![]);
    assert_eq!((two[0].id.clone(), two[1].id.clone()), (zero.entry_id(0), zero.entry_id(1)));
    let later = Settlement { at: UnixMs(DECIDED.0 + 1), ..zero };
    assert_eq!(later.entry_id(0), EntryId::new(DECIDED.0 + 1, [0; 10]));
}

#[test]
fn a_settlement_of_several_orders_books_each_against_its_own_balances() {
    let (one, other) = (order(1_000), Order { id: domain::OrderId::new(1, [2; 10]), ..order(500) });
    let nobody: Attribution = shares(&[]);
    let due = [owed(1, 500)];
    let (first, second) = (settlement(&one, &nobody, &due), settlement(&other, &nobody, &due));
    let settlements = [(&first, unsettled(&one)), (&second, unsettled(&other))];
    let delta = SettlementDelta::of(&settlements, &[], &[balance(&other, 1, 100)]);
    let booked: Vec<_> = delta.ledger.iter().map(|line| (line.order.clone(), line.amount_minor)).collect();
    assert_eq!(booked, [(one.id.clone(), 500), (other.id.clone(), 400)]);
}

/// What settling an order changes, given what is stored of it and what the ledger holds.
fn delta_of<'a>(settlement: &Settlement<'a>, state: SettledState, held: LedgerBalance) -> SettlementDelta<'a> {
    SettlementDelta::of(&[(settlement, state)], &[], &[held])
}

#[test]
fn what_waited_is_let_go_once_the_decision_is_proven() {
    let order = order(10_000);
    let nobody = shares(&[]);
    let due = [owed(1, 500)];
    let waiting_until = |at| balance_of(&order, 1, vec![part(500, at, true, false)]);
    let waiting = || waiting_until(HELD_UNTIL);
    let of = |is_unproven, needs_approval, held| {
        let settlement = Settlement { is_unproven, needs_approval, ..settlement(&order, &nobody, &due) };
        let released = delta_of(&settlement, unsettled(&order), held).released;
        assert!(released.iter().all(|(id, _)| *id == order.id));
        released.len()
    };
    assert_eq!(of(false, false, waiting()), 1);
    assert_eq!(of(true, false, waiting()), 0, "not proven yet");
    assert_eq!(of(false, true, waiting()), 0, "the brand wants to approve everything");
    assert_eq!(of(false, false, balance(&order, 1, 500)), 0, "nothing waits");
    // What is taken back with it waits no longer either.
    let settlement = settlement(&order, &nobody, &[]);
    let delta = delta_of(&settlement, unsettled(&order), waiting());
    assert_eq!((delta.released.len(), delta.ledger[0].needs_approval), (1, false));
    let due_already = waiting_until(UnixMs(DECIDED.0 - 1));
    assert_eq!(delta_of(&settlement, unsettled(&order), due_already).ledger[0].payable_at, DECIDED);
}

#[test]
fn an_approval_covers_what_the_same_links_earn_later() {
    let order = order(10_000);
    let (mine, theirs) = (shares(&[(1, 1)]), shares(&[(2, 1)]));
    let due = [owed(1, 500)];
    let after = |earlier: &Attribution, is_approved, needs_approval| {
        let settlement = Settlement { is_unproven: true, needs_approval, ..settlement(&order, &mine, &due) };
        let state = SettledState { attribution: Some(earlier.clone()), is_approved, ..unsettled(&order) };
        let delta = delta_of(&settlement, state, balance(&order, 1, 200));
        let outcome = &delta.orders[0];
        assert!(outcome.is_unproven);
        (outcome.keeps_approval, delta.ledger[0].needs_approval)
    };
    assert_eq!(after(&mine, true, false), (true, false));
    assert_eq!(after(&mine, true, true), (true, true), "the brand wants to approve everything");
    assert_eq!(after(&mine, false, false), (false, true), "nobody approved it");
    assert_eq!(after(&theirs, true, false), (false, true), "somebody else's credit was approved");
}
