//! What the code of the pages says: its literals, the messages that it uses, and the texts that it holds itself.

use std::{collections::BTreeSet, path::Path};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Macros whose texts no reader sees.
const NOT_SHOWN: &[&str] =
    &["assert", "assert_eq", "concat", "debug", "error", "include_str", "info", "matches", "rich", "t", "warn"];
/// Attributes of elements whose values no reader sees.
const NOT_READ: &[&str] = &[
    "action",
    "class",
    "content",
    "d",
    "href",
    "method",
    "name",
    "preserveAspectRatio",
    "reason",
    "rel",
    "type",
    "viewBox",
];
/// Functions whose texts no reader sees, or that look up its message: `Invalid::one` and others word faults for the API, and
/// forms find their messages; `not_found` takes a noun.
const NOT_TOLD: &[&str] = &[
    "Stale",
    "contains",
    "fault",
    "from_static",
    "not_found",
    "one",
    "split_once",
    "starts_with",
    "strip_prefix",
    "strip_suffix",
];
/// Names that are the same in every language, and literals that are no texts: classes, types, headers.
const NOT_PROSE: &[&str] = &[
    "Aiko Tanaka",
    "CSV",
    "CreatorScore",
    "Deutsch",
    "English",
    "Jessica Styles",
    "Lax",
    "Marco Bianchi",
    "None; Partitioned",
    "QR",
    "heat heat-{}",
    "kind cart",
    "kind click",
    "kind landing",
    "kind manual",
    "kind promo",
    "kind survey",
    "live active",
    "number money",
    "quiet critical",
    "{name}={}; Path=/; Max-Age={LIFE_S}; Secure; HttpOnly; SameSite={site}",
    "{title} · CreatorScore",
];

/// A file of code.
pub(crate) struct Source {
    /// Its path below `app/src`, or its whole path.
    pub(crate) name: String,
    /// Its tokens, without attributes, documentation and tests.
    pub(crate) tokens: Vec<TokenTree>,
}

impl Source {
    /// Reads a file.
    pub(crate) fn read(root: &Path, path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a source file");
        let tokens: TokenStream = text.parse().expect("tokens");
        let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
        Self { name, tokens: without_attributes(tokens.into_iter().collect()) }
    }
}

/// Drops attributes, and the modules that are compiled for tests only.
fn without_attributes(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    let mut is_test = false;
    while let Some(token) = tokens.next() {
        if is_punct(&token, '#') {
            let _ = tokens.next_if(|token| is_punct(token, '!'));
            if let Some(TokenTree::Group(group)) = tokens.next_if(|token| matches!(token, TokenTree::Group(_))) {
                is_test |= group.stream().to_string().replace(' ', "") == "cfg(test)";
                continue;
            }
        }
        match token {
            // The body of what an attribute says is for tests.
            TokenTree::Group(group) if is_test && group.delimiter() == Delimiter::Brace => is_test = false,
            token if is_test && is_punct(&token, ';') => is_test = false,
            TokenTree::Group(group) => {
                let inner = without_attributes(group.stream().into_iter().collect());
                kept.push(TokenTree::Group(Group::new(group.delimiter(), inner.into_iter().collect())));
            }
            other => kept.push(other),
        }
    }
    kept
}

fn is_punct(token: &TokenTree, letter: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == letter)
}

fn inner(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn text_of(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|text| text.value())
}

/// Every string literal.
pub(crate) fn literals(tokens: &[TokenTree]) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => found.extend(literals(&inner(group))),
            other => found.extend(text_of(other)),
        }
    }
    found
}

/// A use of a message.
pub(crate) struct Call {
    /// Its id.
    pub(crate) id: String,
    /// The arguments that are given.
    pub(crate) arguments: BTreeSet<String>,
}

/// Every `t!("…")`, `rich!("…")`, `Message("…")` and `label("…")`.
pub(crate) fn calls(tokens: &[TokenTree]) -> Vec<Call> {
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let content = inner(group);
        let name = |back: usize| match index.checked_sub(back).map(|index| &tokens[index]) {
            Some(TokenTree::Ident(name)) => name.to_string(),
            Some(TokenTree::Punct(punct)) => punct.as_char().to_string(),
            _ => String::new(),
        };
        let is_macro = name(1) == "!" && ["t", "rich"].contains(&name(2).as_str());
        let is_function = ["Message", "label"].contains(&name(1).as_str());
        if let Some(id) = content.first().and_then(text_of).filter(|_| is_macro || is_function) {
            let arguments = if is_macro { names(&content) } else { BTreeSet::new() };
            found.push(Call { id, arguments });
        }
        found.extend(calls(&content));
    }
    found
}

/// The names of `"id", name = value, other = value`.
fn names(content: &[TokenTree]) -> BTreeSet<String> {
    let named = content.windows(3).filter_map(|tokens| match tokens {
        [comma, TokenTree::Ident(name), equals] if is_punct(comma, ',') && is_punct(equals, '=') => {
            Some(name.to_string())
        }
        _ => None,
    });
    named.collect()
}

/// The nouns of every `NotFound("…")` and `not_found("…")`.
pub(crate) fn not_found(tokens: &[TokenTree]) -> Vec<String> {
    let calls = ["NotFound", "not_found"].into_iter().flat_map(|function| arguments_of(function, tokens));
    calls.filter_map(|content| content.first().and_then(text_of)).collect()
}

/// The nouns of every field that holds an id: `.id("field", "noun")`.
pub(crate) fn id_fields(tokens: &[TokenTree]) -> Vec<String> {
    let calls = arguments_of("id", tokens).into_iter().filter(|content| content.len() == 3);
    calls.filter_map(|content| content.last().and_then(text_of)).collect()
}

/// The arguments of every call of a function.
fn arguments_of(function: &str, tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let content = inner(group);
        found.extend(arguments_of(function, &content));
        if index > 0 && matches!(&tokens[index - 1], TokenTree::Ident(name) if name == function) {
            found.push(content);
        }
    }
    found
}

/// The texts for readers. `const WORDS` words faults, as `Invalid::one` does.
pub(crate) fn prose(tokens: &[TokenTree]) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_in_words = false;
    for (index, token) in tokens.iter().enumerate() {
        is_in_words |= matches!(token, TokenTree::Ident(name) if name == "WORDS");
        is_in_words &= !is_punct(token, ';');
        if is_in_words {
            continue;
        }
        let before = |back: usize| index.checked_sub(back).map(|index| &tokens[index]);
        let ident = |back: usize| match before(back) {
            Some(TokenTree::Ident(name)) => name.to_string(),
            _ => String::new(),
        };
        let is_after = |letter| before(1).is_some_and(|token| is_punct(token, letter));
        let is_pattern = match tokens.get(index + 1..) {
            Some([next, ..]) if is_punct(next, '|') => true,
            Some([next, after, ..]) => is_punct(next, '=') && is_punct(after, '>'),
            _ => false,
        };
        let is_hidden = NOT_TOLD.contains(&ident(1).as_str())
            || (is_after('!') && NOT_SHOWN.contains(&ident(2).as_str()))
            || (is_after('=') && NOT_READ.contains(&ident(2).as_str()));
        match token {
            TokenTree::Group(group) if !is_hidden => found.extend(prose(&inner(group))),
            other if !is_hidden && !is_pattern => {
                found.extend(text_of(other).filter(|text| is_prose(text)));
            }
            _ => {}
        }
    }
    found
}

/// Whether a literal is a text: two words, or one that begins like a sentence.
fn is_prose(text: &str) -> bool {
    // Markup, the policy of contents, and a command to type have notations of their own.
    let is_notation = ["<", "default-src ", "creatorscore "].iter().any(|start| text.starts_with(start));
    if NOT_PROSE.contains(&text) || is_notation {
        return false;
    }
    let text = without_placeholders(text);
    let words = text.split_whitespace().map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()));
    let words: Vec<&str> = words.filter(|word| is_word(word)).collect();
    words.len() > 1
        || words.first().is_some_and(|word| {
            let mut letters = word.chars();
            letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
        })
}

/// A text without what `format!` puts in.
fn without_placeholders(text: &str) -> String {
    let mut parts = text.split('{');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once('}').map_or(part, |(_, after)| after));
    }
    kept
}

fn is_word(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(|letter| letter.is_alphabetic() || "'’-".contains(letter))
}
