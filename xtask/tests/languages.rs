//! Checks the catalogue of the pages' texts (`app/locales`) against the code that uses it: every message in every language
//! with the same arguments, none missing, none unused, and no text of a page outside of it.

#[path = "languages/messages.rs"]
mod messages;
#[path = "languages/source.rs"]
mod source;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use messages::{Message, catalogue};
use source::{Source, calls, literals, prose};

/// Files of `app/src` that still hold English texts. The list only gets shorter.
const NOT_CONVERTED: &[&str] = &[];

/// Literals that begin like messages and are none: classes of the style sheet, and names of files.
const NOT_MESSAGES: &[&str] =
    &["audit-log", "commissions-that-need-approval", "orders-credited-to-nobody", "proof-details", "proof-figures"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}

/// Every Rust file below a folder.
fn sources(folder: &str) -> Vec<Source> {
    let mut folders = vec![repository().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(Source::read(&repository().join("app/src"), &path));
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

fn both() -> [BTreeMap<String, Message>; 2] {
    ["en", "de"].map(|language| catalogue(&repository().join("app/locales").join(language)))
}

#[test]
fn every_message_stands_in_every_language_with_the_same_arguments() {
    let [english, german] = both();
    let ids = |messages: &BTreeMap<String, Message>| messages.keys().cloned().collect::<BTreeSet<_>>();
    let missing: Vec<String> = ids(&english).symmetric_difference(&ids(&german)).cloned().collect();
    assert_eq!(missing, Vec::<String>::new(), "messages that stand in one language only");
    for (id, message) in &english {
        let other = &german[id];
        assert_eq!(message.file, other.file, "{id} stands in files of different names");
        assert_eq!(message.arguments, other.arguments, "the arguments of {id}");
        assert!(id.starts_with(&format!("{}-", message.file)), "{id} does not begin with the name of its file");
    }
}

#[test]
fn the_catalogue_reads_every_file() {
    let code = Source::read(&repository().join("app/src"), &repository().join("app/src/language/catalogue.rs"));
    let named: BTreeSet<String> = literals(&code.tokens).into_iter().collect();
    for messages in both() {
        for (id, message) in messages {
            assert!(named.contains(&message.file), "the file of {id} is not in the list of `language/catalogue.rs`");
        }
    }
}

#[test]
fn messages_are_used_with_their_arguments() {
    let [english, _] = both();
    for file in sources("app/src") {
        for call in calls(&file.tokens) {
            let Some(message) = english.get(&call.id) else { panic!("{}: there is no message {}", file.name, call.id) };
            assert_eq!(call.arguments, message.arguments, "{}: the arguments of {}", file.name, call.id);
        }
    }
}

#[test]
fn every_id_has_a_message_and_every_message_is_used() {
    let [english, _] = both();
    let files: BTreeSet<&str> = english.values().map(|message| message.file.as_str()).collect();
    let is_like_an_id = |text: &str| {
        text.split_once('-').is_some_and(|(file, rest)| files.contains(file) && !rest.is_empty())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
    };
    let mut used = BTreeSet::new();
    let mut unknown = Vec::new();
    for file in sources("app/src") {
        for text in literals(&file.tokens) {
            if is_like_an_id(&text) && !english.contains_key(&text) && !NOT_MESSAGES.contains(&text.as_str()) {
                unknown.push(format!("{}: {text}", file.name));
            }
            used.insert(text);
        }
    }
    assert_eq!(unknown, Vec::<String>::new(), "ids without a message");
    let unused: Vec<&String> = english.keys().filter(|id| !used.contains(*id)).collect();
    assert_eq!(unused, Vec::<&String>::new(), "messages that nothing shows");
}

#[test]
fn pages_hold_no_texts_outside_of_the_catalogue() {
    let mut found = BTreeMap::new();
    for file in sources("app/src") {
        let texts = prose(&file.tokens);
        if !texts.is_empty() {
            found.insert(file.name, texts);
        }
    }
    let others: BTreeMap<_, _> = found.iter().filter(|(name, _)| !NOT_CONVERTED.contains(&name.as_str())).collect();
    assert!(others.is_empty(), "texts outside of the catalogue: {others:#?}");
    let converted: Vec<&&str> = NOT_CONVERTED.iter().filter(|name| !found.contains_key(**name)).collect();
    assert_eq!(converted, Vec::<&&str>::new(), "files that are converted: take them off the list");
}

#[test]
fn what_is_not_found_has_a_name_in_every_language() {
    let code = Source::read(&repository().join("app/src"), &repository().join("app/src/words.rs"));
    let known: BTreeSet<String> = literals(&code.tokens).into_iter().collect();
    let mut count = 0;
    for folder in ["crates/flow/src", "crates/store/src", "app/src"] {
        for file in sources(folder) {
            let fields = if folder == "app/src" { source::id_fields(&file.tokens) } else { Vec::new() };
            for noun in source::not_found(&file.tokens).into_iter().chain(fields) {
                assert!(known.contains(&noun), "{}: `words::noun` does not know {noun:?}", file.name);
                count += 1;
            }
        }
    }
    assert!(count > 100, "nouns are recognised: {count}");
}
