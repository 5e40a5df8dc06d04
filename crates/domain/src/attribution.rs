//! Attribution of one order: from evidence to credits that add up to its net revenue, with the reasons kept.
//!
//! [`gather`] finds the evidence and accepts or refuses each piece; [`decide`] applies the policy. The whole result is
//! stored, since it is also the explanation shown to people. The same input gives the same bytes.

use core::cmp::Reverse;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    CampaignId, CreatorId, Fraction, LinkId, UnixMs,
    click::{Click, PREFETCH},
    evidence::{BuyerSignal, Evidence, EvidenceKind, Refusal, Strength},
    link::{Link, LinkCode},
    model::{ByModel, heuristic},
    money,
    order::{Order, OrderSource},
    policy::Policy,
    time::HOUR_MS,
};

/// At most this many clicks of an order's visitors are read, latest first. More than that is not a real shopper.
pub const CLICKS_MAX: usize = 200;
/// A purchase reported by a browser links its visitor to the order only if reported within this time after it.
pub const REPORT_WINDOW_MS: i64 = 24 * HOUR_MS;
/// Allowed clock difference: a purchase reported earlier than this before the order was a guess at its number.
pub const REPORT_CLOCK_SKEW_MS: i64 = 5 * 60_000;

/// A visitor who probably placed the order, and the source of that link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The visitor id.
    pub pv_id: String,
    /// The source: `cart attribute _cs_pv`, `purchase reported by the pixel`, `same browser as …`.
    pub source: String,
    /// Whether it is an id that a link brought to the browser of another of the visitors.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_alias: bool,
    /// How well the visitor is joined to the order.
    #[serde(default, skip_serializing_if = "Strength::is_proven")]
    pub strength: Strength,
    /// Whether other visitors are joined to the order just as well: then none of them counts.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_disputed: bool,
}

/// A purchase that names the order, as a browser or a backend reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseReport {
    /// The visitor.
    pub pv_id: String,
    /// When it was received.
    pub at: UnixMs,
    /// Whether a backend reported it.
    pub is_verified: bool,
    /// Whether it carries one of the order's secrets.
    pub has_secret: bool,
}

/// A page view, reported by the pixel, whose URL carried a link's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// The visitor.
    pub pv_id: String,
    /// The code.
    pub code: LinkCode,
    /// When.
    pub at: UnixMs,
    /// The visitor id that the link brought, if the browser has one of its own.
    pub pv_alias: Option<String>,
}

/// How long before its landing is reported a click may have been, ms: the report waits for the shopper's consent.
pub const CLICK_BEFORE_LANDING_MS: i64 = HOUR_MS;
/// How far the clocks of two replicas may be apart, of which one stored the click and the other the landing, ms.
pub const CLOCK_SKEW_MS: i64 = 5_000;

/// All input for the attribution of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributionInput {
    /// The order.
    pub order: Order,
    /// Its visitors; a visitor that is not among them counts as proven.
    pub visitors: Vec<Visitor>,
    /// Clicks of its visitors, in any order.
    pub clicks: Vec<Click>,
    /// Landings of its visitors up to the order, as reported by the pixel.
    pub landings: Vec<Landing>,
    /// Every link of the brand that this order's clicks, link codes or discount codes refer to, including deleted ones.
    pub links: Vec<Link>,
    /// Creators who are probably the buyer: self-referral.
    pub buyers: Vec<Buyer>,
    /// Creators named by the shopper (survey) or by a person at the brand (manual assignment).
    pub named: Vec<NamedCreator>,
}

/// A creator who is probably the buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buyer {
    /// The creator.
    pub creator: CreatorId,
    /// Why.
    pub signal: BuyerSignal,
}

/// A creator whom a survey answer or a manual assignment names for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCreator {
    /// [`EvidenceKind::Survey`] or [`EvidenceKind::Manual`].
    pub kind: EvidenceKind,
    /// The source: `survey answer "jess"`, `assigned by …: …`.
    pub source: String,
    /// The creator.
    pub creator: CreatorId,
    /// The link that gets the credit: the one named, else the creator's latest. One of [`AttributionInput::links`].
    pub link: Option<LinkId>,
    /// Confidence in parts of 10,000.
    pub confidence_bp: u32,
}

impl AttributionInput {
    /// An order without evidence: none is known, or its shopper was erased.
    pub fn without_evidence(order: Order) -> Self {
        Self {
            order,
            visitors: Vec::new(),
            clicks: Vec::new(),
            landings: Vec::new(),
            links: Vec::new(),
            buyers: Vec::new(),
            named: Vec::new(),
        }
    }
}

/// A link's share of an order's net revenue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The credited link.
    pub link: LinkId,
    /// The link's creator.
    pub creator: Option<CreatorId>,
    /// The link's campaign.
    pub campaign: Option<CampaignId>,
    /// The kind of evidence that the credit rests on.
    pub kind: EvidenceKind,
    /// The touchpoint's time.
    pub at: UnixMs,
    /// The share as an exact fraction such as `1/3`: the touchpoint's weight over the sum of all weights.
    pub weight: Fraction,
    /// The share in minor units of the order's currency.
    pub amount_minor: i64,
    /// What largest-remainder rounding added to the floor of the exact share, minor units: 0 or 1.
    #[serde(default)]
    pub rounding_minor: i64,
}

/// A touchpoint of an order's journey, with its amount under each model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touchpoint {
    /// The link.
    pub link: LinkId,
    /// The link's creator.
    pub creator: Option<CreatorId>,
    /// The link's campaign.
    pub campaign: Option<CampaignId>,
    /// The most direct kind of evidence for it.
    pub kind: EvidenceKind,
    /// When.
    pub at: UnixMs,
    /// Share of the order's net revenue under each model, minor units, in the order of [`Model::ALL`].
    pub amounts_minor: ByModel<i64>,
}

/// The result for one order: its credits and the evidence that explains them, or explains why there are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// Version of this record's stored format.
    pub format: u32,
    /// The policy applied.
    pub policy: Policy,
    /// The order's net revenue, minor units. The credits, if any, add up to it.
    pub net_minor: i64,
    /// All evidence found, in time order, including refused pieces with the reason.
    pub evidence: Vec<Evidence>,
    /// The credits. Empty if no evidence counts.
    pub credits: Vec<Credit>,
    /// The journey: every touchpoint that counts, of any evidence class, in touch order.
    #[serde(default)]
    pub journey: Vec<Touchpoint>,
    /// True if evidence that counts names a creator or link other than the credited ones.
    pub has_conflict: bool,
}

/// Collects all evidence of an order and accepts or refuses each piece, sorted by time, kind and source.
///
/// A piece is refused for the first reason that applies: unknown code, bot, after the order, before the lookback window
/// (which includes its far end), self-referral, of a disputed visitor. A manual assignment is exempt from self-referral.
pub fn gather(input: &AttributionInput, policy: &Policy) -> Vec<Evidence> {
    let mut gathering = Gathering { input, policy, found: Vec::new(), prefetches: BTreeSet::new() };
    // Each step looks at what the ones before it found.
    gathering.add_clicks();
    gathering.add_landings();
    gathering.add_codes_of_order();
    gathering.add_promo_codes();
    gathering.add_named_creators();
    let mut found = gathering.found;
    found.sort_by(|a, b| (a.at, a.kind, &a.source).cmp(&(b.at, b.kind, &b.source)));
    found
}

/// The evidence of one order while it is collected.
struct Gathering<'a> {
    input: &'a AttributionInput,
    policy: &'a Policy,
    found: Vec<Evidence>,
    /// Places in `found` of clicks that were only [`PREFETCH`]ed.
    prefetches: BTreeSet<usize>,
}

impl<'a> Gathering<'a> {
    fn link_by_code(&self, code: LinkCode) -> Option<&'a Link> {
        // The codes of direct links are never given out: whoever sends one guessed it.
        self.input.links.iter().find(|link| link.code == code && !link.is_direct)
    }

    fn link_by_id(&self, id: &LinkId) -> Option<&'a Link> {
        self.input.links.iter().find(|link| link.id == *id)
    }

    /// The first reason not to count a piece of evidence.
    fn judge(&self, evidence: &Evidence, is_bot: bool, is_disputed: bool) -> Option<Refusal> {
        let placed_at = self.input.order.placed_at;
        if evidence.link.is_none() {
            Some(Refusal::UnknownCode)
        } else if is_bot {
            Some(Refusal::Bot)
        } else if evidence.at > self.input.order.placed_until() {
            Some(Refusal::AfterOrder)
        } else if evidence.at < placed_at.plus_ms(-self.policy.lookback_ms()) {
            Some(Refusal::OutsideWindow)
        } else if let Some(signal) = self.buyer_signal(evidence.creator.as_ref()) {
            Some(signal.refusal())
        } else if is_disputed {
            Some(Refusal::Disputed)
        } else {
            None
        }
    }

    /// The surest sign that the creator is the buyer.
    fn buyer_signal(&self, creator: Option<&CreatorId>) -> Option<BuyerSignal> {
        let same = self.input.buyers.iter().filter(|buyer| Some(&buyer.creator) == creator);
        same.map(|buyer| buyer.signal).min()
    }

    /// How well a visitor is joined to the order, and whether others are too.
    fn standing(&self, pv_id: &str) -> (Strength, bool) {
        let visitor = self.input.visitors.iter().find(|visitor| visitor.pv_id == pv_id);
        visitor.map_or((Strength::Proven, false), |visitor| (visitor.strength, visitor.is_disputed))
    }

    /// A judged piece of evidence with a link's code; `link` is `None` if the brand has no such link.
    fn piece(
        &self,
        kind: EvidenceKind,
        source: String,
        at: UnixMs,
        code: LinkCode,
        link: Option<&Link>,
        is_bot: bool,
    ) -> Evidence {
        self.piece_of(None, (kind, source), at, code, link, is_bot)
    }

    /// As [`Self::piece`], of one of the order's visitors.
    fn piece_of(
        &self,
        pv_id: Option<&str>,
        (kind, source): (EvidenceKind, String),
        at: UnixMs,
        code: LinkCode,
        link: Option<&Link>,
        is_bot: bool,
    ) -> Evidence {
        let (strength, is_disputed) = pv_id.map_or((Strength::Proven, false), |pv_id| self.standing(pv_id));
        let mut evidence = Evidence {
            strength,
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
        evidence.refused = self.judge(&evidence, is_bot, is_disputed);
        evidence
    }

    /// When a code's visit happened, and whether it was a bot's. A code in the cart or in a URL comes from a click: if
    /// that click is known, its time is used, and if it is refused as a bot's or as too old, so is the code. Only clicks
    /// joined to the order at least as well as the code tell: else a stranger's could have proven evidence refused.
    ///
    /// A prefetched page tells the time, but refuses nothing: the browser shows it without asking for it again, and only a page
    /// that is shown puts a code into the cart.
    fn origin(&self, code: LinkCode, strength: Strength) -> Option<(UnixMs, bool)> {
        let pieces = self.origins(code, strength, UnixMs(0));
        pieces
            .max_by_key(|(_, piece)| (piece.refused.is_none(), piece.at))
            .map(|(place, piece)| (piece.at, piece.refused == Some(Refusal::Bot) && !self.prefetches.contains(&place)))
    }

    /// The clicks since a time that a code may come from, with their places.
    fn origins(&self, code: LinkCode, strength: Strength, since: UnixMs) -> impl Iterator<Item = (usize, &Evidence)> {
        self.found
            .iter()
            .enumerate()
            .filter(move |(_, piece)| piece.strength <= strength && piece.at >= since)
            .filter(move |(_, piece)| piece.code == Some(code) && piece.at <= self.input.order.placed_until())
            .filter(|(_, piece)| matches!(piece.refused, None | Some(Refusal::Bot | Refusal::OutsideWindow)))
    }

    fn add_clicks(&mut self) {
        for click in &self.input.clicks {
            if let Some(link) = self.link_by_id(&click.link) {
                let found = (EvidenceKind::Click, format!("click {}", click.id));
                let is_bot = click.bot.is_some();
                if click.bot.as_deref() == Some(PREFETCH) {
                    self.prefetches.insert(self.found.len());
                }
                self.found.push(self.piece_of(Some(&click.pv_id), found, click.at, link.code, Some(link), is_bot));
            }
        }
    }

    /// Landing pages whose click is not known, or was a prefetch: the pixel sees only a page that is shown. One with a link's
    /// visitor id is a click of its own, also if the browser came by the same link before.
    fn add_landings(&mut self) {
        let without_click = self.input.landings.iter().filter(|landing| {
            let (strength, _) = self.standing(&landing.pv_id);
            let since = match landing.pv_alias {
                Some(_) => landing.at.plus_ms(-CLICK_BEFORE_LANDING_MS),
                None => UnixMs(0),
            };
            !self.origins(landing.code, strength, since).any(|(place, _)| !self.prefetches.contains(&place))
        });
        let landings: Vec<Evidence> = without_click
            .map(|landing| {
                let found = (EvidenceKind::Landing, "landing page seen by the pixel".to_owned());
                let link = self.link_by_code(landing.code);
                self.piece_of(Some(&landing.pv_id), found, landing.at, landing.code, link, false)
            })
            .collect();
        self.found.extend(landings);
    }

    /// Link codes in the order itself.
    fn add_codes_of_order(&mut self) {
        let order = &self.input.order;
        let codes = [
            (EvidenceKind::Cart, "cart attribute _cs_ref", order.cart_ref),
            (EvidenceKind::Landing, "landing_site cs_ref", order.landing_ref),
        ];
        for (kind, source, code) in codes {
            let Some(code) = code else { continue };
            let known = self.origin(code, Strength::Proven);
            let (at, is_bot) = known.unwrap_or((order.placed_at, false));
            let mut piece = self.piece(kind, source.to_owned(), at, code, self.link_by_code(code), is_bot);
            piece.is_timed = known.is_some() || kind == EvidenceKind::Cart;
            self.found.push(piece);
        }
    }

    fn add_promo_codes(&mut self) {
        let placed_at = self.input.order.placed_at;
        for promo in &self.input.order.promo_codes {
            let owner = self.owner_of_promo_code(promo);
            let Some(link) = owner.or_else(|| self.deleted_owner_of_promo_code(promo)) else { continue };
            let source = format!("discount code {promo}");
            let mut piece = self.piece(EvidenceKind::Promo, source, placed_at, link.code, Some(link), false);
            piece.code = piece.code.filter(|_| !link.is_direct);
            if owner.is_none() {
                piece.refused = Some(Refusal::LinkDeleted);
            }
            self.found.push(piece);
        }
    }

    /// Links with this discount code that existed when the order was placed, deleted ones included.
    fn links_with_promo_code(&self, promo: &str) -> impl Iterator<Item = &'a Link> {
        let placed_until = self.input.order.placed_until();
        let links = self.input.links.iter().filter(move |link| link.created_at <= placed_until);
        links.filter(move |link| link.promo_code.as_deref() == Some(promo))
    }

    /// Several links may share a discount code: the one that this shopper is proven to have touched last, else the newest.
    /// A link that was deleted before the order earns nothing by its code.
    fn owner_of_promo_code(&self, promo: &str) -> Option<&'a Link> {
        let placed_at = self.input.order.placed_at;
        let touched = |link: &Link| {
            // A stranger who only reports the order, or claims its customer, must not decide whose code it was.
            let is_proven = |piece: &&Evidence| piece.refused.is_none() && piece.strength == Strength::Proven;
            let counted = self.found.iter().filter(|piece| piece.code == Some(link.code)).filter(is_proven);
            counted.map(|piece| piece.at.0).max().unwrap_or(0)
        };
        self.links_with_promo_code(promo)
            .filter(|link| link.deleted_at.is_none_or(|at| at > placed_at))
            .max_by_key(|link| (touched(link), link.created_at, link.id.clone()))
    }

    /// The link that would own the code if it had not been deleted: the last one to be.
    fn deleted_owner_of_promo_code(&self, promo: &str) -> Option<&'a Link> {
        self.links_with_promo_code(promo).max_by_key(|link| (link.deleted_at, link.created_at, link.id.clone()))
    }

    fn add_named_creators(&mut self) {
        for named in &self.input.named {
            let link = named.link.as_ref().and_then(|id| self.link_by_id(id));
            let mut evidence = Evidence {
                kind: named.kind,
                source: named.source.clone(),
                at: self.input.order.placed_at,
                is_timed: true,
                code: link.filter(|link| !link.is_direct).map(|link| link.code),
                link: link.map(|link| link.id.clone()),
                creator: Some(named.creator.clone()),
                campaign: link.and_then(|link| link.campaign.clone()),
                confidence_bp: named.confidence_bp,
                strength: Strength::Proven,
                refused: None,
            };
            evidence.refused = match self.judge(&evidence, false, false) {
                Some(Refusal::UnknownCode) => Some(Refusal::NoLink),
                // The signals may mislead; the person at the brand decides.
                Some(refusal) if named.kind == EvidenceKind::Manual && refusal.is_self_referral() => None,
                other => other,
            };
            self.found.push(evidence);
        }
    }
}

/// Attributes an order under a policy: [`gather`], then [`decide_from`].
pub fn decide(input: &AttributionInput, policy: &Policy) -> Attribution {
    decide_from(&input.order, gather(input, policy), policy)
}

/// Attributes an order from evidence that [`gather`] returned earlier, possibly under another policy.
///
/// The lookback window is applied again, since it belongs to the policy. If any evidence that counts is proven, what is
/// only reported or claimed does not count. The first class in `policy.precedence` with a
/// touchpoint that counts wins; its touchpoints share the net revenue by `policy.model`
/// ([`heuristic::weights`], [`money::apportion`]). Without evidence that counts, and for test orders, there are no
/// credits. With a net revenue of zero the credits are zero, so that the creators are still known.
pub fn decide_from(order: &Order, mut evidence: Vec<Evidence>, policy: &Policy) -> Attribution {
    let window_begins = order.placed_at.plus_ms(-policy.lookback_ms());
    for piece in &mut evidence {
        if matches!(piece.refused, None | Some(Refusal::OutsideWindow | Refusal::NotProven)) {
            piece.refused = (piece.at < window_begins).then_some(Refusal::OutsideWindow);
        }
    }
    if evidence.iter().any(|piece| piece.refused.is_none() && piece.strength == Strength::Proven) {
        let unproven = evidence.iter_mut().filter(|piece| piece.strength != Strength::Proven);
        for piece in unproven.filter(|piece| piece.refused.is_none()) {
            piece.refused = Some(Refusal::NotProven);
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
    let by_model = ByModel::from_fn(|model| money::apportion(net_minor, &heuristic::weights(model, &ages_ms)));
    let journey = all
        .iter()
        .enumerate()
        .filter_map(|(index, piece)| {
            Some(Touchpoint {
                link: piece.link.clone()?,
                creator: piece.creator.clone(),
                campaign: piece.campaign.clone(),
                kind: piece.kind,
                at: piece.at,
                amounts_minor: ByModel::from_fn(|model| by_model[model][index]),
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

/// Merges pieces of evidence into touchpoints, in touch order. A click, the cart's code and the landing page of one
/// visit share link and time: they are one touchpoint, represented by the most direct kind.
///
/// Ties: touches without a time of their own come first. At one instant the more direct kind comes last, so that it
/// wins under last touch: a cart's code is the last link that the storefront saw, a `landing_site` the first of the
/// session. Equal kinds are sorted by source, so that the result does not depend on the input's order.
fn touches<'a>(counted: impl Iterator<Item = &'a Evidence>) -> Vec<&'a Evidence> {
    let mut touches: Vec<&Evidence> = counted.filter(|piece| piece.link.is_some()).collect();
    touches.sort_by(|a, b| {
        let key = |piece: &Evidence| (piece.is_timed, piece.at, Reverse(piece.kind));
        key(a).cmp(&key(b)).then_with(|| a.source.cmp(&b.source))
    });
    let mut kept: Vec<&Evidence> = Vec::with_capacity(touches.len());
    for piece in touches {
        let is_same_touch = |other: &&Evidence| {
            other.kind.class() == piece.kind.class()
                && other.kind != piece.kind
                && (&other.link, other.at) == (&piece.link, piece.at)
        };
        kept.retain(|other| !is_same_touch(other));
        kept.push(piece);
    }
    kept
}

/// Each touch's age at the order, in milliseconds. A touch without a time of its own gets the age of the oldest timed
/// touch; if there is none, zero.
fn ages_ms(order: &Order, touches: &[&Evidence]) -> Vec<i64> {
    let oldest = touches.iter().filter(|piece| piece.is_timed).map(|piece| piece.at).min().unwrap_or(order.placed_at);
    let age_ms = |at: UnixMs| (order.placed_at.0 - at.0).max(0);
    touches.iter().map(|piece| age_ms(if piece.is_timed { piece.at } else { oldest })).collect()
}

/// Splits net revenue (minor units) by weights and records the rounding. Touches with weight zero get no credit.
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
                weight: Fraction::new(*weight, total)?,
                amount_minor,
                rounding_minor: amount_minor - floor_of(net_minor, *weight, total),
            })
        })
        .collect()
}

/// The exact share `net_minor · weight / total`, rounded down. `net_minor` must not be negative.
fn floor_of(net_minor: i64, weight: u64, total: u128) -> i64 {
    let exact = u128::from(net_minor.unsigned_abs()) * u128::from(weight) / total.max(1);
    i64::try_from(exact).unwrap_or(i64::MAX)
}

impl Attribution {
    /// Whether the credits rest on evidence of this strength.
    pub fn rests_on(&self, strength: Strength) -> bool {
        let mut counted = self.evidence.iter().filter(|piece| piece.refused.is_none());
        !self.credits.is_empty() && counted.any(|piece| piece.strength == strength)
    }

    /// Whether the credits rest on evidence that is only reported or claimed.
    pub fn rests_on_unproven(&self) -> bool {
        self.rests_on(Strength::Reported) || self.rests_on(Strength::Claimed)
    }

    /// Whether the same links are credited as in an earlier decision.
    pub fn credits_same_links(&self, earlier: &Self) -> bool {
        let links = |attribution: &Self| -> BTreeSet<LinkId> {
            attribution.credits.iter().map(|credit| credit.link.clone()).collect()
        };
        links(self) == links(earlier)
    }

    /// The same shares applied to the order's current net revenue.
    ///
    /// For orders that cannot be attributed again but whose refunds must still count: those whose shopper was erased,
    /// since the evidence is gone, and those of closed periods.
    #[must_use]
    pub fn rescaled(&self, order: &Order) -> Self {
        let net_minor = order.net_minor();
        let weights: Vec<u64> = self.credits.iter().map(|credit| credit.weight.part()).collect();
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
            let by_model = ByModel::from_fn(|model| money::apportion(net_minor, &heuristic::weights(model, &ages_ms)));
            for (index, touchpoint) in rescaled.journey.iter_mut().enumerate() {
                touchpoint.amounts_minor = ByModel::from_fn(|model| by_model[model][index]);
            }
        }
        rescaled
    }
}

/// The visitors who may have placed an order, with the source: one, or several that dispute it.
///
/// `cart_pv` travels with the cart through the checkout, or a backend named it: it is proven. Without it, the earliest
/// report of a backend counts, then the earliest report of a browser that knows a secret of the order: both are proven.
///
/// Else only the order's number was reported, which can be guessed. Such a report counts if it came from
/// [`REPORT_CLOCK_SKEW_MS`] before the order to [`REPORT_WINDOW_MS`] after it, and only if one visitor alone reported the
/// order. Ties go to the smaller visitor id.
pub fn visitors_of(order: &Order, reports: &[PurchaseReport]) -> Vec<Visitor> {
    let visitor = |pv_id: &str, source: &str, strength| Visitor {
        is_alias: false,
        pv_id: pv_id.to_owned(),
        source: source.to_owned(),
        strength,
        is_disputed: false,
    };
    // The visitor of an order that only a browser reported is one report among others.
    if let Some(pv_id) = order.cart_pv.as_deref().filter(|_| order.source != OrderSource::Browser) {
        let source = if order.source == OrderSource::Shopify { "cart attribute _cs_pv" } else { "named by the sender" };
        return vec![visitor(pv_id, source, Strength::Proven)];
    }
    let timely = || {
        let window = -REPORT_CLOCK_SKEW_MS..=REPORT_WINDOW_MS;
        reports.iter().filter(move |report| window.contains(&(report.at.0 - order.placed_at.0)))
    };
    let earliest = |is_proof: fn(&PurchaseReport) -> bool| {
        timely().filter(|report| is_proof(report)).min_by_key(|report| (report.at, &report.pv_id))
    };
    let backend = earliest(|report| report.is_verified).map(|report| (report, "named by the sender"));
    let browser = earliest(|report| report.has_secret).map(|report| (report, "purchase proven by the checkout"));
    if let Some((report, source)) = backend.or(browser) {
        return vec![visitor(&report.pv_id, source, Strength::Proven)];
    }
    let reporters: BTreeSet<&str> = timely().map(|report| report.pv_id.as_str()).collect();
    let is_disputed = reporters.len() > 1;
    let reported =
        |pv_id| Visitor { is_disputed, ..visitor(pv_id, "purchase reported by the pixel", Strength::Reported) };
    reporters.into_iter().map(reported).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{BrandId, ClickId, Currency, FactsVersion, OrderId, time::DAY_MS};

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
            is_direct: false,
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

    fn input(clicks: Vec<Click>) -> AttributionInput {
        AttributionInput {
            order: Order {
                id: OrderId::new(1, [0; 10]),
                brand: BrandId::new(1, [0; 10]),
                source: OrderSource::Shopify,
                external_id: "1".into(),
                name: "#1".into(),
                placed_at: PLACED,
                version: FactsVersion::latest_wins(PLACED),
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
                details: crate::order::OrderDetails::default(),
                email_hash: None,
                customer_hash: None,
                redacted_at: None,
            },
            visitors: vec![],
            clicks,
            landings: vec![],
            links: (1..5).map(link).collect(),
            buyers: vec![],
            named: vec![],
        }
    }

    fn credited(input: &AttributionInput) -> Vec<(LinkId, i64, EvidenceKind)> {
        decide(input, &Policy::default())
            .credits
            .into_iter()
            .map(|credit| (credit.link, credit.amount_minor, credit.kind))
            .collect()
    }

    #[test]
    fn last_click_before_the_order_gets_all_credit() {
        let input = input(vec![
            click(1, PLACED.plus_ms(-5000)),
            click(2, PLACED.plus_ms(-1000)),
            click(3, PLACED.plus_ms(1000)),
        ]);
        assert_eq!(credited(&input), vec![(link(2).id, 4999, EvidenceKind::Click)]);
        let attribution = decide(&input, &Policy::default());
        assert!(attribution.has_conflict, "link 1 was clicked too");
        assert_eq!(attribution.evidence[2].refused, Some(Refusal::AfterOrder));
    }

    #[test]
    fn lookback_window_includes_its_far_end() {
        let edge = PLACED.plus_ms(-30 * DAY_MS);
        assert_eq!(credited(&input(vec![click(1, edge)])).len(), 1);
        let old = input(vec![click(1, edge.plus_ms(-1))]);
        assert_eq!(credited(&old), vec![]);
        assert_eq!(decide(&old, &Policy::default()).evidence[0].refused, Some(Refusal::OutsideWindow));
    }

    #[test]
    fn discount_code_outranks_click_and_conflict_is_flagged() {
        let mut input = input(vec![click(1, PLACED.plus_ms(-1000))]);
        input.order.promo_codes = vec!["CODE2".into(), "UNRELATED".into()];
        assert_eq!(credited(&input), vec![(link(2).id, 4999, EvidenceKind::Promo)]);
        assert!(decide(&input, &Policy::default()).has_conflict);
    }

    #[test]
    fn discount_code_of_a_deleted_link_earns_only_for_orders_before_its_deletion() {
        let mut input = input(vec![]);
        input.order.promo_codes = vec!["CODE2".into()];
        input.links[1].deleted_at = Some(PLACED.plus_ms(1));
        assert_eq!(credited(&input), vec![(link(2).id, 4999, EvidenceKind::Promo)]);
        input.links[1].deleted_at = Some(PLACED);
        assert_eq!(credited(&input), vec![]);
    }

    #[test]
    fn cart_and_landing_codes_count_without_a_click_and_merge_with_one() {
        let mut input = input(vec![]);
        input.order.cart_ref = Some(link(3).code);
        input.order.landing_ref = Some(link(1).code);
        assert_eq!(credited(&input), vec![(link(3).id, 4999, EvidenceKind::Cart)]);
        input.clicks = vec![click(3, PLACED.plus_ms(-9000))];
        input.order.landing_ref = None;
        let attribution = decide(&input, &Policy::default());
        assert_eq!(attribution.credits[0].kind, EvidenceKind::Click);
        assert_eq!(attribution.credits[0].at, PLACED.plus_ms(-9000));
        assert!(!attribution.has_conflict);
    }

    #[test]
    fn landing_site_never_beats_a_later_click_and_bot_codes_do_not_count() {
        let mut input = input(vec![click(2, PLACED.plus_ms(-1000))]);
        input.order.landing_ref = Some(link(1).code);
        assert_eq!(credited(&input), vec![(link(2).id, 4999, EvidenceKind::Click)]);
        input.clicks.clear();
        assert_eq!(credited(&input), vec![(link(1).id, 4999, EvidenceKind::Landing)]);

        let mut bot = click(3, PLACED.plus_ms(-1000));
        bot.bot = Some("Googlebot".into());
        input.clicks = vec![bot];
        input.order.landing_ref = None;
        input.order.cart_ref = Some(link(3).code);
        assert_eq!(credited(&input), vec![]);
        input.clicks = vec![click(3, PLACED.plus_ms(-31 * DAY_MS))];
        assert_eq!(credited(&input), vec![], "the code came from a click before the window");
    }

    #[test]
    fn refund_after_erasure_rescales_the_credits() {
        let mut input = input(vec![click(2, PLACED.plus_ms(-1000))]);
        let decided = decide(&input, &Policy::default());
        input.order.refunded_minor = 999;
        let rescaled = decided.rescaled(&input.order);
        assert_eq!((rescaled.net_minor, rescaled.credits[0].amount_minor), (4000, 4000));
        assert_eq!(rescaled.evidence, decided.evidence);
    }

    #[test]
    fn bots_self_referrals_unknown_codes_and_test_orders_get_no_credit() {
        let mut bot = click(1, PLACED.plus_ms(-1));
        bot.bot = Some("Googlebot".into());
        assert_eq!(credited(&input(vec![bot])), vec![]);

        let mut own = input(vec![click(1, PLACED.plus_ms(-1))]);
        own.buyers = vec![Buyer { creator: creator(1), signal: BuyerSignal::Email }];
        assert_eq!(credited(&own), vec![]);
        assert_eq!(decide(&own, &Policy::default()).evidence[0].refused, Some(Refusal::SelfReferral));

        let mut unknown = input(vec![]);
        unknown.order.cart_ref = LinkCode::parse("zzzzzzzz");
        assert_eq!(decide(&unknown, &Policy::default()).evidence[0].refused, Some(Refusal::UnknownCode));

        let mut test = input(vec![click(1, PLACED.plus_ms(-1))]);
        test.order.is_test = true;
        assert_eq!(credited(&test), vec![]);
    }

    fn report(pv_id: &str, after_ms: i64) -> PurchaseReport {
        PurchaseReport { pv_id: pv_id.into(), at: PLACED.plus_ms(after_ms), is_verified: false, has_secret: false }
    }

    #[test]
    fn cart_visitor_outranks_proven_reports_and_those_outrank_mere_numbers() {
        let mut order = input(vec![]).order;
        let guess = report("guess", 1000);
        let proven = PurchaseReport { has_secret: true, ..report("shopper", 5000) };
        let backend = PurchaseReport { is_verified: true, ..report("backend", 9000) };
        let found = |order: &Order, reports: &[&PurchaseReport]| {
            let reports: Vec<PurchaseReport> = reports.iter().map(|report| (*report).clone()).collect();
            let visitors = visitors_of(order, &reports);
            visitors.into_iter().map(|one| (one.pv_id, one.strength, one.is_disputed)).collect::<Vec<_>>()
        };
        let one = |pv_id: &str, strength| vec![(pv_id.to_owned(), strength, false)];
        assert_eq!(found(&order, &[&guess]), one("guess", Strength::Reported));
        assert_eq!(found(&order, &[&guess, &proven]), one("shopper", Strength::Proven));
        assert_eq!(found(&order, &[&guess, &proven, &backend]), one("backend", Strength::Proven));
        assert_eq!(found(&order, &[&report("early", -2 * DAY_MS)]), vec![], "a guess at a later number");
        let other = report("other", 2000);
        let disputed = |pv_id: &str| (pv_id.to_owned(), Strength::Reported, true);
        assert_eq!(found(&order, &[&guess, &other]), vec![disputed("guess"), disputed("other")]);
        order.cart_pv = Some("cart".into());
        assert_eq!(found(&order, &[&backend]), one("cart", Strength::Proven));
        order.source = OrderSource::Browser;
        assert_eq!(found(&order, &[&guess]), one("guess", Strength::Reported), "only browsers reported the order");
    }

    #[test]
    fn reported_visits_never_win_over_proven_evidence_and_disputed_ones_credit_nobody() {
        let visitor = |is_disputed| Visitor {
            is_alias: false,
            pv_id: "p".into(),
            source: String::new(),
            strength: Strength::Reported,
            is_disputed,
        };
        let mut reported = input(vec![click(1, PLACED.plus_ms(-1000))]);
        reported.visitors = vec![visitor(false)];
        let decided = decide(&reported, &Policy::default());
        assert!(decided.rests_on(Strength::Reported) && !decided.rests_on(Strength::Proven));
        assert_eq!(decided.credits[0].link, link(1).id);
        reported.order.landing_ref = Some(link(2).code);
        let decided = decide(&reported, &Policy::default());
        assert_eq!(decided.credits[0].link, link(2).id, "the order's own landing page");
        assert!(!decided.rests_on(Strength::Reported) && decided.rests_on(Strength::Proven));
        assert!(decided.evidence.iter().any(|piece| piece.refused == Some(Refusal::NotProven)));
        reported.order.landing_ref = None;
        reported.visitors = vec![visitor(true)];
        let decided = decide(&reported, &Policy::default());
        assert_eq!((decided.credits, decided.evidence[0].refused), (vec![], Some(Refusal::Disputed)));
    }

    #[test]
    fn a_time_in_whole_seconds_is_the_whole_second() {
        let mut clicked = input(vec![click(1, PLACED.plus_ms(999))]);
        assert_eq!(credited(&clicked).len(), 1);
        clicked.clicks = vec![click(1, PLACED.plus_ms(1000))];
        assert_eq!(credited(&clicked), vec![]);
        clicked.order.placed_at = PLACED.plus_ms(1);
        clicked.clicks = vec![click(1, PLACED.plus_ms(2))];
        assert_eq!(credited(&clicked), vec![], "a time in milliseconds");
    }

    #[test]
    fn a_deleted_links_discount_code_does_not_count_for_later_orders() {
        let mut input = input(vec![click(1, PLACED.plus_ms(-2000))]);
        input.order.promo_codes = vec!["CODE1".into()];
        input.links[0].deleted_at = Some(PLACED);
        let decided = decide(&input, &Policy::default());
        let promo = decided.evidence.iter().find(|piece| piece.kind == EvidenceKind::Promo).expect("the code");
        assert_eq!(promo.refused, Some(Refusal::LinkDeleted), "deleted at the instant of the order");
        assert_eq!(credited(&input), [(link(1).id, 4999, EvidenceKind::Click)], "a click before that still counts");
        input.links[0].deleted_at = Some(PLACED.plus_ms(1));
        assert_eq!(credited(&input), [(link(1).id, 4999, EvidenceKind::Promo)], "deleted after the order");
        // A deleted link, though newer and clicked, does not take the code from one that is left.
        input.links[0].deleted_at = Some(PLACED.plus_ms(-1000));
        input.links[1].promo_code = Some("CODE1".into());
        assert_eq!(credited(&input), [(link(2).id, 4999, EvidenceKind::Promo)]);
    }

    #[test]
    fn a_direct_link_has_no_code() {
        let mut input = input(vec![]);
        input.links[0].is_direct = true;
        input.order.cart_ref = Some(link(1).code);
        let decided = decide(&input, &Policy::default());
        assert_eq!((decided.credits, decided.evidence[0].refused), (vec![], Some(Refusal::UnknownCode)), "a guess");
        input.order.cart_ref = None;
        input.order.promo_codes = vec!["CODE1".into()];
        let decided = decide(&input, &Policy::default());
        assert_eq!((decided.evidence[0].code, &decided.credits[0].creator), (None, &Some(creator(1))));
    }

    #[test]
    fn a_refused_self_referral_names_its_surest_signal() {
        let signals = [
            (BuyerSignal::Email, Refusal::SelfReferral),
            (BuyerSignal::PayoutAddress, Refusal::SelfReferralPayout),
            (BuyerSignal::Customer, Refusal::SelfReferralCustomer),
            (BuyerSignal::SignedIn, Refusal::SelfReferralVisitor),
        ];
        let mut input = input(vec![click(1, PLACED.plus_ms(-1))]);
        let mut reasons = BTreeSet::new();
        for (signal, refusal) in signals.into_iter().rev() {
            // The surer signal is the later one of the list.
            input.buyers.push(Buyer { creator: creator(1), signal });
            assert_eq!(decide(&input, &Policy::default()).evidence[0].refused, Some(refusal));
            reasons.insert(refusal.reason());
        }
        assert_eq!(reasons.len(), signals.len(), "each in its own words");
        input.buyers = vec![Buyer { creator: creator(2), signal: BuyerSignal::Email }];
        assert_eq!(credited(&input).len(), 1, "another creator is the buyer");
        // A person's word stands against every signal.
        for (signal, _) in signals {
            input.buyers = vec![Buyer { creator: creator(1), signal }];
            input.named = vec![NamedCreator {
                kind: EvidenceKind::Manual,
                source: "manual".into(),
                creator: creator(1),
                link: Some(link(1).id),
                confidence_bp: 10_000,
            }];
            assert_eq!(credited(&input), [(link(1).id, 4999, EvidenceKind::Manual)]);
        }
    }

    #[test]
    fn refusals_stored_before_the_signals_were_told_apart_still_parse() {
        assert_eq!(serde_json::from_str::<Refusal>("\"self_referral\"").expect("text"), Refusal::SelfReferral);
        assert_eq!(serde_json::to_string(&Refusal::SelfReferralPayout).expect("text"), "\"self_referral_payout\"");
    }

    proptest! {
        #[test]
        fn credits_add_up_and_do_not_depend_on_input_order(
            touches in prop::collection::vec((1u8..5, 0i64..60 * DAY_MS), 0..8),
            promo in prop::option::of(1u8..5),
            total in 0i64..10_000_000,
            refunded in 0i64..10_000_000,
            rotate in 0usize..8,
        ) {
            let mut input = input(touches.iter().map(|(n, ago)| click(*n, PLACED.plus_ms(-ago))).collect());
            input.order.promo_codes = promo.map(|n| format!("CODE{n}")).into_iter().collect();
            input.order.total_minor = total;
            input.order.refunded_minor = refunded;
            let attribution = decide(&input, &Policy::default());
            let sum: i64 = attribution.credits.iter().map(|credit| credit.amount_minor).sum();
            prop_assert_eq!(sum, if attribution.credits.is_empty() { 0 } else { (total - refunded).max(0) });
            if !input.clicks.is_empty() {
                let shift = rotate % input.clicks.len();
                input.clicks.rotate_left(shift);
            }
            input.links.reverse();
            let again = decide(&input, &Policy::default());
            prop_assert_eq!(serde_json::to_vec(&again).expect("json"), serde_json::to_vec(&attribution).expect("json"));
        }
    }
}
