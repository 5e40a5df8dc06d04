//! Imports of creators from other tools' files: which column holds what, and what a row says. Pure: files are read by
//! `flow`, which also decides whose row it is.

mod alias;
mod cell;
mod column;
mod field;
mod row;

pub use column::{Column, Columns};
pub use field::{Field, Source};
pub use row::{ImportedCreator, Private, RowRead, read_row};

/// Most rows of a file.
pub const ROWS_MAX: usize = 10_000;
/// Most columns of a file.
pub const COLUMNS_MAX: usize = 200;
/// Largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 5 * 1024 * 1024;
