//! Creators: people whose links and discount codes earn credit.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{CreatorId, UnixMs, link::Platform};

/// Length of a partner code in characters: longer than a link code, so that no text is both.
const PARTNER_CODE_LEN: usize = 10;

/// A creator's own code in affiliate URLs (`?aff=`), independent of the link that is credited. Unique across all
/// brands, since such a click names no brand.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartnerCode(String);

impl PartnerCode {
    /// Parses a code in any case; `None` if the format is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let code = text.trim().to_ascii_lowercase();
        let is_code =
            code.len() == PARTNER_CODE_LEN && code.bytes().all(|letter| wire::CODE_ALPHABET.contains(&letter));
        is_code.then_some(Self(code))
    }

    /// Generates a code from random bytes without bias, see [`crate::link::LinkCode::draw`]. `None` if they run out.
    pub fn draw(random: &[u8]) -> Option<Self> {
        let letters: String = random
            .iter()
            .filter(|byte| **byte < 248)
            .map(|byte| char::from(wire::CODE_ALPHABET[usize::from(*byte) % wire::CODE_ALPHABET.len()]))
            .take(PARTNER_CODE_LEN)
            .collect();
        Self::parse(&letters)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PartnerCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for PartnerCode {
    type Error = crate::id::InvalidId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(crate::id::InvalidId("partner code"))
    }
}

impl From<PartnerCode> for String {
    fn from(code: PartnerCode) -> String {
        code.0
    }
}

/// A tier that a creator had before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierTier {
    /// When it ended (exclusive).
    pub until: UnixMs,
    /// The tier; `None` if the creator had no tier in that time.
    pub tier: Option<String>,
}

/// Where a creator's collaboration with the brand stands. What a creator earns does not depend on it.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CreatorStatus {
    /// Asked to collaborate.
    Invited,
    /// Collaborating.
    #[default]
    Active,
    /// Not collaborating at present.
    Paused,
}

impl CreatorStatus {
    /// The name in the API and the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// A creator's account on a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Social {
    /// The platform.
    pub platform: Platform,
    /// The creator's handle there.
    pub handle: String,
    /// Followers, as last reported.
    pub followers: Option<u64>,
    /// Engagement rate, as last reported, in basis points.
    pub engagement_rate_bp: Option<u32>,
}

/// What a brand's other systems know about a creator. Attribution does not depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Accounts on platforms.
    pub socials: Vec<Social>,
    /// Tags.
    pub tags: Vec<String>,
    /// Where the collaboration stands.
    pub status: CreatorStatus,
    /// Whether rules leave the tier as it is.
    pub is_tier_locked: bool,
    /// What the brand notes about the creator, for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

impl Profile {
    /// First and last name, as far as they are known.
    pub fn full_name(&self) -> Option<String> {
        let names: Vec<&str> = [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }
}

/// A creator of a brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creator {
    /// The creator's id.
    pub id: CreatorId,
    /// The display name.
    pub name: String,
    /// The handle, without `@`, lower case, unique within the brand.
    pub handle: String,
    /// Keyed hash of the normalised e-mail address, if the brand entered one. Detects the creator's own purchases; the
    /// address itself is not stored.
    #[serde(skip)]
    pub email_hash: Option<String>,
    /// Other names that shoppers may use in survey answers.
    pub aliases: Vec<String>,
    /// The current tier, to which commission rules may apply.
    pub tier: Option<String>,
    /// Earlier tiers, the earliest first: an order earns by the tier at its time, also when it is settled again later.
    pub earlier_tiers: Vec<EarlierTier>,
    /// The creator's code in affiliate URLs.
    pub partner_code: Option<PartnerCode>,
    /// When the creator was added.
    pub created_at: UnixMs,
}

impl Creator {
    /// Gives the creator a tier, and notes the one that ends.
    pub fn set_tier(&mut self, tier: Option<String>, at: UnixMs) {
        if tier == self.tier {
            return;
        }
        let ended = core::mem::replace(&mut self.tier, tier);
        self.earlier_tiers.push(EarlierTier { until: at, tier: ended });
    }

    /// The tier at an instant.
    pub fn tier_at(&self, at: UnixMs) -> Option<&str> {
        let earlier = self.earlier_tiers.iter().find(|earlier| at < earlier.until);
        earlier.map_or(self.tier.as_ref(), |earlier| earlier.tier.as_ref()).map(String::as_str)
    }
}

/// Normalises a handle: without `@` and surrounding space, in lower case. `None` if empty, longer than 64 characters,
/// or with characters other than letters, digits, `.`, `_` and `-`.
pub fn parse_handle(text: &str) -> Option<String> {
    let handle = text.trim().trim_start_matches('@');
    let valid = !handle.is_empty()
        && handle.chars().count() <= 64
        && handle.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-'));
    valid.then(|| handle.to_lowercase())
}

/// Normalises an e-mail address so that spellings of one mailbox compare equal: lower case, no `+tag`, and for Gmail no
/// dots before the `@`. `None` if it is not an address.
pub fn normalise_email(address: &str) -> Option<String> {
    let lower = address.trim().to_lowercase();
    let (local, host) = lower.rsplit_once('@')?;
    let host = if host == "googlemail.com" { "gmail.com" } else { host };
    let local = local.split('+').next().unwrap_or(local);
    let local = if host == "gmail.com" { local.replace('.', "") } else { local.to_owned() };
    (!local.is_empty() && host.contains('.')).then(|| format!("{local}@{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tier_at_returns_the_tier_in_force() {
        let tier = |until, tier: Option<&str>| EarlierTier { until: UnixMs(until), tier: tier.map(str::to_owned) };
        let creator = Creator {
            id: CreatorId::new(1, [1; 10]),
            name: "Ana".into(),
            handle: "ana".into(),
            email_hash: None,
            aliases: vec![],
            tier: Some("gold".into()),
            earlier_tiers: vec![tier(10, None), tier(20, Some("silver"))],
            partner_code: None,
            created_at: UnixMs(0),
        };
        let at = |instant| creator.tier_at(UnixMs(instant));
        assert_eq!([at(9), at(10), at(19), at(20)], [None, Some("silver"), Some("silver"), Some("gold")]);
    }

    #[test]
    fn partner_codes_and_link_codes_are_disjoint() {
        let code = PartnerCode::draw(&[255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).expect("code");
        assert_eq!(code.as_str(), "abcdefghjk");
        assert_eq!(PartnerCode::parse(" ABCDEFGHJK "), Some(code));
        assert_eq!(PartnerCode::parse("abcdefgh"), None, "a link's");
        assert_eq!(PartnerCode::parse("abcdefghi0"), None, "letters that look alike");
        assert_eq!(PartnerCode::draw(&[250; 40]), None);
    }

    #[test]
    fn handles_and_addresses_are_normalised() {
        assert_eq!(parse_handle(" @Jess_Styles "), Some("jess_styles".into()));
        assert_eq!(parse_handle("@"), None);
        assert_eq!(parse_handle("a b"), None);
        assert_eq!(normalise_email("Ana.B+shop@GoogleMail.com"), Some("anab@gmail.com".into()));
        assert_eq!(normalise_email("ana.b@example.com"), Some("ana.b@example.com".into()));
        assert_eq!(normalise_email("nobody"), None);
    }
}
