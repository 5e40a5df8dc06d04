//! Fuzz target: text in a cell of a CSV file, as the exports write it.
#![expect(clippy::unwrap_used, reason = "these are tests")]

#[path = "../../domain/tests/fuzz/target.rs"]
mod target;

use flow::spreadsheet::text_cell;

const WORDS: [&str; 34] = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\0",
    " ",
    "\u{a0}",
    "\u{feff}",
    "\u{ff1d}",
    "\u{ff0b}",
    "\u{ff0d}",
    "\u{ff20}",
    "'",
    "\"",
    "\"\"",
    ",",
    ";",
    "|",
    "1",
    "-1",
    "+1.5",
    "-.5",
    "-5.",
    "1e5",
    "-1e-5",
    "-1e999",
    "0x10",
    "SUM(A1)",
    "cmd|' /C calc'!A0",
    "-1+1",
];

/// With what a formula begins, or what spreadsheets skip before one.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

#[test]
fn spreadsheet() {
    target::fuzz!("spreadsheet", &WORDS, 6_000, check);
}

fn check(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let cell = text_cell(text);
    let is_guarded = cell != text;
    if is_guarded {
        assert_eq!(cell.strip_prefix('\''), Some(text), "nothing but the guard is added");
        let is_plain = text.trim_start().starts_with(char::is_alphanumeric);
        assert!(!is_plain || text.starts_with(['\t', '\r', '\n']), "{text:?} needs no guard");
    }
    for shown in [cell.as_str(), cell.trim_start()] {
        let is_safe = !shown.starts_with(FORMULA_STARTS) || is_number(&cell);
        assert!(is_safe, "{text:?} is written as {cell:?}");
    }
    let row = ["", cell.as_str(), "after", cell.as_str()];
    for terminator in [csv::Terminator::CRLF, csv::Terminator::Any(b'\n')] {
        let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
        writer.write_record(row).unwrap();
        writer.write_record(row).unwrap();
        let file = writer.into_inner().unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(
            rows,
            [row, row].map(|row| csv::StringRecord::from(row.to_vec())),
            "{:?}",
            String::from_utf8_lossy(&file)
        );
    }
}

/// Whether a cell is a number, in digits.
fn is_number(cell: &str) -> bool {
    cell.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte)) && cell.parse::<f64>().is_ok()
}
