//! What the server acknowledges and must not forget.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Failure, engine::Engine};

/// A kind of fact, by the path on which it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// A click, acknowledged by its redirect.
    Click,
    /// An event of the pixel.
    Event,
    /// An order, acknowledged by the answer to its webhook.
    Order,
    /// The erasure of an order's customer, acknowledged by the answer to the webhook that demands it.
    Erasure,
    /// An adjustment of a creator's balance.
    Adjustment,
    /// A payout.
    Payout,
    /// A payout that was marked as paid.
    Payment,
}

impl Fact {
    pub(crate) const ALL: [Self; 7] =
        [Self::Click, Self::Event, Self::Order, Self::Erasure, Self::Adjustment, Self::Payout, Self::Payment];

    /// For the table that is printed.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Click => "clicks",
            Self::Event => "events",
            Self::Order => "orders",
            Self::Erasure => "erasures",
            Self::Adjustment => "adjustments of balances",
            Self::Payout => "payouts",
            Self::Payment => "payouts marked as paid",
        }
    }

    /// Reads the keys of all that is stored.
    const fn statement(self) -> &'static str {
        match self {
            Self::Click => "select pv_id from clicks",
            Self::Event => "select pv_id from events",
            Self::Order => "select external_id from orders",
            Self::Erasure => "select external_id from orders where redacted_at is not null",
            Self::Adjustment => "select key from ledger where kind = 'adjustment'",
            Self::Payout => "select id from payouts",
            Self::Payment => "select id from payouts where state = 'paid'",
        }
    }
}

/// The keys of all that was acknowledged.
#[derive(Default)]
pub(crate) struct Acknowledged(BTreeMap<Fact, BTreeSet<String>>);

impl Acknowledged {
    pub(crate) fn add(&mut self, fact: Fact, key: String) {
        self.0.entry(fact).or_default().insert(key);
    }

    /// How many facts of a kind were acknowledged, and how many of them are not stored.
    pub(crate) async fn lost(&self, fact: Fact, engine: &Engine) -> Result<(usize, usize), Failure> {
        let Some(acknowledged) = self.0.get(&fact) else { return Ok((0, 0)) };
        let stored: BTreeSet<String> = engine.texts(fact.statement()).await?.into_iter().collect();
        Ok((acknowledged.len(), acknowledged.difference(&stored).count()))
    }
}
