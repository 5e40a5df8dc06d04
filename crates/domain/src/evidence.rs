//! Evidence: a reason to think that a link led to an order, with its source, time and confidence. Refused evidence is
//! kept too, with the reason.

use serde::{Deserialize, Serialize};

use crate::{CampaignId, CreatorId, LinkId, UnixMs, link::LinkCode};

/// The kind of a piece of evidence. Among click, cart and landing, earlier variants are the more direct ones.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum EvidenceKind {
    /// A person at the brand assigned the order manually.
    Manual,
    /// The shopper used a link's discount code.
    Promo,
    /// A visitor of this order clicked the link.
    Click,
    /// The cart had the link's code as an attribute.
    Cart,
    /// The shopper's landing URL had the link's code.
    Landing,
    /// The shopper named the creator in a post-purchase survey.
    Survey,
}

impl EvidenceKind {
    /// Default confidence in parts of 10,000. For surveys the lowest; each match has its own ([`crate::survey::find`]).
    pub const fn confidence_bp(self) -> u32 {
        match self {
            Self::Manual | Self::Click => 10_000,
            Self::Cart | Self::Landing => 9_800,
            Self::Promo => 9_500,
            Self::Survey => 6_000,
        }
    }

    /// The class that a policy ranks. Click, cart and landing are all visits.
    pub const fn class(self) -> EvidenceClass {
        match self {
            Self::Manual => EvidenceClass::Manual,
            Self::Promo => EvidenceClass::Promo,
            Self::Click | Self::Cart | Self::Landing => EvidenceClass::Visit,
            Self::Survey => EvidenceClass::Survey,
        }
    }

    /// The stored name, also used in the API.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn default_true() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_true(flag: &bool) -> bool {
    *flag
}

impl EvidenceKind {
    /// Every kind, in order of declaration.
    pub const ALL: [Self; 6] = [Self::Manual, Self::Promo, Self::Click, Self::Cart, Self::Landing, Self::Survey];

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// A class of evidence: the unit that a policy ranks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum EvidenceClass {
    /// A manual assignment by the brand.
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
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// How well a piece of evidence is joined to its order. Earlier variants are the stronger ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// The order itself carries it, or whoever reported it proved to know the order: the seller's backend, or a browser
    /// with the order's checkout or cart token.
    #[default]
    Proven,
    /// A browser reported the order by its number alone, which can be guessed.
    Reported,
    /// A browser claimed the name of the order's customer, which can be guessed too.
    Claimed,
}

impl Strength {
    /// What is added to a source that is not proven.
    pub const fn note(self) -> &'static str {
        match self {
            Self::Proven => "",
            Self::Reported => " (reported by the order's number, not proven)",
            Self::Claimed => " (claimed by a browser, not proven)",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn is_proven(&self) -> bool {
        *self == Self::Proven
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
    /// The creator is the buyer: [`BuyerSignal::Email`]. Decisions from before the signals were told apart have this one.
    SelfReferral,
    /// The creator is the buyer: [`BuyerSignal::PayoutAddress`].
    SelfReferralPayout,
    /// The creator is the buyer: [`BuyerSignal::Customer`].
    SelfReferralCustomer,
    /// The creator is the buyer: [`BuyerSignal::SignedIn`].
    SelfReferralVisitor,
    /// No link of this brand has this code.
    UnknownCode,
    /// The named creator has no link that could be credited.
    NoLink,
    /// The discount code belonged to a link that was deleted before the order.
    LinkDeleted,
    /// Several visitors reported this order, or claim its customer: a person decides.
    Disputed,
    /// It is only reported or claimed, and other evidence is proven.
    NotProven,
}

impl Refusal {
    /// Whether the creator is taken for the buyer.
    pub const fn is_self_referral(self) -> bool {
        matches!(
            self,
            Self::SelfReferral | Self::SelfReferralPayout | Self::SelfReferralCustomer | Self::SelfReferralVisitor
        )
    }

    /// The reason in words, shown after "not counted:".
    pub const fn reason(self) -> &'static str {
        match self {
            Self::OutsideWindow => "it is older than the lookback window",
            Self::AfterOrder => "it happened after the order",
            Self::Bot => "it was made by a bot or a link preview",
            Self::SelfReferral => "the creator is the buyer: both have the same e-mail address",
            Self::SelfReferralPayout => "the creator is the buyer: the order has the creator's payout address",
            Self::SelfReferralCustomer => {
                "the creator is the buyer: the same customer or browser also ordered with the creator's address"
            }
            Self::SelfReferralVisitor => "the creator is the buyer: the same browser signed in as the creator",
            Self::UnknownCode => "no link of this brand has this code",
            Self::NoLink => "the creator has no link yet: create one, then recompute the orders",
            Self::LinkDeleted => "the link with this discount code was deleted before the order",
            Self::Disputed => "several visitors claim this order, so a person decides",
            Self::NotProven => "it is not proven, and other evidence is",
        }
    }
}

/// Why a creator is taken for the buyer of an order. Earlier variants are the surer ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuyerSignal {
    /// The order's e-mail address is the creator's.
    Email,
    /// The order's e-mail address is the creator's payout address.
    PayoutAddress,
    /// The order's customer, known by the shop's customer id or by the browser, also ordered with one of these addresses.
    Customer,
    /// The order's browser signed in as the creator.
    SignedIn,
}

impl BuyerSignal {
    /// The refusal that names the signal.
    pub const fn refusal(self) -> Refusal {
        match self {
            Self::Email => Refusal::SelfReferral,
            Self::PayoutAddress => Refusal::SelfReferralPayout,
            Self::Customer => Refusal::SelfReferralCustomer,
            Self::SignedIn => Refusal::SelfReferralVisitor,
        }
    }
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its kind.
    pub kind: EvidenceKind,
    /// Where it was found: `click clk_…`, `cart attribute _cs_ref`, `discount code ANA20` …
    pub source: String,
    /// When the shopper touched the link; the order's time if only the order shows it.
    pub at: UnixMs,
    /// False if `at` is only the order's time and the touch may have been much earlier: a `landing_site` is the first
    /// page of a session, so all touches with a known time came after it.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub is_timed: bool,
    /// The link's code, or the unknown code as found. `None` if a creator without a link was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<LinkCode>,
    /// The link, if the brand has one with this code.
    pub link: Option<LinkId>,
    /// The link's creator.
    pub creator: Option<CreatorId>,
    /// The link's campaign.
    pub campaign: Option<CampaignId>,
    /// Confidence in parts of 10,000.
    pub confidence_bp: u32,
    /// How well it is joined to the order.
    #[serde(default, skip_serializing_if = "Strength::is_proven")]
    pub strength: Strength,
    /// Why it does not count; `None` if it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}
