//! Post-purchase surveys: whom a shopper named in their own words.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::CreatorId;

/// Confidence of an answer that is exactly a creator's handle, name or alias, in parts of 10,000.
pub const EXACT_BP: u32 = 9_000;
/// Confidence when exactly that stands among other words.
pub const CONTAINED_BP: u32 = 8_500;
/// Least confidence that counts; below it a person decides.
pub const LEAST_BP: u32 = 6_000;
/// Similarity below which two texts are not one name misspelt, in parts of 10,000.
const SIMILAR_MIN_BP: u32 = 7_500;
/// Names shorter than this many letters match only exactly: three letters are in every sentence.
const FUZZY_LETTERS_MIN: usize = 4;
/// Longest answer that is looked at, in characters.
pub const ANSWER_CHARS_MAX: usize = 500;
/// A name is looked for in runs of at most this many words.
const WORDS_MAX: usize = 3;

/// Everything a creator may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The creator.
    pub creator: CreatorId,
    /// Handle, name and aliases.
    pub names: Vec<String>,
}

/// The creator that an answer names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The creator.
    pub creator: CreatorId,
    /// Confidence in parts of 10,000: 9,000 when exact, down to 6,000.
    pub confidence_bp: u32,
    /// The name that was matched, as the brand wrote it.
    pub name: String,
}

/// Letters and digits of a text in lower case: without `@`, spaces, punctuation, accents and emoji.
pub fn normalise(text: &str) -> String {
    text.nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// Finds the one creator whom an answer names. `None` when nobody is named surely enough, or two are equally well.
pub fn find(answer: &str, candidates: &[Candidate]) -> Option<Match> {
    let answer: String = answer.chars().take(ANSWER_CHARS_MAX).collect();
    let whole = normalise(&answer);
    if whole.is_empty() {
        return None;
    }
    // `_`, `.` and `-` belong to handles; anything else between letters parts words.
    let words: Vec<String> = answer
        .split(|letter: char| !(letter.is_alphanumeric() || is_combining_mark(letter) || "_.-@".contains(letter)))
        .map(normalise)
        .filter(|word| !word.is_empty())
        .collect();
    let runs: Vec<String> =
        (1..=WORDS_MAX).flat_map(|count| words.windows(count).map(<[std::string::String]>::concat)).collect();
    let mut matches: Vec<Match> = candidates
        .iter()
        .filter_map(|candidate| {
            candidate
                .names
                .iter()
                .map(|name| (confidence(&normalise(name), &whole, &runs), name))
                .max_by_key(|(confidence_bp, _)| *confidence_bp)
                .filter(|(confidence_bp, _)| *confidence_bp >= LEAST_BP)
                .map(|(confidence_bp, name)| Match {
                    creator: candidate.creator.clone(),
                    confidence_bp,
                    name: name.clone(),
                })
        })
        .collect();
    matches.sort_by_key(|found| core::cmp::Reverse(found.confidence_bp));
    let is_unsure = matches.get(1).is_some_and(|second| second.confidence_bp == matches[0].confidence_bp);
    matches.into_iter().next().filter(|_| !is_unsure)
}

fn confidence(name: &str, whole: &str, runs: &[String]) -> u32 {
    let letters = name.chars().count();
    if name.is_empty() {
        return 0;
    }
    if name == whole {
        return EXACT_BP;
    }
    if letters < FUZZY_LETTERS_MIN {
        return 0;
    }
    if runs.iter().any(|run| run == name) {
        return CONTAINED_BP;
    }
    // Damerau–Levenshtein distance over the longer length (strsim): swapped letters are one slip, not two.
    let similar_bp = runs.iter().map(|run| similarity_bp(name, run)).max().unwrap_or(0);
    if similar_bp < SIMILAR_MIN_BP {
        return 0;
    }
    LEAST_BP + (similar_bp - SIMILAR_MIN_BP) * (CONTAINED_BP - LEAST_BP) / (10_000 - SIMILAR_MIN_BP)
}

fn similarity_bp(one: &str, other: &str) -> u32 {
    let longest = one.chars().count().max(other.chars().count()).max(1);
    let distance = strsim::damerau_levenshtein(one, other).min(longest);
    u32::try_from((longest - distance) * 10_000 / longest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        let names: [&[&str]; 4] = [
            &["jessica_styles", "Jessica Müller", "jess"],
            &["ana", "Ana Souza"],
            &["jessica.stiles", "Jessica Stiles"],
            &["bo", "Bo"],
        ];
        (0u8..)
            .zip(names)
            .map(|(n, names)| Candidate {
                creator: CreatorId::new(1, [n; 10]),
                names: names.iter().map(ToString::to_string).collect(),
            })
            .collect()
    }

    fn found(answer: &str) -> Option<(u8, u32)> {
        let candidates = candidates();
        let found = find(answer, &candidates)?;
        let place = candidates.iter().position(|candidate| candidate.creator == found.creator)?;
        Some((u8::try_from(place).ok()?, found.confidence_bp))
    }

    #[test]
    fn exact_names_in_any_dress_are_sure() {
        for answer in ["jessica_styles", "@Jessica_Styles", " JESSICA STYLES!! 💕", "jéssica.styles"] {
            assert_eq!(found(answer), Some((0, 9_000)), "{answer}");
        }
        assert_eq!(found("Jessica Muller"), Some((0, 9_000)));
        assert_eq!(found("Ana"), Some((1, 9_000)));
        assert_eq!(found("bo"), Some((3, 9_000)));
    }

    #[test]
    fn a_name_among_words_is_surer_than_a_misspelt_one() {
        assert_eq!(found("saw it on @jessica_styles' story"), Some((0, 8_500)));
        assert_eq!(found("from ana souza on tiktok"), Some((1, 8_500)));
        let slip = found("jessica_stlyes").expect("one slip");
        assert!(slip.0 == 0 && (6_000..8_500).contains(&slip.1), "{slip:?}");
    }

    #[test]
    fn what_names_nobody_or_two_is_left_to_a_person() {
        for answer in [
            "",
            "💕",
            "a friend",
            "Google",
            "banana bread",
            "about it",
            "jessica",
            "jessica stylesjessica stiles",
            "jessica_styles and jessica.stiles",
        ] {
            assert_eq!(found(answer), None, "{answer}");
        }
        assert_eq!(found(&"x".repeat(100_000)), None);
    }
}
