//! The catalogue: every message in every language, parsed once.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use super::{Language, Spoken, decimal};

/// An argument of a message.
pub(crate) type Value<'a> = FluentValue<'a>;

/// A language's messages.
type Bundle = FluentBundle<FluentResource>;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// The files of the catalogue, in English and in German.
        const FILES: &[[&str; 2]] = &[$([
            include_str!(concat!("../../locales/en/", $name, ".ftl")),
            include_str!(concat!("../../locales/de/", $name, ".ftl")),
        ]),*];
    };
}
files! {
    "audit", "campaigns", "chart", "commissions", "component", "creator_home", "creators", "customer", "error", "evidence",
    "fault", "format", "imports", "invitations", "klaviyo", "layout", "links", "mail", "models", "orders", "overview", "payouts", "period", "picker",
    "proof", "settings", "setup", "shopper", "sign_in", "start", "survey", "table", "tester", "webhooks", "words",
}

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| read(Language::English));
static GERMAN: LazyLock<Bundle> = LazyLock::new(|| read(Language::German));

fn bundle(language: Language) -> &'static Bundle {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

/// Reads a language's files. What cannot be read is left out, and English stands in for it; tests find it.
fn read(language: Language) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.code().parse().unwrap_or_default()]);
    // The marks that would isolate arguments of the other writing direction are characters in texts that are compared,
    // searched and copied. Both languages are written from left to right.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => english_number,
        Language::German => german_number,
    }));
    for [english, german] in FILES {
        let source = match language {
            Language::English => english,
            Language::German => german,
        };
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(?errors, language = language.code(), "messages cannot be read");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?errors, language = language.code(), "messages have the same id");
        }
    }
    bundle
}

fn english_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    number(Language::English, value)
}

fn german_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    number(Language::German, value)
}

/// How a number inside a message is shown.
fn number(language: Language, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(decimal(language, &number.as_string())),
        _ => None,
    }
}

/// A message in the reader's language.
pub(crate) fn text(id: &str, arguments: &[(&'static str, Value<'_>)]) -> String {
    text_in(Language::current(), id, arguments)
}

/// A message in a language; in English if it is not translated, and its id if there is none.
pub(crate) fn text_in(language: Language, id: &str, arguments: &[(&'static str, Value<'_>)]) -> String {
    let arguments: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
    let found = [language, Language::English].into_iter().find_map(|language| {
        let bundle = bundle(language);
        let pattern = bundle.get_message(id)?.value()?;
        // An argument that is missing shows as its name.
        Some(bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
    });
    found.unwrap_or_else(|| {
        tracing::error!(id, "a message is missing");
        id.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_can_be_read() {
        for file in FILES.as_flattened() {
            assert!(FluentResource::try_new((*file).to_owned()).is_ok(), "{file}");
        }
    }

    #[test]
    fn numbers_in_messages_have_separators_and_decide_the_plural() {
        let text =
            |language, bots: i64| text_in(language, "chart-unique", &[("unique", 5_000.into()), ("bots", bots.into())]);
        assert_eq!(text(Language::English, 0), "5,000 unique");
        assert_eq!(text(Language::English, 1), "5,000 unique, and 1 by a bot");
        assert_eq!(text(Language::English, 1_234), "5,000 unique, and 1,234 by bots");
        assert_eq!(text(Language::German, 1), "5.000 eindeutig, dazu 1 von einem Bot");
        assert_eq!(text(Language::German, 1_234), "5.000 eindeutig, dazu 1.234 von Bots");
    }

    #[test]
    fn a_message_that_is_missing_shows_its_id() {
        assert_eq!(text_in(Language::German, "nothing-there", &[]), "nothing-there");
    }
}
