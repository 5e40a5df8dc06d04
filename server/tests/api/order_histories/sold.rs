//! An order as Shopify's webhooks tell it, one state after the other. Amounts are given as Shopify writes them, such as
//! `48.00`; totals follow from the lines, so a history states only what happened.

use domain::{Currency, Money};
use serde_json::{Value, json};

/// How the order names its creator.
#[derive(Clone, Debug)]
pub(super) enum Sender {
    /// The cart attribute `_cs_ref` with a link's code.
    Cart(String),
    /// A discount code.
    Code(String),
    /// The cart attribute `_cs_pv` with a visitor, whose clicks name the creators.
    Visitor(String),
}

/// A line as sold. Discount and tax are those of the full quantity: Shopify leaves them there when units are removed.
#[derive(Clone)]
struct Item {
    product: Option<u64>,
    quantity: i64,
    current: i64,
    price: i64,
    discount: i64,
    tax: i64,
    is_gift_card: bool,
    is_tip: bool,
}

impl Item {
    fn sold(&self) -> i64 {
        self.price * self.quantity - self.discount
    }

    /// The part of an amount of all units that belongs to those that are left, rounded to the nearest minor unit.
    fn left(&self, of: i64) -> i64 {
        part(of, self.current, self.quantity)
    }
}

fn part(of: i64, numerator: i64, denominator: i64) -> i64 {
    (2 * of * numerator + denominator).div_euclid(2 * denominator)
}

/// Refunded shipping, told as an adjustment and as a line.
const SHIPPING_REFUND: &str = "shipping_refund";
/// Refunded shipping, told as a line only.
const SHIPPING_LINE: &str = "shipping_line";

fn is_shipping(kind: &str) -> bool {
    [SHIPPING_REFUND, SHIPPING_LINE].contains(&kind)
}

/// A refund. Amounts are in the shop's currency, those of transactions in the shopper's.
#[derive(Clone, Default)]
pub(super) struct Refund {
    minute: i64,
    /// Line, quantity, subtotal and tax; the subtotal contains the tax where the order's prices do.
    lines: Vec<(usize, i64, String, String)>,
    /// Kind, amount and tax.
    adjustments: Vec<(&'static str, String, String)>,
    /// Status, amount and currency, if another than the shopper's.
    transactions: Vec<(&'static str, String)>,
    is_exchange: bool,
}

impl Refund {
    pub(super) fn line(mut self, line: usize, quantity: i64, subtotal: &str, tax: &str) -> Self {
        self.lines.push((line, quantity, subtotal.into(), tax.into()));
        self
    }

    /// Shipping paid back: amounts above zero.
    pub(super) fn shipping(mut self, amount: &str, tax: &str) -> Self {
        self.adjustments.push((SHIPPING_REFUND, format!("-{amount}"), format!("-{tax}")));
        self
    }

    /// Shipping paid back that only `refund_shipping_lines` tells: amounts above zero.
    pub(super) fn shipping_line(mut self, amount: &str, tax: &str) -> Self {
        self.adjustments.push((SHIPPING_LINE, format!("-{amount}"), format!("-{tax}")));
        self
    }

    /// Money beside the lines: negative in the customer's favour, positive in the merchant's.
    pub(super) fn discrepancy(mut self, amount: &str, tax: &str) -> Self {
        self.adjustments.push(("refund_discrepancy", amount.into(), tax.into()));
        self
    }

    /// Money that reached the shopper, in the shopper's currency.
    pub(super) fn paid(mut self, amount: &str) -> Self {
        self.transactions.push(("success", amount.into()));
        self
    }

    pub(super) fn pending(mut self, amount: &str) -> Self {
        self.transactions.push(("pending", amount.into()));
        self
    }

    pub(super) fn declined(mut self, amount: &str) -> Self {
        self.transactions.push(("failure", amount.into()));
        self
    }

    /// Part of an exchange: the new items hang on its return.
    pub(super) fn exchange(mut self) -> Self {
        self.is_exchange = true;
        self
    }
}

/// One state of an order.
#[derive(Clone)]
pub(super) struct Sold {
    currency: Currency,
    /// What the shopper pays in, and how many of its minor units are how many of the shop's.
    shopper: (Currency, i64, i64),
    tax_inside: bool,
    items: Vec<Item>,
    /// Amount and tax, as sold.
    shipping: (i64, i64),
    /// The same, less what was paid back.
    shipping_left: (i64, i64),
    duties: i64,
    duties_left: i64,
    fees: i64,
    refunds: Vec<Refund>,
    minute: i64,
    cancelled: Option<i64>,
    is_test: bool,
    /// Total, subtotal and tax, if Shopify tells others than the lines add up to.
    told: Option<[i64; 3]>,
}

impl Sold {
    fn new(currency: &str, tax_inside: bool) -> Self {
        let currency = Currency::parse(currency).unwrap();
        Self {
            currency,
            shopper: (currency, 1, 1),
            tax_inside,
            items: Vec::new(),
            shipping: (0, 0),
            shipping_left: (0, 0),
            duties: 0,
            duties_left: 0,
            fees: 0,
            refunds: Vec::new(),
            minute: 0,
            cancelled: None,
            is_test: false,
            told: None,
        }
    }

    /// An order whose prices are without tax.
    pub(super) fn tax_outside(currency: &str) -> Self {
        Self::new(currency, false)
    }

    /// An order whose prices contain the tax.
    pub(super) fn tax_inside(currency: &str) -> Self {
        Self::new(currency, true)
    }

    /// The shopper pays in another currency: `theirs` of its minor units for `ours` of the shop's.
    pub(super) fn paid_in(mut self, currency: &str, theirs: i64, ours: i64) -> Self {
        self.shopper = (Currency::parse(currency).unwrap(), theirs, ours);
        self
    }

    fn minor(&self, amount: &str) -> i64 {
        let (sign, amount) = amount.strip_prefix('-').map_or((1, amount), |amount| (-1, amount));
        sign * Money::parse(amount, self.currency).unwrap().minor
    }

    /// Adds a line; `tax` is that of all its units.
    pub(super) fn item(mut self, product: u64, quantity: i64, price: &str, tax: &str) -> Self {
        let (price, tax) = (self.minor(price), self.minor(tax));
        self.items.push(Item {
            product: Some(product),
            quantity,
            current: quantity,
            price,
            discount: 0,
            tax,
            is_gift_card: false,
            is_tip: false,
        });
        self
    }

    /// A discount on the last line, for all its units.
    pub(super) fn discounted(mut self, amount: &str) -> Self {
        let amount = self.minor(amount);
        self.items.last_mut().unwrap().discount = amount;
        self
    }

    pub(super) fn gift_card(self, product: u64, price: &str) -> Self {
        let mut with = self.item(product, 1, price, "0");
        with.items.last_mut().unwrap().is_gift_card = true;
        with
    }

    pub(super) fn tip(self, amount: &str) -> Self {
        let mut with = self.item(0, 1, amount, "0");
        let tip = with.items.last_mut().unwrap();
        (tip.is_tip, tip.product) = (true, None);
        with
    }

    pub(super) fn shipping(mut self, amount: &str, tax: &str) -> Self {
        self.shipping = (self.minor(amount), self.minor(tax));
        self.shipping_left = self.shipping;
        self
    }

    /// The edit that takes shipping away.
    pub(super) fn without_shipping(mut self) -> Self {
        self.shipping_left = (0, 0);
        self
    }

    pub(super) fn duty(mut self, amount: &str) -> Self {
        self.duties = self.minor(amount);
        self.duties_left = self.duties;
        self
    }

    pub(super) fn duty_left(mut self, amount: &str) -> Self {
        self.duties_left = self.minor(amount);
        self
    }

    /// A fee, such as for returns.
    pub(super) fn fee(mut self, amount: &str) -> Self {
        self.fees = self.minor(amount);
        self
    }

    pub(super) fn test(mut self) -> Self {
        self.is_test = true;
        self
    }

    /// The next state, one minute later.
    pub(super) fn later(&self) -> Self {
        let mut next = self.clone();
        next.minute += 1;
        next
    }

    /// The next state within the second.
    pub(super) fn at_once(&self) -> Self {
        self.clone()
    }

    /// The units of a line that are left.
    pub(super) fn left(mut self, line: usize, units: i64) -> Self {
        self.items[line].current = units;
        self
    }

    /// A refund. Shopify takes its lines and shipping from the current figures.
    pub(super) fn refund(mut self, mut refund: Refund) -> Self {
        refund.minute = self.minute;
        for (line, quantity, ..) in &refund.lines {
            self.items[*line].current -= quantity;
        }
        for (_, amount, tax) in refund.adjustments.iter().filter(|(kind, ..)| is_shipping(kind)) {
            let (amount, tax) = (self.minor(amount), self.minor(tax));
            self.shipping_left = (self.shipping_left.0 + amount, self.shipping_left.1 + tax);
        }
        self.refunds.push(refund);
        self
    }

    /// What is told of an earlier refund from now on; the current figures stay.
    pub(super) fn amend(mut self, index: usize, refund: Refund) -> Self {
        self.refunds[index] = Refund { minute: self.refunds[index].minute, ..refund };
        self
    }

    pub(super) fn cancelled(mut self) -> Self {
        self.cancelled = Some(self.minute);
        self
    }

    /// The current total, subtotal and tax that Shopify tells, whatever the lines add up to.
    pub(super) fn told(mut self, total: &str, subtotal: &str, tax: &str) -> Self {
        self.told = Some([total, subtotal, tax].map(|amount| self.minor(amount)));
        self
    }

    pub(super) fn currency(&self) -> Currency {
        self.currency
    }

    /// Lines of which units are left, without tips.
    pub(super) fn lines_left(&self) -> Vec<usize> {
        let is_left = |(_, item): &(usize, &Item)| item.current > 0 && !item.is_tip;
        self.items.iter().enumerate().filter(is_left).map(|(index, _)| index).collect()
    }

    pub(super) fn units_left(&self, line: usize) -> i64 {
        self.items[line].current
    }

    /// Subtotal and tax of one unit, such that the parts of all units add up to the line.
    pub(super) fn unit(&self, line: usize) -> (String, String) {
        let item = &self.items[line];
        let without = Item { current: item.current - 1, ..item.clone() };
        let of = |amount: i64| self.text(item.left(amount) - without.left(amount));
        (of(item.sold()), of(item.tax))
    }

    /// What is left of shipping and of its tax, if anything.
    pub(super) fn shipping_to_refund(&self) -> Option<(String, String)> {
        let (amount, tax) = self.shipping_left;
        (amount > 0).then(|| (self.text(amount), self.text(tax)))
    }

    pub(super) fn has_tax_inside(&self) -> bool {
        self.tax_inside
    }

    /// An amount and its tax together, as the shopper gets them back.
    pub(super) fn in_shoppers_money(&self, amount: &str, tax: &str) -> String {
        let (currency, theirs, ours) = self.shopper;
        Money { minor: part(self.minor(amount) + self.minor(tax), theirs, ours), currency }.to_decimal()
    }

    pub(super) fn refund_count(&self) -> usize {
        self.refunds.len()
    }

    /// Net revenue by the plain rule, minor units.
    pub(super) fn revenue(&self) -> i64 {
        let of_amount = |refund: &Refund| {
            let other = refund.adjustments.iter().filter(|(kind, ..)| !is_shipping(kind));
            other.map(|(_, amount, tax)| self.minor(amount) + self.minor(tax)).sum::<i64>().min(0)
        };
        let amounts: i64 = self.refunds.iter().filter(|refund| refund.lines.is_empty()).map(of_amount).sum();
        if self.cancelled.is_some() { 0 } else { (self.totals(true)[0] + amounts).max(0) }
    }

    /// Total, subtotal and tax, with or without what was removed and refunded.
    fn totals(&self, is_current: bool) -> [i64; 3] {
        if let Some(told) = self.told.filter(|_| is_current) {
            return told;
        }
        let of = |item: &Item, amount: i64| if is_current { item.left(amount) } else { amount };
        let subtotal: i64 = self.items.iter().map(|item| of(item, item.sold())).sum();
        let goods_tax: i64 = self.items.iter().map(|item| of(item, item.tax)).sum();
        let (shipping, shipping_tax) = if is_current { self.shipping_left } else { self.shipping };
        let tax = goods_tax + shipping_tax;
        let duties = if is_current { self.duties_left } else { self.duties };
        // Where prices contain the tax, shipping is told with its tax.
        let extra = if self.tax_inside { 0 } else { tax };
        let shipping = if self.tax_inside { shipping + shipping_tax } else { shipping };
        [subtotal + extra + shipping + duties + self.fees, subtotal, tax]
    }

    fn text(&self, minor: i64) -> String {
        Money { minor, currency: self.currency }.to_decimal()
    }

    /// An amount in both currencies.
    fn set(&self, minor: i64) -> Value {
        let (currency, theirs, ours) = self.shopper;
        let shown = Money { minor: part(minor, theirs, ours), currency };
        json!({
            "shop_money": {"amount": self.text(minor), "currency_code": self.currency.code()},
            "presentment_money": {"amount": shown.to_decimal(), "currency_code": currency.code()},
        })
    }

    fn line_items(&self, order: u64) -> Vec<Value> {
        let line = |(index, item): (usize, &Item)| {
            let discounts = (item.discount > 0).then(|| {
                json!({"amount": self.text(item.discount), "amount_set": self.set(item.discount),
                       "discount_application_index": 0})
            });
            let taxes = (item.tax > 0).then(
                || json!({"title": "VAT", "price": self.text(item.tax), "price_set": self.set(item.tax), "rate": 0.1}),
            );
            json!({
                "id": line_id(order, index), "product_id": item.product, "title": "Thing", "sku": "thing",
                "quantity": item.quantity, "current_quantity": item.current, "gift_card": item.is_gift_card,
                "price": self.text(item.price), "price_set": self.set(item.price), "taxable": item.tax > 0,
                "total_discount": "0.00", "discount_allocations": discounts.as_slice(), "tax_lines": taxes.as_slice(),
                "duties": [], "properties": [],
                "tip": if item.is_tip { json!({"payment_gateway": "shopify_payments"}) } else { Value::Null },
            })
        };
        self.items.iter().enumerate().map(line).collect()
    }

    fn shipping_lines(&self, order: u64) -> Vec<Value> {
        // Where prices contain the tax, so does the price of shipping.
        let with_tax = |(amount, tax): (i64, i64)| if self.tax_inside { amount + tax } else { amount };
        let (price, left) = (with_tax(self.shipping), with_tax(self.shipping_left));
        let taxes = (self.shipping.1 > 0).then(
            || json!({"title": "VAT", "price": self.text(self.shipping.1), "price_set": self.set(self.shipping.1)}),
        );
        let is_refund = |refund: &Refund| refund.adjustments.iter().any(|(kind, ..)| is_shipping(kind));
        let is_removed = self.shipping_left == (0, 0) && !self.refunds.iter().any(is_refund);
        let line = json!({
            "id": order * 100 + 99, "title": "Standard", "code": "standard", "is_removed": is_removed,
            "price": self.text(price), "price_set": self.set(price),
            "discounted_price": self.text(price), "discounted_price_set": self.set(price),
            "current_discounted_price_set": self.set(left), "discount_allocations": [], "tax_lines": taxes.as_slice(),
        });
        (price > 0).then_some(line).into_iter().collect()
    }

    /// The body of `orders/create`, `orders/updated` and `orders/cancelled`.
    pub(super) fn body(&self, order: u64, sender: &Sender) -> Value {
        let ([total, subtotal, tax], [now, subtotal_now, tax_now]) = (self.totals(false), self.totals(true));
        let (attributes, codes) = match sender {
            Sender::Cart(code) => (json!([{"name": "_cs_ref", "value": code}]), json!([])),
            Sender::Visitor(pv_id) => (json!([{"name": "_cs_pv", "value": pv_id}]), json!([])),
            Sender::Code(code) => (json!([]), json!([{"code": code, "amount": "0.00", "type": "percentage"}])),
        };
        let tips: i64 = self.items.iter().filter(|item| item.is_tip).map(Item::sold).sum();
        let shipping = self.shipping.0 + if self.tax_inside { self.shipping.1 } else { 0 };
        let refunds: Vec<Value> = (0..self.refunds.len()).map(|index| self.refund_body(order, index)).collect();
        json!({
            "id": order, "admin_graphql_api_id": format!("gid://shopify/Order/{order}"), "name": format!("#{order}"),
            "created_at": time(0), "processed_at": time(0), "updated_at": time(self.minute),
            "cancelled_at": self.cancelled.map(time), "test": self.is_test, "confirmed": true,
            "currency": self.currency.code(), "presentment_currency": self.shopper.0.code(),
            "taxes_included": self.tax_inside, "duties_included": false, "landing_site": null, "customer": null,
            "note_attributes": attributes, "discount_codes": codes, "total_tip_received": self.text(tips),
            "total_price": self.text(total), "total_price_set": self.set(total),
            "subtotal_price": self.text(subtotal), "subtotal_price_set": self.set(subtotal),
            "total_tax": self.text(tax), "total_tax_set": self.set(tax),
            "total_shipping_price_set": self.set(shipping),
            "original_total_duties_set": self.set(self.duties), "current_total_duties_set": self.set(self.duties_left),
            "current_total_additional_fees_set": self.set(self.fees),
            "current_total_price": self.text(now), "current_total_price_set": self.set(now),
            "current_subtotal_price": self.text(subtotal_now), "current_subtotal_price_set": self.set(subtotal_now),
            "current_total_tax": self.text(tax_now), "current_total_tax_set": self.set(tax_now),
            "line_items": self.line_items(order), "shipping_lines": self.shipping_lines(order), "refunds": refunds,
        })
    }

    /// The body of `refunds/create`, and the same refund within its order.
    pub(super) fn refund_body(&self, order: u64, index: usize) -> Value {
        let refund = &self.refunds[index];
        let id = order * 100 + 50 + index as u64;
        let line = |(line, quantity, subtotal, tax): &(usize, i64, String, String)| {
            let (subtotal, tax) = (self.minor(subtotal), self.minor(tax));
            json!({"id": id * 10, "line_item_id": line_id(order, *line), "quantity": quantity,
                   "restock_type": "no_restock", "subtotal": self.text(subtotal).parse::<f64>().unwrap(),
                   "subtotal_set": self.set(subtotal), "total_tax": self.text(tax).parse::<f64>().unwrap(),
                   "total_tax_set": self.set(tax)})
        };
        let adjustment = |(kind, amount, tax): &(&str, String, String)| {
            let (amount, tax) = (self.minor(amount), self.minor(tax));
            let reason = if is_shipping(kind) { "Shipping refund" } else { "Refund discrepancy" };
            json!({"id": id * 10 + 5, "order_id": order, "refund_id": id, "kind": kind, "reason": reason,
                   "amount": self.text(amount), "amount_set": self.set(amount),
                   "tax_amount": self.text(tax), "tax_amount_set": self.set(tax)})
        };
        let shipping = |(_, amount, tax): &(&str, String, String)| {
            let (amount, tax) = (-self.minor(amount), -self.minor(tax));
            json!({"id": id * 10 + 6, "shipping_line_id": order * 100 + 99, "subtotal_amount_set": self.set(amount),
                   "tax_amount_set": self.set(tax)})
        };
        let transaction = |(status, amount): &(&str, String)| {
            json!({"id": id * 10 + 7, "order_id": order, "kind": "refund", "status": status, "amount": amount,
                   "currency": self.shopper.0.code(), "gateway": "shopify_payments"})
        };
        let adjustments = refund.adjustments.iter().filter(|(kind, ..)| *kind != SHIPPING_LINE);
        let shippings = refund.adjustments.iter().filter(|(kind, ..)| is_shipping(kind));
        json!({
            "id": id, "order_id": order, "created_at": time(refund.minute), "processed_at": time(refund.minute),
            "note": null, "restock": false, "duties": [], "additional_fees": [],
            "return": refund.is_exchange.then(|| json!({"id": id * 10 + 8})),
            "refund_line_items": refund.lines.iter().map(line).collect::<Vec<_>>(),
            "order_adjustments": adjustments.map(adjustment).collect::<Vec<_>>(),
            "refund_shipping_lines": shippings.map(shipping).collect::<Vec<_>>(),
            "transactions": refund.transactions.iter().map(transaction).collect::<Vec<_>>(),
        })
    }

    /// The body of `orders/edited`, which tells only what changed.
    pub(super) fn edit_body(&self, order: u64) -> Value {
        json!({"order_edit": {"id": order * 100 + 98, "app_id": null, "created_at": time(self.minute),
               "order_id": order, "notify_customer": false, "committed_at": time(self.minute), "staff_note": "",
               "line_items": {"additions": [], "removals": [{"id": line_id(order, 0), "delta": 1}]},
               "discounts": {"line_item": {"additions": [], "removals": []}},
               "shipping_lines": {"additions": [], "removals": []}}})
    }
}

fn line_id(order: u64, index: usize) -> u64 {
    order * 100 + 1 + index as u64
}

fn time(minute: i64) -> String {
    format!("2027-01-15T{:02}:{:02}:10Z", 8 + minute / 60, minute % 60)
}
