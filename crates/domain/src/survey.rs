//! Post-purchase surveys: finds the creator that a free-text answer names.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::CreatorId;

/// Confidence if the whole answer is a creator's handle, name or alias, in parts of 10,000.
pub const EXACT_BP: u32 = 9_000;
/// Confidence if the answer contains it among other words.
pub const CONTAINED_BP: u32 = 8_500;
/// Minimum confidence of a match; answers below it wait for manual review.
pub const MATCH_MIN_BP: u32 = 6_000;
/// Minimum similarity of a misspelt name, in parts of 10,000.
const SIMILAR_MIN_BP: u32 = 7_500;
/// Shorter names must be the whole answer, since three letters occur in almost any sentence.
const FUZZY_LETTERS_MIN: usize = 4;
/// Only this many characters of an answer are read.
pub const ANSWER_CHARS_MAX: usize = 500;
/// Names are compared with runs of at most this many words.
const WORDS_MAX: usize = 3;

/// Most creators that are suggested for an answer.
pub const SUGGESTIONS_MAX: usize = 3;
/// Minimum likeness of a suggestion, in parts of 10,000.
const SUGGEST_MIN_BP: u32 = 6_500;
/// Fewest letters of a name's beginning that suggest it.
const BEGINNING_LETTERS_MIN: usize = 3;

/// A creator and all their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The creator.
    pub creator: CreatorId,
    /// Handle, display name and aliases, as the brand wrote them.
    pub names: Vec<String>,
}

/// The match of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The creator.
    pub creator: CreatorId,
    /// Confidence in parts of 10,000, from [`MATCH_MIN_BP`] to [`EXACT_BP`].
    pub confidence_bp: u32,
    /// The matching name, as the brand wrote it.
    pub name: String,
}

/// The letters and digits of a text in lower case, without accents.
pub fn normalise(text: &str) -> String {
    text.nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// Creators whom an answer may mean although it names nobody for certain, the likeliest first; at most
/// [`SUGGESTIONS_MAX`].
pub fn suggest(answer: &str, candidates: &[Candidate]) -> Vec<CreatorId> {
    let answer: String = answer.chars().take(ANSWER_CHARS_MAX).collect();
    let (whole, runs) = (normalise(&answer), runs_of(&answer));
    let similar = |name: &String| {
        let name = normalise(name);
        let part_bp = runs.iter().map(|run| part_bp(&name, run)).max().unwrap_or(0);
        confidence(&name, &whole, &runs).max(part_bp)
    };
    let mut found: Vec<(u32, &CreatorId)> = candidates
        .iter()
        .filter_map(|one| Some((one.names.iter().map(similar).max()?, &one.creator)))
        .filter(|(likeness_bp, _)| *likeness_bp >= SUGGEST_MIN_BP)
        .collect();
    found.sort_by_key(|(likeness_bp, _)| core::cmp::Reverse(*likeness_bp));
    found.into_iter().take(SUGGESTIONS_MAX).map(|(_, creator)| creator.clone()).collect()
}

/// How likely a run of words means a name: by similarity, or because it is the name's beginning.
fn part_bp(name: &str, run: &str) -> u32 {
    if name == run {
        return EXACT_BP;
    }
    if name.chars().count() < FUZZY_LETTERS_MIN {
        return 0;
    }
    let is_beginning = run.chars().count() >= BEGINNING_LETTERS_MIN && name.starts_with(run);
    similarity_bp(name, run).max(if is_beginning { SIMILAR_MIN_BP } else { 0 })
}

/// Runs of up to three words of an answer, normalised.
fn runs_of(answer: &str) -> Vec<String> {
    // `_`, `.`, `-` and `@` belong to handles; any other non-letter separates words.
    let words: Vec<String> = answer
        .split(|letter: char| !(letter.is_alphanumeric() || is_combining_mark(letter) || "_.-@".contains(letter)))
        .map(normalise)
        .filter(|word| !word.is_empty())
        .collect();
    (1..=WORDS_MAX).flat_map(|count| words.windows(count).map(<[std::string::String]>::concat)).collect()
}

/// Finds the creator that an answer names. `None` if no confidence reaches [`MATCH_MIN_BP`], or if the two best
/// creators tie.
///
/// Confidence is [`EXACT_BP`] if the normalised answer equals a name, [`CONTAINED_BP`] if a run of up to three words
/// does, and else rises linearly from [`MATCH_MIN_BP`] at similarity 0.75 towards [`CONTAINED_BP`] at 1.
pub fn find(answer: &str, candidates: &[Candidate]) -> Option<Match> {
    let answer: String = answer.chars().take(ANSWER_CHARS_MAX).collect();
    let whole = normalise(&answer);
    if whole.is_empty() {
        return None;
    }
    let runs = runs_of(&answer);
    let mut matches: Vec<Match> = candidates
        .iter()
        .filter_map(|candidate| {
            candidate
                .names
                .iter()
                .map(|name| (confidence(&normalise(name), &whole, &runs), name))
                .max_by_key(|(confidence_bp, _)| *confidence_bp)
                .filter(|(confidence_bp, _)| *confidence_bp >= MATCH_MIN_BP)
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
    // Damerau–Levenshtein distance over the longer length: two swapped letters count as one error.
    let similar_bp = runs.iter().map(|run| similarity_bp(name, run)).max().unwrap_or(0);
    if similar_bp < SIMILAR_MIN_BP {
        return 0;
    }
    MATCH_MIN_BP + (similar_bp - SIMILAR_MIN_BP) * (CONTAINED_BP - MATCH_MIN_BP) / (10_000 - SIMILAR_MIN_BP)
}

fn similarity_bp(a: &str, b: &str) -> u32 {
    let longest = a.chars().count().max(b.chars().count()).max(1);
    let distance = strsim::damerau_levenshtein(a, b).min(longest);
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
        let index = candidates.iter().position(|candidate| candidate.creator == found.creator)?;
        Some((u8::try_from(index).ok()?, found.confidence_bp))
    }

    #[test]
    fn unclear_answers_suggest_the_likeliest() {
        let creator = |n: u8| CreatorId::new(1, [n; 10]);
        assert_eq!(suggest("jessica", &candidates()), [creator(0), creator(2)], "both are called so");
        assert_eq!(suggest("saw it on ana", &candidates()), [creator(1)], "short, but whole");
        assert_eq!(suggest("google", &candidates()), []);
        assert_eq!(suggest("", &candidates()), []);
    }

    #[test]
    fn exact_names_match_in_any_spelling() {
        for answer in ["jessica_styles", "@Jessica_Styles", " JESSICA STYLES!! 💕", "jéssica.styles"] {
            assert_eq!(found(answer), Some((0, 9_000)), "{answer}");
        }
        assert_eq!(found("Jessica Muller"), Some((0, 9_000)));
        assert_eq!(found("Ana"), Some((1, 9_000)));
        assert_eq!(found("bo"), Some((3, 9_000)));
    }

    #[test]
    fn contained_names_score_higher_than_misspelt_ones() {
        assert_eq!(found("saw it on @jessica_styles' story"), Some((0, 8_500)));
        assert_eq!(found("from ana souza on tiktok"), Some((1, 8_500)));
        let slip = found("jessica_stlyes").expect("one slip");
        assert!(slip.0 == 0 && (6_000..8_500).contains(&slip.1), "{slip:?}");
    }

    #[test]
    fn answers_naming_no_creator_or_two_do_not_match() {
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
