//! A click on a tracking link: resolve the code from memory, create the click, return the redirect.

use std::{collections::HashSet, sync::Arc};

use domain::{
    ClickId, LinkId,
    brand::Brand,
    click::Click,
    link::{Link, LinkCode, landing_url},
    shop::ShopDomain,
    time::Period,
};
use store::ingest::NewClick;
use url::Url;

use crate::{
    FlowError,
    agent::{Device, not_a_visit},
    cache::Target,
    stage::Clicks,
};

/// Links that were clicked within so many days are read at start.
const WARM_DAYS: i64 = 7;
/// Most links read at start.
const WARM_LINKS_MAX: usize = 50_000;

/// The relevant parts of a request for a tracking link.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The code, as found in the URL.
    pub code: &'a str,
    /// The visitor id from the cookie, if the browser sent one.
    pub cookie: Option<&'a str>,
    /// The user agent.
    pub user_agent: &'a str,
    /// The client's IP address. Hashed with today's key, never stored.
    pub address: &'a str,
    /// The `Referer` header.
    pub referrer: Option<&'a str>,
    /// Country code reported by a proxy in front.
    pub country: Option<&'a str>,
    /// `Sec-Fetch-Dest`.
    pub fetch_dest: Option<&'a str>,
    /// `Sec-Fetch-Mode`.
    pub fetch_mode: Option<&'a str>,
    /// `Sec-Purpose` or `Purpose`.
    pub purpose: Option<&'a str>,
    /// Whether this is a HEAD request.
    pub is_head: bool,
    /// Whether the browser says that its user refuses to be followed (`Sec-GPC`, Global Privacy Control): the click counts,
    /// and names no visitor.
    pub is_refused: bool,
}

/// Where to send the browser, and what to store.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// The landing URL.
    pub location: String,
    /// The click to store; `None` for a HEAD request.
    pub click: Option<NewClick>,
    /// The visitor id to set as a cookie; `None` for bots, embedded requests, and whoever refuses.
    pub set_cookie: Option<String>,
}

impl Clicks<'_> {
    /// Resolves a click to its redirect. The caller stores the click.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the code is malformed, unknown, deleted or expired, or its destination is no longer
    /// allowed.
    pub async fn redirect(self, visit: Visit<'_>) -> Result<Redirect, FlowError> {
        const NO_LINK: FlowError = FlowError::NotFound("link");
        let code = LinkCode::parse(visit.code).ok_or(NO_LINK)?;
        let target = self.target(code).await?.ok_or(NO_LINK)?;
        let now = self.now();
        if target.expires_at.is_some_and(|end| now >= end) {
            return Err(NO_LINK);
        }
        let cookie = visit.cookie.filter(|pv_id| !visit.is_refused && wire::is_uuid(pv_id.as_bytes()));
        let cookie = cookie.map(str::to_ascii_lowercase);
        let device: Device = self.agents.classify(visit.user_agent);
        let bot = not_a_visit(visit.is_head, visit.fetch_dest, visit.fetch_mode, visit.purpose).or(device.bot);
        let is_returning = cookie.is_some();
        // Time-ordered ids (UUIDv7) are adjacent in the index, so a thousand new visitors touch few pages.
        let pv_id = (!visit.is_refused).then(|| cookie.unwrap_or_else(|| self.visitor_id()));
        let location = landing_url(&target.destination, target.is_shopify, target.code, pv_id.as_deref(), now);
        let click = (!visit.is_head).then(|| NewClick {
            day: target.zone.day_of(now),
            click: Click {
                id: ClickId::new(now.0, self.random()),
                brand: target.brand.clone(),
                link: target.link.clone(),
                creator: target.creator.clone(),
                pv_id: pv_id.clone().unwrap_or_default(),
                is_returning,
                visitor_hash: self.visitor_hash(&target.link, visit.address, visit.user_agent),
                at: now,
                device: device.kind.to_owned(),
                browser: device.browser.to_owned(),
                os: device.os.to_owned(),
                country: visit.country.and_then(country),
                referrer_host: visit.referrer.and_then(referrer_host),
                bot: bot.map(str::to_owned),
            },
        });
        Ok(Redirect { location, click, set_cookie: pv_id.filter(|_| bot.is_none()) })
    }

    async fn target(self, code: LinkCode) -> Result<Option<Arc<Target>>, FlowError> {
        let read = async {
            match self.store.link_by_code(code).await? {
                Some((brand, link)) => {
                    let brand = self.store.brand(&brand).await?.ok_or(FlowError::NotFound("link"))?;
                    self.target_of(&brand, link).await
                }
                None => Ok(None),
            }
        };
        self.links.get(code, self.now(), read).await
    }

    /// Where a link leads; `None` if it is deleted, only named by a discount code, or leads to a host that the brand does
    /// not allow. Checked at click time: the hosts may have changed since the link was created.
    async fn target_of(self, brand: &Brand, link: Link) -> Result<Option<Arc<Target>>, FlowError> {
        if link.deleted_at.is_some() || link.is_direct {
            return Ok(None);
        }
        let is_shopify = self.is_shopify_store(brand, &link.destination).await?;
        let destination = domain::link::check_destination(&link.destination, &brand.destination_hosts).ok();
        Ok(destination.map(|destination| {
            Arc::new(Target {
                brand: brand.id.clone(),
                zone: brand.zone.clone(),
                link: link.id,
                creator: link.creator,
                code: link.code,
                destination,
                is_shopify,
                expires_at: link.expires_at,
            })
        }))
    }

    /// Reads the links that were clicked in the last days into memory, so that they redirect even if the database goes
    /// away now. Returns how many.
    ///
    /// # Errors
    /// `FlowError::Store` only; what was read until then stays in memory.
    pub async fn warm(self) -> Result<usize, FlowError> {
        let now = self.now();
        let mut count = 0;
        for brand in self.store.brand_ids().await? {
            let Some(brand) = self.store.brand(&brand).await? else { continue };
            let period = Period::last(WARM_DAYS, brand.zone.day_of(now));
            let clicked = self.store.traffic(&brand.id, period).await?.clicks_by_link;
            let clicked: HashSet<LinkId> = clicked.into_iter().map(|row| row.key).collect();
            if clicked.is_empty() {
                continue;
            }
            for link in self.store.links(&brand.id).await?.into_iter().filter(|link| clicked.contains(&link.id)) {
                if count == WARM_LINKS_MAX {
                    return Ok(count);
                }
                let code = link.code;
                let target = self.target_of(&brand, link).await?;
                self.links.put(code, target, now);
                count += 1;
            }
        }
        Ok(count)
    }
}

impl Clicks<'_> {
    /// Whether a destination is one of the brand's own Shopify stores: on a shop's permanent domain, or on a storefront
    /// host of the brand.
    async fn is_shopify_store(self, brand: &Brand, destination: &str) -> Result<bool, FlowError> {
        let url = Url::parse(destination).ok();
        let Some(host) = url.as_ref().and_then(Url::host_str) else { return Ok(false) };
        if brand.settings.is_storefront(host) {
            return Ok(true);
        }
        let Some(domain) = ShopDomain::parse(host) else { return Ok(false) };
        Ok(self.store.shops_of(&brand.id).await?.iter().any(|shop| shop.domain == domain))
    }
}

/// Validates a country code; proxies send `XX` or `T1` if they do not know it.
fn country(code: &str) -> Option<String> {
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    let code = code.to_ascii_uppercase();
    (is_code && code != "XX").then_some(code)
}

fn referrer_host(referrer: &str) -> Option<String> {
    Url::parse(referrer).ok()?.host_str().map(|host| host.chars().take(255).collect())
}
