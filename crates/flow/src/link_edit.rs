//! Changing links, and what links did: for their pages.

use std::collections::BTreeMap;

use domain::{
    CampaignId, LinkId, ProductId,
    catalogue::{Item, ItemKind},
    id::earliest,
    link::Link,
    time::{Day, Period},
};
pub use store::link_edits::CreditedOrder;
use store::{
    catalogue::ItemFilter,
    objects::{Filter, Keyset},
};

use crate::{
    FlowError, Invalid,
    access::Merchant,
    link::{NewLink, promo_code},
    overview::Figures,
    stage::{Links, Reports},
};

/// Most orders of links that are listed.
pub const CREDITED_ORDERS_MAX: i64 = 10;

/// Most products that a new link is offered.
const PRODUCTS_MAX: i64 = 500;

/// What became of links that were to be put into a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CampaignMove {
    /// Links that are in it now.
    pub moved: usize,
    /// Links that stay where they are: orders are credited to them, and earned under their campaign's rules.
    pub kept: usize,
}

/// The figures of some links in a period.
#[derive(Clone, Debug)]
pub struct LinkFigures {
    /// All of it.
    pub total: Figures,
    /// Every day of the period.
    pub days: Vec<(Day, Figures)>,
}

impl Links<'_> {
    /// One link of the brand, deleted or not.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is not the brand's.
    pub async fn get(self, merchant: &Merchant, id: &LinkId) -> Result<Link, FlowError> {
        let all = self.list(merchant).await?;
        all.into_iter().find(|link| link.id == *id).ok_or(FlowError::NotFound("link"))
    }

    /// Replaces a link's destination, placement, sharing, expiry and discount code. Its creator and campaign stay: a form
    /// need not repeat them.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is not the brand's, or deleted; `FlowError::Invalid` with every fault of the form, or if
    /// the discount code is to change though orders are credited to the link, or to one that orders have used since it was
    /// made.
    pub async fn edit(self, merchant: &Merchant, id: &LinkId, form: &NewLink) -> Result<Link, FlowError> {
        let before = self.get(merchant, id).await?;
        let unchanged_expiry = form.expires_at.filter(|end| Some(*end) == before.expires_at);
        let form = NewLink {
            campaign: String::new(),
            creator: String::new(),
            expires_at: form.expires_at.filter(|_| unchanged_expiry.is_none()),
            ..form.clone()
        };
        let planned = self.plan(merchant, &form)?;
        let after = Link {
            destination: planned.destination,
            platform: planned.platform,
            content_type: planned.content_type,
            share_revenue: planned.share_revenue,
            expires_at: unchanged_expiry.or(planned.expires_at),
            promo_code: promo_code(&form.promo_code)?,
            ..before.clone()
        };
        if after == before {
            return Ok(after);
        }
        if after.promo_code != before.promo_code && self.has_orders(merchant, id).await? {
            let fault =
                "promo code stays as it is once orders are credited to the link; create another link for a new code";
            return Err(Invalid::one(fault).into());
        }
        if let Some(code) = after.promo_code.as_deref().filter(|_| after.promo_code != before.promo_code)
            && self.store.was_code_used_since(merchant.id(), code, before.created_at).await?
        {
            let fault = "promo code cannot be one that orders have used since the link was made: they would be credited to it; \
                         create another link for it";
            return Err(Invalid::one(fault).into());
        }
        let entry = self.audit(merchant.actor(), "link.update", id);
        if !self.store.edit_link(merchant.id(), &after, &entry).await? {
            return Err(FlowError::NotFound("link"));
        }
        self.forget(&after);
        Ok(after)
    }

    async fn has_orders(self, merchant: &Merchant, id: &LinkId) -> Result<bool, FlowError> {
        Ok(!self.store.credited_orders(merchant.id(), core::slice::from_ref(id), 1).await?.is_empty())
    }

    /// Makes this process forget what it remembers of a link. Others learn of a change from the store.
    fn forget(self, link: &Link) {
        self.links.forget(&link.code);
    }

    /// Takes back the deletion of a link.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is not the brand's, or not deleted.
    pub async fn restore(self, merchant: &Merchant, id: &LinkId) -> Result<(), FlowError> {
        let link = self.get(merchant, id).await?;
        let entry = self.audit(merchant.actor(), "link.restore", id);
        if !self.store.restore_link(merchant.id(), id, &entry).await? {
            return Err(FlowError::NotFound("link"));
        }
        self.forget(&link);
        Ok(())
    }

    /// Puts links into a campaign, or in none. Links to which orders are credited stay where they are.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the campaign or a link is not the brand's.
    pub async fn set_campaign(
        self,
        merchant: &Merchant,
        ids: &[LinkId],
        campaign: Option<&CampaignId>,
    ) -> Result<CampaignMove, FlowError> {
        if let Some(campaign) = campaign {
            self.campaigns().get(merchant, campaign).await?;
        }
        let all = self.list(merchant).await?;
        let mut outcome = CampaignMove::default();
        for id in ids {
            let link = all.iter().find(|link| link.id == *id).ok_or(FlowError::NotFound("link"))?;
            if link.campaign.as_ref() == campaign {
                outcome.moved += 1;
                continue;
            }
            let after = Link { campaign: campaign.cloned(), ..link.clone() };
            let addition = self.new_addition(merchant, &after).await?;
            let events = self.addition_events(merchant, addition.as_ref(), &after);
            let what = campaign.map_or_else(|| format!("{id}: no campaign"), |campaign| format!("{id}: {campaign}"));
            let entry = self.audit(merchant.actor(), "link.campaign", what);
            if self.store.set_link_campaign(merchant.id(), id, campaign, &entry, &events).await? {
                self.forget(&after);
                outcome.moved += 1;
            } else {
                outcome.kept += 1;
            }
        }
        Ok(outcome)
    }
}

impl Links<'_> {
    /// The brand's products that have a page, as (title, URL): where links may lead to. The newest ones.
    pub async fn product_pages(self, merchant: &Merchant) -> Result<Vec<(String, String)>, FlowError> {
        let below = earliest(ProductId::PREFIX, domain::UnixMs(0xffff_ffff_ffff));
        let keyset = Keyset { from: String::new(), below, is_ascending: false, limit: PRODUCTS_MAX };
        let common = Filter { is_archived: Some(false), ..Filter::default() };
        let filter = ItemFilter { kind: ItemKind::Product, common, collab: None, is_published: None, status: None };
        let items = self.store.items_page(merchant.id(), &keyset, &filter).await?;
        let page = |item| match item {
            Item::Product(product) => product.product_url.map(|url| (product.title, String::from(url))),
            _ => None,
        };
        Ok(items.into_iter().filter_map(|object| page(object.value)).collect())
    }
}

impl Reports<'_> {
    /// Clicks of these links, or of all, on each of the last `days` days, the earliest first.
    pub async fn clicks_by_link(
        self,
        merchant: &Merchant,
        links: Option<&[LinkId]>,
        days: i64,
    ) -> Result<BTreeMap<LinkId, Vec<i64>>, FlowError> {
        let period = Period::last(days, self.today(merchant.brand()));
        let length = usize::try_from(days).unwrap_or_default();
        let mut clicks: BTreeMap<LinkId, Vec<i64>> = BTreeMap::new();
        for row in self.store.link_days(merchant.id(), period, links).await? {
            let place = usize::try_from(row.day.0 - period.from.0).unwrap_or_default();
            if let Some(day) = clicks.entry(row.link).or_insert_with(|| vec![0; length]).get_mut(place) {
                *day += row.clicks;
            }
        }
        Ok(clicks)
    }

    /// The figures of some links together.
    pub async fn of_links(
        self,
        merchant: &Merchant,
        links: &[LinkId],
        period: Period,
    ) -> Result<LinkFigures, FlowError> {
        let (clicks, sales) = self.store.traffic_of_links(merchant.id(), links, period).await?;
        let mut days: BTreeMap<Day, Figures> = period.days().map(|day| (day, Figures::default())).collect();
        let mut total = Figures::default();
        for row in clicks {
            total.clicks.add(row.clicks);
            days.entry(row.key).or_default().clicks.add(row.clicks);
        }
        for row in sales {
            total.sales.add(row.conversions, row.currency, row.revenue_minor);
            days.entry(row.key).or_default().sales.add(row.conversions, row.currency, row.revenue_minor);
        }
        Ok(LinkFigures { total, days: days.into_iter().collect() })
    }

    /// The latest orders that some links are credited with, latest first; at most [`CREDITED_ORDERS_MAX`].
    pub async fn credited_orders(self, merchant: &Merchant, links: &[LinkId]) -> Result<Vec<CreditedOrder>, FlowError> {
        Ok(self.store.credited_orders(merchant.id(), links, CREDITED_ORDERS_MAX).await?)
    }
}
