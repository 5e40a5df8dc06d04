//! How exported rows are written.
//!
//! CSV follows RFC 4180. Text cells that a spreadsheet would run as a formula are prefixed with `'` (ASVS 1.2.10). Lists
//! and objects are JSON in their cells.

use flow::spreadsheet::text_cell;
use serde_json::{Map, Value};

use super::Failure;

/// Output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One JSON array.
    Json,
    /// JSON lines: one object a line.
    Jsonl,
    /// CSV by RFC 4180, with a header line.
    Csv,
}

/// A row: its values by column.
pub(crate) type Row = Map<String, Value>;

/// Writes rows in one format.
pub(super) struct Encoder {
    format: Format,
    columns: &'static [&'static str],
    /// Rows written.
    pub(super) count: u64,
}

impl Encoder {
    pub(super) const fn new(format: Format, columns: &'static [&'static str]) -> Self {
        Self { format, columns, count: 0 }
    }

    /// What comes before all rows.
    pub(super) fn begin(&self) -> Result<Vec<u8>, Failure> {
        match self.format {
            Format::Json => Ok(b"[".to_vec()),
            Format::Jsonl => Ok(Vec::new()),
            Format::Csv => csv_lines([self.columns.iter().map(|column| (*column).to_owned())]),
        }
    }

    /// Some rows.
    pub(super) fn rows(&mut self, rows: &[Row]) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::new();
        if self.format == Format::Csv {
            out = csv_lines(rows.iter().map(|row| self.columns.iter().map(|column| cell(row.get(*column)))))?;
        } else {
            for (index, row) in (self.count..).zip(rows) {
                if self.format == Format::Json {
                    out.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
                }
                serde_json::to_writer(&mut out, row)?;
                if self.format == Format::Jsonl {
                    out.push(b'\n');
                }
            }
        }
        self.count += rows.len() as u64;
        Ok(out)
    }

    /// What comes after all rows.
    pub(super) fn end(&self) -> Vec<u8> {
        if self.format == Format::Json { b"\n]\n".to_vec() } else { Vec::new() }
    }
}

fn csv_lines(rows: impl IntoIterator<Item = impl Iterator<Item = String>>) -> Result<Vec<u8>, Failure> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for row in rows {
        out.write_record(row)?;
    }
    Ok(out.into_inner()?)
}

/// Formats a CSV cell. Numbers stay unchanged, including negative ones; texts that look like formulas are escaped.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text_cell(text),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn csv_text_cells_are_never_formulas() {
        assert_eq!(cell(Some(&json!("=cmd|' /C calc'!A0"))), "'=cmd|' /C calc'!A0");
        assert_eq!(cell(Some(&json!("@SUM(1)"))), "'@SUM(1)");
        assert_eq!(cell(Some(&json!("-5.00"))), "-5.00");
        assert_eq!(cell(Some(&json!(-5))), "-5");
        assert_eq!(cell(Some(&json!(["=1"]))), r#"["=1"]"#);
        assert_eq!(cell(None), "");
    }
}
