//! Imports of creators from other tools' files: trying one out, doing it, and taking it back.

mod cells;
mod difference;
mod file;
mod known;
mod plan;
mod run;
mod sheet;
mod workbook;
mod workbook_bounds;

use domain::{CreatorId, EntryId, ImportId, import::Columns, metadata::Details, outbound::RemovalReason};
pub use file::{FileRow, ImportFile, KnownColumns, Reading};
use known::PlanRow;
use plan::{Context, Planner, failed, undone};
use run::payout_address_in_row;
use store::{
    api_requests::Written,
    commissions::Entry,
    imports::{ImportInput, ImportUndone, NewImport, NewImportRow, UndoImport},
    money_writes::Answered,
    outbound::NewEvents,
};
pub use store::{
    api_requests::{Answer, Claim},
    imports::{FailedImportRow as FailedRow, Import, ImportCounts, ImportFilter, ImportOutcome, ImportStatus},
    objects::Keyset,
};

use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::write::{CommonFields, Done, RowError, WriteError, details},
    job::{ImportRef, Job},
    outbound::{commissions::adjustment_events, draft::People},
    spreadsheet::text_cell,
    stage::Imports,
};

/// Rows of a preview that are planned together.
const PLANNED_AT_ONCE: usize = 500;
/// Rows that a preview shows.
pub const PREVIEWED_MAX: usize = 100;
/// Most creators that the refusal of an undo names.
const NAMED_MAX: usize = 5;
/// Wrong rows read at once.
const PAGE: i64 = 1_000;

/// What an import would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The columns of the file.
    pub columns: Columns,
    /// How many rows it has.
    pub rows_total: i64,
    /// How many would come out which way.
    pub counts: ImportCounts,
    /// The first [`PREVIEWED_MAX`] rows.
    pub rows: Vec<PreviewRow>,
}

/// What a row would do.
#[derive(Clone, Debug)]
pub struct PreviewRow {
    /// Its number in the file.
    pub number: i64,
    /// What would become of it.
    pub outcome: ImportOutcome,
    /// Whom it is about, if they exist already.
    pub creator: Option<CreatorId>,
    /// The creator's name and handle after it.
    pub named: Option<(String, String)>,
    /// What it would change.
    pub changes: Vec<&'static str>,
    /// What is wrong with it.
    pub faults: Vec<String>,
}

/// What became of an undo.
#[derive(Clone, Debug)]
pub enum Undone {
    /// It is taken back.
    Done(Done),
    /// It still runs.
    Running,
    /// Nothing was taken back: these creators were changed since, the first of them.
    Changed(Vec<CreatorId>),
}

impl Imports<'_> {
    /// Reads what a file's columns hold, for a person to correct.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` with what is wrong with the file or the mapping.
    pub async fn columns(
        self,
        merchant: &Merchant,
        bytes: &[u8],
        reading: &Reading,
    ) -> Result<KnownColumns, FlowError> {
        merchant.owner()?;
        let slot = self.import_slots.take().await;
        let (bytes, reading) = (bytes.to_vec(), reading.clone());
        let read = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            KnownColumns::read(&bytes, &reading)
        });
        Ok(read.await.unwrap_or_else(|_| Err(Invalid::one("the file cannot be read")))?)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks: files hold balances, and addresses by which creators sign in and are paid.
    /// `FlowError::Invalid` with what is wrong with the file or the mapping.
    pub async fn read(self, merchant: &Merchant, bytes: Vec<u8>, reading: Reading) -> Result<ImportFile, FlowError> {
        merchant.owner()?;
        let currency = merchant.brand().currency;
        let slot = self.import_slots.take().await;
        // The slot goes with the file: reading goes on if the caller is cancelled.
        let read = tokio::task::spawn_blocking(move || {
            ImportFile::read(&bytes, &reading, currency).map(|file| ImportFile { slot: Some(slot), ..file })
        });
        // A file on which the reader panics cannot be read.
        Ok(read.await.unwrap_or_else(|_| Err(Invalid::one("the file cannot be read")))?)
    }

    /// Refuses what a client could not keep with an import.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the external id or notes are wrong.
    pub fn check_kept(self, common: &CommonFields) -> Result<(), FlowError> {
        Ok(details(&Details::default(), common).map(drop)?)
    }

    /// What an import would do now. Stores nothing.
    ///
    /// # Errors
    /// `FlowError::Sealed` if a stored payout address cannot be opened.
    pub async fn preview(self, merchant: &Merchant, file: &ImportFile) -> Result<Preview, FlowError> {
        let mut planner = Planner::new(Context {
            flow: &self,
            brand: merchant.id(),
            source: file.columns.source,
            actor: merchant.actor(),
            import: None,
        });
        let (mut counts, mut rows) = (ImportCounts::default(), Vec::new());
        for some in file.rows.chunks(PLANNED_AT_ONCE) {
            let read: Vec<Result<PlanRow, (i64, Vec<String>)>> = some.iter().map(|row| self.plan_row(row)).collect();
            let known: Vec<PlanRow> = read.iter().flatten().cloned().collect();
            planner.load(&known).await?;
            for row in read {
                let planned = match row {
                    Ok(row) => planner.plan(&row)?,
                    Err((number, faults)) => failed(number, faults, None),
                };
                counts.add(planned.write.outcome);
                if rows.len() < PREVIEWED_MAX {
                    let is_there = planned.write.outcome != ImportOutcome::Created;
                    rows.push(PreviewRow {
                        number: planned.write.number,
                        outcome: planned.write.outcome,
                        creator: planned.write.creator.filter(|_| is_there),
                        named: planned.named,
                        changes: planned.changes,
                        faults: planned.write.faults,
                    });
                }
            }
        }
        Ok(Preview { columns: file.columns.clone(), rows_total: counts.total(), counts, rows })
    }

    fn plan_row(self, row: &FileRow) -> Result<PlanRow, (i64, Vec<String>)> {
        let creator = row.read.creator.clone().map_err(|faults| (row.number, faults))?;
        let payout_address = row.read.private.payout_address.clone();
        Ok(PlanRow { number: row.number, creator, email_hash: self.email_hash_of(row), payout_address })
    }

    fn email_hash_of(self, row: &FileRow) -> Option<String> {
        row.read.private.email.as_deref().and_then(|address| self.email_hash(address))
    }

    /// Stores an import, with what the client keeps with it, and queues its job. Addresses are stored hashed or sealed.
    ///
    /// # Errors
    /// `Invalid` if the external id or notes are wrong; `Taken` if another import has the external id; as every write of the
    /// unified API.
    pub async fn create(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        file: ImportFile,
        common: &CommonFields,
        render: &(dyn Fn(&Import, &Details) -> Option<Answer> + Send + Sync),
    ) -> Result<(ImportId, Done), WriteError> {
        let details = details(&Details::default(), common).map_err(RowError::Invalid)?;
        let ImportFile { columns, rows, slot: _slot } = file;
        let now = self.now();
        let reference = ImportRef { brand: merchant.id().clone(), import: ImportId::new(now.0, self.random()) };
        let rows: Vec<NewImportRow> = rows.into_iter().map(|row| self.new_row(&reference, row)).collect();
        let wrong = rows.iter().filter(|row| row.input.is_err()).count();
        let import = Import {
            id: reference.import.clone(),
            source: columns.source,
            status: ImportStatus::Queued,
            actor: merchant.actor().to_owned(),
            columns: columns.columns,
            rows_total: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            counts: ImportCounts { failed: i64::try_from(wrong).unwrap_or(i64::MAX), ..ImportCounts::default() },
            created_at: now,
            updated_at: now,
        };
        let answer = render(&import, &details).ok_or_else(|| FlowError::Unreadable("the answer".to_owned()))?;
        let audit = self.audit(merchant.actor(), "import.create", &import.id);
        let job = Job::RunImport(reference).at(now);
        let new = NewImport { import: &import, details: &details, rows: &rows, job: &job, audit: &audit };
        let written = self.store.create_import(merchant.id(), claim, &new, &answer).await.map_err(FlowError::from)?;
        match written {
            Written::Done(answer) => Ok((import.id, Done::Now(answer))),
            Written::Before(answer) => Ok((import.id, Done::Before(answer))),
            Written::OtherBody => Err(WriteError::KeyReused),
            Written::InProgress => Err(WriteError::InProgress),
            Written::Refused(fault) => Err(WriteError::Row(fault.into())),
        }
    }

    /// As [`Self::create`], from a page.
    ///
    /// # Errors
    /// A database error.
    pub async fn start(self, merchant: &Merchant, file: ImportFile) -> Result<ImportId, FlowError> {
        let (id, _) = self
            .create(merchant, None, file, &CommonFields::default(), &|_, _| Some(no_answer()))
            .await
            .map_err(page_error)?;
        Ok(id)
    }

    fn new_row(self, reference: &ImportRef, row: FileRow) -> NewImportRow {
        let email_hash = self.email_hash_of(&row);
        let FileRow { number, read, cells } = row;
        let location = payout_address_in_row(reference, number);
        let seal = |address: String| self.vault.seal(&location, address.as_bytes(), self.random());
        let input =
            read.creator.map(|creator| ImportInput { creator, payout_address: read.private.payout_address.map(seal) });
        NewImportRow { number, input, email_hash, cells }
    }

    /// Does the next rows of an import here, beside its job. Returns how it stands.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such import.
    pub async fn advance(self, merchant: &Merchant, id: &ImportId) -> Result<Import, FlowError> {
        let reference = ImportRef { brand: merchant.id().clone(), import: id.clone() };
        self.run_next_rows(&reference).await?;
        self.get(merchant, id.as_str()).await
    }

    /// One import.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such import.
    pub async fn get(self, merchant: &Merchant, id: &str) -> Result<Import, FlowError> {
        let id: ImportId = id.parse().map_err(|_| FlowError::NotFound("import"))?;
        self.store.import(merchant.id(), &id).await?.ok_or(FlowError::NotFound("import"))
    }

    /// A page of imports.
    pub async fn page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        filter: &ImportFilter,
    ) -> Result<Vec<Import>, FlowError> {
        Ok(self.store.imports_page(merchant.id(), keyset, filter).await?)
    }

    /// The wrong rows of an import as CSV: their number, what is wrong, and their cells, without e-mail addresses, payout
    /// addresses and passwords. Cells are forgotten 30 days after the import ended.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::NotFound` if there is no such import.
    pub async fn errors_csv(self, merchant: &Merchant, id: &str) -> Result<String, FlowError> {
        merchant.owner()?;
        let import = self.get(merchant, id).await?;
        let columns = Columns { source: import.source, columns: import.columns };
        let headers: Vec<String> = columns.shown_again().map(|(_, column)| column.header.clone()).collect();
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let mut write = |first: &str, second: &str, cells: &[String]| {
            let cells = (0..headers.len()).map(|index| cells.get(index).map_or("", String::as_str));
            writer.write_record([first, second].into_iter().chain(cells).map(text_cell))
        };
        let unwritten = |_| FlowError::Unreadable("the errors".to_owned());
        write("row", "error", &headers).map_err(unwritten)?;
        let mut after = 0;
        loop {
            let rows = self.store.failed_import_rows(merchant.id(), &import.id, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.number;
            for row in &rows {
                write(&row.number.to_string(), &row.faults.join("; "), &row.cells).map_err(unwritten)?;
            }
        }
        let bytes = writer.into_inner().unwrap_or_default();
        String::from_utf8(bytes).map_err(|_| FlowError::Unreadable("the errors".to_owned()))
    }

    /// The first [`PREVIEWED_MAX`] wrong rows of an import, as [`Self::errors_csv`] has them.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks.
    pub async fn failed_rows(self, merchant: &Merchant, import: &Import) -> Result<Vec<FailedRow>, FlowError> {
        merchant.owner()?;
        let most = i64::try_from(PREVIEWED_MAX).unwrap_or(i64::MAX);
        Ok(self.store.failed_import_rows(merchant.id(), &import.id, 0, most).await?)
    }

    /// Takes an import back, all of it or nothing. A repeat changes nothing.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; as every write of the unified API.
    pub async fn undo(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        import: &Import,
        render: &(dyn Fn(&Import) -> Option<Answer> + Send + Sync),
    ) -> Result<Undone, WriteError> {
        merchant.owner()?;
        let actor = merchant.actor();
        let answer = |outcome: &ImportUndone| match outcome {
            ImportUndone::Done(import) => render(import),
            _ => None,
        };
        let undo = UndoImport {
            at: self.now(),
            audit: self.audit(actor, "import.undo", &import.id),
            audit_of: &|action, creator| self.audit(actor, action, creator),
            reversal: &|entry| self.reversal(merchant, entry),
            events: &|now, then| self.creators().profile_events(merchant.id(), now, then),
            removed: &|creator| {
                self.creators().removal_events(merchant.id(), creator, RemovalReason::ImportUndone, None)
            },
            claim,
            answer: &answer,
        };
        let undone = self.store.undo_import(merchant.id(), &import.id, &undo).await.map_err(FlowError::from)?;
        match undone {
            Answered::Done(answer) => Ok(Undone::Done(Done::Now(answer))),
            Answered::Before(answer) => Ok(Undone::Done(Done::Before(answer))),
            Answered::OtherBody => Err(WriteError::KeyReused),
            Answered::InProgress => Err(WriteError::InProgress),
            Answered::Refused(ImportUndone::Running) => Ok(Undone::Running),
            Answered::Refused(ImportUndone::Changed(creators)) => Ok(Undone::Changed(creators)),
            Answered::Refused(ImportUndone::Missing) => Err(FlowError::NotFound("import").into()),
            Answered::Refused(ImportUndone::Done(_)) => Err(FlowError::Unreadable("the answer".to_owned()).into()),
        }
    }

    /// As [`Self::undo`], from a page.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::NotFound` if there is no such import; `FlowError::Invalid` if it
    /// still runs, or creators were changed since: it names the first few.
    pub async fn take_back(self, merchant: &Merchant, id: &str) -> Result<(), FlowError> {
        let import = self.get(merchant, id).await?;
        match self.undo(merchant, None, &import, &|_| Some(no_answer())).await.map_err(page_error)? {
            Undone::Done(_) => Ok(()),
            Undone::Running => Err(Invalid::one("the import still runs; undo it when it is done").into()),
            Undone::Changed(creators) => {
                let known = self.store.creators_of(merchant.id(), &creators).await?;
                let names: Vec<&str> = known.iter().map(|creator| creator.name.as_str()).take(NAMED_MAX).collect();
                let mut fault = "changed since the import, so nothing was undone".to_owned();
                if !names.is_empty() {
                    fault = format!("{fault}: {}", names.join(", "));
                }
                Err(Invalid::one(fault).into())
            }
        }
    }

    /// The entry that books one back.
    fn reversal(self, merchant: &Merchant, entry: &Entry) -> (Entry, NewEvents) {
        let now = self.now();
        let reversal = Entry {
            id: EntryId::new(now.0, self.random()),
            key: undone(&entry.key),
            amount_minor: -entry.amount_minor,
            reason: format!("{} taken back", entry.reason),
            actor: merchant.actor().to_owned(),
            created_at: now,
            payable_at: now,
            approved_at: Some(now),
            ..entry.clone()
        };
        let draft = self.outbound().draft(merchant.id());
        let events = adjustment_events(draft, &People::default(), &reversal);
        (reversal, events)
    }
}

/// The stored answer of a write that no client of the API repeats: there is none.
const fn no_answer() -> Answer {
    Answer { status: 200, body: String::new() }
}

/// The error of a write from a page. Pages send no idempotency key.
fn page_error(error: WriteError) -> FlowError {
    match error {
        WriteError::Flow(error) => error,
        other => Invalid::one(other.to_string()).into(),
    }
}
