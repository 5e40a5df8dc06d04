//! Attribution models over many generated journeys, the same on every run.

use domain::model::{
    Model,
    journeys::{JourneyGroup, JourneySet},
    markov, shapley,
};

use crate::{Failure, load::now};

const CHANNELS: u32 = 40;
const JOURNEYS: usize = 1_000_000;
const PATHS: usize = 10_000;
const HOUR_MS: i64 = 3_600_000;

/// Linear congruential generator with Knuth's MMIX constants, so that journeys are the same on every machine.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}

fn journeys(count: usize, has_times: bool) -> JourneySet {
    let mut random = Lcg(7);
    let mut set = JourneySet::default();
    for channel in 0..CHANNELS {
        set.channel(&format!("creator {channel}"));
    }
    for _ in 0..count {
        let touches = 1 + random.below(8);
        // The minimum of two draws makes some creators more frequent than others.
        let path = (0..touches).map(|_| random.below(CHANNELS).min(random.below(CHANNELS))).collect();
        let mut ages_ms: Vec<i64> = (0..touches).map(|_| i64::from(random.below(720)) * HOUR_MS).collect();
        ages_ms.sort_unstable_by_key(|age| -age);
        set.journeys.push(JourneyGroup {
            path,
            ages_ms: if has_times { ages_ms } else { Vec::new() },
            conversions: f64::from(u8::from(random.below(3) == 0)),
            value: f64::from(random.below(10_000)),
            nulls: f64::from(random.below(3)),
        });
    }
    set
}

/// Measures and prints a table.
pub(crate) fn run() -> Result<(), Failure> {
    println!("| what | ms |");
    println!("| --- | ---: |");
    let set = journeys(JOURNEYS, true);
    let mut sum = 0.0;
    let begun = now();
    for model in Model::ALL {
        let started = now();
        sum += set.credits(model).iter().map(|credit| credit.0).sum::<f64>();
        println!("| {}, {JOURNEYS} journeys | {:.0} |", model.label(), started.elapsed().as_secs_f64() * 1e3);
    }
    println!("| all five, {JOURNEYS} journeys | {:.0} |", begun.elapsed().as_secs_f64() * 1e3);
    let conversions: f64 = set.journeys.iter().map(|journeys| journeys.conversions).sum();
    if (sum - 5.0 * conversions).abs() > 1e-3 {
        return Err(format!("the credits add up to {sum}, not to 5 × {conversions} conversions").into());
    }
    let set = journeys(PATHS, false);
    let started = now();
    let outcome = markov::run(&set);
    println!("| markov, {PATHS} paths, {CHANNELS} channels | {:.1} |", started.elapsed().as_secs_f64() * 1e3);
    let started = now();
    let credits = shapley::credits(&set);
    println!("| shapley, {PATHS} paths, {CHANNELS} channels | {:.1} |", started.elapsed().as_secs_f64() * 1e3);
    let total = |credits: &[(f64, f64)]| credits.iter().map(|credit| credit.0).sum::<f64>();
    if (total(&outcome.credits) - total(&credits)).abs() > 1e-6 {
        return Err("markov and shapley give different totals".into());
    }
    Ok(())
}
