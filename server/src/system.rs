//! The production `Clock` and `Random`.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::UnixMs;
use flow::{Clock, Random};

/// The system clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the only production reader of the clock")]
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
            // Without randomness, keys and tokens would be predictable, so the process must not continue.
            eprintln!("creatorscore: the operating system's random source failed: {error}");
            std::process::abort();
        }
    }
}
