//! Fields of requests that change objects: absent stays, `null` removes, a value replaces.

use core::marker::PhantomData;
use std::collections::BTreeMap;

use domain::{
    creator::{CreatorStatus, Social},
    link::{ContentType, Platform},
};
use flow::api::write::CommonFields;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::http::body::{CurrencyCode, DateTime, Faults, FieldKind, Flag, Integer, LongText, PageUrl, Text};

/// Highest engagement rate, in per cent.
const ENGAGEMENT_MAX: f64 = 100.0;

/// One field of a change.
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
pub(crate) struct Patch<K: FieldKind> {
    read: Result<Option<Option<K::Value>>, String>,
    kind: PhantomData<K>,
}

impl<K: FieldKind> Default for Patch<K> {
    fn default() -> Self {
        Self { read: Ok(None), kind: PhantomData }
    }
}

impl<'de, K: FieldKind> Deserialize<'de> for Patch<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let read = if raw.get() == "null" { Ok(Some(None)) } else { K::read(raw.get()).map(Some) };
        Ok(Self { read, kind: PhantomData })
    }
}

impl<K: FieldKind> PartialSchema for Patch<K> {
    fn schema() -> RefOr<Schema> {
        K::Schema::schema()
    }
}

impl<K: FieldKind> ToSchema for Patch<K> {}

impl<K: FieldKind> Patch<K> {
    /// The change: `None` if the field is absent, `Some(None)` if it is to be removed. A wrong one adds its fault.
    #[expect(clippy::option_option, reason = "absent, null and a value are three things")]
    pub(crate) fn change(self, name: &str, faults: &mut Faults) -> Option<Option<K::Value>> {
        self.read.unwrap_or_else(|fault| {
            faults.push(format!("{name} {fault}"));
            None
        })
    }

    /// The new value, of a field that cannot be removed.
    pub(crate) fn value(self, name: &str, faults: &mut Faults) -> Option<K::Value> {
        match self.change(name, faults) {
            Some(None) => {
                faults.push(format!("{name} must not be null"));
                None
            }
            change => change.flatten(),
        }
    }
}

/// Most characters of a [`Line`].
const LINE_CHARS_MAX: usize = 512;

/// Text of one line. Its length is counted in characters, as the document does; what a field takes may be less.
pub(crate) struct Line;

impl FieldKind for Line {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        let text: String = serde_json::from_str(json).map_err(|_| "must be a string".to_owned())?;
        if text.chars().count() > LINE_CHARS_MAX {
            return Err(format!("must be at most {LINE_CHARS_MAX} characters"));
        }
        if text.contains('\0') {
            return Err("must not contain a NUL character".to_owned());
        }
        Ok(Some(text))
    }
}

/// A list of texts.
pub(crate) struct Texts;

impl FieldKind for Texts {
    type Schema = Vec<String>;
    type Value = Vec<String>;

    fn read(json: &str) -> Result<Option<Vec<String>>, String> {
        let texts: Vec<String> = serde_json::from_str(json).map_err(|_| "must be an array of strings".to_owned())?;
        if texts.iter().any(|text| text.contains('\0')) {
            return Err("must not contain a NUL character".to_owned());
        }
        Ok(Some(texts))
    }
}

/// Notes by name; those that are `null` are removed.
pub(crate) struct Notes;

impl FieldKind for Notes {
    type Schema = BTreeMap<String, String>;
    type Value = BTreeMap<String, Option<String>>;

    fn read(json: &str) -> Result<Option<Self::Value>, String> {
        serde_json::from_str(json).map(Some).map_err(|_| "must be an object of strings".to_owned())
    }
}

/// A value of a fixed set.
pub(crate) trait Choice: Sized {
    /// All names, as they are listed in messages.
    fn names() -> String;
    /// Reads a name.
    fn choose(name: &str) -> Option<Self>;
}

/// A field that holds a [`Choice`].
pub(crate) struct OneOf<T>(PhantomData<T>);

impl<T: Choice> FieldKind for OneOf<T> {
    type Schema = String;
    type Value = T;

    fn read(json: &str) -> Result<Option<T>, String> {
        let name = Text::read(json)?.unwrap_or_default();
        T::choose(&name).map(Some).ok_or_else(|| format!("must be one of {}", T::names()))
    }
}

impl Choice for Platform {
    fn names() -> String {
        Self::ALL.iter().map(|choice| choice.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn choose(name: &str) -> Option<Self> {
        Self::parse(name)
    }
}

impl Choice for ContentType {
    fn names() -> String {
        Self::ALL.iter().map(|choice| choice.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn choose(name: &str) -> Option<Self> {
        Self::parse(name)
    }
}

impl Choice for CreatorStatus {
    fn names() -> String {
        "invited, active, paused".to_owned()
    }

    fn choose(name: &str) -> Option<Self> {
        Self::parse(name)
    }
}

/// A creator's account on a platform.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SocialRequest {
    /// The platform.
    #[schema(value_type = crate::http::api::object::PlatformName)]
    platform: String,
    /// The handle there.
    #[schema(min_length = 1, max_length = 64)]
    handle: String,
    /// Followers.
    #[serde(default)]
    #[schema(minimum = 0)]
    followers: Option<u32>,
    /// Engagement rate in per cent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100, example = 3.2)]
    engagement_rate: Option<f64>,
}

/// Accounts on platforms.
pub(crate) struct Socials;

impl FieldKind for Socials {
    type Schema = Vec<SocialRequest>;
    type Value = Vec<Social>;

    fn read(json: &str) -> Result<Option<Vec<Social>>, String> {
        let socials: Vec<SocialRequest> = serde_json::from_str(json)
            .map_err(|_| "must be an array of {platform, handle, followers, engagement_rate}".to_owned())?;
        socials.into_iter().map(social).collect::<Result<Vec<_>, _>>().map(Some)
    }
}

fn social(request: SocialRequest) -> Result<Social, String> {
    let platform = Platform::parse(&request.platform)
        .ok_or_else(|| format!("platform must be one of {}", <Platform as Choice>::names()))?;
    let rate = request.engagement_rate.filter(|rate| (0.0..=ENGAGEMENT_MAX).contains(rate));
    if rate.is_none() && request.engagement_rate.is_some() {
        return Err("engagement_rate must be 0 to 100".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 0 to 10,000")]
    let engagement_rate_bp = rate.map(|rate| (rate * 100.0).round() as u32);
    Ok(Social { platform, handle: request.handle, followers: request.followers.map(u64::from), engagement_rate_bp })
}

// Names without type arguments, which the schema derive would ask a schema of.
pub(crate) type TextPatch = Patch<Line>;
pub(crate) type LongTextPatch = Patch<LongText>;
pub(crate) type IntegerPatch = Patch<Integer>;
pub(crate) type CurrencyPatch = Patch<CurrencyCode>;
pub(crate) type UrlPatch = Patch<PageUrl>;
pub(crate) type TextsPatch = Patch<Texts>;
pub(crate) type NotesPatch = Patch<Notes>;
pub(crate) type FlagPatch = Patch<Flag>;
pub(crate) type TimePatch = Patch<DateTime>;
pub(crate) type PlatformPatch = Patch<OneOf<Platform>>;
pub(crate) type ContentTypePatch = Patch<OneOf<ContentType>>;
pub(crate) type CreatorStatusPatch = Patch<OneOf<CreatorStatus>>;
pub(crate) type SocialsPatch = Patch<Socials>;

/// The fields that every object has.
pub(crate) fn common(
    external_id: TextPatch,
    metadata: NotesPatch,
    archived: FlagPatch,
    faults: &mut Faults,
) -> CommonFields {
    CommonFields {
        external_id: external_id.change("external_id", faults),
        metadata: metadata.change("metadata", faults).flatten().unwrap_or_default(),
        is_archived: archived.value("archived", faults),
    }
}
