//! Fuzz targets, shared by the crates that have some: a check that must hold for all bytes.
//!
//! `cargo test` runs a target on its corpus, the files in `__fuzz__/NAME/corpus` beside the test, and on mutations of
//! it, the same ones every time. `cargo bolero test` gives it to a fuzzer instead, see CONTRIBUTING.md.

use std::path::Path;

/// Runs a target: its name, words of its inputs' language, how many mutations to try, and the check.
macro_rules! fuzz {
    ($name:literal, $words:expr, $runs:expr, $check:expr) => {{
        if !$crate::target::IS_FUZZED {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/__fuzz__/", $name);
            $crate::target::run(folder.as_ref(), $words, $runs, $check);
        }
        // Under no fuzzer: the corpus alone.
        bolero::check!(name = $name).with_iterations(0).for_each($check);
    }};
}
pub(crate) use fuzz;

/// Whether a fuzzer makes the inputs.
#[expect(unexpected_cfgs, reason = "cargo-bolero sets it")]
pub(crate) const IS_FUZZED: bool = cfg!(fuzzing);

/// Checks mutations of the corpus: `runs` of them, or as many as `FUZZ_RUNS` says.
#[expect(clippy::disallowed_methods, reason = "how long to test is no setting of the server")]
pub(crate) fn run(folder: &Path, words: &[&str], runs: u64, check: impl Fn(&[u8])) {
    let runs = std::env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(runs);
    let corpus = read_corpus(&folder.join("corpus"));
    assert!(!corpus.is_empty(), "{} has no corpus", folder.display());
    for run in 0..runs {
        let input = Mutator { numbers: Numbers(run), words, corpus: &corpus }.input();
        let _on_panic = Shown { run, input: &input };
        check(&input);
    }
}

/// The files of a folder in the order of their names.
fn read_corpus(folder: &Path) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = files.filter(|path| path.is_file()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// Prints the input of a check that panics.
struct Shown<'a> {
    run: u64,
    input: &'a [u8],
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("mutation {}: b\"{}\"", self.run, self.input.escape_ascii());
        }
    }
}

/// `SplitMix64`: numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; zero if that is zero.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap_or(0)
    }
}

struct Mutator<'a> {
    numbers: Numbers,
    words: &'a [&'a str],
    corpus: &'a [Vec<u8>],
}

impl Mutator<'_> {
    /// A file of the corpus after one to three mutations.
    fn input(mut self) -> Vec<u8> {
        // The state of two runs that follow each other differs by one: mixed before it is used.
        self.numbers = Numbers(self.numbers.next());
        let mut input = self.file();
        for _ in 0..=self.numbers.below(3) {
            self.mutate(&mut input);
        }
        input
    }

    fn file(&mut self) -> Vec<u8> {
        self.corpus[self.numbers.below(self.corpus.len())].clone()
    }

    fn word(&mut self) -> Vec<u8> {
        let at = self.numbers.below(self.words.len());
        self.words.get(at).map_or_else(Vec::new, |word| word.as_bytes().to_vec())
    }

    /// A short range of the input.
    fn range(&mut self, input: &[u8]) -> core::ops::Range<usize> {
        let start = self.numbers.below(input.len() + 1);
        let end = start + self.numbers.below((input.len() - start).min(32) + 1);
        start..end
    }

    /// A value or a name between two marks of JSON, or a whole text without any.
    fn token(&mut self, input: &[u8]) -> core::ops::Range<usize> {
        let is_mark = |byte: &u8| b"{}[]:,\n".contains(byte);
        let at = self.numbers.below(input.len());
        let start = input.iter().take(at).rposition(is_mark).map_or(0, |mark| mark + 1);
        let end = input.iter().skip(start).position(is_mark).map_or(input.len(), |length| start + length);
        start..end
    }

    /// A number, text or word after a name, as most fields of JSON have; another token if there is none.
    fn value(&mut self, input: &[u8]) -> core::ops::Range<usize> {
        let colons = input.windows(2).enumerate().filter(|(_, pair)| pair == b"\":").map(|(at, _)| at + 2);
        let is_plain = |at: &usize| input.get(*at).is_some_and(|byte| !b"{[".contains(byte));
        let starts: Vec<usize> = colons.filter(is_plain).collect();
        let Some(start) = starts.get(self.numbers.below(starts.len())) else { return self.token(input) };
        let is_end = |byte: &u8| b",}]".contains(byte);
        let end = input.iter().skip(*start).position(is_end).map_or(input.len(), |length| start + length);
        *start..end
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        match self.numbers.below(12) {
            0 => {
                let at = self.numbers.below(input.len());
                let byte = self.numbers.next().to_le_bytes()[0];
                if let Some(old) = input.get_mut(at) {
                    *old = byte;
                }
            }
            1 => {
                let range = self.range(input);
                input.drain(range);
            }
            2 => {
                let range = self.range(input);
                let copy = input[range.clone()].to_vec();
                input.splice(range.end..range.end, copy);
            }
            3 => {
                let at = self.numbers.below(input.len() + 1);
                let word = self.word();
                input.splice(at..at, word);
            }
            4 => {
                let other = self.file();
                input.truncate(self.numbers.below(input.len() + 1));
                input.extend_from_slice(&other[self.numbers.below(other.len() + 1)..]);
            }
            5 => {
                let token = self.token(input);
                let word = self.word();
                input.splice(token, word);
            }
            6 | 7 => {
                let other = self.file();
                let (mine, theirs) = (self.value(input), self.value(&other));
                input.splice(mine, other[theirs].to_vec());
            }
            _ => {
                let value = self.value(input);
                let word = self.word();
                input.splice(value, word);
            }
        }
    }
}
