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
/// The budget for clicks on links, as a multiple of an address's rows: one address of a mobile network may serve
/// thousands of people who follow the same story.
const CLICKS_PER_ROW: u64 = 5;
/// A key may send this part of a minute's rows in one second: what it may send in a minute, sent at once, would keep all
/// others waiting.
const SECOND_SHARE: u64 = 30;
/// But never fewer than these.
const SECOND_ROWS_MIN: u64 = 500;
/// Of a key's rows, at most this part may report purchases: each may become an order, and costs as much as many others.
const PURCHASE_SHARE: u64 = 10;
/// But never fewer than these in a minute, of which a fifth may come in one second: as many as a request may report.
const PURCHASES_MIN: u64 = 500;
/// Sign-in links that may be asked for from one address: a family or an office may have one.
const SIGN_INS: u64 = 10;
/// Most keys counted in a window, or remembered as refused.
const KEYS_MAX: usize = 16_384;

/// The most that is taken in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of bodies with one pixel key.
    pub key_bytes: u64,
    /// Rows with one pixel key. A tenth of them may report purchases.
    pub key_rows: u64,
    /// Test records, clicks and leads without a server key from one address; five times as many clicks on links.
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

/// Rows, and those of them that report purchases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// All rows.
    pub all: u64,
    /// Those that report purchases.
    pub purchases: u64,
}

impl Rows {
    /// No rows.
    pub const NONE: Self = Self { all: 0, purchases: 0 };

    /// Rows, of which so many report purchases.
    pub const fn of(all: usize, purchases: usize) -> Self {
        Self { all: all as u64, purchases: purchases as u64 }
    }

    const fn plus(self, more: Self) -> Self {
        Self { all: self.all.saturating_add(more.all), purchases: self.purchases.saturating_add(more.purchases) }
    }

    const fn fits(self, limit: Self) -> bool {
        self.all <= limit.all && self.purchases <= limit.purchases
    }
}

/// What was sent in a window.
#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    bytes: u64,
    rows: Rows,
    /// The second (since 1970) in which `second_rows` were sent.
    second: i64,
    second_rows: Rows,
}

impl Sent {
    /// The rows sent in this second.
    fn rows_in(&self, second: i64) -> Rows {
        if self.second == second { self.second_rows } else { Rows::NONE }
    }
}

#[derive(Debug, Default)]
struct Window {
    start: i64,
    keys: HashMap<KeyId, Sent>,
    addresses: HashMap<u64, u64>,
    crowd_rows: u64,
    clicks: HashMap<u64, u64>,
    sign_ins: HashMap<u64, u64>,
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

    /// Takes from a key's budgets.
    ///
    /// # Errors
    /// How long it must wait, in ms, if that is more than is left.
    pub(crate) fn spend_key(&self, key: &KeyId, bytes: u64, rows: Rows, now: UnixMs) -> Result<(), i64> {
        let Limits { key_bytes, .. } = self.limits;
        self.within(now, |window| {
            if window.keys.len() >= KEYS_MAX && !window.keys.contains_key(key) {
                // So many keys are live in no installation that this is made for.
                return Ok(());
            }
            let sent = window.keys.entry(key.clone()).or_default();
            let second = now.0.div_euclid(1_000);
            let second_rows = sent.rows_in(second).plus(rows);
            // One request may have more rows than a second has: then it is the only one.
            if !second_rows.fits(self.second_max()) && second_rows != rows {
                return Err(left_of(1_000, now));
            }
            let minute_rows = sent.rows.plus(rows);
            if !(Self::add(&mut sent.bytes, bytes, key_bytes) && minute_rows.fits(self.minute_max())) {
                return Err(left_of(WINDOW_MS, now));
            }
            (sent.rows, sent.second, sent.second_rows) = (minute_rows, second, second_rows);
            Ok(())
        })
    }

    /// What a key may send in a minute.
    fn minute_max(&self) -> Rows {
        let all = self.limits.key_rows;
        Rows { all, purchases: (all / PURCHASE_SHARE).max(PURCHASES_MIN) }
    }

    /// What a key may send in a second.
    fn second_max(&self) -> Rows {
        let Rows { all, purchases } = self.minute_max();
        Rows {
            all: (all / SECOND_SHARE).max(SECOND_ROWS_MIN),
            purchases: (purchases / SECOND_SHARE).max(PURCHASES_MIN / 5),
        }
    }

    /// How long nothing is left of one of a key's budgets, in ms; `None` if something is.
    pub(crate) fn spent_for(&self, key: &KeyId, now: UnixMs) -> Option<i64> {
        let Limits { key_bytes, key_rows, .. } = self.limits;
        self.within(now, |window| {
            let sent = window.keys.get(key)?;
            if sent.bytes >= key_bytes || sent.rows.all >= key_rows {
                return Some(left_of(WINDOW_MS, now));
            }
            let is_spent = sent.rows_in(now.0.div_euclid(1_000)).all >= self.second_max().all;
            is_spent.then(|| left_of(1_000, now))
        })
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

    /// Whether a click on a link from this address is to be stored. A crowd is never refused, as it is what links are for;
    /// neither is a private address, which is a proxy that was not named in the settings.
    pub(crate) fn spend_click(&self, address: &str, now: UnixMs) -> bool {
        let limit = self.limits.address_rows.saturating_mul(CLICKS_PER_ROW);
        let hash = self.hasher.hash_one(network(address));
        let is_private = address.trim().parse::<IpAddr>().is_ok_and(|ip| match ip.to_canonical() {
            IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unique_local() || ip.is_loopback() || ip.is_unicast_link_local(),
        });
        is_private
            || self.within(now, |window| {
                let is_full = window.clicks.len() >= ADDRESSES_MAX && !window.clicks.contains_key(&hash);
                is_full || Self::add(window.clicks.entry(hash).or_default(), 1, limit)
            })
    }

    /// Whether a sign-in link may be asked for from this address.
    pub(crate) fn spend_sign_in(&self, address: &str, now: UnixMs) -> bool {
        let hash = self.hasher.hash_one(network(address));
        self.within(now, |window| {
            if window.sign_ins.len() >= ADDRESSES_MAX && !window.sign_ins.contains_key(&hash) {
                return false;
            }
            Self::add(window.sign_ins.entry(hash).or_default(), 1, SIGN_INS)
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

/// What is left of a window of this length, in ms.
pub(crate) fn left_of(length_ms: i64, now: UnixMs) -> i64 {
    length_ms - now.0.rem_euclid(length_ms)
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

    fn rows(all: u64) -> Rows {
        Rows { all, purchases: 0 }
    }

    #[test]
    fn windows_are_exact_and_begin_anew() {
        let counts = Counts::new(LIMITS);
        let key = KeyId("k".to_owned());
        assert!(counts.spend_key(&key, 60, rows(9), NOW).is_ok());
        assert!(counts.spend_key(&key, 41, rows(0), NOW).is_err(), "101 bytes");
        assert!(counts.spend_key(&key, 0, rows(2), NOW).is_err(), "11 rows");
        assert!(counts.spend_key(&key, 40, rows(1), NOW.plus_ms(59_999)).is_ok());
        assert_eq!(counts.spent_for(&key, NOW.plus_ms(59_999)), Some(1));
        assert_eq!(counts.spent_for(&key, NOW.plus_ms(60_000)), None);
        assert!(counts.spend_key(&KeyId("other".to_owned()), 100, rows(10), NOW).is_ok());
        assert!(counts.spend_key(&key, 100, rows(10), NOW.plus_ms(60_000)).is_ok());
    }

    #[test]
    fn a_second_has_a_part_of_the_minute() {
        let counts = Counts::new(Limits { key_bytes: u64::MAX, key_rows: 60_000, address_rows: 1 });
        let key = KeyId("k".to_owned());
        assert!(
            counts.spend_key(&key, 0, rows(1_999), NOW).is_ok()
                && counts.spend_key(&key, 0, rows(2), NOW.plus_ms(1)).is_err(),
            "2,001 rows"
        );
        assert!(counts.spend_key(&key, 0, rows(1), NOW.plus_ms(999)).is_ok());
        assert_eq!(counts.spent_for(&key, NOW.plus_ms(999)), Some(1));
        assert_eq!(counts.spent_for(&key, NOW.plus_ms(1_000)), None);
        assert!(counts.spend_key(&key, 0, rows(5_000), NOW.plus_ms(1_000)).is_ok(), "a request of its own");
        assert!(
            counts.spend_key(&key, 0, rows(1), NOW.plus_ms(1_500)).is_err()
                && counts.spend_key(&key, 0, rows(1), NOW.plus_ms(2_000)).is_ok()
        );
    }

    #[test]
    fn purchases_have_a_part_of_the_rows() {
        let counts = Counts::new(Limits { key_bytes: u64::MAX, key_rows: 60_000, address_rows: 1 });
        let key = KeyId("k".to_owned());
        let purchases = |count: u64, at: i64| {
            counts.spend_key(&key, 0, Rows { all: count, purchases: count }, NOW.plus_ms(at)).is_ok()
        };
        assert!(purchases(200, 0) && !purchases(1, 999), "201 in a second");
        assert!(counts.spend_key(&key, 0, rows(1), NOW).is_ok(), "other rows go on");
        assert_eq!(counts.spent_for(&key, NOW), None);
        let taken = (1..60).filter(|second| purchases(200, second * 1_000)).count();
        assert_eq!(taken, 29, "6,000 in a minute");
        assert!(counts.spend_key(&key, 0, rows(1), NOW.plus_ms(59_000)).is_ok() && purchases(200, 60_000));
    }

    #[test]
    fn a_request_of_purchases_leaves_room_for_other_rows() {
        let counts = Counts::new(Limits { key_bytes: u64::MAX, key_rows: 600, address_rows: 1 });
        let key = KeyId("k".to_owned());
        assert!(counts.spend_key(&key, 0, Rows { all: 100, purchases: 100 }, NOW).is_ok());
        assert!(counts.spend_key(&key, 0, rows(1), NOW).is_ok());
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
    fn clicks_of_one_address_have_a_budget_and_a_crowd_has_none() {
        let counts = Counts::new(LIMITS);
        let clicks = |address: &str| (0..100).filter(|_| counts.spend_click(address, NOW)).count();
        assert_eq!((clicks("192.0.2.1"), clicks("2001:db8::1")), (15, 15), "five for each row");
        assert_eq!((clicks("10.0.0.1"), clicks("::1")), (100, 100), "a proxy");
        let crowd = (0..200_000_u32).map(|n| std::net::Ipv4Addr::from(0x0100_0000 + n).to_string());
        assert_eq!(crowd.filter(|address| counts.spend_click(address, NOW)).count(), 200_000);
        assert_eq!(counts.window.lock().expect("not poisoned").clicks.len(), ADDRESSES_MAX);
        assert!(counts.spend_click("192.0.2.1", NOW.plus_ms(60_000)));
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
