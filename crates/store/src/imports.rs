//! Imports of creators from other tools' files: their rows, what each did, and taking that back.

use domain::{
    BrandId, CreatorId, ImportId, LinkId, UnixMs,
    creator::{Creator, Profile},
    import::{Column, ImportedCreator, Source},
    link::Link,
    metadata::{Details, Metadata},
};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    api_requests::{Answer, Claim, RowFault, Written},
    audit::AuditEntry,
    commissions::Entry,
    jobs::NewJob,
    objects::{CreatorProfile, Keyset, Object, Write},
    row::{from_json, known, read, read_opt},
};

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum ImportStatus {
    /// No row is done that has to wait for its job.
    Queued,
    /// Some rows are done.
    Running,
    /// All rows are done.
    Done,
    /// What the rows did is taken back.
    Undone,
    /// It was given up; the rows that are done stay.
    Failed,
}

impl ImportStatus {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

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

/// How many rows came out which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Creators added.
    pub created: i64,
    /// Creators changed.
    pub updated: i64,
    /// Creators that were as the row says.
    pub unchanged: i64,
    /// Wrong rows.
    pub failed: i64,
}

impl ImportCounts {
    /// Counts a row.
    pub fn add(&mut self, outcome: ImportOutcome) {
        match outcome {
            ImportOutcome::Created => self.created += 1,
            ImportOutcome::Updated => self.updated += 1,
            ImportOutcome::Unchanged => self.unchanged += 1,
            ImportOutcome::Failed => self.failed += 1,
        }
    }

    /// All rows that are done.
    pub fn total(&self) -> i64 {
        self.created + self.updated + self.unchanged + self.failed
    }
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The tool that wrote the file.
    pub source: Source,
    /// Where it stands.
    pub status: ImportStatus,
    /// Who imports.
    pub actor: String,
    /// The columns of the file.
    pub columns: Vec<Column>,
    /// How many rows the file has.
    pub rows_total: i64,
    /// How many of them came out which way.
    pub counts: ImportCounts,
    /// When it was begun.
    pub created_at: UnixMs,
    /// When it last went on.
    pub updated_at: UnixMs,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ImportRow {
    pub id: String,
    pub source: String,
    pub status: String,
    pub actor: String,
    pub columns: String,
    pub rows_total: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub failed: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

impl ImportRow {
    /// Converts the row.
    pub fn read(self) -> Result<Import> {
        let (created, updated, unchanged, failed) = (self.created, self.updated, self.unchanged, self.failed);
        Ok(Import {
            id: read(self.id, "imports", "id")?,
            source: known(Source::parse(&self.source), "imports", "source")?,
            status: known(ImportStatus::parse(&self.status), "imports", "status")?,
            actor: self.actor,
            columns: from_json(&self.columns, "imports", "columns")?,
            rows_total: self.rows_total,
            counts: ImportCounts { created, updated, unchanged, failed },
            created_at: UnixMs(self.created_at),
            updated_at: UnixMs(self.updated_at),
        })
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

/// What the creators that rows may be about are known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportKeys {
    /// Ids of other tools.
    pub external_ids: Vec<String>,
    /// Keyed hashes of e-mail addresses.
    pub email_hashes: Vec<String>,
    /// Handles.
    pub handles: Vec<String>,
    /// Discount codes.
    pub codes: Vec<String>,
    /// Keys of ledger entries.
    pub entries: Vec<String>,
}

/// A creator's direct link that is not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectLink {
    /// The link.
    pub id: LinkId,
    /// The creator's own discount code.
    pub promo_code: Option<String>,
}

/// A creator whom a row may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportCreator {
    /// The creator.
    pub object: Object<CreatorProfile>,
    /// Their direct link.
    pub direct: Option<DirectLink>,
    /// Their sealed payout address.
    pub payout_address: Option<Vec<u8>>,
    /// The row of this import that was about them.
    pub row: Option<i64>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ImportCreatorRow {
    pub id: String,
    pub link_id: Option<String>,
    pub promo_code: Option<String>,
    pub payout_address: Option<Vec<u8>>,
    pub row: Option<i64>,
}

impl ImportCreatorRow {
    /// Converts the row, given the creator.
    pub fn read(self, object: Object<CreatorProfile>) -> Result<ImportCreator> {
        let link: Option<LinkId> = read_opt(self.link_id, "links", "id")?;
        let direct = link.map(|id| DirectLink { id, promo_code: self.promo_code });
        Ok(ImportCreator { object, direct, payout_address: self.payout_address, row: self.row })
    }
}

/// What [`ImportKeys`] find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportMatches {
    /// The creators.
    pub creators: Vec<ImportCreator>,
    /// Whose own the codes are.
    pub codes: Vec<(String, CreatorId)>,
    /// The ledger keys that exist.
    pub entries: Vec<String>,
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
}

/// How an import is taken back.
pub struct UndoImport<'a> {
    /// When.
    pub at: UnixMs,
    /// The import's own audit entry.
    pub audit: AuditEntry,
    /// The audit entry of a creator who is put back, archived or deleted: the action, and whom.
    pub audit_of: &'a (dyn Fn(&'static str, &CreatorId) -> AuditEntry + Send + Sync),
    /// The entry that books one of the import's back.
    pub reversal: &'a (dyn Fn(&Entry) -> Entry + Send + Sync),
}

/// What became of an undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportUndone {
    /// It is taken back.
    Done,
    /// It was taken back before.
    Before,
    /// It still runs.
    Running,
    /// Nothing was taken back: these creators were changed since, the first of them.
    Changed(Vec<CreatorId>),
}

/// How many changed creators [`ImportUndone::Changed`] names at most.
pub const CHANGED_NAMED_MAX: usize = 10;

/// Stores imports.
#[async_trait::async_trait]
pub trait ImportStore: Send + Sync {
    /// Adds an import with its rows, its job, its audit entry and the answer to the claim, in one transaction.
    async fn create_import(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        new: &NewImport<'_>,
        answer: &Answer,
    ) -> Result<Written>;
    /// An import.
    async fn import(&self, brand: &BrandId, id: &ImportId) -> Result<Option<Import>>;
    /// A page of imports.
    async fn imports_page(&self, brand: &BrandId, keyset: &Keyset) -> Result<Vec<Import>>;
    /// The next rows of an import that wait, by number.
    async fn waiting_import_rows(&self, brand: &BrandId, id: &ImportId, limit: i64) -> Result<Vec<WaitingImportRow>>;
    /// The wrong rows of an import after a number, by number.
    async fn failed_import_rows(
        &self,
        brand: &BrandId,
        id: &ImportId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<FailedImportRow>>;
    /// The creators, codes and ledger entries with these keys. `id` is the import whose rows count as
    /// [`ImportCreator::row`].
    async fn import_matches(&self, brand: &BrandId, id: Option<&ImportId>, keys: &ImportKeys) -> Result<ImportMatches>;
    /// Does rows, each wholly or not at all, and counts them. A row that is done already changes nothing. Returns why a
    /// row was not done: it waits on.
    async fn write_import_rows(
        &self,
        brand: &BrandId,
        id: &ImportId,
        rows: &[ImportWrite],
        at: UnixMs,
    ) -> Result<Vec<Option<RowFault>>>;
    /// Ends an import that is queued or running. False if it is neither.
    async fn finish_import(
        &self,
        brand: &BrandId,
        id: &ImportId,
        status: ImportStatus,
        at: UnixMs,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// Takes back what the rows of an import did, all of it or nothing: creators that it added are deleted, or archived if
    /// anything else refers to them; others are as they were before; ledger entries are booked back. `None` if there is no
    /// such import.
    async fn undo_import(&self, brand: &BrandId, id: &ImportId, undo: &UndoImport<'_>) -> Result<Option<ImportUndone>>;
    /// Forgets the cells of up to `limit` wrong rows of imports that ended before `before`. Returns how many.
    async fn forget_import_cells(&self, brand: &BrandId, before: UnixMs, limit: i64) -> Result<u64>;
}

/// An import to add.
#[derive(Clone, Copy, Debug)]
pub struct NewImport<'a> {
    /// The import; rows that are known to be wrong are counted.
    pub import: &'a Import,
    /// Its rows.
    pub rows: &'a [NewImportRow],
    /// The job that does them.
    pub job: &'a NewJob,
    /// Its audit entry.
    pub audit: &'a AuditEntry,
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
