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
