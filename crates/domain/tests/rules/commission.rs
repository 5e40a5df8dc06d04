//! What creators are owed: the base, which rule applies, and how its amount is split among credits.

use std::collections::BTreeMap;

use domain::{
    CreatorId, Money, UnixMs,
    attribution::{Attribution, Credit},
    commission::{Base, EntryKind, Owed, Rate, RefundPart, Rule, Scope, owed},
    order::{Line, Order, OrderDetails},
};

use crate::fixture::{
    PLACED, before, campaign, creator, currency, eur, fixed, line, order, percent, rule, rule_id, shares, usd,
};

fn tiers() -> BTreeMap<CreatorId, String> {
    BTreeMap::from([(creator(2), "gold".to_owned()), (creator(3), "silver".to_owned())])
}

/// What is owed for an order whose figures follow all refunds.
fn owed_for(order: &Order, shares: &Attribution, rules: &[Rule]) -> Vec<Owed> {
    owed(order, &Base::of(order, &[], false), shares, rules, &tiers())
}

/// Each amount owed: creator, rule, minor units.
fn amounts(order: &Order, shares: &Attribution, rules: &[Rule]) -> Vec<(u8, u8, i64)> {
    let number = |is_it: &dyn Fn(u8) -> bool| (0..=9).find(|n| is_it(*n)).expect("a number up to 9");
    let owed = owed_for(order, shares, rules).into_iter();
    owed.map(|one| (number(&|n| creator(n) == one.creator), number(&|n| rule_id(n) == one.rule), one.amount_minor))
        .collect()
}

fn one_reason(order: &Order, shares: &Attribution, rule: Rule) -> (i64, String) {
    let owed = owed_for(order, shares, &[rule]);
    assert_eq!(owed.len(), 1);
    (owed[0].amount_minor, owed[0].reason.clone())
}

#[test]
fn scopes_and_entry_kinds_have_stored_names() {
    let scopes = [
        Scope::All,
        Scope::Tier("gold".to_owned()),
        Scope::Campaign(campaign(1)),
        Scope::Product("serum".to_owned()),
        Scope::Creator(creator(1)),
    ];
    assert_eq!(scopes.map(|scope| scope.as_str()), ["all", "tier", "campaign", "product", "creator"]);
    let kinds = [EntryKind::Accrual, EntryKind::Reversal, EntryKind::Adjustment, EntryKind::Payout];
    let names = ["accrual", "reversal", "adjustment", "payout"];
    assert_eq!(kinds.map(EntryKind::as_str), names);
    assert_eq!(names.map(EntryKind::parse), kinds.map(Some));
    assert_eq!(EntryKind::parse("Accrual"), None);
}

// The base.

fn refund(amount_minor: i64, subtotal_minor: Option<i64>, lines: &[(&str, i64)]) -> RefundPart {
    let lines = lines.iter().map(|(id, minor)| ((*id).to_owned(), *minor)).collect();
    RefundPart { amount_minor, subtotal_minor, lines }
}

fn base_of(order: &Order, refunds: &[RefundPart]) -> i64 {
    Base::of(order, refunds, false).total_minor
}

#[test]
fn the_base_is_the_goods_less_the_refunds_that_the_figures_do_not_follow() {
    // 120.00 of which 20.00 is shipping and tax.
    let order = Order { subtotal_minor: 10_000, ..order(12_000) };
    assert_eq!(base_of(&order, &[]), 10_000);
    assert_eq!(base_of(&order, &[refund(3_000, Some(2_500), &[])]), 7_500);
    assert_eq!(base_of(&order, &[refund(2_000, Some(0), &[])]), 10_000, "shipping alone");
    assert_eq!(base_of(&order, &[refund(3_000, Some(2_500), &[]), refund(1_200, None, &[])]), 6_500);
    assert_eq!(base_of(&order, &[refund(12_000, Some(10_001), &[])]), 0, "not below zero");
}

#[test]
fn a_refund_of_a_bare_amount_takes_from_the_goods_their_share_of_the_total() {
    let order = Order { subtotal_minor: 10_000, ..order(12_000) };
    assert_eq!(base_of(&order, &[refund(6_000, None, &[])]), 5_000, "five sixths of 60.00");
    assert_eq!(base_of(&order, &[refund(1, None, &[])]), 9_999, "the larger part takes the cent");
    // Goods worth more than the total, as after a discount on the whole order: all of the refund is goods.
    let discounted = Order { total_minor: 8_000, ..order.clone() };
    assert_eq!(base_of(&discounted, &[refund(3_000, None, &[])]), 7_000);
    // An order of nothing has no share to go by.
    let free = Order { total_minor: 0, ..order.clone() };
    assert_eq!(base_of(&free, &[refund(3_000, None, &[])]), 7_000);
    let one_cent = Order { total_minor: 1, subtotal_minor: 0, ..order };
    assert_eq!(base_of(&one_cent, &[refund(1, None, &[])]), 0);
}

#[test]
fn an_order_that_does_not_count_has_no_base() {
    let cancelled = Order { cancelled_at: Some(PLACED), lines: vec![line("1", None, 5_000)], ..order(5_000) };
    let repeat = OrderDetails { same_as: Some("7".to_owned()), ..OrderDetails::default() };
    for order in [cancelled, Order { is_test: true, ..order(5_000) }, Order { details: repeat, ..order(5_000) }] {
        assert_eq!(Base::of(&order, &[], true), Base { total_minor: 0, lines: vec![] });
    }
}

#[test]
fn refunded_lines_are_reduced_by_what_was_refunded_of_them() {
    let order = Order { lines: vec![line("1", None, 6_000), line("2", None, 4_000)], ..order(10_000) };
    let lines = |refunds: &[RefundPart]| {
        let base = Base::of(&order, refunds, false);
        (base.total_minor, base.lines.iter().map(|line| line.net_minor).collect::<Vec<_>>())
    };
    assert_eq!(lines(&[refund(1_000, Some(1_000), &[("2", 1_000)])]), (9_000, vec![6_000, 3_000]));
    let twice = [refund(1_000, Some(1_000), &[("1", 1_000)]), refund(2_500, Some(2_500), &[("1", 500), ("2", 2_000)])];
    assert_eq!(lines(&twice), (6_500, vec![4_500, 2_000]));
    assert_eq!(lines(&[refund(7_000, Some(7_000), &[("1", 7_000)])]), (3_000, vec![0, 4_000]), "not below zero");
}

#[test]
fn refunded_gift_cards_and_tips_were_never_in_the_base() {
    let gift_card = Line { is_gift_card: true, ..line("card", None, 3_000) };
    let order = Order { subtotal_minor: 7_000, lines: vec![line("1", None, 7_000), gift_card], ..order(10_500) };
    let base = |refunds: &[RefundPart], with_gift_cards| Base::of(&order, refunds, with_gift_cards).total_minor;
    let card = [refund(3_000, Some(3_000), &[("card", 3_000)])];
    assert_eq!((base(&card, false), base(&card, true)), (7_000, 7_000), "100.00 less the card, where it counts");
    let tip_and_goods = [refund(2_500, Some(2_500), &[("tip", 500), ("1", 1_500), ("tip", 500)])];
    assert_eq!((base(&tip_and_goods, false), base(&tip_and_goods, true)), (5_500, 8_500));
    let more_tip_than_goods = [refund(500, Some(300), &[("tip", 500)])];
    assert_eq!(base(&more_tip_than_goods, false), 7_000, "a refund never adds to the base");
    // Without lines nothing tells a tip from goods.
    let unlisted = Order { lines: vec![], ..order.clone() };
    assert_eq!(Base::of(&unlisted, &tip_and_goods, false).total_minor, 4_500);
}

#[test]
fn a_gift_card_that_is_bought_earns_only_if_the_brand_says_so() {
    // Goods of 70.00 and a gift card of 30.00; the subtotal is without the card.
    let gift_card = Line { is_gift_card: true, ..line("card", Some("gift"), 3_000) };
    let lines = vec![line("1", Some("shirt"), 7_000), gift_card];
    let order = Order { subtotal_minor: 7_000, lines, ..order(10_000) };
    let base = |with_gift_cards| {
        let base = Base::of(&order, &[], with_gift_cards);
        (base.total_minor, base.lines.iter().map(|line| line.id.clone()).collect::<Vec<_>>())
    };
    assert_eq!(base(false), (7_000, vec!["1".to_owned()]));
    assert_eq!(base(true), (10_000, vec!["1".to_owned(), "card".to_owned()]));
    // A bare refund of 10.00 takes 7.00 of the goods where the card is not among them, else all of it.
    let refunds = [refund(1_000, None, &[])];
    assert_eq!([false, true].map(|with| Base::of(&order, &refunds, with).total_minor), [6_300, 9_000]);
}

// Which rule applies.

#[test]
fn the_most_specific_rule_applies_creator_product_campaign_tier_all() {
    let order = Order { lines: vec![line("1", Some("serum"), 10_000)], ..order(10_000) };
    let mut rules = vec![
        rule(5, Scope::All, percent(100)),
        rule(4, Scope::Tier("gold".to_owned()), percent(200)),
        rule(3, Scope::Campaign(campaign(2)), percent(300)),
        rule(2, Scope::Product("serum".to_owned()), percent(400)),
        rule(1, Scope::Creator(creator(2)), percent(500)),
    ];
    let gold = shares(&[(2, 1)]);
    for (number, minor) in [(1, 500), (2, 400), (3, 300), (4, 200), (5, 100)] {
        assert_eq!(amounts(&order, &gold, &rules), [(2, number, minor)]);
        rules.pop();
    }
    assert_eq!(amounts(&order, &gold, &rules), [], "no rule is left");
}

#[test]
fn a_rule_applies_only_to_what_it_names() {
    let order = Order { lines: vec![line("1", Some("serum"), 10_000)], ..order(10_000) };
    let of = |n: u8, scope: Scope| amounts(&order, &shares(&[(n, 1)]), &[rule(1, scope, percent(1_000))]);
    let (gold, serum, shirt) = ("gold".to_owned(), "serum".to_owned(), "shirt".to_owned());
    assert_eq!(of(2, Scope::Tier(gold.clone())), [(2, 1, 1_000)]);
    assert_eq!(of(3, Scope::Tier(gold.clone())), [], "silver");
    assert_eq!(of(4, Scope::Tier(gold)), [], "no tier");
    assert_eq!(of(2, Scope::Campaign(campaign(2))), [(2, 1, 1_000)]);
    assert_eq!(of(3, Scope::Campaign(campaign(2))), []);
    assert_eq!(of(2, Scope::Product(serum)), [(2, 1, 1_000)]);
    assert_eq!(of(2, Scope::Product(shirt)), []);
    assert_eq!(of(2, Scope::Creator(creator(2))), [(2, 1, 1_000)]);
    assert_eq!(of(3, Scope::Creator(creator(2))), []);
    assert_eq!(of(0, Scope::All), [], "a credit of nobody earns nothing");
}

#[test]
fn of_equally_specific_rules_the_latest_applies_and_of_one_time_the_greater_id() {
    let all = |n: u8, created_ms| Rule { created_at: UnixMs(created_ms), ..rule(n, Scope::All, percent(u32::from(n))) };
    let applied = |rules: &[Rule]| amounts(&order(10_000), &shares(&[(1, 1)]), rules)[0].1;
    assert_eq!(applied(&[all(1, 9), all(2, 5)]), 1);
    assert_eq!(applied(&[all(1, 5), all(2, 9)]), 2);
    assert_eq!(applied(&[all(2, 5), all(1, 5)]), 2);
}

#[test]
fn a_rule_is_in_force_from_its_start_until_before_its_end() {
    let paid = |starts_at, ends_at| {
        let rule = Rule { starts_at, ends_at, ..rule(1, Scope::All, percent(1_000)) };
        !amounts(&order(10_000), &shares(&[(1, 1)]), &[rule]).is_empty()
    };
    let next = PLACED.plus_ms(1);
    assert!(paid(PLACED, None));
    assert!(!paid(next, None));
    assert!(paid(before(1), Some(next)));
    assert!(!paid(before(1), Some(PLACED)));
    assert!(!paid(before(9), Some(before(1))));
    assert!(!paid(next, Some(PLACED.plus_ms(9))), "within neither");
}

#[test]
fn test_orders_orders_of_nothing_and_uncredited_orders_owe_nothing() {
    let rules = [rule(1, Scope::All, fixed(usd(500)))];
    let base = Base { total_minor: 5_000, lines: vec![] };
    let due = |order: &Order, shares: &Attribution| owed(order, &base, shares, &rules, &tiers()).len();
    let one = shares(&[(1, 1)]);
    assert_eq!(due(&order(5_000), &one), 1);
    assert_eq!(due(&Order { is_test: true, ..order(5_000) }, &one), 0);
    assert_eq!(due(&Order { refunded_minor: 5_000, ..order(5_000) }, &one), 0);
    assert_eq!(due(&order(0), &one), 0);
    assert_eq!(due(&order(5_000), &shares(&[])), 0);
    assert_eq!(due(&Order { refunded_minor: 4_999, ..order(5_000) }, &one), 1, "a cent is left");
}

// The amount of a rule, and in words.

#[test]
fn a_percentage_is_of_the_base_and_rounded_to_the_nearest_cent() {
    let one = shares(&[(1, 1)]);
    let of = |base_minor, bp| one_reason(&order(base_minor), &one, rule(1, Scope::All, percent(bp)));
    assert_eq!(of(5_000, 1_000), (500, "10.00 % of $50.00".to_owned()));
    assert_eq!(of(4_995, 1_000), (500, "10.00 % of $49.95".to_owned()), "499.5");
    assert_eq!(of(4_994, 1_000), (499, "10.00 % of $49.94".to_owned()));
    assert_eq!(of(10_000, 1), (1, "0.01 % of $100.00".to_owned()));
    assert_eq!(of(10_000, 10_000), (10_000, "100.00 % of $100.00".to_owned()));
    let yen = Order { currency: currency("JPY"), ..order(1_500) };
    let ten = one_reason(&yen, &one, rule(1, Scope::All, percent(1_000)));
    assert_eq!(ten, (150, "10.00 % of ¥1,500".to_owned()), "the percentage has two places in any currency");
    assert_eq!(amounts(&order(4), &one, &[rule(1, Scope::All, percent(1_000))]), [], "0.4 cents are nothing");
}

#[test]
fn a_fixed_amount_is_paid_per_order_in_its_own_currency() {
    let one = shares(&[(1, 1)]);
    let due = |rate: Rate| one_reason(&order(5_000), &one, rule(1, Scope::All, rate));
    assert_eq!(due(fixed(usd(700))), (700, "$7.00 per order".to_owned()));
    assert_eq!(amounts(&order(5_000), &one, &[rule(1, Scope::All, fixed(eur(700)))]), []);
    assert_eq!(amounts(&order(5_000), &one, &[rule(1, Scope::All, fixed(usd(0)))]), []);
}

#[test]
fn a_bonus_is_added_for_a_customers_first_order() {
    let with = |is_new_customer, bonus: Money, rate: Rate| {
        let order = Order { is_new_customer, ..order(5_000) };
        one_reason(&order, &shares(&[(1, 1)]), Rule { new_customer_bonus: Some(bonus), ..rule(1, Scope::All, rate) })
    };
    let plain = (500, "10.00 % of $50.00".to_owned());
    assert_eq!(
        with(Some(true), usd(300), percent(1_000)),
        (800, "10.00 % of $50.00 and $3.00 for a new customer".to_owned())
    );
    assert_eq!(with(Some(false), usd(300), percent(1_000)), plain);
    assert_eq!(with(None, usd(300), percent(1_000)), plain);
    assert_eq!(with(Some(true), usd(300), fixed(usd(200))).0, 500);
    assert_eq!(with(Some(true), eur(300), percent(1_000)).0, 500, "a bonus in another currency is nothing");
}

#[test]
fn a_cap_limits_rate_and_bonus_together() {
    let order = Order { is_new_customer: Some(true), ..order(5_000) };
    let capped =
        |cap| Rule { cap: Some(cap), new_customer_bonus: Some(usd(300)), ..rule(1, Scope::All, percent(1_000)) };
    let due = |cap_minor| one_reason(&order, &shares(&[(1, 1)]), capped(usd(cap_minor)));
    let uncapped = "10.00 % of $50.00 and $3.00 for a new customer";
    assert_eq!(due(801), (800, uncapped.to_owned()));
    assert_eq!(due(800), (800, uncapped.to_owned()), "exactly the cap is not cut");
    assert_eq!(due(799), (799, format!("{uncapped}, at most $7.99")));
    assert_eq!(due(1), (1, format!("{uncapped}, at most $0.01")));
    assert_eq!(amounts(&order, &shares(&[(1, 1)]), &[capped(usd(0))]), []);
    assert_eq!(amounts(&order, &shares(&[(1, 1)]), &[capped(eur(799))]), [], "a cap in another currency");
}

// Several credits.

#[test]
fn a_rules_amount_is_split_by_weight_with_largest_remainders() {
    let order = order(10_000);
    let ten = [rule(1, Scope::All, percent(1_000))];
    assert_eq!(amounts(&order, &shares(&[(1, 1), (2, 1), (3, 1)]), &ten), [(1, 1, 334), (2, 1, 333), (3, 1, 333)]);
    assert_eq!(amounts(&order, &shares(&[(1, 2), (2, 1), (3, 2)]), &ten), [(1, 1, 400), (2, 1, 200), (3, 1, 400)]);
    let thirty = [rule(1, Scope::All, fixed(usd(1)))];
    assert_eq!(amounts(&order, &shares(&[(1, 1), (2, 1)]), &thirty), [(1, 1, 1)], "nobody is owed nothing");
}

#[test]
fn two_credits_of_one_creator_are_one_amount() {
    let twice = shares(&[(1, 1), (2, 2), (1, 1)]);
    let ten = [rule(1, Scope::All, percent(1_000))];
    assert_eq!(amounts(&order(10_000), &twice, &ten), [(1, 1, 500), (2, 1, 500)]);
}

#[test]
fn the_part_of_a_credit_without_a_creator_is_paid_to_nobody() {
    let half = shares(&[(1, 1), (0, 1)]);
    assert_eq!(amounts(&order(10_000), &half, &[rule(1, Scope::All, percent(1_000))]), [(1, 1, 500)]);
    assert_eq!(amounts(&order(10_000), &half, &[rule(1, Scope::All, fixed(usd(700)))]), [(1, 1, 350)]);
    assert_eq!(
        one_reason(&order(10_000), &half, rule(1, Scope::All, fixed(usd(700)))).1,
        "$3.50 per order",
        "the words say what is paid"
    );
}

#[test]
fn creators_under_rules_of_their_own_take_their_parts_out_of_the_common_rule() {
    let order = Order { is_new_customer: Some(true), ..order(10_000) };
    let three = shares(&[(1, 2), (2, 1), (3, 1)]);
    let all = Rule { new_customer_bonus: Some(usd(400)), ..rule(1, Scope::All, percent(1_000)) };
    let own = rule(2, Scope::Creator(creator(1)), fixed(usd(3_000)));
    // 10 % of the half that is left and half of the bonus, halves of it each; half of the fixed amount.
    assert_eq!(amounts(&order, &three, &[all, own]), [(2, 1, 350), (3, 1, 350), (1, 2, 1_500)]);
}

#[test]
fn fixed_amounts_are_divided_by_weights_above_sixty_four_bits() {
    let weight = 1 << 62;
    let seven: Vec<(u8, u64)> = (1..=7).map(|n| (n, weight)).collect();
    let rules =
        [rule(8, Scope::All, fixed(usd(70_000))), rule(9, Scope::Creator(creator(7)), fixed(usd(7_000_000_000_007)))];
    let amounts = amounts(&order(10_000), &shares(&seven), &rules);
    // Six sevenths of 700.00, and a seventh of the creator's own amount.
    let expected: Vec<_> = (1..=6).map(|n| (n, 8, 10_000)).chain([(7, 9, 1_000_000_000_001)]).collect();
    assert_eq!(amounts, expected);
}

#[test]
fn fixed_amounts_are_divided_by_small_weights_exactly() {
    let rules = [rule(8, Scope::All, fixed(usd(10_000))), rule(9, Scope::Creator(creator(2)), fixed(usd(10_000)))];
    assert_eq!(amounts(&order(1), &shares(&[(1, 3), (2, 7)]), &rules), [(1, 8, 3_000), (2, 9, 7_000)]);
}

// Lines and products.

fn with_lines(lines: &[(&str, Option<&str>, i64)], subtotal_minor: i64) -> Order {
    let lines = lines.iter().map(|(id, product, minor)| line(id, *product, *minor)).collect();
    Order { lines, ..order(subtotal_minor) }
}

fn serum_rule() -> Rule {
    rule(2, Scope::Product("serum".to_owned()), percent(2_000))
}

fn ten_percent() -> Rule {
    rule(1, Scope::All, percent(1_000))
}

#[test]
fn each_product_earns_by_its_own_rule() {
    let order = with_lines(
        &[("1", Some("shirt"), 3_000), ("2", Some("serum"), 4_000), ("3", None, 1_000), ("4", Some("serum"), 2_000)],
        10_000,
    );
    assert_eq!(amounts(&order, &shares(&[(1, 1)]), &[ten_percent(), serum_rule()]), [(1, 1, 400), (1, 2, 1_200)]);
    let reasons: Vec<String> = owed_for(&order, &shares(&[(1, 1)]), &[ten_percent(), serum_rule()])
        .into_iter()
        .map(|owed| owed.reason)
        .collect();
    assert_eq!(reasons, ["10.00 % of $40.00", "20.00 % of $60.00"]);
}

#[test]
fn an_order_without_lines_has_no_product() {
    let order = order(10_000);
    assert_eq!(amounts(&order, &shares(&[(1, 1)]), &[serum_rule()]), []);
    assert_eq!(amounts(&order, &shares(&[(1, 1)]), &[ten_percent(), serum_rule()]), [(1, 1, 1_000)]);
}

#[test]
fn what_is_not_broken_down_by_line_is_taken_from_all_lines_in_proportion() {
    // Lines of 100.00, but a base of 50.00: half of each counts.
    let order = with_lines(&[("1", Some("shirt"), 4_000), ("2", Some("serum"), 6_000)], 5_000);
    assert_eq!(amounts(&order, &shares(&[(1, 1)]), &[ten_percent(), serum_rule()]), [(1, 1, 200), (1, 2, 600)]);
    // A line below zero counts as nothing.
    let negative = with_lines(&[("1", Some("shirt"), -1_000), ("2", Some("serum"), 6_000)], 5_000);
    assert_eq!(amounts(&negative, &shares(&[(1, 1)]), &[ten_percent(), serum_rule()]), [(1, 2, 1_000)]);
}

#[test]
fn once_every_line_is_refunded_the_rest_is_shared_as_the_lines_were_sold() {
    // The lines were refunded, but only 80.00 of 100.00 was given back.
    let order = with_lines(&[("1", Some("shirt"), 2_500), ("2", Some("serum"), 7_500)], 10_000);
    let base = Base::of(&order, &[refund(8_000, Some(8_000), &[("1", 2_500), ("2", 7_500)])], false);
    assert_eq!((base.total_minor, base.lines.iter().map(|line| line.net_minor).sum::<i64>()), (2_000, 0));
    let owed: Vec<_> = owed(&order, &base, &shares(&[(1, 1)]), &[ten_percent(), serum_rule()], &tiers())
        .into_iter()
        .map(|owed| (owed.rule, owed.amount_minor))
        .collect();
    assert_eq!(owed, [(rule_id(1), 50), (rule_id(2), 300)], "10 % of a quarter and 20 % of the rest");
    // A line that the order does not know counts as one unit.
    let unknown = Base { lines: vec![line("7", Some("serum"), 0), line("8", Some("shirt"), 0)], ..base };
    let amounts: Vec<i64> =
        domain::commission::owed(&order, &unknown, &shares(&[(1, 1)]), &[ten_percent(), serum_rule()], &tiers())
            .into_iter()
            .map(|owed| owed.amount_minor)
            .collect();
    assert_eq!(amounts, [100, 200]);
}

#[test]
fn one_line_that_is_left_takes_the_whole_base() {
    let order = with_lines(&[("1", Some("shirt"), 5_000), ("2", Some("serum"), 5_000)], 10_000);
    let base = Base::of(&order, &[refund(5_000, Some(5_000), &[("1", 5_000)])], false);
    let owed = owed(&order, &base, &shares(&[(1, 1)]), &[ten_percent(), serum_rule()], &tiers());
    assert_eq!(owed.iter().map(|one| (one.rule.clone(), one.amount_minor)).collect::<Vec<_>>(), [(rule_id(2), 1_000)]);
}

#[test]
fn products_are_split_among_creators_before_their_rules_so_that_nothing_is_paid_twice() {
    let order = with_lines(&[("1", Some("shirt"), 5_000), ("2", Some("serum"), 5_000)], 10_000);
    let rules = [ten_percent(), serum_rule(), rule(3, Scope::Creator(creator(3)), percent(5_000))];
    // Creator 3 earns 50 % of half of both products, creator 1 by product of the other half.
    let expected = [(1, 1, 250), (1, 2, 500), (3, 3, 2_500)];
    assert_eq!(amounts(&order, &shares(&[(1, 1), (3, 1)]), &rules), expected);
}

#[test]
fn a_fixed_amount_is_earned_with_the_order_even_where_products_have_rules_of_their_own() {
    // All goods are under the product's rule; the fixed amount of the common rule has no part of the order.
    let serum = with_lines(&[("1", Some("serum"), 10_000)], 10_000);
    let fixed_for_all = rule(1, Scope::All, fixed(usd(500)));
    assert_eq!(amounts(&serum, &shares(&[(1, 1)]), &[fixed_for_all.clone(), serum_rule()]), [(1, 2, 2_000)]);
    // Goods under both rules: the fixed amount is paid once and in full.
    let both = with_lines(&[("1", Some("serum"), 9_999), ("2", Some("shirt"), 1)], 10_000);
    assert_eq!(
        amounts(&both, &shares(&[(1, 1)]), &[fixed_for_all.clone(), serum_rule()]),
        [(1, 1, 500), (1, 2, 2_000)]
    );
    // Two creators of one cent of it: both have their half.
    let halves = amounts(&both, &shares(&[(1, 1), (2, 1)]), &[fixed_for_all, serum_rule()]);
    assert_eq!(halves, [(1, 1, 250), (2, 1, 250), (1, 2, 1_000), (2, 2, 1_000)]);
}

#[test]
fn a_fixed_amount_for_a_product_is_shared_only_by_credits_that_have_a_part_of_it() {
    // One cent of serum by two equal credits: the first has it, the second has none.
    let order = with_lines(&[("1", Some("serum"), 1), ("2", Some("shirt"), 9_999)], 10_000);
    let product = rule(1, Scope::Product("serum".to_owned()), fixed(usd(600)));
    assert_eq!(amounts(&order, &shares(&[(1, 1), (2, 1)]), core::slice::from_ref(&product)), [(1, 1, 300)]);
    // A credit of nobody never has a part.
    let two_cents = with_lines(&[("1", Some("serum"), 2), ("2", Some("shirt"), 9_998)], 10_000);
    assert_eq!(amounts(&two_cents, &shares(&[(0, 1), (2, 1)]), &[product]), [(2, 1, 300)]);
}

#[test]
fn credits_keep_their_links_and_kinds_out_of_the_calculation() {
    let mut same = shares(&[(1, 1), (2, 1)]);
    let changed = same.credits.iter().map(|one| Credit { at: UnixMs(5), amount_minor: 77, ..one.clone() }).collect();
    let before = amounts(&order(10_001), &same, &[ten_percent()]);
    same.credits = changed;
    assert_eq!(amounts(&order(10_001), &same, &[ten_percent()]), before);
    assert_eq!(before, [(1, 1, 500), (2, 1, 500)]);
}
