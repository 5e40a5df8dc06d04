//! What a creator may see of a brand's figures. The one place through which a creator's session reads figures: what is
//! not shared with the creator is left out by the statements themselves and never leaves the database.
//!
//! # The rule
//! - An order is *shared* with a creator if it credits the creator and each of these credits is for a link that shares
//!   its revenue. One credit for another link makes the whole order unshared: the parts of an order are in known
//!   proportions, so one part reveals the others.
//! - Of shared orders, revenue and earnings are returned in full. Of all others neither amounts nor currencies nor
//!   whether there are any; their clicks and conversions are returned.
//! - An order whose credit rests on the word of browsers that the brand does not trust is left out, conversion and all,
//!   until a person approves it: whoever guesses an order's number would read its revenue here.
//! - A payout that is marked paid is returned in full, whatever it contains. Open and cancelled payouts change nothing.
//! - A manual adjustment is returned, unless it is for an unshared order.

use domain::{
    BrandId, CreatorId, Currency, LinkId, Money, UnixMs,
    report::ClickRow,
    time::{Day, Period},
};

use crate::{Result, row::currency};

/// Traffic of a creator's links in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnTraffic {
    /// Clicks by day.
    pub clicks_by_day: Vec<ClickRow<Day>>,
    /// Clicks by link.
    pub clicks_by_link: Vec<ClickRow<LinkId>>,
    /// Credited orders by day, shared or not.
    pub conversions_by_day: Vec<(Day, i64)>,
    /// Credited orders by link, shared or not.
    pub conversions_by_link: Vec<(LinkId, i64)>,
    /// Net revenue of shared orders by link and currency.
    pub shared_revenue: Vec<(LinkId, Money)>,
}

/// A creator's balance in one currency, as the creator may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnBalance {
    /// The currency.
    pub currency: Currency,
    /// Of shared orders and adjustments: on hold or awaiting approval. Minor units, like the fields below.
    pub held_minor: i64,
    /// Of shared orders and adjustments: payable and not in a paid payout.
    pub payable_minor: i64,
    /// In payouts marked paid.
    pub paid_minor: i64,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct OwnBalanceRow {
    pub currency: String,
    pub held: i64,
    pub payable: i64,
    pub paid: i64,
}

impl OwnBalanceRow {
    /// Converts the row.
    pub fn read(self) -> Result<OwnBalance> {
        Ok(OwnBalance {
            currency: currency(&self.currency, "ledger")?,
            held_minor: self.held,
            payable_minor: self.payable,
            paid_minor: self.paid,
        })
    }
}

/// Reads figures for a creator's session, under the rule above.
#[async_trait::async_trait]
pub trait CreatorViewStore: Send + Sync {
    /// Clicks, conversions and shared revenue of the creator's links in a period.
    async fn own_traffic(&self, brand: &BrandId, creator: &CreatorId, period: Period) -> Result<OwnTraffic>;
    /// The creator's balances as of `now`, by currency. Has no row for a currency of which nothing may be seen.
    async fn own_balances(&self, brand: &BrandId, creator: &CreatorId, now: UnixMs) -> Result<Vec<OwnBalance>>;
    /// Net revenue of shared orders in one currency by the day it is booked on, all days in order, minor units.
    async fn own_revenue_days(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        currency: Currency,
    ) -> Result<Vec<(Day, i64)>>;
    /// The creator's milestones that count orders (`orders:10`, time), oldest first.
    async fn own_order_milestones(&self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<(String, UnixMs)>>;
}
