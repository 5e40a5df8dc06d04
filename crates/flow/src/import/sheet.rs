//! Reading files: CSV of any spreadsheet, and the first sheet of an .xlsx workbook, row by row as texts.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, ReaderBuilder};
use encoding_rs::{Encoding, WINDOWS_1252};

use super::{
    cells::{CELL_BYTES_MAX, TakeRow, cell_text, give, too_many_columns},
    workbook,
};
use crate::Invalid;

/// Most cells of a row of CSV, blank ones at its end included: as many as a spreadsheet has columns.
const CELLS_MAX: usize = 16 * 1024;
/// How an .xlsx file begins, and one of the older kind.
const ZIP_START: &[u8] = b"PK\x03\x04";
const OLE_START: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];

/// Reads a file. Only one row of it is in memory at a time, however large it is unpacked.
///
/// # Errors
/// What is wrong with it, or what `take` says.
pub(super) fn read(bytes: &[u8], take: TakeRow<'_>) -> Result<(), Invalid> {
    if bytes.starts_with(ZIP_START) {
        workbook::read(bytes, take)
    } else if bytes.starts_with(OLE_START) {
        Err(Invalid::one("the file is of an older kind; save it as .xlsx or .csv"))
    } else {
        read_csv(&text_of(bytes), take)
    }
}

/// The text of a file: by its byte-order mark, else UTF-8, else Windows-1252, which spreadsheets of the West write.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn read_csv(text: &str, take: TakeRow<'_>) -> Result<(), Invalid> {
    let (text, named, first) = separator_line(text);
    let delimiter = named.unwrap_or_else(|| separator_of(text));
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let (mut fields, mut ends) = (vec![0; CELL_BYTES_MAX], vec![0; CELLS_MAX]);
    let (mut input, mut written, mut ended, mut number) = (text.as_bytes(), 0, 0, 0);
    loop {
        let line = i64::try_from(reader.line()).unwrap_or(i64::MAX).saturating_add(first);
        loop {
            let (result, read, wrote, cells) = reader.read_record(input, &mut fields[written..], &mut ends[ended..]);
            input = &input[read..];
            written += wrote;
            ended += cells;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => fields.resize(fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => return Err(too_many_columns()),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(()),
            }
        }
        // Where lines end without a line feed, all are in line 1.
        number = line.max(number + 1);
        give(take, number, cells_of(&fields, &ends[..ended]))?;
        (written, ended) = (0, 0);
    }
}

fn cells_of(fields: &[u8], ends: &[usize]) -> Vec<String> {
    let starts = core::iter::once(0).chain(ends.iter().copied());
    // What is cut off a cell that is too long may be half a letter.
    let cell = |(start, end): (usize, &usize)| cell_text(&String::from_utf8_lossy(&fields[start..*end]));
    starts.zip(ends).map(cell).collect()
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
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in line.bytes() {
        is_quoted ^= byte == b'"';
        for (_, count) in counts.iter_mut().filter(|(separator, _)| !is_quoted && *separator == byte) {
            *count += 1;
        }
    }
    let [comma, others @ ..] = counts;
    others.into_iter().fold(comma, |best, other| if other.1 > best.1 { other } else { best }).0
}

#[cfg(test)]
pub(super) mod tests {
    use domain::import::COLUMNS_MAX;

    use super::*;

    /// The rows of a file.
    pub(in super::super) fn rows(bytes: &[u8]) -> Result<Vec<(i64, Vec<String>)>, Invalid> {
        let mut rows = Vec::new();
        read(bytes, &mut |number, cells| {
            rows.push((number, cells));
            Ok(())
        })?;
        Ok(rows)
    }

    /// What is wrong with a file.
    pub(in super::super) fn fault(bytes: &[u8]) -> String {
        rows(bytes).expect_err("a fault").0[0].clone()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn csv_is_read_as_spreadsheets_write_it() {
        let heads = texts(&["Name", "E-mail"]);
        let row = texts(&["Ána, Lima", "a@b.c"]);
        for file in [
            "Name,E-mail\n\"Ána, Lima\",a@b.c\n".as_bytes(),
            "\u{feff}Name;E-mail\r\nÁna, Lima;a@b.c\r\n\r\n".as_bytes(),
            "Name\tE-mail\nÁna, Lima\ta@b.c".as_bytes(),
            "Name;E-mail\rÁna, Lima;a@b.c\r".as_bytes(),
            b"Name;E-mail;;\n\xc1na, Lima;a@b.c;\n;;;\n",
            b"\xff\xfeN\0a\0m\0e\0;\0E\0-\0m\0a\0i\0l\0\n\0\xc1\0n\0a\0,\0 \0L\0i\0m\0a\0;\0a\0@\0b\0.\0c\0",
        ] {
            let expected = vec![(1, heads.clone()), (2, row.clone())];
            assert_eq!(rows(file).expect("rows"), expected, "{}", String::from_utf8_lossy(file));
        }
        let named = "sep=;\nName;E-mail\nÁna, Lima;a@b.c\n";
        assert_eq!(rows(named.as_bytes()).expect("rows"), [(2, heads), (3, row)]);
    }

    #[test]
    fn what_no_file_should_be_is_refused() {
        assert_eq!(fault(OLE_START), "the file is of an older kind; save it as .xlsx or .csv");
        assert_eq!(fault("x,".repeat(COLUMNS_MAX + 1).as_bytes()), "the file must have at most 200 columns");
        let columns = ",".repeat(5_000_000);
        assert_eq!(fault(columns.as_bytes()), "the file must have at most 200 columns");
        assert_eq!(fault(format!("a\n{}", ",".repeat(CELLS_MAX)).as_bytes()), "the file must have at most 200 columns");
        assert_eq!(rows(b"\n\n , \n").expect("rows"), []);
    }

    #[test]
    fn no_file_makes_much_of_little() {
        let quotes = rows("\"".repeat(1_000_001).as_bytes()).expect("rows");
        assert_eq!((quotes.len(), quotes[0].1[0].len()), (1, CELL_BYTES_MAX + 4));
        let long = rows(format!("name,{}\nAna,\0\n", "é".repeat(2_500_000)).as_bytes()).expect("rows");
        assert_eq!(long[0].1[1].len(), CELL_BYTES_MAX + 4);
        assert_eq!(long[1].1, ["Ana", "\u{fffd}"]);
    }
}
