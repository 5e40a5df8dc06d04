//! Bodies of orders and refunds as Shopify sends them: every field may be missing or null.

use domain::{Currency, Money};
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::value::RawValue;

#[derive(Deserialize)]
pub(super) struct OrderBody<'a> {
    pub id: u64,
    #[serde(default)]
    pub name: Option<String>,
    pub created_at: String,
    pub updated_at: Option<String>,
    pub cancelled_at: Option<String>,
    pub currency: Option<String>,
    #[serde(borrow)]
    pub total_price: Option<&'a RawValue>,
    #[serde(borrow)]
    pub subtotal_price: Option<&'a RawValue>,
    pub total_price_set: Option<PriceSet>,
    pub subtotal_price_set: Option<PriceSet>,
    pub current_total_price_set: Option<PriceSet>,
    #[serde(borrow)]
    pub current_total_price: Option<&'a RawValue>,
    pub current_subtotal_price_set: Option<PriceSet>,
    #[serde(borrow)]
    pub current_subtotal_price: Option<&'a RawValue>,
    pub current_total_tax_set: Option<PriceSet>,
    #[serde(borrow)]
    pub current_total_tax: Option<&'a RawValue>,
    pub order_number: Option<u64>,
    pub checkout_token: Option<String>,
    pub cart_token: Option<String>,
    #[serde(default)]
    pub shipping_lines: Option<Vec<ShippingBody>>,
    #[serde(default)]
    pub test: Option<bool>,
    pub customer: Option<CustomerBody>,
    pub email: Option<String>,
    pub landing_site: Option<String>,
    #[serde(default)]
    pub note_attributes: Option<Vec<Attribute>>,
    #[serde(default)]
    pub discount_codes: Option<Vec<DiscountCode>>,
    #[serde(default, borrow)]
    pub refunds: Option<Vec<RefundBody<'a>>>,
    #[serde(default)]
    pub line_items: Option<Vec<LineBody>>,
    #[serde(default)]
    pub taxes_included: Option<bool>,
    pub order_status_url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ShippingBody {
    #[serde(default)]
    pub is_removed: Option<bool>,
    #[serde(default)]
    pub tax_lines: Option<Vec<TaxBody>>,
}

#[derive(Deserialize)]
pub(super) struct PriceSet {
    pub shop_money: Option<Price>,
    pub presentment_money: Option<Price>,
}

#[derive(Deserialize)]
pub(super) struct Price {
    #[serde(default, deserialize_with = "text_or_number")]
    pub amount: Option<String>,
    #[serde(alias = "currency")]
    pub currency_code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct CustomerBody {
    pub id: Option<u64>,
    pub orders_count: Option<u64>,
    pub email: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Attribute {
    pub name: Option<String>,
    pub value: Option<serde_json::Value>,
}

#[derive(Deserialize)]
pub(super) struct DiscountCode {
    pub code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RefundBody<'a> {
    pub id: u64,
    pub order_id: Option<u64>,
    pub created_at: Option<String>,
    #[serde(default, borrow)]
    pub transactions: Option<Vec<TransactionBody<'a>>>,
    #[serde(default)]
    pub refund_line_items: Option<Vec<RefundLineBody>>,
    #[serde(default)]
    pub order_adjustments: Option<Vec<AdjustmentBody>>,
    #[serde(default)]
    pub refund_shipping_lines: Option<Vec<RefundShippingBody>>,
    /// Set if the shopper sent something back, perhaps for an exchange.
    #[serde(default, rename = "return")]
    pub returned: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct LineBody {
    pub id: Option<u64>,
    pub product_id: Option<u64>,
    pub title: Option<String>,
    pub quantity: Option<i64>,
    /// What is left of `quantity` after edits and refunds.
    pub current_quantity: Option<i64>,
    #[serde(default)]
    pub gift_card: Option<bool>,
    #[serde(default)]
    pub tip: Option<IgnoredAny>,
    pub price_set: Option<PriceSet>,
    #[serde(default)]
    pub discount_allocations: Option<Vec<AllocationBody>>,
    #[serde(default)]
    pub tax_lines: Option<Vec<TaxBody>>,
}

#[derive(Deserialize)]
pub(super) struct TaxBody {
    pub price_set: Option<PriceSet>,
}

#[derive(Deserialize)]
pub(super) struct AllocationBody {
    pub amount_set: Option<PriceSet>,
}

#[derive(Deserialize)]
pub(super) struct RefundLineBody {
    pub line_item_id: Option<u64>,
    pub quantity: Option<i64>,
    pub subtotal_set: Option<PriceSet>,
    pub total_tax_set: Option<PriceSet>,
}

#[derive(Deserialize)]
pub(super) struct RefundShippingBody {
    pub subtotal_amount_set: Option<PriceSet>,
    pub tax_amount_set: Option<PriceSet>,
}

#[derive(Deserialize)]
pub(super) struct AdjustmentBody {
    /// Deprecated by Shopify in favour of `reason`; still sent.
    pub kind: Option<String>,
    pub reason: Option<String>,
    pub amount_set: Option<PriceSet>,
    pub tax_amount_set: Option<PriceSet>,
}

#[derive(Deserialize)]
pub(super) struct TransactionBody<'a> {
    pub kind: Option<String>,
    pub status: Option<String>,
    #[serde(borrow)]
    pub amount: Option<&'a RawValue>,
    pub currency: Option<String>,
    pub amount_set: Option<PriceSet>,
}

/// Reads a decimal as it was written, as a JSON string or number.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(raw.map(|raw| decimal(&raw).to_owned()))
}

/// The text of a decimal that may be a JSON string or number.
fn decimal(raw: &RawValue) -> &str {
    raw.get().trim_matches('"')
}

/// An amount in the shop's currency, from the set, else from the plain field.
pub(super) fn money(set: Option<&PriceSet>, plain: Option<&RawValue>, currency: Option<&str>) -> Option<Money> {
    set.and_then(|set| set.shop_money.as_ref()?.money())
        .or_else(|| Money::parse(decimal(plain?), Currency::parse(currency?)?).ok())
}

impl Price {
    /// The amount, which must not be negative.
    pub(super) fn money(&self) -> Option<Money> {
        Some(self.signed()?).filter(|money| money.minor >= 0)
    }

    /// The amount, which may be negative.
    fn signed(&self) -> Option<Money> {
        let currency = Currency::parse(self.currency_code.as_deref()?)?;
        let text = self.amount.as_deref()?;
        let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let money = Money::parse(text, currency).ok()?;
        Some(Money { minor: sign * money.minor, ..money })
    }
}

impl PriceSet {
    /// The amount in one of its two currencies, minor units; it may be negative. `None` if it has none in `currency`.
    pub(super) fn minor(&self, currency: Currency) -> Option<i64> {
        let prices = [&self.shop_money, &self.presentment_money];
        let amounts = prices.into_iter().flatten().filter_map(Price::signed);
        amounts.into_iter().find(|money| money.currency == currency).map(|money| money.minor)
    }

    /// The currency of the shop's amount.
    pub(super) fn shop_currency(&self) -> Option<Currency> {
        self.shop_money.as_ref()?.signed().map(|money| money.currency)
    }
}

/// The amount of a set in `currency`, minor units; zero if it has none.
pub(super) fn minor_of(set: Option<&PriceSet>, currency: Currency) -> i64 {
    set.and_then(|set| set.minor(currency)).unwrap_or(0)
}

impl RefundBody<'_> {
    /// Whether it refunds lines.
    pub(super) fn has_lines(&self) -> bool {
        self.refund_line_items.as_ref().is_some_and(|lines| !lines.is_empty())
    }

    /// Whether it refunds shipping, as an adjustment, as lines, or as both.
    pub(super) fn has_shipping(&self) -> bool {
        self.has_shipping_adjustment() || self.refund_shipping_lines.as_ref().is_some_and(|lines| !lines.is_empty())
    }

    fn has_shipping_adjustment(&self) -> bool {
        self.order_adjustments.iter().flatten().any(AdjustmentBody::is_shipping)
    }

    /// The lines of refunded shipping, unless adjustments say the same.
    pub(super) fn shipping_lines(&self) -> impl Iterator<Item = &RefundShippingBody> {
        let lines = self.refund_shipping_lines.iter().flatten();
        lines.filter(|_| !self.has_shipping_adjustment())
    }

    /// The tax of the shipping that it refunds, minor units.
    pub(super) fn shipping_tax(&self, currency: Currency) -> i64 {
        let adjusted = self.order_adjustments.iter().flatten().filter(|change| change.is_shipping());
        let adjusted: i64 =
            adjusted.map(|change| minor_of(change.tax_amount_set.as_ref(), currency)).fold(0, i64::saturating_add);
        let lines: i64 = self
            .shipping_lines()
            .map(|line| minor_of(line.tax_amount_set.as_ref(), currency))
            .fold(0, i64::saturating_add);
        lines - adjusted
    }
}

impl TransactionBody<'_> {
    /// Whether it is decided: its money has moved, or never will.
    pub(super) fn is_decided(&self) -> bool {
        self.status.as_deref() != Some("pending")
    }

    /// Whether it paid money back.
    pub(super) fn has_moved(&self) -> bool {
        self.kind.as_deref() == Some("refund") && self.status.as_deref() == Some("success")
    }

    /// Its amount, usually in the shopper's currency.
    pub(super) fn money(&self) -> Option<Money> {
        money(self.amount_set.as_ref(), self.amount, self.currency.as_deref())
    }
}

impl AdjustmentBody {
    /// Whether it is refunded shipping.
    pub(super) fn is_shipping(&self) -> bool {
        match self.kind.as_deref() {
            Some(kind) => kind == "shipping_refund",
            None => self.reason.as_deref().is_some_and(|reason| reason.to_lowercase().contains("shipping")),
        }
    }

    /// Amount and tax, minor units; below zero in the shopper's favour.
    pub(super) fn minor(&self, currency: Currency) -> i64 {
        minor_of(self.amount_set.as_ref(), currency) + minor_of(self.tax_amount_set.as_ref(), currency)
    }
}

impl LineBody {
    /// Whether it is a tip, which is not sold goods.
    pub(super) fn is_tip(&self) -> bool {
        self.tip.is_some() || (self.product_id.is_none() && self.title.as_deref() == Some("Tip"))
    }
}
