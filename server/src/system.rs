//! The real clock and the operating system's randomness: the only places that ask for either.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::UnixMs;
use flow::{Clock, Random};

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    fn now(&self) -> UnixMs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random source.
#[derive(Clone, Copy, Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            // Nothing secret can be made without it, and a server that guesses its secrets is worse than none.
            eprintln!("creatorscore: the operating system gives no randomness: {error}");
            std::process::abort();
        }
    }
}
