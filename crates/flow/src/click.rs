//! A click on a tracking link: look the code up in memory, mint the click, say where to send the browser.

use std::sync::Arc;

use domain::{
    BrandId, ClickId, CreatorId, LinkId,
    click::Click,
    link::{LinkCode, landing_url},
    shop::ShopDomain,
    time::Zone,
};
use moka::sync::Cache;
use store::ingest::NewClick;
use tokio::sync::broadcast;
use url::Url;

use crate::{
    Flow, FlowError,
    agent::{Device, not_a_visit},
};

/// How long a cached link may differ from the stored one when no notification got through.
const CACHE_TTL: core::time::Duration = core::time::Duration::from_secs(30);
/// Links kept in memory.
const CACHE_LINKS: u64 = 200_000;

/// What the redirect needs of a link.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    brand: BrandId,
    zone: Zone,
    link: LinkId,
    creator: Option<CreatorId>,
    code: LinkCode,
    destination: Url,
    is_shopify: bool,
    expires_at: Option<domain::UnixMs>,
}

/// Links in memory, by code. `None` is remembered too: unknown codes are what guessers try.
#[derive(Clone)]
pub(crate) struct LinkCache {
    targets: Cache<LinkCode, Option<Arc<Target>>>,
}

impl LinkCache {
    /// A cache that forgets what the store says has changed.
    pub(crate) fn new(mut changes: broadcast::Receiver<LinkCode>) -> Self {
        let targets: Cache<LinkCode, Option<Arc<Target>>> =
            Cache::builder().max_capacity(CACHE_LINKS).time_to_live(CACHE_TTL).build();
        let stale = targets.clone();
        tokio::spawn(async move {
            loop {
                match changes.recv().await {
                    Ok(code) => stale.invalidate(&code),
                    Err(broadcast::error::RecvError::Lagged(_)) => stale.invalidate_all(),
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
        Self { targets }
    }
}

/// A request for a tracking link, as far as it matters.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The code as it stands in the URL.
    pub code: &'a str,
    /// The visitor's cookie, if the browser brought one.
    pub cookie: Option<&'a str>,
    /// The user agent.
    pub user_agent: &'a str,
    /// The client's address. Used for today's hash and forgotten.
    pub address: &'a str,
    /// The referrer.
    pub referrer: Option<&'a str>,
    /// Country code that a proxy in front told.
    pub country: Option<&'a str>,
    /// `Sec-Fetch-Dest`.
    pub fetch_dest: Option<&'a str>,
    /// `Sec-Fetch-Mode`.
    pub fetch_mode: Option<&'a str>,
    /// `Sec-Purpose` or `Purpose`.
    pub purpose: Option<&'a str>,
    /// A HEAD request.
    pub is_head: bool,
}

/// Where to send the browser, and what to store.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// The landing URL.
    pub location: String,
    /// The click to store; nothing for a HEAD request.
    pub click: Option<NewClick>,
    /// The visitor id to set as a cookie; nothing for bots and embedded requests.
    pub set_cookie: Option<String>,
}

impl Flow {
    /// Answers a click. `NotFound` when the code is unknown, deleted or expired.
    pub async fn click(&self, visit: Visit<'_>) -> Result<Redirect, FlowError> {
        const NO_LINK: FlowError = FlowError::NotFound("link");
        let code = LinkCode::parse(visit.code).ok_or(NO_LINK)?;
        let target = self.target(code).await?.ok_or(NO_LINK)?;
        let now = self.now();
        if target.expires_at.is_some_and(|end| now >= end) {
            return Err(NO_LINK);
        }
        let cookie = visit.cookie.filter(|pv_id| wire::is_uuid(pv_id.as_bytes())).map(str::to_ascii_lowercase);
        let device: Device = self.agents.classify(visit.user_agent);
        let bot = not_a_visit(visit.is_head, visit.fetch_dest, visit.fetch_mode, visit.purpose).or(device.bot);
        let is_returning = cookie.is_some();
        // Ids of one moment lie side by side in the index, so that a thousand new visitors cost few pages.
        let pv_id = cookie.unwrap_or_else(|| {
            let id = uuid::Builder::from_unix_timestamp_millis(now.0.unsigned_abs(), &self.random()).into_uuid();
            id.to_string()
        });
        let location = landing_url(&target.destination, target.is_shopify, target.code, &pv_id, now);
        let click = (!visit.is_head).then(|| NewClick {
            day: target.zone.day_of(now),
            click: Click {
                id: ClickId::new(now.0, self.random()),
                brand: target.brand.clone(),
                link: target.link.clone(),
                creator: target.creator.clone(),
                pv_id: pv_id.clone(),
                is_returning,
                visitor_hash: self.visitor_hash(visit.address, visit.user_agent),
                at: now,
                device: device.kind.to_owned(),
                browser: device.browser.to_owned(),
                os: device.os.to_owned(),
                country: visit.country.and_then(country),
                referrer_host: visit.referrer.and_then(referrer_host),
                bot: bot.map(str::to_owned),
            },
        });
        Ok(Redirect { location, click, set_cookie: bot.is_none().then_some(pv_id) })
    }

    async fn target(&self, code: LinkCode) -> Result<Option<Arc<Target>>, FlowError> {
        if let Some(known) = self.links.targets.get(&code) {
            return Ok(known);
        }
        let found = match self.store.link_by_code(code).await? {
            Some((brand, link)) if link.deleted_at.is_none() => {
                let brand = self.store.brand(&brand).await?.ok_or(FlowError::NotFound("link"))?;
                let is_shopify = self.is_shopify_store(&brand.id, &link.destination).await?;
                // Checked again at click time: what the brand allows may have changed since the link was made.
                domain::link::check_destination(&link.destination, &brand.destination_hosts).ok().map(|destination| {
                    Arc::new(Target {
                        brand: brand.id,
                        zone: brand.zone,
                        link: link.id,
                        creator: link.creator,
                        code,
                        destination,
                        is_shopify,
                        expires_at: link.expires_at,
                    })
                })
            }
            _ => None,
        };
        self.links.targets.insert(code, found.clone());
        Ok(found)
    }
}

impl Flow {
    /// Whether a destination is one of the brand's Shopify stores. Its own domain is not told at install, so any
    /// destination of a brand with a shop is taken for the shop, as almost all are.
    async fn is_shopify_store(&self, brand: &BrandId, destination: &str) -> Result<bool, FlowError> {
        let is_on_shopify =
            Url::parse(destination).ok().and_then(|url| url.host_str().and_then(ShopDomain::parse)).is_some();
        Ok(is_on_shopify || !self.store.shops_of(brand).await?.is_empty())
    }
}

/// A country code, if it is one; proxies say `XX` or `T1` where they do not know.
fn country(code: &str) -> Option<String> {
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    let code = code.to_ascii_uppercase();
    (is_code && code != "XX").then_some(code)
}

fn referrer_host(referrer: &str) -> Option<String> {
    Url::parse(referrer).ok()?.host_str().map(|host| host.chars().take(255).collect())
}
