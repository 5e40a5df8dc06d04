//! Creators through the unified API.

use domain::{
    CreatorId, UnixMs,
    creator::{Creator, CreatorStatus, PartnerCode, Profile, Social, parse_handle},
};
use store::{
    objects::{Change, CreatorProfile, Filter, Keyset, Object, ObjectKind},
    outbound::NewEvents,
};

use super::write::{Done, Intent, Render, Resource, WriteError};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::Claim,
    creator::{ALIASES_MAX, name},
    stage::Api,
};

/// Most socials of a creator.
const SOCIALS_MAX: usize = 20;
/// Longest notes on a creator.
pub const NOTES_CHARS_MAX: usize = 2_000;
/// Most tags of a creator.
const TAGS_MAX: usize = 50;

/// What a client may say about a creator. What is absent stays as it is; `Some(None)` removes it.
#[derive(Clone, Debug, Default)]
pub struct CreatorFields {
    /// Display name. Of a new creator, first and last name if absent.
    pub name: Option<String>,
    /// Handle, unique within the brand.
    pub handle: Option<String>,
    /// E-mail address; only its keyed hash is stored.
    pub email: Option<Option<String>>,
    /// First name.
    pub first_name: Option<Option<String>>,
    /// Last name.
    pub last_name: Option<Option<String>>,
    /// Other names.
    pub aliases: Option<Vec<String>>,
    /// Accounts elsewhere.
    pub socials: Option<Vec<Social>>,
    /// The tier.
    pub tier: Option<Option<String>>,
    /// Whether rules leave the tier as it is.
    pub is_tier_locked: Option<bool>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// The status.
    pub status: Option<CreatorStatus>,
    /// What the brand notes for itself. Pages only.
    pub notes: Option<Option<String>>,
    /// Whether the caller may change who signs in as the creator, and so where the creator's money goes. Without it, the
    /// e-mail address of a creator who has one, payout details or a balance cannot change.
    pub may_give_access: bool,
}

/// Applies an optional text that a client may set or remove.
fn set_text(target: &mut Option<String>, change: Option<&Option<String>>, field: &str, faults: &mut Vec<String>) {
    match change {
        None => {}
        Some(None) => *target = None,
        Some(Some(text)) => match name(text) {
            Some(text) => *target = Some(text),
            None => faults.push(format!("{field} must be 1 to 120 characters")),
        },
    }
}

fn set_list(target: &mut Vec<String>, change: Option<&Vec<String>>, field: &str, max: usize, faults: &mut Vec<String>) {
    let Some(texts) = change else { return };
    let named: Option<Vec<String>> = texts.iter().map(|text| name(text)).collect();
    match named.filter(|texts| texts.len() <= max) {
        Some(texts) => *target = texts,
        None => faults.push(format!("{field} must be at most {max}, of 1 to 120 characters each")),
    }
}

impl CreatorFields {
    /// The creator with what these fields say.
    pub(crate) fn apply(&self, api: Api<'_>, before: CreatorProfile) -> Result<CreatorProfile, Invalid> {
        let CreatorProfile { mut creator, mut profile } = before;
        let mut faults = Vec::new();
        set_text(&mut profile.first_name, self.first_name.as_ref(), "first_name", &mut faults);
        set_text(&mut profile.last_name, self.last_name.as_ref(), "last_name", &mut faults);
        let mut full_name = Some(creator.name.clone()).filter(|name| !name.is_empty());
        set_text(&mut full_name, self.name.clone().map(Some).as_ref(), "name", &mut faults);
        creator.name = full_name.or_else(|| profile.full_name()).unwrap_or_default();
        if creator.name.is_empty() && self.name.is_none() {
            faults.push("name is required, or first_name and last_name".to_owned());
        }
        if let Some(text) = &self.handle {
            match parse_handle(text) {
                Some(handle) => creator.handle = handle,
                None => faults.push("handle must be 1 to 64 letters, digits, dots, dashes or underscores".to_owned()),
            }
        } else if creator.handle.is_empty() {
            faults.push("handle is required".to_owned());
        }
        match &self.email {
            None => {}
            Some(None) => creator.email_hash = None,
            Some(Some(address)) => match api.email_hash(address) {
                Some(hash) => creator.email_hash = Some(hash),
                None => faults.push("email must be an address such as ana@example.com".to_owned()),
            },
        }
        set_list(&mut creator.aliases, self.aliases.as_ref(), "aliases", ALIASES_MAX, &mut faults);
        set_list(&mut profile.tags, self.tags.as_ref(), "tags", TAGS_MAX, &mut faults);
        self.set_socials(&mut profile, &mut faults);
        let mut tier = creator.tier.clone();
        set_text(&mut tier, self.tier.as_ref(), "tier", &mut faults);
        if creator.created_at < api.now() {
            creator.set_tier(tier, api.now());
        } else {
            creator.tier = tier;
        }
        if let Some(notes) = &self.notes {
            if notes.as_ref().is_some_and(|notes| notes.chars().count() > NOTES_CHARS_MAX) {
                faults.push(format!("notes must be at most {NOTES_CHARS_MAX} characters"));
            }
            profile.notes.clone_from(notes);
        }
        profile.is_tier_locked = self.is_tier_locked.unwrap_or(profile.is_tier_locked);
        if let Some(status) = self.status {
            profile.status = status;
        }
        if faults.is_empty() { Ok(CreatorProfile { creator, profile }) } else { Err(Invalid(faults)) }
    }

    fn set_socials(&self, profile: &mut Profile, faults: &mut Vec<String>) {
        let Some(socials) = &self.socials else { return };
        if socials.len() > SOCIALS_MAX || socials.iter().any(|social| parse_handle(&social.handle).is_none()) {
            faults.push(format!("socials must be at most {SOCIALS_MAX}, each with a handle of 1 to 64 characters"));
            return;
        }
        profile.socials.clone_from(socials);
    }
}

/// A new creator of whom nothing is known yet.
pub(crate) fn blank(api: Api<'_>) -> CreatorProfile {
    let now = api.now();
    let creator = Creator {
        id: CreatorId::new(now.0, api.random()),
        name: String::new(),
        handle: String::new(),
        email_hash: None,
        aliases: Vec::new(),
        tier: None,
        earlier_tiers: Vec::new(),
        partner_code: PartnerCode::draw(&api.random::<32>()),
        created_at: now,
    };
    CreatorProfile { creator, profile: Profile::default() }
}

#[async_trait::async_trait]
impl Resource for CreatorProfile {
    type Fields = CreatorFields;
    type Record = Self;

    const ACTIONS: [&'static str; 2] = ["creator.create", "creator.update"];
    const KIND: ObjectKind = ObjectKind::Creator;
    const NOUN: &'static str = "creator";

    async fn find(api: Api<'_>, merchant: &Merchant, id: &str) -> Result<Option<Object<Self>>, FlowError> {
        match id.parse::<CreatorId>() {
            Ok(id) => Ok(api.store.creator_object(merchant.id(), &id).await?),
            Err(_) => Ok(None),
        }
    }

    async fn new(api: Api<'_>, _merchant: &Merchant, fields: &CreatorFields) -> Result<Self, FlowError> {
        Ok(fields.apply(api, blank(api))?)
    }

    async fn changed(
        api: Api<'_>,
        merchant: &Merchant,
        before: &Object<Self>,
        fields: &CreatorFields,
    ) -> Result<Self, FlowError> {
        let after = fields.apply(api, before.value.clone())?;
        if !fields.may_give_access
            && after.creator.email_hash != before.value.creator.email_hash
            && api.creators().is_owners_to_give(merchant, &before.value.creator).await?
        {
            let fault = "email needs a key with the scope payouts:write: the creator has an e-mail address, payout details \
                         or a balance, and signs in with it";
            return Err(Invalid::one(fault).into());
        }
        Ok(after)
    }

    async fn events(
        api: Api<'_>,
        merchant: &Merchant,
        before: Option<&Object<Self>>,
        after: &Object<Self>,
    ) -> Result<NewEvents, FlowError> {
        let creators = api.creators();
        Ok(match before {
            None => creators.creation_events(merchant.id(), &after.value.creator),
            Some(before) => creators.profile_events(merchant.id(), before, after),
        })
    }

    fn create(value: Self) -> Change {
        Change::CreateCreator(value)
    }

    fn update(value: Self, read_at: UnixMs) -> Change {
        Change::UpdateCreator(value, read_at)
    }

    fn id(value: &Self) -> &str {
        value.creator.id.as_str()
    }

    fn created_at(value: &Self) -> UnixMs {
        value.creator.created_at
    }
}

impl Api<'_> {
    /// A page of creators.
    pub async fn creators_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        filter: &Filter,
    ) -> Result<Vec<Object<CreatorProfile>>, FlowError> {
        Ok(self.store.creators_page(merchant.id(), keyset, filter).await?)
    }

    /// One creator.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such creator, or they were erased.
    pub async fn creator(self, merchant: &Merchant, id: &str) -> Result<Object<CreatorProfile>, FlowError> {
        CreatorProfile::find(self, merchant, id).await?.ok_or(FlowError::NotFound("creator"))
    }

    /// Writes creators.
    ///
    /// # Errors
    /// What is wrong, if `render` gives no answer for it.
    pub async fn write_creators(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        intents: &[Result<Intent<CreatorFields>, Invalid>],
        render: Render<'_, CreatorProfile>,
    ) -> Result<Done, WriteError> {
        self.write::<CreatorProfile>(merchant, claim, intents, render).await
    }
}
