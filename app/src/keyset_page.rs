//! One page of a list that the database sorts and cuts. Its place stands in the address, as `page=before-ID` or
//! `page=after-ID`: rows that come or go meanwhile move nobody's place.

use domain::{UnixMs, id::earliest};
use flow::api::Keyset;

use crate::{address::Address, table::sort_order};

/// Rows on a page.
const ROWS: usize = 25;
/// Later than every id.
const END: UnixMs = UnixMs(0xffff_ffff_ffff);

/// The column by whose time such a list is sorted, as addresses and [`crate::table::Table::sorted_by_database`] name it.
pub(crate) const WHEN: &str = "when";

/// The page that an address asks for, newest first unless it asks for the oldest.
pub(crate) struct KeysetPage {
    keyset: Keyset,
    is_first: bool,
    is_oldest_first: bool,
}

/// The rows of a page, and the addresses of those before and after it.
pub(crate) struct Cut<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl KeysetPage {
    /// Reads the address. `prefix` is that of the ids.
    pub(crate) fn of(address: &Address, prefix: &str) -> Self {
        Self::ordered(address, prefix, "sort")
    }

    /// As [`Self::of`], of a table with a name: its sort order has this parameter.
    pub(crate) fn ordered(address: &Address, prefix: &str, sort: &str) -> Self {
        let place = address.get("page");
        let is_oldest_first = sort_order(address.get(sort)) == (WHEN, false);
        // One row more than is shown says whether there are others.
        let limit = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
        let all = Keyset { from: String::new(), below: earliest(prefix, END), is_ascending: is_oldest_first, limit };
        let (keyset, is_first) = match (place.strip_prefix("before-"), place.strip_prefix("after-")) {
            (Some(id), _) => (Keyset { below: id.to_owned(), is_ascending: false, ..all }, false),
            // Longer than the id and otherwise equal: the next larger one is not smaller.
            (_, Some(id)) => (Keyset { from: format!("{id}0"), is_ascending: true, ..all }, false),
            _ => (all, true),
        };
        Self { keyset, is_first, is_oldest_first }
    }

    /// What to ask the database for.
    pub(crate) const fn keyset(&self) -> &Keyset {
        &self.keyset
    }

    /// All rows of the list, in portions of a thousand: the next portion after the row with this id.
    pub(crate) fn portion(prefix: &str, after: Option<&str>) -> Keyset {
        let below = after.map_or_else(|| earliest(prefix, END), str::to_owned);
        Keyset { from: String::new(), below, is_ascending: false, limit: 1_000 }
    }

    /// Cuts what was found to a page.
    pub(crate) fn cut<T>(&self, address: &Address, mut rows: Vec<T>, id: impl Fn(&T) -> &str) -> Cut<T> {
        let has_more = rows.len() > ROWS;
        rows.truncate(ROWS);
        // Whether there are more on the way that was read, and on the way back.
        let (has_newer, has_older) =
            if self.keyset.is_ascending { (has_more, !self.is_first) } else { (!self.is_first, has_more) };
        if self.keyset.is_ascending != self.is_oldest_first {
            rows.reverse();
        }
        let link = |way: &str, row: Option<&T>| row.map(|row| address.with(&[("page", &format!("{way}-{}", id(row)))]));
        let (before, after) = if self.is_oldest_first {
            (link("before", rows.first().filter(|_| has_older)), link("after", rows.last().filter(|_| has_newer)))
        } else {
            (link("after", rows.first().filter(|_| has_newer)), link("before", rows.last().filter(|_| has_older)))
        };
        Cut { rows, before, after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::of(&text.parse().expect("valid"))
    }

    fn cut(at: &str, ids: impl IntoIterator<Item = u32>) -> (Vec<u32>, Option<String>, Option<String>) {
        let (at, rows) = (address(at), ids.into_iter().map(|id| format!("led_{id:03}")).collect::<Vec<_>>());
        let page = KeysetPage::of(&at, "led");
        let Cut { rows, before, after } = page.cut(&at, rows, |row| row);
        let number = |row: &String| row.trim_start_matches("led_").parse().unwrap_or(0);
        (rows.iter().map(number).collect(), before, after)
    }

    #[test]
    fn pages_lead_to_their_neighbours() {
        let (rows, before, after) = cut("/l?creator=a", (75..=100).rev());
        assert_eq!((rows.len(), rows[0], before), (25, 100, None));
        assert_eq!(after.as_deref(), Some("/l?creator=a&page=before-led_076"));
        let (rows, before, after) = cut("/l?page=before-led_076", (60..76).rev());
        assert_eq!((rows.len(), rows[0], after), (16, 75, None));
        assert_eq!(before.as_deref(), Some("/l?page=after-led_075"));
        let (rows, before, after) = cut("/l?page=after-led_075", 76..=100);
        assert_eq!((rows[0], rows[24], before), (100, 76, None));
        assert_eq!(after.as_deref(), Some("/l?page=before-led_076"));
    }

    #[test]
    fn the_oldest_come_first_if_they_are_asked_for() {
        let (rows, before, after) = cut("/l?sort=when", 1..=26);
        assert_eq!((rows[0], rows[24], before), (1, 25, None));
        assert_eq!(after.as_deref(), Some("/l?sort=when&page=after-led_025"));
        let (rows, before, after) = cut("/l?sort=when&page=after-led_025", 26..=30);
        assert_eq!((rows[0], rows.len(), after), (26, 5, None));
        assert_eq!(before.as_deref(), Some("/l?sort=when&page=before-led_026"));
        let (rows, before, after) = cut("/l?sort=when&page=before-led_026", (1..=25).rev());
        assert_eq!((rows[0], rows[24], before), (1, 25, None));
        assert_eq!(after.as_deref(), Some("/l?sort=when&page=after-led_025"));
        assert_eq!(cut("/l?sort=-when", (1..=3).rev()).0, [3, 2, 1]);
    }
}
