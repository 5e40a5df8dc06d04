//! What each event says.

use serde::Serialize;

use super::EventType;
use crate::{
    CampaignId, CreatorId, Currency, EntryId, Fraction, LinkId, OrderId, PayoutId,
    commission::EntryKind,
    creator::Creator,
    evidence::EvidenceKind,
    link::{ContentType, Link, LinkCode, Platform},
    model::Model,
    order::OrderSource,
};

/// A creator as other objects name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreatorRef {
    /// The id.
    pub id: CreatorId,
    /// The display name.
    pub name: String,
    /// The handle, without `@`.
    pub handle: String,
}

impl From<&Creator> for CreatorRef {
    fn from(creator: &Creator) -> Self {
        Self { id: creator.id.clone(), name: creator.name.clone(), handle: creator.handle.clone() }
    }
}

/// A link as other objects name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkRef {
    /// The id.
    pub id: LinkId,
    /// The code.
    pub code: LinkCode,
}

impl LinkRef {
    /// The link as others may know it. A direct link has no address, and its code is never given out.
    pub fn of(link: &Link) -> Option<Self> {
        (!link.is_direct).then(|| Self { id: link.id.clone(), code: link.code })
    }
}

/// A campaign as other objects name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CampaignRef {
    /// The id.
    pub id: CampaignId,
    /// The name.
    pub name: String,
}

/// A creator in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreatorProfile {
    /// The id.
    pub id: CreatorId,
    /// The display name.
    pub name: String,
    /// The handle, without `@`.
    pub handle: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// The tier.
    pub tier: Option<String>,
    /// When the creator was added.
    pub created_at: String,
}

impl From<&Creator> for CreatorProfile {
    fn from(creator: &Creator) -> Self {
        let Creator { id, name, handle, aliases, tier, created_at, .. } = creator.clone();
        Self { id, name, handle, aliases, tier, created_at: created_at.to_rfc3339() }
    }
}

/// Of `creator.created`, `creator.updated`, `creator.activated` and `creator.invitation_accepted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreatorData {
    /// The creator, after the change.
    pub creator: CreatorProfile,
    /// Which fields changed; of `creator.updated` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<&'static str>,
}

/// Why a creator was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovalReason {
    /// The brand erased what it stored about them.
    Erased,
    /// They turned out to be another creator, who has everything that was theirs.
    Merged,
    /// The import that had added them was undone.
    ImportUndone,
}

/// Of `creator.removed`. It names nobody: receivers find the creator by the id, and remove what they store about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreatorRemovalData {
    /// The removed creator.
    pub creator_id: CreatorId,
    /// Why.
    pub reason: RemovalReason,
    /// The creator who has everything that was theirs; only if they were merged.
    pub merged_into: Option<CreatorId>,
}

/// Of `campaign.creator_added`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CampaignAdditionData {
    /// The campaign.
    pub campaign: CampaignRef,
    /// The creator.
    pub creator: CreatorRef,
    /// The creator's first link in the campaign.
    pub link: Option<LinkRef>,
}

/// A share of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreditData {
    /// The link's creator.
    pub creator: Option<CreatorRef>,
    /// The link; absent for credit without a link.
    pub link: Option<LinkRef>,
    /// The link's campaign.
    pub campaign_id: Option<CampaignId>,
    /// The kind of evidence that won.
    pub kind: EvidenceKind,
    /// The amount, minor units.
    pub amount_minor: i64,
    /// The share as an exact fraction.
    pub weight: Fraction,
}

/// Of `order.attributed` and `order.refunded`: the order after the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderData {
    /// The order.
    pub order_id: OrderId,
    /// The seller's id.
    pub external_id: String,
    /// The name that people use for it.
    pub name: String,
    /// Who reported it.
    pub source: OrderSource,
    /// When it was placed.
    pub placed_at: String,
    /// When it was cancelled.
    pub cancelled_at: Option<String>,
    /// The currency of the amounts.
    pub currency: Currency,
    /// The total, minor units.
    pub total_minor: i64,
    /// Refunded so far, minor units.
    pub refunded_minor: i64,
    /// Revenue that counts, minor units. The credits add up to it.
    pub net_minor: i64,
    /// Revenue that counted before; absent the first time, and if it was in another currency.
    pub previous_net_minor: Option<i64>,
    /// What was refunded since the event before, minor units; of `order.refunded` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_minor: Option<i64>,
    /// Whether it is the customer's first order, if known.
    pub is_new_customer: Option<bool>,
    /// The attribution model.
    pub model: Model,
    /// The shares.
    pub credits: Vec<CreditData>,
    /// Whether the credit rests on the word of browsers and waits for a person's approval.
    pub needs_approval: bool,
}

/// Of `commission.created` and `commission.approved`: a line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommissionData {
    /// The ledger entry.
    pub entry_id: EntryId,
    /// The order.
    pub order_id: Option<OrderId>,
    /// Whose it is.
    pub creator: CreatorRef,
    /// Accrual, reversal or adjustment.
    pub kind: EntryKind,
    /// The amount, minor units; below zero if it takes something back.
    pub amount_minor: i64,
    /// The currency.
    pub currency: Currency,
    /// The calculation in words; empty if a person made the entry.
    pub reason: String,
    /// When the hold is over.
    pub payable_at: String,
    /// Whether it waits for a person's approval.
    pub needs_approval: bool,
}

/// Of `payout.paid`: what one creator was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PayoutData {
    /// The payout.
    pub payout_id: PayoutId,
    /// Who was paid.
    pub creator: CreatorRef,
    /// The amount, minor units.
    pub amount_minor: i64,
    /// The currency.
    pub currency: Currency,
    /// The payment's reference, if one was given.
    pub reference: Option<String>,
}

/// Of `milestone.reached`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MilestoneData {
    /// Who reached it.
    pub creator: CreatorRef,
    /// The milestone: `orders:10`, `revenue:USD:100000`.
    pub name: String,
    /// The creator's orders until now.
    pub orders: i64,
    /// The creator's net revenue until now, minor units.
    pub revenue_minor: i64,
    /// The currency: the brand's.
    pub currency: Currency,
}

/// Of `collab.created`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CollabData {
    /// The collab.
    pub collab_id: String,
    /// The creator.
    pub creator: CreatorRef,
    /// The creator's code in affiliate URLs or at the checkout.
    pub code: Option<String>,
    /// The link that carries it; `None` where the brand has no shop to lead to.
    pub link: Option<LinkRef>,
}

/// Of `drop.created` and `drop.updated`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DropData {
    /// The drop.
    pub drop_id: String,
    /// The creator.
    pub creator: CreatorRef,
    /// The title.
    pub title: String,
    /// The seller's ids of the products, in order.
    pub products: Vec<String>,
    /// Whether shoppers see it.
    pub is_published: bool,
}

/// Of `content.created`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContentData {
    /// The content.
    pub content_id: String,
    /// The creator.
    pub creator: CreatorRef,
    /// The link that it carries.
    pub link: Option<LinkRef>,
    /// Where it is.
    pub url: Option<String>,
    /// The platform.
    pub platform: Option<Platform>,
    /// The kind of content.
    pub content_type: Option<ContentType>,
}

/// Of `endpoint.disabled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndpointDisabledData {
    /// The endpoint.
    pub endpoint_id: String,
    /// Its host. The rest of the address often contains a secret.
    pub host: String,
    /// Why it was disabled.
    pub reason: String,
}

/// Of `integration.disabled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IntegrationDisabledData {
    /// The other system: `klaviyo`.
    pub integration: &'static str,
    /// Why sending was stopped.
    pub reason: String,
}

/// Of `endpoint.test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndpointTestData {
    /// The endpoint.
    pub endpoint_id: String,
}

/// What an event says, by its type.
#[expect(missing_docs, reason = "the variants are those of EventType")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EventData {
    CreatorCreated(CreatorData),
    CreatorActivated(CreatorData),
    CreatorUpdated(CreatorData),
    CreatorRemoved(CreatorRemovalData),
    InvitationAccepted(CreatorData),
    CampaignCreatorAdded(CampaignAdditionData),
    OrderAttributed(Box<OrderData>),
    OrderRefunded(Box<OrderData>),
    CommissionCreated(CommissionData),
    CommissionApproved(CommissionData),
    PayoutPaid(PayoutData),
    MilestoneReached(MilestoneData),
    CollabCreated(CollabData),
    DropCreated(DropData),
    DropUpdated(DropData),
    ContentCreated(ContentData),
    EndpointDisabled(EndpointDisabledData),
    IntegrationDisabled(IntegrationDisabledData),
    EndpointTest(EndpointTestData),
}

impl EventData {
    /// The type of the event that says this.
    pub fn event_type(&self) -> EventType {
        match self {
            Self::CreatorCreated(_) => EventType::CreatorCreated,
            Self::CreatorActivated(_) => EventType::CreatorActivated,
            Self::CreatorUpdated(_) => EventType::CreatorUpdated,
            Self::CreatorRemoved(_) => EventType::CreatorRemoved,
            Self::InvitationAccepted(_) => EventType::InvitationAccepted,
            Self::CampaignCreatorAdded(_) => EventType::CampaignCreatorAdded,
            Self::OrderAttributed(_) => EventType::OrderAttributed,
            Self::OrderRefunded(_) => EventType::OrderRefunded,
            Self::CommissionCreated(_) => EventType::CommissionCreated,
            Self::CommissionApproved(_) => EventType::CommissionApproved,
            Self::PayoutPaid(_) => EventType::PayoutPaid,
            Self::MilestoneReached(_) => EventType::MilestoneReached,
            Self::CollabCreated(_) => EventType::CollabCreated,
            Self::DropCreated(_) => EventType::DropCreated,
            Self::DropUpdated(_) => EventType::DropUpdated,
            Self::ContentCreated(_) => EventType::ContentCreated,
            Self::EndpointDisabled(_) => EventType::EndpointDisabled,
            Self::IntegrationDisabled(_) => EventType::IntegrationDisabled,
            Self::EndpointTest(_) => EventType::EndpointTest,
        }
    }

    /// The JSON object.
    pub fn to_json(&self) -> String {
        // These types have nothing that JSON cannot say.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}
