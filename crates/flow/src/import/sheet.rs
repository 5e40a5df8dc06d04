//! Reading files: CSV of any spreadsheet, and the first sheet of an .xlsx workbook, as rows of texts.

use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use domain::import::{COLUMNS_MAX, ROWS_MAX};
use encoding_rs::{Encoding, WINDOWS_1252};

use crate::Invalid;

/// Most bytes that a workbook may unpack to.
const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Longest cell, in bytes.
const CELL_BYTES_MAX: usize = 8 * 1024;
/// How an .xlsx file begins, and one of the older kind.
const ZIP_START: &[u8] = b"PK\x03\x04";
const OLE_START: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];

/// The rows of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    /// The names of the columns: the first row that is not blank.
    pub(super) headers: Vec<String>,
    /// The other rows that are not blank, with their numbers in the file.
    pub(super) rows: Vec<(i64, Vec<String>)>,
}

/// Reads a file.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, Invalid> {
    let mut sheet = Sheet::default();
    if bytes.starts_with(ZIP_START) {
        read_xlsx(bytes, &mut sheet)?;
    } else if bytes.starts_with(OLE_START) {
        return Err(Invalid::one("the file is of an older kind; save it as .xlsx or .csv"));
    } else {
        read_csv(&text_of(bytes), &mut sheet)?;
    }
    if sheet.headers.is_empty() {
        return Err(Invalid::one("the file is empty"));
    }
    Ok(sheet)
}

impl Sheet {
    fn push(&mut self, number: i64, mut cells: Vec<String>) -> Result<(), Invalid> {
        for cell in &mut cells {
            if cell.len() > CELL_BYTES_MAX {
                return Err(Invalid::one(format!("row {number}: a cell is longer than {CELL_BYTES_MAX} bytes")));
            }
            if cell.contains('\0') {
                // No database takes it.
                *cell = cell.replace('\0', "\u{fffd}");
            }
        }
        while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        if cells.is_empty() {
            return Ok(());
        }
        if cells.len() > COLUMNS_MAX {
            return Err(Invalid::one(format!("the file must have at most {COLUMNS_MAX} columns")));
        }
        if self.headers.is_empty() {
            self.headers = cells.into_iter().map(|header| header.trim().to_owned()).collect();
        } else if self.rows.len() == ROWS_MAX {
            return Err(Invalid::one(format!("the file must have at most {ROWS_MAX} rows; import it in parts")));
        } else {
            self.rows.push((number, cells));
        }
        Ok(())
    }
}

/// The text of a file: by its byte-order mark, else UTF-8, else Windows-1252, which spreadsheets of the West write.
fn text_of(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn read_csv(text: &str, sheet: &mut Sheet) -> Result<(), Invalid> {
    let (text, named, first) = separator_line(text);
    let delimiter = named.unwrap_or_else(|| separator_of(text));
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    loop {
        let more = reader.read_record(&mut record).map_err(|_| Invalid::one("the file cannot be read as CSV"))?;
        if !more {
            return Ok(());
        }
        let line = record.position().map_or(0, csv::Position::line);
        let number = i64::try_from(line).unwrap_or(i64::MAX).saturating_add(first);
        sheet.push(number, record.iter().map(str::to_owned).collect())?;
    }
}

/// The text after a line such as `sep=;`, with which some programs name the separator, and how many lines that is.
fn separator_line(text: &str) -> (&str, Option<u8>, i64) {
    let named = text.strip_prefix("sep=").and_then(|rest| {
        let (line, rest) = rest.split_once('\n')?;
        let &[separator] = line.trim_end_matches('\r').as_bytes() else { return None };
        separator.is_ascii().then_some((rest, separator))
    });
    named.map_or((text, None, 0), |(rest, separator)| (rest, Some(separator), 1))
}

/// The separator that stands most often in the first line, outside quotes.
fn separator_of(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let unquoted: Vec<&str> = line.split('"').step_by(2).collect();
    let count = |separator: char| unquoted.iter().map(|part| part.matches(separator).count()).sum::<usize>();
    let mut best = (b',', count(','));
    for (byte, separator) in [(b';', ';'), (b'\t', '\t')] {
        let found = count(separator);
        if found > best.1 {
            best = (byte, found);
        }
    }
    best.0
}

fn unreadable<E>(_error: E) -> Invalid {
    Invalid::one("the file cannot be read as .xlsx")
}

fn read_xlsx(bytes: &[u8], sheet: &mut Sheet) -> Result<(), Invalid> {
    check_size(bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let name = workbook.sheet_names().into_iter().next().ok_or_else(|| Invalid::one("the file is empty"))?;
    // Cell by cell: a table of all that lies between two distant cells would not fit into memory.
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
    let (mut current, mut row) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (index, column) = cell.get_position();
        if index != current {
            sheet.push(i64::from(current) + 1, core::mem::take(&mut row))?;
            current = index;
        }
        let text = text_in(cell.get_value());
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if text.is_empty() {
            continue;
        }
        if column >= COLUMNS_MAX {
            return Err(Invalid::one(format!("the file must have at most {COLUMNS_MAX} columns")));
        }
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        row[column] = text;
    }
    sheet.push(i64::from(current) + 1, row)
}

/// Refuses a workbook that unpacks to far more than it is.
fn check_size(bytes: &[u8]) -> Result<(), Invalid> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(unreadable)?;
        let size = std::io::copy(&mut file.by_ref().take(left + 1), &mut std::io::sink()).map_err(unreadable)?;
        left = left.checked_sub(size).ok_or_else(|| Invalid::one("the file is too large once it is unpacked"))?;
    }
    Ok(())
}

/// A cell as text. Formulas are what they were last computed to.
fn text_in(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(bytes: &[u8]) -> (Vec<String>, Vec<(i64, Vec<String>)>) {
        let sheet = read(bytes).expect("a file");
        (sheet.headers, sheet.rows)
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn csv_is_read_as_spreadsheets_write_it() {
        let expected = (texts(&["Name", "E-mail"]), vec![(2, texts(&["Ána, Lima", "a@b.c"]))]);
        for file in [
            "Name,E-mail\n\"Ána, Lima\",a@b.c\n".as_bytes(),
            "\u{feff}Name;E-mail\r\nÁna, Lima;a@b.c\r\n\r\n".as_bytes(),
            "Name\tE-mail\nÁna, Lima\ta@b.c".as_bytes(),
            b"Name;E-mail\n\xc1na, Lima;a@b.c\n",
            b"\xff\xfeN\0a\0m\0e\0;\0E\0-\0m\0a\0i\0l\0\n\0\xc1\0n\0a\0,\0 \0L\0i\0m\0a\0;\0a\0@\0b\0.\0c\0",
        ] {
            assert_eq!(sheet(file), expected, "{}", String::from_utf8_lossy(file));
        }
        let named = "sep=;\nName;E-mail\nÁna, Lima;a@b.c\n";
        assert_eq!(sheet(named.as_bytes()), (expected.0, vec![(3, expected.1[0].1.clone())]));
    }

    #[test]
    fn what_no_file_should_be_is_refused() {
        let fault = |bytes: &[u8]| read(bytes).expect_err("a fault").0[0].clone();
        assert_eq!(fault(b""), "the file is empty");
        assert_eq!(fault(b"\n\n , \n"), "the file is empty");
        assert_eq!(fault(OLE_START), "the file is of an older kind; save it as .xlsx or .csv");
        assert_eq!(fault(b"PK\x03\x04nonsense"), "the file cannot be read as .xlsx");
        assert_eq!(fault("x,".repeat(COLUMNS_MAX + 1).as_bytes()), "the file must have at most 200 columns");
        let rows = "name\n".to_owned() + &"a\n".repeat(ROWS_MAX + 1);
        assert_eq!(fault(rows.as_bytes()), "the file must have at most 10000 rows; import it in parts");
        let long = "name\n".to_owned() + &"a".repeat(CELL_BYTES_MAX + 1);
        assert_eq!(fault(long.as_bytes()), "row 2: a cell is longer than 8192 bytes");
    }
}
