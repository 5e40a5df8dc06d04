//! What clients of the API keep with an object: their own id of it, and notes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Most notes of an object.
pub const METADATA_KEYS_MAX: usize = 50;
/// Longest name of a note, in characters.
pub const METADATA_NAME_CHARS_MAX: usize = 40;
/// Longest note, in characters.
pub const METADATA_VALUE_CHARS_MAX: usize = 500;
/// Longest id of a client, in characters.
pub const EXTERNAL_ID_CHARS_MAX: usize = 255;

/// Notes of a client about an object, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metadata(BTreeMap<String, String>);

impl Metadata {
    /// Sets these notes, and removes those without a value.
    ///
    /// # Errors
    /// Every fault, one sentence each, if a name or value is too long, or there are more than 50.
    pub fn with(&self, changes: BTreeMap<String, Option<String>>) -> Result<Self, Vec<String>> {
        let (mut faults, mut has_wrong_name) = (Vec::new(), false);
        let mut notes = self.0.clone();
        for (name, value) in changes {
            let chars = name.chars().count();
            if chars == 0 || chars > METADATA_NAME_CHARS_MAX || name.contains('\0') {
                has_wrong_name = true;
                continue;
            }
            match value {
                None => {
                    notes.remove(&name);
                }
                Some(value) if value.chars().count() > METADATA_VALUE_CHARS_MAX || value.contains('\0') => {
                    faults.push(format!("metadata.{name} must be at most {METADATA_VALUE_CHARS_MAX} characters"));
                }
                Some(value) => {
                    notes.insert(name, value);
                }
            }
        }
        if notes.len() > METADATA_KEYS_MAX {
            faults.push(format!("metadata must have at most {METADATA_KEYS_MAX} names"));
        }
        if has_wrong_name {
            faults.insert(0, format!("metadata names must be 1 to {METADATA_NAME_CHARS_MAX} characters"));
        }
        if faults.is_empty() { Ok(Self(notes)) } else { Err(faults) }
    }

    /// As [`Self::with`], of changes that were checked before, on other notes: these may have grown by a few.
    #[must_use]
    pub fn with_checked(&self, changes: &BTreeMap<String, Option<String>>) -> Self {
        let mut notes = self.0.clone();
        for (name, value) in changes {
            match value {
                Some(value) => notes.insert(name.clone(), value.clone()),
                None => notes.remove(name),
            };
        }
        Self(notes)
    }

    /// The notes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A client's own id of an object, without surrounding space; `None` if it is empty, longer than 255 characters, or has
/// control characters.
pub fn parse_external_id(text: &str) -> Option<String> {
    let id = text.trim();
    let is_id = !id.is_empty() && id.chars().count() <= EXTERNAL_ID_CHARS_MAX && !id.contains(char::is_control);
    is_id.then(|| id.to_owned())
}

/// What clients keep with an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The client's own id of it, unique among the brand's objects of its kind.
    pub external_id: Option<String>,
    /// The client's notes.
    pub metadata: Metadata,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(pairs: &[(&str, Option<&str>)]) -> BTreeMap<String, Option<String>> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect()
    }

    #[test]
    fn notes_are_set_kept_and_removed() {
        let notes = Metadata::default().with(changes(&[("a", Some("1")), ("b", Some("2"))])).expect("notes");
        let notes = notes.with(changes(&[("a", None), ("c", Some(""))])).expect("notes");
        assert_eq!(notes.iter().collect::<Vec<_>>(), [("b", "2"), ("c", "")]);
    }

    #[test]
    fn what_is_too_long_or_too_much_is_refused() {
        let long = "x".repeat(41);
        let faults = Metadata::default()
            .with(changes(&[("", Some("1")), (&long, Some("1")), ("ok", Some(&"y".repeat(501)))]))
            .expect_err("refused");
        assert_eq!(faults, ["metadata names must be 1 to 40 characters", "metadata.ok must be at most 500 characters"]);
        let many = (0..51).map(|n| (n.to_string(), Some(String::new()))).collect();
        assert_eq!(Metadata::default().with(many).expect_err("refused"), ["metadata must have at most 50 names"]);
    }

    #[test]
    fn external_ids_are_trimmed_and_bounded() {
        assert_eq!(parse_external_id(" crm-7 ").as_deref(), Some("crm-7"));
        assert_eq!(parse_external_id(" "), None);
        assert_eq!(parse_external_id("a\nb"), None);
        assert_eq!(parse_external_id(&"x".repeat(256)), None);
    }
}
