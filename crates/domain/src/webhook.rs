//! Webhooks to other systems: endpoints, what they want, and the rules of sending.
//!
//! The format is that of Standard Webhooks: <https://www.standardwebhooks.com>.

pub mod address;
mod answer;
mod endpoint_url;
mod retry;
mod secret;

use core::fmt;
use std::collections::BTreeSet;

pub use answer::{Answer, AnswerHeaders, Verdict};
pub use endpoint_url::{InvalidUrl, UrlRules};
pub use retry::{ATTEMPTS_MAX, HOLD_MAX_MS, RETRY_AFTER_MAX_MS, Standing, retry_after, wait_ms};
pub use secret::{InvalidSecret, Secret, signatures};

use crate::{EndpointId, UnixMs, metadata::Details, outbound::EventType, time::HOUR_MS};

/// Most endpoints of a brand.
pub const ENDPOINTS_MAX: usize = 16;
/// Longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 500;
/// How long an old secret signs beside the new one, if nothing else is said, in hours.
pub const OVERLAP_HOURS: u32 = 24;
/// The longest that it may, in hours.
pub const OVERLAP_HOURS_MAX: u32 = 7 * 24;
/// Events and deliveries are kept for so long, in ms.
pub const KEPT_MS: i64 = 30 * 24 * HOUR_MS;
/// Deliveries that are sent to one endpoint at a time, each about another object, once it is known to be fast. Before, one.
pub const AT_ONCE_PER_ENDPOINT: i64 = 4;
/// An attempt that takes longer counts as slow, in ms.
pub const SLOW_MS: i64 = 1_000;
/// How much of an answer is kept, in bytes.
pub const ANSWER_BYTES_KEPT: usize = 4 * 1024;

/// Which events an endpoint wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TypeFilter {
    /// All, those of later versions too.
    #[default]
    All,
    /// These.
    Some(BTreeSet<EventType>),
}

/// A name is no event type, or there is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTypes {
    /// There is no such type.
    #[error("unknown event type {0:?}")]
    Unknown(String),
    /// An endpoint that wants nothing.
    #[error("at least one event type is required")]
    Empty,
}

impl TypeFilter {
    /// Reads the names of event types.
    ///
    /// # Errors
    /// If a name is unknown, or there is none.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidTypes> {
        let known = |name: &str| EventType::parse(name).ok_or_else(|| InvalidTypes::Unknown(name.to_owned()));
        let types: BTreeSet<EventType> = names.into_iter().map(known).collect::<Result<_, _>>()?;
        if types.is_empty() { Err(InvalidTypes::Empty) } else { Ok(Self::Some(types)) }
    }

    /// The names; `None` for all.
    pub fn names(&self) -> Option<Vec<&'static str>> {
        match self {
            Self::All => None,
            Self::Some(types) => Some(types.iter().map(|kind| kind.as_str()).collect()),
        }
    }

    /// Whether the endpoint wants events of this type. A test is sent to whom it is for, whatever else that one wants.
    pub fn wants(&self, kind: EventType) -> bool {
        match self {
            Self::All => true,
            Self::Some(types) => kind == EventType::EndpointTest || types.contains(&kind),
        }
    }
}

/// Why an endpoint is sent nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum DisabledReason {
    /// A member of the brand disabled it.
    Manual,
    /// It answered 410 Gone.
    Gone,
    /// It answered with the header `webhook-delivery: disable`.
    Asked,
    /// It did nothing but fail for days.
    Failing,
}

impl DisabledReason {
    /// The name in the API and the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// Whether an endpoint is sent events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointStatus {
    /// It is.
    Enabled,
    /// It is not.
    Disabled {
        /// Since when.
        at: UnixMs,
        /// Why.
        reason: DisabledReason,
    },
}

impl EndpointStatus {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled { .. } => "disabled",
        }
    }
}

/// What an endpoint's owner should know before it is disabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// When it was noticed.
    pub at: UnixMs,
    /// The type of the event and the last answer, as a sentence.
    pub text: String,
}

/// Where events of a brand are sent. Its secret is stored beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Where to.
    pub url: String,
    /// What it wants.
    pub types: TypeFilter,
    /// The version of the bodies.
    pub api_version: String,
    /// What the brand says about it.
    pub description: String,
    /// Its external id and metadata.
    pub details: Details,
    /// When it was created.
    pub created_at: UnixMs,
    /// When its brand or the server last changed it.
    pub updated_at: UnixMs,
    /// Whether it is sent anything.
    pub status: EndpointStatus,
    /// Since when it did nothing but fail.
    pub failing_since: Option<UnixMs>,
    /// That it will be disabled.
    pub warning: Option<Warning>,
    /// Until when its previous secret signs too.
    pub previous_secret_until: Option<UnixMs>,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum DeliveryState {
    /// An earlier event about its object is delivered first.
    Waiting,
    /// It is sent at its time.
    Due,
    /// The endpoint took it.
    Delivered,
    /// It was given up, and can be sent again.
    Dead,
}

impl DeliveryState {
    /// The name in the API and the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_name_known_types_only() {
        let some = TypeFilter::parse(["order.refunded", "order.attributed"]).expect("known");
        assert_eq!(some.names(), Some(vec!["order.attributed", "order.refunded"]));
        assert!(some.wants(EventType::OrderRefunded) && !some.wants(EventType::PayoutPaid));
        assert!(some.wants(EventType::EndpointTest), "a test always arrives");
        assert!(TypeFilter::All.wants(EventType::PayoutPaid) && TypeFilter::All.names().is_none());
        assert_eq!(TypeFilter::parse(["order.*"]), Err(InvalidTypes::Unknown("order.*".into())));
        assert_eq!(TypeFilter::parse([]), Err(InvalidTypes::Empty));
    }

    #[test]
    fn names_survive_storage() {
        for reason in [DisabledReason::Manual, DisabledReason::Gone, DisabledReason::Asked, DisabledReason::Failing] {
            assert_eq!(DisabledReason::parse(reason.as_str()), Some(reason));
        }
        for state in [DeliveryState::Waiting, DeliveryState::Due, DeliveryState::Delivered, DeliveryState::Dead] {
            assert_eq!(DeliveryState::parse(state.as_str()), Some(state));
        }
    }
}
