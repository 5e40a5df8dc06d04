//! From an order's facts to credits that add up to the cent, with the reasons kept.
//!
//! [`gather`] finds evidence and judges each piece; [`decide`] applies the policy. The result is stored whole: it is
//! the explanation, and the same facts give the same bytes.

use core::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::{
    CampaignId, CreatorId, LinkId, UnixMs,
    click::Click,
    evidence::{Evidence, EvidenceKind, Refusal},
    link::{Link, LinkCode},
    model::{Model, heuristic},
    money,
    order::{Order, OrderSource},
    policy::Policy,
    time::HOUR_MS,
};

/// Most clicks of one order's visitors that are looked at, the latest first. A shopper with more is no shopper.
pub const CLICKS_MAX: usize = 200;
/// A purchase that a browser reports joins its visitor to an order only within this time of the order.
pub const REPORT_WINDOW_MS: i64 = 24 * HOUR_MS;
/// Clocks differ by so much; a report made earlier than this before the order is a guess at its number.
pub const REPORT_EARLY_MS: i64 = 5 * 60_000;

/// A visitor who may have placed the order, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The visitor's id.
    pub pv_id: String,
    /// `cart attribute _cs_pv`, `purchase reported by the pixel`, `same browser as …`.
    pub source: String,
}

/// A page the pixel saw a visitor land on with a link's code in its URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// The visitor.
    pub pv_id: String,
    /// The code.
    pub code: LinkCode,
    /// When.
    pub at: UnixMs,
}

/// Everything that is known about one order when it is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The order.
    pub order: Order,
    /// Clicks of its visitors, any order.
    pub clicks: Vec<Click>,
    /// Landings of its visitors that the pixel saw, until the order.
    pub landings: Vec<Landing>,
    /// Every link of the brand that a click, a code or a discount code of this order names, deleted ones too.
    pub links: Vec<Link>,
    /// Creators whose own e-mail hash is the buyer's.
    pub buyers: Vec<CreatorId>,
    /// Creators whom the shopper, or a person at the brand, named.
    pub named: Vec<Named>,
}

/// A creator who was named for an order in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// [`EvidenceKind::Survey`] or [`EvidenceKind::Manual`].
    pub kind: EvidenceKind,
    /// Where: `survey answer "jess"`, `assigned by …: …`.
    pub source: String,
    /// The creator.
    pub creator: CreatorId,
    /// The link through which credit goes: the one named, or the creator's latest. In [`Case::links`].
    pub link: Option<LinkId>,
    /// Confidence in parts of 10,000.
    pub confidence_bp: u32,
}

impl Case {
    /// An order about which nothing is known, or nothing may be known any more.
    pub fn without_evidence(order: Order) -> Self {
        Self {
            order,
            clicks: Vec::new(),
            landings: Vec::new(),
            links: Vec::new(),
            buyers: Vec::new(),
            named: Vec::new(),
        }
    }
}

/// A share of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The link that earned it.
    pub link: LinkId,
    /// The link's creator.
    pub creator: Option<CreatorId>,
    /// The link's campaign.
    pub campaign: Option<CampaignId>,
    /// The kind of evidence that won.
    pub kind: EvidenceKind,
    /// The touchpoint's time.
    pub at: UnixMs,
    /// The share as an exact fraction, such as `1/1`: the touchpoint's weight over the sum of all.
    pub weight: String,
    /// Minor units of the order's currency.
    pub amount_minor: i64,
    /// What rounding added to the floor of the exact share: 0, or 1 for the largest remainders.
    #[serde(default)]
    pub rounding_minor: i64,
}

impl Credit {
    /// The numerator of the weight. All of an order's credits have the same denominator.
    pub fn weight_part(&self) -> u64 {
        self.weight.split_once('/').and_then(|(part, _)| part.parse().ok()).unwrap_or(0)
    }
}

/// A touchpoint of an order's journey, with what each model gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touchpoint {
    /// The link.
    pub link: LinkId,
    /// The link's creator.
    pub creator: Option<CreatorId>,
    /// The link's campaign.
    pub campaign: Option<CampaignId>,
    /// How it is known.
    pub kind: EvidenceKind,
    /// When.
    pub at: UnixMs,
    /// Minor units of the order's net revenue by each of [`Model::ALL`], in that order.
    pub amounts_minor: [i64; 5],
}

/// The outcome for one order: who is credited, and why, or why nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// Version of this record's shape.
    pub format: u32,
    /// The policy applied.
    pub policy: Policy,
    /// The order's net revenue, minor units: what the credits add up to, if there are any.
    pub net_minor: i64,
    /// All evidence found, in time order, refused pieces with their reason.
    pub evidence: Vec<Evidence>,
    /// The shares. Empty when no evidence counts.
    pub credits: Vec<Credit>,
    /// The journey: every touchpoint that counts, of whatever kind, in touch order.
    #[serde(default)]
    pub journey: Vec<Touchpoint>,
    /// True when counted evidence names creators or links other than the credited ones.
    pub has_conflict: bool,
}

/// Finds all evidence of a case and judges it.
pub fn gather(case: &Case, policy: &Policy) -> Vec<Evidence> {
    let order = &case.order;
    let by_code = |code: LinkCode| case.links.iter().find(|link| link.code == code);
    let by_id = |id: &LinkId| case.links.iter().find(|link| link.id == *id);
    let judge = |evidence: &Evidence, bot: bool| {
        if evidence.link.is_none() {
            Some(Refusal::UnknownCode)
        } else if bot {
            Some(Refusal::Bot)
        } else if evidence.at > order.placed_at {
            Some(Refusal::AfterOrder)
        } else if evidence.at < order.placed_at.plus_ms(-policy.lookback_ms()) {
            Some(Refusal::OutsideWindow)
        } else if evidence.creator.as_ref().is_some_and(|creator| case.buyers.contains(creator)) {
            Some(Refusal::SelfReferral)
        } else {
            None
        }
    };
    let piece = |kind: EvidenceKind, source: String, at: UnixMs, code: LinkCode, link: Option<&Link>, bot: bool| {
        let mut evidence = Evidence {
            kind,
            source,
            at,
            is_timed: true,
            code: Some(code),
            link: link.map(|link| link.id.clone()),
            creator: link.and_then(|link| link.creator.clone()),
            campaign: link.and_then(|link| link.campaign.clone()),
            confidence_bp: kind.confidence_bp(),
            refused: None,
        };
        evidence.refused = judge(&evidence, bot);
        evidence
    };

    let mut found: Vec<Evidence> = Vec::new();
    for click in &case.clicks {
        if let Some(link) = by_id(&click.link) {
            let source = format!("click {}", click.id);
            found.push(piece(EvidenceKind::Click, source, click.at, link.code, Some(link), click.bot.is_some()));
        }
    }
    // A code that came with the cart or in a URL tells of the click that it came from: where that click is known,
    // its time counts, and where it does not count, neither does the code.
    let origin = |code: LinkCode, found: &[Evidence]| {
        found
            .iter()
            .filter(|piece| piece.code == Some(code) && piece.at <= order.placed_at)
            .filter(|piece| matches!(piece.refused, None | Some(Refusal::Bot | Refusal::OutsideWindow)))
            .max_by_key(|piece| (piece.refused.is_none(), piece.at))
            .map(|piece| (piece.at, piece.refused == Some(Refusal::Bot)))
    };
    let clicks = found.clone();
    for landing in &case.landings {
        if origin(landing.code, &clicks).is_none() {
            let source = "landing page seen by the pixel".to_owned();
            found.push(piece(EvidenceKind::Landing, source, landing.at, landing.code, by_code(landing.code), false));
        }
    }
    let from_order = [
        (EvidenceKind::Cart, "cart attribute _cs_ref", order.cart_ref),
        (EvidenceKind::Landing, "landing_site cs_ref", order.landing_ref),
    ];
    for (kind, source, code) in from_order {
        if let Some(code) = code {
            let known = origin(code, &found);
            let (at, bot) = known.unwrap_or((order.placed_at, false));
            let mut told = piece(kind, source.to_owned(), at, code, by_code(code), bot);
            told.is_timed = known.is_some() || kind == EvidenceKind::Cart;
            found.push(told);
        }
    }
    for promo in &order.promo_codes {
        // Several links may carry one code: the one this shopper touched last, else the newest that was not deleted.
        let touched = |link: &Link| {
            let counted = found.iter().filter(|piece| piece.code == Some(link.code) && piece.refused.is_none());
            counted.map(|piece| piece.at.0).max().unwrap_or(0)
        };
        let owner = case
            .links
            .iter()
            .filter(|link| link.promo_code.as_deref() == Some(promo.as_str()))
            .filter(|link| link.created_at <= order.placed_at)
            .max_by_key(|link| {
                let was_live = link.deleted_at.is_none_or(|at| at > order.placed_at);
                (touched(link), was_live, link.created_at, link.id.clone())
            });
        if let Some(link) = owner {
            let source = format!("discount code {promo}");
            found.push(piece(EvidenceKind::Promo, source, order.placed_at, link.code, Some(link), false));
        }
    }
    for named in &case.named {
        let link = named.link.as_ref().and_then(by_id);
        let mut evidence = Evidence {
            kind: named.kind,
            source: named.source.clone(),
            at: order.placed_at,
            is_timed: true,
            code: link.map(|link| link.code),
            link: link.map(|link| link.id.clone()),
            creator: Some(named.creator.clone()),
            campaign: link.and_then(|link| link.campaign.clone()),
            confidence_bp: named.confidence_bp,
            refused: None,
        };
        evidence.refused = match judge(&evidence, false) {
            Some(Refusal::UnknownCode) => Some(Refusal::NoLink),
            // A person at the brand may know better than a hash.
            Some(Refusal::SelfReferral) if named.kind == EvidenceKind::Manual => None,
            other => other,
        };
        found.push(evidence);
    }
    found.sort_by(|one, other| (one.at, one.kind, &one.source).cmp(&(other.at, other.kind, &other.source)));
    found
}

/// Applies a policy to a case.
pub fn decide(case: &Case, policy: &Policy) -> Attribution {
    decide_from(&case.order, gather(case, policy), policy)
}

/// Applies a policy to evidence that was gathered before. The window is judged anew: it is the policy's.
pub fn decide_from(order: &Order, mut evidence: Vec<Evidence>, policy: &Policy) -> Attribution {
    let window_begins = order.placed_at.plus_ms(-policy.lookback_ms());
    for piece in &mut evidence {
        if matches!(piece.refused, None | Some(Refusal::OutsideWindow)) {
            piece.refused = (piece.at < window_begins).then_some(Refusal::OutsideWindow);
        }
    }
    let net_minor = order.net_minor();
    let counted: Vec<&Evidence> = evidence.iter().filter(|piece| piece.refused.is_none() && !order.is_test).collect();
    let winners = policy
        .precedence
        .iter()
        .map(|class| touches(counted.iter().copied().filter(|piece| piece.kind.class() == *class)))
        .find(|touches| !touches.is_empty())
        .unwrap_or_default();
    let weights = heuristic::weights(policy.model, &ages_ms(order, &winners));
    let credits = split(net_minor, &winners, &weights);
    let all = touches(counted.iter().copied());
    let ages_ms = ages_ms(order, &all);
    let by_model = Model::ALL.map(|model| money::apportion(net_minor, &heuristic::weights(model, &ages_ms)));
    let journey = all
        .iter()
        .enumerate()
        .filter_map(|(place, piece)| {
            Some(Touchpoint {
                link: piece.link.clone()?,
                creator: piece.creator.clone(),
                campaign: piece.campaign.clone(),
                kind: piece.kind,
                at: piece.at,
                amounts_minor: core::array::from_fn(|model| by_model[model][place]),
            })
        })
        .collect();
    let is_credited = |piece: &Evidence| {
        credits.iter().any(|credit| match (&credit.creator, &piece.creator) {
            (Some(one), Some(other)) => one == other,
            _ => Some(&credit.link) == piece.link.as_ref(),
        })
    };
    let has_conflict = !credits.is_empty() && counted.iter().any(|piece| !is_credited(piece));
    Attribution { format: 2, policy: policy.clone(), net_minor, has_conflict, credits, journey, evidence }
}

/// The touchpoints that pieces of evidence tell of, in touch order. A click, the cart's code and the landing page
/// that it led to are one touch, told by the most direct of them.
///
/// Among touches of one instant the more direct kind comes last, which is where it wins: a cart's code is the last
/// link the storefront saw, a `landing_site` the first of the session.
fn touches<'a>(counted: impl Iterator<Item = &'a Evidence>) -> Vec<&'a Evidence> {
    let mut touches: Vec<&Evidence> = counted.filter(|piece| piece.link.is_some()).collect();
    touches.sort_by(|one, other| {
        let key = |piece: &Evidence| (piece.is_timed, piece.at, Reverse(piece.kind));
        key(one).cmp(&key(other)).then_with(|| one.source.cmp(&other.source))
    });
    let mut kept: Vec<&Evidence> = Vec::with_capacity(touches.len());
    for piece in touches {
        let is_told = |other: &&Evidence| {
            other.kind.class() == piece.kind.class()
                && other.kind != piece.kind
                && (&other.link, other.at) == (&piece.link, piece.at)
        };
        kept.retain(|other| !is_told(other));
        kept.push(piece);
    }
    kept
}

/// Each touch's age at the order. One without a time of its own is as old as the oldest that has one.
fn ages_ms(order: &Order, touches: &[&Evidence]) -> Vec<i64> {
    let oldest = touches.iter().filter(|piece| piece.is_timed).map(|piece| piece.at).min().unwrap_or(order.placed_at);
    touches.iter().map(|piece| order.placed_at.0 - if piece.is_timed { piece.at.0 } else { oldest.0 }).collect()
}

/// Splits net revenue by weights, keeping how it was rounded. Touches without weight get no credit.
fn split(net_minor: i64, touches: &[&Evidence], weights: &[u64]) -> Vec<Credit> {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    touches
        .iter()
        .zip(weights)
        .zip(money::apportion(net_minor, weights))
        .filter(|((_, weight), _)| **weight > 0)
        .filter_map(|((piece, weight), amount_minor)| {
            Some(Credit {
                link: piece.link.clone()?,
                creator: piece.creator.clone(),
                campaign: piece.campaign.clone(),
                kind: piece.kind,
                at: piece.at,
                weight: format!("{weight}/{total}"),
                amount_minor,
                rounding_minor: amount_minor - floor_of(net_minor, *weight, total),
            })
        })
        .collect()
}

/// The floor of an exact share of an amount not below zero.
fn floor_of(net_minor: i64, weight: u64, total: u128) -> i64 {
    let exact = u128::from(net_minor.unsigned_abs()) * u128::from(weight) / total.max(1);
    i64::try_from(exact).unwrap_or(i64::MAX)
}

impl Attribution {
    /// The same decision for another net revenue: who earned which share stays, the amounts follow the order.
    ///
    /// For orders whose shopper was erased, since the evidence can no longer be gathered, and for orders of closed
    /// periods: a refund must still count.
    #[must_use]
    pub fn rescaled(&self, order: &Order) -> Self {
        let net_minor = order.net_minor();
        let weights: Vec<u64> = self.credits.iter().map(Credit::weight_part).collect();
        let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        let mut rescaled = Self { net_minor, ..self.clone() };
        let parts = money::apportion(net_minor, &weights);
        for ((credit, weight), amount_minor) in rescaled.credits.iter_mut().zip(&weights).zip(parts) {
            credit.amount_minor = amount_minor;
            credit.rounding_minor = amount_minor - floor_of(net_minor, *weight, total);
        }
        let counted: Vec<&Evidence> = self.evidence.iter().filter(|piece| piece.refused.is_none()).collect();
        let ages_ms = ages_ms(order, &touches(counted.into_iter()));
        if ages_ms.len() == rescaled.journey.len() {
            let by_model = Model::ALL.map(|model| money::apportion(net_minor, &heuristic::weights(model, &ages_ms)));
            for (place, touchpoint) in rescaled.journey.iter_mut().enumerate() {
                touchpoint.amounts_minor = core::array::from_fn(|model| by_model[model][place]);
            }
        }
        rescaled
    }
}

/// Judges reported visitors: who may count as the buyer of an order.
///
/// `cart_pv` travels with the cart through the checkout and settles the question. Without it, purchases that
/// browsers reported for the order's id are believed near the order's time, the first one only: order numbers can
/// be guessed, so a later report must not move credit that is already decided.
pub fn visitors_of(order: &Order, reports: &[(String, UnixMs)]) -> Vec<Visitor> {
    if let Some(pv_id) = &order.cart_pv {
        let source = if order.source == OrderSource::Shopify { "cart attribute _cs_pv" } else { "named by the sender" };
        return vec![Visitor { pv_id: pv_id.clone(), source: source.to_owned() }];
    }
    reports
        .iter()
        .filter(|(_, at)| (-REPORT_EARLY_MS..=REPORT_WINDOW_MS).contains(&(at.0 - order.placed_at.0)))
        .min_by_key(|(pv_id, at)| (*at, pv_id.clone()))
        .map(|(pv_id, _)| Visitor { pv_id: pv_id.clone(), source: "purchase reported by the pixel".to_owned() })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{BrandId, ClickId, Currency, OrderId, time::DAY_MS};

    const PLACED: UnixMs = UnixMs(1_800_000_000_000);

    fn creator(n: u8) -> CreatorId {
        CreatorId::new(1, [n; 10])
    }

    fn link(n: u8) -> Link {
        Link {
            id: LinkId::new(1, [n; 10]),
            code: LinkCode::draw(&[n; 8]).expect("code"),
            destination: "https://shop.example/".into(),
            campaign: None,
            creator: Some(creator(n)),
            platform: None,
            content_type: None,
            promo_code: Some(format!("CODE{n}")),
            share_revenue: false,
            created_at: UnixMs(i64::from(n)),
            expires_at: None,
            deleted_at: None,
        }
    }

    fn click(n: u8, at: UnixMs) -> Click {
        Click {
            id: ClickId::new(at.0, [n; 10]),
            brand: BrandId::new(1, [0; 10]),
            link: link(n).id,
            creator: Some(creator(n)),
            pv_id: "p".into(),
            is_returning: false,
            visitor_hash: String::new(),
            at,
            device: "mobile".into(),
            browser: "Safari".into(),
            os: "iOS".into(),
            country: None,
            referrer_host: None,
            bot: None,
        }
    }

    fn case(clicks: Vec<Click>) -> Case {
        Case {
            order: Order {
                id: OrderId::new(1, [0; 10]),
                brand: BrandId::new(1, [0; 10]),
                source: OrderSource::Shopify,
                external_id: "1".into(),
                name: "#1".into(),
                placed_at: PLACED,
                updated_at: PLACED,
                cancelled_at: None,
                currency: Currency::USD,
                total_minor: 4999,
                subtotal_minor: 4999,
                refunded_minor: 0,
                is_test: false,
                is_new_customer: None,
                cart_pv: None,
                cart_ref: None,
                landing_ref: None,
                promo_codes: vec![],
                lines: vec![],
                email_hash: None,
                customer_hash: None,
                redacted_at: None,
            },
            clicks,
            landings: vec![],
            links: (1..5).map(link).collect(),
            buyers: vec![],
            named: vec![],
        }
    }

    fn credited(case: &Case) -> Vec<(LinkId, i64, EvidenceKind)> {
        decide(case, &Policy::default())
            .credits
            .into_iter()
            .map(|credit| (credit.link, credit.amount_minor, credit.kind))
            .collect()
    }

    #[test]
    fn the_last_click_before_the_order_takes_all() {
        let case =
            case(vec![click(1, PLACED.plus_ms(-5000)), click(2, PLACED.plus_ms(-1000)), click(3, PLACED.plus_ms(1))]);
        assert_eq!(credited(&case), vec![(link(2).id, 4999, EvidenceKind::Click)]);
        let attribution = decide(&case, &Policy::default());
        assert!(attribution.has_conflict, "link 1 was clicked too");
        assert_eq!(attribution.evidence[2].refused, Some(Refusal::AfterOrder));
    }

    #[test]
    fn the_window_is_inclusive_at_its_far_end() {
        let edge = PLACED.plus_ms(-30 * DAY_MS);
        assert_eq!(credited(&case(vec![click(1, edge)])).len(), 1);
        let old = case(vec![click(1, edge.plus_ms(-1))]);
        assert_eq!(credited(&old), vec![]);
        assert_eq!(decide(&old, &Policy::default()).evidence[0].refused, Some(Refusal::OutsideWindow));
    }

    #[test]
    fn a_discount_code_outranks_a_click_and_the_conflict_is_shown() {
        let mut case = case(vec![click(1, PLACED.plus_ms(-1000))]);
        case.order.promo_codes = vec!["CODE2".into(), "UNRELATED".into()];
        assert_eq!(credited(&case), vec![(link(2).id, 4999, EvidenceKind::Promo)]);
        assert!(decide(&case, &Policy::default()).has_conflict);
    }

    #[test]
    fn cart_and_landing_count_without_a_click_and_agree_with_one() {
        let mut case = case(vec![]);
        case.order.cart_ref = Some(link(3).code);
        case.order.landing_ref = Some(link(1).code);
        assert_eq!(credited(&case), vec![(link(3).id, 4999, EvidenceKind::Cart)]);
        case.clicks = vec![click(3, PLACED.plus_ms(-9000))];
        case.order.landing_ref = None;
        let attribution = decide(&case, &Policy::default());
        assert_eq!(attribution.credits[0].kind, EvidenceKind::Click);
        assert_eq!(attribution.credits[0].at, PLACED.plus_ms(-9000));
        assert!(!attribution.has_conflict);
    }

    #[test]
    fn a_first_landing_never_beats_a_later_click_and_a_bots_code_counts_for_nothing() {
        let mut case = case(vec![click(2, PLACED.plus_ms(-1000))]);
        case.order.landing_ref = Some(link(1).code);
        assert_eq!(credited(&case), vec![(link(2).id, 4999, EvidenceKind::Click)]);
        case.clicks.clear();
        assert_eq!(credited(&case), vec![(link(1).id, 4999, EvidenceKind::Landing)]);

        let mut bot = click(3, PLACED.plus_ms(-1000));
        bot.bot = Some("Googlebot".into());
        case.clicks = vec![bot];
        case.order.landing_ref = None;
        case.order.cart_ref = Some(link(3).code);
        assert_eq!(credited(&case), vec![]);
        case.clicks = vec![click(3, PLACED.plus_ms(-31 * DAY_MS))];
        assert_eq!(credited(&case), vec![], "the code came from a click before the window");
    }

    #[test]
    fn an_erased_shoppers_refund_still_counts() {
        let mut case = case(vec![click(2, PLACED.plus_ms(-1000))]);
        let decided = decide(&case, &Policy::default());
        case.order.refunded_minor = 999;
        let rescaled = decided.rescaled(&case.order);
        assert_eq!((rescaled.net_minor, rescaled.credits[0].amount_minor), (4000, 4000));
        assert_eq!(rescaled.evidence, decided.evidence);
    }

    #[test]
    fn bots_self_referrals_unknown_codes_and_test_orders_earn_nothing() {
        let mut bot = click(1, PLACED.plus_ms(-1));
        bot.bot = Some("Googlebot".into());
        assert_eq!(credited(&case(vec![bot])), vec![]);

        let mut own = case(vec![click(1, PLACED.plus_ms(-1))]);
        own.buyers = vec![creator(1)];
        assert_eq!(credited(&own), vec![]);
        assert_eq!(decide(&own, &Policy::default()).evidence[0].refused, Some(Refusal::SelfReferral));

        let mut unknown = case(vec![]);
        unknown.order.cart_ref = LinkCode::parse("zzzzzzzz");
        assert_eq!(decide(&unknown, &Policy::default()).evidence[0].refused, Some(Refusal::UnknownCode));

        let mut test = case(vec![click(1, PLACED.plus_ms(-1))]);
        test.order.is_test = true;
        assert_eq!(credited(&test), vec![]);
    }

    #[test]
    fn the_carts_own_visitor_cannot_be_displaced_by_a_report() {
        let mut order = case(vec![]).order;
        let reports = vec![
            ("late".to_owned(), PLACED.plus_ms(5000)),
            ("first".to_owned(), PLACED.plus_ms(1000)),
            ("old".to_owned(), PLACED.plus_ms(-2 * DAY_MS)),
        ];
        assert_eq!(visitors_of(&order, &reports)[0].pv_id, "first");
        order.cart_pv = Some("cart".into());
        assert_eq!(visitors_of(&order, &reports)[0].pv_id, "cart");
    }

    proptest! {
        #[test]
        fn credits_add_up_and_do_not_depend_on_the_order_of_facts(
            touches in prop::collection::vec((1u8..5, 0i64..60 * DAY_MS), 0..8),
            promo in prop::option::of(1u8..5),
            total in 0i64..10_000_000,
            refunded in 0i64..10_000_000,
            rotate in 0usize..8,
        ) {
            let mut case = case(touches.iter().map(|(n, ago)| click(*n, PLACED.plus_ms(-ago))).collect());
            case.order.promo_codes = promo.map(|n| format!("CODE{n}")).into_iter().collect();
            case.order.total_minor = total;
            case.order.refunded_minor = refunded;
            let attribution = decide(&case, &Policy::default());
            let sum: i64 = attribution.credits.iter().map(|credit| credit.amount_minor).sum();
            prop_assert_eq!(sum, if attribution.credits.is_empty() { 0 } else { (total - refunded).max(0) });
            if !case.clicks.is_empty() {
                let places = rotate % case.clicks.len();
                case.clicks.rotate_left(places);
            }
            case.links.reverse();
            let again = decide(&case, &Policy::default());
            prop_assert_eq!(serde_json::to_vec(&again).expect("json"), serde_json::to_vec(&attribution).expect("json"));
        }
    }
}
