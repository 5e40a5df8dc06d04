//! Schemas of what events say, as `domain::outbound` has it.
#![expect(dead_code, reason = "these are the schemas of the types in domain::outbound")]

use utoipa::ToSchema;

use crate::http::{
    api::object::{ContentTypeName, PlatformName},
    commissions::CommissionKindName,
    customers::get::ModelName,
    orders::OrderSourceName,
};

/// A creator, as events name them.
#[derive(ToSchema)]
struct EventCreator {
    /// The id.
    id: String,
    /// The display name.
    name: String,
    /// The handle, without `@`.
    handle: String,
}

/// A link, as events name it.
#[derive(ToSchema)]
struct EventLink {
    /// The id.
    id: String,
    /// The code.
    code: String,
}

/// A campaign, as events name it.
#[derive(ToSchema)]
struct EventCampaign {
    /// The id.
    id: String,
    /// The name.
    name: String,
}

/// A creator in full.
#[derive(ToSchema)]
struct EventCreatorProfile {
    /// The id.
    id: String,
    /// The display name.
    name: String,
    /// The handle, without `@`.
    handle: String,
    /// Other names.
    aliases: Vec<String>,
    /// The tier.
    tier: Option<String>,
    /// When the creator was added.
    #[schema(format = DateTime)]
    created_at: String,
}

/// A creator.
#[derive(ToSchema)]
pub(super) struct CreatorEventData {
    /// The creator.
    creator: EventCreatorProfile,
}

/// A removed creator.
#[derive(ToSchema)]
pub(super) struct CreatorRemovalEventData {
    /// The creator's id.
    creator_id: String,
    /// Why.
    reason: RemovalReasonName,
    /// The creator who has everything that was theirs; only if they were merged.
    merged_into: Option<String>,
}

/// Why a creator was removed.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum RemovalReasonName {
    Erased,
    Merged,
    ImportUndone,
}

/// A creator after a change.
#[derive(ToSchema)]
pub(super) struct CreatorUpdateEventData {
    /// The creator, after the change.
    creator: EventCreatorProfile,
    /// Which fields changed.
    changed: Vec<String>,
}

/// A creator's first link in a campaign.
#[derive(ToSchema)]
pub(super) struct CampaignAdditionEventData {
    /// The campaign.
    campaign: EventCampaign,
    /// The creator.
    creator: EventCreator,
    /// The link.
    link: Option<EventLink>,
}

/// A share of an order.
#[derive(ToSchema)]
struct EventCredit {
    /// The link's creator.
    creator: Option<EventCreator>,
    /// The link; null for credit without a link.
    link: Option<EventLink>,
    /// The link's campaign.
    campaign_id: Option<String>,
    /// The kind of evidence that won.
    #[schema(example = "click")]
    kind: String,
    /// In minor units.
    amount_minor: i64,
    /// The share as an exact fraction.
    #[schema(example = "1/2")]
    weight: String,
}

/// A credited order.
#[derive(ToSchema)]
pub(super) struct OrderEventData {
    /// The order.
    order_id: String,
    /// The seller's id.
    external_id: String,
    /// The name that people use for it.
    name: String,
    /// Who reported it.
    source: OrderSourceName,
    /// When it was placed.
    #[schema(format = DateTime)]
    placed_at: String,
    /// When it was cancelled.
    #[schema(format = DateTime)]
    cancelled_at: Option<String>,
    /// ISO 4217 code of the amounts.
    currency: String,
    /// The total, in minor units.
    total_minor: i64,
    /// Refunded so far, in minor units.
    refunded_minor: i64,
    /// Revenue that counts, in minor units. The credits add up to it.
    net_minor: i64,
    /// Revenue that counted before; null the first time, and if it was in another currency.
    previous_net_minor: Option<i64>,
    /// Whether it is the customer's first order, if that is known.
    is_new_customer: Option<bool>,
    /// The attribution model.
    model: ModelName,
    /// The shares.
    credits: Vec<EventCredit>,
    /// Whether the credit rests on the word of browsers and waits for a person's approval.
    needs_approval: bool,
}

/// A credited order that was refunded.
#[derive(ToSchema)]
pub(super) struct OrderRefundEventData {
    /// The order.
    #[serde(flatten)]
    order: OrderEventData,
    /// What was refunded since the event before, in minor units.
    refund_minor: i64,
}

/// A line of the ledger.
#[derive(ToSchema)]
pub(super) struct CommissionEventData {
    /// The line.
    entry_id: String,
    /// The order.
    order_id: Option<String>,
    /// Whose it is.
    creator: EventCreator,
    /// Earned, taken back or added by a person.
    kind: CommissionKindName,
    /// In minor units; below zero if it takes something back.
    amount_minor: i64,
    /// ISO 4217 code of the amount.
    currency: String,
    /// The calculation in words; empty if a person made the line.
    reason: String,
    /// When the hold is over.
    #[schema(format = DateTime)]
    payable_at: String,
    /// Whether it waits for a person's approval.
    needs_approval: bool,
}

/// What one creator was paid.
#[derive(ToSchema)]
pub(super) struct PayoutEventData {
    /// The payout.
    payout_id: String,
    /// Who was paid.
    creator: EventCreator,
    /// In minor units.
    amount_minor: i64,
    /// ISO 4217 code of the amount.
    currency: String,
    /// What the brand calls the transfer.
    reference: Option<String>,
}

/// A milestone.
#[derive(ToSchema)]
pub(super) struct MilestoneEventData {
    /// Who reached it.
    creator: EventCreator,
    /// `orders:10`, `revenue:USD:100000`.
    name: String,
    /// The creator's orders until now.
    orders: i64,
    /// The creator's net revenue until now, in minor units.
    revenue_minor: i64,
    /// ISO 4217 code of the revenue: the brand's.
    currency: String,
}

/// A collab.
#[derive(ToSchema)]
pub(super) struct CollabEventData {
    /// The collab.
    collab_id: String,
    /// The creator.
    creator: EventCreator,
    /// The creator's code in affiliate URLs or at the checkout.
    code: Option<String>,
    /// The link that carries it; null where the brand has no shop to lead to.
    link: Option<EventLink>,
}

/// A drop.
#[derive(ToSchema)]
pub(super) struct DropEventData {
    /// The drop.
    drop_id: String,
    /// The creator.
    creator: EventCreator,
    /// The title.
    title: String,
    /// Your own ids of the products in order, ours where there are none.
    products: Vec<String>,
    /// Whether shoppers see it.
    is_published: bool,
}

/// Content.
#[derive(ToSchema)]
pub(super) struct ContentEventData {
    /// The content.
    content_id: String,
    /// The creator.
    creator: EventCreator,
    /// The link that it carries.
    link: Option<EventLink>,
    /// Where it is.
    url: Option<String>,
    /// The platform.
    platform: Option<PlatformName>,
    /// The kind of content.
    content_type: Option<ContentTypeName>,
}

/// A webhook endpoint that was disabled.
#[derive(ToSchema)]
pub(super) struct EndpointDisabledEventData {
    /// The endpoint.
    endpoint_id: String,
    /// Its host.
    host: String,
    /// `manual`, `gone`, `asked` or `failing`.
    reason: String,
}

/// An integration that was stopped.
#[derive(ToSchema)]
pub(super) struct IntegrationDisabledEventData {
    /// The other system.
    #[schema(example = "klaviyo")]
    integration: String,
    /// Why.
    #[schema(example = "key_refused")]
    reason: String,
}

/// A test of a webhook endpoint.
#[derive(ToSchema)]
pub(super) struct EndpointTestEventData {
    /// The endpoint.
    endpoint_id: String,
}
