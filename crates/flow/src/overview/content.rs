//! What a brand sees first: who earned what, how that changed, where clicks come from, and what waits for a person.

use domain::{
    CampaignId, CreatorId, LinkId, OrderId, UnixMs,
    campaign::Campaign,
    click_source::SourceKind,
    creator::Creator,
    evidence::EvidenceKind,
    link::Link,
    outcome::Unattributed,
    period::Comparison,
    report::Sales,
    time::{Day, Period},
};

use super::Figures;

pub use store::{
    overview::{ATTENTION_MAX, Attention, BriefOrder, LatestClick, SourceTotal},
    rollups::PayableTotal,
};

/// "Now" in the live feed, in ms.
pub const LIVE_MS: i64 = 5 * 60_000;
/// More clicks in [`LIVE_MS`] are not counted.
pub const LIVE_MAX: i64 = 1_000;

/// Which figures are asked for. Everything that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of links of this creator.
    pub creator: Option<CreatorId>,
    /// Of links of this campaign.
    pub campaign: Option<CampaignId>,
    /// Of this link.
    pub link: Option<LinkId>,
    /// Clicks from here. Revenue, orders and other sources are not known by source.
    pub source: Option<(SourceKind, String)>,
}

impl Filter {
    /// Whether all links count.
    pub const fn is_of_all_links(&self) -> bool {
        self.creator.is_none() && self.campaign.is_none() && self.link.is_none()
    }

    /// The links that a read is restricted to, of these that it admits; `None` if all links count.
    pub(super) fn links<'a>(&self, admitted: &'a [LinkId]) -> Option<&'a [LinkId]> {
        (!self.is_of_all_links()).then_some(admitted)
    }

    /// Whether a link's figures count.
    pub(super) fn admits(&self, link: &Link) -> bool {
        self.creator.as_ref().is_none_or(|creator| link.creator.as_ref() == Some(creator))
            && self.campaign.as_ref().is_none_or(|campaign| link.campaign.as_ref() == Some(campaign))
            && self.link.as_ref().is_none_or(|id| link.id == *id)
    }
}

/// A dashboard that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardQuery {
    /// The days.
    pub period: Period,
    /// What they are compared with.
    pub comparison: Comparison,
    /// Which figures.
    pub filter: Filter,
}

/// A point of the chart: an hour of a day, or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The day.
    pub day: Day,
    /// The hour, if the chart is by hours.
    pub hour: Option<i8>,
}

/// Figures of one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// When.
    pub slot: Slot,
    /// Clicks, conversions and revenue.
    pub figures: Figures,
    /// What commissions gained in the brand's currency, minor units; `None` where that is not known by slot.
    pub commission_minor: Option<i64>,
}

/// Two sums that can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Of the period.
    pub now: Figures,
    /// Of what it is compared with.
    pub before: Figures,
    /// What commissions gained in both, minor units of the brand's currency, if that is known.
    pub commission_minor: Option<(i64, i64)>,
}

impl Dashboard {
    /// The totals of a change; `None` without a comparison, or before the period's first hour or day has ended.
    ///
    /// If the period includes today, only hours or days that have ended are added up, and the same ones of the comparison period:
    /// a morning would always look worse than a whole day.
    pub fn compared_figures(&self) -> Option<Compared> {
        let before = self.before.as_ref()?;
        let is_over = |slot: &Slot| {
            slot.day < self.today || (slot.day == self.today && slot.hour.is_some_and(|hour| hour < self.hour))
        };
        if self.points.iter().all(|point| is_over(&point.slot)) {
            let commission_minor = self.commission_minor.and_then(|(now, before)| Some((now, before?)));
            return Some(Compared { now: self.total.clone(), before: before.clone(), commission_minor });
        }
        let mut compared = Compared::default();
        let mut commission_minor = Some((0, 0));
        let pairs = self.points.iter().zip(&self.points_before).filter(|(point, _)| is_over(&point.slot));
        for (now, before) in pairs.clone() {
            compared.now.add(&now.figures);
            compared.before.add(&before.figures);
            commission_minor = commission_minor
                .zip(now.commission_minor.zip(before.commission_minor))
                .map(|((now, before), (more_now, more_before))| (now + more_now, before + more_before));
        }
        let is_any_over = pairs.count() > 0;
        is_any_over.then_some(Compared { commission_minor, ..compared })
    }
}

/// A creator, campaign or link with its figures.
#[derive(Clone, Debug)]
pub struct Ranked<T> {
    /// Which; `None` for what belongs to none.
    pub item: Option<T>,
    /// Its figures.
    pub figures: Figures,
    /// Its figures in the period before, if that is asked for.
    pub before: Option<Figures>,
}

/// From click to order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    /// Unique clicks.
    pub clicks: i64,
    /// Visitors who came by a link and put something into the cart, each day.
    pub carts: i64,
    /// Of these, who began the checkout.
    pub checkouts: i64,
    /// Credited orders; of all links together only those that a visit decided.
    pub orders: i64,
    /// Credited orders that codes, answers and people decided; `None` if that is not known.
    pub other_orders: Option<i64>,
}

/// By which evidence orders are credited, and to how many it is agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceShares {
    /// Credited orders by the kind that decided, the most first.
    pub kinds: Vec<(EvidenceKind, i64)>,
    /// Two or more kinds agree.
    pub agree: i64,
    /// One kind alone.
    pub single: i64,
    /// Some name somebody else.
    pub conflict: i64,
}

impl EvidenceShares {
    /// Credited orders.
    pub const fn orders(&self) -> i64 {
        self.agree + self.single + self.conflict
    }
}

/// Where the clicks of the period come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// By referring site, country, device and browser, the most clicks first.
    pub totals: Vec<SourceTotal>,
    /// Clicks by weekday, Monday first, and hour.
    pub week: [[i64; 24]; 7],
    /// Clicks of the period that are not in these figures yet.
    pub unread: i64,
}

/// What waits for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Counts of what waits.
    pub counts: Attention,
    /// Orders of the period that several visitors claim.
    pub disputed: i64,
    /// Balances that can be paid out.
    pub payable: PayableTotal,
    /// Since when the pixel has been silent, if it ever spoke and has been for a day.
    pub pixel_silent_since: Option<UnixMs>,
    /// The orders about which creators ask something, the longest waiting question first.
    pub asked_about: Vec<OrderId>,
}

impl Waiting {
    /// Whether nothing does.
    pub fn is_empty(&self) -> bool {
        self.counts == Attention::default()
            && self.disputed == 0
            && self.payable.creators == 0
            && self.pixel_silent_since.is_none()
            && self.asked_about.is_empty()
    }
}

/// What happens now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Clicks in [`LIVE_MS`], up to [`LIVE_MAX`].
    pub clicks: i64,
    /// The latest clicks, the last one first.
    pub latest_clicks: Vec<LatestClick>,
    /// The latest orders, the last one first.
    pub latest_orders: Vec<BriefOrder>,
}

/// Figures of one page.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// The period.
    pub period: Period,
    /// What it is compared with.
    pub compared: Option<Period>,
    /// The current day in the brand's time zone, which is not over yet.
    pub today: Day,
    /// The current hour.
    pub hour: i8,
    /// When the figures that a job computes were last brought up to date.
    pub rolled_at: Option<UnixMs>,
    /// All that the filter admits.
    pub total: Figures,
    /// The same of the period before.
    pub before: Option<Figures>,
    /// What commissions gained, and did in the period before; `None` where it is not known.
    pub commission_minor: Option<(i64, Option<i64>)>,
    /// By hours or days.
    pub points: Vec<Point>,
    /// The period before, point by point.
    pub points_before: Vec<Point>,
    /// By creator, highest revenue first.
    pub creators: Vec<Ranked<Creator>>,
    /// By campaign, highest revenue first.
    pub campaigns: Vec<Ranked<Campaign>>,
    /// By link, highest revenue first.
    pub links: Vec<Ranked<Link>>,
    /// From click to order; `None` for clicks of one source.
    pub funnel: Option<Funnel>,
    /// Where clicks come from; `None` for clicks of one source.
    pub sources: Option<Sources>,
    /// Of all orders; `None` if the figures are of some links only.
    pub evidence: Option<EvidenceShares>,
    /// All orders of the period, credited or not.
    pub orders: Sales,
    /// Orders credited to nobody, by reason, the most first.
    pub nobody: Vec<(Unattributed, i64)>,
    /// What waits for a person.
    pub waiting: Waiting,
    /// What happens now.
    pub live: Live,
    /// Whether the brand has any link.
    pub has_links: bool,
}
