//! Evidence: a reason to believe that a link brought an order, kept with its source, time and confidence, also when
//! it was refused.

use serde::{Deserialize, Serialize};

use crate::{CampaignId, CreatorId, LinkId, UnixMs, link::LinkCode};

/// How a piece of evidence came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// A person at the brand said so.
    Manual,
    /// A discount code assigned to a link was used.
    Promo,
    /// A visitor of this order clicked the link.
    Click,
    /// The cart carried the link's code.
    Cart,
    /// The shopper landed with the link's code in the URL.
    Landing,
    /// The shopper named the creator after buying.
    Survey,
}

impl EvidenceKind {
    /// Confidence in parts of 10,000 (DESIGN §4: click 1.00, cart and landing 0.98, promo 0.95).
    pub const fn confidence_bp(self) -> u32 {
        match self {
            Self::Manual | Self::Click => 10_000,
            Self::Cart | Self::Landing => 9_800,
            Self::Promo => 9_500,
            Self::Survey => 6_000,
        }
    }

    /// The class that a policy ranks: click, cart and landing are all a visit.
    pub const fn class(self) -> EvidenceClass {
        match self {
            Self::Manual => EvidenceClass::Manual,
            Self::Promo => EvidenceClass::Promo,
            Self::Click | Self::Cart | Self::Landing => EvidenceClass::Visit,
            Self::Survey => EvidenceClass::Survey,
        }
    }

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Promo => "promo",
            Self::Click => "click",
            Self::Cart => "cart",
            Self::Landing => "landing",
            Self::Survey => "survey",
        }
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_yes(flag: &bool) -> bool {
    *flag
}

impl EvidenceKind {
    /// Every kind, the order's own word first.
    pub const ALL: [Self; 6] = [Self::Manual, Self::Promo, Self::Click, Self::Cart, Self::Landing, Self::Survey];

    /// Reads the name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a policy puts in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceClass {
    /// A person at the brand.
    Manual,
    /// A discount code.
    Promo,
    /// A visit through the link.
    Visit,
    /// A survey answer.
    Survey,
}

impl EvidenceClass {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::Manual, Self::Promo, Self::Visit, Self::Survey];

    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Promo => "promo",
            Self::Visit => "visit",
            Self::Survey => "survey",
        }
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }
}

/// Why a piece of evidence does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Older than the brand's lookback window.
    OutsideWindow,
    /// Later than the order.
    AfterOrder,
    /// Made by a bot or a link preview.
    Bot,
    /// The creator bought through the creator's own link.
    SelfReferral,
    /// No link of this brand has this code.
    UnknownCode,
    /// The creator who was named has no link through which credit could go.
    NoLink,
}

impl Refusal {
    /// In plain words, to follow "not counted:".
    pub const fn reason(self) -> &'static str {
        match self {
            Self::OutsideWindow => "it is older than the lookback window",
            Self::AfterOrder => "it happened after the order",
            Self::Bot => "it was made by a bot or a link preview",
            Self::SelfReferral => "the creator is the buyer",
            Self::UnknownCode => "no link of this brand has this code",
            Self::NoLink => "the creator has no link yet: make one, and the order is settled again",
        }
    }
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// How it is known.
    pub kind: EvidenceKind,
    /// Where it was found: a click's id, `cart attribute _cs_ref`, `discount code ANA20` …
    pub source: String,
    /// When the shopper touched the link, or the order's time where only the order tells.
    pub at: UnixMs,
    /// False where `at` is the order's time for want of a better one and the touch may have been much earlier: a
    /// `landing_site` is the first page of a session, so any touch whose time is known came later.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub is_timed: bool,
    /// The link's code, or the unknown code as found; none where a creator without a link was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<LinkCode>,
    /// The link, where the code is one of the brand's.
    pub link: Option<LinkId>,
    /// The link's creator.
    pub creator: Option<CreatorId>,
    /// The link's campaign.
    pub campaign: Option<CampaignId>,
    /// Confidence in parts of 10,000.
    pub confidence_bp: u32,
    /// Why it does not count; absent when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}
