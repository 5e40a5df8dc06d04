//! Where a creator's collaboration stands, in words.

use domain::creator::CreatorStatus;
use flow::creator_profile::{CreatorProfile, Object};
use leptos::prelude::*;

use crate::{
    component::chip,
    language::{Message, t},
};

/// States to choose from.
pub(super) fn options() -> Vec<(String, String)> {
    [CreatorStatus::Active, CreatorStatus::Invited, CreatorStatus::Paused]
        .map(|status| (status.as_str().to_owned(), label(status).text()))
        .into()
}

/// A state's name.
pub(super) const fn label(status: CreatorStatus) -> Message {
    Message(match status {
        CreatorStatus::Active => "creators-active",
        CreatorStatus::Invited => "creators-invited",
        CreatorStatus::Paused => "creators-paused",
    })
}

/// A creator's state: "Archived", or where the collaboration stands.
pub(super) fn name_of(creator: &Object<CreatorProfile>) -> String {
    if creator.archived_at.is_some() { t!("creators-archived") } else { label(creator.value.profile.status).text() }
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
