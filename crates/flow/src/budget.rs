//! What a public key, or somebody without a key, may send in a minute. Whoever has a pixel key can read it from the shop's
//! pages, so it must not be able to fill the brand's database, or to keep others waiting.
//!
//! Windows are whole minutes of the clock, so the counts are exact and one table is enough: it begins anew each minute,
//! and is bounded within it.

use core::{
    hash::{BuildHasher, Hash},
    net::IpAddr,
};
use std::{
    collections::HashMap,
    hash::RandomState,
    sync::{Mutex, PoisonError},
};

use domain::{UnixMs, api_key::KeyId};

/// Length of a window, in ms.
pub(crate) const WINDOW_MS: i64 = 60_000;
/// Most addresses counted one by one in a window. Those beyond share one count: only a flood has so many.
const ADDRESSES_MAX: usize = 65_536;
/// How many addresses' rows those may send together.
const CROWD: u64 = 100;
/// Most keys counted in a window, or remembered as refused.
const KEYS_MAX: usize = 16_384;

/// The most that is taken in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of bodies with one pixel key.
    pub key_bytes: u64,
    /// Rows with one pixel key.
    pub key_rows: u64,
    /// Test records, clicks and leads without a server key from one address.
    pub address_rows: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { key_bytes: 64 * 1024 * 1024, key_rows: 60_000, address_rows: 1_200 }
    }
}

/// How often a key was refused since the process started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusals {
    /// Requests.
    pub count: u64,
    /// The last one.
    pub last_at: UnixMs,
}

/// What was sent in a window.
#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    bytes: u64,
    rows: u64,
}

#[derive(Debug, Default)]
struct Window {
    start: i64,
    keys: HashMap<KeyId, Sent>,
    addresses: HashMap<u64, u64>,
    crowd_rows: u64,
}

/// The counts of all keys and addresses.
#[derive(Debug)]
pub(crate) struct Counts {
    limits: Limits,
    /// Addresses are counted by a hash of which only this process has the key.
    hasher: RandomState,
    window: Mutex<Window>,
    refused: Mutex<HashMap<KeyId, Refusals>>,
}

impl Counts {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, hasher: RandomState::new(), window: Mutex::default(), refused: Mutex::default() }
    }

    /// Runs with the counts of the present window.
    fn within<T>(&self, now: UnixMs, count: impl FnOnce(&mut Window) -> T) -> T {
        let start = now.0.div_euclid(WINDOW_MS);
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.start != start {
            *window = Window { start, ..Window::default() };
        }
        count(&mut window)
    }

    /// Adds to a count unless that makes it more than its limit.
    fn add(count: &mut u64, more: u64, limit: u64) -> bool {
        let is_within = count.saturating_add(more) <= limit;
        if is_within {
            *count += more;
        }
        is_within
    }

    pub(crate) fn spend_key(&self, key: &KeyId, bytes: u64, rows: u64, now: UnixMs) -> bool {
        let Limits { key_bytes, key_rows, .. } = self.limits;
        self.within(now, |window| {
            if window.keys.len() >= KEYS_MAX && !window.keys.contains_key(key) {
                // So many keys are live in no installation that this is made for.
                return true;
            }
            let sent = window.keys.entry(key.clone()).or_default();
            Self::add(&mut sent.bytes, bytes, key_bytes) && Self::add(&mut sent.rows, rows, key_rows)
        })
    }

    /// Whether a key has used up one of its budgets.
    pub(crate) fn is_spent(&self, key: &KeyId, now: UnixMs) -> bool {
        let Limits { key_bytes, key_rows, .. } = self.limits;
        let is_spent = |sent: &Sent| sent.bytes >= key_bytes || sent.rows >= key_rows;
        self.within(now, |window| window.keys.get(key).is_some_and(is_spent))
    }

    pub(crate) fn spend_address(&self, address: &str, rows: u64, now: UnixMs) -> bool {
        let limit = self.limits.address_rows;
        let hash = self.hasher.hash_one(network(address));
        self.within(now, |window| {
            if window.addresses.len() >= ADDRESSES_MAX && !window.addresses.contains_key(&hash) {
                return Self::add(&mut window.crowd_rows, rows, limit.saturating_mul(CROWD));
            }
            Self::add(window.addresses.entry(hash).or_default(), rows, limit)
        })
    }

    /// How often a key was refused; `None` if never.
    pub(crate) fn refusals(&self, key: &KeyId) -> Option<Refusals> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }

    pub(crate) fn refuse(&self, key: &KeyId, now: UnixMs) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() < KEYS_MAX || refused.contains_key(key) {
            let refusals = refused.entry(key.clone()).or_insert(Refusals { count: 0, last_at: now });
            *refusals = Refusals { count: refusals.count + 1, last_at: now };
        }
    }
}

/// What is counted as one address: of IPv6 the first 64 bits, since a household or a server has all addresses under them.
fn network(address: &str) -> impl Hash + use<> {
    match address.trim().parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => Ok(IpAddr::V6((ip.to_bits() >> 64 << 64).into())),
        Ok(ip) => Ok(ip),
        Err(_) => Err(address.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { key_bytes: 100, key_rows: 10, address_rows: 3 };
    const NOW: UnixMs = UnixMs(1_800_000_000_000);

    #[test]
    fn windows_are_exact_and_begin_anew() {
        let counts = Counts::new(LIMITS);
        let key = KeyId("k".to_owned());
        assert!(counts.spend_key(&key, 60, 9, NOW));
        assert!(!counts.spend_key(&key, 41, 0, NOW), "101 bytes");
        assert!(!counts.spend_key(&key, 0, 2, NOW), "11 rows");
        assert!(counts.spend_key(&key, 40, 1, NOW.plus_ms(59_999)));
        assert!(counts.is_spent(&key, NOW.plus_ms(59_999)) && !counts.is_spent(&key, NOW.plus_ms(60_000)));
        assert!(counts.spend_key(&KeyId("other".to_owned()), 100, 10, NOW));
        assert!(counts.spend_key(&key, 100, 10, NOW.plus_ms(60_000)));
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let counts = Counts::new(LIMITS);
        assert!(counts.spend_address("2001:db8::1", 2, NOW) && counts.spend_address("2001:db8::ffff", 1, NOW));
        assert!(!counts.spend_address("2001:db8:0:0:1::", 1, NOW));
        assert!(counts.spend_address("2001:db8:0:1::1", 3, NOW), "another network");
        assert!(counts.spend_address("10.0.0.1", 3, NOW) && counts.spend_address("10.0.0.2", 3, NOW));
        assert!(!counts.spend_address("::ffff:10.0.0.1", 1, NOW), "the same address, written as IPv6");
    }

    #[test]
    fn a_flood_of_addresses_takes_no_more_memory() {
        let counts = Counts::new(LIMITS);
        let sent = (0..200_000_u32).filter(|n| counts.spend_address(&std::net::Ipv4Addr::from(*n).to_string(), 3, NOW));
        let (alone, crowd) = (ADDRESSES_MAX, usize::try_from(CROWD).expect("fits"));
        assert_eq!(sent.count(), alone + crowd);
        assert_eq!(counts.window.lock().expect("not poisoned").addresses.len(), ADDRESSES_MAX);
    }
}
