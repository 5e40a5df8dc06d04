//! Checks of what clients say about items. Every fault is kept, in the order in which it was found.

use core::str::FromStr;

use domain::{catalogue::HttpsUrl, money::AMOUNT_MAX_MINOR};

use crate::{FlowError, Invalid};

/// Longest title, in characters.
pub(super) const TITLE_CHARS_MAX: usize = 255;
/// Longest text of several lines, in characters.
pub(super) const TEXT_CHARS_MAX: usize = 5_000;

/// Faults found so far.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    pub(super) fn push(&mut self, fault: impl Into<String>) {
        self.0.push(fault.into());
    }

    /// The value, if there are no faults.
    pub(super) fn or<T>(self, value: T) -> Result<T, FlowError> {
        if self.0.is_empty() { Ok(value) } else { Err(Invalid(self.0).into()) }
    }

    /// A text of one line.
    pub(super) fn line(&mut self, text: &str, field: &str) -> Option<String> {
        let line = text.trim();
        let is_line = !line.is_empty() && line.chars().count() <= TITLE_CHARS_MAX && !line.contains(char::is_control);
        if !is_line {
            self.push(format!("{field} must be 1 to {TITLE_CHARS_MAX} characters"));
        }
        is_line.then(|| line.to_owned())
    }

    /// A text of several lines.
    pub(super) fn text(&mut self, text: &str, field: &str) -> Option<String> {
        let text = text.trim();
        let is_text = !text.is_empty()
            && text.chars().count() <= TEXT_CHARS_MAX
            && !text.contains(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'));
        if !is_text {
            self.push(format!("{field} must be 1 to {TEXT_CHARS_MAX} characters"));
        }
        is_text.then(|| text.to_owned())
    }

    /// A URL that public pages may show.
    pub(super) fn url(&mut self, text: &str, field: &str) -> Option<HttpsUrl> {
        let url = HttpsUrl::parse(text);
        if url.is_none() {
            self.push(format!("{field} must be a full https URL of at most 2,048 characters"));
        }
        url
    }

    /// An id.
    pub(super) fn id<T: FromStr>(&mut self, text: &str, field: &str) -> Option<T> {
        let id = text.parse().ok();
        if id.is_none() {
            self.push(format!("{field} does not exist"));
        }
        id
    }

    /// An amount in minor units.
    pub(super) fn amount(&mut self, minor: i64, field: &str) -> Option<i64> {
        let is_amount = (0..=AMOUNT_MAX_MINOR).contains(&minor);
        if !is_amount {
            self.push(format!("{field} must be 0 to {AMOUNT_MAX_MINOR}"));
        }
        is_amount.then_some(minor)
    }

    /// Applies a change of an optional value, checked by `check`.
    pub(super) fn set<A: ?Sized, B: core::borrow::Borrow<A>, T>(
        &mut self,
        target: &mut Option<T>,
        change: Option<&Option<B>>,
        check: impl FnOnce(&mut Self, &A) -> Option<T>,
    ) {
        match change {
            None => {}
            Some(None) => *target = None,
            Some(Some(value)) => {
                if let Some(value) = check(self, value.borrow()) {
                    *target = Some(value);
                }
            }
        }
    }
}
