//! Figures that a job computes from stored rows, so that storing those rows costs nothing more.
//!
//! Clicks are read in the order of their ids, which begin with their time. Whether all of a day have been read shows in
//! its total, which is stored with the clicks: one that was stored late makes it differ, and the day is read again.

use domain::{
    BrandId, ClickId, CreatorId, Currency, LinkId, Money, UnixMs,
    click_source::{SourceClick, SourceCount},
    time::Day,
};

use crate::{
    Result,
    row::{from_json, read, read_opt},
};

/// How far a day's clicks have been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadClicks {
    /// The day's total when it was last read to its end, bots included; `None` while it is being read.
    pub counted: Option<i64>,
    /// Clicks that were read, bots included.
    pub rolled: i64,
    /// Clicks with smaller ids have been read.
    pub below: String,
}

/// A day on which clicks have not been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadDay {
    /// The day.
    pub day: Day,
    /// How far it has been read; `None` if it has not been begun.
    pub read: Option<ReadClicks>,
}

/// Some of a day's clicks, as of one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePage {
    /// The clicks by id.
    pub clicks: Vec<(ClickId, SourceClick)>,
    /// The day's total, bots included.
    pub counted: i64,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct SourceClickRow {
    pub counted: i64,
    pub id: Option<String>,
    pub link_id: Option<String>,
    pub at: Option<i64>,
    pub device: Option<String>,
    pub browser: Option<String>,
    pub country: Option<String>,
    pub referrer_host: Option<String>,
    pub bot: Option<String>,
    pub is_unique: Option<bool>,
}

impl SourceClickRow {
    /// Converts the row; `None` if it has the total only.
    pub fn read(self) -> Result<Option<(ClickId, SourceClick)>> {
        let (Some(id), Some(link)) = (self.id, self.link_id) else { return Ok(None) };
        let click = SourceClick {
            link: read(link, "clicks", "link_id")?,
            at: UnixMs(self.at.unwrap_or(0)),
            device: self.device.unwrap_or_default(),
            browser: self.browser.unwrap_or_default(),
            country: self.country,
            referrer_host: self.referrer_host,
            is_bot: self.bot.is_some(),
            is_unique: self.is_unique.unwrap_or(false),
        };
        Ok(Some((read(id, "clicks", "id")?, click)))
    }
}

/// A step between the click and the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunnelStep {
    /// Something was put into the cart.
    Cart,
    /// The checkout was begun.
    Checkout,
}

/// Visitors of a day who came by a link and reached the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunnelDay {
    /// The day.
    pub day: Day,
    /// The link.
    pub link: LinkId,
    /// Visitors with a cart.
    pub carts: i64,
    /// Visitors who began the checkout.
    pub checkouts: i64,
}

/// What the ledger gained for a creator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommissionDay {
    /// The day.
    pub day: Day,
    /// The creator.
    pub creator: CreatorId,
    /// The currency.
    pub currency: Currency,
    /// Minor units.
    pub amount_minor: i64,
}

/// What the ledger gained in a quarter of an hour: time zones differ by whole ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerQuarter {
    /// When it began.
    pub at: UnixMs,
    /// The creator.
    pub creator: CreatorId,
    /// The currency.
    pub currency: Currency,
    /// Minor units, payouts left out.
    pub amount_minor: i64,
}

/// Balances that can be paid out.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PayableTotal {
    /// Creators with one.
    pub creators: i64,
    /// Their sums, one for each currency.
    pub amounts: Vec<Money>,
}

/// The state of a brand's figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollup {
    /// When they were last brought up to date.
    pub rolled_at: UnixMs,
    /// Funnel and commissions of earlier days are not computed again.
    pub from_day: Day,
    /// The last ledger line that was seen; empty if there is none.
    pub ledger_id: String,
    /// What can be paid out.
    pub payable: PayableTotal,
    /// When more can be paid out without a new ledger line, because a hold is over.
    pub next_payable_at: Option<UnixMs>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct RollupRow {
    pub rolled_at: i64,
    pub from_day: i64,
    pub ledger_id: String,
    pub payable: String,
    pub next_payable_at: Option<i64>,
}

impl RollupRow {
    /// Converts the row.
    pub fn read(self) -> Result<Rollup> {
        Ok(Rollup {
            rolled_at: UnixMs(self.rolled_at),
            from_day: Day(self.from_day),
            ledger_id: self.ledger_id,
            payable: from_json(&self.payable, "rollups", "payable")?,
            next_payable_at: self.next_payable_at.map(UnixMs),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct UnreadDayRow {
    pub day: i64,
    pub counted: Option<i64>,
    pub rolled: Option<i64>,
    pub below: Option<String>,
}

impl UnreadDayRow {
    /// Converts the row.
    pub fn read(self) -> Result<UnreadDay> {
        let read = match (self.rolled, read_opt(self.below, "click_source_days", "below")?) {
            (Some(rolled), Some(below)) => {
                Some(ReadClicks { counted: self.counted.filter(|counted| *counted >= 0), rolled, below })
            }
            _ => None,
        };
        Ok(UnreadDay { day: Day(self.day), read })
    }
}

/// Computes and stores figures.
#[async_trait::async_trait]
pub trait RollupStore: Send + Sync {
    /// Brands with clicks since a day that were not read, ledger lines that were not seen, or holds that are over at `now`.
    async fn brands_to_roll_up(&self, since: Day, now: UnixMs) -> Result<Vec<BrandId>>;
    /// The state of a brand's figures; `None` before the first time.
    async fn rollup(&self, brand: &BrandId) -> Result<Option<Rollup>>;
    /// Days since `since` whose clicks were not read to the end, the latest first.
    async fn unread_days(&self, brand: &BrandId, since: Day, limit: i64) -> Result<Vec<UnreadDay>>;
    /// Clicks with ids from the first to below the second bound, by id, with the total of `day` at the same instant.
    async fn source_page(&self, brand: &BrandId, day: Day, ids: (&str, &str), limit: i64) -> Result<SourcePage>;
    /// The referring sites that a day's counts have.
    async fn sites_of_day(&self, brand: &BrandId, day: Day) -> Result<Vec<String>>;
    /// Adds a day's counts, or begins the day anew with them, and stores how far it has been read. False, without a change,
    /// unless it had been read as far as `before`.
    async fn add_click_sources(
        &self,
        brand: &BrandId,
        day: Day,
        before: Option<&ReadClicks>,
        after: &ReadClicks,
        counts: &[SourceCount],
        is_anew: bool,
    ) -> Result<bool>;
    /// Visitors who came by a link before they reached a step in this time, by link. Test events do not count.
    async fn visitors_at(
        &self,
        brand: &BrandId,
        step: FunnelStep,
        from: UnixMs,
        until: UnixMs,
    ) -> Result<Vec<(LinkId, i64)>>;
    /// What the ledger gained since a time.
    async fn ledger_quarters(&self, brand: &BrandId, since: UnixMs) -> Result<Vec<LedgerQuarter>>;
    /// When the first hold after `now` ends of a ledger line that waits for nothing else.
    async fn next_payable_at(&self, brand: &BrandId, now: UnixMs) -> Result<Option<UnixMs>>;
    /// The last ledger line's id.
    async fn last_ledger_line(&self, brand: &BrandId) -> Result<Option<String>>;
    /// Stores the state, and replaces funnel and commissions of all days since `since`.
    async fn put_rollup(
        &self,
        brand: &BrandId,
        rollup: &Rollup,
        since: Day,
        funnel: &[FunnelDay],
        commissions: &[CommissionDay],
    ) -> Result<()>;
}
