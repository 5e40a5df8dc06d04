//! Which clicks of another id of a visitor's browser are the visitor's.
//!
//! A tracking link brings the id that its click was recorded under. Whoever made the link may know that id, and can click
//! with it whenever they like. So it proves one click for each time that the browser landed with it: the last one before.

use domain::{UnixMs, attribution::Landing, time::HOUR_MS};
use store::evidence::{VisitorAlias, VisitorSpan};

/// How long before its landing is reported a click may have been: the report waits for the shopper's consent.
const REPORT_MS: i64 = HOUR_MS;
/// How far the clocks of two replicas may be apart, of which one stored the click and the other the landing.
const CLOCK_SKEW_MS: i64 = 5_000;

/// The spans in which clicks of other ids count, each with the visitor whose browser has the id. `aliases` and `landings` are
/// those of the visitors; what was reported after `until` is ignored.
pub(crate) fn alias_spans(aliases: &[VisitorAlias], landings: &[Landing], until: UnixMs) -> Vec<(String, VisitorSpan)> {
    let before = |pv_id: &String, reported_at: UnixMs| VisitorSpan {
        pv_id: pv_id.clone(),
        from: reported_at.plus_ms(-REPORT_MS),
        until: reported_at.plus_ms(CLOCK_SKEW_MS).min(until),
        is_last_only: true,
    };
    let reported = landings.iter().filter(|landing| landing.at <= until).filter_map(|landing| {
        let alias = landing.pv_alias.as_ref()?;
        Some((landing.pv_id.clone(), before(alias, landing.at)))
    });
    // A page that has no link's code in its address is no landing; its first report is kept with the alias.
    let first = aliases.iter().filter(|alias| alias.at <= until).map(|alias| {
        let span = match alias.joined_until {
            Some(joined) => VisitorSpan::until(alias.alias.as_str(), joined.min(until)),
            None => before(&alias.alias, alias.at),
        };
        (alias.pv_id.clone(), span)
    });
    reported.chain(first).collect()
}
