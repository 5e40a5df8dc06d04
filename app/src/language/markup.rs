//! Messages with markup inside: the message says where each part stands, so that a translation can move it.

use leptos::prelude::*;

use super::{Value, text};

/// Characters that Unicode reserves for a program's own use, and that no text contains: each stands for a view while the
/// message is formatted.
const FIRST: u32 = 0xfdd0;
const LAST: u32 = 0xfdef;

/// An argument of a message with markup: a text, a number, or a view.
pub(crate) enum Part {
    /// A text or a number.
    Value(Value<'static>),
    /// Markup.
    View(AnyView),
}

impl From<AnyView> for Part {
    fn from(view: AnyView) -> Self {
        Self::View(view)
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Value(text.replace(is_reserved, "").into())
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<i64> for Part {
    fn from(number: i64) -> Self {
        Self::Value(number.into())
    }
}

impl From<usize> for Part {
    fn from(number: usize) -> Self {
        Self::Value(number.into())
    }
}

fn is_reserved(letter: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(letter))
}

/// A message of the catalogue with views in place of some of its arguments. A view that the message names twice is shown
/// once. For [`rich!`](super::rich).
pub(crate) fn rich_text(id: &str, parts: Vec<(&'static str, Part)>) -> AnyView {
    let mut views: Vec<(char, AnyView)> = Vec::new();
    let mut arguments = Vec::with_capacity(parts.len());
    for ((name, part), place) in parts.into_iter().zip((FIRST..=LAST).filter_map(char::from_u32)) {
        match part {
            Part::Value(value) => arguments.push((name, value)),
            Part::View(view) => {
                arguments.push((name, Value::from(place.to_string())));
                views.push((place, view));
            }
        }
    }
    let formatted = text(id, &arguments);
    let mut shown: Vec<AnyView> = Vec::new();
    let mut rest = formatted.as_str();
    while let Some(at) = rest.find(is_reserved) {
        let (before, found) = rest.split_at(at);
        let mut letters = found.chars();
        let place = letters.next();
        if !before.is_empty() {
            shown.push(before.to_owned().into_any());
        }
        if let Some(index) = views.iter().position(|(own, _)| Some(*own) == place) {
            shown.push(views.swap_remove(index).1);
        }
        rest = letters.as_str();
    }
    if !rest.is_empty() {
        shown.push(rest.to_owned().into_any());
    }
    shown.into_any()
}

#[cfg(test)]
mod tests {
    use super::super::{Language, Spoken, rich};
    use super::*;

    fn html(language: Language) -> String {
        language.speak(|| {
            let link = view! { <a href="/links">"x"</a> }.into_any();
            rich!("table-nothing-found", link = link).to_html().replace("<!>", "")
        })
    }

    #[test]
    fn a_view_stands_where_the_message_says() {
        assert_eq!(html(Language::English), "Nothing matches this search. <a href=\"/links\">x</a>");
        assert_eq!(html(Language::German), "Diese Suche findet nichts. <a href=\"/links\">x</a>");
    }

    #[test]
    fn texts_of_others_are_escaped_and_cannot_name_a_view() {
        let view = view! { <b>"b"</b> }.into_any();
        let found = rich!("picker-remove", label = "\u{fdd1}<i>", value = view).to_html().replace("<!>", "");
        assert_eq!(found, "Remove filter &lt;i&gt;: <b>b</b>");
    }
}
