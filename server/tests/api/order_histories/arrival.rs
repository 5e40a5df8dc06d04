//! In which order deliveries arrive, and processing them.

use crate::test_server::TestServer;

/// Most deliveries of which every order of arrival is tried.
const PERMUTED_MAX: usize = 4;
/// Seconds without a due job after which those still waiting are for another day.
const IDLE_ROUNDS: usize = 60;

/// Numbers without a pattern, the same for a seed on every run (splitmix64).
pub(super) struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub(super) fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}

/// Forward, backward and, if asked for, every other order of so many deliveries; of many deliveries some.
pub(super) fn orders_of_arrival(count: usize, is_every_order: bool) -> Vec<Vec<usize>> {
    let forward: Vec<usize> = (0..count).collect();
    let backward: Vec<usize> = forward.iter().rev().copied().collect();
    let mut orders = vec![forward.clone(), backward];
    if is_every_order && count <= PERMUTED_MAX {
        let mut all = vec![vec![]];
        for number in forward {
            let inserted =
                |order: Vec<usize>| (0..=order.len()).map(move |at| [&order[..at], &[number], &order[at..]].concat());
            all = all.into_iter().flat_map(inserted).collect();
        }
        all.retain(|order| !orders.contains(order));
        orders.extend(all);
    } else if is_every_order {
        let mut chance = Chance(count as u64);
        for _ in 0..6 {
            let mut order = forward.clone();
            chance.shuffle(&mut order);
            orders.push(order);
        }
    }
    orders
}

/// Runs jobs until none is waiting. The clock moves on for those that wait for another try.
pub(super) async fn settle(server: &TestServer) {
    let mut idle = 0;
    while idle < IDLE_ROUNDS {
        let count = server.run_jobs().await;
        let backlog = server.flow().backlog().await.unwrap();
        assert_eq!(backlog.dead, 0, "a job was given up");
        if backlog.waiting == 0 {
            return;
        }
        if count == 0 {
            idle += 1;
            server.clock.advance(1_000);
            tokio::time::sleep(core::time::Duration::from_millis(5)).await;
        } else {
            idle = 0;
        }
    }
}
