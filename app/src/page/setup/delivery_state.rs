//! How far deliveries are, in words, and where their pages are.

use domain::{EndpointId, MessageId, UnixMs, webhook::DeliveryState};
use flow::webhook::Delivery;
use leptos::prelude::*;

use super::webhooks;
use crate::{component::chip, language::Message};

/// The page of a delivery.
pub(super) fn path_of(id: &EndpointId, event: &MessageId) -> String {
    format!("{}/deliveries/{event}", webhooks::path_of(id))
}

/// How far a delivery is: a word and its tone.
pub(super) fn state_text(state: DeliveryState) -> (String, &'static str) {
    let (message, tone) = match state {
        DeliveryState::Waiting => (Message("webhooks-waiting"), ""),
        DeliveryState::Due => (Message("webhooks-due"), "warning"),
        DeliveryState::Delivered => (Message("webhooks-delivered"), "good"),
        DeliveryState::Dead => (Message("webhooks-dead"), "bad"),
    };
    (message.text(), tone)
}

/// As [`state_text`], with its view.
pub(super) fn state_chip(state: DeliveryState) -> (String, AnyView) {
    let (text, tone) = state_text(state);
    (text.clone(), chip(text, tone))
}

/// What was answered, or why nothing was.
pub(super) fn answer_text(status: Option<u16>, error: Option<&str>) -> String {
    match (status, error) {
        (Some(status), Some(error)) => format!("{status} · {error}"),
        (Some(status), None) => status.to_string(),
        (None, Some(error)) => error.to_owned(),
        (None, None) => String::new(),
    }
}

/// How far away the next attempt of a delivery is that is waited for, in ms.
const SOON_MS: i64 = 60_000;

/// Whether a delivery is about to be sent: one whose next attempt is hours away is not waited for.
pub(super) fn is_under_way(delivery: &Delivery, now: UnixMs) -> bool {
    delivery.next_at.is_some_and(|at| at <= now.plus_ms(SOON_MS))
}
