//! Clicks on tracking links, with device data but nothing that identifies a person, and which of them are unique.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{BrandId, ClickId, CreatorId, LinkId, UnixMs, link::LinkCode};

/// The bot reason of a page that a browser loads ahead of a visit. The visit may follow without another request.
pub const PREFETCH: &str = "prefetch";

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
    /// The visitor id: from the cookie, else generated for this click.
    pub pv_id: String,
    /// Whether the id came from the cookie.
    pub is_returning: bool,
    /// Keyed hash of link, IP address and user agent. The key is discarded daily: the hash separates a link's visitors
    /// without a cookie within a day and identifies no person afterwards.
    #[serde(skip)]
    pub visitor_hash: String,
    /// When it was made.
    pub at: UnixMs,
    /// `mobile`, `tablet`, `desktop`, or `unknown`.
    pub device: String,
    /// Browser family.
    pub browser: String,
    /// Operating system family.
    pub os: String,
    /// ISO 3166-1 alpha-2 country code, if a proxy in front of the server set it.
    pub country: Option<String>,
    /// Host of the referring page, without path or query.
    pub referrer_host: Option<String>,
    /// The bot reason, if the click was made by a bot or link preview.
    pub bot: Option<String>,
}

/// A click is not unique within this time after the visitor's last unique click on the same link, in milliseconds.
pub const UNIQUE_WINDOW_MS: i64 = crate::time::HOUR_MS;

/// Whether each click of a batch (in time order) is unique, given whether the click's visitor made a unique click on the
/// same link within [`UNIQUE_WINDOW_MS`] before it that is stored already.
///
/// A browser with a cookie is recognised by it. One without is recognised by the daily hash, since it may have rejected
/// the cookie of its first click. Bot clicks are never unique.
pub fn unique_flags<'a>(batch: impl IntoIterator<Item = (&'a Click, bool)>) -> Vec<bool> {
    let mut by_cookie: HashMap<(&LinkId, &str), Vec<UnixMs>> = HashMap::new();
    let mut by_hash: HashMap<(&LinkId, &str), Vec<UnixMs>> = HashMap::new();
    let mut flags = Vec::new();
    for (click, is_stored) in batch {
        let is_recent = |times: Option<&Vec<UnixMs>>| {
            times.is_some_and(|times| times.iter().any(|at| (0..UNIQUE_WINDOW_MS).contains(&(click.at.0 - at.0))))
        };
        let cookie = (&click.link, click.pv_id.as_str());
        let hash = (&click.link, click.visitor_hash.as_str());
        let is_known =
            is_stored || is_recent(by_cookie.get(&cookie)) || (!click.is_returning && is_recent(by_hash.get(&hash)));
        let is_unique = click.bot.is_none() && !is_known;
        if is_unique {
            by_cookie.entry(cookie).or_default().push(click.at);
            by_hash.entry(hash).or_default().push(click.at);
        }
        flags.push(is_unique);
    }
    flags
}

/// A click's id as API clients hold it: the link's code, by which the brand is found, and the click's own id, such as
/// `m7xp3k9a-01hf7yat00fzzvzzzzzzzzzzzz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickHandle {
    /// The code of the link that was clicked.
    pub code: LinkCode,
    /// The click.
    pub click: ClickId,
}

/// The text is not a click handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a click id")]
pub struct InvalidClickHandle;

impl core::fmt::Display for ClickHandle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}-{}", self.code, self.click.as_str().trim_start_matches("clk_"))
    }
}

impl core::str::FromStr for ClickHandle {
    type Err = InvalidClickHandle;

    fn from_str(text: &str) -> Result<Self, InvalidClickHandle> {
        let (code, click) = text.split_once('-').ok_or(InvalidClickHandle)?;
        let code = LinkCode::parse(code).ok_or(InvalidClickHandle)?;
        let click = format!("clk_{click}").parse().map_err(|_| InvalidClickHandle)?;
        Ok(Self { code, click })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn click_handles_survive_their_text_form() {
        let code = LinkCode::draw(&[1; 8]).expect("code");
        let handle = ClickHandle { code, click: ClickId::new(5, [1; 10]) };
        assert_eq!(handle.to_string().parse(), Ok(handle));
        for text in ["", "-", "m7xp3k9a", "m7xp3k9a-x", "l-01hf7yat00fzzvzzzzzzzzzzzz"] {
            assert_eq!(text.parse::<ClickHandle>(), Err(InvalidClickHandle), "{text}");
        }
    }
}
