//! People who sign in by e-mail, and what they may do.

use crate::{
    AccountId, BrandId, CreatorId, InvitationId, UnixMs, creator::normalise_email, language::Language, time::DAY_MS,
};

/// How long an invitation lasts, in ms.
pub const INVITATION_LIFE_MS: i64 = 7 * DAY_MS;
/// Longest e-mail address, in bytes (RFC 5321 §4.5.3.1.3, without the angle brackets).
const ADDRESS_BYTES_MAX: usize = 254;

/// What a person of a brand's team may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Everything.
    Owner,
    /// Everything but money paid out, the policy, keys, deleting and the team.
    Member,
}

impl Role {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// A person who signs in by e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The id.
    pub id: AccountId,
    /// Where sign-in links are sent.
    pub address: Address,
    /// The language of their last visit, for mails.
    pub language: Language,
}

/// Which mails a person wants. Mails to sign in and those that warn of a change always come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailChoices {
    /// That a brand answered a question.
    pub answers: bool,
    /// That a payout was paid.
    pub payouts: bool,
    /// That a creator asks a brand of which the person is an owner.
    pub questions: bool,
}

/// An e-mail address with the keyed hash by which it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub email: String,
    /// Keyed hash of the normalised address, as creators have it.
    pub hash: String,
}

/// As whom somebody is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invited {
    /// To the team.
    Team(Role),
    /// As this creator.
    Creator(CreatorId),
}

impl Invited {
    /// The role, if it is one of the team's.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Team(role) => Some(*role),
            Self::Creator(_) => None,
        }
    }

    /// The creator, if one is invited.
    pub fn creator(&self) -> Option<&CreatorId> {
        match self {
            Self::Team(_) => None,
            Self::Creator(creator) => Some(creator),
        }
    }
}

/// An invitation that is not accepted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The id.
    pub id: InvitationId,
    /// Who is invited.
    pub address: Address,
    /// As whom.
    pub invited: Invited,
    /// When it was made.
    pub created_at: UnixMs,
    /// Until when it can be accepted (exclusive).
    pub expires_at: UnixMs,
    /// When its mail was sent.
    pub sent_at: Option<UnixMs>,
    /// Whether an owner made it. One by a member gives nobody an account that only owners may give away.
    pub is_by_owner: bool,
}

/// Where a session is: in a brand's team, or as one of its creators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The brand.
    pub brand: BrandId,
    /// The creator; absent in the team.
    pub creator: Option<CreatorId>,
}

/// The address in a form's text, in lower case; `None` if nothing can be sent there.
pub fn parse_address(text: &str) -> Option<String> {
    let address = text.trim().to_lowercase();
    let (local, host) = address.rsplit_once('@')?;
    let is_plain = |letter: char| !letter.is_whitespace() && !letter.is_control() && !"<>(),;:\\\"[]@".contains(letter);
    let is_address = address.len() <= ADDRESS_BYTES_MAX
        && local.chars().all(is_plain)
        && host.chars().all(is_plain)
        && host.split('.').all(|label| !label.is_empty())
        && normalise_email(&address).is_some();
    is_address.then_some(address)
}

/// Where mail to an address goes: in lower case and, but for Gmail, without a `+tag`. Addresses that compare equal (as
/// [`normalise_email`] has it) are one account, so its mails must reach one mailbox whoever typed which spelling: else who
/// has `ana+x@example.com`, on a host where that is another person's, could enter the account of `ana@example.com`. Gmail
/// itself delivers all spellings to one mailbox. `None` as [`parse_address`].
pub fn mailbox(text: &str) -> Option<String> {
    let address = parse_address(text)?;
    let same = normalise_email(&address)?;
    Some(if same.ends_with("@gmail.com") { address } else { same })
}

/// What kind of browser a session is in, in words such as "Firefox on Windows". Says little on purpose: it is to be
/// recognised by the person, not to identify the machine.
pub fn browser_name(browser: &str, system: &str) -> String {
    match (browser.trim(), system.trim()) {
        ("", "") => "Unknown browser".to_owned(),
        (browser, "") => browser.to_owned(),
        ("", system) => system.to_owned(),
        (browser, system) => format!("{browser} on {system}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_to_which_mail_can_be_sent() {
        assert_eq!(parse_address(" Ana.B+shop@Example.com "), Some("ana.b+shop@example.com".to_owned()));
        for text in ["", "ana", "ana@", "@example.com", "ana@example", "a b@example.com", "ana@example.com, b@c.de"] {
            assert_eq!(parse_address(text), None, "{text}");
        }
        for text in ["a@b@c.de", "a@b..c", "Ana <ana@b.de>", "ana@b.de\r\nbcc:x@y.de", "+tag@b.de"] {
            assert_eq!(parse_address(text), None, "{text}");
        }
        assert_eq!(parse_address(&format!("{}@example.com", "a".repeat(243))), None, "255 bytes");
    }

    #[test]
    fn roles_survive_storage() {
        for role in [Role::Owner, Role::Member] {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
    }
}
