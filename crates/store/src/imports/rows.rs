//! The rows of imports: what each says, what it does, and what was there before it.

use domain::{
    CreatorId, LinkId, UnixMs,
    creator::{Creator, Profile},
    import::ImportedCreator,
    link::Link,
    metadata::{Details, Metadata},
};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    audit::AuditEntry,
    commissions::Entry,
    objects::{CreatorProfile, Object, Write},
    outbound::NewEvents,
    row::{from_json, read_opt},
};

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum ImportOutcome {
    /// It added a creator.
    Created,
    /// It changed one.
    Updated,
    /// The creator is as it says.
    Unchanged,
    /// It is wrong.
    Failed,
}

impl ImportOutcome {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A row of a new import: to be done, or known to be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImportRow {
    /// Its number in the file.
    pub number: i64,
    /// What it says, or what is wrong with it.
    pub input: core::result::Result<ImportInput, Vec<String>>,
    /// Keyed hash of the e-mail address.
    pub email_hash: Option<String>,
    /// Its cells that may be shown again.
    pub cells: Vec<String>,
}

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportInput {
    /// The creator.
    pub creator: ImportedCreator,
    /// The PayPal address, sealed for this row.
    pub payout_address: Option<Vec<u8>>,
}

/// A row that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingImportRow {
    /// Its number in the file.
    pub number: i64,
    /// What it says.
    pub input: ImportInput,
    /// Keyed hash of the e-mail address.
    pub email_hash: Option<String>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct WaitingRow {
    pub number: i64,
    pub input: Option<String>,
    pub email_hash: Option<String>,
    pub payout_address: Option<Vec<u8>>,
}

impl WaitingRow {
    /// Converts the row. What an erasure has removed says nothing.
    pub fn read(self) -> Result<WaitingImportRow> {
        let creator = self.input.map(|text| from_json(&text, "import_rows", "input")).transpose()?.unwrap_or_default();
        let input = ImportInput { creator, payout_address: self.payout_address };
        Ok(WaitingImportRow { number: self.number, input, email_hash: self.email_hash })
    }
}

/// A wrong row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedImportRow {
    /// Its number in the file.
    pub number: i64,
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// Its cells that may be shown again; empty once they are erased.
    pub cells: Vec<String>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct FailedRow {
    pub number: i64,
    pub faults: Option<String>,
    pub cells: Option<String>,
}

impl FailedRow {
    /// Converts the row.
    pub fn read(self) -> Result<FailedImportRow> {
        let list = |text: Option<String>, column| match text {
            Some(text) => from_json(&text, "import_rows", column),
            None => Ok(Vec::new()),
        };
        let (faults, cells) = (list(self.faults, "faults")?, list(self.cells, "cells")?);
        Ok(FailedImportRow { number: self.number, faults, cells })
    }
}

/// A creator as they were before a row. Has no more of a person than the creator's own row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Who they were, if the row changed that.
    pub creator: Option<CreatorBefore>,
    /// The payout address, if the row changed it.
    pub payout_address: Option<PayoutBefore>,
    /// The direct link that the row replaced.
    pub link: Option<LinkId>,
}

/// A payout address before a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutBefore {
    /// The sealed address; `None` if there was none.
    pub sealed: Option<Vec<u8>>,
}

/// A creator before a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatorBefore {
    creator: Creator,
    email_hash: Option<String>,
    profile: Profile,
    external_id: Option<String>,
    metadata: Metadata,
    archived_at: Option<UnixMs>,
}

impl CreatorBefore {
    /// The image of a creator.
    pub fn of(object: &Object<CreatorProfile>) -> Self {
        let CreatorProfile { creator, profile } = object.value.clone();
        let Details { external_id, metadata } = object.details.clone();
        let (email_hash, archived_at) = (creator.email_hash.clone(), object.archived_at);
        Self { creator, email_hash, profile, external_id, metadata, archived_at }
    }

    /// Who they were.
    pub fn creator(&self) -> &Creator {
        &self.creator
    }

    /// The creator of the image, with what clients kept with them and when they were archived.
    pub fn into_parts(self) -> (CreatorProfile, Details, Option<UnixMs>) {
        let creator = Creator { email_hash: self.email_hash, ..self.creator };
        let details = Details { external_id: self.external_id, metadata: self.metadata };
        (CreatorProfile { creator, profile: self.profile }, details, self.archived_at)
    }
}

/// What a row does.
#[derive(Clone, Debug)]
pub struct ImportWrite {
    /// Its number in the file.
    pub number: i64,
    /// What becomes of it.
    pub outcome: ImportOutcome,
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// Whom it is about.
    pub creator: Option<CreatorId>,
    /// The creator that it adds or changes.
    pub write: Option<Write>,
    /// The direct link that it adds, in place of [`Before::link`].
    pub link: Option<Link>,
    /// The ledger entry that it adds.
    pub entry: Option<Entry>,
    /// The payout address that it sets, sealed for the creator.
    pub payout_address: Option<Vec<u8>>,
    /// The creator before it.
    pub before: Before,
    /// Entries of the audit log besides that of `write`.
    pub audits: Vec<AuditEntry>,
    /// Events for other systems besides those of `write`.
    pub events: NewEvents,
}

/// A row that was done, as it is taken back.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct DoneRow {
    pub number: i64,
    pub outcome: Option<String>,
    pub creator_id: Option<String>,
    pub before_image: Option<String>,
    pub written_at: Option<i64>,
    pub link_id: Option<String>,
    pub has_payout_address: bool,
}

/// A row that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneImportRow {
    /// Its number in the file.
    pub number: i64,
    /// Whether it added the creator.
    pub is_new: bool,
    /// Whom it was about.
    pub creator: CreatorId,
    /// The creator before it.
    pub before: Before,
    /// When the creator was changed by it.
    pub written_at: Option<UnixMs>,
    /// The direct link that it added.
    pub link: Option<LinkId>,
    /// Whether it set the payout address.
    pub has_payout_address: bool,
}

impl DoneRow {
    /// Converts the row; `None` if it was about nobody.
    pub fn read(self) -> Result<Option<DoneImportRow>> {
        let Some(creator) = read_opt(self.creator_id, "import_rows", "creator_id")? else { return Ok(None) };
        let before = self
            .before_image
            .map(|text| from_json(&text, "import_rows", "before_image"))
            .transpose()?
            .unwrap_or_default();
        Ok(Some(DoneImportRow {
            number: self.number,
            is_new: self.outcome.as_deref() == Some(ImportOutcome::Created.as_str()),
            creator,
            before,
            written_at: self.written_at.map(UnixMs),
            link: read_opt(self.link_id, "import_rows", "link_id")?,
            has_payout_address: self.has_payout_address,
        }))
    }
}
