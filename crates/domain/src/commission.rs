//! Commissions: what each creator is owed for an order under the brand's rules, exact to the minor unit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    CampaignId, CreatorId, Currency, Money, RuleId, UnixMs,
    attribution::{Attribution, Credit},
    money::{apportion, share_of},
    order::{Line, Order},
};

/// 100 % in basis points.
pub const WHOLE_BP: u32 = 10_000;

/// Reads a percentage of 0 to 100 with up to two decimals, as basis points. The decimal point may be a comma, and a percent
/// sign may follow.
pub fn parse_percent(text: &str) -> Option<u32> {
    let text = text.strip_suffix('%').unwrap_or(text).trim();
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')) {
        return None;
    }
    // Parsed as dollars, since those have two decimals.
    let bp = u32::try_from(Money::parse(&text.replace(',', "."), Currency::USD).ok()?.minor).ok()?;
    (bp <= WHOLE_BP).then_some(bp)
}

/// What a rule applies to. Later variants are more specific; the most specific rule that applies is used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case", tag = "scope", content = "of")]
#[strum(serialize_all = "lowercase")]
pub enum Scope {
    /// Every credited order.
    All,
    /// Creators in a tier.
    Tier(String),
    /// Credits of links in a campaign.
    Campaign(CampaignId),
    /// Order lines with this product (the seller's product id).
    Product(String),
    /// One creator.
    Creator(CreatorId),
}

impl Scope {
    /// The stored name of the variant.
    pub fn as_str(&self) -> &'static str {
        self.into()
    }
}

/// The rate of a commission rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "rate")]
pub enum Rate {
    /// A share of the commission base, in basis points: 1,000 is 10 %.
    Percent {
        /// Basis points, at most 10,000.
        bp: u32,
    },
    /// A fixed amount per order, as long as the order is not fully refunded.
    Fixed {
        /// The amount. Orders in another currency earn nothing under this rule.
        money: Money,
    },
}

/// A commission rule of a brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What it applies to.
    pub scope: Scope,
    /// The rate.
    pub rate: Rate,
    /// Bonus added for a customer's first order.
    pub new_customer_bonus: Option<Money>,
    /// Maximum per order under this rule, bonus included. Orders in another currency than the cap earn nothing.
    pub cap: Option<Money>,
    /// Applies to orders placed at or after this instant.
    pub starts_at: UnixMs,
    /// Applies to orders placed before this instant, if set.
    pub ends_at: Option<UnixMs>,
    /// When it was created. Of two equally specific rules the later one applies.
    pub created_at: UnixMs,
}

/// A refund, with the fields that commissions need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundPart {
    /// Total refunded, minor units.
    pub amount_minor: i64,
    /// The part for goods, without tax and shipping, minor units; `None` if the refund does not specify it.
    pub subtotal_minor: Option<i64>,
    /// Refunded lines: the seller's line id and the amount without tax, minor units. May be empty.
    pub lines: Vec<(String, i64)>,
}

/// The commission base: the amounts from which an order's commissions are calculated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// The subtotal after discounts and refunds, without tax and shipping, minor units, not below zero.
    pub total_minor: i64,
    /// The lines, less their refunds.
    pub lines: Vec<Line>,
}

impl Base {
    /// Calculates the base of an order: zero if it does not count. `refunds` are those that the order's figures do not
    /// follow yet; one that specifies only an amount reduces the goods in proportion to their share of the order's
    /// total. Gift cards bought with the order count only if `with_gift_cards`.
    pub fn of(order: &Order, refunds: &[RefundPart], with_gift_cards: bool) -> Self {
        if !order.is_conversion() {
            return Self::default();
        }
        let is_in = |line: &&Line| with_gift_cards || !line.is_gift_card;
        let mut lines: Vec<Line> = order.lines.iter().filter(is_in).cloned().collect();
        let gift_cards: i64 = lines.iter().filter(|line| line.is_gift_card).map(|line| line.net_minor).sum();
        let goods_minor = order.subtotal_minor + gift_cards;
        // Refunded gift cards and tips were never in the base.
        let not_goods = |refund: &RefundPart| -> i64 {
            let others = refund.lines.iter().filter(|(id, _)| !lines.iter().any(|line| line.id == *id));
            if order.lines.is_empty() { 0 } else { others.map(|(_, minor)| minor).sum() }
        };
        let goods = |refund: &RefundPart| match refund.subtotal_minor {
            Some(subtotal_minor) => (subtotal_minor - not_goods(refund)).max(0),
            None if order.total_minor <= 0 => refund.amount_minor,
            None => {
                let parts = [goods_minor, order.total_minor - goods_minor];
                apportion(refund.amount_minor, &parts.map(|part| part.max(0).unsigned_abs()))[0]
            }
        };
        let refunded: i64 = refunds.iter().map(goods).sum();
        for (id, amount) in refunds.iter().flat_map(|refund| &refund.lines) {
            if let Some(line) = lines.iter_mut().find(|line| line.id == *id) {
                line.net_minor = (line.net_minor - amount).max(0);
            }
        }
        Self { total_minor: (goods_minor - refunded).max(0), lines }
    }
}

/// What one creator is owed for an order under one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The creator.
    pub creator: CreatorId,
    /// The rule.
    pub rule: RuleId,
    /// Minor units of the order's currency.
    pub amount_minor: i64,
    /// The calculation in words, such as `10.00 % of $50.00`.
    pub reason: String,
}

/// The commissions owed for an order now, one entry per creator and rule. `tiers` are the creators' tiers when the
/// order was placed.
///
/// For each rule the amount is calculated once for its part of the order, then split among the credits it applies to by
/// weight with largest remainders ([`apportion`]). So several creators together are paid exactly what one creator would
/// have been paid. Test orders, orders without credits and orders with a net revenue of zero owe nothing.
pub fn owed(
    order: &Order,
    base: &Base,
    attribution: &Attribution,
    rules: &[Rule],
    tiers: &BTreeMap<CreatorId, String>,
) -> Vec<Owed> {
    if order.is_test || order.net_minor() == 0 || attribution.credits.is_empty() {
        return Vec::new();
    }
    let weights: Vec<u64> = attribution.credits.iter().map(|credit| credit.weight.part()).collect();
    let in_force =
        |rule: &&Rule| rule.starts_at <= order.placed_at && rule.ends_at.is_none_or(|end| order.placed_at < end);
    let fits = |rule: &Rule, credit: &Credit, product: Option<&str>| match &rule.scope {
        Scope::All => true,
        Scope::Tier(tier) => credit.creator.as_ref().and_then(|creator| tiers.get(creator)) == Some(tier),
        Scope::Campaign(campaign) => credit.campaign.as_ref() == Some(campaign),
        Scope::Product(wanted) => product == Some(wanted.as_str()),
        Scope::Creator(creator) => credit.creator.as_ref() == Some(creator),
    };
    let rule_for = |credit: &Credit, product: Option<&str>| {
        rules
            .iter()
            .filter(in_force)
            .filter(|rule| fits(rule, credit, product))
            .max_by_key(|rule| (&rule.scope, rule.created_at, &rule.id))
    };
    // Each product's part of the base. An order without lines counts as one line without a product.
    let mut bases: BTreeMap<Option<&str>, i64> = BTreeMap::new();
    let (base_minor, lines) = (base.total_minor, &base.lines);
    let known_minor: i64 = lines.iter().map(|line| line.net_minor.max(0)).sum();
    if known_minor > 0 || !lines.is_empty() {
        // Order discounts and partial refunds may not be broken down by line: scale the lines to the base. Once all
        // lines are refunded, use the amounts as sold, so that the same product rules still apply.
        let as_sold = |line: &Line| order.lines.iter().find(|sold| sold.id == line.id).map_or(1, |sold| sold.net_minor);
        let weight = |line: &Line| if known_minor > 0 { line.net_minor } else { as_sold(line) };
        let line_weights: Vec<u64> = lines.iter().map(|line| weight(line).max(0).unsigned_abs()).collect();
        for (line, part) in lines.iter().zip(apportion(base_minor, &line_weights)) {
            *bases.entry(line.product.as_deref()).or_default() += part;
        }
    } else {
        bases.insert(None, base_minor);
    }
    // Split each product's base among all credits first, including those under other rules or without a creator, so
    // that no part of the base is paid twice.
    let mut by_rule: BTreeMap<&RuleId, (&Rule, Vec<i64>)> = BTreeMap::new();
    for (product, base) in &bases {
        let parts = apportion(*base, &weights);
        for (index, credit) in attribution.credits.iter().enumerate().filter(|(_, credit)| credit.creator.is_some()) {
            if let Some(rule) = rule_for(credit, *product) {
                let entry = by_rule.entry(&rule.id).or_insert_with(|| (rule, vec![0; weights.len()]));
                entry.1[index] += parts[index];
            }
        }
    }
    let mut owed = Vec::new();
    for (rule, parts) in by_rule.into_values() {
        let base: i64 = parts.iter().sum();
        let rule_weights: Vec<u64> = parts
            .iter()
            .zip(&weights)
            .zip(&attribution.credits)
            .map(|((part, weight), credit)| {
                let is_in = credit.creator.is_some()
                    && (*part > 0 || rule_for(credit, None).is_some_and(|applied| applied.id == rule.id));
                if is_in { *weight } else { 0 }
            })
            .collect();
        let (total, reason) = total(rule, order, base, &rule_weights, &weights);
        if total == 0 {
            continue;
        }
        let mut by_creator: BTreeMap<&CreatorId, i64> = BTreeMap::new();
        for (credit, amount) in attribution.credits.iter().zip(apportion(total, &rule_weights)) {
            if let Some(creator) = credit.creator.as_ref().filter(|_| amount != 0) {
                *by_creator.entry(creator).or_default() += amount;
            }
        }
        owed.extend(by_creator.into_iter().map(|(creator, amount_minor)| Owed {
            creator: creator.clone(),
            rule: rule.id.clone(),
            amount_minor,
            reason: reason.clone(),
        }));
    }
    owed
}

/// The amount of a rule for its part of an order in minor units, and the calculation in words.
fn total(rule: &Rule, order: &Order, base: i64, rule_weights: &[u64], weights: &[u64]) -> (i64, String) {
    let show = |minor| Money { minor, currency: order.currency };
    // A fixed amount is for the whole order: this rule pays only the part that belongs to its own credits.
    let credited_part = |money: &Money| {
        if money.currency != order.currency {
            return 0;
        }
        // Sums of time decay's weights exceed 64 bits; shifting them right to 62 bits keeps enough precision.
        let sum = |weights: &[u64]| weights.iter().map(|weight| u128::from(*weight)).sum::<u128>();
        let (part, whole) = (sum(rule_weights), sum(weights));
        let shift = (128 - whole.leading_zeros()).saturating_sub(62);
        let fit = |sum: u128| u64::try_from(sum >> shift).unwrap_or(u64::MAX);
        apportion(money.minor, &[fit(part), fit(whole - part.min(whole))])[0]
    };
    let (mut sum, mut reason) = match &rule.rate {
        Rate::Percent { bp } => {
            let percent = Money { minor: i64::from(*bp), currency: Currency::USD }.to_decimal();
            (share_of(base, *bp, WHOLE_BP), format!("{percent} % of {}", show(base)))
        }
        Rate::Fixed { money } => (credited_part(money), format!("{} per order", show(credited_part(money)))),
    };
    if let Some(bonus) = rule.new_customer_bonus.as_ref().filter(|_| order.is_new_customer == Some(true)) {
        let bonus = credited_part(bonus);
        sum += bonus;
        reason.push_str(&format!(" and {} for a new customer", show(bonus)));
    }
    if rule.cap.is_some_and(|cap| cap.currency != order.currency) {
        return (0, "the rule's cap is in another currency".to_owned());
    }
    if let Some(cap) = rule.cap.filter(|cap| sum > cap.minor) {
        sum = cap.minor;
        reason.push_str(&format!(", at most {}", show(cap.minor)));
    }
    (sum, reason)
}

/// The kind of a ledger entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum EntryKind {
    /// Earned by an order.
    Accrual,
    /// Taken back because an order was reduced: refund, cancellation or lost credit.
    Reversal,
    /// Added or deducted manually, with a reason.
    Adjustment,
    /// Paid out, or a payout that was cancelled.
    Payout,
}

impl EntryKind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        BrandId, FactsVersion, Fraction, LinkId, OrderId, evidence::EvidenceKind, order::OrderSource, policy::Policy,
    };

    const PLACED: UnixMs = UnixMs(1_800_000_000_000);

    fn usd(minor: i64) -> Money {
        Money { minor, currency: Currency::USD }
    }

    fn order(total_minor: i64, subtotal_minor: i64) -> Order {
        Order {
            id: OrderId::new(1, [0; 10]),
            brand: BrandId::new(1, [0; 10]),
            source: OrderSource::Shopify,
            external_id: "1".into(),
            name: "#1".into(),
            placed_at: PLACED,
            version: FactsVersion::latest_wins(PLACED),
            cancelled_at: None,
            currency: Currency::USD,
            total_minor,
            subtotal_minor,
            refunded_minor: 0,
            is_test: false,
            is_new_customer: Some(true),
            cart_pv: None,
            cart_ref: None,
            landing_ref: None,
            promo_codes: vec![],
            lines: vec![],
            details: crate::order::OrderDetails::default(),
            email_hash: None,
            customer_hash: None,
            redacted_at: None,
        }
    }

    fn creator(n: u8) -> CreatorId {
        CreatorId::new(1, [n; 10])
    }

    /// An attribution with one credit per (creator, weight).
    fn attribution(shares: &[(Option<u8>, u64)], net_minor: i64) -> Attribution {
        let total: u64 = shares.iter().map(|(_, weight)| weight).sum();
        Attribution {
            format: 2,
            policy: Policy::default(),
            net_minor,
            evidence: vec![],
            credits: shares
                .iter()
                .map(|(n, weight)| Credit {
                    link: LinkId::new(1, [n.unwrap_or(0); 10]),
                    creator: n.map(creator),
                    campaign: None,
                    kind: EvidenceKind::Click,
                    at: PLACED,
                    weight: Fraction::new(*weight, u128::from(total)).expect("a share"),
                    amount_minor: 0,
                    rounding_minor: 0,
                })
                .collect(),
            journey: vec![],
            has_conflict: false,
        }
    }

    fn rule(n: u8, scope: Scope, rate: Rate) -> Rule {
        Rule {
            id: RuleId::new(1, [n; 10]),
            scope,
            rate,
            new_customer_bonus: None,
            cap: None,
            starts_at: UnixMs(0),
            ends_at: None,
            created_at: UnixMs(i64::from(n)),
        }
    }

    fn amounts(order: &Order, attribution: &Attribution, rules: &[Rule]) -> Vec<(u8, i64)> {
        let tiers = BTreeMap::from([(creator(2), "gold".to_owned())]);
        owed(order, &Base::of(order, &[], false), attribution, rules, &tiers)
            .into_iter()
            .map(|owed| ((0..9).find(|n| creator(*n) == owed.creator).unwrap_or(9), owed.amount_minor))
            .collect()
    }

    #[test]
    fn percentages_are_read_as_people_write_them() {
        let read = [("3.25", 325), ("3,2", 320), ("100", 10_000), ("0.5 %", 50), ("007", 700), ("0", 0)];
        for (text, rate) in read {
            assert_eq!(parse_percent(text), Some(rate), "{text}");
        }
        for text in ["", "%", "x", "-1", "100.01", "3.255", "3.", ".5", "1000", "1e2", "3.2.1", "3,2.1", "1 0"] {
            assert_eq!(parse_percent(text), None, "{text}");
        }
    }

    #[test]
    fn most_specific_rule_applies_then_the_latest() {
        let order = order(11_000, 10_000);
        let ten = rule(1, Scope::All, Rate::Percent { bp: 1_000 });
        let twelve = rule(2, Scope::All, Rate::Percent { bp: 1_200 });
        let gold = rule(3, Scope::Tier("gold".into()), Rate::Percent { bp: 1_500 });
        let own = rule(4, Scope::Creator(creator(1)), Rate::Percent { bp: 2_000 });
        let rules = [ten.clone(), twelve.clone(), gold, own.clone()];
        assert_eq!(amounts(&order, &attribution(&[(Some(1), 1)], 11_000), &rules), [(1, 2_000)]);
        assert_eq!(amounts(&order, &attribution(&[(Some(2), 1)], 11_000), &rules), [(2, 1_500)]);
        assert_eq!(amounts(&order, &attribution(&[(Some(3), 1)], 11_000), &rules), [(3, 1_200)]);
        assert_eq!(amounts(&order, &attribution(&[(None, 1)], 11_000), &rules), []);
        let ended = Rule { ends_at: Some(PLACED), ..own };
        assert_eq!(amounts(&order, &attribution(&[(Some(1), 1)], 11_000), &[ten, ended]), [(1, 1_000)]);
    }

    #[test]
    fn fixed_amount_bonus_and_cap_are_split_by_credit_weight() {
        let order = order(10_000, 10_000);
        let shares = attribution(&[(Some(1), 1), (Some(2), 1), (Some(3), 1)], 10_000);
        let fixed = rule(1, Scope::All, Rate::Fixed { money: usd(1_000) });
        assert_eq!(amounts(&order, &shares, core::slice::from_ref(&fixed)), [(1, 334), (2, 333), (3, 333)]);
        let bonus = Rule { new_customer_bonus: Some(usd(500)), ..rule(1, Scope::All, Rate::Percent { bp: 1_000 }) };
        assert_eq!(amounts(&order, &shares, core::slice::from_ref(&bonus)).iter().map(|one| one.1).sum::<i64>(), 1_500);
        let capped = Rule { cap: Some(usd(100)), ..bonus };
        assert_eq!(amounts(&order, &shares, &[capped]), [(1, 34), (2, 33), (3, 33)]);
        // Another rule for one of three creators replaces only that creator's part of the fixed amount.
        let own = rule(2, Scope::Creator(creator(3)), Rate::Fixed { money: usd(3_000) });
        assert_eq!(amounts(&order, &shares, &[fixed, own]), [(1, 334), (2, 333), (3, 1_000)]);
    }

    #[test]
    fn fixed_amounts_split_correctly_by_large_weights() {
        let order = order(10_000, 10_000);
        let weight: u64 = 1 << 62;
        let shares: Vec<_> = [1, 1, 1, 1, 1, 3].into_iter().map(|n| (Some(n), weight)).collect();
        let mut shares = attribution(&[(Some(1), 1)], 10_000)
            .credits
            .into_iter()
            .cycle()
            .zip(shares)
            .map(|(credit, (n, _))| Credit {
                creator: n.map(creator),
                weight: Fraction::new(weight, u128::from(weight) * 6).expect("a share"),
                ..credit
            })
            .collect::<Vec<_>>();
        let credited = Attribution { credits: core::mem::take(&mut shares), ..attribution(&[(Some(1), 1)], 10_000) };
        let all = rule(1, Scope::All, Rate::Fixed { money: usd(600) });
        let own = rule(2, Scope::Creator(creator(3)), Rate::Fixed { money: usd(6_000) });
        assert_eq!(amounts(&order, &credited, &[all, own]), [(1, 500), (3, 1_000)]);
    }

    #[test]
    fn cap_in_another_currency_pays_nothing_and_refunded_goods_keep_their_rule() {
        let mut order = order(4_600, 4_000);
        let capped = Rule {
            cap: Some(Money { minor: 1, currency: Currency::parse("EUR").expect("euro") }),
            ..rule(1, Scope::All, Rate::Percent { bp: 2_000 })
        };
        let shares = attribution(&[(Some(1), 1)], 4_600);
        assert_eq!(amounts(&order, &shares, &[capped]), []);
        order.lines = vec![Line {
            id: "1".into(),
            product: Some("serum".into()),
            quantity: None,
            net_minor: 4_000,
            is_gift_card: false,
        }];
        let rules = [
            rule(1, Scope::All, Rate::Fixed { money: usd(500) }),
            rule(2, Scope::Product("serum".into()), Rate::Percent { bp: 2_500 }),
        ];
        let refund = RefundPart { amount_minor: 4_000, subtotal_minor: Some(4_000), lines: vec![("1".into(), 4_000)] };
        order.refunded_minor = 4_000;
        let base = Base::of(&order, &[refund], false);
        assert_eq!(owed(&order, &base, &shares, &rules, &BTreeMap::new()), vec![]);
    }

    #[test]
    fn product_rules_apply_per_line() {
        let mut order = order(10_000, 10_000);
        let line = |id: &str, product: &str, net_minor| Line {
            id: id.into(),
            product: Some(product.into()),
            quantity: None,
            net_minor,
            is_gift_card: false,
        };
        order.lines = vec![line("1", "shirt", 6_000), line("2", "serum", 4_000)];
        let shares = attribution(&[(Some(1), 1)], 10_000);
        let rules = [
            rule(1, Scope::All, Rate::Percent { bp: 1_000 }),
            rule(2, Scope::Product("serum".into()), Rate::Percent { bp: 2_500 }),
        ];
        assert_eq!(amounts(&order, &shares, &rules), [(1, 600), (1, 1_000)]);
    }

    #[test]
    fn refunds_reduce_the_base_by_line_or_in_proportion() {
        let mut order = order(12_000, 10_000);
        order.lines =
            vec![Line { id: "1".into(), product: None, quantity: None, net_minor: 10_000, is_gift_card: false }];
        let part = |amount_minor, subtotal_minor, lines: &[(&str, i64)]| RefundPart {
            amount_minor,
            subtotal_minor,
            lines: lines.iter().map(|(id, minor)| ((*id).to_owned(), *minor)).collect(),
        };
        let base = |refunds: &[RefundPart]| Base::of(&order, refunds, false);
        assert_eq!(base(&[part(1_200, None, &[])]).total_minor, 9_000, "an amount only: in proportion");
        assert_eq!(base(&[part(500, Some(0), &[])]).total_minor, 10_000, "shipping only");
        let by_line = base(&[part(2_400, Some(2_000), &[("1", 2_000)])]);
        assert_eq!((by_line.total_minor, by_line.lines[0].net_minor), (8_000, 8_000));
        assert_eq!(base(&[part(99_999, None, &[])]).total_minor, 0);
    }

    proptest! {
        #[test]
        fn split_credit_pays_the_same_total_as_one_creator(
            shares in prop::collection::vec((1u8..6, 1u64..100), 1..6),
            subtotal in 1i64..10_000_000,
            bp in 1u32..=10_000,
        ) {
            let order = order(subtotal, subtotal);
            let shares: Vec<_> = shares.into_iter().map(|(n, weight)| (Some(n), weight)).collect();
            let rules = [rule(1, Scope::All, Rate::Percent { bp })];
            let alone: i64 = amounts(&order, &attribution(&[(Some(1), 1)], subtotal), &rules).iter().map(|one| one.1).sum();
            let split: i64 = amounts(&order, &attribution(&shares, subtotal), &rules).iter().map(|one| one.1).sum();
            prop_assert_eq!(alone, split);
        }

        #[test]
        fn full_refund_owes_nothing(subtotal in 1i64..1_000_000, extra in 0i64..100_000, cuts in prop::collection::vec(1i64..1_000_000, 0..5)) {
            let mut order = order(subtotal + extra, subtotal);
            let mut left = order.total_minor;
            let mut refunds: Vec<RefundPart> = Vec::new();
            for cut in cuts {
                let amount_minor = cut.min(left);
                left -= amount_minor;
                refunds.push(RefundPart { amount_minor, subtotal_minor: None, lines: vec![] });
            }
            refunds.push(RefundPart { amount_minor: left, subtotal_minor: None, lines: vec![] });
            order.refunded_minor = order.total_minor;
            let rules = [rule(1, Scope::All, Rate::Percent { bp: 3_333 })];
            let base = Base::of(&order, &refunds, false);
            prop_assert!(base.total_minor <= i64::try_from(refunds.len()).unwrap_or(9));
            prop_assert_eq!(owed(&order, &base, &attribution(&[(Some(1), 1)], 0), &rules, &BTreeMap::new()), vec![]);
        }
    }
}
