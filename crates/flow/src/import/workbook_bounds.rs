//! Bounds of what a workbook makes its reader keep. An .xlsx file is a ZIP archive of XML: a few kilobytes of it can unpack
//! to gigabytes. `calamine` also reserves room for as many shared strings as the file says there are, which ends the process
//! if there is none, and keeps a copy of the font's name and of the number format with every cell format. So the parts are
//! looked through first. Each may be in any place of the archive, and is taken for what it would be at worst.

use std::io::{Cursor, Read};

use crate::Invalid;

/// Most bytes that all parts may unpack to.
const UNPACKED_BYTES_MAX: u64 = 24 * 1024 * 1024;
/// Most parts.
const PARTS_MAX: usize = 1_000;
/// What an archive that counts its parts elsewhere says of their number.
const COUNTED_ELSEWHERE: u64 = 0xffff;
/// Most texts that cells share.
const STRINGS_MAX: usize = 300_000;
/// Most formats of cells.
const FORMATS_MAX: usize = 10_000;
/// Most fonts, number formats, sheets and other things that are kept for each workbook.
const DETAILS_MAX: usize = 20_000;
/// Longest name of an XML element, in bytes.
const NAME_BYTES_MAX: usize = 64;
/// Longest XML tag whose content is kept with every format, in bytes.
const TAG_BYTES_MAX: usize = 1_024;

/// Refuses a workbook that would need far more memory than it has bytes.
///
/// # Errors
/// What is too much.
pub(super) fn check(bytes: &[u8]) -> Result<(), Invalid> {
    check_directory(bytes)?;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let (mut left, mut part, mut counts) = (UNPACKED_BYTES_MAX, Vec::new(), Counts::default());
    for index in 0..archive.len() {
        part.clear();
        let file = archive.by_index(index).map_err(unreadable)?;
        file.take(left + 1).read_to_end(&mut part).map_err(unreadable)?;
        let size = u64::try_from(part.len()).unwrap_or(u64::MAX);
        left = left.checked_sub(size).ok_or_else(|| too_much("is too large once it is unpacked"))?;
        counts.add(&part)?;
    }
    Ok(())
}

/// What is wrong with what is no workbook.
pub(super) fn unreadable<E>(_error: E) -> Invalid {
    Invalid::one("the file cannot be read as .xlsx")
}

fn too_much(what: &str) -> Invalid {
    Invalid::one(format!("the file {what}; save its first sheet as .csv"))
}

/// The list of an archive's parts is read before any part, and with room for as many as it is said to have.
fn check_directory(bytes: &[u8]) -> Result<(), Invalid> {
    let number = |at: usize, length: usize| {
        let bytes = bytes.get(at..at + length).unwrap_or_default();
        bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    };
    let mut listed = 0;
    for (at, mark) in bytes.windows(4).enumerate().filter(|(_, mark)| mark.starts_with(b"PK")) {
        let said = match mark {
            b"PK\x01\x02" => {
                listed += 1;
                0
            }
            b"PK\x05\x06" => [number(at + 8, 2), number(at + 10, 2)]
                .into_iter()
                .filter(|said| *said != COUNTED_ELSEWHERE)
                .max()
                .unwrap_or_default(),
            b"PK\x06\x06" => number(at + 24, 8).max(number(at + 32, 8)),
            _ => 0,
        };
        if listed > PARTS_MAX || said > PARTS_MAX as u64 {
            return Err(too_much("has too many parts"));
        }
    }
    Ok(())
}

/// How often there is what the reader keeps.
#[derive(Default)]
struct Counts {
    strings: usize,
    formats: usize,
    details: usize,
}

impl Counts {
    /// Counts the XML elements of a part that begin anywhere in it, even where XML would not have them begin.
    fn add(&mut self, part: &[u8]) -> Result<(), Invalid> {
        for (at, _) in part.iter().enumerate().filter(|(_, byte)| **byte == b'<') {
            let tag = &part[at + 1..];
            match local_name(tag)? {
                b"si" => self.strings += 1,
                b"xf" => self.formats += 1,
                b"sst" => check_announced(tag)?,
                b"name" | b"numFmt" => {
                    self.details += 1;
                    if tag_of(tag, TAG_BYTES_MAX).is_none() {
                        return Err(too_much("has formats with long names"));
                    }
                }
                b"font" | b"fill" | b"border" | b"sheet" | b"definedName" | b"Relationship" => self.details += 1,
                _ => {}
            }
            if self.strings > STRINGS_MAX || self.formats > FORMATS_MAX || self.details > DETAILS_MAX {
                return Err(too_much("has too many texts or formats"));
            }
        }
        Ok(())
    }
}

/// The name of the element that begins here, without its prefix. Of what is no text (pictures), nothing.
fn local_name(tag: &[u8]) -> Result<&[u8], Invalid> {
    let start = &tag[..tag.len().min(NAME_BYTES_MAX)];
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    match start.iter().position(ends) {
        Some(end) => Ok(start[..end].rsplit(|byte| *byte == b':').next().unwrap_or_default()),
        None if start.len() < NAME_BYTES_MAX => Ok(b""),
        None => match str::from_utf8(start) {
            Err(error) if error.error_len().is_some() => Ok(b""),
            _ => Err(unreadable(())),
        },
    }
}

/// The tag that begins here, if it ends soon. A `>` in quotes does not end it.
fn tag_of(tag: &[u8], bytes_max: usize) -> Option<&[u8]> {
    let mut quote = None;
    for (at, byte) in tag.iter().enumerate().take(bytes_max) {
        match (quote, byte) {
            (None, b'>') => return Some(&tag[..at]),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Refuses a table of shared strings that is said to have more than there may be.
fn check_announced(tag: &[u8]) -> Result<(), Invalid> {
    const NAME: &[u8] = b"uniqueCount";
    let tag = tag_of(tag, TAG_BYTES_MAX).ok_or_else(|| unreadable(()))?;
    for at in tag.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME).map(|(at, _)| at + NAME.len()) {
        let digits =
            tag[at..].iter().skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
        let said =
            digits.fold(0_usize, |said, digit| said.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
        if said > STRINGS_MAX {
            return Err(too_much("has too many texts or formats"));
        }
    }
    Ok(())
}
