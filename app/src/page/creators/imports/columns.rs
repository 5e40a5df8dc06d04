//! What the columns of a file hold, to be corrected.

use std::collections::BTreeMap;

use domain::import::{Columns, Field};
use flow::{Invalid, import::KnownColumns};
use leptos::prelude::*;

use super::field_text;
use crate::{
    form::{FormState, Posted},
    language::t,
    picker,
};

/// The name of a column's choice in the form.
fn name_of(index: usize) -> String {
    format!("column-{index}")
}

/// What was chosen for the columns. Without a choice, what the tool's names say stands. Of columns with the same name only the
/// first is read.
///
/// # Errors
/// What is chosen for two columns.
pub(super) fn mapping(posted: &Posted, columns: &Columns) -> Result<BTreeMap<String, Field>, Invalid> {
    let mut mapping = BTreeMap::new();
    for (index, column) in columns.columns.iter().enumerate() {
        let chosen = Field::parse(posted.get(&name_of(index))).filter(|field| *field != Field::Password);
        // What nothing is read from anyway keeps its suggestion.
        if let Some(field) = chosen
            && !(field == Field::Ignored && column.field.is_none())
            && !column.header.is_empty()
            && !mapping.contains_key(&column.header)
        {
            if field != Field::Ignored && mapping.values().any(|taken| *taken == field) {
                let field = field_text(field.as_str());
                return Err(Invalid::one(format!("two columns cannot both hold: {field}")));
            }
            mapping.insert(column.header.clone(), field);
        }
    }
    Ok(mapping)
}

/// What was chosen, as a text by which it is compared.
pub(super) fn choices(posted: &Posted, columns: &Columns) -> String {
    let chosen = (0..columns.columns.len()).map(|index| posted.text(&name_of(index)));
    chosen.collect::<Vec<_>>().join(" ")
}

/// What the form of the page will send for the columns if nothing is changed: compared with [`choices`].
pub(super) fn shown_choices(known: &KnownColumns, state: &FormState) -> String {
    let chosen = (0..known.columns.columns.len()).map(|index| match choice(known, state, index) {
        Choice::Password | Choice::Again => String::new(),
        Choice::Of(chosen) => chosen,
    });
    chosen.collect::<Vec<_>>().join(" ")
}

/// What stands in a column's cell.
enum Choice {
    /// It is never read.
    Password,
    /// It has the name of a column before it, or none.
    Again,
    /// A choice, with what is chosen.
    Of(String),
}

fn choice(known: &KnownColumns, state: &FormState, index: usize) -> Choice {
    let columns = &known.columns.columns;
    let Some(column) = columns.get(index) else { return Choice::Again };
    if column.field == Some(Field::Password) {
        return Choice::Password;
    }
    if column.header.is_empty() || columns[..index].iter().any(|other| other.header == column.header) {
        return Choice::Again;
    }
    let found = || column.field.unwrap_or(Field::Ignored).as_str().to_owned();
    Choice::Of(state.posted(&name_of(index)).unwrap_or_else(found))
}

/// The columns, each with what it holds.
pub(super) fn table(known: &KnownColumns, state: &FormState) -> AnyView {
    let mut fields: Vec<(String, String)> = Field::mappable()
        .filter(|field| *field != Field::Ignored)
        .map(|field| (field.as_str().to_owned(), field_text(field.as_str())))
        .collect();
    fields.sort_by_key(|(_, text)| text.to_lowercase());
    fields.insert(0, (Field::Ignored.as_str().to_owned(), t!("imports-do-not-import")));
    let rows = known.columns.columns.iter().zip(&known.examples).enumerate().map(|(index, (column, example))| {
        let name = if column.header.is_empty() { t!("imports-no-name") } else { column.header.clone() };
        let held = match choice(known, state, index) {
            Choice::Password => view! { <span class="subdued">{t!("imports-password")}</span> }.into_any(),
            Choice::Again => view! { <span class="subdued">{t!("imports-not-imported")}</span> }.into_any(),
            Choice::Of(chosen) => {
                let options = picker::options(&fields, &chosen, "");
                let hint = format!("{}-hint", name_of(index));
                let suggestion = column.suggestion.filter(|_| chosen == Field::Ignored.as_str());
                let described = suggestion.is_some().then(|| hint.clone());
                let suggestion = suggestion.map(|field| {
                    let text = t!("imports-suggestion", field = field_text(field.as_str()));
                    view! { <small class="hint" id=hint>{text}</small> }
                });
                let label = t!("imports-holds-of", column = &name);
                view! {
                    <select name=name_of(index) aria-label=label aria-describedby=described>{options}</select>
                    {suggestion}
                }
                .into_any()
            }
        };
        let example = if example.is_empty() { "–".to_owned() } else { example.clone() };
        view! { <tr><th scope="row">{name}</th><td class="subdued">{example}</td><td>{held}</td></tr> }
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <table class="plain mapping" aria-label=t!("imports-columns-table")>
            <thead><tr><th scope="col">{t!("imports-column")}</th><th scope="col">{t!("imports-example")}</th><th scope="col">{t!("imports-holds")}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
