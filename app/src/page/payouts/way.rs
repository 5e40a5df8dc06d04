//! How a creator is paid, in tables of payouts.

use domain::CreatorId;
use flow::payout_details::PayoutWay;
use leptos::prelude::*;

use crate::{component::chip, table::Cell};

/// "today", "1 day ago", "3 days ago".
pub(super) fn days_ago(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    }
}

/// The way, with a link to where it is changed. Without one, a warning if there is something to pay.
pub(super) fn cell(creator: &CreatorId, way: Option<&PayoutWay>, is_due: bool) -> Cell {
    let (words, tone) = match way {
        Some(way) => (way.method.label(), ""),
        None => ("No details", if is_due { "warning" } else { "" }),
    };
    let href = format!("/brand/attribution/creators/{creator}#payout-details");
    Cell::view(words, view! { <a class="plain" href=href>{chip(words, tone)}</a> })
}
