//! Report figures: a brand's overview. [`crate::creator_view`] has what a creator may see of it.

mod content;
mod dashboard;
mod outcomes;
mod ranking;
mod span;

use std::collections::BTreeMap;

use domain::{
    CampaignId, CreatorId, Currency, LinkId,
    campaign::Campaign,
    creator::Creator,
    link::Link,
    report::{Clicks, Sales, Traffic},
    time::{Day, Period},
};

use crate::{FlowError, access::Merchant, stage::Reports};

pub use content::{
    ATTENTION_MAX, Attention, BriefOrder, Compared, Dashboard, DashboardQuery, EvidenceShares, Filter, Funnel,
    LIVE_MAX, LIVE_MS, LatestClick, Live, PayableTotal, Point, Ranked, Slot, SourceTotal, Sources, Waiting,
};

/// Figures of one day, link, creator or campaign, or of all together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Clicks.
    pub clicks: Clicks,
    /// Conversions and revenue.
    pub sales: Sales,
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.clicks.add(other.clicks);
        self.sales.conversions += other.sales.conversions;
        for (currency, minor) in &other.sales.revenue {
            self.sales.add(0, *currency, *minor);
        }
    }

    /// Conversions per unique click, in basis points (hundredths of a percent); `None` without unique clicks.
    pub fn conversion_rate_bp(&self) -> Option<i64> {
        (self.clicks.unique_clicks > 0).then(|| self.sales.conversions * 10_000 / self.clicks.unique_clicks)
    }
}

/// A brand's figures for a period.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The period.
    pub period: Period,
    /// All links together.
    pub total: Figures,
    /// All orders of the period, credited or not.
    pub orders: Sales,
    /// Every day of the period.
    pub days: Vec<(Day, Figures)>,
    /// By creator, highest revenue first; `None` for links without one.
    pub creators: Vec<(Option<Creator>, Figures)>,
    /// By campaign, highest revenue first; `None` for links without one.
    pub campaigns: Vec<(Option<Campaign>, Figures)>,
    /// By link, highest revenue first; deleted links only if they have figures.
    pub links: Vec<(Link, Figures)>,
}

impl Reports<'_> {
    /// The current day in the brand's time zone.
    pub fn today(self, brand: &domain::brand::Brand) -> Day {
        brand.zone.day_of(self.now())
    }

    /// A brand's overview of a period.
    pub async fn overview(self, merchant: &Merchant, period: Period) -> Result<Overview, FlowError> {
        let brand = merchant.id();
        let traffic = self.store.traffic(brand, period).await?;
        let by_link = figures_by_link(&traffic);
        let mut orders = Sales::default();
        for row in self.store.order_days(brand, period).await? {
            orders.add(row.conversions, row.currency, row.revenue_minor);
        }
        let all_creators = self.store.creators(brand).await?.into_iter();
        let mut all_creators: BTreeMap<_, _> = all_creators.map(|creator| (creator.id.clone(), creator)).collect();
        let all_campaigns = self.store.campaigns(brand).await?.into_iter();
        let mut all_campaigns: BTreeMap<_, _> = all_campaigns.map(|campaign| (campaign.id.clone(), campaign)).collect();
        let mut total = Figures::default();
        let (mut creators, mut campaigns) = (BTreeMap::new(), BTreeMap::new());
        let mut links = Vec::new();
        for link in self.store.links(brand).await? {
            let figures = by_link.get(&link.id).cloned().unwrap_or_default();
            total.add(&figures);
            creators.entry(link.creator.clone()).or_insert_with(Figures::default).add(&figures);
            campaigns.entry(link.campaign.clone()).or_insert_with(Figures::default).add(&figures);
            if is_listed(&link, &figures) {
                links.push((link, figures));
            }
        }
        let mut creators: Vec<_> =
            creators.into_iter().map(|(id, figures)| (id.and_then(|id| all_creators.remove(&id)), figures)).collect();
        let mut campaigns: Vec<_> =
            campaigns.into_iter().map(|(id, figures)| (id.and_then(|id| all_campaigns.remove(&id)), figures)).collect();
        let currency = merchant.brand().currency;
        let rank = |figures: &Figures| rank(figures, currency);
        creators.sort_by_key(|(_, figures)| rank(figures));
        campaigns.sort_by_key(|(_, figures)| rank(figures));
        links.sort_by_key(|(_, figures)| rank(figures));
        let days = figures_by_day(&traffic, period);
        Ok(Overview { period, total, orders, days, creators, campaigns, links })
    }

    /// A creator's links with their figures for the brand: all of them, shared or not. Deleted and direct ones are among
    /// them if they have any.
    ///
    /// # Errors
    /// A database error.
    pub async fn links_of_creator(
        self,
        merchant: &Merchant,
        creator: &CreatorId,
        period: Period,
    ) -> Result<Vec<(Link, Figures)>, FlowError> {
        let links = self.store.links_of_creators(merchant.id(), core::slice::from_ref(creator)).await?;
        self.with_figures(merchant, links, period).await
    }

    /// As [`Self::links_of_creator`], of a campaign.
    ///
    /// # Errors
    /// A database error.
    pub async fn links_in_campaign(
        self,
        merchant: &Merchant,
        campaign: &CampaignId,
        period: Period,
    ) -> Result<Vec<(Link, Figures)>, FlowError> {
        let links = self.store.links_in_campaign(merchant.id(), campaign).await?;
        self.with_figures(merchant, links, period).await
    }

    async fn with_figures(
        self,
        merchant: &Merchant,
        links: Vec<Link>,
        period: Period,
    ) -> Result<Vec<(Link, Figures)>, FlowError> {
        let ids: Vec<LinkId> = links.iter().map(|link| link.id.clone()).collect();
        let mut by_link = figures_by_link(&self.store.traffic_of(merchant.id(), period, &ids).await?);
        let with_figures = links.into_iter().map(|link| {
            let figures = by_link.remove(&link.id).unwrap_or_default();
            (link, figures)
        });
        let mut listed: Vec<_> = with_figures.filter(|(link, figures)| is_listed(link, figures)).collect();
        listed.sort_by_key(|(_, figures)| rank(figures, merchant.brand().currency));
        Ok(listed)
    }
}

/// Whether a link is shown: deleted and direct ones only if they have figures.
fn is_listed(link: &Link, figures: &Figures) -> bool {
    (link.deleted_at.is_none() && !link.is_direct) || *figures != Figures::default()
}

/// Highest revenue first, then conversions, then clicks.
fn rank(figures: &Figures, currency: Currency) -> core::cmp::Reverse<(i64, i64, i64)> {
    core::cmp::Reverse((figures.revenue_minor(currency), figures.sales.conversions, figures.clicks.clicks))
}

fn figures_by_link(traffic: &Traffic) -> BTreeMap<LinkId, Figures> {
    let mut figures: BTreeMap<LinkId, Figures> = BTreeMap::new();
    for row in &traffic.clicks_by_link {
        figures.entry(row.key.clone()).or_default().clicks.add(row.clicks);
    }
    for row in &traffic.sales_by_link {
        figures.entry(row.key.clone()).or_default().sales.add(row.conversions, row.currency, row.revenue_minor);
    }
    figures
}

fn figures_by_day(traffic: &Traffic, period: Period) -> Vec<(Day, Figures)> {
    let mut figures: BTreeMap<Day, Figures> = period.days().map(|day| (day, Figures::default())).collect();
    for row in &traffic.clicks_by_day {
        figures.entry(row.key).or_default().clicks.add(row.clicks);
    }
    for row in &traffic.sales_by_day {
        figures.entry(row.key).or_default().sales.add(row.conversions, row.currency, row.revenue_minor);
    }
    figures.into_iter().collect()
}
