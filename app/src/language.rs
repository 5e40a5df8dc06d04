//! Languages of the pages: which one the reader gets, and the texts of the catalogue (`locales/`) in it.
//!
//! Texts stand in `locales/en` and `locales/de`, one file for each module of pages, as messages of Project Fluent. [`t!`]
//! gives a message as a `String`, [`rich!`] one with markup inside. The language is that of the request which the current
//! task answers; a mail is in its reader's. The API and the command line speak English.

mod catalogue;
mod markup;
mod negotiation;
mod number;

pub(crate) use catalogue::{Value, text, text_in};
pub(crate) use markup::{Part, rich_text};
pub(crate) use negotiation::{ADMIN_COOKIE, CHOICE_COOKIE, has_choice, of_admin};
pub(crate) use number::decimal;

use core::future::Future;

pub use domain::language::Language;
use http::HeaderMap;

tokio::task_local! {
    /// The language of the request that this task answers.
    static CURRENT: Language;
}

/// How pages use a language.
pub trait Spoken: Sized {
    /// What it calls itself.
    fn own_name(self) -> &'static str;

    /// The language of the request that the current task answers; English outside of one.
    fn current() -> Self;

    /// The language of a request: what the reader chose, else that of the Shopify admin that opens the page or opened the app
    /// (`locale`), else the browser's, else English.
    fn of_request(headers: &HeaderMap, query: Option<&str>) -> Self;

    /// Runs a future in this language.
    fn within<F: Future>(self, future: F) -> impl Future<Output = F::Output>;

    /// Runs a function in this language.
    fn speak<R>(self, function: impl FnOnce() -> R) -> R;
}

impl Spoken for Language {
    fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    fn current() -> Self {
        CURRENT.try_with(|language| *language).unwrap_or_default()
    }

    fn of_request(headers: &HeaderMap, query: Option<&str>) -> Self {
        negotiation::of_request(headers, query)
    }

    fn within<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, future)
    }

    fn speak<R>(self, function: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(self, function)
    }
}

/// The id of a message of the catalogue, where a text is chosen before its language is known: in constants, and as what an
/// enum's variant is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message(pub(crate) &'static str);

impl Message {
    /// Its text in the reader's language.
    pub(crate) fn text(self) -> String {
        text(self.0, &[])
    }
}

/// A message of the catalogue in the reader's language: `t!("links-title")`, `t!("links-trend", count = 3, days = 14)`. Numbers decide
/// between singular and plural, and are shown with the language's separators; amounts, dates and shares are formatted first
/// ([`crate::format`]).
macro_rules! t {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::text($id, &[$((stringify!($name), $crate::language::Value::from($value))),*])
    };
}
pub(crate) use t;

/// A message of the catalogue with markup inside, as a view: `rich!("links-no-match", link = view)`.
macro_rules! rich {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::rich_text($id, vec![$((stringify!($name), $crate::language::Part::from($value))),*])
    };
}
pub(crate) use rich;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_of_a_request_texts_are_english() {
        assert_eq!(Language::current(), Language::English);
        assert_eq!(Language::German.speak(Language::current), Language::German);
    }

    #[test]
    fn messages_are_in_the_readers_language() {
        assert_eq!(t!("error-not-found"), "Not found");
        assert_eq!(Language::German.speak(|| t!("error-not-found")), "Nicht gefunden");
        assert_eq!(Message("error-not-found").text(), "Not found");
    }
}
