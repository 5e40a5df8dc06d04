//! Which clicks of another id of a visitor's browser are the visitor's.
//!
//! A tracking link brings the id that its click was recorded under. Whoever made the link may know that id, and can click
//! with it whenever they like. So it proves one click for each time that the browser landed with it: the last one before, on
//! the link that it landed by.

use domain::{
    UnixMs,
    attribution::{CLICK_BEFORE_LANDING_MS, CLOCK_SKEW_MS, Landing},
};
use store::evidence::{SpanClicks, VisitorAlias, VisitorSpan};

/// The spans in which clicks of other ids count, each with the visitor whose browser has the id. `aliases` and `landings` are
/// those of the visitors; what was reported after `until` is ignored.
pub(crate) fn alias_spans(aliases: &[VisitorAlias], landings: &[Landing], until: UnixMs) -> Vec<(String, VisitorSpan)> {
    let before = |pv_id: &String, reported_at: UnixMs, clicks| VisitorSpan {
        pv_id: pv_id.clone(),
        from: reported_at.plus_ms(-CLICK_BEFORE_LANDING_MS),
        until: reported_at.plus_ms(CLOCK_SKEW_MS).min(until),
        clicks,
    };
    let reported = landings.iter().filter(|landing| landing.at <= until).filter_map(|landing| {
        let alias = landing.pv_alias.as_ref()?;
        Some((landing.pv_id.clone(), before(alias, landing.at, SpanClicks::LastOn(landing.code))))
    });
    // A page that has no link's code in its address is no landing; its first report is kept with the alias.
    let is_reported = |alias: &VisitorAlias| {
        landings.iter().any(|landing| {
            (landing.at, &landing.pv_id, landing.pv_alias.as_ref()) == (alias.at, &alias.pv_id, Some(&alias.alias))
        })
    };
    let first = aliases.iter().filter(|alias| alias.at <= until && !is_reported(alias)).map(|alias| {
        let span = match alias.joined_until {
            Some(joined) => VisitorSpan::until(alias.alias.as_str(), joined.min(until)),
            None => before(&alias.alias, alias.at, SpanClicks::Last),
        };
        (alias.pv_id.clone(), span)
    });
    reported.chain(first).collect()
}
