//! The creators whom the rows of a file may be about.

use std::collections::{BTreeMap, BTreeSet};

use domain::{CreatorId, import::ImportedCreator};
use store::imports::ImportCreator;

/// How many handles with a small number are tried for one name.
const NUMBERED_HANDLES: u32 = 9;

/// A row to plan.
#[derive(Clone)]
pub(super) struct PlanRow {
    /// Its number in the file.
    pub(super) number: i64,
    /// What it says.
    pub(super) creator: ImportedCreator,
    /// Keyed hash of the e-mail address.
    pub(super) email_hash: Option<String>,
    /// The PayPal address.
    pub(super) payout_address: Option<String>,
}

/// Creators by what they are known by.
#[derive(Default)]
pub(super) struct KnownCreators {
    creators: BTreeMap<CreatorId, ImportCreator>,
    by_external_id: BTreeMap<String, CreatorId>,
    by_email: BTreeMap<String, BTreeSet<CreatorId>>,
    by_handle: BTreeMap<String, CreatorId>,
}

impl KnownCreators {
    /// Adds a stored creator, unless they are known: what earlier rows made of them counts.
    pub(super) fn add(&mut self, creator: ImportCreator) {
        if !self.creators.contains_key(&creator.object.value.creator.id) {
            self.put(creator);
        }
    }

    /// Whether somebody has this handle.
    pub(super) fn has_handle(&self, handle: &str) -> bool {
        self.by_handle.contains_key(handle)
    }

    /// Puts a creator in the place of who they were.
    pub(super) fn put(&mut self, creator: ImportCreator) {
        let id = creator.object.value.creator.id.clone();
        if let Some(before) = self.creators.remove(&id) {
            self.by_handle.remove(&before.object.value.creator.handle);
            let hash = before.object.value.creator.email_hash.unwrap_or_default();
            if let Some(same) = self.by_email.get_mut(&hash) {
                same.remove(&id);
            }
        }
        for external_id in creator.object.details.external_id.iter().chain(&creator.merged_external_ids) {
            self.by_external_id.insert(external_id.clone(), id.clone());
        }
        if let Some(hash) = &creator.object.value.creator.email_hash {
            self.by_email.entry(hash.clone()).or_default().insert(id.clone());
        }
        self.by_handle.insert(creator.object.value.creator.handle.clone(), id.clone());
        self.creators.insert(id, creator);
    }

    /// Whom a row is about: the creator with its external id, else with its e-mail address, else with its handle. A handle
    /// that is made of the name counts only where nothing else tells people apart.
    pub(super) fn find(&self, row: &PlanRow) -> Result<Option<&ImportCreator>, String> {
        let creator = &row.creator;
        let by_id = creator.external_id.as_ref().and_then(|id| self.by_external_id.get(id));
        if let Some(id) = by_id {
            return Ok(self.creators.get(id));
        }
        if let Some(known) = row.email_hash.as_ref().and_then(|hash| self.by_email.get(hash)) {
            if known.len() > 1 {
                return Err("several creators have this e-mail address".to_owned());
            }
            if let Some(id) = known.first() {
                return Ok(self.creators.get(id));
            }
        }
        let is_told_apart = creator.external_id.is_some() || row.email_hash.is_some();
        if creator.handle.is_none() && is_told_apart {
            return Ok(None);
        }
        let by_handle = self.by_handle.get(&creator.preferred_handle()).and_then(|id| self.creators.get(id));
        Ok(by_handle.filter(|known| {
            let is_other =
                |mine: Option<&String>, theirs: Option<&String>| mine.is_some() && theirs.is_some() && mine != theirs;
            let theirs = &known.object;
            !is_other(creator.external_id.as_ref(), theirs.details.external_id.as_ref())
                && !is_other(row.email_hash.as_ref(), theirs.value.creator.email_hash.as_ref())
        }))
    }
}

/// The handles that a row's creator may have: the given one, or those made of the name.
pub(super) fn handles(said: &ImportedCreator) -> Vec<String> {
    let first = said.preferred_handle();
    if said.handle.is_some() {
        return vec![first];
    }
    let numbered = (2..=NUMBERED_HANDLES).map(|number| format!("{first}_{number}"));
    core::iter::once(first.clone()).chain(numbered).collect()
}
