//! Rows: what one says about a creator.

use serde::{Deserialize, Serialize};

use super::{
    cell::{address, amount, status},
    column::Columns,
    field::Field,
};
use crate::{
    Currency, Money,
    creator::{CreatorStatus, parse_handle},
    link::Platform,
    metadata::parse_external_id,
};

/// Longest discount code, in bytes.
const CODE_BYTES_MAX: usize = 255;
/// Longest handle that is made of a name: a number may follow.
const HANDLE_CHARS_MAX: usize = 54;

/// What a row says about a creator, without what is never kept as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportedCreator {
    /// The display name.
    pub name: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The handle, normalised.
    pub handle: Option<String>,
    /// The creator's own discount code, in capitals as codes are kept.
    pub code: Option<String>,
    /// The other tool's id.
    pub external_id: Option<String>,
    /// The tier.
    pub tier: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// The status.
    pub status: Option<CreatorStatus>,
    /// Accounts elsewhere: the platform and the handle there.
    pub socials: Vec<(Platform, String)>,
    /// What the creator is owed; never zero.
    pub balance: Option<Money>,
}

/// What a row says that is kept as a hash or sealed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Private {
    /// The e-mail address.
    pub email: Option<String>,
    /// The PayPal address.
    pub payout_address: Option<String>,
}

impl core::fmt::Debug for Private {
    /// Shows nothing: logs must not have it.
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str("Private")
    }
}

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRead {
    /// The creator, or every fault of the row, one sentence each.
    pub creator: Result<ImportedCreator, Vec<String>>,
    /// What is kept as a hash or sealed; of a wrong row too, as far as it can be read.
    pub private: Private,
}

impl ImportedCreator {
    /// The name of a new creator: the display name, else first and last name, else the handle or the code.
    pub fn display_name(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect();
        let full = (!parts.is_empty()).then(|| parts.join(" "));
        self.name.clone().or(full).or_else(|| self.handle.clone()).or_else(|| self.code.clone())
    }

    /// The handle of a new creator, if nobody else has it: the given one, else one made of the name.
    pub fn preferred_handle(&self) -> String {
        self.handle.clone().unwrap_or_else(|| {
            let name = self.display_name().unwrap_or_default().to_lowercase();
            let words = name.split_whitespace().map(|word| word.chars().filter(|letter| is_in_handle(*letter)));
            let words = words.map(Iterator::collect::<String>).filter(|word| !word.is_empty());
            let handle: String = words.collect::<Vec<_>>().join("_").chars().take(HANDLE_CHARS_MAX).collect();
            parse_handle(&handle).unwrap_or_else(|| "creator".to_owned())
        })
    }
}

fn is_in_handle(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-')
}

/// Reads one row. `currency` is that of amounts without one.
pub fn read_row(columns: &Columns, cells: &[String], currency: Currency) -> RowRead {
    let mut faults = Vec::new();
    if cells.iter().skip(columns.columns.len()).any(|cell| !cell.trim().is_empty()) {
        faults.push("the row has more cells than there are columns".to_owned());
    }
    let text = |field| columns.cell(cells, field).map(str::to_owned);
    let wrong = "must be an address such as ana@example.com";
    let email = checked(columns, cells, Field::Email, wrong, &mut faults, address);
    let wrong = "must be an e-mail address";
    let payout_address = checked(columns, cells, Field::PayoutAddress, wrong, &mut faults, address);
    let private = Private { email, payout_address };
    let wrong = "must be 1 to 64 letters, digits, dots, dashes or underscores";
    let handle = checked(columns, cells, Field::Handle, wrong, &mut faults, parse_handle);
    let external_id =
        checked(columns, cells, Field::ExternalId, "must be 1 to 255 characters", &mut faults, parse_external_id);
    let wrong = "is not known; use active, invited or paused";
    let status = checked(columns, cells, Field::Status, wrong, &mut faults, status);
    let code =
        checked(columns, cells, Field::Code, "must be at most 255 characters, without line breaks", &mut faults, code);
    let read = ImportedCreator {
        name: text(Field::Name),
        first_name: text(Field::FirstName),
        last_name: text(Field::LastName),
        handle,
        code,
        external_id,
        tier: text(Field::Tier),
        tags: tags(columns.cell(cells, Field::Tags).unwrap_or_default()),
        status,
        socials: socials(columns, cells, &mut faults),
        balance: balance(columns, cells, currency, &mut faults),
    };
    RowRead { creator: if faults.is_empty() { Ok(read) } else { Err(faults) }, private }
}

/// The cell of a field, parsed; a wrong one is a fault, which does not repeat it.
fn checked<T>(
    columns: &Columns,
    cells: &[String],
    field: Field,
    wrong: &str,
    faults: &mut Vec<String>,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let cell = columns.cell(cells, field)?;
    let value = parse(cell);
    if value.is_none() {
        faults.push(format!("{} {wrong}", field.as_str()));
    }
    value
}

fn code(text: &str) -> Option<String> {
    (text.len() <= CODE_BYTES_MAX && !text.contains(char::is_control)).then(|| text.to_uppercase())
}

fn tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split([',', ';', '|']).map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// Accounts on platforms, given by handle or by the address of the profile.
fn socials(columns: &Columns, cells: &[String], faults: &mut Vec<String>) -> Vec<(Platform, String)> {
    let mut socials = Vec::new();
    for platform in Platform::ALL {
        let wrong = "must be a handle or the address of a profile";
        let handle = checked(columns, cells, Field::Social(*platform), wrong, faults, profile_handle);
        socials.extend(handle.map(|handle| (*platform, handle)));
    }
    socials
}

fn profile_handle(text: &str) -> Option<String> {
    let path = text.split_once("://").map_or(text, |(_, rest)| rest);
    let last = path.split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()?;
    parse_handle(last)
}

fn balance(columns: &Columns, cells: &[String], currency: Currency, faults: &mut Vec<String>) -> Option<Money> {
    let cell = columns.cell(cells, Field::Balance)?;
    let wrong = "must be an ISO 4217 code";
    let named = checked(columns, cells, Field::Currency, wrong, faults, |code| Currency::parse(&code.to_uppercase()));
    if named.is_none() && columns.cell(cells, Field::Currency).is_some() {
        return None;
    }
    match amount(cell, named.unwrap_or(currency)) {
        Ok(money) => Some(money).filter(|money| money.minor != 0),
        Err(wrong) => {
            faults.push(format!("balance {wrong}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn columns(headers: &[&str]) -> Columns {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        Columns::of(&headers, None, &BTreeMap::new()).expect("columns")
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_row_says_what_its_columns_hold() {
        let columns =
            columns(&["name", "email", "password", "coupon", "balance", "currency", "tags", "instagram", "status"]);
        let row = cells(&[
            " Ana Lima ",
            "ana@example.com",
            "hunter2",
            "ana10",
            "1,234.50",
            "eur",
            "vip, eu;vip",
            "https://www.instagram.com/Ana.Lima/?hl=en",
            "Approved",
        ]);
        let RowRead { creator, private } = read_row(&columns, &row, Currency::USD);
        let read = creator.expect("row");
        assert_eq!(read.name.as_deref(), Some("Ana Lima"));
        assert_eq!(read.code.as_deref(), Some("ANA10"));
        assert_eq!(read.balance.map(|money| (money.minor, money.currency.code())), Some((123_450, "EUR")));
        assert_eq!(read.tags, ["vip", "eu"]);
        assert_eq!(read.socials, [(Platform::Instagram, "ana.lima".to_owned())]);
        assert_eq!(read.status, Some(CreatorStatus::Active));
        assert_eq!(private.email.as_deref(), Some("ana@example.com"));
        assert!(!format!("{read:?} {private:?}").contains("hunter2"), "passwords are dropped");
        assert_eq!(read.preferred_handle(), "ana_lima");
    }

    #[test]
    fn every_fault_of_a_row_is_named() {
        let columns = columns(&["name", "email", "handle", "balance", "currency", "status"]);
        let row = cells(&["Ana", "nobody", "a b", "ten", "usd", "maybe", "more"]);
        assert_eq!(
            read_row(&columns, &row, Currency::USD).creator.expect_err("faults"),
            [
                "the row has more cells than there are columns",
                "email must be an address such as ana@example.com",
                "handle must be 1 to 64 letters, digits, dots, dashes or underscores",
                "status is not known; use active, invited or paused",
                "balance must be an amount such as 1234.50",
            ]
        );
    }

    #[test]
    fn cells_are_text_and_handles_are_made_of_them() {
        let columns = columns(&["name"]);
        let read = read_row(&columns, &cells(&["=cmd|'/C calc'!A0"]), Currency::USD).creator.expect("row");
        assert_eq!(read.name.as_deref(), Some("=cmd|'/C calc'!A0"));
        assert_eq!(read.preferred_handle(), "cmdc_calca0");
        let read = read_row(&columns, &cells(&["!!!"]), Currency::USD).creator.expect("row");
        assert_eq!(read.preferred_handle(), "creator");
    }
}
