//! When an attempt is repeated, and when an endpoint is given up.

use crate::{
    UnixMs,
    time::{DAY_MS, HOUR_MS},
};

const MINUTE_MS: i64 = 60_000;

/// Waits between attempts, in ms: 75 hours and 35 minutes in all.
const WAITS_MS: [i64; 9] = [
    5_000,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
];
/// Attempts before a delivery is given up.
pub const ATTEMPTS_MAX: i64 = 10;
/// Each wait is up to this part longer or shorter, in percent, so that what failed together does not return together.
const JITTER_PERCENT: i64 = 20;
/// The longest that a receiver may postpone a delivery with `Retry-After`, in ms.
pub const RETRY_AFTER_MAX_MS: i64 = DAY_MS;
/// The longest that it may postpone everything else that is for it, in ms.
pub const HOLD_MAX_MS: i64 = HOUR_MS;
/// After so long without a success an endpoint's owner is warned, in ms.
const WARN_MS: i64 = DAY_MS;
/// After so long it is disabled, in ms.
const DISABLE_MS: i64 = 5 * DAY_MS;

/// How long to wait after this many failed attempts, in ms; `None` if that was the last one. `chance` is random.
pub fn wait_ms(attempts: i64, chance: u16) -> Option<i64> {
    let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let wait = *WAITS_MS.get(index)?;
    let percent =
        100_000 - JITTER_PERCENT * 1_000 + i64::from(chance) * 2 * JITTER_PERCENT * 1_000 / i64::from(u16::MAX);
    Some(wait * percent / 100_000)
}

/// The instant that a `Retry-After` header names, in seconds or as a date; at most [`RETRY_AFTER_MAX_MS`] from now.
pub fn retry_after(header: &str, now: UnixMs) -> Option<UnixMs> {
    let header = header.trim();
    let at = match header.parse::<u32>() {
        Ok(seconds) => now.plus_ms(i64::from(seconds) * 1_000),
        Err(_) if header.bytes().all(|byte| byte.is_ascii_digit()) && !header.is_empty() => UnixMs(i64::MAX),
        Err(_) => UnixMs(jiff::fmt::rfc2822::parse(header).ok()?.timestamp().as_millisecond()),
    };
    Some(at.clamp(now, now.plus_ms(RETRY_AFTER_MAX_MS)))
}

/// What follows from a failure for the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing yet.
    Fine,
    /// Its owner should know.
    Warn,
    /// It is disabled.
    Disable,
}

impl Standing {
    /// After a failure at `now` of an endpoint that did nothing but fail since `failing_since`. Nobody is disabled within
    /// a day of the warning, however rarely events happen.
    pub fn after_failure(failing_since: Option<UnixMs>, warned_at: Option<UnixMs>, now: UnixMs) -> Self {
        let Some(since) = failing_since else { return Self::Fine };
        let lasted = now.0.saturating_sub(since.0);
        match warned_at {
            None if lasted >= WARN_MS => Self::Warn,
            Some(at) if lasted >= DISABLE_MS && now.0.saturating_sub(at.0) >= WARN_MS => Self::Disable,
            _ => Self::Fine,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_take_75_hours_more_or_less_a_fifth() {
        let total = |chance: u16| -> i64 { (1..).map_while(|attempts| wait_ms(attempts, chance)).sum() };
        let whole = 75 * HOUR_MS + 35 * MINUTE_MS + 5_000;
        assert_eq!(WAITS_MS.iter().sum::<i64>(), whole);
        assert_eq!((total(0), total(u16::MAX)), (whole * 8 / 10, whole * 12 / 10));
        assert!((total(u16::MAX / 2) - whole).abs() < MINUTE_MS * 10);
        assert_eq!((0..100).find(|attempts| wait_ms(attempts + 1, 0).is_none()).map(|n| n + 1), Some(ATTEMPTS_MAX));
        assert_eq!((wait_ms(0, 0), wait_ms(-1, 0), wait_ms(10, 0)), (None, None, None));
    }

    #[test]
    fn retry_after_is_read_and_bounded() {
        let now = UnixMs::parse_rfc3339("2026-11-26T12:00:00Z").expect("time");
        let after = |header: &str| retry_after(header, now).map(|at| at.0 - now.0);
        assert_eq!(after("120"), Some(120_000));
        assert_eq!(after(" 0 "), Some(0));
        assert_eq!(after("Thu, 26 Nov 2026 12:30:00 GMT"), Some(30 * MINUTE_MS));
        assert_eq!(after("Thu, 26 Nov 2026 11:00:00 GMT"), Some(0), "past");
        assert_eq!(after("604800"), Some(RETRY_AFTER_MAX_MS));
        assert_eq!(after("99999999999999999999999"), Some(RETRY_AFTER_MAX_MS));
        assert_eq!(after("Fri, 31 Dec 2100 23:59:59 GMT"), Some(RETRY_AFTER_MAX_MS));
        for header in ["", "-5", "1.5", "soon", "2026-11-26T12:30:00Z"] {
            assert_eq!(after(header), None, "{header}");
        }
    }

    #[test]
    fn owners_are_warned_a_day_before_the_end_at_least() {
        let standing = |since: i64, warned: Option<i64>, now: i64| {
            Standing::after_failure(Some(UnixMs(since)), warned.map(UnixMs), UnixMs(now))
        };
        assert_eq!(Standing::after_failure(None, None, UnixMs(0)), Standing::Fine, "the first failure");
        assert_eq!(standing(0, None, DAY_MS - 1), Standing::Fine);
        assert_eq!(standing(0, None, DAY_MS), Standing::Warn);
        assert_eq!(standing(0, Some(DAY_MS), 5 * DAY_MS - 1), Standing::Fine);
        assert_eq!(standing(0, Some(DAY_MS), 5 * DAY_MS), Standing::Disable);
        assert_eq!(standing(0, None, 9 * DAY_MS), Standing::Warn, "nothing was sent for days");
        assert_eq!(standing(0, Some(9 * DAY_MS), 9 * DAY_MS + 1), Standing::Fine);
        assert_eq!(standing(0, Some(9 * DAY_MS), 10 * DAY_MS), Standing::Disable);
    }
}
