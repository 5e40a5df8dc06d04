//! A file that was read: its columns, and what its rows say.

use std::collections::BTreeMap;

use domain::{
    Currency,
    import::{Columns, Field, RowRead, Source, read_row},
};

use super::sheet;
use crate::Invalid;

/// What a file says.
#[derive(Clone, Debug)]
pub struct ImportFile {
    /// Its columns.
    pub columns: Columns,
    /// Its rows.
    pub rows: Vec<FileRow>,
}

/// A row of a file.
#[derive(Clone, Debug)]
pub struct FileRow {
    /// Its number in the file.
    pub number: i64,
    /// What it says, or what is wrong with it.
    pub read: RowRead,
    /// Its cells that may be shown again, in the order of [`Columns::shown_again`].
    pub cells: Vec<String>,
}

/// How a file is to be read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The tool that wrote it; found out by its columns if `None`.
    pub source: Option<Source>,
    /// What columns hold, where the tool's names do not say it.
    pub mapping: BTreeMap<String, Field>,
}

impl ImportFile {
    /// Reads a file. `currency` is that of amounts without one.
    ///
    /// # Errors
    /// What is wrong with the file or the mapping. What is wrong with a row is kept with it.
    pub(super) fn read(bytes: &[u8], reading: &Reading, currency: Currency) -> Result<Self, Invalid> {
        let sheet = sheet::read(bytes)?;
        let columns = Columns::of(&sheet.headers, reading.source, &reading.mapping).map_err(Invalid)?;
        let shown: Vec<usize> = columns.shown_again().map(|(index, _)| index).collect();
        let rows = sheet.rows.into_iter().map(|(number, cells)| {
            let read = read_row(&columns, &cells, currency);
            let cell = |index: &usize| cells.get(*index).cloned().unwrap_or_default();
            FileRow { number, read, cells: shown.iter().map(cell).collect() }
        });
        let rows: Vec<FileRow> = rows.collect();
        if rows.is_empty() {
            return Err(Invalid::one("the file has no rows besides its columns' names"));
        }
        Ok(Self { columns, rows })
    }
}
