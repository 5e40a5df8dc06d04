//! Orders of the sample, as Shopify's webhooks report them.

use domain::UnixMs;
use serde_json::{Value, json};

use super::cast::PRODUCTS;

/// Goods worth less than this are shipped for [`SHIPPING`], both in cents.
const FREE_SHIPPING_FROM: i64 = 7_500;
const SHIPPING: i64 = 500;

/// A line of an order.
#[derive(Clone, Debug)]
struct Line {
    product: usize,
    quantity: i64,
    /// What is left after edits and refunds.
    current: i64,
    /// Discount of one unit, in cents.
    discount: i64,
}

impl Line {
    fn unit(&self) -> i64 {
        PRODUCTS[self.product].cents - self.discount
    }
}

/// What makes an order recognisable.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    /// The visitor in the cart.
    pub(super) visitor: Option<String>,
    /// The code in the cart.
    pub(super) cart_code: Option<String>,
    /// The code in the first page's URL.
    pub(super) landing_code: Option<String>,
    /// The discount code.
    pub(super) discount: Option<&'static str>,
}

/// A change of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// One unit of the first line comes back.
    ReturnOne,
    /// Everything comes back.
    ReturnAll,
    /// A product is added.
    Add(usize),
    /// One unit of the first line is removed before it is paid for.
    RemoveOne,
    /// The order is cancelled.
    Cancel,
    /// Something that changes no figure, such as a shipment.
    Touch,
}

/// An order and what has become of it.
#[derive(Clone, Debug)]
pub(super) struct Sold {
    pub(super) id: u64,
    number: usize,
    placed_at: UnixMs,
    updated_at: UnixMs,
    cancelled_at: Option<UnixMs>,
    lines: Vec<Line>,
    shipping: i64,
    shipping_left: i64,
    refunds: Vec<Value>,
    marks: Marks,
    email: String,
    customer: u64,
    is_test: bool,
}

fn text(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

fn set(cents: i64) -> Value {
    let price = json!({ "amount": text(cents), "currency_code": "USD" });
    json!({ "shop_money": price, "presentment_money": price })
}

impl Sold {
    /// A new order. `lines` are products and quantities; a discount code takes 10 % off.
    pub(super) fn new(number: usize, placed_at: UnixMs, lines: &[(usize, i64)], marks: Marks) -> Self {
        let discount = |product: usize| if marks.discount.is_some() { (PRODUCTS[product].cents + 5) / 10 } else { 0 };
        let lines: Vec<Line> = lines
            .iter()
            .map(|(product, quantity)| Line {
                product: *product,
                quantity: *quantity,
                current: *quantity,
                discount: discount(*product),
            })
            .collect();
        let goods: i64 = lines.iter().map(|line| line.unit() * line.quantity).sum();
        let shipping = if goods < FREE_SHIPPING_FROM { SHIPPING } else { 0 };
        Self {
            id: 5_800_000_000_000 + number as u64,
            number,
            placed_at,
            updated_at: placed_at,
            cancelled_at: None,
            lines,
            shipping,
            shipping_left: shipping,
            refunds: Vec::new(),
            marks,
            email: String::new(),
            customer: 0,
            is_test: false,
        }
    }

    /// The same order by this customer.
    pub(super) fn by(self, email: &str, customer: u64) -> Self {
        Self { email: email.to_owned(), customer, ..self }
    }

    /// The same order, placed to try the checkout.
    pub(super) fn with_test(self, is_test: bool) -> Self {
        Self { is_test, ..self }
    }

    /// The name that the merchant sees.
    pub(super) fn name(&self) -> String {
        format!("#{}", self.number)
    }

    /// Applies a change.
    pub(super) fn change(&mut self, change: Change, at: UnixMs) {
        self.updated_at = at;
        match change {
            Change::ReturnOne => self.refund(at, &[(0, 1)], 0),
            Change::ReturnAll => {
                let all: Vec<(usize, i64)> =
                    self.lines.iter().enumerate().map(|(index, line)| (index, line.current)).collect();
                self.refund(at, &all, self.shipping_left);
            }
            Change::Add(product) => self.lines.push(Line { product, quantity: 1, current: 1, discount: 0 }),
            Change::RemoveOne => {
                if let Some(line) = self.lines.first_mut() {
                    line.current -= 1;
                }
            }
            Change::Cancel => self.cancelled_at = Some(at),
            Change::Touch => {}
        }
    }

    fn refund(&mut self, at: UnixMs, units: &[(usize, i64)], shipping: i64) {
        let id = self.id * 100 + 50 + self.refunds.len() as u64;
        let mut amount = shipping;
        let mut lines = Vec::new();
        for (index, quantity) in units {
            let Some(line) = self.lines.get_mut(*index) else { continue };
            let subtotal = line.unit() * quantity;
            line.current -= quantity;
            amount += subtotal;
            lines.push(json!({
                "id": id * 10 + *index as u64, "line_item_id": self.id * 100 + *index as u64, "quantity": quantity,
                "subtotal_set": set(subtotal), "total_tax_set": set(0),
            }));
        }
        self.shipping_left -= shipping;
        let adjustments = (shipping > 0).then(|| {
            json!({
                "id": id * 10 + 8, "order_id": self.id, "refund_id": id, "kind": "shipping_refund",
                "reason": "Shipping refund", "amount_set": set(-shipping), "tax_amount_set": set(0),
            })
        });
        self.refunds.push(json!({
            "id": id, "order_id": self.id, "created_at": at.to_rfc3339(), "refund_line_items": lines,
            "order_adjustments": adjustments.as_slice(),
            "transactions": [{ "kind": "refund", "status": "success", "amount": text(amount), "currency": "USD" }],
        }));
    }

    fn line_items(&self) -> Vec<Value> {
        let line = |(index, line): (usize, &Line)| {
            let product = &PRODUCTS[line.product];
            let discount = line.discount * line.quantity;
            let allocations = (discount > 0).then(|| json!({ "amount": text(discount), "amount_set": set(discount) }));
            json!({
                "id": self.id * 100 + index as u64, "product_id": 8_000_000_000_000_000_u64 + line.product as u64,
                "title": product.title, "quantity": line.quantity, "current_quantity": line.current,
                "price": text(product.cents), "price_set": set(product.cents), "gift_card": false, "tax_lines": [],
                "discount_allocations": allocations.as_slice(),
            })
        };
        self.lines.iter().enumerate().map(line).collect()
    }

    /// The body of the webhook.
    pub(super) fn body(&self) -> String {
        let goods: i64 = self.lines.iter().map(|line| line.unit() * line.quantity).sum();
        let left: i64 = self.lines.iter().map(|line| line.unit() * line.current).sum();
        let (total, total_left) = (goods + self.shipping, left + self.shipping_left);
        let marks = &self.marks;
        let attribute =
            |name: &str, value: &Option<String>| value.as_ref().map(|value| json!({ "name": name, "value": value }));
        let attributes: Vec<Value> =
            [attribute(wire::COOKIE_PV, &marks.visitor), attribute(wire::COOKIE_REF, &marks.cart_code)]
                .into_iter()
                .flatten()
                .collect();
        let landing =
            marks.landing_code.as_ref().map(|code| format!("/products/linen-shirt?{}={code}", wire::PARAM_REF));
        let codes = marks.discount.map(|code| json!({ "code": code, "type": "percentage" }));
        let shipping = (self.shipping > 0).then(|| json!({ "title": "Standard", "price_set": set(self.shipping) }));
        json!({
            "id": self.id, "name": self.name(), "order_number": self.number, "created_at": self.placed_at.to_rfc3339(),
            "updated_at": self.updated_at.to_rfc3339(), "cancelled_at": self.cancelled_at.map(UnixMs::to_rfc3339),
            "currency": "USD", "taxes_included": false, "test": self.is_test, "email": self.email,
            "customer": { "id": self.customer, "email": self.email, "orders_count": 1 },
            "total_price": text(total), "total_price_set": set(total),
            "subtotal_price": text(goods), "subtotal_price_set": set(goods),
            "current_total_price": text(total_left), "current_total_price_set": set(total_left),
            "current_subtotal_price": text(left), "current_subtotal_price_set": set(left),
            "note_attributes": attributes, "discount_codes": codes.as_slice(), "landing_site": landing,
            "line_items": self.line_items(), "shipping_lines": shipping.as_slice(), "refunds": self.refunds,
        })
        .to_string()
    }
}
