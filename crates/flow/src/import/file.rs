//! A file that was read: its columns, and what its rows say.

use std::collections::BTreeMap;

use domain::{
    Currency,
    import::{Columns, FILE_BYTES_MAX, Field, ROWS_MAX, RowRead, Source, read_row},
};

use super::{cells::CELL_BYTES_MAX, sheet};
use crate::{Invalid, import_slots::ImportSlot};

/// Longest name of a column, in bytes.
const HEADER_BYTES_MAX: usize = 255;
/// Longest example of what a column holds, in characters.
const EXAMPLE_CHARS_MAX: usize = 40;
/// Most text that the cells of a file may have together, in bytes: cells of a workbook share theirs, so that there may be
/// far more of it than the file is long.
const TEXT_BYTES_MAX: usize = 2 * FILE_BYTES_MAX;

/// What a file says.
#[derive(Debug)]
pub struct ImportFile {
    /// Its columns.
    pub columns: Columns,
    /// Its rows.
    pub rows: Vec<FileRow>,
    /// Keeps others out while this one is held.
    pub(super) slot: Option<ImportSlot>,
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

/// What a file's columns hold, as far as that is known.
#[derive(Debug)]
pub struct KnownColumns {
    /// Its columns. None of them may name a creator.
    pub columns: Columns,
    /// The first text of each, cut to [`EXAMPLE_CHARS_MAX`] characters: of passwords none.
    pub examples: Vec<String>,
}

impl KnownColumns {
    /// Reads a file's columns.
    ///
    /// # Errors
    /// What is wrong with the file or the mapping.
    pub(super) fn read(bytes: &[u8], reading: &Reading) -> Result<Self, Invalid> {
        let (mut known, mut rows): (Option<Self>, usize) = (None, 0);
        sheet::read(bytes, &mut |_, cells| {
            match &mut known {
                None => known = Some(Self::of(&cells, reading)?),
                Some(known) => known.show(&cells),
            }
            rows += 1;
            if rows > ROWS_MAX + 1 { Err(too_many_rows()) } else { Ok(()) }
        })?;
        known.ok_or_else(|| Invalid::one("the file is empty"))
    }

    fn of(headers: &[String], reading: &Reading) -> Result<Self, Invalid> {
        let headers = headers_of(headers)?;
        let columns = Columns::known(&headers, reading.source, &reading.mapping).map_err(Invalid)?;
        Ok(Self { examples: vec![String::new(); columns.columns.len()], columns })
    }

    fn show(&mut self, cells: &[String]) {
        for ((example, column), cell) in self.examples.iter_mut().zip(&self.columns.columns).zip(cells) {
            if example.is_empty() && column.field != Some(Field::Password) {
                *example = cell.trim().chars().take(EXAMPLE_CHARS_MAX).collect();
            }
        }
    }
}

fn too_many_rows() -> Invalid {
    Invalid::one(format!("the file must have at most {ROWS_MAX} rows; import it in parts"))
}

/// The columns' names, as the first row has them.
fn headers_of(cells: &[String]) -> Result<Vec<String>, Invalid> {
    let headers: Vec<String> = cells.iter().map(|header| header.trim().to_owned()).collect();
    if headers.iter().any(|header| header.len() > HEADER_BYTES_MAX) {
        let fault = format!("the first row must name the columns, each with at most {HEADER_BYTES_MAX} bytes");
        return Err(Invalid::one(fault));
    }
    Ok(headers)
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
        let mut reader = FileReader { reading, currency, columns: None, rows: Vec::new(), text_bytes: 0 };
        sheet::read(bytes, &mut |number, cells| reader.take(number, cells))?;
        let FileReader { columns, rows, .. } = reader;
        let columns = columns.ok_or_else(|| Invalid::one("the file is empty"))?;
        if rows.is_empty() {
            return Err(Invalid::one("the file has no rows besides its columns' names"));
        }
        Ok(Self { columns, rows, slot: None })
    }
}

/// Reads rows as they come, and keeps what is to be imported of them.
struct FileReader<'a> {
    reading: &'a Reading,
    currency: Currency,
    /// `None` until the first row has named them.
    columns: Option<Columns>,
    rows: Vec<FileRow>,
    text_bytes: usize,
}

impl FileReader<'_> {
    fn take(&mut self, number: i64, mut cells: Vec<String>) -> Result<(), Invalid> {
        let Some(columns) = &self.columns else { return self.take_headers(&cells) };
        if self.rows.len() == ROWS_MAX {
            return Err(too_many_rows());
        }
        let long = drop_what_is_not_read(columns, &mut cells);
        self.text_bytes += cells.iter().map(String::len).sum::<usize>();
        if self.text_bytes > TEXT_BYTES_MAX {
            return Err(Invalid::one("the file has too much text; import it in parts"));
        }
        let mut read = read_row(columns, &cells, self.currency);
        if !long.is_empty() {
            let too_long = |field: &Field| format!("{} is longer than {CELL_BYTES_MAX} bytes", field.as_str());
            let others = read.creator.err().unwrap_or_default();
            read.creator = Err(long.iter().map(too_long).chain(others).collect());
        }
        let shown = columns.shown_again().map(|(index, _)| cells.get(index).cloned().unwrap_or_default()).collect();
        self.rows.push(FileRow { number, read, cells: shown });
        Ok(())
    }

    fn take_headers(&mut self, cells: &[String]) -> Result<(), Invalid> {
        let headers = headers_of(cells)?;
        let Reading { source, mapping } = self.reading;
        self.columns = Some(Columns::of(&headers, *source, mapping).map_err(Invalid)?);
        Ok(())
    }
}

/// Empties cells of columns that nothing is read from, and those that are too long: returns what these hold.
fn drop_what_is_not_read(columns: &Columns, cells: &mut [String]) -> Vec<Field> {
    let mut long = Vec::new();
    for (cell, column) in cells.iter_mut().zip(&columns.columns) {
        let field = column.field.filter(|field| field.is_read());
        let is_long = cell.len() > CELL_BYTES_MAX;
        long.extend(field.filter(|_| is_long));
        if field.is_none() || is_long {
            cell.clear();
        }
    }
    long
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::import::sheet::tests::{fault as fault_of_sheet, rows};

    fn read(bytes: &[u8]) -> Result<ImportFile, Invalid> {
        ImportFile::read(bytes, &Reading::default(), Currency::USD)
    }

    fn fault(bytes: &[u8]) -> String {
        read(bytes).expect_err("a fault").0[0].clone()
    }

    #[test]
    fn what_no_file_should_be_is_refused() {
        assert_eq!(fault(b""), "the file is empty");
        assert_eq!(fault(b"\n\n , \n"), "the file is empty");
        assert_eq!(fault(b"name\n"), "the file has no rows besides its columns' names");
        let rows = "name\n".to_owned() + &"a\n".repeat(ROWS_MAX + 1);
        assert_eq!(fault(rows.as_bytes()), "the file must have at most 10000 rows; import it in parts");
        let header = "name,".to_owned() + &"x".repeat(5_000_000);
        assert_eq!(fault(header.as_bytes()), "the first row must name the columns, each with at most 255 bytes");
    }

    #[test]
    fn long_cells_are_their_rows_fault() {
        let long = "a".repeat(5_000_000);
        let file = read(format!("name,about,tier\nAna,{long},gold\nBo,,{long}\n").as_bytes()).expect("a file");
        assert!(file.rows[0].read.creator.is_ok(), "nobody reads it");
        let faults = file.rows[1].read.creator.clone().expect_err("faults");
        assert_eq!(faults, ["tier is longer than 8192 bytes"]);
        assert_eq!(file.rows[1].cells, ["Bo", ""]);
    }

    /// An archive of these parts.
    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
            zip.write_all(bytes).expect("its bytes");
        }
        zip.finish().expect("an archive").into_inner()
    }

    /// A workbook with this sheet, these shared strings and these styles.
    fn workbook(sheet: &str, strings: &str, styles: &str) -> Vec<u8> {
        let relation = |id: &str, kind: &str, target: &str| {
            format!(r#"<Relationship Id="{id}" Type="https://x/relationships/{kind}" Target="{target}"/>"#)
        };
        let relations = |relation: String| format!("<Relationships>{relation}</Relationships>");
        archive(&[
            ("_rels/.rels", relations(relation("r1", "officeDocument", "xl/workbook.xml")).as_bytes()),
            ("xl/workbook.xml", br#"<workbook><sheets><sheet name="A" r:id="r1"/></sheets></workbook>"#),
            ("xl/_rels/workbook.xml.rels", relations(relation("r1", "worksheet", "worksheets/sheet1.xml")).as_bytes()),
            ("xl/sharedStrings.xml", strings.as_bytes()),
            ("xl/styles.xml", styles.as_bytes()),
            ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>").as_bytes()),
        ])
    }

    fn strings(texts: &str) -> String {
        format!("<sst>{texts}</sst>")
    }

    const STYLES: &str = "<styleSheet></styleSheet>";
    const SHEET: &str = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>"#;

    #[test]
    fn workbooks_are_read() {
        let file = workbook(SHEET, &strings("<si><t>name</t></si><si><t>Ana</t></si>"), STYLES);
        assert_eq!(rows(&file).expect("rows"), [(1, vec!["name".to_owned()]), (2, vec!["Ana".to_owned()])]);
        let file = workbook(&SHEET.replace("r=\"2\"", "r=\"1\"").replace("A2", "A1").repeat(2), "<sst></sst>", STYLES);
        assert_eq!(fault_of_sheet(&file), "the file cannot be read as .xlsx", "no such string");
        let cell = |at: u8| format!(r#"<row r="{at}"><c r="A{at}"><v>{at}</v></c></row>"#);
        let file = workbook(&[cell(1), cell(3), cell(2)].concat(), "<sst></sst>", STYLES);
        assert_eq!(fault_of_sheet(&file), "the rows of the file are out of order; save it again");
    }

    #[test]
    fn bombs_are_refused_before_they_unpack() {
        let long = "x".repeat(1_000_000);
        let many = |text: &str, count: usize| text.repeat(count);
        let formats = format!(
            r#"<styleSheet><fonts><font><name val="{long}"/></font></fonts><cellXfs>{}</cellXfs></styleSheet>"#,
            many("<xf fontId=\"0\"/>", 5_000)
        );
        let texts = "too many texts or formats; save its first sheet as .csv";
        for (what, file) in [
            (
                "is too large once it is unpacked; save its first sheet as .csv",
                workbook(&many(" ", 30_000_000), "", STYLES),
            ),
            (
                "is too large once it is unpacked; save its first sheet as .csv",
                workbook("", &many(" ", 30_000_000), STYLES),
            ),
            // The reader reserves memory for that many.
            (texts, workbook(SHEET, r#"<sst uniqueCount = "100000000000">"#, STYLES)),
            (texts, workbook(SHEET, r#"<x:sst uniqueCount="99999999999999999999999">"#, STYLES)),
            (texts, workbook(SHEET, &strings(&many("<si/>", 300_001)), STYLES)),
            (texts, workbook(SHEET, "", &format!("<styleSheet>{}", many("<x:xf/>", 10_001)))),
            ("has formats with long names; save its first sheet as .csv", workbook(SHEET, "", &formats)),
            ("has too many parts; save its first sheet as .csv", {
                let names: Vec<String> = (0..1_001).map(|n| n.to_string()).collect();
                archive(&names.iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>())
            }),
        ] {
            assert!(file.len() < FILE_BYTES_MAX);
            let fault = fault_of_sheet(&file);
            assert!(fault.ends_with(what), "{fault} instead of {what}");
        }
    }

    #[test]
    fn texts_that_cells_share_count_as_often_as_they_are_there() {
        let row =
            |row: usize| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>{}</v></c></row>"#, usize::from(row > 1));
        let sheet: String = (1..10_000).map(row).collect();
        let text = "x".repeat(8_000);
        let file = workbook(&sheet, &strings(&format!("<si><t>name</t></si><si><t>{text}</t></si>")), STYLES);
        assert!(file.len() < 100_000);
        assert_eq!(fault(&file), "the file has too much text; import it in parts");
    }
}
