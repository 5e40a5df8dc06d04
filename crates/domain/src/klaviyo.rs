//! Klaviyo: which outbound events become events there, their content, and what Klaviyo's answers mean.
//!
//! The format is that of `POST /api/events`: <https://developers.klaviyo.com/en/reference/create_event>. An event there is
//! about one profile: an order that several creators share becomes one event for each.

mod answer;
mod body;

use std::collections::BTreeMap;

pub use answer::{Verdict, error_text};
pub use body::test_body;

use crate::{CreatorId, MessageId, UnixMs, outbound::EventType};

/// The revision of Klaviyo's API that the requests follow.
pub const REVISION: &str = "2026-07-15";
/// The path to which events are posted.
pub const EVENTS_PATH: &str = "/api/events";
/// How private keys begin.
const KEY_PREFIX: &str = "pk_";
/// Longest private key.
const KEY_CHARS_MAX: usize = 200;

/// The event types that are sent, in the order of their metrics in the documentation.
pub const EVENT_TYPES: [EventType; 5] = [
    EventType::OrderAttributed,
    EventType::CollabCreated,
    EventType::DropCreated,
    EventType::InvitationAccepted,
    EventType::CampaignCreatorAdded,
];

/// What Klaviyo calls events of a type; `None` if they are not sent.
pub const fn metric(kind: EventType) -> Option<&'static str> {
    match kind {
        EventType::OrderAttributed => Some("Creator Order Attributed"),
        EventType::CollabCreated => Some("Creator Collaboration Started"),
        EventType::DropCreated => Some("Creator Drop Created"),
        EventType::InvitationAccepted => Some("Creator Invitation Accepted"),
        EventType::CampaignCreatorAdded => Some("Creator Added To Campaign"),
        _ => None,
    }
}

/// Whether a text can be a private key.
pub fn is_private_key(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    text.len() > KEY_PREFIX.len()
        && text.len() <= KEY_CHARS_MAX
        && text.starts_with(KEY_PREFIX)
        && text.bytes().all(is_plain)
}

/// A creator as the profile shows them. There is no e-mail address: only a hash of it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The id, which is the profile's `external_id`.
    pub id: CreatorId,
    /// The display name.
    pub name: String,
    /// The handle, without `@`.
    pub handle: String,
    /// The tier.
    pub tier: Option<String>,
}

/// An outbound event to send.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its id.
    pub id: &'a MessageId,
    /// What happened.
    pub kind: EventType,
    /// What it says, as JSON.
    pub data: &'a str,
    /// When it happened.
    pub at: UnixMs,
    /// When the brand connected: orders placed before are not sent.
    pub connected_at: UnixMs,
}

impl Source<'_> {
    /// The bodies to post: one for each creator of the event who is among `people`, in the order of their
    /// ids. `None` if the data is not what events of its type say.
    pub fn bodies(&self, people: &BTreeMap<CreatorId, Person>) -> Option<Vec<(CreatorId, String)>> {
        body::bodies(self, people)
    }
}
