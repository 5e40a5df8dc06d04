//! What columns may hold, and the tools whose columns are known.

use serde::{Deserialize, Serialize};

use crate::{link::Platform, scope::Scope};

/// The tool that wrote a file.
#[derive(
    Clone,
    Copy,
    Debug,
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
pub enum Source {
    /// `UpPromote`.
    #[serde(rename = "uppromote")]
    #[strum(serialize = "uppromote")]
    UpPromote,
    /// Refersion.
    Refersion,
    /// `GoAffPro`.
    #[serde(rename = "goaffpro")]
    #[strum(serialize = "goaffpro")]
    GoAffPro,
    /// Rewardful.
    Rewardful,
    /// Dub.
    Dub,
    /// Social Snowball.
    SocialSnowball,
    /// Shopify Collabs.
    ShopifyCollabs,
    /// Any other.
    Generic,
}

impl Source {
    /// All of them.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in the API and the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What the tool calls itself; `None` of any other tool.
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::UpPromote => Some("UpPromote"),
            Self::Refersion => Some("Refersion"),
            Self::GoAffPro => Some("GoAffPro"),
            Self::Rewardful => Some("Rewardful"),
            Self::Dub => Some("Dub"),
            Self::SocialSnowball => Some("Social Snowball"),
            Self::ShopifyCollabs => Some("Shopify Collabs"),
            Self::Generic => None,
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// The display name.
    Name,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The e-mail address, of which only a hash is kept.
    Email,
    /// The handle with the brand.
    Handle,
    /// The creator's own discount code.
    Code,
    /// The other tool's id of the creator.
    ExternalId,
    /// The tier.
    Tier,
    /// Tags, separated by commas, semicolons or bars.
    Tags,
    /// Where the collaboration stands.
    Status,
    /// What the creator is owed.
    Balance,
    /// The currency of the balance.
    Currency,
    /// The PayPal address.
    PayoutAddress,
    /// An account on a platform.
    Social(Platform),
    /// A password, which is dropped.
    Password,
    /// Nothing that is wanted.
    Ignored,
}

impl Field {
    const NAMED: [(Self, &'static str); 15] = [
        (Self::Name, "name"),
        (Self::FirstName, "first_name"),
        (Self::LastName, "last_name"),
        (Self::Email, "email"),
        (Self::Handle, "handle"),
        (Self::Code, "code"),
        (Self::ExternalId, "external_id"),
        (Self::Tier, "tier"),
        (Self::Tags, "tags"),
        (Self::Status, "status"),
        (Self::Balance, "balance"),
        (Self::Currency, "currency"),
        (Self::PayoutAddress, "payout_address"),
        (Self::Password, "password"),
        (Self::Ignored, "ignore"),
    ];

    /// The name in mappings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Social(platform) => platform.as_str(),
            other => Self::NAMED.iter().find(|(field, _)| *field == other).map_or("", |(_, name)| name),
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        let named = Self::NAMED.iter().find(|(_, known)| *known == name).map(|(field, _)| *field);
        named.or_else(|| Platform::parse(name).map(Self::Social))
    }

    /// All that a mapping may name.
    pub fn mappable() -> impl Iterator<Item = Self> {
        let named = Self::NAMED.iter().map(|(field, _)| *field).filter(|field| *field != Self::Password);
        named.chain(Platform::ALL.iter().map(|platform| Self::Social(*platform)))
    }

    /// All names that a mapping may use, for messages.
    pub fn names() -> String {
        Self::mappable().map(Self::as_str).collect::<Vec<_>>().join(", ")
    }

    /// Whether what it holds may be kept as it was written, to be shown again with what is wrong with it.
    pub fn may_be_shown_again(self) -> bool {
        !matches!(self, Self::Email | Self::PayoutAddress | Self::Password | Self::Ignored)
    }

    /// Whether anything is read from such a column.
    pub fn is_read(self) -> bool {
        !matches!(self, Self::Password | Self::Ignored)
    }

    /// The resource of the API that such a column writes, besides creators.
    fn written(self) -> Option<&'static str> {
        match self {
            Self::Code => Some("links"),
            Self::Balance => Some("commissions"),
            // Who has the e-mail address signs in as the creator, and can change how they are paid.
            Self::PayoutAddress | Self::Email => Some("payouts"),
            _ => None,
        }
    }

    /// What a key must be allowed to write that imports these columns: no less than if it wrote it all by itself.
    pub fn scopes(fields: impl IntoIterator<Item = Self>) -> Vec<Scope> {
        let resources = fields.into_iter().filter_map(Self::written);
        core::iter::once("creators").chain(resources).filter_map(Scope::write).collect()
    }

    /// Whether it can name a new creator.
    pub(super) fn is_name(self) -> bool {
        matches!(self, Self::Name | Self::FirstName | Self::LastName | Self::Handle | Self::Code)
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.as_str().to_owned()
    }
}

impl TryFrom<String> for Field {
    type Error = UnknownField;

    fn try_from(name: String) -> Result<Self, UnknownField> {
        Self::parse(&name).ok_or(UnknownField)
    }
}

/// The text is no field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a field of an import")]
pub struct UnknownField;
