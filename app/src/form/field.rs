//! Text fields and what they are called.

use crate::language::{Language, text, text_in};

/// The kind of a text field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Any text.
    Text,
    /// An address on the web.
    Url,
    /// An e-mail address.
    Email,
    /// A day.
    Date,
    /// A whole number.
    Number,
    /// A secret.
    Password,
    /// Several lines.
    Lines,
}

/// What a field is called: for the reader, and in English, in which the messages of `flow` about it begin ("destination URL
/// must …"). That is how a fault finds its field.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(super) shown: String,
    pub(super) english: String,
}

/// The label that is a message of the catalogue.
pub(crate) fn label(id: &'static str) -> Label {
    Label { shown: text(id, &[]), english: text_in(Language::English, id, &[]) }
}

impl From<&'static str> for Label {
    fn from(english: &'static str) -> Self {
        Self { shown: english.to_owned(), english: english.to_owned() }
    }
}

impl Label {
    /// A message about a field that the API calls `name`, beginning with this label.
    pub(crate) fn named(&self, fault: &str, name: &str) -> String {
        fault.strip_prefix(name).map_or_else(|| fault.to_owned(), |rest| format!("{}{rest}", self.english))
    }

    /// Whether a message is about this field.
    pub(super) fn is_in(&self, fault: &str) -> bool {
        fault.to_lowercase().starts_with(&self.english.to_lowercase())
    }
}

/// A text field. Its label begins like the messages of `flow` about it.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(super) name: &'static str,
    pub(super) label: Label,
    pub(super) input: Input,
    pub(super) is_required: bool,
    pub(super) length_max: u32,
    pub(super) hint: String,
    pub(super) placeholder: String,
    pub(super) suggestions: Vec<(String, String)>,
}

impl Field {
    /// An optional text field of at most 255 characters.
    pub(crate) fn new(name: &'static str, label: impl Into<Label>) -> Self {
        Self {
            name,
            label: label.into(),
            input: Input::Text,
            is_required: false,
            length_max: 255,
            hint: String::new(),
            placeholder: String::new(),
            suggestions: Vec::new(),
        }
    }

    /// Sets its kind.
    pub(crate) fn input(self, input: Input) -> Self {
        Self { input, ..self }
    }

    /// It must not be empty.
    pub(crate) fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// Sets the length limit in characters.
    pub(crate) fn length_max(self, length_max: u32) -> Self {
        Self { length_max, ..self }
    }

    /// A sentence under the field.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// Values to choose from, with their labels; any other may be typed.
    pub(crate) fn suggestions(self, suggestions: Vec<(String, String)>) -> Self {
        Self { suggestions, ..self }
    }

    /// An example in the empty field.
    pub(crate) fn placeholder(self, placeholder: impl Into<String>) -> Self {
        Self { placeholder: placeholder.into(), ..self }
    }
}
