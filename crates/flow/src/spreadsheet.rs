//! Cells that no spreadsheet runs as a formula.

/// Characters with which a formula may begin, their full-width forms included.
const FORMULA_STARTS: [char; 12] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A text cell for CSV: prefixed with `'` if a spreadsheet would run it as a formula, also after white space
/// (OWASP ASVS 1.2.10). Numbers stay as they are.
pub fn text_cell(text: &str) -> String {
    let is_formula = text.starts_with(FORMULA_STARTS) || text.trim_start().starts_with(FORMULA_STARTS);
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    if is_formula && !is_number { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_be_formulas() {
        for text in ["=1+1", "+SUM(A1)", "-A1", "@sum", "\t=1", " =1", "\r=1", "\u{ff1d}1"] {
            assert_eq!(text_cell(text), format!("'{text}"));
        }
        for text in ["", "a=b", "Ana", "1-2", "-4.99", "+1"] {
            assert_eq!(text_cell(text), text);
        }
    }
}
