//! What a row makes of a creator who is there.

use domain::{creator::Social, import::ImportedCreator, metadata::Details};
use store::objects::{CreatorProfile, Object};

/// Tags with those that a row names.
pub(super) fn joined(known: &[String], said: &[String]) -> Vec<String> {
    let new = said.iter().filter(|tag| !known.contains(tag));
    known.iter().chain(new).cloned().collect()
}

/// Accounts with those that a row names.
pub(super) fn with_socials(known: &[Social], said: &ImportedCreator) -> Vec<Social> {
    let mut socials = known.to_vec();
    for (platform, handle) in &said.socials {
        match socials.iter_mut().find(|social| social.platform == *platform) {
            Some(social) => social.handle.clone_from(handle),
            None => socials.push(Social {
                platform: *platform,
                handle: handle.clone(),
                followers: None,
                engagement_rate_bp: None,
            }),
        }
    }
    socials
}

/// What is another than before.
pub(super) fn changes(before: &Object<CreatorProfile>, after: &CreatorProfile, details: &Details) -> Vec<&'static str> {
    let CreatorProfile { creator, profile } = &before.value;
    [
        ("name", creator.name != after.creator.name),
        ("first_name", profile.first_name != after.profile.first_name),
        ("last_name", profile.last_name != after.profile.last_name),
        ("handle", creator.handle != after.creator.handle),
        ("email", creator.email_hash != after.creator.email_hash),
        ("external_id", before.details != *details),
        ("tier", creator.tier != after.creator.tier),
        ("tags", profile.tags != after.profile.tags),
        ("socials", profile.socials != after.profile.socials),
        ("status", profile.status != after.profile.status),
    ]
    .into_iter()
    .filter_map(|(name, is_changed)| is_changed.then_some(name))
    .collect()
}
