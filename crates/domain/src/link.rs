//! Tracking links: a code, a destination, and the creator who is credited.

use core::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{CampaignId, CreatorId, LinkId, UnixMs};

/// Longest destination accepted, in bytes.
pub const DESTINATION_BYTES_MAX: usize = 2_048;

/// The eight-character code of a link, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinkCode([u8; wire::CODE_LEN]);

impl LinkCode {
    /// Parses a code leniently, see [`wire::parse_code`].
    pub fn parse(text: &str) -> Option<Self> {
        wire::parse_code(text.as_bytes()).map(Self)
    }

    /// Generates a code from random bytes without bias: bytes of 248 or more are skipped, since 248 = 8 × 31 letters.
    /// `None` if the bytes run out, which happens with 32 bytes about once in 10^31 calls.
    pub fn draw(random: &[u8]) -> Option<Self> {
        let mut code = [0; wire::CODE_LEN];
        let mut letters = random
            .iter()
            .filter(|byte| **byte < 248)
            .map(|byte| wire::CODE_ALPHABET[usize::from(*byte) % wire::CODE_ALPHABET.len()]);
        for letter in &mut code {
            *letter = letters.next()?;
        }
        Some(Self(code))
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for LinkCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl TryFrom<String> for LinkCode {
    type Error = crate::id::InvalidId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(crate::id::InvalidId("link code"))
    }
}

impl From<LinkCode> for String {
    fn from(code: LinkCode) -> String {
        code.as_str().to_owned()
    }
}

macro_rules! labels {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $slug:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $slug)] $variant,)*
        }

        impl $name {
            /// Every value, in display order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stored name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $slug,)* }
            }

            /// The display name.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// Parses the stored name or the display name, in any case.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| {
                    value.as_str().eq_ignore_ascii_case(text) || value.label().eq_ignore_ascii_case(text)
                })
            }
        }
    };
}

labels! {
    /// The platform on which a creator shares a link.
    Platform {
        /// Instagram.
        Instagram = "instagram", "Instagram";
        /// TikTok.
        TikTok = "tiktok", "TikTok";
        /// YouTube.
        YouTube = "youtube", "YouTube";
        /// X.
        X = "x", "X";
        /// Facebook.
        Facebook = "facebook", "Facebook";
        /// LinkedIn.
        LinkedIn = "linkedin", "LinkedIn";
    }
}

labels! {
    /// The kind of content that contains a link.
    ContentType {
        /// A sponsored post.
        SponsoredPost = "sponsored_post", "Sponsored Post";
        /// A story.
        Story = "story", "Story";
        /// A reel.
        Reel = "reel", "Reel";
        /// A video.
        Video = "video", "Video";
        /// A link in a bio.
        BioLink = "bio_link", "Bio Link";
        /// An affiliate placement.
        Affiliate = "affiliate", "Affiliate";
    }
}

/// A tracking link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// Its code.
    pub code: LinkCode,
    /// The destination URL; http or https.
    pub destination: String,
    /// The campaign it is reported under.
    pub campaign: Option<CampaignId>,
    /// The creator credited for its orders; `None` if unassigned.
    pub creator: Option<CreatorId>,
    /// The platform on which it is shared.
    pub platform: Option<Platform>,
    /// The kind of content that contains it.
    pub content_type: Option<ContentType>,
    /// A discount code that counts as evidence for this link, in upper case.
    pub promo_code: Option<String>,
    /// Whether the creator is shown this link's revenue.
    pub share_revenue: bool,
    /// Whether it only carries its creator's credit by survey, by hand or by discount code: it has no address.
    pub is_direct: bool,
    /// When it was created.
    pub created_at: UnixMs,
    /// When it stops redirecting, if ever.
    pub expires_at: Option<UnixMs>,
    /// When it was deleted, if it was. Its clicks and credits stay.
    pub deleted_at: Option<UnixMs>,
}

impl Link {
    /// Whether a click at this instant is redirected.
    pub fn is_live(&self, at: UnixMs) -> bool {
        !self.is_direct && self.deleted_at.is_none() && self.expires_at.is_none_or(|end| at < end)
    }
}

/// Why a destination is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    /// It does not parse as an absolute URL.
    #[error("must be a full URL such as https://yourstore.com/product")]
    NotAUrl,
    /// Its scheme is not http or https.
    #[error("must begin with https:// or http://")]
    Scheme,
    /// It carries a user name or password, which hides where it leads.
    #[error("must not contain a user name or password")]
    UserInfo,
    /// Longer than [`DESTINATION_BYTES_MAX`].
    #[error("must be at most 2,048 characters")]
    TooLong,
    /// Its host is not on the brand's list.
    #[error("leads to a host that this brand has not allowed")]
    ForeignHost,
}

/// Checks a link's destination and returns it as a normalised URL. `allowed_hosts` include their subdomains; empty
/// allows any host.
///
/// The host is compared after parsing, since spellings such as `https:evil.com` or `https://good@evil.com` hide it.
/// Text that does not parse is rejected, never treated as a relative URL.
///
/// # Errors
///
/// [`DestinationError`] names the first check that failed.
pub fn check_destination(text: &str, allowed_hosts: &[String]) -> Result<Url, DestinationError> {
    if text.len() > DESTINATION_BYTES_MAX {
        return Err(DestinationError::TooLong);
    }
    let url = Url::parse(text.trim()).map_err(|_| DestinationError::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(DestinationError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(DestinationError::UserInfo);
    }
    let host = url.host_str().ok_or(DestinationError::NotAUrl)?;
    let is_allowed = allowed_hosts.is_empty() || allowed_hosts.iter().any(|allowed| is_within(host, allowed));
    if is_allowed { Ok(url) } else { Err(DestinationError::ForeignHost) }
}

/// The URL to which a click is redirected: the destination with its query and fragment, our parameters added or
/// replaced.
///
/// Shopify records the `ref` parameter itself, so Shopify destinations get it too, unless they already have one.
pub fn landing_url(destination: &Url, is_shopify: bool, code: LinkCode, pv_id: Option<&str>, at: UnixMs) -> String {
    let is_ours = |name: &str| [wire::PARAM_REF, wire::PARAM_PV, wire::PARAM_AT].contains(&name);
    let mut adds_shopify_ref = is_shopify;
    let mut query = String::new();
    for pair in destination.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
        let name = pair.split('=').next().unwrap_or(pair);
        adds_shopify_ref &= name != wire::PARAM_SHOPIFY_REF;
        if !is_ours(name) {
            query.push_str(pair);
            query.push('&');
        }
    }
    if adds_shopify_ref {
        query.push_str(&format!("{}={code}&", wire::PARAM_SHOPIFY_REF));
    }
    query.push_str(&format!("{}={code}", wire::PARAM_REF));
    if let Some(pv_id) = pv_id {
        let at_s = at.0.div_euclid(1000);
        query.push_str(&format!("&{}={pv_id}&{}={at_s}", wire::PARAM_PV, wire::PARAM_AT));
    }
    let mut landing = destination.clone();
    landing.set_query(Some(&query));
    landing.into()
}

/// The link code (`cs_ref`) in a landing URL or path, if there is one.
pub fn code_in_url(url: &str) -> Option<LinkCode> {
    let query = url.split('#').next()?.split_once('?')?.1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(wire::PARAM_REF)?.strip_prefix('='))?;
    LinkCode::parse(value)
}

/// Whether a host is `domain` or a subdomain of it. Both in lower case.
pub fn is_within(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code() -> LinkCode {
        LinkCode::parse("m7xp3k9a").expect("code")
    }

    #[test]
    fn landing_url_keeps_the_destinations_query_and_fragment() {
        let pv_id = Some("550e8400-e29b-41d4-a716-446655440000");
        let at = UnixMs(1_700_000_000_999);
        let land = |text: &str| landing_url(&Url::parse(text).expect("url"), true, code(), pv_id, at);
        let elsewhere = landing_url(&Url::parse("https://other.example/").expect("url"), false, code(), pv_id, at);
        insta::assert_snapshot!(elsewhere, @"https://other.example/?cs_ref=m7xp3k9a&cs_pv=550e8400-e29b-41d4-a716-446655440000&cs_at=1700000000");
        insta::assert_snapshot!(land("https://shop.example/p?variant=1&q=a+b%20c#reviews"), @"https://shop.example/p?variant=1&q=a+b%20c&ref=m7xp3k9a&cs_ref=m7xp3k9a&cs_pv=550e8400-e29b-41d4-a716-446655440000&cs_at=1700000000#reviews");
        insta::assert_snapshot!(land("https://shop.example?ref=mine&cs_ref=old"), @"https://shop.example/?ref=mine&cs_ref=m7xp3k9a&cs_pv=550e8400-e29b-41d4-a716-446655440000&cs_at=1700000000");
        let refused = landing_url(&Url::parse("https://shop.example/p").expect("url"), true, code(), None, at);
        insta::assert_snapshot!(refused, @"https://shop.example/p?ref=m7xp3k9a&cs_ref=m7xp3k9a");
        assert_eq!(code_in_url(&land("https://shop.example/#x?cs_ref=aaaaaaaa")), Some(code()));
        assert_eq!(code_in_url("/products/1?xcs_ref=m7xp3k9a"), None);
    }

    #[test]
    fn destinations_with_hidden_or_foreign_hosts_are_rejected() {
        let allowed = vec!["good.example".to_owned()];
        let check = |text: &str| check_destination(text, &allowed).map(|_| ());
        assert_eq!(check("https://good.example/x"), Ok(()));
        assert_eq!(check("https://shop.good.example/x"), Ok(()));
        assert_eq!(check("https://notgood.example/"), Err(DestinationError::ForeignHost));
        assert_eq!(check("https:evil.example"), Err(DestinationError::ForeignHost));
        assert_eq!(check("https://good.example@evil.example"), Err(DestinationError::UserInfo));
        assert_eq!(check("https://good.example\\@evil.example"), Ok(()), "a backslash ends the host, as in browsers");
        assert_eq!(check("javascript:alert(1)"), Err(DestinationError::Scheme));
        assert_eq!(check("///good.example"), Err(DestinationError::NotAUrl));
        assert_eq!(check("/relative"), Err(DestinationError::NotAUrl));
    }

    proptest! {
        #[test]
        fn generated_codes_parse(random: [u8; 32]) {
            if let Some(code) = LinkCode::draw(&random) {
                prop_assert_eq!(LinkCode::parse(code.as_str()), Some(code));
            }
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,80}") {
            let _ = check_destination(&text, &[]);
            let _ = code_in_url(&text);
            let _ = LinkCode::parse(&text);
        }
    }
}
