//! Events for other systems: which there are, what they say, and the body that goes out.
//!
//! An event says what its receiver needs without asking again, and nothing about customers: no name, no address. Ids are
//! texts, times RFC 3339, amounts minor units beside their currency.

mod data;
mod erasing;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

pub use data::{
    CampaignAdditionData, CampaignRef, CollabData, CommissionData, ContentData, CreatorData, CreatorProfile,
    CreatorRef, CreatorRemovalData, CreditData, DropData, EndpointDisabledData, EndpointTestData, EventData,
    IntegrationDisabledData, LinkRef, MilestoneData, OrderData, PayoutData, RemovalReason,
};
pub use erasing::{creators_in, without_creator};

use crate::{MessageId, UnixMs};

/// The version of the API whose shapes the events have.
pub const API_VERSION: &str = "2026-11-26";

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumString, strum::IntoStaticStr)]
pub enum EventType {
    /// A creator was added.
    #[strum(serialize = "creator.created")]
    CreatorCreated,
    /// A creator signed in for the first time.
    #[strum(serialize = "creator.activated")]
    CreatorActivated,
    /// A creator's data changed.
    #[strum(serialize = "creator.updated")]
    CreatorUpdated,
    /// A creator was removed, by erasure, a merge into another creator, or undoing the import that had added them.
    #[strum(serialize = "creator.removed")]
    CreatorRemoved,
    /// A creator used a sign-in link for the first time.
    #[strum(serialize = "creator.invitation_accepted")]
    InvitationAccepted,
    /// A creator has the first link in a campaign.
    #[strum(serialize = "campaign.creator_added")]
    CampaignCreatorAdded,
    /// An order was credited, or its credits or net revenue changed.
    #[strum(serialize = "order.attributed")]
    OrderAttributed,
    /// A credited order was refunded or cancelled.
    #[strum(serialize = "order.refunded")]
    OrderRefunded,
    /// A ledger entry was added, for an order or by a person.
    #[strum(serialize = "commission.created")]
    CommissionCreated,
    /// A ledger entry may be paid: its hold is over, and it waits for nobody.
    #[strum(serialize = "commission.approved")]
    CommissionApproved,
    /// A payout was marked as paid; one event for each creator in it.
    #[strum(serialize = "payout.paid")]
    PayoutPaid,
    /// A creator reached a milestone.
    #[strum(serialize = "milestone.reached")]
    MilestoneReached,
    /// A creator began to work with the brand.
    #[strum(serialize = "collab.created")]
    CollabCreated,
    /// A creator's list of products was created.
    #[strum(serialize = "drop.created")]
    DropCreated,
    /// A creator's list of products changed.
    #[strum(serialize = "drop.updated")]
    DropUpdated,
    /// A creator's post was recorded.
    #[strum(serialize = "content.created")]
    ContentCreated,
    /// Deliveries to a webhook endpoint were stopped.
    #[strum(serialize = "endpoint.disabled")]
    EndpointDisabled,
    /// Sending to another system was stopped.
    #[strum(serialize = "integration.disabled")]
    IntegrationDisabled,
    /// A person asked for a test of a webhook endpoint.
    #[strum(serialize = "endpoint.test")]
    EndpointTest,
}

impl EventType {
    /// Every type.
    pub const ALL: [Self; 19] = [
        Self::CreatorCreated,
        Self::CreatorActivated,
        Self::CreatorUpdated,
        Self::CreatorRemoved,
        Self::InvitationAccepted,
        Self::CampaignCreatorAdded,
        Self::OrderAttributed,
        Self::OrderRefunded,
        Self::CommissionCreated,
        Self::CommissionApproved,
        Self::PayoutPaid,
        Self::MilestoneReached,
        Self::CollabCreated,
        Self::DropCreated,
        Self::DropUpdated,
        Self::ContentCreated,
        Self::EndpointDisabled,
        Self::IntegrationDisabled,
        Self::EndpointTest,
    ];

    /// The name, as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

impl Serialize for EventType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// An event as it goes out: the body of a webhook, and an element of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope {
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When it happened, RFC 3339.
    pub timestamp: String,
    /// What the event says: [`EventData`] as JSON.
    pub data: Box<RawValue>,
    /// The event's id, the same in every delivery.
    pub id: MessageId,
    /// The object that it is about.
    pub object_id: String,
    /// Its number among the brand's events: from 1, without gaps.
    pub sequence: i64,
    /// [`API_VERSION`].
    pub api_version: &'static str,
    /// False in the sandbox, where test keys work.
    pub livemode: bool,
}

impl Envelope {
    /// The body of a stored event; `None` if `data` is not JSON.
    pub fn new(
        event_type: EventType,
        at: UnixMs,
        data: String,
        id: MessageId,
        object_id: String,
        sequence: i64,
        is_live: bool,
    ) -> Option<Self> {
        Some(Self {
            event_type,
            timestamp: at.to_rfc3339(),
            data: RawValue::from_string(data).ok()?,
            id,
            object_id,
            sequence,
            api_version: API_VERSION,
            livemode: is_live,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_name_of_its_own() {
        for (index, event_type) in EventType::ALL.into_iter().enumerate() {
            assert_eq!(EventType::parse(event_type.as_str()), Some(event_type));
            assert!(!EventType::ALL[..index].contains(&event_type));
        }
        assert_eq!(EventType::parse("order.paid"), None);
    }
}
