//! Clicks on affiliate URLs, reported by a script on the landing page.

use domain::{
    ClickId,
    brand::Brand,
    click::{Click, ClickHandle},
    creator::PartnerCode,
    link::{Link, LinkCode},
};
use store::ingest::NewClick;
use url::Url;

use super::TrackingError;
use crate::{FlowError, agent::Device, cache::soon, stage::Tracking};

/// A click on an affiliate URL, as its script reported it.
#[derive(Clone, Copy, Debug)]
pub struct ClickReport<'a> {
    /// The code in the URL: a link's, or a creator's partner code.
    pub code: &'a str,
    /// An earlier click of the same browser.
    pub existing_click: Option<&'a str>,
    /// The browser's user agent, as the script reported it or as the request had it.
    pub user_agent: &'a str,
    /// The request's own user agent.
    pub request_user_agent: &'a str,
    /// The client's IP address. Used for today's hash and dropped.
    pub address: &'a str,
    /// The page that the browser came from. Only its host is kept.
    pub referrer: Option<&'a str>,
    /// Whether this is a test.
    pub is_test: bool,
}

/// A click to store, and what its script needs.
#[derive(Debug)]
pub struct RecordedClick {
    /// The click; `None` in test mode, where it is stored already.
    pub click: Option<NewClick>,
    /// The click's id for later leads and sales.
    pub handle: ClickHandle,
    /// The code that was used, in its canonical form.
    pub partner_code: String,
    /// How long the click may earn, in days.
    pub cookie_window_days: u32,
}

impl Tracking<'_> {
    /// Prepares a click for storage, as a redirect would. No key is needed.
    ///
    /// # Errors
    /// [`TrackingError::UnknownLink`] if no working link has the code.
    pub async fn click(self, report: ClickReport<'_>) -> Result<RecordedClick, TrackingError> {
        let now = self.now();
        let partner_code = PartnerCode::parse(report.code);
        let found = match (&partner_code, LinkCode::parse(report.code)) {
            (Some(code), _) => self.link_of_partner(code).await?,
            (None, Some(code)) => self.link_of_code(code).await?,
            (None, None) => None,
        };
        let (brand, link) = found.filter(|(_, link)| link.is_live(now)).ok_or(TrackingError::UnknownLink)?;
        // An earlier click on any of the brand's links: both belong to one visitor.
        let known = match report.existing_click.and_then(|handle| handle.parse::<ClickHandle>().ok()) {
            Some(handle) => self.store.click(&brand.id, &handle.click).await?,
            None => None,
        };
        let id = ClickId::new(now.0, self.random());
        let mut recorded = RecordedClick {
            click: None,
            handle: ClickHandle { code: link.code, click: id.clone() },
            partner_code: partner_code.map_or_else(|| link.code.to_string(), String::from),
            cookie_window_days: brand.policies.at(now).lookback_days,
        };
        if report.is_test {
            self.put_test_record(&brand.id, id.as_str(), "click", Some(&link)).await?;
            return Ok(recorded);
        }
        let device: Device = self.agents.classify(report.user_agent);
        let referrer = report.referrer.and_then(|url| Url::parse(url).ok());
        let click = Click {
            id,
            brand: brand.id.clone(),
            visitor_hash: self.visitor_hash(&link.id, report.address, report.request_user_agent),
            link: link.id,
            creator: link.creator,
            is_returning: known.is_some(),
            pv_id: known.map_or_else(|| self.visitor_id(), |click| click.pv_id),
            at: now,
            device: device.kind.to_owned(),
            browser: device.browser.to_owned(),
            os: device.os.to_owned(),
            country: None,
            referrer_host: referrer.and_then(|url| url.host_str().map(|host| host.chars().take(255).collect())),
            bot: device.bot.map(str::to_owned),
        };
        recorded.click = Some(NewClick { day: brand.zone.day_of(now), click });
        Ok(recorded)
    }

    /// The link through which a creator's partner code earns: the creator's latest working one.
    async fn link_of_partner(self, code: &PartnerCode) -> Result<Option<(Brand, Link)>, FlowError> {
        let found = soon(async { Ok(self.store.creator_by_partner_code(code).await?) }).await?;
        let Some((brand, creator)) = found else { return Ok(None) };
        let link = self.store.latest_link_of(&brand, &creator, self.now()).await?;
        match (link, self.store.brand(&brand).await?) {
            (Some(link), Some(brand)) => Ok(Some((brand, link))),
            _ => Ok(None),
        }
    }
}
