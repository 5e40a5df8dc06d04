//! One click on a tracking link, and what its request said of the device, without anything that names a person.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{BrandId, ClickId, CreatorId, LinkId, UnixMs};

/// A stored click.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Click {
    /// Its id.
    pub id: ClickId,
    /// The link's brand.
    pub brand: BrandId,
    /// The link.
    pub link: LinkId,
    /// The link's creator at the time.
    pub creator: Option<CreatorId>,
    /// The visitor: the cookie's id, or the one minted for this click.
    pub pv_id: String,
    /// Whether the browser brought the id itself.
    pub is_returning: bool,
    /// Keyed hash of address and user agent under a key that is thrown away daily: tells cookieless visitors apart
    /// within a day and can name nobody afterwards.
    #[serde(skip)]
    pub visitor_hash: String,
    /// When.
    pub at: UnixMs,
    /// `mobile`, `tablet`, `desktop`, or `unknown`.
    pub device: String,
    /// Browser family.
    pub browser: String,
    /// Operating system family.
    pub os: String,
    /// ISO 3166-1 alpha-2, where a proxy in front said so.
    pub country: Option<String>,
    /// Host of the referring page, without path or query.
    pub referrer_host: Option<String>,
    /// Why the click does not count as a person's, if it does not.
    pub bot: Option<String>,
}

/// A visitor's click within this time of that visitor's last unique click on the same link is not unique, in ms.
pub const UNIQUE_WINDOW_MS: i64 = crate::time::HOUR_MS;

/// An earlier unique click, as far as telling visitors apart needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueClick {
    /// The link.
    pub link: String,
    /// The visitor.
    pub pv_id: String,
    /// The visitor's daily hash.
    pub visitor_hash: String,
    /// When.
    pub at: UnixMs,
}

/// Tells which clicks of a batch are unique, given the unique clicks of the hour before it.
///
/// A browser that brings the cookie is known by it. One without is known by the daily hash, since the id that was
/// minted for its first click may have been refused.
pub fn unique_flags<'a>(batch: impl IntoIterator<Item = &'a Click>, earlier: Vec<UniqueClick>) -> Vec<bool> {
    let mut by_cookie: HashMap<(String, String), Vec<UnixMs>> = HashMap::new();
    let mut by_hash: HashMap<(String, String), Vec<UnixMs>> = HashMap::new();
    for known in earlier {
        by_cookie.entry((known.link.clone(), known.pv_id)).or_default().push(known.at);
        by_hash.entry((known.link, known.visitor_hash)).or_default().push(known.at);
    }
    let mut flags = Vec::new();
    for click in batch {
        let is_recent = |times: Option<&Vec<UnixMs>>| {
            times.is_some_and(|times| times.iter().any(|at| (0..UNIQUE_WINDOW_MS).contains(&(click.at.0 - at.0))))
        };
        let cookie = (click.link.to_string(), click.pv_id.clone());
        let hash = (click.link.to_string(), click.visitor_hash.clone());
        let is_known = is_recent(by_cookie.get(&cookie)) || (!click.is_returning && is_recent(by_hash.get(&hash)));
        let is_unique = click.bot.is_none() && !is_known;
        if is_unique {
            by_cookie.entry(cookie).or_default().push(click.at);
            by_hash.entry(hash).or_default().push(click.at);
        }
        flags.push(is_unique);
    }
    flags
}
