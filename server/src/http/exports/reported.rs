//! Rows of what trackers and shops report, and of credits.

use domain::{
    Money, UnixMs,
    event::Event,
    metadata::{Details, Metadata},
    order::{API_REFUND_PREFIX, Order, OrderFlag},
};
use flow::export::{ClickRecord, CreditRecord, Refund};
use serde_json::{Value, json};

/// Why a person should look at an order, in short; several reasons are separated by spaces.
fn review(order: &Order) -> String {
    let reason = |flag: &OrderFlag| match flag {
        OrderFlag::MixedRefund => "mixed_refund".to_owned(),
        OrderFlag::PossibleRepeat(other) => format!("possible_repeat:{other}"),
    };
    let flags = order.details.flags.iter().filter(|_| order.details.same_as.is_none());
    flags.map(reason).collect::<Vec<_>>().join(" ")
}

pub(super) fn event(event: &Event) -> Value {
    json!({
        "id": event.id, "event_id": event.sender_id(), "event_type": event.event_type, "pv_id": event.pv_id,
        "pv_alias": event.pv_alias, "occurred_at": event.occurred_at.to_rfc3339(),
        "received_at": event.received_at.to_rfc3339(), "page_url": event.page_url, "ref_code": event.ref_code,
        "product_id": event.product_id, "order_id": event.order_id, "revenue": event.revenue.map(Money::to_decimal),
        "revenue_minor": event.revenue.map(|money| money.minor),
        "currency": event.revenue.map(|money| money.currency), "promo_code": event.promo_code,
        "is_new_customer": event.is_new_customer, "event_data": event.event_data, "is_verified": event.is_verified,
        "is_test": event.is_test,
    })
}

pub(super) fn click(record: &ClickRecord, details: &Details) -> Value {
    let click = &record.click;
    json!({
        "id": click.id, "link_id": click.link, "creator_id": click.creator, "pv_id": click.pv_id,
        "at": click.at.to_rfc3339(), "device": click.device, "browser": click.browser, "os": click.os,
        "country": click.country, "referrer_host": click.referrer_host, "is_bot": click.bot.is_some(),
        "bot_reason": click.bot, "is_unique": record.is_unique, "external_id": details.external_id,
        "metadata": details.metadata,
    })
}

pub(super) fn order(order: &Order, notes: &Metadata) -> Value {
    json!({
        "id": order.id, "source": order.source, "external_id": order.external_id, "name": order.name,
        "placed_at": order.placed_at.to_rfc3339(),
        "updated_at": order.version.at().max(order.placed_at).to_rfc3339(),
        "cancelled_at": order.cancelled_at.map(UnixMs::to_rfc3339), "currency": order.currency,
        "total_minor": order.total_minor, "subtotal_minor": order.subtotal_minor,
        "refunded_minor": order.refunded_minor, "net_minor": order.net_minor(), "is_test": order.is_test,
        "is_new_customer": order.is_new_customer, "promo_codes": order.promo_codes.join(" "),
        "same_as": order.details.same_as, "review": review(order),
        "metadata": notes, "line_items": order.lines,
    })
}

pub(super) fn refund(order: &Order, refund: &Refund) -> Value {
    let id = refund.external_id.strip_prefix(API_REFUND_PREFIX).unwrap_or(&refund.external_id);
    json!({
        "id": id, "order": order.id, "order_external_id": order.external_id, "at": refund.at.to_rfc3339(),
        "currency": refund.currency, "amount_minor": refund.amount_minor, "subtotal_minor": refund.subtotal_minor,
        "reason": refund.reason, "same_as": order.details.same_as, "is_test": order.is_test,
    })
}

pub(super) fn credit(record: &CreditRecord, details: &Details) -> Value {
    let credit = &record.credit;
    let amount = Money { minor: credit.amount_minor, currency: record.currency };
    json!({
        "order_id": record.order, "position": record.position, "link_id": credit.link, "creator_id": credit.creator,
        "campaign_id": credit.campaign, "kind": credit.kind, "touched_at": credit.at.to_rfc3339(),
        "weight": credit.weight, "currency": record.currency, "amount_minor": credit.amount_minor,
        "amount": amount.to_decimal(), "external_id": details.external_id, "metadata": details.metadata,
    })
}
