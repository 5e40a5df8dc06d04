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
//! - That a sale exists to which a link of the creator led is returned, and what kind of evidence decided about it; its
//!   amounts only if it is shared, and nothing that names the shopper or another creator.

use domain::{
    BrandId, CreatorId, Currency, LinkId, Money, OrderId, PayoutId, UnixMs,
    commission::EntryKind,
    evidence::EvidenceKind,
    proof::ProofFigures,
    report::ClickRow,
    time::{Day, Period},
};

use crate::{
    Result,
    row::{currency, known, read, read_opt},
};

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
    /// When the first of what is on hold becomes payable, if no person must approve it.
    pub next_payable_at: Option<UnixMs>,
}

/// A payout that was paid to a creator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPayout {
    /// Its id.
    pub id: PayoutId,
    /// What was paid to this creator.
    pub amount: Money,
    /// When it was marked paid.
    pub paid_at: UnixMs,
    /// What the payer calls the transfer.
    pub reference: Option<String>,
}

/// What a paid payout pays for, as its creator may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPayoutLine {
    /// The sale; absent for an adjustment of the balance.
    pub order: Option<OrderId>,
    /// When the sale was placed.
    pub placed_at: Option<UnixMs>,
    /// Accrual, reversal or adjustment.
    pub kind: EntryKind,
    /// Minor units of the payout's currency; negative when it reduces the payout.
    pub amount_minor: i64,
    /// When it was booked.
    pub created_at: UnixMs,
}

/// The amounts of a shared sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedSale {
    /// The creator's part of its net revenue.
    pub revenue: Money,
    /// The commissions booked for it, minor units of the same currency.
    pub earned_minor: i64,
}

/// A sale to which a creator's links led.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSale {
    /// The order.
    pub order: OrderId,
    /// When it was placed.
    pub placed_at: UnixMs,
    /// Whether it was cancelled.
    pub is_cancelled: bool,
    /// The creator's links on the way to it, with the most direct evidence for each visit, in the order of touches. A
    /// credit that rests on no touch is here too.
    pub touches: Vec<(LinkId, EvidenceKind)>,
    /// The creator's credited links, with the evidence that each credit rests on.
    pub credits: Vec<(LinkId, EvidenceKind)>,
    /// What the credits of others rest on.
    pub others: Vec<EvidenceKind>,
    /// Its amounts, if it is shared.
    pub shared: Option<SharedSale>,
}

/// Where a page of sales continues: after this one, which is older than all on the page before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleCursor {
    /// When it was placed.
    pub placed_at: UnixMs,
    /// The order.
    pub order: OrderId,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct OwnBalanceRow {
    pub currency: String,
    pub held: i64,
    pub payable: i64,
    pub paid: i64,
    pub next_payable_at: Option<i64>,
}

impl OwnBalanceRow {
    /// Converts the row.
    pub fn read(self) -> Result<OwnBalance> {
        Ok(OwnBalance {
            currency: currency(&self.currency, "ledger")?,
            held_minor: self.held,
            payable_minor: self.payable,
            paid_minor: self.paid,
            next_payable_at: self.next_payable_at.map(UnixMs),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct OwnPayoutRow {
    pub id: String,
    pub currency: String,
    pub closed_at: i64,
    pub reference: Option<String>,
    pub amount_minor: i64,
}

impl OwnPayoutRow {
    /// Converts the row.
    pub fn read(self) -> Result<OwnPayout> {
        Ok(OwnPayout {
            id: read(self.id, "payouts", "id")?,
            amount: Money { minor: self.amount_minor, currency: currency(&self.currency, "payouts")? },
            paid_at: UnixMs(self.closed_at),
            reference: self.reference,
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct OwnPayoutLineRow {
    pub order_id: Option<String>,
    pub placed_at: Option<i64>,
    pub kind: String,
    pub amount_minor: i64,
    pub created_at: i64,
}

impl OwnPayoutLineRow {
    /// Converts the row.
    pub fn read(self) -> Result<OwnPayoutLine> {
        Ok(OwnPayoutLine {
            order: read_opt(self.order_id, "ledger", "order_id")?,
            placed_at: self.placed_at.map(UnixMs),
            kind: known(EntryKind::parse(&self.kind), "ledger", "kind")?,
            amount_minor: self.amount_minor,
            created_at: UnixMs(self.created_at),
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
    /// Figures of the creator's links that share their revenue: their clicks in a period, and the shared orders that were
    /// placed in it with their revenue of now, on whatever day a refund of them is booked.
    async fn own_shared_figures(&self, brand: &BrandId, creator: &CreatorId, period: Period) -> Result<ProofFigures>;
    /// Commissions of shared orders by the day of the order, in one currency, all days in order, minor units.
    async fn own_earning_days(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        currency: Currency,
        period: Period,
    ) -> Result<Vec<(Day, i64)>>;
    /// The payouts that were paid to the creator, the latest first.
    async fn own_payouts(&self, brand: &BrandId, creator: &CreatorId, limit: i64) -> Result<Vec<OwnPayout>>;
    /// One of these payouts, with its lines for shared orders and its adjustments, oldest first. What the lines lack to its
    /// amount was earned by orders that are not shared. `None` if it is none.
    async fn own_payout(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        payout: &PayoutId,
    ) -> Result<Option<(OwnPayout, Vec<OwnPayoutLine>)>>;
    /// Sales to which the creator's links led, the latest first: at most `limit` of those that are older than `before`.
    async fn own_sales(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        before: Option<&SaleCursor>,
        limit: i64,
    ) -> Result<Vec<OwnSale>>;
    /// One of these sales; `None` if it is none.
    async fn own_sale(&self, brand: &BrandId, creator: &CreatorId, order: &OrderId) -> Result<Option<OwnSale>>;
    /// The creator's milestones that count orders (`orders:10`, time), oldest first.
    async fn own_order_milestones(&self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<(String, UnixMs)>>;
}
