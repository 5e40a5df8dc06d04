//! Events reported by a storefront or a backend.

use serde::{Deserialize, Serialize};

use crate::{BrandId, EventId, Money, UnixMs, order::TEST_PREFIX, time::DAY_MS};

/// How far in the future a reported time may be, in ms: clocks differ.
const FUTURE_MAX_MS: i64 = 5 * 60_000;
/// Events count as at most this old, in ms.
const PAST_MAX_MS: i64 = 7 * DAY_MS;

/// The reported time is more than 5 minutes in the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must not be more than 5 minutes in the future")]
pub struct InTheFuture;

/// Accepts a time that a sender reported.
///
/// # Errors
/// [`InTheFuture`] if it is more than 5 minutes after `now`.
pub fn reported_at(at: UnixMs, now: UnixMs) -> Result<UnixMs, InTheFuture> {
    if at > now.plus_ms(FUTURE_MAX_MS) { Err(InTheFuture) } else { Ok(at) }
}

/// As [`reported_at`], from a browser: anything older counts as 7 days old.
///
/// # Errors
/// [`InTheFuture`] if it is more than 5 minutes after `now`.
pub fn reported_by_browser_at(at: UnixMs, now: UnixMs) -> Result<UnixMs, InTheFuture> {
    Ok(reported_at(at, now)?.max(now.plus_ms(-PAST_MAX_MS)))
}

/// The time of what happened `age_ms` before `now`: as [`reported_by_browser_at`], but a difference of the sender's clock, so
/// that a wrong one does not matter. A negative age counts as 0.
pub fn reported_by_age(age_ms: i64, now: UnixMs) -> UnixMs {
    now.plus_ms(-age_ms.clamp(0, PAST_MAX_MS))
}

/// Names of the event types, in funnel order ([`wire::EventType`]).
pub const TYPES: [&str; 4] = [
    wire::EventType::PageView.as_str(),
    wire::EventType::AddToCart.as_str(),
    wire::EventType::CheckoutStart.as_str(),
    wire::EventType::Purchase.as_str(),
];

/// A stored event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The sender's `event_id`, else a generated one. Unique within the brand, so that retries are idempotent.
    pub id: String,
    /// The brand of the API key that sent it.
    pub brand: BrandId,
    /// A name of [`wire::EventType`].
    pub event_type: String,
    /// The visitor id.
    pub pv_id: String,
    /// A second id of the same browser: the one in the landing URL.
    pub pv_alias: Option<String>,
    /// When it happened, as reported by the sender, within limits.
    pub occurred_at: UnixMs,
    /// When it arrived.
    pub received_at: UnixMs,
    /// URL of the page, without query and fragment.
    pub page_url: Option<String>,
    /// The link code of the page URL or sent with the event.
    pub ref_code: Option<String>,
    /// The seller's product id.
    pub product_id: Option<String>,
    /// The seller's order id (purchases).
    pub order_id: Option<String>,
    /// The order's total (purchases).
    pub revenue: Option<Money>,
    /// Discount code used.
    pub promo_code: Option<String>,
    /// Whether this is the customer's first order.
    pub is_new_customer: Option<bool>,
    /// The sender's own JSON, as text.
    pub event_data: Option<String>,
    /// True if sent with a server key, false if sent by a browser.
    pub is_verified: bool,
    /// True if sent with a test key.
    pub is_test: bool,
}

impl Event {
    /// The sender's `event_id`; `None` if it sent none.
    pub fn sender_id(&self) -> Option<&str> {
        let id = self.id.strip_prefix(TEST_PREFIX).unwrap_or(&self.id);
        id.parse::<EventId>().is_err().then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_id_is_not_the_senders() {
        let event = |id: &str| Event {
            id: id.to_owned(),
            brand: BrandId::new(0, [1; 10]),
            event_type: "page_view".to_owned(),
            pv_id: String::new(),
            pv_alias: None,
            occurred_at: UnixMs(0),
            received_at: UnixMs(0),
            ref_code: None,
            page_url: None,
            product_id: None,
            order_id: None,
            revenue: None,
            promo_code: None,
            is_new_customer: None,
            event_data: None,
            is_verified: false,
            is_test: false,
        };
        let sent = "660e8400-e29b-41d4-a716-446655440001";
        assert_eq!(event(sent).sender_id(), Some(sent));
        assert_eq!(event(&format!("test:{sent}")).sender_id(), Some(sent));
        assert_eq!(event(EventId::new(7, [9; 10]).as_str()).sender_id(), None);
    }

    #[test]
    fn reported_times_are_bounded() {
        let now = UnixMs(1_800_000_000_000);
        assert_eq!(reported_at(now.plus_ms(FUTURE_MAX_MS), now), Ok(now.plus_ms(FUTURE_MAX_MS)));
        assert_eq!(reported_at(now.plus_ms(FUTURE_MAX_MS + 1), now), Err(InTheFuture));
        let old = now.plus_ms(-PAST_MAX_MS - 1);
        assert_eq!((reported_at(old, now), reported_by_browser_at(old, now)), (Ok(old), Ok(now.plus_ms(-PAST_MAX_MS))));
        let ages = [0, 1_500, PAST_MAX_MS + 1, i64::MAX, -1].map(|age_ms| reported_by_age(age_ms, now));
        assert_eq!(ages, [0, 1_500, PAST_MAX_MS, PAST_MAX_MS, 0].map(|age_ms| now.plus_ms(-age_ms)));
    }
}
