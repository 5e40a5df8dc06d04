//! How a creator is paid, in tables of payouts.

use domain::CreatorId;
use flow::payout_details::PayoutWay;
use leptos::prelude::*;

use crate::{component::chip, language::t, table::Cell, words};

/// The way, with a link to where it is changed. Without one, a warning if there is something to pay.
pub(super) fn cell(creator: &CreatorId, way: Option<&PayoutWay>, is_due: bool) -> Cell {
    let (text, tone) = match way {
        Some(way) => (words::payout_method(way.method).text(), ""),
        None => (t!("payouts-no-details"), if is_due { "warning" } else { "" }),
    };
    let href = format!("/brand/attribution/creators/{creator}#payout-details");
    Cell::view(text.clone(), view! { <a class="plain" href=href>{chip(text, tone)}</a> })
}
