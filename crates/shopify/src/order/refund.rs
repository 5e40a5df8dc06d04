//! Reading one refund.
//!
//! With prices that include tax, a refunded line's `subtotal` includes the tax and `total_tax` is the part inside; the
//! body does not say which it is. The successful transactions do: they add up to the subtotals, the taxes if those are
//! not inside, and what the adjustments take or give. Refunded shipping is a negative adjustment, a line of its own, or
//! both.

use domain::{Currency, Money, UnixMs};

use super::{
    Malformed, ShopifyRefund,
    body::{PriceSet, RefundBody, RefundLineBody, minor_of},
};

/// Parses a `refunds/create` body.
///
/// # Errors
///
/// [`Malformed`] if the body is not a refund, names no order, or a successful transaction's amount is unreadable.
pub fn read_refund(body: &[u8]) -> Result<ShopifyRefund, Malformed> {
    let refund: RefundBody<'_> = serde_json::from_slice(body).map_err(|_| Malformed("refund"))?;
    refund_of(&refund, None)
}

pub(super) fn refund_of(refund: &RefundBody<'_>, order_id: Option<u64>) -> Result<ShopifyRefund, Malformed> {
    let moved = money_moved(refund)?;
    let shop = shop_currency(refund);
    let tax = moved.map_or(TAX_OUTSIDE, |moved| tax_reading(refund, moved));
    // Transactions may be in the shopper's currency; the lines have the same refund in the shop's currency.
    let amount = match (moved, shop) {
        (Some(moved), Some(shop)) if moved.currency != shop => {
            Some(Money { minor: sum(refund, shop, tax), currency: shop }).filter(|sum| sum.minor > 0).or(Some(moved))
        }
        (moved, _) => moved,
    };
    let lines = amount.map_or_else(Vec::new, |amount| lines_of(refund, amount.currency, tax));
    Ok(ShopifyRefund {
        id: refund.id,
        order_id: refund.order_id.or(order_id).ok_or(Malformed("order_id"))?,
        created_at: refund.created_at.as_deref().and_then(UnixMs::parse_rfc3339).unwrap_or(UnixMs(0)),
        subtotal_minor: amount.and_then(|amount| goods_of(refund, &lines, amount)),
        lines,
        amount,
    })
}

/// The money that successful transactions paid back; `None` if there is none.
pub(super) fn money_moved(refund: &RefundBody<'_>) -> Result<Option<Money>, Malformed> {
    let mut amount: Option<Money> = None;
    for transaction in refund.transactions.iter().flatten().filter(|transaction| transaction.has_moved()) {
        let moved = transaction.money().ok_or(Malformed("transaction amount"))?;
        match &mut amount {
            Some(sum) if sum.currency == moved.currency => {
                sum.minor = sum.minor.checked_add(moved.minor).ok_or(Malformed("transaction amount"))?;
            }
            Some(_) => return Err(Malformed("transaction currency")),
            None => amount = Some(moved),
        }
    }
    Ok(amount)
}

fn lines<'a>(refund: &'a RefundBody<'_>) -> impl Iterator<Item = &'a RefundLineBody> {
    refund.refund_line_items.iter().flatten()
}

/// The shop's currency, as the lines or adjustments state it.
fn shop_currency(refund: &RefundBody<'_>) -> Option<Currency> {
    let of_lines = lines(refund).filter_map(|line| line.subtotal_set.as_ref());
    let of_adjustments = refund.order_adjustments.iter().flatten().filter_map(|change| change.amount_set.as_ref());
    let of_shipping =
        refund.refund_shipping_lines.iter().flatten().filter_map(|line| line.subtotal_amount_set.as_ref());
    of_lines.chain(of_adjustments).chain(of_shipping).find_map(PriceSet::shop_currency)
}

/// Which subtotals of a refund include their tax.
#[derive(Clone, Copy)]
pub(super) struct TaxInside {
    /// Those of lines.
    pub goods: bool,
    /// Those of shipping lines.
    pub shipping: bool,
}

const TAX_OUTSIDE: TaxInside = TaxInside { goods: false, shipping: false };
/// The ways to read a refund, the plainest first.
const READINGS: [TaxInside; 4] = [
    TAX_OUTSIDE,
    TaxInside { goods: true, shipping: false },
    TaxInside { goods: true, shipping: true },
    TaxInside { goods: false, shipping: true },
];

/// What a refund's lines, adjustments and shipping add up to in one of its currencies, minor units.
fn sum(refund: &RefundBody<'_>, currency: Currency, tax: TaxInside) -> i64 {
    goods_and_shipping(refund, currency, tax)
        - refund
            .order_adjustments
            .iter()
            .flatten()
            .filter(|change| !change.is_shipping())
            .map(|change| change.minor(currency))
            .fold(0, i64::saturating_add)
}

/// What a refund's lines and shipping add up to in one of its currencies, minor units.
pub(super) fn goods_and_shipping(refund: &RefundBody<'_>, currency: Currency, tax: TaxInside) -> i64 {
    let of = |set: Option<&PriceSet>, tax_set: Option<&PriceSet>, is_inside: bool| {
        minor_of(set, currency) + if is_inside { 0 } else { minor_of(tax_set, currency) }
    };
    let goods: i64 = lines(refund)
        .map(|line| of(line.subtotal_set.as_ref(), line.total_tax_set.as_ref(), tax.goods))
        .fold(0, i64::saturating_add);
    let shipping: i64 = refund
        .shipping_lines()
        .map(|line| of(line.subtotal_amount_set.as_ref(), line.tax_amount_set.as_ref(), tax.shipping))
        .fold(0, i64::saturating_add);
    let adjusted = refund.order_adjustments.iter().flatten().filter(|change| change.is_shipping());
    let adjusted = adjusted.map(|change| change.minor(currency)).fold(0, i64::saturating_add);
    goods.saturating_add(shipping).saturating_sub(adjusted)
}

/// Which subtotals include their tax: only so they add up to what was paid back.
fn tax_reading(refund: &RefundBody<'_>, moved: Money) -> TaxInside {
    let fits = |tax: &TaxInside| sum(refund, moved.currency, *tax) == moved.minor;
    READINGS.into_iter().find(fits).unwrap_or(TAX_OUTSIDE)
}

/// The refunded lines, each with its amount without tax, minor units; those that can be read.
fn lines_of(refund: &RefundBody<'_>, currency: Currency, tax: TaxInside) -> Vec<(u64, i64)> {
    lines(refund)
        .filter_map(|line| {
            let subtotal = line.subtotal_set.as_ref()?.minor(currency)?;
            let tax = if tax.goods { minor_of(line.total_tax_set.as_ref(), currency) } else { 0 };
            Some((line.line_item_id?, (subtotal - tax).max(0)))
        })
        .collect()
}

/// Whether it has lines, and neither they nor anything else in it are worth anything.
pub(super) fn is_for_nothing(refund: &RefundBody<'_>, currency: Currency) -> bool {
    let is_plain = !refund.has_shipping() && refund.order_adjustments.as_ref().is_none_or(Vec::is_empty);
    refund.has_lines() && is_plain && goods_and_shipping(refund, currency, TAX_OUTSIDE) == 0
}

/// The part of a refund for goods, without tax and shipping, minor units: its lines, less the amount of them that was
/// kept back, or the whole if it has no lines. `None` if it has unreadable lines.
fn goods_of(refund: &RefundBody<'_>, lines: &[(u64, i64)], amount: Money) -> Option<i64> {
    let line_count = refund.refund_line_items.as_ref().map_or(0, Vec::len);
    let adjustments = || refund.order_adjustments.iter().flatten();
    if line_count != lines.len() {
        return None;
    }
    // A mere amount comes off the goods.
    if line_count == 0 && !refund.has_shipping() {
        return Some(amount.minor);
    }
    let of_goods = adjustments().filter(|change| !change.is_shipping());
    let discrepancy: i64 =
        of_goods.map(|change| minor_of(change.amount_set.as_ref(), amount.currency)).fold(0, i64::saturating_add);
    let goods: i64 = lines.iter().map(|(_, minor)| *minor).fold(0, i64::saturating_add);
    // So does what is paid back beside lines that are worth nothing.
    if is_for_nothing(refund, amount.currency) {
        return Some(amount.minor);
    }
    Some((goods - discrepancy).clamp(0, amount.minor))
}
