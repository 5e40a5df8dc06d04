//! A creator: a person whose links and codes earn credit.

use serde::{Deserialize, Serialize};

use crate::{CreatorId, UnixMs};

/// A creator in a brand's portfolio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creator {
    /// The creator's id.
    pub id: CreatorId,
    /// The name people read.
    pub name: String,
    /// The handle, without `@`, unique within the brand in any case.
    pub handle: String,
    /// Keyed hash of the normalised e-mail address, if the brand gave one: it finds the creator's own purchases.
    /// The address itself is not kept.
    #[serde(skip)]
    pub email_hash: Option<String>,
    /// Other names by which shoppers may call the creator.
    pub aliases: Vec<String>,
    /// The tier that commission rules may be about.
    pub tier: Option<String>,
    /// When the creator was added.
    pub created_at: UnixMs,
}

/// Reads a handle as people write it: `@` and surrounding space dropped. `None` when empty, longer than 64
/// characters, or with anything but letters, digits, `.`, `_` and `-`.
pub fn parse_handle(text: &str) -> Option<String> {
    let handle = text.trim().trim_start_matches('@');
    let valid = !handle.is_empty()
        && handle.chars().count() <= 64
        && handle.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-'));
    valid.then(|| handle.to_lowercase())
}

/// An e-mail address reduced to what makes two spellings one person: lower case, no `+tag`, and no dots before the
/// `@` where the provider ignores them (Gmail).
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
    fn handles_and_addresses_are_normalised() {
        assert_eq!(parse_handle(" @Jess_Styles "), Some("jess_styles".into()));
        assert_eq!(parse_handle("@"), None);
        assert_eq!(parse_handle("a b"), None);
        assert_eq!(normalise_email("Ana.B+shop@GoogleMail.com"), Some("anab@gmail.com".into()));
        assert_eq!(normalise_email("ana.b@example.com"), Some("ana.b@example.com".into()));
        assert_eq!(normalise_email("nobody"), None);
    }
}
