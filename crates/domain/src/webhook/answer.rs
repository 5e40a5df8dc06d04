//! What a receiver answered, and what that means.

use super::{ANSWER_BYTES_KEPT, DisabledReason};

/// The headers of an answer that mean something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerHeaders {
    /// `retry-after`.
    pub retry_after: Option<String>,
    /// `webhook-delivery`.
    pub webhook_delivery: Option<String>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What its headers say.
    pub headers: AnswerHeaders,
    /// The body, or its beginning.
    pub body: Vec<u8>,
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the event arrived.
    pub is_delivered: bool,
    /// Whether the endpoint wants no more events.
    pub disables: Option<DisabledReason>,
}

impl Answer {
    /// What it means. A redirect is a failure.
    pub fn verdict(&self) -> Verdict {
        let asks = self
            .headers
            .webhook_delivery
            .as_deref()
            .is_some_and(|text| text.split(',').any(|word| word.trim().eq_ignore_ascii_case("disable")));
        let disables = match self.status {
            410 => Some(DisabledReason::Gone),
            _ => asks.then_some(DisabledReason::Asked),
        };
        Verdict { is_delivered: (200..300).contains(&self.status), disables }
    }

    /// The beginning of the body as text, for the log. No engine stores NUL in a text.
    pub fn excerpt(&self) -> String {
        let mut end = self.body.len().min(ANSWER_BYTES_KEPT);
        // Not within a character.
        while end < self.body.len() && end > 0 && self.body[end] & 0b1100_0000 == 0b1000_0000 {
            end -= 1;
        }
        String::from_utf8_lossy(&self.body[..end]).replace('\0', "\u{fffd}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, webhook_delivery: Option<&str>) -> Answer {
        let headers = AnswerHeaders { retry_after: None, webhook_delivery: webhook_delivery.map(str::to_owned) };
        Answer { status, headers, body: Vec::new() }
    }

    #[test]
    fn answers_mean_what_the_specification_says() {
        let verdict = |status, header| {
            let Verdict { is_delivered, disables } = answer(status, header).verdict();
            (is_delivered, disables)
        };
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(verdict(status, None), (true, None));
        }
        for status in [100, 199, 300, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503] {
            assert_eq!(verdict(status, None), (false, None), "{status}");
        }
        assert_eq!(verdict(410, None), (false, Some(DisabledReason::Gone)));
        assert_eq!(verdict(500, Some("Disable")), (false, Some(DisabledReason::Asked)));
        assert_eq!(verdict(204, Some("abort-message, disable")), (true, Some(DisabledReason::Asked)));
        assert_eq!(verdict(204, Some("enable")), (true, None));
    }

    #[test]
    fn excerpts_are_short_text() {
        let with = |body: Vec<u8>| Answer { body, ..answer(200, None) }.excerpt();
        assert_eq!(with(b"thanks\0".to_vec()), "thanks\u{fffd}");
        assert_eq!(with(vec![0xff, b'a']), "\u{fffd}a");
        let long = with("ä".repeat(ANSWER_BYTES_KEPT).into_bytes());
        assert_eq!(long.chars().count(), ANSWER_BYTES_KEPT / 2);
        let odd = with(format!("a{}", "ä".repeat(ANSWER_BYTES_KEPT)).into_bytes());
        assert!(odd.ends_with('ä') && odd.len() <= ANSWER_BYTES_KEPT, "{}", odd.len());
    }
}
