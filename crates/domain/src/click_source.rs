//! Where clicks come from: their counts by referring site, country, device, browser and hour.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{LinkId, UnixMs, time::Zone};

/// Referring sites that one day of a brand tells apart. Senders choose them freely: the others are counted together.
pub const SITES_PER_DAY_MAX: usize = 200;
/// What the others are counted as. No site has this name.
pub const OTHER_SITES: &str = "*";

/// By what clicks are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, strum::EnumString, strum::IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum SourceKind {
    /// The referring site.
    Referrer,
    /// The country, ISO 3166-1 alpha-2.
    Country,
    /// `mobile`, `tablet`, `desktop` or `unknown`.
    Device,
    /// Browser family.
    Browser,
    /// The hour of the day in the brand's time zone, `00` to `23`.
    Hour,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Referrer, Self::Country, Self::Device, Self::Browser, Self::Hour];

    /// The stored name, also used in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// What is counted of a click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceClick {
    /// The link.
    pub link: LinkId,
    /// When.
    pub at: UnixMs,
    /// As of [`crate::click::Click`].
    pub device: String,
    /// As of [`crate::click::Click`].
    pub browser: String,
    /// As of [`crate::click::Click`].
    pub country: Option<String>,
    /// As of [`crate::click::Click`].
    pub referrer_host: Option<String>,
    /// Whether it is by a bot or link preview: then it does not count.
    pub is_bot: bool,
    /// Whether it is unique.
    pub is_unique: bool,
}

/// Clicks of one link, or of all links together, with one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceCount {
    /// The link's id; empty for all links together.
    pub link: String,
    /// By what.
    pub kind: SourceKind,
    /// The value; empty if it is not known.
    pub value: String,
    /// Clicks, without bots.
    pub clicks: i64,
    /// Unique clicks, without bots.
    pub unique_clicks: i64,
}

/// Counts clicks of one day.
#[derive(Debug)]
pub struct SourceCounter<'a> {
    zone: &'a Zone,
    sites: BTreeSet<String>,
    counts: BTreeMap<(String, SourceKind, String), (i64, i64)>,
}

impl<'a> SourceCounter<'a> {
    /// Counts nothing yet. `sites` are the referring sites that the day has already.
    pub fn new(zone: &'a Zone, sites: impl IntoIterator<Item = String>) -> Self {
        Self { zone, sites: sites.into_iter().collect(), counts: BTreeMap::new() }
    }

    /// Counts a click, unless it is by a bot.
    pub fn add(&mut self, click: &SourceClick) {
        if click.is_bot {
            return;
        }
        let unique = i64::from(click.is_unique);
        let values = [
            (SourceKind::Referrer, self.site(click.referrer_host.as_deref())),
            (SourceKind::Country, click.country.clone().unwrap_or_default()),
            (SourceKind::Device, click.device.clone()),
            (SourceKind::Browser, click.browser.clone()),
            (SourceKind::Hour, format!("{:02}", self.zone.hour_of(click.at))),
        ];
        for (kind, value) in values {
            for link in [String::new(), click.link.to_string()] {
                let count = self.counts.entry((link, kind, value.clone())).or_default();
                count.0 += 1;
                count.1 += unique;
            }
        }
    }

    fn site(&mut self, host: Option<&str>) -> String {
        let Some(site) = host.map(site_of).filter(|site| !site.is_empty()) else { return String::new() };
        if !self.sites.contains(&site) {
            if self.sites.len() >= SITES_PER_DAY_MAX {
                return OTHER_SITES.to_owned();
            }
            self.sites.insert(site.clone());
        }
        site
    }

    /// The counts, in the order of their keys.
    pub fn into_counts(self) -> Vec<SourceCount> {
        let counts = self.counts.into_iter();
        counts
            .map(|((link, kind, value), (clicks, unique_clicks))| SourceCount {
                link,
                kind,
                value,
                clicks,
                unique_clicks,
            })
            .collect()
    }
}

/// The site that people know, of a host: apps send their visitors through hosts such as `l.instagram.com`.
pub fn site_of(host: &str) -> String {
    const PREFIXES: [&str; 6] = ["www.", "l.", "lm.", "m.", "mobile.", "out."];
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let found = PREFIXES.iter().find_map(|prefix| host.strip_prefix(prefix)).filter(|rest| rest.contains('.'));
    match found.unwrap_or(&host) {
        "t.co" | "twitter.com" => "x.com".to_owned(),
        "youtu.be" => "youtube.com".to_owned(),
        "com.google.android.googlequicksearchbox" => "google.com".to_owned(),
        site => site.chars().take(100).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn click(n: u8, host: Option<&str>) -> SourceClick {
        SourceClick {
            link: LinkId::new(1, [n; 10]),
            at: UnixMs(23 * crate::time::HOUR_MS),
            device: "mobile".into(),
            browser: "Safari".into(),
            country: Some("DE".into()),
            referrer_host: host.map(str::to_owned),
            is_bot: false,
            is_unique: n == 1,
        }
    }

    #[test]
    fn clicks_are_counted_by_link_and_together() {
        let zone = Zone::UTC;
        let mut counter = SourceCounter::new(&zone, []);
        counter.add(&click(1, Some("l.instagram.com")));
        counter.add(&click(2, Some("www.instagram.com")));
        counter.add(&click(2, None));
        counter.add(&SourceClick { is_bot: true, ..click(2, None) });
        let counts = counter.into_counts();
        let of = |link: &str, kind, value: &str| {
            let found = counts
                .iter()
                .find(|count| (count.link.as_str(), count.kind, count.value.as_str()) == (link, kind, value));
            found.map(|count| (count.clicks, count.unique_clicks))
        };
        assert_eq!(of("", SourceKind::Referrer, "instagram.com"), Some((2, 1)));
        assert_eq!(of("", SourceKind::Referrer, ""), Some((1, 0)));
        assert_eq!(of("", SourceKind::Hour, "23"), Some((3, 1)));
        assert_eq!(of(LinkId::new(1, [1; 10]).as_str(), SourceKind::Country, "DE"), Some((1, 1)));
        for kind in SourceKind::ALL {
            let all: i64 = counts
                .iter()
                .filter(|count| count.kind == kind && count.link.is_empty())
                .map(|count| count.clicks)
                .sum();
            assert_eq!(all, 3, "every click has a value of {kind:?}");
        }
    }

    #[test]
    fn made_up_sites_are_counted_together() {
        let zone = Zone::UTC;
        let mut counter = SourceCounter::new(&zone, (0..SITES_PER_DAY_MAX).map(|n| format!("{n}.example")));
        counter.add(&click(1, Some("0.example")));
        counter.add(&click(1, Some("new.example")));
        counter.add(&click(1, Some("newer.example")));
        let counts = counter.into_counts();
        let other = counts.iter().find(|count| count.link.is_empty() && count.value == OTHER_SITES);
        assert_eq!(other.map(|count| count.clicks), Some(2));
    }

    #[test]
    fn sites_are_those_that_people_know() {
        for (host, site) in
            [("T.CO", "x.com"), ("m.youtube.com", "youtube.com"), ("l.com", "l.com"), ("www.a.b.", "a.b")]
        {
            assert_eq!(site_of(host), site);
        }
    }
}
