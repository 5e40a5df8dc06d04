//! Parses orders and refunds from webhook bodies. Tolerates ids beyond 2^53, money as strings or numbers, and nulls
//! anywhere.

mod body;
mod figures;
mod refund;

use domain::{Money, UnixMs};

use self::body::{Attribute, OrderBody, money};
pub use self::refund::read_refund;

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
    /// Total in the shop's currency after edits; refunds are not deducted.
    pub total: Money,
    /// What the refunds in `included_refunds` amount to, minor units. Revenue is `total` less this.
    pub refunded_minor: i64,
    /// Ids of the refunds that revenue and base already follow; each other one is to be deducted on its own.
    pub included_refunds: Vec<u64>,
    /// The original total in the shop's currency, minor units, and in the shopper's, if that is another one.
    pub presentment: Option<(i64, Money)>,
    /// Whether a refund mixes lines with an amount of its own, so that a person should check the figures.
    pub has_mixed_refund: bool,
    /// The commission base in the shop's currency, minor units: goods after discounts, edits and the included refunds,
    /// without tax, shipping, gift cards and tips.
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
    /// What is left of each line; without tips.
    pub lines: Vec<ShopifyLine>,
    /// Refunds until now; unreadable ones are skipped.
    pub refunds: Vec<ShopifyRefund>,
    /// The number in its name, by which other systems may know it.
    pub number: Option<u64>,
    /// Its totals and subtotals, as sold and now, minor units: a report of the sale under the order's number states one.
    pub amounts: Vec<i64>,
    /// How far its history has gone: of two bodies with one `updated_at` the greater is the later.
    pub progress: Vec<u64>,
    /// Secrets that only the buyer's browser knows besides the shop: checkout token and cart token.
    pub tokens: Vec<String>,
    /// URL of the order's status page, to check the shop named in the headers.
    pub order_status_url: Option<String>,
}

/// What is left of an order line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShopifyLine {
    /// Shopify's line id.
    pub id: u64,
    /// Shopify's product id.
    pub product: Option<u64>,
    /// How many were bought, those that edits or refunds took back included, if the body says so.
    pub quantity: Option<u32>,
    /// The amount after discounts, edits and refunds, without tax, in the shop's currency, minor units.
    pub net_minor: i64,
    /// Whether it sells a gift card.
    pub is_gift_card: bool,
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
    let figures = figures::figures(&order, total);
    let (amounts, progress) = (figures::amounts(&order, total), figures::progress(&order));
    let id = order.id;
    // An unreadable refund must not block the order; it also arrives as a webhook of its own.
    let refunds =
        order.refunds.iter().flatten().filter_map(|refund| refund::refund_of(refund, Some(id)).ok()).collect();
    let shown = order.total_price_set.as_ref().and_then(|set| set.presentment_money.as_ref()?.money());
    Ok(ShopifyOrder {
        id,
        name: order.name.unwrap_or_else(|| id.to_string()),
        created_at,
        updated_at: order.updated_at.as_deref().and_then(instant).unwrap_or(created_at),
        cancelled_at: order.cancelled_at.as_deref().and_then(instant),
        total: Money { minor: figures.total_minor, ..total },
        refunded_minor: figures.refunded_minor,
        included_refunds: figures.included.unwrap_or_default(),
        presentment: shown.filter(|shown| shown.currency != total.currency).map(|shown| (total.minor, shown)),
        has_mixed_refund: figures.has_mixed_refund,
        subtotal_minor: figures.subtotal_minor,
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
        lines: figures.lines,
        number: order.order_number,
        amounts,
        progress,
        tokens: [order.checkout_token, order.cart_token]
            .into_iter()
            .flatten()
            .filter(|token| !token.is_empty())
            .collect(),
        order_status_url: order.order_status_url,
    })
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

#[cfg(test)]
mod tests {
    use domain::Currency;

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
            (order.total.minor, order.refunded_minor, order.subtotal_minor)
        };
        assert_eq!(read(body("50.00", "45.00", "")), (5_000, 0, 4_500), "unchanged");
        assert_eq!(read(body("30.00", "25.00", "")), (3_000, 0, 2_500), "a line removed, no money paid back");
        let transaction = r#""transactions":[{"kind":"refund","status":"success","amount":"20.00","currency":"USD"}]"#;
        let line = format!(r#""refund_line_items":[{{"line_item_id":5,"subtotal_set":{}}}]"#, money("20.00"));
        let refund = format!(r#"{{"id":7,{transaction},{line}}}"#);
        assert_eq!(read(body("30.00", "25.00", &refund)), (5_000, 2_000, 2_500), "paid back");
        let goodwill = format!(r#"{{"id":7,{transaction}}}"#);
        assert_eq!(read(body("50.00", "45.00", &goodwill)), (5_000, 2_000, 2_500), "an amount only");
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
        assert_eq!(order.subtotal_minor, 10_000);
        let line = ShopifyLine { id: 5, product: Some(6), quantity: Some(2), net_minor: 10_000, is_gift_card: false };
        assert_eq!(order.lines, [line]);
        let refund = |parts: &str| {
            let body = format!(
                r#"{{"id":1,"order_id":2,"transactions":[{{"kind":"refund","status":"success","amount":"100.00",
                "currency":"USD"}}],{parts}}}"#
            );
            read_refund(body.as_bytes()).expect("refund").subtotal_minor
        };
        assert_eq!(refund(r#""refund_line_items":[]"#), Some(10_000), "an amount only");
        let line = r#""refund_line_items":[{"line_item_id":5,"subtotal_set":{"shop_money":{"amount":"200.00","currency_code":"USD"}}}]"#;
        assert_eq!(refund(line), Some(10_000), "never more than was paid back");
        let kept = r#""order_adjustments":[{"kind":"refund_discrepancy","amount_set":{"shop_money":{"amount":"150.00","currency_code":"USD"}}}]"#;
        assert_eq!(refund(&format!("{line},{kept}")), Some(5_000));
        let shipping = r#""order_adjustments":[{"kind":"shipping_refund","amount_set":{"shop_money":{"amount":"-5.00","currency_code":"USD"}}}]"#;
        assert_eq!(refund(shipping), Some(0));
        assert_eq!(refund(r#""refund_line_items":[{"line_item_id":5}]"#), None, "a line that cannot be read");
    }

    #[test]
    fn amounts_may_be_numbers_and_shipping_lines_may_lack_their_tax() {
        let body = br#"{"id":1,"order_id":2,"transactions":[{"kind":"refund","status":"success","amount":"15.95",
            "currency":"CAD"}],"refund_line_items":[{"line_item_id":5,"quantity":1,
            "subtotal_set":{"shop_money":{"amount":10.95,"currency_code":"CAD"}}}],
            "refund_shipping_lines":[{"id":3,"shipping_line":{},
            "subtotal_amount_set":{"shop_money":{"amount":5,"currency_code":"CAD"}}}]}"#;
        let refund = read_refund(body).expect("refund");
        let cad = Currency::parse("CAD").expect("currency");
        assert_eq!((refund.amount, refund.subtotal_minor), (Some(Money { minor: 1_595, currency: cad }), Some(1_095)));
    }

    #[test]
    fn shipping_lines_with_tax_inside_leave_the_goods_alone() {
        let eur = |amount: &str| format!(r#"{{"shop_money":{{"amount":"{amount}","currency_code":"EUR"}}}}"#);
        // Lines and shipping both tell their amount with the tax, or shipping tells it without.
        for (shipping, paid) in [("12.00", "72.00"), ("10.00", "72.00")] {
            let body = format!(
                r#"{{"id":1,"order_id":2,"transactions":[{{"kind":"refund","status":"success","amount":"{paid}",
                "currency":"EUR"}}],"refund_line_items":[{{"line_item_id":5,"subtotal_set":{},"total_tax_set":{}}}],
                "refund_shipping_lines":[{{"subtotal_amount_set":{},"tax_amount_set":{}}}]}}"#,
                eur("60.00"),
                eur("10.00"),
                eur(shipping),
                eur("2.00")
            );
            let refund = read_refund(body.as_bytes()).expect("refund");
            assert_eq!((refund.subtotal_minor, refund.lines), (Some(5_000), vec![(5, 5_000)]), "{shipping}");
        }
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
