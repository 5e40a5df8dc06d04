//! Report figures: counts, and money per currency. Amounts of different currencies are never added.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Currency, LinkId, Money, time::Day};

/// Clicks of a day, a link or a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clicks {
    /// Clicks, without bots.
    pub clicks: i64,
    /// Unique clicks, without bots: one per visitor, link and hour ([`crate::click::UNIQUE_WINDOW_MS`]).
    pub unique_clicks: i64,
    /// Clicks by bots and link previews; not in the other two.
    pub bot_clicks: i64,
}

impl Clicks {
    /// Adds another count to this one.
    pub fn add(&mut self, other: Self) {
        self.clicks += other.clicks;
        self.unique_clicks += other.unique_clicks;
        self.bot_clicks += other.bot_clicks;
    }
}

/// Conversions and their revenue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sales {
    /// Credited orders.
    pub conversions: i64,
    /// Credited net revenue, minor units by currency.
    pub revenue: BTreeMap<Currency, i64>,
}

impl Sales {
    /// Revenue without conversions.
    pub fn of(amounts: impl IntoIterator<Item = Money>) -> Self {
        let mut sales = Self::default();
        amounts.into_iter().for_each(|money| sales.add(0, money.currency, money.minor));
        sales
    }

    /// Adds conversions and an amount.
    pub fn add(&mut self, conversions: i64, currency: Currency, minor: i64) {
        self.conversions += conversions;
        *self.revenue.entry(currency).or_default() += minor;
    }

    /// The revenue, one nonzero amount per currency, the preferred currency first.
    pub fn amounts(&self, preferred: Currency) -> Vec<Money> {
        let mut amounts: Vec<Money> = self
            .revenue
            .iter()
            .filter(|(_, minor)| **minor != 0)
            .map(|(currency, minor)| Money { minor: *minor, currency: *currency })
            .collect();
        amounts.sort_by_key(|money| (money.currency != preferred, money.currency));
        amounts
    }
}

/// One row of stored click counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickRow<K> {
    /// The group: a day or a link.
    pub key: K,
    /// The counts.
    pub clicks: Clicks,
}

/// One row of stored sales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleRow<K> {
    /// The group: a day or a link.
    pub key: K,
    /// The currency of `revenue_minor`.
    pub currency: Currency,
    /// Credited orders.
    pub conversions: i64,
    /// Credited net revenue, minor units.
    pub revenue_minor: i64,
}

/// The figures of a period's overview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Clicks by day.
    pub clicks_by_day: Vec<ClickRow<Day>>,
    /// Clicks by link.
    pub clicks_by_link: Vec<ClickRow<LinkId>>,
    /// Sales by day.
    pub sales_by_day: Vec<SaleRow<Day>>,
    /// Sales by link.
    pub sales_by_link: Vec<SaleRow<LinkId>>,
}
