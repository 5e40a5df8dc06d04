//! Imports of creators from other tools' files: their rows, what each did, and taking that back.

mod rows;

use domain::{
    BrandId, CreatorId, ImportId, LinkId, UnixMs,
    import::{Column, Source},
    metadata::Details,
};
pub use rows::{
    Before, CreatorBefore, DoneImportRow, DoneRow, FailedImportRow, FailedRow, ImportInput, ImportOutcome, ImportWrite,
    NewImportRow, PayoutBefore, WaitingImportRow, WaitingRow,
};

use crate::{
    Result,
    api_requests::{Answer, Claim, RowFault, Written},
    audit::AuditEntry,
    commissions::Entry,
    jobs::NewJob,
    money_writes::{AnswerOf, Answered},
    objects::{CreatorProfile, Keyset, Object, Span},
    outbound::NewEvents,
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

/// Which imports are in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportFilter {
    /// Where they stand.
    pub status: Option<ImportStatus>,
    /// When they last went on.
    pub updated: Span,
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
    /// External ids of creators who were merged into them.
    pub merged_external_ids: Vec<String>,
    /// Their direct link.
    pub direct: Option<DirectLink>,
    /// Their sealed payout address.
    pub payout_address: Option<Vec<u8>>,
    /// Whether they set themselves how they are paid: then an import leaves it.
    pub sets_own_payout: bool,
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
    pub sets_own_payout: bool,
    pub row: Option<i64>,
}

impl ImportCreatorRow {
    /// Converts the row, given the creator and the external ids of those who were merged into them.
    pub fn read(self, object: Object<CreatorProfile>, merged_external_ids: Vec<String>) -> Result<ImportCreator> {
        let link: Option<LinkId> = read_opt(self.link_id, "links", "id")?;
        let direct = link.map(|id| DirectLink { id, promo_code: self.promo_code });
        Ok(ImportCreator {
            object,
            merged_external_ids,
            direct,
            payout_address: self.payout_address,
            sets_own_payout: self.sets_own_payout,
            row: self.row,
        })
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

/// How an import is taken back.
pub struct UndoImport<'a> {
    /// When.
    pub at: UnixMs,
    /// The import's own audit entry.
    pub audit: AuditEntry,
    /// The audit entry of a creator who is put back, archived or deleted: the action, and whom.
    pub audit_of: &'a (dyn Fn(&'static str, &CreatorId) -> AuditEntry + Send + Sync),
    /// The entry that books one of the import's back, with its events for other systems.
    pub reversal: &'a (dyn Fn(&Entry) -> (Entry, NewEvents) + Send + Sync),
    /// What it answers.
    pub claim: Option<&'a Claim>,
    /// The answer to the outcome, which is stored with the undo; `None` if nothing is to be done.
    pub answer: AnswerOf<'a, ImportUndone>,
    /// The events of a creator who is put back or archived: from how they are, to how they will be.
    pub events: &'a (dyn Fn(&Object<CreatorProfile>, &Object<CreatorProfile>) -> NewEvents + Send + Sync),
    /// The events of a creator who is deleted.
    pub removed: &'a (dyn Fn(&CreatorId) -> NewEvents + Send + Sync),
}

/// What became of an undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportUndone {
    /// It is taken back, now or before.
    Done(Box<Import>),
    /// There is no such import.
    Missing,
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
    async fn imports_page(&self, brand: &BrandId, keyset: &Keyset, filter: &ImportFilter) -> Result<Vec<Import>>;
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
    /// anything else refers to them; others are as they were before; ledger entries are booked back. A repeat changes
    /// nothing.
    async fn undo_import(
        &self,
        brand: &BrandId,
        id: &ImportId,
        undo: &UndoImport<'_>,
    ) -> Result<Answered<ImportUndone>>;
    /// Forgets the cells of up to `limit` wrong rows of imports that ended before `before`. Returns how many.
    async fn forget_import_cells(&self, brand: &BrandId, before: UnixMs, limit: i64) -> Result<u64>;
}

/// An import to add.
#[derive(Clone, Copy, Debug)]
pub struct NewImport<'a> {
    /// The import; rows that are known to be wrong are counted.
    pub import: &'a Import,
    /// What clients keep with it.
    pub details: &'a Details,
    /// Its rows.
    pub rows: &'a [NewImportRow],
    /// The job that does them.
    pub job: &'a NewJob,
    /// Its audit entry.
    pub audit: &'a AuditEntry,
}
