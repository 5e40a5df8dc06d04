//! Orders and refunds as webhooks carry them, read defensively: ids beyond 2^53, money as strings or numbers, nulls
//! anywhere.

use domain::{Currency, Money, UnixMs};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Why a body is no order or refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body has no usable {0}")]
pub struct Malformed(pub &'static str);

/// What we read of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopifyOrder {
    /// Shopify's id.
    pub id: u64,
    /// The name the merchant sees, such as `#1001`.
    pub name: String,
    /// When it was placed.
    pub created_at: UnixMs,
    /// The version of these facts.
    pub updated_at: UnixMs,
    /// When it was cancelled.
    pub cancelled_at: Option<UnixMs>,
    /// Total in the shop's currency.
    pub total: Money,
    /// Subtotal after discounts in the shop's currency, minor units.
    pub subtotal_minor: i64,
    /// A test order.
    pub is_test: bool,
    /// Customer id.
    pub customer_id: Option<u64>,
    /// Whether this is the customer's first order, where told.
    pub is_new_customer: Option<bool>,
    /// The buyer's e-mail; never stored as it is.
    pub email: Option<String>,
    /// Path and query where the shopper first landed.
    pub landing_site: Option<String>,
    /// Cart attributes.
    pub note_attributes: Vec<(String, String)>,
    /// Discount codes used.
    pub discount_codes: Vec<String>,
    /// Refunds so far.
    pub refunds: Vec<ShopifyRefund>,
    /// Host of the order's status page, for cross-checking the shop.
    pub order_status_url: Option<String>,
}

/// What we read of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopifyRefund {
    /// Shopify's id.
    pub id: u64,
    /// The order.
    pub order_id: u64,
    /// When.
    pub created_at: UnixMs,
    /// Money that moved: successful refund transactions, in their currency. `None` when none moved.
    pub amount: Option<Money>,
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

/// A decimal that may be a JSON string or number, as its text.
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

/// Reads an order body (`orders/create`, `orders/updated`, `orders/paid`, `orders/cancelled`).
pub fn read_order(body: &[u8]) -> Result<ShopifyOrder, Malformed> {
    let order: OrderBody<'_> = serde_json::from_slice(body).map_err(|_| Malformed("order"))?;
    let instant = |text: &str| UnixMs::parse_rfc3339(text);
    let created_at = instant(&order.created_at).ok_or(Malformed("created_at"))?;
    let total = money(order.total_price_set.as_ref(), order.total_price, order.currency.as_deref())
        .ok_or(Malformed("total_price"))?;
    let subtotal = money(order.subtotal_price_set.as_ref(), order.subtotal_price, order.currency.as_deref());
    let id = order.id;
    Ok(ShopifyOrder {
        id,
        name: order.name.unwrap_or_else(|| id.to_string()),
        created_at,
        updated_at: order.updated_at.as_deref().and_then(instant).unwrap_or(created_at),
        cancelled_at: order.cancelled_at.as_deref().and_then(instant),
        total,
        subtotal_minor: subtotal.map_or(total.minor, |money| money.minor),
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
        refunds: order
            .refunds
            .unwrap_or_default()
            .into_iter()
            .map(|refund| refund_of(&refund, Some(id)))
            .collect::<Result<_, _>>()?,
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

/// Reads a `refunds/create` body.
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
    Ok(ShopifyRefund {
        id: refund.id,
        order_id: refund.order_id.or(order_id).ok_or(Malformed("order_id"))?,
        created_at: refund.created_at.as_deref().and_then(UnixMs::parse_rfc3339).unwrap_or(UnixMs(0)),
        amount,
    })
}
