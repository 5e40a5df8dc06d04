//! What every object of the unified API has.

use std::collections::BTreeMap;

use domain::{
    UnixMs,
    metadata::{Details, Metadata},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What clients keep with an object, and when it came and changed.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct CommonBody {
    /// When it was created.
    #[schema(format = DateTime)]
    created: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated: String,
    /// False in the sandbox, where test keys work.
    livemode: bool,
    /// Your own id of it.
    external_id: Option<String>,
    /// Your notes.
    metadata: BTreeMap<String, String>,
    /// Whether it is archived.
    archived: bool,
}

impl CommonBody {
    /// Whether the object is a live one.
    pub(crate) const fn is_live(&self) -> bool {
        self.livemode
    }

    /// The common part of an object.
    pub(crate) fn new(created: UnixMs, object: &flow::api::Object<impl Sized>, is_live: bool) -> Self {
        let Details { external_id, metadata } = &object.details;
        Self {
            created: created.to_rfc3339(),
            updated: object.updated_at.to_rfc3339(),
            livemode: is_live,
            external_id: external_id.clone(),
            metadata: notes(metadata),
            archived: object.archived_at.is_some(),
        }
    }
}

/// Notes, as bodies have them.
pub(crate) fn notes(metadata: &Metadata) -> BTreeMap<String, String> {
    metadata.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Platforms.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of domain::link::Platform")]
pub(crate) enum PlatformName {
    Instagram,
    Tiktok,
    Youtube,
    X,
    Facebook,
    Linkedin,
}

/// Kinds of content.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of domain::link::ContentType")]
pub(crate) enum ContentTypeName {
    SponsoredPost,
    Story,
    Reel,
    Video,
    BioLink,
    Affiliate,
}
