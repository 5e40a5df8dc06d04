//! Creators, campaigns and links by what they earned.

use std::collections::BTreeMap;

use domain::{CampaignId, CreatorId, Currency, campaign::Campaign, creator::Creator, link::Link, report::Traffic};

use super::{Figures, content::Ranked, figures_by_link, rank};

/// What figures are ranked by.
pub(super) struct Ranking<'a> {
    pub(super) creators: Vec<Creator>,
    pub(super) campaigns: Vec<Campaign>,
    pub(super) links: Vec<&'a Link>,
    pub(super) currency: Currency,
    /// Whether links without figures are listed too.
    pub(super) is_whole: bool,
}

/// Who and what earned, most first.
pub(super) struct Rankings {
    pub(super) creators: Vec<Ranked<Creator>>,
    pub(super) campaigns: Vec<Ranked<Campaign>>,
    pub(super) links: Vec<Ranked<Link>>,
}

type Pair = (Figures, Figures);

impl Ranking<'_> {
    /// The rankings, with the period before if there is one.
    pub(super) fn of(self, now: &Traffic, before: Option<&Traffic>) -> Rankings {
        let (of_link, of_link_before) = (figures_by_link(now), before.map(figures_by_link).unwrap_or_default());
        let (mut by_creator, mut by_campaign) = (BTreeMap::<_, Pair>::new(), BTreeMap::<_, Pair>::new());
        let mut by_link = Vec::new();
        for link in &self.links {
            let figures = of_link.get(&link.id).cloned().unwrap_or_default();
            let earlier = of_link_before.get(&link.id).cloned().unwrap_or_default();
            let creator = by_creator.entry(link.creator.clone()).or_default();
            creator.0.add(&figures);
            creator.1.add(&earlier);
            let campaign = by_campaign.entry(link.campaign.clone()).or_default();
            campaign.0.add(&figures);
            campaign.1.add(&earlier);
            if (self.is_whole && link.deleted_at.is_none() && !link.is_direct) || figures != Figures::default() {
                by_link.push((Some(Link::clone(link)), (figures, earlier)));
            }
        }
        let creators: BTreeMap<&CreatorId, &Creator> = self.creators.iter().map(|one| (&one.id, one)).collect();
        let campaigns: BTreeMap<&CampaignId, &Campaign> = self.campaigns.iter().map(|one| (&one.id, one)).collect();
        let by_creator = by_creator
            .into_iter()
            .map(|(id, pair)| (id.and_then(|id| creators.get(&id).map(|one| Creator::clone(one))), pair));
        let by_campaign = by_campaign
            .into_iter()
            .map(|(id, pair)| (id.and_then(|id| campaigns.get(&id).map(|one| Campaign::clone(one))), pair));
        let is_compared = before.is_some();
        Rankings {
            creators: ranked(by_creator.collect(), self.currency, is_compared),
            campaigns: ranked(by_campaign.collect(), self.currency, is_compared),
            links: ranked(by_link, self.currency, is_compared),
        }
    }
}

fn ranked<T>(rows: Vec<(Option<T>, Pair)>, currency: Currency, is_compared: bool) -> Vec<Ranked<T>> {
    let mut rows: Vec<Ranked<T>> = rows
        .into_iter()
        .map(|(item, (figures, before))| Ranked { item, figures, before: is_compared.then_some(before) })
        .collect();
    rows.sort_by_key(|row| rank(&row.figures, currency));
    rows
}
