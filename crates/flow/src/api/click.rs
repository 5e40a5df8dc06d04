//! Clicks through the unified API: those of our links, and those that another link shortener saw.

use std::collections::HashMap;

use domain::{
    ClickId, UnixMs,
    click::Click,
    link::{Link, LinkCode},
    metadata::parse_external_id,
    time::DAY_MS,
};
use sha2::{Digest, Sha256};
use store::{ingest::NewClick, money_writes::LedgerWrite, objects::Keyset};

use super::{ClickFilter, ClickObject, ClickPage, write::RowError};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{Answer, Claim},
    stage::Api,
};

/// How far in the future a click may be, in ms: clocks differ.
const FUTURE_MAX_MS: i64 = 5 * 60_000;
/// How old a click may be, in ms.
const AGE_MAX_MS: i64 = 366 * DAY_MS;
/// About how many clicks are looked at for one page.
const SCAN_MAX: i64 = 200_000;
/// Longest id of a client, in characters.
const ID_CHARS_MAX: usize = 255;
/// Kinds of devices.
const DEVICES: [&str; 4] = ["mobile", "tablet", "desktop", "unknown"];

/// A click as another link shortener saw it.
#[derive(Clone, Debug)]
pub struct ClickReport {
    /// The client's id: the same id and time are the same click.
    pub external_id: Option<String>,
    /// The link, by id or code.
    pub link: String,
    /// When it was.
    pub at: UnixMs,
    /// The visitor id; a new one, if it is not known.
    pub visitor: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// `mobile`, `tablet`, `desktop` or `unknown`.
    pub device: Option<String>,
    /// Host of the page that it came from.
    pub referrer_host: Option<String>,
}

/// A click that is to be stored.
#[derive(Clone, Debug)]
pub struct PlannedClick {
    /// The click.
    pub new: NewClick,
    /// The external id that it gets: that of its report, if it can be one of an object.
    external_id: Option<String>,
}

/// Clicks that are to be stored, and what is wrong with the others.
pub type PlannedClicks = Vec<Result<PlannedClick, RowError>>;

impl Api<'_> {
    /// A page of clicks.
    pub async fn clicks_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        filter: &ClickFilter,
    ) -> Result<ClickPage, FlowError> {
        Ok(self.store.clicks_page(merchant.id(), keyset, filter, SCAN_MAX).await?)
    }

    /// One click.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such click.
    pub async fn click(self, merchant: &Merchant, id: &str) -> Result<ClickObject, FlowError> {
        let id: ClickId = id.parse().map_err(|_| FlowError::NotFound("click"))?;
        let page = self.clicks_page(merchant, &Keyset::only(id.as_str()), &ClickFilter::default()).await?;
        page.clicks.into_iter().next().ok_or(FlowError::NotFound("click"))
    }

    /// Prepares reported clicks. The caller stores them. The ids of clicks follow from their external ids, or from the claim:
    /// storing them again changes nothing.
    ///
    /// # Errors
    /// A database error.
    pub async fn plan_clicks(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        reports: &[Result<ClickReport, Invalid>],
    ) -> Result<PlannedClicks, FlowError> {
        let mut links: HashMap<&str, Option<Link>> = HashMap::new();
        let mut planned = Vec::with_capacity(reports.len());
        for (index, report) in reports.iter().enumerate() {
            let report = match report {
                Ok(report) => report,
                Err(faults) => {
                    planned.push(Err(faults.clone().into()));
                    continue;
                }
            };
            if !links.contains_key(report.link.as_str()) {
                links.insert(&report.link, self.link_named(merchant, &report.link).await?);
            }
            let link = links.get(report.link.as_str()).and_then(Option::as_ref);
            let seed = match (&report.external_id, claim) {
                (Some(id), _) => Some(format!("external {} {id}", merchant.id())),
                (None, Some(claim)) => Some(format!("{} {index}", claim.lock_name())),
                (None, None) => None,
            };
            planned.push(self.plan_click(merchant, link, report, "at", seed.as_deref()));
        }
        Ok(planned)
    }

    /// A link of the brand, by id or code.
    pub(super) async fn link_named(self, merchant: &Merchant, name: &str) -> Result<Option<Link>, FlowError> {
        if let Ok(id) = name.parse() {
            return Ok(self.store.link_object(merchant.id(), &id).await?.map(|object| object.value));
        }
        let Some(code) = LinkCode::parse(name) else { return Ok(None) };
        let found = self.store.link_by_code(code).await?;
        Ok(found.filter(|(brand, link)| brand == merchant.id() && !link.is_direct).map(|(_, link)| link))
    }

    /// A click to store. Its id follows from the seed and its time, which the request calls `at_name`.
    pub(super) fn plan_click(
        self,
        merchant: &Merchant,
        link: Option<&Link>,
        report: &ClickReport,
        at_name: &str,
        seed: Option<&str>,
    ) -> Result<PlannedClick, RowError> {
        let (brand, now, at) = (merchant.brand(), self.now(), report.at);
        let mut faults = Vec::new();
        let day = brand.zone.day_of(at);
        if at > now.plus_ms(FUTURE_MAX_MS) || at < now.plus_ms(-AGE_MAX_MS) {
            faults.push(format!("{at_name} must be within the last 366 days"));
        } else if brand.settings.is_closed(day) {
            faults.push(format!("{at_name} is in a closed period"));
        }
        let is_id = |id: &String| !id.is_empty() && id.chars().count() <= ID_CHARS_MAX;
        if report.external_id.as_ref().is_some_and(|id| !is_id(id)) {
            faults.push(format!("external_id must be 1 to {ID_CHARS_MAX} characters"));
        }
        let country = report.country.as_ref().map(|code| code.to_ascii_uppercase());
        if country.as_ref().is_some_and(|code| code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase())) {
            faults.push("country must be an ISO 3166-1 alpha-2 code".to_owned());
        }
        let device = report.device.as_deref().unwrap_or("unknown");
        if !DEVICES.contains(&device) {
            faults.push(format!("device must be one of {}", DEVICES.join(", ")));
        }
        let is_host = |host: &String| host.len() <= 255 && !host.contains(['/', '?', '#', '@', ' ', '\0']);
        if report.referrer_host.as_ref().is_some_and(|host| !is_host(host)) {
            faults.push("referrer_host must be a host".to_owned());
        }
        let Some(link) = link else { return Err(RowError::Missing("link")) };
        if !faults.is_empty() {
            return Err(RowError::Invalid(Invalid(faults)));
        }
        let id = ClickId::new(at.0, seed.map_or_else(|| self.random(), digest));
        let click = Click {
            brand: brand.id.clone(),
            link: link.id.clone(),
            creator: link.creator.clone(),
            pv_id: report.visitor.clone().unwrap_or_else(|| self.visitor_id()),
            is_returning: report.visitor.is_some(),
            // Another visitor each time: nothing is known of the browser.
            visitor_hash: id.to_string(),
            at,
            device: device.to_owned(),
            browser: "Other".to_owned(),
            os: "Other".to_owned(),
            country,
            referrer_host: report.referrer_host.as_ref().map(|host| host.to_ascii_lowercase()),
            bot: None,
            id,
        };
        let external_id = report.external_id.as_deref().and_then(parse_external_id);
        Ok(PlannedClick { new: NewClick { click, day }, external_id })
    }

    /// Stores the external ids of reported clicks that are stored.
    ///
    /// # Errors
    /// A database error.
    pub async fn name_clicks(
        self,
        merchant: &Merchant,
        stored: impl Iterator<Item = &PlannedClick>,
    ) -> Result<(), FlowError> {
        let named = stored.filter_map(|one| Some((one.new.click.id.clone(), one.external_id.clone()?)));
        let named: Vec<(ClickId, String)> = named.collect();
        if named.is_empty() {
            return Ok(());
        }
        Ok(self.store.name_clicks(merchant.id(), &named).await?)
    }

    /// Notes in the audit log that clicks were reported.
    ///
    /// # Errors
    /// A database error.
    pub async fn note_clicks(self, merchant: &Merchant) -> Result<(), FlowError> {
        let audit = self.audit(merchant.actor(), "click.report", merchant.id());
        let nothing = Answer { status: 200, body: String::new() };
        self.store.write_ledger(merchant.id(), None, LedgerWrite::Audit, &audit, &nothing).await?;
        Ok(())
    }
}

/// Ten bytes that follow from a text.
fn digest(text: &str) -> [u8; 10] {
    let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&hash[..10]);
    bytes
}
