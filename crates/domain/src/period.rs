//! Periods that people ask for by name, and what they are compared with.

use crate::time::{Day, Period};

/// A period by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Today.
    Today,
    /// Yesterday.
    Yesterday,
    /// The last 7 days.
    Last7Days,
    /// The last 30 days.
    Last30Days,
    /// The last 90 days.
    Last90Days,
    /// The last 365 days.
    LastYear,
    /// Since the first of the month.
    ThisMonth,
    /// The month before.
    LastMonth,
}

impl Preset {
    /// Every preset, the shortest first.
    pub const ALL: [Self; 8] = [
        Self::Today,
        Self::Yesterday,
        Self::Last7Days,
        Self::Last30Days,
        Self::Last90Days,
        Self::LastYear,
        Self::ThisMonth,
        Self::LastMonth,
    ];

    /// Its name in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Last7Days => "7d",
            Self::Last30Days => "30d",
            Self::Last90Days => "90d",
            Self::LastYear => "365d",
            Self::ThisMonth => "month",
            Self::LastMonth => "last-month",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == name)
    }

    /// Its days.
    pub fn period(self, today: Day) -> Period {
        match self {
            Self::Today => Period::last(1, today),
            Self::Yesterday => Period::last(1, Day(today.0 - 1)),
            Self::Last7Days => Period::last(7, today),
            Self::Last30Days => Period::last(30, today),
            Self::Last90Days => Period::last(90, today),
            Self::LastYear => Period::last(365, today),
            Self::ThisMonth => Period { from: today.first_of_month(), to: today },
            Self::LastMonth => {
                let last = Day(today.first_of_month().0 - 1);
                Period { from: last.first_of_month(), to: last }
            }
        }
    }
}

/// What a period is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// The latest period of the same length that ends before it and begins on the same weekday.
    #[default]
    Previous,
    /// The same days of the year before, moved to the same weekdays.
    Year,
    /// Nothing.
    None,
}

impl Comparison {
    /// Every comparison.
    pub const ALL: [Self; 3] = [Self::Previous, Self::Year, Self::None];

    /// Its name in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Previous => "prev",
            Self::Year => "year",
            Self::None => "none",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|comparison| comparison.as_str() == name)
    }

    /// The days to compare with. Whole weeks lie between, so that weekends meet weekends.
    pub fn period(self, period: Period) -> Option<Period> {
        const WEEK: i64 = 7;
        let days = period.to.0 - period.from.0 + 1;
        let whole_weeks = |days: i64| (days + WEEK - 1) / WEEK * WEEK;
        let back = match self {
            Self::Previous => whole_weeks(days),
            Self::Year => whole_weeks(days).max(52 * WEEK),
            Self::None => return None,
        };
        Some(Period { from: Day(period.from.0 - back), to: Day(period.to.0 - back) })
    }
}

/// Longest period that is shown by hours, in days.
pub const DAYS_BY_HOUR_MAX: i64 = 2;

impl Period {
    /// Number of days.
    pub const fn length(self) -> i64 {
        self.to.0 - self.from.0 + 1
    }

    /// Whether it is short enough to be shown by hours.
    pub const fn is_by_hour(self) -> bool {
        self.length() <= DAYS_BY_HOUR_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn presets_are_read_by_their_names() {
        let today = day("2026-03-31");
        let of = |name| {
            let Period { from, to } = Preset::parse(name).expect("a preset").period(today);
            (from.to_string(), to.to_string())
        };
        assert_eq!(of("today"), ("2026-03-31".into(), "2026-03-31".into()));
        assert_eq!(of("7d"), ("2026-03-25".into(), "2026-03-31".into()));
        assert_eq!(of("month"), ("2026-03-01".into(), "2026-03-31".into()));
        assert_eq!(of("last-month"), ("2026-02-01".into(), "2026-02-28".into()));
        assert_eq!(Preset::parse("soon"), None);
        for preset in Preset::ALL {
            assert_eq!(Preset::parse(preset.as_str()), Some(preset));
        }
    }

    #[test]
    fn comparisons_meet_the_same_weekdays_and_never_overlap() {
        let today = day("2026-03-31");
        for preset in Preset::ALL {
            for comparison in [Comparison::Previous, Comparison::Year] {
                let period = preset.period(today);
                let before = comparison.period(period).expect("a period");
                assert_eq!((period.from.0 - before.from.0) % 7, 0, "{preset:?}");
                assert_eq!(before.length(), period.length(), "{preset:?}");
                assert!(before.to < period.from, "{preset:?}");
                assert!(before.to.0 + 7 >= period.from.0 || comparison == Comparison::Year, "{preset:?}");
            }
        }
        assert_eq!(Comparison::None.period(Period::last(7, today)), None);
    }
}
