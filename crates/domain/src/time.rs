//! Instants as Unix milliseconds, and calendar days in a brand's time zone.

use core::fmt;

use serde::{Deserialize, Serialize};

/// One day in milliseconds.
pub const DAY_MS: i64 = 86_400_000;
/// One hour in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// The instant `ms` milliseconds later (earlier when negative).
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Parses an RFC 3339 date and time with an offset.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Self(at.as_millisecond()))
    }

    /// RFC 3339 in UTC with milliseconds.
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(|_| self.0.to_string(), |at| format!("{at:.3}"))
    }
}

/// A calendar day, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Day(pub i64);

impl Day {
    fn civil(self) -> jiff::civil::Date {
        let days = self.0.clamp(-700_000, 2_900_000);
        jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap_or(jiff::civil::Date::MAX)
    }

    fn of_civil(date: jiff::civil::Date) -> Self {
        let days = jiff::civil::date(1970, 1, 1).duration_until(date).as_secs() / 86_400;
        Self(days)
    }

    /// Parses `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::civil::Date>().ok().map(Self::of_civil)
    }

    /// The first day of its month.
    #[must_use]
    pub fn first_of_month(self) -> Self {
        Self::of_civil(self.civil().first_of_month())
    }

    /// The weekday: 0 is Monday.
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        usize::try_from((self.0 + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// The year, the month (1 to 12) and the day of the month.
    pub fn year_month_day(self) -> (i16, i8, i8) {
        let date = self.civil();
        (date.year(), date.month(), date.day())
    }

    /// Short display form: `5 Mar`.
    pub fn short(self) -> String {
        self.civil().strftime("%-d %b").to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.civil())
    }
}

/// A time zone of the bundled IANA database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(jiff::tz::TimeZone);

/// What the names of the zones of places begin with.
const REGIONS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(jiff::tz::TimeZone::UTC);

    /// The IANA names of the zones of places, in alphabetical order, and UTC. Other zones have a name for old programs, such
    /// as `EST5EDT`.
    pub fn names() -> Vec<String> {
        let is_of_place = |name: &String| {
            let region = name.split_once('/').map(|(region, _)| region);
            region.is_some_and(|region| REGIONS.contains(&region))
        };
        let all = jiff::tz::db().available().map(|name| name.to_string());
        let mut names: Vec<String> = all.filter(is_of_place).chain(["UTC".to_owned()]).collect();
        names.sort_unstable();
        names
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day on which an instant falls in this zone.
    pub fn day_of(&self, at: UnixMs) -> Day {
        jiff::Timestamp::from_millisecond(at.0)
            .map_or(Day(at.0.div_euclid(DAY_MS)), |at| Day::of_civil(at.to_zoned(self.0.clone()).date()))
    }

    /// The hour of the day in which an instant falls in this zone, 0 to 23.
    pub fn hour_of(&self, at: UnixMs) -> i8 {
        jiff::Timestamp::from_millisecond(at.0).map_or(0, |at| at.to_zoned(self.0.clone()).hour())
    }

    /// The time of day of an instant in this zone: `14:07`.
    pub fn time_of(&self, at: UnixMs) -> String {
        jiff::Timestamp::from_millisecond(at.0)
            .map_or_else(|_| at.0.to_string(), |at| at.to_zoned(self.0.clone()).strftime("%H:%M").to_string())
    }

    /// The first instant of a day in this zone, and that of the next day. If the clock skips midnight, the day begins
    /// after the gap.
    pub fn bounds(&self, day: Day) -> (UnixMs, UnixMs) {
        let begins = |day: Day| {
            let zoned = day.civil().to_zoned(self.0.clone());
            UnixMs(zoned.map_or(day.0 * DAY_MS, |zoned| zoned.timestamp().as_millisecond()))
        };
        (begins(day), begins(Day(day.0 + 1)))
    }

    /// RFC 3339 with milliseconds and this zone's offset: `2026-03-05T14:07:00.000-05:00`.
    pub fn to_rfc3339(&self, at: UnixMs) -> String {
        jiff::Timestamp::from_millisecond(at.0).map_or_else(
            |_| at.0.to_string(),
            |at| at.to_zoned(self.0.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
        )
    }

    /// Display form of an instant in this zone: `2026-03-05 14:07`.
    pub fn show(&self, at: UnixMs) -> String {
        jiff::Timestamp::from_millisecond(at.0)
            .map_or_else(|_| at.0.to_string(), |at| at.to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M").to_string())
    }
}

/// The name is not in the time zone database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {0:?}")]
pub struct UnknownZone(pub String);

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(name: String) -> Result<Self, UnknownZone> {
        jiff::tz::TimeZone::get(&name).map(Self).map_err(|_| UnknownZone(name))
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.name().to_owned()
    }
}

/// Days of a week. A week's number is that of each of its days divided by seven.
const WEEK_DAYS: i64 = 7;
/// No weeks or days: the last comes before the first.
const NONE: (i64, i64) = (0, -1);

/// A period, taken apart. Ends are included; a part that is empty ends before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeeksAndDays {
    /// The days before the first whole week; all days, if there is none.
    pub before: (Day, Day),
    /// The numbers of the whole weeks.
    pub weeks: (i64, i64),
    /// The days after the last whole week.
    pub after: (Day, Day),
}

/// The days of a report, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

impl Period {
    /// Longest period of a report, in days: somewhat more than two years.
    pub const DAYS_MAX: i64 = 800;

    /// The last `days` days up to and including `today`; `days` is clamped to 1 to [`Self::DAYS_MAX`].
    pub fn last(days: i64, today: Day) -> Self {
        Self { from: Day(today.0 - days.clamp(1, Self::DAYS_MAX) + 1), to: today }
    }

    /// The period between two days in either order; if longer than [`Self::DAYS_MAX`], its latest days.
    pub fn between(a: Day, b: Day) -> Self {
        let (from, to) = (a.min(b), a.max(b));
        Self { from: Day(from.0.max(to.0 - Self::DAYS_MAX + 1)), to }
    }

    /// The period as whole weeks of seven days, and the days before and after them.
    pub fn by_week(self) -> WeeksAndDays {
        let first = self.from.0.div_euclid(WEEK_DAYS) + i64::from(self.from.0.rem_euclid(WEEK_DAYS) != 0);
        let last = (self.to.0 + 1).div_euclid(WEEK_DAYS) - 1;
        if first > last {
            return WeeksAndDays { before: (self.from, self.to), weeks: NONE, after: (Day(NONE.0), Day(NONE.1)) };
        }
        WeeksAndDays {
            before: (self.from, Day(first * WEEK_DAYS - 1)),
            weeks: (first, last),
            after: (Day((last + 1) * WEEK_DAYS), self.to),
        }
    }

    /// Every day of the period, in order.
    pub fn days(self) -> impl Iterator<Item = Day> {
        (self.from.0..=self.to.0).map(Day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_the_time_zone() {
        let at = UnixMs::parse_rfc3339("2026-03-08T04:30:00Z").expect("valid");
        let new_york = Zone::try_from("America/New_York".to_owned()).expect("known");
        assert_eq!(Zone::UTC.day_of(at).to_string(), "2026-03-08");
        assert_eq!(new_york.day_of(at).to_string(), "2026-03-07");
        assert_eq!(new_york.show(at), "2026-03-07 23:30");
        assert_eq!((new_york.time_of(at), Zone::UTC.time_of(at)), ("23:30".into(), "04:30".into()));
        assert_eq!(new_york.day_of(at).year_month_day(), (2026, 3, 7));
        assert_eq!(Day::parse("2026-03-08"), Some(Zone::UTC.day_of(at)));
        assert!(Zone::try_from("Mars/Olympus".to_owned()).is_err());
    }

    #[test]
    fn periods_include_both_ends() {
        let period = Period::last(7, Day(100));
        assert_eq!(period.days().count(), 7);
        assert_eq!(Period::between(Day(5), Day(3)), Period { from: Day(3), to: Day(5) });
    }

    proptest::proptest! {
        #[test]
        fn weeks_and_the_days_around_them_are_the_period(from in 20_000i64..20_030, length in 1i64..40) {
            let period = Period { from: Day(from), to: Day(from + length - 1) };
            let WeeksAndDays { before, weeks, after } = period.by_week();
            let days = |(first, last): (Day, Day)| (first.0..=last.0).map(Day);
            let of_weeks = (weeks.0 * WEEK_DAYS..(weeks.1 + 1) * WEEK_DAYS).map(Day);
            let all: Vec<Day> = days(before).chain(of_weeks).chain(days(after)).collect();
            proptest::prop_assert_eq!(all, period.days().collect::<Vec<_>>());
            let is_short = |(first, last): (Day, Day)| last.0 - first.0 < WEEK_DAYS - 1;
            proptest::prop_assert!(is_short(after) && (is_short(before) || weeks.1 < weeks.0));
        }
    }
}
