//! What a settlement changes for those outside who follow an order: who is credited, with how much, and what was refunded.

use super::{BookedFigures, SettledState, Settlement};
use crate::{UnixMs, attribution::Attribution, order::Order};

/// A settlement that changed an order's credits or net revenue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderChange<'a> {
    /// The order.
    pub order: &'a Order,
    /// The decision.
    pub attribution: &'a Attribution,
    /// Which of the order's settlements it is, from 1.
    pub nth: i64,
    /// When it was decided.
    pub at: UnixMs,
    /// Net revenue that was booked before, minor units; absent the first time, and if it was in another currency.
    pub previous_net_minor: Option<i64>,
    /// Whether the order is credited anew or otherwise, or its revenue changed for another reason than a refund.
    pub is_attributed: bool,
    /// Whether it was refunded or cancelled since the last settlement.
    pub is_refunded: bool,
    /// What was refunded since the last settlement, minor units.
    pub refund_minor: i64,
    /// Whether its credit waits for a person's approval.
    pub needs_approval: bool,
}

impl<'a> OrderChange<'a> {
    /// What `settlement` changes; `None` if the order is nobody's and was nobody's, is a test record, or nothing changes.
    pub(super) fn of(settlement: &Settlement<'a>, state: &SettledState, booked: BookedFigures) -> Option<Self> {
        let (order, attribution) = (settlement.order, settlement.attribution);
        let earlier = state.attribution.as_ref();
        let was_credited = earlier.is_some_and(|earlier| !earlier.credits.is_empty());
        // An order that counts under another id from the start is reported under that.
        let is_reported =
            !order.is_test && (was_credited || (!attribution.credits.is_empty() && order.details.same_as.is_none()));
        let before = state.booked.filter(|before| before.currency == booked.currency);
        let is_same = |earlier: &Attribution| earlier.credits == attribution.credits;
        let is_unchanged =
            earlier.is_some_and(is_same) && before.is_some_and(|before| before.net_minor == booked.net_minor);
        if !is_reported || is_unchanged {
            return None;
        }
        let refund_minor = refunded_since(order, booked.net_minor, before);
        let is_cancelled = order.cancelled_at.is_some() && before.is_none_or(|before| before.orders == 1);
        let is_refunded = refund_minor > 0 || is_cancelled;
        let is_same_credit = was_credited && earlier.is_some_and(|earlier| attribution.credits_same_links(earlier));
        Some(Self {
            order,
            attribution,
            nth: state.settlements + 1,
            at: settlement.at,
            previous_net_minor: before.map(|before| before.net_minor),
            is_attributed: !is_same_credit || !is_refunded,
            is_refunded,
            refund_minor,
            needs_approval: settlement.is_unproven && !settlement.keeps_approval(state),
        })
    }
}

/// What was refunded since the figures `before` were booked, minor units. Of figures from before refunds were kept with
/// them, what the net revenue has lost since is taken for it.
fn refunded_since(order: &Order, net_minor: i64, before: Option<BookedFigures>) -> i64 {
    let refunded_before = match before {
        None => 0,
        Some(BookedFigures { refunded_minor: Some(minor), .. }) => minor,
        Some(before) => order.refunded_minor - (before.net_minor - net_minor).clamp(0, order.refunded_minor.max(0)),
    };
    (order.refunded_minor - refunded_before).max(0)
}
