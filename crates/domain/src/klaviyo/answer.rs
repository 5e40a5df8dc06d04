//! What Klaviyo's answers mean: <https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling>.

use serde::Deserialize;

use crate::webhook::Answer;

/// Longest part of an error that is kept, in characters.
const PART_CHARS_MAX: usize = 100;

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The event was taken.
    Taken,
    /// The key is wrong, or may not write events.
    KeyRefused,
    /// Too much in this second or minute.
    Wait,
    /// Klaviyo failed: the same request may succeed later.
    Failed,
    /// The event will never be taken.
    Invalid,
}

impl Verdict {
    /// Of an HTTP status.
    pub const fn of(status: u16) -> Self {
        match status {
            200..=299 => Self::Taken,
            401 | 403 => Self::KeyRefused,
            429 => Self::Wait,
            400..=407 | 409..=499 => Self::Invalid,
            // A redirect leads away from Klaviyo's API.
            _ => Self::Failed,
        }
    }
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    code: String,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct Source {
    pointer: Option<String>,
}

/// Describes an error for the brand. Of Klaviyo's answer it has only the code and the field that is wrong:
/// the message may repeat what was sent, and so name a creator who is erased later.
pub fn error_text(answer: &Answer) -> String {
    let said = serde_json::from_slice::<Errors>(&answer.body).ok().and_then(|errors| errors.errors.into_iter().next());
    let code = said.as_ref().map(|fault| plain(&fault.code)).filter(|code| !code.is_empty());
    let field = said.and_then(|fault| fault.source?.pointer).map(|pointer| plain(&pointer));
    let mut text = format!("Klaviyo answered with {}", answer.status);
    for part in code.into_iter().chain(field.filter(|field| !field.is_empty())) {
        text.push_str(": ");
        text.push_str(&part);
    }
    text
}

/// The characters of codes and paths.
fn plain(text: &str) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/');
    text.chars().filter(is_plain).take(PART_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::AnswerHeaders;

    fn text(status: u16, body: &str) -> String {
        error_text(&Answer { status, headers: AnswerHeaders::default(), body: body.as_bytes().to_vec() })
    }

    #[test]
    fn answers_mean_what_klaviyo_says() {
        let verdicts = [
            (202, Verdict::Taken),
            (301, Verdict::Failed),
            (400, Verdict::Invalid),
            (401, Verdict::KeyRefused),
            (403, Verdict::KeyRefused),
            (404, Verdict::Invalid),
            (413, Verdict::Invalid),
            (429, Verdict::Wait),
            (503, Verdict::Failed),
        ];
        for (status, verdict) in verdicts {
            assert_eq!(Verdict::of(status), verdict, "{status}");
        }
    }

    #[test]
    fn errors_name_the_field_and_nobody() {
        let body = r#"{"errors":[{"id":"1","code":"invalid","title":"Invalid input.","detail":"'Ana' is no name",
            "source":{"pointer":"/data/attributes/profile"}}]}"#;
        assert_eq!(text(400, body), "Klaviyo answered with 400: invalid: /data/attributes/profile");
        assert_eq!(text(503, "<html>Ana</html>"), "Klaviyo answered with 503");
        assert_eq!(text(400, r#"{"errors":[]}"#), "Klaviyo answered with 400");
    }
}
