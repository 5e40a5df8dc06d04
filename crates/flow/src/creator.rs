//! Creators and campaigns of a brand.

use domain::{
    BrandId, CreatorId,
    creator::{Creator, CreatorStatus, PartnerCode, parse_handle},
    outbound::{CreatorData, CreatorProfile, CreatorRemovalData, EventData, RemovalReason},
};
use store::{
    objects::{CreatorProfile as StoredProfile, Object},
    outbound::NewEvents,
};

use crate::{FlowError, Invalid, access::Merchant, job::Job, outbound::draft::Draft, stage::Creators};

/// Most aliases per creator.
pub(crate) const ALIASES_MAX: usize = 20;
/// Most socials, and most tags, that a profile gets by a merge.
pub(crate) const PROFILE_LIST_MAX: usize = 20;
/// Longest name, alias or tier, in characters.
const NAME_CHARS_MAX: usize = 120;

pub(crate) fn name(text: &str) -> Option<String> {
    let name: String = text.trim().to_owned();
    let is_valid = !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.contains(char::is_control);
    is_valid.then_some(name)
}

impl Creators<'_> {
    /// Adds a creator. The e-mail address, which may be empty, is stored only as a keyed hash, to detect the creator's
    /// own purchases.
    ///
    /// # Errors
    /// `FlowError::Invalid` with every fault of the form, or if the handle is taken.
    pub async fn create(
        self,
        merchant: &Merchant,
        full_name: &str,
        handle: &str,
        email: &str,
    ) -> Result<Creator, FlowError> {
        let mut faults = Vec::new();
        let full_name = name(full_name);
        if full_name.is_none() {
            faults.push("name must be 1 to 120 characters".to_owned());
        }
        let handle = parse_handle(handle);
        if handle.is_none() {
            faults.push("handle must be 1 to 64 letters, digits, dots, dashes or underscores".to_owned());
        }
        let email_hash = if email.trim().is_empty() {
            None
        } else {
            self.email_hash(email).or_else(|| {
                faults.push("e-mail must be an address such as ana@example.com".to_owned());
                None
            })
        };
        let (Some(name), Some(handle), true) = (full_name, handle, faults.is_empty()) else {
            return Err(Invalid(faults).into());
        };
        let now = self.now();
        let id = CreatorId::new(now.0, self.random());
        let creator = Creator {
            id,
            name,
            handle,
            email_hash,
            aliases: Vec::new(),
            tier: None,
            earlier_tiers: Vec::new(),
            partner_code: PartnerCode::draw(&self.random::<32>()),
            created_at: now,
        };
        let entry = self.audit(merchant.actor(), "creator.create", &creator.id);
        let events = self.creation_events(merchant.id(), &creator);
        self.store.create_creator(merchant.id(), &creator, &entry, &events).await?;
        Ok(creator)
    }

    pub(crate) fn creation_events(self, brand: &BrandId, creator: &Creator) -> NewEvents {
        let mut draft = self.outbound().draft(brand);
        let data = CreatorData { creator: CreatorProfile::from(creator), changed: Vec::new() };
        draft.add(&EventData::CreatorCreated(data), &creator.id, &creator.id);
        draft.into_events()
    }

    /// Finds a creator by name, ignoring case, or creates one; the handle is then the name with whitespace replaced by
    /// underscores.
    ///
    /// # Errors
    /// `FlowError::Invalid` if a new creator's name or handle is invalid, or the handle is taken.
    pub async fn find_or_create(self, merchant: &Merchant, full_name: &str) -> Result<Creator, FlowError> {
        let full_name = full_name.trim();
        let known = self.list(merchant).await?;
        if let Some(creator) = known.into_iter().find(|creator| creator.name.to_lowercase() == full_name.to_lowercase())
        {
            return Ok(creator);
        }
        let handle = full_name.replace(char::is_whitespace, "_");
        self.create(merchant, full_name, &handle, "").await
    }

    /// Replaces a creator's name, aliases and tier. `aliases` and `tier` may be empty.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the creator is not the brand's; `FlowError::Invalid` with every fault of the form.
    pub async fn update(
        self,
        merchant: &Merchant,
        id: &CreatorId,
        full_name: &str,
        aliases: &[String],
        tier: &str,
    ) -> Result<Creator, FlowError> {
        let before = self.get(merchant, id).await?;
        let mut faults = Vec::new();
        let full_name = name(full_name);
        if full_name.is_none() {
            faults.push("name must be 1 to 120 characters".to_owned());
        }
        let aliases: Vec<&str> = aliases.iter().map(|alias| alias.trim()).filter(|alias| !alias.is_empty()).collect();
        if aliases.len() > ALIASES_MAX || aliases.iter().any(|alias| name(alias).is_none()) {
            faults.push(format!("aliases must be at most {ALIASES_MAX}, of 1 to 120 characters each"));
        }
        let tier = tier.trim();
        if tier.chars().count() > NAME_CHARS_MAX {
            faults.push("tier must be at most 120 characters".to_owned());
        }
        let (Some(name), true) = (full_name, faults.is_empty()) else { return Err(Invalid(faults).into()) };
        let tier = (!tier.is_empty()).then(|| tier.to_owned());
        let seen = before.clone();
        let mut creator = Creator {
            name,
            aliases: aliases.into_iter().map(str::to_owned).collect(),
            // Creators from before partner codes existed get theirs now.
            partner_code: before.partner_code.clone().or_else(|| PartnerCode::draw(&self.random::<32>())),
            ..before
        };
        creator.set_tier(tier, self.now());
        let what = match &creator.tier {
            tier if *tier == seen.tier => creator.id.to_string(),
            Some(tier) => format!("{}: tier {tier}", creator.id),
            None => format!("{}: no tier", creator.id),
        };
        let entry = self.audit(merchant.actor(), "creator.update", what);
        let events = self.update_events(merchant.id(), &seen, &creator);
        if self.store.update_creator(merchant.id(), &creator, &entry, &events).await? {
            Ok(creator)
        } else {
            Err(FlowError::NotFound("creator"))
        }
    }

    /// The event of a creator's change, if others can see it.
    pub(crate) fn update_events(self, brand: &BrandId, before: &Creator, after: &Creator) -> NewEvents {
        let mut draft = self.outbound().draft(brand);
        add_update(&mut draft, after, changed_fields(before, after));
        draft.into_events()
    }

    /// The events of a change of a creator with their profile: `creator.updated`, and the first time that they become active,
    /// `creator.activated`.
    pub(crate) fn profile_events(
        self,
        brand: &BrandId,
        before: &Object<StoredProfile>,
        after: &Object<StoredProfile>,
    ) -> NewEvents {
        let (old, new) = (&before.value.profile, &after.value.profile);
        let creator = &after.value.creator;
        let mut changed = changed_fields(&before.value.creator, creator);
        let fields = [
            ("first_name", old.first_name != new.first_name),
            ("last_name", old.last_name != new.last_name),
            ("email", before.value.creator.email_hash != creator.email_hash),
            ("partner_code", before.value.creator.partner_code != creator.partner_code),
            ("socials", old.socials != new.socials),
            ("tags", old.tags != new.tags),
            ("status", old.status != new.status),
            ("tier_locked", old.is_tier_locked != new.is_tier_locked),
            ("external_id", before.details.external_id != after.details.external_id),
            ("metadata", before.details.metadata != after.details.metadata),
            ("archived", before.archived_at.is_some() != after.archived_at.is_some()),
        ];
        changed.extend(fields.into_iter().filter(|(_, is_changed)| *is_changed).map(|(name, _)| name));
        let mut draft = self.outbound().draft(brand);
        add_update(&mut draft, creator, changed);
        if old.status != CreatorStatus::Active && new.status == CreatorStatus::Active {
            let data = CreatorData { creator: CreatorProfile::from(creator), changed: Vec::new() };
            // As the first sign-in would say it: once.
            draft.add(&EventData::CreatorActivated(data), &creator.id, &creator.id);
        }
        draft.into_events()
    }

    /// The event `creator.removed`.
    pub(crate) fn removal_events(
        self,
        brand: &BrandId,
        creator: &CreatorId,
        reason: RemovalReason,
        merged_into: Option<&CreatorId>,
    ) -> NewEvents {
        let mut draft = self.outbound().draft(brand);
        let (creator_id, merged_into) = (creator.clone(), merged_into.cloned());
        let data = CreatorRemovalData { creator_id, reason, merged_into };
        draft.add(&EventData::CreatorRemoved(data), creator, creator);
        draft.into_events()
    }

    /// Erases a creator: name, handle, e-mail hash, aliases, partner code and payout address, the names that shoppers
    /// called them in surveys, sessions and sign-in links. Links, credits and the ledger stay. A repeat changes nothing.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::NotFound` if the creator is not the brand's.
    pub async fn erase(self, merchant: &Merchant, id: &CreatorId) -> Result<(), FlowError> {
        merchant.owner()?;
        let creator = self.get(merchant, id).await?;
        let entry = self.audit(merchant.actor(), "creator.erase", id);
        let scrub = Job::Scrub.at(self.now());
        let events = self.removal_events(merchant.id(), id, RemovalReason::Erased, None);
        if self.store.erase_creator(merchant.id(), id, self.now(), &entry, &events, &scrub).await? {
            if let Some(hash) = &creator.email_hash {
                self.accounts().forget_unused(Some(hash)).await?;
            }
            self.customers().scrub().await;
        }
        Ok(())
    }

    /// Whether a creator was erased.
    pub async fn is_erased(self, merchant: &Merchant, id: &CreatorId) -> Result<bool, FlowError> {
        Ok(self.store.creator_erased_at(merchant.id(), id).await?.is_some())
    }

    /// The brand's creators, sorted by name.
    pub async fn list(self, merchant: &Merchant) -> Result<Vec<Creator>, FlowError> {
        Ok(self.store.creators(merchant.id()).await?)
    }

    /// One creator of the brand.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the creator is not the brand's.
    pub async fn get(self, merchant: &Merchant, id: &CreatorId) -> Result<Creator, FlowError> {
        self.store.creator(merchant.id(), id).await?.ok_or(FlowError::NotFound("creator"))
    }
}

/// The fields of a creator that a change replaces.
fn changed_fields(before: &Creator, after: &Creator) -> Vec<&'static str> {
    let fields = [
        ("name", before.name != after.name),
        ("handle", before.handle != after.handle),
        ("aliases", before.aliases != after.aliases),
        ("tier", before.tier != after.tier),
    ];
    fields.into_iter().filter(|(_, is_changed)| *is_changed).map(|(name, _)| name).collect()
}

fn add_update(draft: &mut Draft, after: &Creator, changed: Vec<&'static str>) {
    if !changed.is_empty() {
        let data = CreatorData { creator: CreatorProfile::from(after), changed };
        let fact = format!("{}:{}", after.id, draft.next_id());
        draft.add(&EventData::CreatorUpdated(data), &after.id, fact);
    }
}
