//! The cells of a row, as far as they are read.

use domain::import::COLUMNS_MAX;

use crate::Invalid;

/// Longest cell that is read, in bytes.
pub(super) const CELL_BYTES_MAX: usize = 8 * 1024;

/// Takes the rows that are not blank, one after the other, with their numbers in the file, which grow.
pub(super) type TakeRow<'a> = &'a mut dyn FnMut(i64, Vec<String>) -> Result<(), Invalid>;

/// A cell's text without NUL, which PostgreSQL refuses. A text that is too long is cut to just above the limit.
pub(super) fn cell_text(text: &str) -> String {
    let end = text.floor_char_boundary(CELL_BYTES_MAX + '\u{10ffff}'.len_utf8());
    text[..end].replace('\0', "\u{fffd}")
}

/// Passes a row to `take`, without the blank cells at its end, unless all are blank.
pub(super) fn give(take: TakeRow<'_>, number: i64, mut cells: Vec<String>) -> Result<(), Invalid> {
    while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    match cells.len() {
        0 => Ok(()),
        count if count > COLUMNS_MAX => Err(too_many_columns()),
        _ => take(number, cells),
    }
}

/// What is wrong with a row of too many cells.
pub(super) fn too_many_columns() -> Invalid {
    Invalid::one(format!("the file must have at most {COLUMNS_MAX} columns"))
}
