//! The languages that people are spoken to in.

/// A language of the pages and mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English: the first, and the one in which a missing text is shown.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// Every language, as they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its code (BCP 47).
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language of a tag such as `de-AT`, if there are texts in it.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_by_their_language() {
        assert_eq!(Language::parse("de-AT"), Some(Language::German));
        assert_eq!(Language::parse(" EN_us "), Some(Language::English));
        assert_eq!([Language::parse("fr"), Language::parse(""), Language::parse("deu")], [None, None, None]);
        assert_eq!(Language::ALL.map(|language| Language::parse(language.code())), Language::ALL.map(Some));
    }
}
