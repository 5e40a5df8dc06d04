//! How many deliveries are sent at a time, so that nobody's slow receiver keeps anybody else's waiting.
//!
//! Endpoints that are not known to be fast get one slot each, of a kind of their own: new ones, and those whose last answer
//! was slow or a failure. The others get up to four. A fast endpoint's slot counts as a slow one once its answer is late.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{BrandId, webhook::AT_ONCE_PER_ENDPOINT};

/// All slots of a process.
const ALL: usize = 64;
/// Those for fast endpoints, and those for slow ones.
const FAST: usize = 24;
const SLOW: usize = 40;
/// Slots that one brand may hold of either kind. As many slow ones as it may have endpoints: these do not wait for each
/// other.
const FAST_PER_BRAND: usize = 12;
const SLOW_PER_BRAND: usize = 16;
/// Slots that a brand may hold in all when it takes another fast one.
const ALL_PER_BRAND: usize = 24;

/// The slots of a process. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Slots(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    fast: HashMap<BrandId, usize>,
    slow: HashMap<BrandId, usize>,
}

impl Held {
    fn of(&mut self, is_slow: bool) -> &mut HashMap<BrandId, usize> {
        if is_slow { &mut self.slow } else { &mut self.fast }
    }

    fn release(&mut self, brand: &BrandId, is_slow: bool) {
        let counts = self.of(is_slow);
        if let Some(count) = counts.get_mut(brand) {
            *count -= 1;
            if *count == 0 {
                counts.remove(brand);
            }
        }
    }

    fn free(&self, is_slow: bool) -> usize {
        let (fast, slow): (usize, usize) = (self.fast.values().sum(), self.slow.values().sum());
        let own = if is_slow { SLOW.saturating_sub(slow) } else { FAST.saturating_sub(fast) };
        own.min(ALL.saturating_sub(fast + slow))
    }

    fn free_for(&self, brand: &BrandId, is_slow: bool) -> usize {
        let count = |counts: &HashMap<BrandId, usize>| counts.get(brand).copied().unwrap_or(0);
        let (fast, slow) = (count(&self.fast), count(&self.slow));
        let own = if is_slow {
            SLOW_PER_BRAND.saturating_sub(slow)
        } else {
            FAST_PER_BRAND.saturating_sub(fast).min(ALL_PER_BRAND.saturating_sub(fast + slow))
        };
        own.min(self.free(is_slow))
    }
}

/// A slot that is taken until this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
    brand: BrandId,
    is_slow: bool,
}

impl Slots {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many slots are free.
    pub(super) fn free(&self, is_slow: bool) -> usize {
        self.held().free(is_slow)
    }

    /// How many of them a brand may take.
    pub(super) fn free_for(&self, brand: &BrandId, is_slow: bool) -> usize {
        self.held().free_for(brand, is_slow)
    }

    /// The brands that may take none.
    pub(super) fn full_brands(&self, is_slow: bool) -> Vec<BrandId> {
        let held = self.held();
        let all = held.fast.keys().chain(held.slow.keys().filter(|brand| !held.fast.contains_key(*brand)));
        all.filter(|brand| held.free_for(brand, is_slow) == 0).cloned().collect()
    }

    /// How many deliveries of one endpoint may be sent at a time.
    pub(super) const fn at_once(is_slow: bool) -> i64 {
        if is_slow { 1 } else { AT_ONCE_PER_ENDPOINT }
    }

    /// Takes a slot.
    pub(super) fn take(&self, brand: &BrandId, is_slow: bool) -> Slot {
        *self.held().of(is_slow).entry(brand.clone()).or_default() += 1;
        Slot { slots: self.clone(), brand: brand.clone(), is_slow }
    }
}

impl Slot {
    /// The answer is late: others may have the fast slot.
    pub(super) fn slow_down(&mut self) {
        if !self.is_slow {
            let mut held = self.slots.held();
            held.release(&self.brand, false);
            *held.slow.entry(self.brand.clone()).or_default() += 1;
            self.is_slow = true;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.held().release(&self.brand, self.is_slow);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brand(n: u8) -> BrandId {
        BrandId::new(1, [n; 10])
    }

    fn take(slots: &Slots, of: u8, is_slow: bool, count: usize) -> Vec<Slot> {
        (0..count).map(|_| slots.take(&brand(of), is_slow)).collect()
    }

    #[test]
    fn no_brand_takes_all_slots() {
        let slots = Slots::default();
        let first = take(&slots, 1, false, 12);
        assert_eq!((slots.free_for(&brand(1), false), slots.full_brands(false)), (0, vec![brand(1)]));
        assert_eq!((slots.free(false), slots.free_for(&brand(2), false)), (12, 12));
        assert_eq!((slots.free(true), slots.free_for(&brand(1), true)), (40, 16), "slow ones have their own");
        let _second = take(&slots, 2, false, 12);
        assert_eq!(slots.free_for(&brand(3), false), 0);
        drop(first);
        assert_eq!((slots.free(false), slots.full_brands(false)), (12, vec![brand(2)]));
    }

    #[test]
    fn late_answers_make_room_up_to_a_bound() {
        let slots = Slots::default();
        let mut first = take(&slots, 1, false, 12);
        first.iter_mut().for_each(Slot::slow_down);
        assert_eq!((slots.free_for(&brand(1), false), slots.free_for(&brand(1), true)), (12, 4));
        let mut second = take(&slots, 1, false, 12);
        second.iter_mut().for_each(Slot::slow_down);
        assert_eq!((slots.free_for(&brand(1), false), slots.free_for(&brand(1), true)), (0, 0), "all of a brand's");
        assert_eq!((slots.free(false), slots.free(true)), (24, 16));
        let mut others: Vec<Slot> = (2..5).flat_map(|of| take(&slots, of, false, 12)).collect();
        others.iter_mut().for_each(Slot::slow_down);
        let _last = take(&slots, 5, false, 4);
        assert_eq!((slots.free(false), slots.free(true)), (0, 0), "all there are");
        drop((first, second, others));
        assert_eq!((slots.free(false), slots.free(true)), (20, 40));
    }
}
