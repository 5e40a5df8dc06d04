//! Questions that creators ask their brand about a sale.

/// Longest question or answer, in characters.
pub const TEXT_CHARS_MAX: usize = 1_000;
/// Most questions of a creator that wait for an answer.
pub const OPEN_MAX: usize = 20;

/// The text of a question or an answer, without surrounding space and control characters; `None` if nothing is left or it
/// is longer than [`TEXT_CHARS_MAX`].
pub fn text(input: &str) -> Option<String> {
    let text: String =
        input.replace("\r\n", "\n").chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
    let text = text.trim();
    (!text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_short_and_printable() {
        assert_eq!(text("  Why?\r\nI saw it.\u{0} ").as_deref(), Some("Why?\nI saw it."));
        assert_eq!(text(" \n\t"), None);
        assert!(text(&"ü".repeat(TEXT_CHARS_MAX)).is_some());
        assert_eq!(text(&"ü".repeat(TEXT_CHARS_MAX + 1)), None);
    }
}
