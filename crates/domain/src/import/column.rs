//! Columns: what each holds, by the tool's names or as the person who imports says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    alias::{detect, field_of, normalised, suggestion},
    field::{Field, Source},
};

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name in the file.
    pub header: String,
    /// What it holds; `None` if nobody has said so, and nothing of it is read.
    pub field: Option<Field>,
    /// What it may hold, for a person to decide.
    pub suggestion: Option<Field>,
}

/// The columns of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The tool that wrote it.
    pub source: Source,
    /// The columns, from left to right.
    pub columns: Vec<Column>,
}

impl Columns {
    /// Says what each column holds, as [`Self::known`], of a file that can be imported.
    ///
    /// # Errors
    /// Every fault, one sentence each: those of [`Self::known`], and columns of which none names a creator.
    pub fn of(
        headers: &[String],
        source: Option<Source>,
        mapping: &BTreeMap<String, Field>,
    ) -> Result<Self, Vec<String>> {
        let columns = Self::known(headers, source, mapping)?;
        if columns.name_creators() {
            return Ok(columns);
        }
        let names = Field::names();
        let first = format!("no column is known to name creators; say with mapping what each holds: {names}");
        let unknown = columns.columns.iter().filter(|column| column.field.is_none()).map(unknown);
        Err(core::iter::once(first).chain(unknown).collect())
    }

    /// Says what each column holds, as far as that is known: what the mapping says, else what the tool's names say. A second
    /// column of one field is not read, only suggested.
    ///
    /// # Errors
    /// Every fault, one sentence each: a mapping of what the file does not have, or of two columns to one field.
    pub fn known(
        headers: &[String],
        source: Option<Source>,
        mapping: &BTreeMap<String, Field>,
    ) -> Result<Self, Vec<String>> {
        let names: Vec<String> = headers.iter().map(|header| normalised(header)).collect();
        let source = source.unwrap_or_else(|| detect(&names));
        let mut faults = Vec::new();
        let mut mapped: Vec<Option<Field>> = vec![None; headers.len()];
        let mut taken: Vec<Field> = Vec::new();
        for (wanted, field) in mapping {
            match position(headers, &names, wanted) {
                None => faults.push(format!("mapping names {wanted:?}, which is no column of the file")),
                Some(_) if *field != Field::Ignored && taken.contains(field) => {
                    faults.push(format!("mapping names two columns for {}", field.as_str()));
                }
                Some(index) => {
                    mapped[index] = Some(*field);
                    taken.push(*field);
                }
            }
        }
        let mut columns = Vec::with_capacity(headers.len());
        // What is said of a column is said of all that have its name: the others are left out.
        let said_of = |header: &String, before: usize| {
            headers[..before].iter().zip(&mapped).any(|(other, field)| other.trim() == header.trim() && field.is_some())
        };
        for (index, (header, name)) in headers.iter().zip(&names).enumerate() {
            let mapped = mapped[index].or_else(|| said_of(header, index).then_some(Field::Ignored));
            let known = if mapped.is_none() { field_of(source, name) } else { None };
            let field = mapped.or(known.filter(|field| *field == Field::Password || !taken.contains(field)));
            taken.extend(field);
            let suggestion = if field.is_some() { None } else { known.or_else(|| suggestion(name)) };
            columns.push(Column { header: header.clone(), field, suggestion });
        }
        if faults.is_empty() { Ok(Self { source, columns }) } else { Err(faults) }
    }

    /// Whether any of them can name a new creator.
    pub fn name_creators(&self) -> bool {
        self.columns.iter().filter_map(|column| column.field).any(Field::is_name)
    }

    /// The cell of a field in a row, if it is not blank.
    pub(super) fn cell<'a>(&self, cells: &'a [String], field: Field) -> Option<&'a str> {
        let index = self.columns.iter().position(|column| column.field == Some(field))?;
        cells.get(index).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    /// The columns whose cells may be kept as they were written.
    pub fn shown_again(&self) -> impl Iterator<Item = (usize, &Column)> {
        let may = |column: &Column| column.field.is_some_and(Field::may_be_shown_again);
        self.columns.iter().enumerate().filter(move |(_, column)| may(column))
    }
}

/// The column that a mapping means: by its name as it is written, else without case and punctuation.
fn position(headers: &[String], names: &[String], wanted: &str) -> Option<usize> {
    let exact = headers.iter().position(|header| header.trim() == wanted.trim());
    exact.or_else(|| names.iter().position(|name| *name == normalised(wanted)).filter(|_| !wanted.trim().is_empty()))
}

fn unknown(column: &Column) -> String {
    match column.suggestion {
        Some(field) => format!("column {:?} may be {}", column.header, field.as_str()),
        None => format!("column {:?} is not known", column.header),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(headers: &[&str], source: Option<Source>) -> (Source, Vec<Option<&'static str>>) {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let columns = Columns::of(&headers, source, &BTreeMap::new()).expect("columns");
        (columns.source, columns.columns.iter().map(|column| column.field.map(Field::as_str)).collect())
    }

    #[test]
    fn tools_are_known_by_their_columns() {
        type File<'a> = (&'a [&'a str], Source, &'a [Option<&'a str>]);
        let files: [File<'_>; 8] = [
            (
                &["email", "first_name", "last_name", "payment_info", "signup_source"],
                Source::UpPromote,
                &[Some("email"), Some("first_name"), Some("last_name"), None, None],
            ),
            (
                &[
                    "First Name",
                    "Last Name",
                    "Email Address",
                    "Offer ID",
                    "Password",
                    "PayPal email",
                    "Coupon",
                    "Country",
                ],
                Source::Refersion,
                &[
                    Some("first_name"),
                    Some("last_name"),
                    Some("email"),
                    Some("tier"),
                    Some("password"),
                    Some("payout_address"),
                    Some("code"),
                    None,
                ],
            ),
            (
                &["name", "email", "password", "ref_code", "coupon"],
                Source::GoAffPro,
                &[Some("name"), Some("email"), Some("password"), Some("external_id"), Some("code")],
            ),
            (
                &["stripe_customer_id", "first_name", "last_name", "email", "paypal_email", "wise_email", "token"],
                Source::Rewardful,
                &[
                    None,
                    Some("first_name"),
                    Some("last_name"),
                    Some("email"),
                    Some("payout_address"),
                    None,
                    Some("external_id"),
                ],
            ),
            (
                &["ID", "Name", "Email", "Country", "Status", "Enrolled at", "Payouts enabled at", "TikTok"],
                Source::Dub,
                &[Some("external_id"), Some("name"), Some("email"), None, Some("status"), None, None, Some("tiktok")],
            ),
            (
                &["first name", "last name", "email", "code", "phone"],
                Source::SocialSnowball,
                &[Some("first_name"), Some("last_name"), Some("email"), Some("code"), None],
            ),
            (&["Email", "Affiliate code"], Source::ShopifyCollabs, &[Some("email"), Some("code")]),
            (&["Full name", " E-MAIL ", "x"], Source::Generic, &[Some("name"), Some("email"), Some("x")]),
        ];
        for (headers, source, expected) in files {
            assert_eq!(fields(headers, None), (source, expected.to_vec()), "{source:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_suggested_and_never_guessed() {
        let headers = ["Name", "Creator e-mail", "Emial", "Shoe size", "full name"].map(str::to_owned);
        let columns = Columns::of(&headers, None, &BTreeMap::new()).expect("columns");
        let shown: Vec<(Option<&str>, Option<&str>)> = columns
            .columns
            .iter()
            .map(|column| (column.field.map(Field::as_str), column.suggestion.map(Field::as_str)))
            .collect();
        assert_eq!(
            shown,
            [(Some("name"), None), (None, Some("email")), (None, Some("email")), (None, None), (None, Some("name"))]
        );
        let mapping =
            BTreeMap::from([("creator E-MAIL".to_owned(), Field::Email), ("Name".to_owned(), Field::Ignored)]);
        let columns = Columns::of(&headers, None, &mapping).expect("columns");
        let twice = ["Name", "Email", "Email"].map(str::to_owned);
        let without = BTreeMap::from([("Email".to_owned(), Field::Ignored)]);
        let found = Columns::of(&twice, None, &without).expect("columns");
        assert_eq!(
            found.columns.iter().filter(|column| column.field == Some(Field::Email)).count(),
            0,
            "not the second"
        );
        assert_eq!(columns.columns[1].field, Some(Field::Email));
        assert_eq!(columns.columns[4].field, Some(Field::Name), "the first one is not wanted");
    }

    #[test]
    fn a_mapping_must_fit_the_file() {
        let headers = ["A", "B"].map(str::to_owned);
        let faults = |mapping: &[(&str, Field)]| {
            let mapping = mapping.iter().map(|(column, field)| ((*column).to_owned(), *field)).collect();
            Columns::of(&headers, None, &mapping).expect_err("faults")
        };
        assert_eq!(faults(&[("C", Field::Email)]), [r#"mapping names "C", which is no column of the file"#]);
        assert_eq!(faults(&[("A", Field::Name), ("B", Field::Name)]), ["mapping names two columns for name"]);
        let none = faults(&[("A", Field::Email)]);
        assert!(none[0].starts_with("no column is known to name creators"), "{none:?}");
        assert_eq!(none[1], r#"column "B" is not known"#);
        for source in Source::ALL {
            assert_eq!(Source::parse(source.as_str()), Some(*source));
        }
        for name in Field::names().split(", ") {
            assert_eq!(Field::parse(name).map(Field::as_str), Some(name));
        }
    }
}
