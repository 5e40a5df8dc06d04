//! Tables for people. Colours are written always, and taken out where the output is no terminal, or `NO_COLOR` is set.

use anstyle::Style;
use serde_json::Value;

const HEADER: Style = Style::new().bold();
/// What is no longer in use.
const FADED: Style = Style::new().dimmed();

/// A line of a table.
pub(super) struct Line {
    pub(super) cells: Vec<String>,
    pub(super) is_faded: bool,
}

impl Line {
    /// The values of an object's fields.
    pub(super) fn of(object: &Value, fields: &[&str]) -> Self {
        let cells = fields.iter().map(|field| shown(&object[*field])).collect();
        Self { cells, is_faded: object["archived"] == Value::Bool(true) }
    }
}

/// A value as a person reads it. Texts are what others have written: nothing in them may steer the terminal.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.replace(char::is_control, "\u{fffd}"),
        Value::Array(values) if values.is_empty() => "-".to_owned(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(","),
        Value::Bool(is_so) => if *is_so { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    }
}

/// A table with a header.
pub(super) fn table(header: &[&str], lines: &[Line]) -> String {
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.cells.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut text = vec![format!("{HEADER}{}{HEADER:#}", line(header.to_vec()))];
    for row in lines {
        let cells = line(row.cells.iter().map(String::as_str).collect());
        text.push(if row.is_faded { format!("{FADED}{cells}{FADED:#}") } else { cells });
    }
    text.join("\n")
}

/// An object: a line for each field.
pub(super) fn details(object: &Value, fields: &[&str]) -> String {
    let width = fields.iter().map(|field| field.len()).max().unwrap_or_default();
    let line = |field: &&str| format!("{HEADER}{field:width$}{HEADER:#}  {}", shown(&object[*field]));
    fields.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_aligned_and_texts_are_harmless() {
        let fields = ["name", "tags", "tier"];
        let objects = [
            json!({"name": "Zoë\u{1b}[31m", "tags": ["a", "b"], "tier": null}),
            json!({"name": "Al", "tags": [], "tier": "gold", "archived": true}),
        ];
        let lines: Vec<Line> = objects.iter().map(|object| Line::of(object, &fields)).collect();
        let text = anstream::adapter::strip_str(&table(&fields, &lines)).to_string();
        let expected = "name      tags  tier\nZoë\u{fffd}[31m  a,b   -\nAl        -     gold";
        assert_eq!(text, expected);
    }
}
