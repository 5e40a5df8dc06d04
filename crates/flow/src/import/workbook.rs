//! Reading the first sheet of an .xlsx workbook.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use domain::import::COLUMNS_MAX;

use super::{
    cells::{TakeRow, cell_text, give, too_many_columns},
    workbook_bounds::{self, unreadable},
};
use crate::Invalid;

/// Reads a workbook, cell by cell: a table of all that lies between two distant cells would not fit into memory.
///
/// # Errors
/// What is wrong with it, or what `take` says.
pub(super) fn read(bytes: &[u8], take: TakeRow<'_>) -> Result<(), Invalid> {
    workbook_bounds::check(bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let name = workbook.sheet_names().into_iter().next().ok_or_else(|| Invalid::one("the file is empty"))?;
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
    let (mut current, mut row) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (index, column) = cell.get_position();
        if index < current {
            // One row in two places would be two with one number.
            return Err(Invalid::one("the rows of the file are out of order; save it again"));
        }
        if index > current {
            give(take, i64::from(current) + 1, core::mem::take(&mut row))?;
            current = index;
        }
        put(&mut row, usize::try_from(column).unwrap_or(usize::MAX), text_in(cell.get_value()))?;
    }
    give(take, i64::from(current) + 1, row)
}

fn put(row: &mut Vec<String>, column: usize, text: String) -> Result<(), Invalid> {
    if text.is_empty() {
        return Ok(());
    }
    if column >= COLUMNS_MAX {
        return Err(too_many_columns());
    }
    if row.len() <= column {
        row.resize(column + 1, String::new());
    }
    row[column] = text;
    Ok(())
}

/// A cell as text. Formulas are what they were last computed to.
fn text_in(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => cell_text(text),
        DataRef::SharedString(text) => cell_text(text),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(time) => date_text(time),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn date_text(time: &ExcelDateTime) -> String {
    if !time.is_datetime() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }
}
