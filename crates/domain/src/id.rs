//! Typed ids: a prefix for the kind of record, and 26 characters that sort by creation time.
//!
//! The text form follows `TypeID` (prefix, underscore, base32 of a `UUIDv7`): the prefix identifies a pasted id, and
//! the types keep ids of two kinds from being swapped in a call.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::UnixMs;

/// The last time that an id can hold: 48 bits of milliseconds.
pub const TIME_MAX: UnixMs = UnixMs(0xffff_ffff_ffff);

const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text is not an id of the expected kind, which the field names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {0} id")]
pub struct InvalidId(pub &'static str);

/// 26 characters of Crockford base32 for a `UUIDv7` (RFC 9562 §5.7) of the given Unix ms and random bytes.
fn suffix(at_ms: i64, random: [u8; 10]) -> String {
    let at = u128::from(at_ms.unsigned_abs() & TIME_MAX.0.unsigned_abs()) << 80;
    let tail = random.iter().fold(0u128, |all, byte| all << 8 | u128::from(*byte));
    let version_and_variant = 0x7000_8000_0000_0000_0000u128;
    let kept = 0x0fff_3fff_ffff_ffff_ffffu128;
    let value = at | (tail & kept) | version_and_variant;
    (0..26).map(|index| BASE32[(value >> (5 * (25 - index)) & 31) as usize] as char).collect()
}

/// The time in a suffix: its first ten characters are the 48 bits of the time after two zero bits.
fn time_of(suffix: &str) -> i64 {
    let digit = |letter: u8| BASE32.iter().position(|known| *known == letter).unwrap_or(0);
    suffix.bytes().take(10).fold(0, |all, letter| all << 5 | i64::try_from(digit(letter)).unwrap_or(0))
}

/// The smallest id with this prefix and time: a bound for ids, not an id of anything.
pub fn earliest(prefix: &str, at: UnixMs) -> String {
    format!("{prefix}_{}", suffix(at.0.clamp(0, TIME_MAX.0), [0; 10]))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The prefix, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Creates an id from a time (Unix ms) and ten random bytes.
            pub fn new(at_ms: i64, random: [u8; 10]) -> Self {
                Self(format!(concat!($prefix, "_{}"), suffix(at_ms, random)))
            }

            /// The text form.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The time in it: when it was created.
            pub fn created_at(&self) -> UnixMs {
                UnixMs(time_of(&self.0[concat!($prefix, "_").len()..]))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                let rest = text.strip_prefix(concat!($prefix, "_")).ok_or(InvalidId($prefix))?;
                let valid = rest.len() == 26 && rest.bytes().all(|byte| BASE32.contains(&byte));
                if valid { Ok(Self(text)) } else { Err(InvalidId($prefix)) }
            }
        }

        impl core::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A person who signs in by e-mail.
    AccountId = "acc";
    /// An answer to a post-purchase survey.
    AnswerId = "ans";
    /// A brand: the tenant.
    BrandId = "brd";
    /// A campaign of a brand.
    CampaignId = "cmp";
    /// One click on a tracking link.
    ClickId = "clk";
    /// A collab: a creator's collaboration with a brand.
    CollabId = "clb";
    /// A piece of content that a creator posted.
    ContentId = "cnt";
    /// A creator of a brand.
    CreatorId = "crt";
    /// A customer: the person to whom visitors, orders and e-mail hashes belong.
    CustomerId = "cus";
    /// An export of what is stored about a person.
    DataExportId = "dex";
    /// An entry of the commission ledger.
    EntryId = "led";
    /// A drop: products that a creator chose.
    DropId = "drp";
    /// One event from a storefront or a backend.
    EventId = "evt";
    /// An import of another tool's file.
    ImportId = "imp";
    /// A webhook delivery in the inbox.
    InboxId = "inb";
    /// An invitation to a brand.
    InvitationId = "inv";
    /// A tracking link.
    LinkId = "lnk";
    /// An event for other systems.
    MessageId = "msg";
    /// An order.
    OrderId = "ord";
    /// A payout batch.
    PayoutId = "pay";
    /// A product of a brand.
    ProductId = "prd";
    /// A revenue proof.
    ProofId = "prf";
    /// A creator's question about a sale.
    QuestionId = "qst";
    /// A commission rule.
    RuleId = "rul";
    /// A webhook endpoint.
    EndpointId = "whe";
    /// A request that the webhook tester received.
    TesterRequestId = "whr";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_parse_only_as_their_kind() {
        let early = LinkId::new(1_700_000_000_000, [0xff; 10]);
        let late = LinkId::new(1_700_000_000_001, [0; 10]);
        assert!(early < late);
        assert_eq!((early.created_at(), late.created_at()), (UnixMs(1_700_000_000_000), UnixMs(1_700_000_000_001)));
        assert!(earliest("lnk", early.created_at()).as_str() <= early.as_str());
        assert!(earliest("lnk", late.created_at()).as_str() > early.as_str());
        assert_eq!(early.as_str(), "lnk_01hf7yat00fzzvzzzzzzzzzzzz");
        assert!(early.as_str().parse::<LinkId>().is_ok());
        assert_eq!(early.as_str().parse::<OrderId>(), Err(InvalidId("ord")));
        assert!("lnk_01hf7yat00fzzvzzzzzzzzzzzu".parse::<LinkId>().is_err());
    }
}
