//! Parses orders and refunds from webhook bodies. Tolerates ids beyond 2^53, money as strings or numbers, and nulls
//! anywhere.

use domain::{Currency, Money, UnixMs};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A required field of an order or refund is missing or invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("missing or invalid in the body: {0}")]
pub struct Malformed(pub &'static str);

/// The fields of an order that we use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopifyOrder {
    /// Shopify's order id.
    pub id: u64,
    /// The name the merchant sees, such as `#1001`.
    pub name: String,
    /// When it was placed.
    pub created_at: UnixMs,
    /// When it last changed; the version of this body.
    pub updated_at: UnixMs,
    /// When it was cancelled, if it was.
    pub cancelled_at: Option<UnixMs>,
    /// Total in the shop's currency, without lines removed before payment; refunds are not deducted.
    pub total: Money,
    /// Goods after discounts, without tax and shipping, in the shop's currency, minor units.
    pub subtotal_minor: i64,
    /// Whether it is a test order.
    pub is_test: bool,
    /// Shopify's customer id.
    pub customer_id: Option<u64>,
    /// Whether this is the customer's first order, if the body has `orders_count`.
    pub is_new_customer: Option<bool>,
    /// The buyer's e-mail address. Stored only as a keyed hash.
    pub email: Option<String>,
    /// Path and query of the session's first page.
    pub landing_site: Option<String>,
    /// Cart attributes: name and value.
    pub note_attributes: Vec<(String, String)>,
    /// Discount codes used.
    pub discount_codes: Vec<String>,
    /// Lines: line id, product id, and amount after discounts without tax in the shop's currency, minor units.
    pub lines: Vec<(u64, Option<u64>, i64)>,
    /// Refunds until now; unreadable ones are skipped.
    pub refunds: Vec<ShopifyRefund>,
    /// URL of the order's status page, to check the shop named in the headers.
    pub order_status_url: Option<String>,
}

/// The fields of a refund that we use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopifyRefund {
    /// Shopify's refund id.
    pub id: u64,
    /// Shopify's order id.
    pub order_id: u64,
    /// When it was created.
    pub created_at: UnixMs,
    /// Money paid back, in the shop's currency if the body has it. `None` if no money was paid back.
    pub amount: Option<Money>,
    /// The part for goods, without tax and shipping, minor units. `None` if the body does not specify it.
    pub subtotal_minor: Option<i64>,
    /// Refunded lines: line id and amount without tax, minor units.
    pub lines: Vec<(u64, i64)>,
}

#[derive(Deserialize)]
struct OrderBody<'a> {
    id: u64,
    #[serde(default)]
    name: Option<String>,
    created_at: String,
    updated_at: Option<String>,
    cancelled_at: Option<String>,
    currency: Option<String>,
    #[serde(borrow)]
    total_price: Option<&'a RawValue>,
    #[serde(borrow)]
    subtotal_price: Option<&'a RawValue>,
    total_price_set: Option<PriceSet>,
    subtotal_price_set: Option<PriceSet>,
    current_total_price_set: Option<PriceSet>,
    current_subtotal_price_set: Option<PriceSet>,
    #[serde(default)]
    test: Option<bool>,
    customer: Option<CustomerBody>,
    email: Option<String>,
    landing_site: Option<String>,
    #[serde(default)]
    note_attributes: Option<Vec<Attribute>>,
    #[serde(default)]
    discount_codes: Option<Vec<DiscountCode>>,
    #[serde(default, borrow)]
    refunds: Option<Vec<RefundBody<'a>>>,
    #[serde(default)]
    line_items: Option<Vec<LineBody>>,
    #[serde(default)]
    taxes_included: Option<bool>,
    order_status_url: Option<String>,
}

#[derive(Deserialize)]
struct PriceSet {
    shop_money: Option<Price>,
}

#[derive(Deserialize)]
struct Price {
    amount: Option<String>,
    #[serde(alias = "currency")]
    currency_code: Option<String>,
}

#[derive(Deserialize)]
struct CustomerBody {
    id: Option<u64>,
    orders_count: Option<u64>,
    email: Option<String>,
}

#[derive(Deserialize)]
struct Attribute {
    name: Option<String>,
    value: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct DiscountCode {
    code: Option<String>,
}

#[derive(Deserialize)]
struct RefundBody<'a> {
    id: u64,
    order_id: Option<u64>,
    created_at: Option<String>,
    #[serde(default, borrow)]
    transactions: Option<Vec<TransactionBody<'a>>>,
    #[serde(default)]
    refund_line_items: Option<Vec<RefundLineBody>>,
    #[serde(default)]
    order_adjustments: Option<Vec<AdjustmentBody>>,
}

#[derive(Deserialize)]
struct LineBody {
    id: Option<u64>,
    product_id: Option<u64>,
    quantity: Option<i64>,
    price_set: Option<PriceSet>,
    #[serde(default)]
    discount_allocations: Option<Vec<AllocationBody>>,
    #[serde(default)]
    tax_lines: Option<Vec<TaxBody>>,
}

#[derive(Deserialize)]
struct TaxBody {
    price_set: Option<PriceSet>,
}

#[derive(Deserialize)]
struct AllocationBody {
    amount_set: Option<PriceSet>,
}

#[derive(Deserialize)]
struct RefundLineBody {
    line_item_id: Option<u64>,
    subtotal_set: Option<PriceSet>,
    total_tax_set: Option<PriceSet>,
}

#[derive(Deserialize)]
struct AdjustmentBody {
    kind: Option<String>,
    amount_set: Option<PriceSet>,
    tax_amount_set: Option<PriceSet>,
}

#[derive(Deserialize)]
struct TransactionBody<'a> {
    kind: Option<String>,
    status: Option<String>,
    #[serde(borrow)]
    amount: Option<&'a RawValue>,
    currency: Option<String>,
    amount_set: Option<PriceSet>,
}

/// The text of a decimal that may be a JSON string or number.
fn decimal(raw: &RawValue) -> &str {
    raw.get().trim_matches('"')
}

fn money(set: Option<&PriceSet>, plain: Option<&RawValue>, currency: Option<&str>) -> Option<Money> {
    let from_set = set.and_then(|set| {
        let price = set.shop_money.as_ref()?;
        Money::parse(price.amount.as_deref()?, Currency::parse(price.currency_code.as_deref()?)?).ok()
    });
    from_set.or_else(|| Money::parse(decimal(plain?), Currency::parse(currency?)?).ok())
}

/// Parses an order body (`orders/create`, `orders/updated`, `orders/paid`, `orders/cancelled`).
///
/// # Errors
///
/// [`Malformed`] if the body is not an order, or `created_at` or `total_price` is missing or invalid.
pub fn read_order(body: &[u8]) -> Result<ShopifyOrder, Malformed> {
    let order: OrderBody<'_> = serde_json::from_slice(body).map_err(|_| Malformed("order"))?;
    let instant = |text: &str| UnixMs::parse_rfc3339(text);
    let created_at = instant(&order.created_at).ok_or(Malformed("created_at"))?;
    let total = money(order.total_price_set.as_ref(), order.total_price, order.currency.as_deref())
        .ok_or(Malformed("total_price"))?;
    let subtotal = money(order.subtotal_price_set.as_ref(), order.subtotal_price, order.currency.as_deref());
    let id = order.id;
    // An unreadable refund must not block the order; it also arrives as a webhook of its own.
    let refunds: Vec<ShopifyRefund> =
        order.refunds.unwrap_or_default().into_iter().filter_map(|refund| refund_of(&refund, Some(id)).ok()).collect();
    // If prices include tax, so do subtotal and lines. The commission base is without tax, so deduct it.
    let has_tax_inside = order.taxes_included.unwrap_or(false);
    let line_tax: i64 = order.line_items.iter().flatten().map(|line| tax_of(line, total.currency)).sum();
    let tax_inside = if has_tax_inside { line_tax } else { 0 };
    let subtotal_minor = (subtotal.map_or(total.minor, |money| money.minor) - tax_inside).max(0);
    // Lines removed before payment have no refund; they show only in the current totals. Those are also reduced by
    // refunds, which must not count here: removed = original total − (current total + refunds).
    let current =
        |set: &Option<PriceSet>| money(set.as_ref(), None, None).filter(|money| money.currency == total.currency);
    let paid_back = |part: fn(&ShopifyRefund) -> i64| refunds.iter().map(part).sum::<i64>();
    let is_other_currency =
        |refund: &ShopifyRefund| refund.amount.is_some_and(|money| money.currency != total.currency);
    let has_other_currency = refunds.iter().any(is_other_currency);
    let removed = current(&order.current_total_price_set).filter(|_| !has_other_currency).map_or(0, |now| {
        let due = now.minor + paid_back(|refund| refund.amount.map_or(0, |money| money.minor));
        (total.minor - due).clamp(0, total.minor)
    });
    let removed_goods = current(&order.current_subtotal_price_set).filter(|_| removed > 0).map_or(removed, |now| {
        let due = now.minor + paid_back(|refund| refund.subtotal_minor.unwrap_or(0));
        (subtotal.map_or(total.minor, |money| money.minor) - due).clamp(0, removed)
    });
    let (total, subtotal_minor) =
        (Money { minor: total.minor - removed, ..total }, (subtotal_minor - removed_goods).max(0));
    Ok(ShopifyOrder {
        id,
        name: order.name.unwrap_or_else(|| id.to_string()),
        created_at,
        updated_at: order.updated_at.as_deref().and_then(instant).unwrap_or(created_at),
        cancelled_at: order.cancelled_at.as_deref().and_then(instant),
        total,
        subtotal_minor,
        is_test: order.test.unwrap_or(false),
        customer_id: order.customer.as_ref().and_then(|customer| customer.id),
        is_new_customer: order.customer.as_ref().and_then(|customer| customer.orders_count).map(|count| count <= 1),
        email: order
            .email
            .or_else(|| order.customer.and_then(|customer| customer.email))
            .filter(|email| !email.is_empty()),
        landing_site: order.landing_site,
        note_attributes: order.note_attributes.unwrap_or_default().into_iter().filter_map(attribute).collect(),
        discount_codes: order
            .discount_codes
            .unwrap_or_default()
            .into_iter()
            .filter_map(|discount| discount.code)
            .filter(|code| !code.is_empty())
            .collect(),
        refunds,
        lines: order
            .line_items
            .iter()
            .flatten()
            .filter_map(|line| line_of(line, total.currency, has_tax_inside))
            .collect(),
        order_status_url: order.order_status_url,
    })
}

/// A line's id, product id, and price × quantity less discounts (and included tax), minor units. `None` if the body
/// lacks them in the order's currency.
fn line_of(line: &LineBody, currency: Currency, has_tax_inside: bool) -> Option<(u64, Option<u64>, i64)> {
    let amount = |set: &Option<PriceSet>| money(set.as_ref(), None, None).filter(|money| money.currency == currency);
    let price = amount(&line.price_set)?.minor.checked_mul(line.quantity.filter(|count| *count >= 0)?)?;
    let discounts: i64 = line
        .discount_allocations
        .iter()
        .flatten()
        .filter_map(|discount| amount(&discount.amount_set))
        .map(|money| money.minor)
        .sum();
    let tax = if has_tax_inside { tax_of(line, currency) } else { 0 };
    Some((line.id?, line.product_id, (price - discounts - tax).max(0)))
}

fn tax_of(line: &LineBody, currency: Currency) -> i64 {
    let taxes = line.tax_lines.iter().flatten().filter_map(|tax| money(tax.price_set.as_ref(), None, None));
    taxes.filter(|money| money.currency == currency).map(|money| money.minor).sum()
}

fn attribute(attribute: Attribute) -> Option<(String, String)> {
    let value = match attribute.value? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    Some((attribute.name?, value))
}

/// Parses a `refunds/create` body.
///
/// # Errors
///
/// [`Malformed`] if the body is not a refund, names no order, or a successful transaction's amount is unreadable.
pub fn read_refund(body: &[u8]) -> Result<ShopifyRefund, Malformed> {
    let refund: RefundBody<'_> = serde_json::from_slice(body).map_err(|_| Malformed("refund"))?;
    refund_of(&refund, None)
}

fn refund_of(refund: &RefundBody<'_>, order_id: Option<u64>) -> Result<ShopifyRefund, Malformed> {
    let mut amount: Option<Money> = None;
    for transaction in refund.transactions.iter().flatten() {
        let has_moved =
            transaction.kind.as_deref() == Some("refund") && transaction.status.as_deref() == Some("success");
        if !has_moved {
            continue;
        }
        let moved = money(transaction.amount_set.as_ref(), transaction.amount, transaction.currency.as_deref())
            .ok_or(Malformed("transaction amount"))?;
        match &mut amount {
            Some(sum) if sum.currency == moved.currency => sum.minor += moved.minor,
            Some(_) => return Err(Malformed("transaction currency")),
            None => amount = Some(moved),
        }
    }
    // Transactions may be in the shopper's currency; the lines have the same refund in the shop's currency.
    if let (Some(moved), Some(by_lines)) = (amount, shop_money_of_lines(refund))
        && moved.currency != by_lines.currency
    {
        amount = Some(by_lines);
    }
    let currency = amount.map(|money| money.currency);
    let lines: Vec<(u64, i64)> = refund
        .refund_line_items
        .iter()
        .flatten()
        .filter_map(|line| {
            let subtotal = money(line.subtotal_set.as_ref(), None, None)?;
            (Some(subtotal.currency) == currency).then_some((line.line_item_id?, subtotal.minor))
        })
        .collect();
    Ok(ShopifyRefund {
        id: refund.id,
        order_id: refund.order_id.or(order_id).ok_or(Malformed("order_id"))?,
        created_at: refund.created_at.as_deref().and_then(UnixMs::parse_rfc3339).unwrap_or(UnixMs(0)),
        subtotal_minor: goods_of(refund, &lines, amount),
        lines,
        amount,
    })
}

/// The part of a refund for goods, without tax and shipping, minor units: its lines, less the amount of them that was
/// kept back (`refund_discrepancy`). `None` if the refund is only an amount or has unreadable lines.
fn goods_of(refund: &RefundBody<'_>, lines: &[(u64, i64)], amount: Option<Money>) -> Option<i64> {
    let line_count = refund.refund_line_items.as_ref().map_or(0, Vec::len);
    let of_kind = |kind: &'static str| {
        refund.order_adjustments.iter().flatten().filter(move |change| change.kind.as_deref() == Some(kind))
    };
    if (line_count == 0 && of_kind("shipping_refund").next().is_none()) || line_count != lines.len() {
        return None;
    }
    let amount = amount?;
    let discrepancy: i64 = of_kind("refund_discrepancy")
        .filter_map(|change| change.amount_set.as_ref()?.shop_money.as_ref())
        .filter_map(|price| {
            let text = price.amount.as_deref()?;
            let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
            let money = Money::parse(text, Currency::parse(price.currency_code.as_deref()?)?).ok()?;
            (money.currency == amount.currency).then_some(sign * money.minor)
        })
        .sum();
    let goods: i64 = lines.iter().map(|(_, minor)| minor).sum();
    Some((goods - discrepancy).clamp(0, amount.minor))
}

/// The sum of a refund's lines and adjustments in the shop's currency: line subtotals and taxes, less the adjustments
/// (refunded shipping is a negative one). `None` if there are none, or the sum is not above zero.
fn shop_money_of_lines(refund: &RefundBody<'_>) -> Option<Money> {
    let lines = refund.refund_line_items.iter().flatten().flat_map(|line| [&line.subtotal_set, &line.total_tax_set]);
    let adjustments =
        refund.order_adjustments.iter().flatten().flat_map(|change| [&change.amount_set, &change.tax_amount_set]);
    let amounts = lines.map(|set| (1, set)).chain(adjustments.map(|set| (-1, set)));
    let mut sum: Option<Money> = None;
    for (sign, set) in amounts {
        let Some(price) = set.as_ref().and_then(|set| set.shop_money.as_ref()) else { continue };
        let currency = Currency::parse(price.currency_code.as_deref()?)?;
        let text = price.amount.as_deref()?;
        let (sign, text) = text.strip_prefix('-').map_or((sign, text), |rest| (-sign, rest));
        let minor = sign * Money::parse(text, currency).ok()?.minor;
        let so_far = sum.get_or_insert(Money { minor: 0, currency });
        if so_far.currency != currency {
            return None;
        }
        so_far.minor += minor;
    }
    sum.filter(|sum| sum.minor > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_removed_before_payment_are_not_revenue() {
        let money = |amount: &str| format!(r#"{{"shop_money":{{"amount":"{amount}","currency_code":"USD"}}}}"#);
        let body = |current: &str, subtotal: &str, refunds: &str| {
            let (total, before) = (money("50.00"), money("45.00"));
            let (current, subtotal) = (money(current), money(subtotal));
            format!(
                r#"{{"id":2,"created_at":"2026-11-01T10:00:00Z","currency":"USD","total_price_set":{total},
                    "subtotal_price_set":{before},"current_total_price_set":{current},
                    "current_subtotal_price_set":{subtotal},"refunds":[{refunds}]}}"#
            )
        };
        let read = |body: String| {
            let order = read_order(body.as_bytes()).expect("order");
            (order.total.minor, order.subtotal_minor)
        };
        assert_eq!(read(body("50.00", "45.00", "")), (5_000, 4_500), "unchanged");
        assert_eq!(read(body("30.00", "25.00", "")), (3_000, 2_500), "a line removed, no money paid back");
        let transaction = r#""transactions":[{"kind":"refund","status":"success","amount":"20.00","currency":"USD"}]"#;
        let line = format!(r#""refund_line_items":[{{"line_item_id":5,"subtotal_set":{}}}]"#, money("20.00"));
        let refund = format!(r#"{{"id":7,{transaction},{line}}}"#);
        assert_eq!(read(body("30.00", "25.00", &refund)), (5_000, 4_500), "paid back: the refund is booked separately");
        let goodwill = format!(r#"{{"id":7,{transaction}}}"#);
        assert_eq!(read(body("50.00", "45.00", &goodwill)), (5_000, 4_500), "an amount only");
    }

    #[test]
    fn refund_in_the_shoppers_currency_is_read_in_the_shops_currency() {
        let body = br#"{"id":1,"order_id":2,"created_at":"2026-11-01T10:00:00Z",
            "transactions":[{"kind":"refund","status":"success","amount":"46.00","currency":"EUR"}],
            "refund_line_items":[{"subtotal_set":{"shop_money":{"amount":"40.00","currency_code":"USD"}},
                                  "total_tax_set":{"shop_money":{"amount":"4.00","currency_code":"USD"}}}],
            "order_adjustments":[{"amount_set":{"shop_money":{"amount":"-5.00","currency_code":"USD"}},
                                  "tax_amount_set":{"shop_money":{"amount":"-1.00","currency_code":"USD"}}}]}"#;
        let refund = read_refund(body).expect("refund");
        assert_eq!(refund.amount, Some(Money { minor: 5000, currency: Currency::USD }));
        let declined = br#"{"id":1,"order_id":2,"transactions":[{"kind":"refund","status":"failure","amount":"46.00",
            "currency":"USD"}]}"#;
        assert_eq!(read_refund(declined).expect("refund").amount, None);
    }

    #[test]
    fn base_excludes_tax_and_refund_specifies_its_part_for_goods() {
        let body = br#"{"id":2,"created_at":"2026-11-01T10:00:00Z","currency":"EUR","total_price":"120.00",
            "subtotal_price":"120.00","taxes_included":true,"line_items":[{"id":5,"product_id":6,"quantity":2,
            "price_set":{"shop_money":{"amount":"65.00","currency_code":"EUR"}},
            "discount_allocations":[{"amount_set":{"shop_money":{"amount":"10.00","currency_code":"EUR"}}}],
            "tax_lines":[{"price_set":{"shop_money":{"amount":"20.00","currency_code":"EUR"}}}]}]}"#;
        let order = read_order(body).expect("order");
        assert_eq!((order.subtotal_minor, order.lines), (10_000, vec![(5, Some(6), 10_000)]));
        let refund = |parts: &str| {
            let body = format!(
                r#"{{"id":1,"order_id":2,"transactions":[{{"kind":"refund","status":"success","amount":"100.00",
                "currency":"USD"}}],{parts}}}"#
            );
            read_refund(body.as_bytes()).expect("refund").subtotal_minor
        };
        assert_eq!(refund(r#""refund_line_items":[]"#), None, "an amount only");
        let line = r#""refund_line_items":[{"line_item_id":5,"subtotal_set":{"shop_money":{"amount":"200.00","currency_code":"USD"}}}]"#;
        assert_eq!(refund(line), Some(10_000), "never more than was paid back");
        let kept = r#""order_adjustments":[{"kind":"refund_discrepancy","amount_set":{"shop_money":{"amount":"150.00","currency_code":"USD"}}}]"#;
        assert_eq!(refund(&format!("{line},{kept}")), Some(5_000));
        let shipping = r#""order_adjustments":[{"kind":"shipping_refund","amount_set":{"shop_money":{"amount":"-5.00","currency_code":"USD"}}}]"#;
        assert_eq!(refund(shipping), Some(0));
        assert_eq!(refund(r#""refund_line_items":[{"line_item_id":5}]"#), None, "a line that cannot be read");
    }

    #[test]
    fn unreadable_refunds_are_skipped() {
        let body = br#"{"id":2,"created_at":"2026-11-01T10:00:00Z","currency":"USD","total_price":"50.00",
            "refunds":[{"id":9,"transactions":[{"kind":"refund","status":"success","amount":"?","currency":"USD"}]},
                       {"id":10,"transactions":[{"kind":"refund","status":"success","amount":"1.00","currency":"USD"}]}]}"#;
        let order = read_order(body).expect("order");
        assert_eq!(order.refunds.iter().map(|refund| refund.id).collect::<Vec<_>>(), [10]);
    }
}
