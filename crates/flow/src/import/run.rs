//! The job of an import: does its rows, some at a time, and goes on where it stopped.

use domain::import::ImportedCreator;
use store::{
    StoreError,
    api_requests::RowFault,
    imports::{Import, ImportStatus, ImportWrite, WaitingImportRow},
};

use super::{
    known::PlanRow,
    plan::{Context, Planner, failed},
};
use crate::{
    FlowError,
    api::write::RowError,
    job::{ImportRef, Job},
    stage::Imports,
};

/// Rows of one transaction.
const ROWS_AT_ONCE: i64 = 100;
/// Transactions of one job, which must end well within its lease.
const BATCHES_PER_JOB: usize = 5;
/// How often a row is planned again because somebody else was faster.
const ATTEMPTS_MAX: usize = 3;

impl Imports<'_> {
    /// The job: does the next rows, and queues itself until none waits.
    pub(crate) async fn run_job(self, import: &ImportRef) -> Result<(), FlowError> {
        for _ in 0..BATCHES_PER_JOB {
            if !self.run_next_rows(import).await? {
                return Ok(());
            }
        }
        Ok(self.store.enqueue(&Job::RunImport(import.clone()).at(self.now())).await?)
    }

    /// Does the next rows. False if the import is done. One whose rows cannot be read is given up.
    pub(super) async fn run_next_rows(self, reference: &ImportRef) -> Result<bool, FlowError> {
        let Some(import) = self.store.import(&reference.brand, &reference.import).await? else { return Ok(false) };
        if !matches!(import.status, ImportStatus::Queued | ImportStatus::Running) {
            return Ok(false);
        }
        match self.do_next_rows(reference, &import).await {
            Err(FlowError::Store(StoreError::Corrupt { table, column })) => {
                tracing::error!(import = %import.id, table, column, "import given up");
                self.finish(reference, &import, ImportStatus::Failed).await?;
                Ok(false)
            }
            outcome => outcome,
        }
    }

    async fn do_next_rows(self, reference: &ImportRef, import: &Import) -> Result<bool, FlowError> {
        let waiting = self.store.waiting_import_rows(&reference.brand, &import.id, ROWS_AT_ONCE).await?;
        if waiting.is_empty() {
            self.finish(reference, import, ImportStatus::Done).await?;
            return Ok(false);
        }
        let (mut rows, mut writes) = (Vec::new(), Vec::new());
        for row in waiting {
            let number = row.number;
            match self.opened(reference, row) {
                Some(row) => rows.push(row),
                None => writes.push(failed(number, vec!["payout_address cannot be read again".to_owned()], None).write),
            }
        }
        self.write(reference, &writes).await?;
        let faults = self.plan_and_write(reference, import, &rows).await?;
        for (row, fault) in rows.iter().zip(faults) {
            if let Some(fault) = fault {
                self.do_alone(reference, import, row, fault).await?;
            }
        }
        Ok(true)
    }

    /// A row with its payout address; `None` if that cannot be opened.
    fn opened(self, reference: &ImportRef, row: WaitingImportRow) -> Option<PlanRow> {
        let location = payout_address_in_row(reference, row.number);
        let open = |sealed: Vec<u8>| String::from_utf8(self.vault.open(&location, &sealed).ok()?).ok();
        let payout_address = match row.input.payout_address {
            Some(sealed) => Some(open(sealed)?),
            None => None,
        };
        let creator: ImportedCreator = row.input.creator;
        Some(PlanRow { number: row.number, creator, email_hash: row.email_hash, payout_address })
    }

    async fn plan_and_write(
        self,
        reference: &ImportRef,
        import: &Import,
        rows: &[PlanRow],
    ) -> Result<Vec<Option<RowFault>>, FlowError> {
        let mut planner = Planner::new(Context {
            flow: &self,
            brand: &reference.brand,
            source: import.source,
            actor: &import.actor,
            import: Some(&import.id),
        });
        planner.load(rows).await?;
        let writes = rows.iter().map(|row| Ok(planner.plan(row)?.write)).collect::<Result<Vec<_>, FlowError>>()?;
        self.write(reference, &writes).await
    }

    async fn write(self, reference: &ImportRef, writes: &[ImportWrite]) -> Result<Vec<Option<RowFault>>, FlowError> {
        Ok(self.store.write_import_rows(&reference.brand, &reference.import, writes, self.now()).await?)
    }

    /// Plans a row again that somebody else was faster with, and in the end stores that it failed.
    async fn do_alone(
        self,
        reference: &ImportRef,
        import: &Import,
        row: &PlanRow,
        first: RowFault,
    ) -> Result<(), FlowError> {
        let mut last = first;
        for _ in 0..ATTEMPTS_MAX {
            match self.plan_and_write(reference, import, core::slice::from_ref(row)).await?.pop().flatten() {
                None => return Ok(()),
                Some(fault) => last = fault,
            }
        }
        let fault = RowError::from(last).to_string();
        self.write(reference, &[failed(row.number, vec![fault], None).write]).await?;
        Ok(())
    }

    async fn finish(self, reference: &ImportRef, import: &Import, status: ImportStatus) -> Result<(), FlowError> {
        let action = if status == ImportStatus::Done { "import.done" } else { "import.failed" };
        let entry = self.audit(&import.actor, action, &import.id);
        self.store.finish_import(&reference.brand, &import.id, status, self.now(), &entry).await?;
        Ok(())
    }
}

/// Where the payout address of a row that waits is sealed for.
pub(super) fn payout_address_in_row(reference: &ImportRef, number: i64) -> String {
    format!("import_rows/payout_address/{}/{number}", reference.import)
}
