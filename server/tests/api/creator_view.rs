//! Revenue that is not shared stays hidden: two worlds that differ in unshared revenue only look the same to the
//! creator, byte for byte, until a payout is marked paid.

mod creator_pages;
mod world;

use domain::{CreatorId, Money, time::DAY_MS};
use flow::payout::PayoutState;

use crate::test_server::{Engine, TestServer, start};

use creator_pages::{Answer, Earnings, Reach};
use world::{CURRENCIES, Plan, World};

/// Two worlds of one plan. Their unshared orders have different amounts, currencies, lines, refunds and rates.
struct Pair<'a> {
    server: &'a TestServer,
    plan: Plan,
    worlds: [World; 2],
}

impl Pair<'_> {
    fn seed(&self) -> u64 {
        self.plan.seed
    }

    /// What the creator gets in each world.
    async fn answers(&self, reach: Reach) -> [Vec<Answer>; 2] {
        let [one, other] = &self.worlds;
        [creator_pages::answers(self.server, one, reach).await, creator_pages::answers(self.server, other, reach).await]
    }

    async fn assert_same(&self, when: &str, reach: Reach) {
        let [one, other] = self.answers(reach).await;
        creator_pages::assert_equal(&one, &other, &format!("pair {}: {when}", self.seed()));
    }

    async fn earnings(&self) -> [Earnings; 2] {
        let [one, other] = &self.worlds;
        [creator_pages::earnings(self.server, one).await, creator_pages::earnings(self.server, other).await]
    }

    async fn create_payouts(&self) {
        for world in &self.worlds {
            for currency in CURRENCIES {
                // Nothing may be payable in a currency.
                let _ = self.server.flow().payouts().create(&world.merchant, currency).await;
            }
        }
    }

    async fn close_payouts(&self, state: PayoutState) {
        for world in &self.worlds {
            for payout in self.server.flow().payouts().list(&world.merchant).await.unwrap() {
                if payout.state == PayoutState::Open {
                    self.server.flow().payouts().close(&world.merchant, &payout.id, state).await.unwrap();
                }
            }
        }
    }

    /// What the creator's page must show once all open payouts are paid: in each currency that pays the creator
    /// anything, all that was available is paid, and the amount paid is the payout's.
    async fn earnings_once_paid(&self, world: &World, before: &Earnings) -> Earnings {
        let mut expected = before.clone();
        for payout in self.server.flow().payouts().list(&world.merchant).await.unwrap() {
            let is_own = |item: &&(CreatorId, i64)| item.0 == world.creator;
            let item = payout.items.iter().find(is_own).filter(|_| payout.state == PayoutState::Open);
            if let Some((_, minor)) = item {
                let show = |minor| Money { minor, currency: payout.currency }.to_string();
                let row = expected.entry(payout.currency.code().to_owned());
                let row = row.or_insert_with(|| [show(0), show(0), show(0)]);
                row[1] = show(0);
                row[2] = show(*minor);
            }
        }
        expected
    }

    async fn assert_paid(&self) {
        let before = self.earnings().await;
        let expected = [
            self.earnings_once_paid(&self.worlds[0], &before[0]).await,
            self.earnings_once_paid(&self.worlds[1], &before[1]).await,
        ];
        self.close_payouts(PayoutState::Paid).await;
        assert_eq!(self.earnings().await, expected, "pair {}: once paid", self.seed());
        let [one, other] = self.answers(Reach::Creator).await;
        let without = |answers: &[Answer]| answers.iter().map(Answer::without_earnings).collect::<Vec<_>>();
        creator_pages::assert_equal(&without(&one), &without(&other), &format!("pair {}: but earnings", self.seed()));
    }

    /// What happens to unshared orders after a payout shows no more than before.
    async fn assert_unchanged_by_later_refunds(&self) {
        let before = self.answers(Reach::Creator).await;
        for (side, world) in self.worlds.iter().enumerate() {
            for order in self.plan.orders.iter().filter(|order| order.is_hidden) {
                world.refund(self.server, order, side, 99, 1).await;
            }
        }
        self.server.settle().await;
        for (before, after) in before.iter().zip(self.answers(Reach::Creator).await) {
            creator_pages::assert_equal(before, &after, &format!("pair {}: refunded later", self.seed()));
        }
    }
}

/// Plays one plan in both worlds, and compares what the creator gets after every step.
async fn play(server: &TestServer, seed: u64, widest: Reach) {
    let plan = Plan::draw(seed);
    let worlds = World::pair(server, &plan).await;
    let pair = Pair { server, plan, worlds };
    pair.assert_same("nothing sold", Reach::Creator).await;
    for order in &pair.plan.orders {
        server.clock.advance(1000);
        for (side, world) in pair.worlds.iter().enumerate() {
            world.sell(server, order, side).await;
        }
    }
    server.settle().await;
    pair.assert_same("sold", Reach::Creator).await;

    if pair.plan.closes_period {
        server.clock.advance(DAY_MS);
        for world in &pair.worlds {
            world.close_yesterday(server).await;
        }
    }
    server.clock.advance(60_000);
    for (side, world) in pair.worlds.iter().enumerate() {
        world.change_orders(server, &pair.plan, side).await;
    }
    server.settle().await;
    pair.assert_same("refunded, edited, cancelled and assigned", Reach::Creator).await;

    server.clock.advance(31 * DAY_MS);
    pair.assert_same("the hold is over", Reach::Creator).await;
    for world in &pair.worlds {
        server.flow().commissions().approve(&world.merchant, flow::commission::Approval::Proven).await.unwrap();
        let commissions = server.flow().commissions();
        commissions.adjust(&world.merchant, &world.creator, "1.23", "USD", "a bonus", "k").await.unwrap();
    }
    pair.assert_same("payable", widest).await;
    pair.create_payouts().await;
    pair.assert_same("payouts are open", Reach::Creator).await;
    pair.close_payouts(PayoutState::Cancelled).await;
    pair.assert_same("payouts are cancelled", Reach::Creator).await;
    pair.create_payouts().await;
    pair.assert_same("payouts are open again", widest).await;
    pair.assert_paid().await;
    server.clock.advance(1000);
    pair.assert_unchanged_by_later_refunds().await;
}

/// Plays so many pairs. What a creator sees does not depend on the database, so that few pairs do on PostgreSQL.
async fn worlds_look_the_same(engine: Engine, pairs: u64) {
    let server = start(engine).await;
    for seed in 0..pairs {
        play(&server, seed, if seed < pairs / 10 + 1 { Reach::Everything } else { Reach::Creator }).await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn worlds_that_differ_in_unshared_revenue_look_the_same_on_sqlite() {
    worlds_look_the_same(Engine::Sqlite, 16).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn worlds_that_differ_in_unshared_revenue_look_the_same_on_postgres() {
    worlds_look_the_same(Engine::Postgres, 6).await;
}

async fn unshared_revenue_differs_between_the_worlds(server: TestServer) {
    // The property above holds for nothing if the plans differ in nothing: what the brand sees does differ.
    let mut different = 0;
    for seed in 0..10 {
        let plan = Plan::draw(seed);
        let worlds = World::pair(&server, &plan).await;
        for (side, world) in worlds.iter().enumerate() {
            for order in &plan.orders {
                world.sell(&server, order, side).await;
            }
        }
        server.settle().await;
        let of = async |world: &World| {
            let balances = server.flow().commissions().balances(&world.merchant).await.unwrap();
            let own = balances.into_iter().filter(|balance| balance.creator == world.creator);
            own.map(|balance| (balance.currency, balance.held_minor)).collect::<Vec<_>>()
        };
        let hidden = plan.orders.iter().filter(|order| order.is_hidden).count();
        let is_different = of(&worlds[0]).await != of(&worlds[1]).await;
        assert!(hidden > 0 || !is_different, "only unshared orders differ");
        different += i32::from(is_different);
    }
    assert!(different >= 8, "{different} of 10 pairs differ");
    server.stop().await;
}

/// 5,000 pairs, on SQLite. `CONTRIBUTING.md` has the command.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half an hour"]
async fn five_thousand_pairs_of_worlds_look_the_same() {
    for hundred in 0..50 {
        // A fresh database and clock for every hundred.
        let server = start(Engine::Sqlite).await;
        for seed in 0..100 {
            play(&server, 1_000 + hundred * 100 + seed, Reach::Creator).await;
        }
        server.stop().await;
    }
}

on_both_engines!(unshared_revenue_differs_between_the_worlds);
