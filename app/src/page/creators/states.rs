//! Where a creator's collaboration stands, in words.

use domain::creator::CreatorStatus;
use flow::creator_profile::{CreatorProfile, Object};
use leptos::prelude::*;

use crate::{component::chip, language::Message};

/// States to choose from.
pub(super) fn options() -> Vec<(String, String)> {
    [CreatorStatus::Active, CreatorStatus::Invited, CreatorStatus::Paused]
        .map(|status| (status.as_str().to_owned(), label(status).text()))
        .into()
}

/// A state's name.
pub(super) const fn label(status: CreatorStatus) -> Message {
    Message(match status {
        CreatorStatus::Active => "creators-state-active",
        CreatorStatus::Invited => "creators-state-invited",
        CreatorStatus::Paused => "creators-state-paused",
    })
}

/// A creator's state: "Archived", or where the collaboration stands.
pub(super) fn name_of(creator: &Object<CreatorProfile>) -> String {
    let name = match creator.archived_at {
        Some(_) => Message("creators-state-archived"),
        None => label(creator.value.profile.status),
    };
    name.text()
}

/// A creator's state as a chip.
pub(super) fn state_chip(creator: &Object<CreatorProfile>) -> AnyView {
    let tone = match creator.value.profile.status {
        _ if creator.archived_at.is_some() => "",
        CreatorStatus::Active => "good",
        CreatorStatus::Invited => "warning",
        CreatorStatus::Paused => "",
    };
    chip(name_of(creator), tone)
}
