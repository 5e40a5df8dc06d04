//! A history: what happened to an order, what Shopify told of it, and the figures it must end in.

use domain::Money;

use super::sold::{Sender, Sold};

/// A product without a rule of its own: 10 %.
pub(super) const PLAIN: u64 = 101;
/// A product whose rule pays 20 %.
pub(super) const HIGH: u64 = 120;
/// A product whose rule pays 5 %.
pub(super) const LOW: u64 = 105;

/// A delivery.
#[derive(Clone)]
pub(super) enum Told {
    Created(Sold),
    Updated(Sold),
    Cancelled(Sold),
    /// `orders/edited`: only what changed. It decides nothing.
    Edited(Sold),
    /// `refunds/create` with the refund at this position.
    Refunded(Sold, usize),
}

impl Told {
    /// Topic and body for an order of this id.
    pub(super) fn message(&self, order: u64, sender: &Sender) -> (&'static str, String) {
        let (topic, body) = match self {
            Self::Created(sold) => ("orders/create", sold.body(order, sender)),
            Self::Updated(sold) => ("orders/updated", sold.body(order, sender)),
            Self::Cancelled(sold) => ("orders/cancelled", sold.body(order, sender)),
            Self::Edited(sold) => ("orders/edited", sold.edit_body(order)),
            Self::Refunded(sold, index) => ("refunds/create", sold.refund_body(order, *index)),
        };
        (topic, body.to_string())
    }

    fn state(&self) -> &Sold {
        match self {
            Self::Created(sold)
            | Self::Updated(sold)
            | Self::Cancelled(sold)
            | Self::Edited(sold)
            | Self::Refunded(sold, _) => sold,
        }
    }
}

/// Who brought the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Creator {
    /// By the cart; earns what the products' rules pay.
    Ana,
    /// By a discount code; a rule of her own pays 15 % whatever the product.
    Ben,
}

/// A history with its expected end.
#[derive(Clone)]
pub(super) struct History {
    pub name: &'static str,
    /// What happened, in a sentence.
    pub story: &'static str,
    pub told: Vec<Told>,
    pub by: Creator,
    /// Net revenue, commission base and commission, minor units. `None` if the order counts nowhere.
    pub expected: Option<[i64; 3]>,
    /// How the figures are calculated, in words.
    pub because: &'static str,
}

impl History {
    pub(super) fn of(name: &'static str, story: &'static str, told: impl Into<Vec<Told>>) -> Self {
        Self { name, story, told: told.into(), by: Creator::Ana, expected: None, because: "" }
    }

    pub(super) fn by_ben(mut self) -> Self {
        self.by = Creator::Ben;
        self
    }

    /// Net revenue, commission base and commission, and how they are calculated.
    pub(super) fn ends(mut self, revenue: &str, base: &str, commission: &str, because: &'static str) -> Self {
        let currency = self.currency();
        self.expected = Some([revenue, base, commission].map(|amount| Money::parse(amount, currency).unwrap().minor));
        self.because = because;
        self
    }

    pub(super) fn counts_nowhere(mut self, because: &'static str) -> Self {
        self.because = because;
        self
    }

    pub(super) fn currency(&self) -> domain::Currency {
        self.told[0].state().currency()
    }
}

/// `orders/create`, then `orders/updated` with the later state.
pub(super) fn changed(before: &Sold, after: &Sold) -> Vec<Told> {
    vec![Told::Created(before.clone()), Told::Updated(after.clone())]
}

/// The same with the delta of `orders/edited` between.
pub(super) fn edited(before: &Sold, after: &Sold) -> Vec<Told> {
    vec![Told::Created(before.clone()), Told::Edited(after.clone()), Told::Updated(after.clone())]
}

/// `orders/create`, `refunds/create` with the first refund, then `orders/updated`.
pub(super) fn refunded(before: &Sold, after: &Sold) -> Vec<Told> {
    vec![Told::Created(before.clone()), Told::Refunded(after.clone(), 0), Told::Updated(after.clone())]
}

/// `orders/create` and `refunds/create`; the order's update never came.
pub(super) fn only_refund_told(before: &Sold, after: &Sold) -> Vec<Told> {
    vec![Told::Created(before.clone()), Told::Refunded(after.clone(), 0)]
}
