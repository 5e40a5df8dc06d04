//! One click on a tracking link, and what its request said of the device, without anything that names a person.

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
pub fn unique_flags<'a>(batch: impl IntoIterator<Item = &'a Click>, mut earlier: Vec<UniqueClick>) -> Vec<bool> {
    let mut flags = Vec::new();
    for click in batch {
        let is_same = |other: &UniqueClick| {
            other.link == click.link.as_str()
                && (0..UNIQUE_WINDOW_MS).contains(&(click.at.0 - other.at.0))
                && (other.pv_id == click.pv_id || (!click.is_returning && other.visitor_hash == click.visitor_hash))
        };
        let is_unique = click.bot.is_none() && !earlier.iter().any(is_same);
        if is_unique {
            earlier.push(UniqueClick {
                link: click.link.to_string(),
                pv_id: click.pv_id.clone(),
                visitor_hash: click.visitor_hash.clone(),
                at: click.at,
            });
        }
        flags.push(is_unique);
    }
    flags
}
