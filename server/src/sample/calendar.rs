//! When people click and buy: days of the brand's calendar, weekdays and hours as a small shop sees them.

use domain::{
    UnixMs,
    time::{DAY_MS, Day, HOUR_MS, Zone},
};

use super::dice::Dice;

/// Traffic by weekday, Monday first.
const WEEKDAYS: [usize; 7] = [9, 9, 10, 11, 13, 15, 16];
/// Traffic by hour of the brand's day.
const HOURS: [usize; 24] = [3, 2, 1, 1, 1, 2, 4, 7, 8, 8, 9, 10, 12, 11, 9, 9, 10, 11, 13, 16, 19, 20, 15, 8];
/// Growth over the story: the last day has so many more than the first, in percent.
const GROWTH: usize = 70;

/// The days of the story.
pub(super) struct Calendar {
    /// The first instant of each day, and its weight.
    days: Vec<(UnixMs, usize)>,
    weights: Vec<usize>,
    /// When the story ends.
    end: UnixMs,
}

impl Calendar {
    /// The last `count` days up to `end`. `starts` are days before the end on which more happens than on others.
    pub(super) fn new(zone: &Zone, end: UnixMs, count: i64, starts: impl IntoIterator<Item = i64>) -> Self {
        let starts: Vec<i64> = starts.into_iter().collect();
        let today = zone.day_of(end);
        let days: Vec<(UnixMs, usize)> = (0..count)
            .map(|ago| {
                let day = Day(today.0 - ago);
                // Day 0, the first of 1970, was a Thursday.
                let weekday = usize::try_from((day.0 + 3).rem_euclid(7)).unwrap_or(0);
                let grown = GROWTH * usize::try_from(count - ago).unwrap_or(0) / usize::try_from(count).unwrap_or(1);
                let is_new = starts.iter().any(|start| (start - ago) == 0 || (start - ago) == 1);
                let weight = WEEKDAYS[weekday] * (100 + grown) * if is_new { 2 } else { 1 };
                (zone.bounds(day).0, weight)
            })
            .collect();
        let weights = days.iter().map(|(_, weight)| *weight).collect();
        Self { days, weights, end }
    }

    /// An instant that is over, as likely as people are awake.
    pub(super) fn moment(&self, dice: &mut Dice) -> UnixMs {
        let (day, _) = self.days[dice.weighted(&self.weights)];
        let hour = i64::try_from(dice.weighted(&HOURS)).unwrap_or(12);
        let at = day.plus_ms(hour * HOUR_MS + dice.ms(0, HOUR_MS - 1));
        self.over(at)
    }

    /// This time of day so many days before the end.
    pub(super) fn at(&self, days_ago: i64, hour: i64, minute: i64) -> UnixMs {
        let index = usize::try_from(days_ago).unwrap_or(0).min(self.days.len() - 1);
        let missing = days_ago - i64::try_from(index).unwrap_or(0);
        self.over(self.days[index].0.plus_ms(hour * HOUR_MS + minute * 60_000 - missing * DAY_MS))
    }

    /// The same time of the day before, if the story ends before it or soon after.
    fn over(&self, at: UnixMs) -> UnixMs {
        if at.0 > self.end.0 - 2 * HOUR_MS { at.plus_ms(-DAY_MS) } else { at }
    }
}
