//! What a brand's overview shows beside [`crate::reports`]: from daily figures, and from a bounded number of rows.

use domain::{
    BrandId, CreatorId, Currency, LinkId, OrderId, UnixMs,
    campaign::Campaign,
    click_source::SourceKind,
    creator::Creator,
    link::{Link, LinkCode},
    outcome::{Outcome, Unattributed},
    report::{ClickRow, Clicks, SaleRow, Traffic},
    time::{Day, Period},
};

use crate::{
    Result,
    ingest::PixelHealth,
    questions::Question,
    rollups::Rollup,
    row::{currency, known, read, read_opt},
};

/// More than this many of one thing that needs a person are not counted.
pub const ATTENTION_MAX: i64 = 100;

/// Clicks with one value of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTotal {
    /// By what.
    pub kind: SourceKind,
    /// The value; empty if it is not known.
    pub value: String,
    /// The clicks. Bots have no sources.
    pub clicks: Clicks,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct SourceTotalRow {
    pub kind: String,
    pub value: String,
    pub clicks: i64,
    pub unique_clicks: i64,
}

impl SourceTotalRow {
    /// Converts the row.
    pub fn read(self) -> Result<SourceTotal> {
        let clicks = Clicks { clicks: self.clicks, unique_clicks: self.unique_clicks, bot_clicks: 0 };
        Ok(SourceTotal {
            kind: known(SourceKind::parse(&self.kind), "click_sources", "kind")?,
            value: self.value,
            clicks,
        })
    }
}

/// Clicks of an hour of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourClicks {
    /// The day.
    pub day: Day,
    /// The hour, 0 to 23.
    pub hour: i64,
    /// The clicks, without bots.
    pub clicks: Clicks,
}

/// Visitors who came by links, and the steps that they reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FunnelTotal {
    /// Visitors with a cart.
    pub carts: i64,
    /// Visitors who began the checkout.
    pub checkouts: i64,
}

/// What a creator's commissions, or all creators', gained on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommissionTotal {
    /// The day.
    pub day: Day,
    /// The currency.
    pub currency: Currency,
    /// Minor units.
    pub amount_minor: i64,
}

/// What waits for a person, each up to [`ATTENTION_MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// Survey answers that no creator was found for.
    pub open_answers: i64,
    /// Orders whose commissions wait for approval, or whose credit is not proven.
    pub waiting_orders: i64,
    /// Webhook endpoints that failed so long that they are disabled, or are going to be.
    pub failing_endpoints: i64,
}

/// A click in the live feed. It names no visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestClick {
    /// The click's id.
    pub id: domain::ClickId,
    /// When.
    pub at: UnixMs,
    /// The link.
    pub link: LinkId,
    /// The link's code.
    pub code: LinkCode,
    /// The name of the link's creator at the time.
    pub creator: Option<String>,
    /// Where from, if it is known.
    pub country: Option<String>,
    /// The kind of device.
    pub device: String,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct LatestClickRow {
    pub id: String,
    pub at: i64,
    pub link_id: String,
    pub code: String,
    pub creator: Option<String>,
    pub country: Option<String>,
    pub device: String,
}

impl LatestClickRow {
    /// Converts the row.
    pub fn read(self) -> Result<LatestClick> {
        Ok(LatestClick {
            id: read(self.id, "clicks", "id")?,
            at: UnixMs(self.at),
            link: read(self.link_id, "clicks", "link_id")?,
            code: known(LinkCode::parse(&self.code), "links", "code")?,
            creator: self.creator,
            country: self.country,
            device: self.device,
        })
    }
}

/// An order in a list, with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BriefOrder {
    /// The order.
    pub id: OrderId,
    /// Its name, such as `#1069`.
    pub name: String,
    /// When it was placed.
    pub placed_at: UnixMs,
    /// The currency.
    pub currency: Currency,
    /// Net revenue, minor units; the total if it is not settled yet.
    pub net_minor: i64,
    /// What became of it; `None` if it is not settled yet, or does not count.
    pub outcome: Option<Outcome>,
    /// The name of the creator of its first credit.
    pub creator: Option<String>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct BriefOrderRow {
    pub id: String,
    pub name: String,
    pub placed_at: i64,
    pub currency: String,
    pub net_minor: i64,
    pub outcome: Option<String>,
    pub creator: Option<String>,
}

impl BriefOrderRow {
    /// Converts the row.
    pub fn read(self) -> Result<BriefOrder> {
        Ok(BriefOrder {
            id: read(self.id, "orders", "id")?,
            name: self.name,
            placed_at: UnixMs(self.placed_at),
            currency: currency(&self.currency, "orders")?,
            net_minor: self.net_minor,
            outcome: read_opt(self.outcome, "orders", "outcome")?,
            creator: self.creator,
        })
    }
}

/// Reads what the overview shows.
#[async_trait::async_trait]
pub trait OverviewStore: Send + Sync {
    /// Begins to read a brand's figures, all as of one instant. It holds a connection until it is dropped: nothing else may
    /// be read meanwhile, or those who hold one and wait for another would wait for each other.
    async fn overview(&self, brand: &BrandId) -> Result<Box<dyn OverviewReads>>;
    /// Clicks and sales of some links, as [`crate::reports::ReportStore::traffic`] has them of all.
    async fn traffic_of(&self, brand: &BrandId, period: Period, links: &[LinkId]) -> Result<Traffic>;
    /// Orders placed on days of a period that are credited to nobody for this reason, the latest first.
    async fn unattributed_orders(
        &self,
        brand: &BrandId,
        period: (UnixMs, UnixMs),
        reason: Unattributed,
        limit: i64,
    ) -> Result<Vec<BriefOrder>>;
}

/// One brand's figures as of one instant. Where links are given, figures are of these links only.
#[async_trait::async_trait]
pub trait OverviewReads: Send {
    /// The creators, by name.
    async fn creators(&mut self) -> Result<Vec<Creator>>;
    /// The campaigns, by name.
    async fn campaigns(&mut self) -> Result<Vec<Campaign>>;
    /// The links, deleted and direct ones too, the latest first.
    async fn links(&mut self) -> Result<Vec<Link>>;
    /// Clicks and sales.
    async fn traffic(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<Traffic>;
    /// Clicks by every source except hours.
    async fn source_totals(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<Vec<SourceTotal>>;
    /// Clicks by day and hour.
    async fn hour_clicks(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<Vec<HourClicks>>;
    /// Clicks by weekday and hour, in the brand's time zone: each row's day is one that falls on the weekday.
    async fn week_hours(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<Vec<HourClicks>>;
    /// Clicks with one value of a source, by day.
    async fn source_days(
        &mut self,
        period: Period,
        source: (SourceKind, &str),
        links: Option<&[LinkId]>,
    ) -> Result<Vec<ClickRow<Day>>>;
    /// Clicks with one value of a source on these links, by link.
    async fn source_links(
        &mut self,
        period: Period,
        source: (SourceKind, &str),
        links: &[LinkId],
    ) -> Result<Vec<ClickRow<LinkId>>>;
    /// Credited orders that were placed in this time and their credit, by the quarter of an hour in which it was.
    async fn sale_quarters(
        &mut self,
        from: UnixMs,
        until: UnixMs,
        links: Option<&[LinkId]>,
    ) -> Result<Vec<SaleRow<UnixMs>>>;
    /// Visitors at the steps between click and order.
    async fn funnel(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<FunnelTotal>;
    /// All orders, credited or not, by the day on which they were placed.
    async fn order_days(&mut self, period: Period) -> Result<Vec<SaleRow<Day>>>;
    /// Orders by what became of them.
    async fn outcomes(&mut self, period: Period) -> Result<Vec<(Outcome, i64)>>;
    /// What commissions gained by day; of one creator, or of all.
    async fn commission_totals(&mut self, period: Period, creator: Option<&CreatorId>) -> Result<Vec<CommissionTotal>>;
    /// The figures that a job computes.
    async fn rollup(&mut self) -> Result<Option<Rollup>>;
    /// What waits for a person.
    async fn attention(&mut self) -> Result<Attention>;
    /// When the pixel last reported each type of event.
    async fn pixel_health(&mut self) -> Result<PixelHealth>;
    /// Questions of creators that wait for an answer, the longest waiting first.
    async fn open_questions(&mut self, limit: i64) -> Result<Vec<Question>>;
    /// The latest clicks, without bots, of those since a time; and how many of these there are, up to `count_max`.
    async fn latest_clicks(&mut self, since: UnixMs, limit: i64, count_max: i64) -> Result<(Vec<LatestClick>, i64)>;
    /// The latest orders, without tests.
    async fn latest_orders(&mut self, limit: i64) -> Result<Vec<BriefOrder>>;
}
