//! The ways in which a brand knows a customer, and what a browser may claim about one.
//!
//! Identities of one person are joined into one customer. Names and addresses are never stored in the clear: they are
//! HMAC-SHA256 under a key of the installation, as lower-case hex.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::CustomerId;

/// At most this many names and addresses are claimed by one visitor; more than that is not one person.
pub const CLAIMS_PER_VISITOR_MAX: i64 = 5;
/// Most claims an hour by visitors whose last touch was one creator's link.
pub const CLAIMS_PER_CREATOR_HOUR_MAX: i64 = 200;
/// Most claims an hour by a brand's visitors without a touch by any creator, such as customers who sign in.
pub const CLAIMS_WITHOUT_CREATOR_HOUR_MAX: i64 = 2_000;

/// One way in which a brand knows a customer. Its text form, such as `pv:0190…`, is what is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Identity {
    /// A visitor's `pv_id`, a UUID in lower case.
    Visitor(String),
    /// The seller's id of an order.
    Order(String),
    /// Keyed hash of the customer's name in the brand's own systems, as the brand's backend reported it.
    CustomerKey(String),
    /// Keyed hash of Shopify's customer id.
    ShopifyCustomer(String),
    /// Keyed hash of the normalised e-mail address.
    Email(String),
    /// Keyed hash of the SHA-256 of the e-mail address, reported by the shop or the brand's backend.
    EmailSha256(String),
    /// As [`Self::CustomerKey`], but a browser reported it: unverified.
    ClaimedKey(String),
    /// As [`Self::EmailSha256`], but a browser reported it: unverified.
    ClaimedEmail(String),
    /// The id of a customer who was merged into another one and is still found by it.
    MergedCustomer(CustomerId),
}

/// The text is not an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identity")]
pub struct InvalidIdentity;

impl Identity {
    /// The stored name of the kind: what stands before the colon, or `customer`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Visitor(_) => "pv",
            Self::Order(_) => "order",
            Self::CustomerKey(_) => "key",
            Self::ShopifyCustomer(_) => "shopify",
            Self::Email(_) => "email",
            Self::EmailSha256(_) => "mail",
            Self::ClaimedKey(_) => "claim",
            Self::ClaimedEmail(_) => "claim-mail",
            Self::MergedCustomer(_) => "customer",
        }
    }

    /// The `pv_id`, if this is a visitor.
    pub fn visitor(&self) -> Option<&str> {
        if let Self::Visitor(pv_id) = self { Some(pv_id) } else { None }
    }

    /// The seller's order id, if this is an order.
    pub fn order(&self) -> Option<&str> {
        if let Self::Order(external_id) = self { Some(external_id) } else { None }
    }

    /// The claim of the same name: of a customer whom a backend has named, else of this claim itself. An address that
    /// the shop knows gives none: addresses are widely known, so claims of them count only for brands that trust them.
    pub fn claim(&self) -> Option<Self> {
        match self {
            Self::CustomerKey(hash) | Self::ClaimedKey(hash) => Some(Self::ClaimedKey(hash.clone())),
            Self::ClaimedEmail(hash) => Some(Self::ClaimedEmail(hash.clone())),
            _ => None,
        }
    }

    /// What a backend or the shop would call the customer whom a browser claims to be; `None` if this is no claim.
    pub fn claimed(&self) -> Option<Self> {
        match self {
            Self::ClaimedKey(hash) => Some(Self::CustomerKey(hash.clone())),
            Self::ClaimedEmail(hash) => Some(Self::EmailSha256(hash.clone())),
            _ => None,
        }
    }

    /// Whether a browser claims this.
    pub const fn is_claim(&self) -> bool {
        matches!(self, Self::ClaimedKey(_) | Self::ClaimedEmail(_))
    }

    /// Whether this is a claimed name that the backend has given the customer of these identities itself.
    pub fn is_ended_by(&self, known: &[Self]) -> bool {
        match self {
            Self::ClaimedKey(hash) => known.contains(&Self::CustomerKey(hash.clone())),
            _ => false,
        }
    }

    /// Whether this names the customer in the brand's systems, verified or claimed.
    pub const fn is_customer_key(&self) -> bool {
        matches!(self, Self::CustomerKey(_) | Self::ClaimedKey(_))
    }

    /// Whether a browser's claims are limited by this: a name, or a claimed address.
    const fn limits_claims(&self) -> bool {
        matches!(self, Self::CustomerKey(_) | Self::ClaimedKey(_) | Self::ClaimedEmail(_))
    }
}

/// Whether a browser may add the `new` identities to a customer who is already known by `known`: at most one customer
/// key and one e-mail address each, and no further visitor once there is either.
pub fn may_claim<'a>(new: impl IntoIterator<Item = &'a Identity>, known: &[Identity]) -> bool {
    let has_key = known.iter().any(Identity::is_customer_key);
    let has_address = known.iter().any(|identity| matches!(identity, Identity::ClaimedEmail(_)));
    new.into_iter().all(|identity| match identity {
        Identity::CustomerKey(_) | Identity::ClaimedKey(_) => !has_key,
        Identity::ClaimedEmail(_) => !has_address,
        _ => !known.iter().any(Identity::limits_claims),
    })
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match self {
            Self::MergedCustomer(id) => return f.write_str(id.as_str()),
            Self::Visitor(value)
            | Self::Order(value)
            | Self::CustomerKey(value)
            | Self::ShopifyCustomer(value)
            | Self::Email(value)
            | Self::EmailSha256(value)
            | Self::ClaimedKey(value)
            | Self::ClaimedEmail(value) => value,
        };
        write!(f, "{}:{value}", self.kind())
    }
}

impl FromStr for Identity {
    type Err = InvalidIdentity;

    fn from_str(text: &str) -> Result<Self, InvalidIdentity> {
        let Some((kind, value)) = text.split_once(':') else {
            return text.parse().map(Self::MergedCustomer).map_err(|_| InvalidIdentity);
        };
        let value = value.to_owned();
        Ok(match kind {
            "pv" => Self::Visitor(value),
            "order" => Self::Order(value),
            "key" => Self::CustomerKey(value),
            "shopify" => Self::ShopifyCustomer(value),
            "email" => Self::Email(value),
            "mail" => Self::EmailSha256(value),
            "claim" => Self::ClaimedKey(value),
            "claim-mail" => Self::ClaimedEmail(value),
            _ => return Err(InvalidIdentity),
        })
    }
}

impl From<Identity> for String {
    fn from(identity: Identity) -> Self {
        identity.to_string()
    }
}

impl TryFrom<String> for Identity {
    type Error = InvalidIdentity;

    fn try_from(text: String) -> Result<Self, InvalidIdentity> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Identity> {
        let text = || "1:a".to_owned();
        vec![
            Identity::Visitor(text()),
            Identity::Order(text()),
            Identity::CustomerKey(text()),
            Identity::ShopifyCustomer(text()),
            Identity::Email(text()),
            Identity::EmailSha256(text()),
            Identity::ClaimedKey(text()),
            Identity::ClaimedEmail(text()),
            Identity::MergedCustomer(CustomerId::new(1, [7; 10])),
        ]
    }

    #[test]
    fn every_kind_survives_its_text_form() {
        for identity in all() {
            assert_eq!(identity.to_string().parse(), Ok(identity));
        }
        for text in ["", "pv", "unknown:1", "ord_1"] {
            assert_eq!(text.parse::<Identity>(), Err(InvalidIdentity), "{text}");
        }
    }

    #[test]
    fn a_browser_may_claim_one_key_and_one_address() {
        let visitor = |name: &str| Identity::Visitor(name.to_owned());
        let claim = |name: &str| Identity::ClaimedKey(name.to_owned());
        let address = |name: &str| Identity::ClaimedEmail(name.to_owned());
        assert!(may_claim(&[visitor("a"), claim("x"), address("m")], &[]));
        assert!(may_claim(&[address("m")], &[claim("x")]), "an address after a key");
        assert!(may_claim(&[claim("x")], &[address("m")]), "a key after an address");
        assert!(!may_claim(&[claim("y")], &[claim("x")]));
        assert!(!may_claim(&[claim("y")], &[Identity::CustomerKey("x".to_owned())]));
        assert!(!may_claim(&[address("n")], &[address("m")]));
        assert!(!may_claim(&[visitor("b")], &[claim("x")]), "another browser");
    }
}
