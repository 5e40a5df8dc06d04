//! Values to start from. Each type is built in one place; a test changes the fields that it is about.

use domain::{
    BrandId, CampaignId, ClickId, CreatorId, Currency, Fraction, LinkId, Money, OrderId, RuleId, UnixMs,
    attribution::{Attribution, AttributionInput, Buyer, Credit, Landing, NamedCreator, Visitor, decide},
    click::Click,
    commission::{Owed, Rate, Rule, Scope},
    evidence::{BuyerSignal, Evidence, EvidenceClass, EvidenceKind, Refusal, Strength},
    link::{Link, LinkCode},
    model::Model,
    order::{Line, Order, OrderSource},
    policy::Policy,
    settlement::{LedgerBalance, LedgerPart, SettledState, Settlement},
    time::{DAY_MS, Day},
};

/// When orders are placed: not a whole second, so that nothing after it is part of it.
pub(crate) const PLACED: UnixMs = UnixMs(1_800_000_000_250);

/// The day on which orders are placed.
pub(crate) const PLACED_DAY: Day = Day(20_833);

/// `ms` milliseconds before the order.
pub(crate) const fn before(ms: i64) -> UnixMs {
    PLACED.plus_ms(-ms)
}

/// `days` days before the order.
pub(crate) const fn days_before(days: i64) -> UnixMs {
    before(days * DAY_MS)
}

pub(crate) fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a currency")
}

pub(crate) fn usd(minor: i64) -> Money {
    Money { minor, currency: Currency::USD }
}

pub(crate) fn eur(minor: i64) -> Money {
    Money { minor, currency: currency("EUR") }
}

pub(crate) fn brand() -> BrandId {
    BrandId::new(1, [0; 10])
}

pub(crate) fn creator(n: u8) -> CreatorId {
    CreatorId::new(1, [n; 10])
}

pub(crate) fn campaign(n: u8) -> CampaignId {
    CampaignId::new(1, [n; 10])
}

pub(crate) fn link_id(n: u8) -> LinkId {
    LinkId::new(1, [n; 10])
}

pub(crate) fn rule_id(n: u8) -> RuleId {
    RuleId::new(1, [n; 10])
}

pub(crate) fn code(n: u8) -> LinkCode {
    LinkCode::draw(&[n; 8]).expect("a code")
}

/// A shop's order of this total in US dollars, all of it goods.
pub(crate) fn order(total_minor: i64) -> Order {
    let id = OrderId::new(1, [0; 10]);
    Order::minimal(id, brand(), OrderSource::Shopify, "1001".to_owned(), PLACED, usd(total_minor))
}

pub(crate) fn line(id: &str, product: Option<&str>, net_minor: i64) -> Line {
    Line { id: id.to_owned(), product: product.map(str::to_owned), quantity: None, net_minor, is_gift_card: false }
}

/// The link of creator `n`, in campaign `n`, with the discount code `CODEn`; created at `n` ms.
pub(crate) fn link(n: u8) -> Link {
    Link {
        id: link_id(n),
        code: code(n),
        destination: "https://shop.example/".to_owned(),
        campaign: Some(campaign(n)),
        creator: Some(creator(n)),
        platform: None,
        content_type: None,
        promo_code: Some(format!("CODE{n}")),
        share_revenue: false,
        is_direct: false,
        created_at: UnixMs(i64::from(n)),
        expires_at: None,
        deleted_at: None,
    }
}

/// A click of visitor `shopper` on link `n`.
pub(crate) fn click(n: u8, at: UnixMs) -> Click {
    Click {
        id: ClickId::new(at.0, [n; 10]),
        brand: brand(),
        link: link_id(n),
        creator: Some(creator(n)),
        pv_id: "shopper".to_owned(),
        is_returning: false,
        visitor_hash: String::new(),
        at,
        device: "mobile".to_owned(),
        browser: "Safari".to_owned(),
        os: "iOS".to_owned(),
        country: None,
        referrer_host: None,
        bot: None,
    }
}

pub(crate) fn bot_click(n: u8, at: UnixMs) -> Click {
    Click { bot: Some("Googlebot".to_owned()), ..click(n, at) }
}

pub(crate) fn landing(pv_id: &str, code: LinkCode, at: UnixMs) -> Landing {
    Landing { pv_id: pv_id.to_owned(), code, at, pv_alias: None }
}

pub(crate) fn visitor(pv_id: &str, strength: Strength, is_disputed: bool) -> Visitor {
    Visitor { is_alias: false, pv_id: pv_id.to_owned(), source: String::new(), strength, is_disputed }
}

/// Creator `n`, named for the order, with link `n` to credit.
pub(crate) fn named(kind: EvidenceKind, n: u8) -> NamedCreator {
    NamedCreator {
        kind,
        source: format!("names {n}"),
        creator: creator(n),
        link: Some(link_id(n)),
        confidence_bp: 7_000,
    }
}

/// Creator `n` is taken for the buyer.
pub(crate) fn buyer(n: u8, signal: BuyerSignal) -> Buyer {
    Buyer { creator: creator(n), signal }
}

/// An order of 100.00 by visitors who clicked; the brand has links 1 to 6.
pub(crate) fn input(clicks: Vec<Click>) -> AttributionInput {
    AttributionInput { clicks, links: (1..=6).map(link).collect(), ..AttributionInput::without_evidence(order(10_000)) }
}

/// A piece of evidence for link `n` that counts.
pub(crate) fn evidence(kind: EvidenceKind, n: u8, at: UnixMs) -> Evidence {
    Evidence {
        kind,
        source: format!("{} {n}", kind.as_str()),
        at,
        is_timed: true,
        code: Some(code(n)),
        link: Some(link_id(n)),
        creator: Some(creator(n)),
        campaign: Some(campaign(n)),
        confidence_bp: kind.confidence_bp(),
        strength: Strength::Proven,
        refused: None,
    }
}

/// The default precedence and a lookback window of 30 days, with another model.
pub(crate) fn policy(model: Model) -> Policy {
    Policy { model, ..Policy::default() }
}

/// The default policy with this class first and the others behind it.
pub(crate) fn policy_with_first(class: EvidenceClass) -> Policy {
    let others = EvidenceClass::ALL.into_iter().filter(|other| *other != class);
    Policy { precedence: core::iter::once(class).chain(others).collect(), ..Policy::default() }
}

/// Each credit: link, amount.
pub(crate) fn credited(attribution: &Attribution) -> Vec<(LinkId, i64)> {
    attribution.credits.iter().map(|credit| (credit.link.clone(), credit.amount_minor)).collect()
}

/// Each piece of evidence: link, refusal.
pub(crate) fn refusals(evidence: &[Evidence]) -> Vec<(Option<LinkId>, Option<Refusal>)> {
    evidence.iter().map(|piece| (piece.link.clone(), piece.refused)).collect()
}

/// A credit of link `n` with `part` of `whole` of the order; without a creator if `n` is zero.
pub(crate) fn credit(n: u8, part: u64, whole: u128) -> Credit {
    Credit {
        link: link_id(n),
        creator: Some(creator(n)).filter(|_| n > 0),
        campaign: Some(campaign(n)),
        kind: EvidenceKind::Click,
        at: PLACED,
        weight: Fraction::new(part, whole).expect("a share"),
        amount_minor: 0,
        rounding_minor: 0,
    }
}

/// The decision that credits these links by these weights, without amounts.
pub(crate) fn shares(weights: &[(u8, u64)]) -> Attribution {
    let whole = weights.iter().map(|(_, weight)| u128::from(*weight)).sum();
    let credits = weights.iter().map(|(n, weight)| credit(*n, *weight, whole)).collect();
    let nothing = AttributionInput::without_evidence(order(0));
    Attribution { credits, ..decide(&nothing, &Policy::default()) }
}

/// Rule `n`, in force from the beginning, created at `n` ms.
pub(crate) fn rule(n: u8, scope: Scope, rate: Rate) -> Rule {
    Rule {
        id: rule_id(n),
        scope,
        rate,
        new_customer_bonus: None,
        cap: None,
        starts_at: UnixMs(0),
        ends_at: None,
        created_at: UnixMs(i64::from(n)),
    }
}

pub(crate) fn percent(bp: u32) -> Rate {
    Rate::Percent { bp }
}

pub(crate) fn fixed(money: Money) -> Rate {
    Rate::Fixed { money }
}

/// What creator `n` is owed under rule `n`.
pub(crate) fn owed(n: u8, amount_minor: i64) -> Owed {
    Owed { creator: creator(n), rule: rule_id(n), amount_minor, reason: format!("reason {n}") }
}

/// When settlements of these tests are decided, and when what they accrue becomes payable.
pub(crate) const DECIDED: UnixMs = PLACED.plus_ms(60_000);
pub(crate) const PAYABLE: UnixMs = PLACED.plus_ms(30 * DAY_MS);

/// A settlement of an open day, of an order that was not settled before.
pub(crate) fn settlement<'a>(order: &'a Order, attribution: &'a Attribution, owed: &'a [Owed]) -> Settlement<'a> {
    Settlement {
        order,
        visitors: &[],
        attribution,
        owed,
        payable_at: PAYABLE,
        needs_approval: false,
        is_unproven: false,
        entry_seed: [0; 10],
        day: None,
        closed_through: None,
        settlements: 0,
        at: DECIDED,
    }
}

/// What is stored of an order that was never settled.
pub(crate) fn unsettled(order: &Order) -> SettledState {
    SettledState {
        order: order.id.clone(),
        placed_day: PLACED_DAY,
        version: order.version,
        cancelled_at: order.cancelled_at,
        redacted_at: order.redacted_at,
        settlements: 0,
        refunded_minor: order.refunded_minor,
        booked: None,
        attribution: None,
        is_approved: false,
        outcome: None,
    }
}

/// When the line of [`balance`] becomes payable.
pub(crate) const HELD_UNTIL: UnixMs = PAYABLE.plus_ms(5);

/// The ledger holds one line for creator `n` under rule `n` of the order, on hold.
pub(crate) fn balance(order: &Order, n: u8, amount_minor: i64) -> LedgerBalance {
    let part = LedgerPart { amount_minor, payable_at: HELD_UNTIL, is_waiting: false, is_released: false };
    balance_of(order, n, vec![part])
}

/// The ledger holds a line for each part.
pub(crate) fn balance_of(order: &Order, n: u8, parts: Vec<LedgerPart>) -> LedgerBalance {
    LedgerBalance {
        order: order.id.clone(),
        creator: creator(n),
        rule: rule_id(n),
        currency: order.currency,
        edited_minor: 0,
        count: parts.iter().map(|_| 1).sum(),
        parts,
    }
}
