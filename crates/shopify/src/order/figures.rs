//! The money of an order: what a body's figures mean for revenue and commissions.
//!
//! The newest body decides. `current_total_price` follows edits and the refunds of lines and shipping, settled or not,
//! but not refunds of a mere amount. So revenue is the current total less those, and the commission base is what is
//! left of the goods, without tax, less those. A refund that tells nothing but its transactions may also give back what
//! was overpaid since an edit took something away: the current total follows that edit already.

use std::collections::BTreeSet;

use domain::{Currency, Money, money::AMOUNT_MAX_MINOR};

use super::{
    ShopifyLine,
    body::{LineBody, OrderBody, RefundBody, TaxBody, minor_of, money},
    refund::{TaxInside, goods_and_shipping, is_for_nothing, money_moved},
};

/// What an order is worth, in minor units of the shop's currency.
pub(super) struct Figures {
    /// Total after edits and before refunds.
    pub total_minor: i64,
    /// Refunds that `total_minor − refunded_minor` follows already; `None` if the body has no current total, so that
    /// each refund is to be deducted on its own.
    pub included: Option<Vec<u64>>,
    /// What those refunds amount to.
    pub refunded_minor: i64,
    /// The commission base, without gift cards.
    pub subtotal_minor: i64,
    /// What is left of each line.
    pub lines: Vec<ShopifyLine>,
    /// Whether a refund mixes lines with an amount of its own.
    pub has_mixed_refund: bool,
}

/// An order body with what its refunds do to it.
struct Reading<'a, 'b> {
    order: &'a OrderBody<'b>,
    refunds: &'a [RefundBody<'b>],
    /// The original total in the shop's currency.
    total: Money,
}

/// Calculates the figures of an order body. `total` is its original total.
pub(super) fn figures(order: &OrderBody<'_>, total: Money) -> Figures {
    let refunds = order.refunds.as_deref().unwrap_or_default();
    let reading = Reading { order, refunds, total };
    let lines = reading.lines();
    let current = reading.current(money(
        order.current_total_price_set.as_ref(),
        order.current_total_price,
        order.currency.as_deref(),
    ));
    let Some(current_minor) = current else {
        let subtotal_minor = reading.original_subtotal();
        let total_minor = total.minor;
        return Figures {
            total_minor,
            included: None,
            refunded_minor: 0,
            subtotal_minor,
            lines,
            has_mixed_refund: false,
        };
    };
    let amounts_only = reading.amounts_only(current_minor);
    let revenue_minor = (current_minor - amounts_only).max(0);
    let refunded_minor: i64 = refunds.iter().map(|refund| reading.paid_back(refund)).fold(0, i64::saturating_add);
    Figures {
        total_minor: revenue_minor + refunded_minor,
        included: Some(refunds.iter().map(|refund| refund.id).collect()),
        refunded_minor,
        subtotal_minor: (reading.goods_left(&lines) - amounts_only).max(0),
        lines,
        has_mixed_refund: refunds.iter().any(|refund| reading.is_mixed(refund)),
    }
}

impl Reading<'_, '_> {
    const fn currency(&self) -> Currency {
        self.total.currency
    }

    fn current(&self, money: Option<Money>) -> Option<i64> {
        money.filter(|money| money.currency == self.currency()).map(|money| money.minor)
    }

    /// What refunds of no lines gave back beyond shipping, minor units.
    fn amounts_only(&self, current_minor: i64) -> i64 {
        let adjusted: i64 = self.refunds.iter().map(|refund| self.adjusted_only(refund)).fold(0, i64::saturating_add);
        let plain = self.refunds.iter().filter(|refund| is_transactions_only(refund));
        let plain: i64 = plain.map(|refund| self.paid_back(refund)).fold(0, i64::saturating_add);
        adjusted + (plain - self.overpaid(current_minor)).max(0)
    }

    /// What the adjustments of a refund of no lines gave back beyond shipping, not below zero.
    fn adjusted_only(&self, refund: &RefundBody<'_>) -> i64 {
        if refund.has_lines() { 0 } else { (-self.adjusted(refund)).max(0) }
    }

    /// How much more than the current total was charged for what edits have taken away since, minor units: what the
    /// current total is short of the original one, unless refunds of lines and shipping account for it. A refund row
    /// without a transaction or a return is an edit.
    fn overpaid(&self, current_minor: i64) -> i64 {
        let tax = TaxInside { goods: self.has_tax_inside(), shipping: self.has_tax_inside() };
        let is_refund = |refund: &&RefundBody<'_>| {
            let has_money = refund.transactions.as_ref().is_some_and(|all| !all.is_empty());
            (refund.has_lines() || refund.has_shipping()) && (has_money || refund.returned.is_some())
        };
        let refunded: i64 = self
            .refunds
            .iter()
            .filter(is_refund)
            .map(|refund| goods_and_shipping(refund, self.currency(), tax).max(self.paid_back(refund)))
            .fold(0, i64::saturating_add);
        (self.total.minor - current_minor - refunded).max(0)
    }

    /// Sum of a refund's adjustments other than shipping, minor units; below zero in the shopper's favour. While a refund
    /// is pending, two of them cancel each other out.
    fn adjusted(&self, refund: &RefundBody<'_>) -> i64 {
        let changes = refund.order_adjustments.iter().flatten().filter(|change| !change.is_shipping());
        changes.map(|change| change.minor(self.currency())).fold(0, i64::saturating_add)
    }

    fn is_mixed(&self, refund: &RefundBody<'_>) -> bool {
        let has_amount = self.adjusted(refund) != 0 || is_for_nothing(refund, self.currency());
        refund.has_lines() && has_amount && money_moved(refund).is_ok_and(|moved| moved.is_some())
    }

    /// The money that a refund paid back, minor units of the shop's currency; converted at the order's own rate if it
    /// was paid in the shopper's.
    fn paid_back(&self, refund: &RefundBody<'_>) -> i64 {
        match money_moved(refund) {
            Ok(Some(moved)) if moved.currency == self.currency() => moved.minor,
            Ok(Some(moved)) => {
                let shown = self.order.total_price_set.as_ref().and_then(|set| set.minor(moved.currency));
                shown.filter(|shown| *shown > 0).map_or(0, |shown| part_of(moved.minor, self.total.minor, shown))
            }
            _ => 0,
        }
    }

    /// The goods as sold, without included tax: all that a body without current figures tells.
    fn original_subtotal(&self) -> i64 {
        let subtotal =
            money(self.order.subtotal_price_set.as_ref(), self.order.subtotal_price, self.order.currency.as_deref());
        let line_tax: i64 = self
            .order
            .line_items
            .iter()
            .flatten()
            .map(|line| self.tax_of(line.tax_lines.as_ref()))
            .fold(0, i64::saturating_add);
        let tax = if self.has_tax_inside() { line_tax } else { 0 };
        (self.current(subtotal).unwrap_or(self.total.minor).saturating_sub(self.not_goods()).saturating_sub(tax)).max(0)
    }

    /// What is left of the goods after discounts, edits and refunds of lines, without tax, gift cards and tips.
    fn goods_left(&self, lines: &[ShopifyLine]) -> i64 {
        let order = self.order;
        let subtotal =
            money(order.current_subtotal_price_set.as_ref(), order.current_subtotal_price, order.currency.as_deref());
        let Some(subtotal) = self.current(subtotal) else {
            return lines
                .iter()
                .filter(|line| !line.is_gift_card)
                .map(|line| line.net_minor)
                .fold(0, i64::saturating_add);
        };
        let tax = if self.has_tax_inside() { self.goods_tax() } else { 0 };
        subtotal.saturating_sub(self.not_goods()).saturating_sub(tax)
    }

    /// What is left of gift cards and tips.
    fn not_goods(&self) -> i64 {
        let is_other = |line: &&LineBody| line.gift_card == Some(true) || line.is_tip();
        let others = self.order.line_items.iter().flatten().filter(is_other);
        others.filter_map(|line| self.left(line, false)).fold(0, i64::saturating_add)
    }

    fn has_tax_inside(&self) -> bool {
        self.order.taxes_included.unwrap_or(false)
    }

    /// The current tax without that of retained shipping, minor units.
    fn goods_tax(&self) -> i64 {
        let order = self.order;
        let tax = money(order.current_total_tax_set.as_ref(), order.current_total_tax, order.currency.as_deref());
        let Some(tax) = self.current(tax) else {
            let lines = order.line_items.iter().flatten();
            return lines
                .filter_map(|line| Some(self.left(line, false)?.saturating_sub(self.left(line, true)?)))
                .fold(0, i64::saturating_add);
        };
        let shipping = order.shipping_lines.iter().flatten().filter(|line| line.is_removed != Some(true));
        let charged: i64 = shipping.map(|line| self.tax_of(line.tax_lines.as_ref())).fold(0, i64::saturating_add);
        let refunded: i64 =
            self.refunds.iter().map(|refund| refund.shipping_tax(self.currency())).fold(0, i64::saturating_add);
        tax - (charged - refunded).max(0)
    }

    fn tax_of(&self, taxes: Option<&Vec<TaxBody>>) -> i64 {
        taxes
            .into_iter()
            .flatten()
            .map(|tax| minor_of(tax.price_set.as_ref(), self.currency()))
            .fold(0, i64::saturating_add)
    }

    fn lines(&self) -> Vec<ShopifyLine> {
        let goods = self.order.line_items.iter().flatten().filter(|line| !line.is_tip());
        goods
            .filter_map(|line| {
                Some(ShopifyLine {
                    id: line.id?,
                    product: line.product_id,
                    quantity: line.quantity.and_then(|count| u32::try_from(count).ok()),
                    net_minor: self.left(line, self.has_tax_inside())?,
                    is_gift_card: line.gift_card == Some(true),
                })
            })
            .collect()
    }

    /// What is left of a line: price × current quantity, less the part of discounts (and of included tax, if
    /// `without_tax`) that belongs to it, since both are stated for the quantity sold. `None` if the body lacks them.
    fn left(&self, line: &LineBody, without_tax: bool) -> Option<i64> {
        let quantity = line.quantity.filter(|count| *count >= 0)?;
        let current = line.current_quantity.unwrap_or_else(|| self.quantity_left(line, quantity)).clamp(0, quantity);
        let price = line.price_set.as_ref()?.minor(self.currency())?.checked_mul(current)?;
        let price = Some(price).filter(|price| *price <= AMOUNT_MAX_MINOR)?;
        let discounts: i64 = line
            .discount_allocations
            .iter()
            .flatten()
            .map(|discount| minor_of(discount.amount_set.as_ref(), self.currency()))
            .fold(0, i64::saturating_add);
        let tax = if without_tax { self.tax_of(line.tax_lines.as_ref()) } else { 0 };
        Some(price.saturating_sub(part_of(discounts.saturating_add(tax), current, quantity)).max(0))
    }

    /// For bodies without `current_quantity`: what refunds of the line leave of its quantity. A body without current
    /// totals is read as sold, since its refunds are deducted on their own.
    fn quantity_left(&self, line: &LineBody, quantity: i64) -> i64 {
        let has_current = self.order.current_total_price_set.is_some() || self.order.current_total_price.is_some();
        if !has_current {
            return quantity;
        }
        let refunded = self.refunds.iter().flat_map(|refund| refund.refund_line_items.iter().flatten());
        let own = refunded.filter(|refunded| refunded.line_item_id.is_some() && refunded.line_item_id == line.id);
        quantity.saturating_sub(own.filter_map(|refunded| refunded.quantity).fold(0, i64::saturating_add))
    }
}

/// Whether a refund tells nothing but its transactions.
fn is_transactions_only(refund: &RefundBody<'_>) -> bool {
    let has_adjustments = refund.order_adjustments.as_ref().is_some_and(|changes| !changes.is_empty());
    !refund.has_lines() && !refund.has_shipping() && !has_adjustments
}

/// How far an order's history has gone, as far as a body tells. None of these numbers ever decreases, so of two bodies
/// of one second the one with the greater list is the later.
pub(super) fn progress(order: &OrderBody<'_>) -> Vec<u64> {
    let refunds = || order.refunds.iter().flatten();
    let adjustments = refunds().flat_map(|refund| refund.order_adjustments.iter().flatten());
    let transactions = || refunds().flat_map(|refund| refund.transactions.iter().flatten());
    let sold = || order.line_items.iter().flatten().filter_map(|line| Some((line.quantity?, line.current_quantity)));
    let units = |count: i64| u64::try_from(count).unwrap_or(0);
    let removed = sold()
        .map(|(quantity, current)| units(quantity.saturating_sub(current.unwrap_or(quantity))))
        .fold(0, u64::saturating_add);
    vec![
        u64::from(order.cancelled_at.is_some()),
        refunds().count() as u64,
        adjustments.count() as u64,
        transactions().count() as u64,
        transactions().filter(|transaction| transaction.is_decided()).count() as u64,
        sold().map(|(quantity, _)| units(quantity)).fold(0, u64::saturating_add),
        removed,
    ]
}

/// Every amount by which a report of the sale may know the order: its totals and subtotals, as sold and now.
pub(super) fn amounts(order: &OrderBody<'_>, total: Money) -> Vec<i64> {
    let currency = order.currency.as_deref();
    let others = [
        money(order.current_total_price_set.as_ref(), order.current_total_price, currency),
        money(order.subtotal_price_set.as_ref(), order.subtotal_price, currency),
        money(order.current_subtotal_price_set.as_ref(), order.current_subtotal_price, currency),
    ];
    let own = others.into_iter().flatten().filter(|money| money.currency == total.currency);
    let all: BTreeSet<i64> = own.map(|money| money.minor).chain([total.minor]).collect();
    all.into_iter().collect()
}

/// `minor · part / whole`, rounded to the nearest minor unit; zero if there is no whole.
fn part_of(minor: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let (product, whole) = (i128::from(minor) * i128::from(part), i128::from(whole));
    i64::try_from((2 * product + whole).div_euclid(2 * whole)).unwrap_or(i64::MAX)
}
