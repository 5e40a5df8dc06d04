//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::Choice;

/// A tracking link in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// Its id.
    pub id: String,
    /// The address to share.
    pub url: String,
    /// Destination URL.
    pub destination: String,
    /// Its creator.
    pub creator: String,
    /// Its campaign.
    pub campaign: String,
    /// Platform and content type.
    pub placement: String,
    /// Its promo code.
    pub promo_code: String,
    /// Whether revenue is shared.
    pub share_revenue: bool,
    /// When it was created.
    pub created_at: String,
}

/// The list of links, with the options of its filters and form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinksView {
    /// The links that match the filters.
    pub links: Vec<LinkView>,
    /// Whether the brand has no link at all.
    pub is_empty: bool,
    /// Creators by name.
    pub creators: Vec<Choice>,
    /// Campaigns by name.
    pub campaigns: Vec<Choice>,
    /// Platforms.
    pub platforms: Vec<Choice>,
    /// Content types.
    pub content_types: Vec<Choice>,
}
