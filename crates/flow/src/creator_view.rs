//! What a creator may see. Everything that a [`CreatorSession`] allows is here, and reads figures only through
//! [`CreatorViewStore`], whose statements leave out what is not shared.

mod payouts;
mod proofs;
mod questions;
mod sales;

use std::collections::BTreeMap;

use domain::{
    Currency, LinkId, Money, UnixMs,
    creator::Creator,
    link::Link,
    milestone,
    report::{Clicks, Sales},
    time::{Day, Period},
};
use store::{
    audit::AuditEntry,
    creator_view::{CreatorViewStore, OwnTraffic},
    creators::CreatorStore,
    links::LinkStore,
    payout_details::PayoutDetailStore,
    proofs::ProofStore,
    questions::QuestionStore,
};

use crate::{Flow, FlowError, Random, access::CreatorSession, context::audit_entry, proof::Signer, vault::Vault};

pub use payouts::{OwnPayout, OwnPayoutLine, OwnPayoutLines, OwnPayoutWay};
pub use sales::{CreatorSale, SALES_MAX, SaleCursor, SaleFilter, SalePage, SaleState, SharedSale};
pub use store::creator_view::OwnBalance;

/// Revenue as shown to a creator. A hidden amount is not in the value at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SharedRevenue {
    /// The brand does not share this link's revenue.
    Hidden,
    /// Net revenue of shared orders, one amount per currency.
    Shown(Vec<Money>),
}

/// One link on a creator's page.
#[derive(Clone, Debug)]
pub struct CreatorLink {
    /// The link.
    pub link: Link,
    /// Clicks.
    pub clicks: Clicks,
    /// Credited orders.
    pub conversions: i64,
    /// Revenue, if shared.
    pub revenue: SharedRevenue,
}

/// A creator's figures for a period.
#[derive(Clone, Debug)]
pub struct CreatorOverview {
    /// The creator.
    pub creator: Creator,
    /// The period.
    pub period: Period,
    /// Total clicks.
    pub clicks: Clicks,
    /// Total credited orders.
    pub conversions: i64,
    /// Total revenue of the shared orders; hidden if no link is shared.
    pub revenue: SharedRevenue,
    /// Clicks and conversions of every day.
    pub days: Vec<(Day, Clicks, i64)>,
    /// The creator's links in order of creation: sorting by amount would reveal amounts. Deleted ones, and the one that stands for
    /// sales by discount code, only if they have figures in the period.
    pub links: Vec<CreatorLink>,
    /// All of the creator's links, those that [`links`](Self::links) leaves out included.
    pub all_links: Vec<Link>,
}

/// A milestone as shown to its creator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnMilestone {
    /// So many credited orders, shared or not.
    Orders {
        /// The number.
        orders: i64,
        /// When they were reached.
        at: UnixMs,
    },
    /// So much revenue of shared orders.
    SharedRevenue {
        /// The amount, in the brand's currency.
        amount: Money,
        /// The first day by which it was reached, in the brand's time zone.
        day: Day,
    },
}

/// The use cases of one creator's session.
pub struct CreatorView<'a> {
    session: &'a CreatorSession,
    creators: &'a dyn CreatorStore,
    links: &'a dyn LinkStore,
    figures: &'a dyn CreatorViewStore,
    proofs: &'a dyn ProofStore,
    asked: &'a dyn QuestionStore,
    payout_details: &'a dyn PayoutDetailStore,
    signer: Signer<'a>,
    vault: &'a Vault,
    random: &'a dyn Random,
    public_url: &'a str,
    can_mail: bool,
    now: UnixMs,
}

impl Flow {
    /// What a signed-in creator may see.
    pub fn creator_view<'a>(&'a self, session: &'a CreatorSession) -> CreatorView<'a> {
        let store = &*self.store;
        let (random, now) = (&*self.random, self.now());
        CreatorView {
            session,
            creators: store,
            links: store,
            figures: store,
            proofs: store,
            asked: store,
            payout_details: store,
            signer: Signer { keys: store, vault: &self.vault, random, now },
            vault: &self.vault,
            random,
            public_url: &self.settings.public_url,
            can_mail: self.mailer.is_some(),
            now,
        }
    }
}

impl CreatorView<'_> {
    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    fn audit(&self, action: &'static str, subject: impl ToString) -> AuditEntry {
        audit_entry(self.now, self.random(), self.session.creator().as_str(), action, subject)
    }

    /// Clicks and conversions of every link, revenue of the shared ones.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the creator no longer exists.
    pub async fn overview(&self, period: Period) -> Result<CreatorOverview, FlowError> {
        let (brand, id) = (self.session.brand(), self.session.creator());
        let creator = self.creators.creator(&brand.id, id).await?.ok_or(FlowError::Unauthorized)?;
        let traffic = self.figures.own_traffic(&brand.id, id, period).await?;
        let own_links = self.links.links_of_creators(&brand.id, core::slice::from_ref(id)).await?;
        let is_any_shared = own_links.iter().any(|link| link.share_revenue);
        let total = Sales::of(traffic.shared_revenue.iter().map(|(_, money)| *money));
        let links = links_with_figures(own_links.clone(), &traffic, brand.currency);
        let mut clicks = Clicks::default();
        traffic.clicks_by_link.iter().for_each(|row| clicks.add(row.clicks));
        Ok(CreatorOverview {
            creator,
            period,
            clicks,
            conversions: traffic.conversions_by_link.iter().map(|(_, conversions)| conversions).sum(),
            revenue: revenue(is_any_shared, &total, brand.currency),
            days: days_with_figures(&traffic, period),
            links,
            all_links: own_links,
        })
    }

    /// The creator's balances. Until a payout is marked paid they hold nothing of unshared orders.
    pub async fn balances(&self) -> Result<Vec<OwnBalance>, FlowError> {
        Ok(self.figures.own_balances(&self.session.brand().id, self.session.creator(), self.now).await?)
    }

    /// The creator's milestones: those about orders, oldest first, then the brand's revenue steps that shared orders
    /// alone have reached, ascending.
    pub async fn milestones(&self) -> Result<Vec<OwnMilestone>, FlowError> {
        let (brand, id) = (self.session.brand(), self.session.creator());
        let (currency, steps) = (brand.currency, &brand.settings.revenue_steps_minor);
        let reached = self.figures.own_order_milestones(&brand.id, id).await?.into_iter();
        let mut milestones: Vec<OwnMilestone> = reached
            .filter_map(|(name, at)| Some(OwnMilestone::Orders { orders: milestone::orders_of(&name)?, at }))
            .collect();
        if !steps.is_empty() {
            let days = self.figures.own_revenue_days(&brand.id, id, currency).await?;
            let reached = milestone::revenue_steps_reached(&days, steps).into_iter();
            milestones.extend(
                reached.map(|(minor, day)| OwnMilestone::SharedRevenue { amount: Money { minor, currency }, day }),
            );
        }
        Ok(milestones)
    }
}

fn revenue(is_shared: bool, sales: &Sales, currency: Currency) -> SharedRevenue {
    if is_shared { SharedRevenue::Shown(sales.amounts(currency)) } else { SharedRevenue::Hidden }
}

/// The links with their figures; deleted and direct ones only if they have clicks or conversions.
fn links_with_figures(links: Vec<Link>, traffic: &OwnTraffic, currency: Currency) -> Vec<CreatorLink> {
    let clicks: BTreeMap<&LinkId, Clicks> = traffic.clicks_by_link.iter().map(|row| (&row.key, row.clicks)).collect();
    let conversions: BTreeMap<&LinkId, i64> =
        traffic.conversions_by_link.iter().map(|(id, count)| (id, *count)).collect();
    let with_figures = links.into_iter().map(|link| {
        let own = traffic.shared_revenue.iter().filter(|(id, _)| *id == link.id);
        CreatorLink {
            clicks: clicks.get(&link.id).copied().unwrap_or_default(),
            conversions: conversions.get(&link.id).copied().unwrap_or_default(),
            revenue: revenue(link.share_revenue, &Sales::of(own.map(|(_, money)| *money)), currency),
            link,
        }
    });
    with_figures
        .filter(|own| {
            let is_listed = own.link.deleted_at.is_none() && !own.link.is_direct;
            is_listed || own.clicks != Clicks::default() || own.conversions > 0
        })
        .collect()
}

fn days_with_figures(traffic: &OwnTraffic, period: Period) -> Vec<(Day, Clicks, i64)> {
    let mut days: BTreeMap<Day, (Clicks, i64)> = period.days().map(|day| (day, Default::default())).collect();
    for row in &traffic.clicks_by_day {
        days.entry(row.key).or_default().0.add(row.clicks);
    }
    for (day, conversions) in &traffic.conversions_by_day {
        days.entry(*day).or_default().1 += conversions;
    }
    days.into_iter().map(|(day, (clicks, conversions))| (day, clicks, conversions)).collect()
}
