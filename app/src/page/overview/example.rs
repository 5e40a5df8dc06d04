//! What the overview will look like, with made-up figures, for a brand that has none yet.

use domain::Currency;
use leptos::prelude::*;

use crate::{
    component::{tile, tiles},
    format,
    language::t,
};

/// Made-up creators: name, orders, and revenue in hundreds of minor units.
const CREATORS: [(&str, i64, i64); 3] =
    [("Jessica Styles", 38, 1_482), ("Marco Bianchi", 21, 907), ("Aiko Tanaka", 17, 853)];

/// Made-up clicks.
const CLICKS: i64 = 2_140;
/// By how much the revenue is more than before, in basis points.
const MORE_BP: i64 = 1_800;

/// The example, folded away and marked as one.
pub(super) fn card(currency: Currency) -> AnyView {
    let money = |hundreds: i64| format::money(hundreds * 100, currency);
    let (orders, revenue) =
        CREATORS.iter().fold((0_i64, 0_i64), |(orders, revenue), (_, more, minor)| (orders + more, revenue + minor));
    let rows = CREATORS.map(|(name, orders, minor)| {
        let brought = t!("overview-example-brought", orders = orders, revenue = money(minor));
        view! { <li><span>{name}</span><span class="nowrap">{brought}</span></li> }
    });
    let (best, _, most) = CREATORS[0];
    let lead = t!(
        "overview-example-lead",
        revenue = money(revenue),
        creator = best,
        share = format::percent(most * 10_000 / revenue)
    );
    view! {
        <details class="card" data-testid="example">
            <summary><h2>{t!("overview-example")}</h2></summary>
            <p class="subdued">{t!("overview-example-text")}</p>
            <p class="lead">{lead}</p>
            {tiles(vec![
                tile(
                    t!("overview-example-revenue"),
                    money(revenue),
                    t!("overview-example-more", share = format::percent(MORE_BP)),
                ),
                tile(t!("overview-example-orders"), format::count(orders), ""),
                tile(t!("overview-example-clicks"), format::count(CLICKS), ""),
                tile(t!("overview-example-commission"), money(revenue / 10), ""),
            ])}
            <h3>{t!("overview-example-creators")}</h3>
            <ul class="rows">{rows.collect_view()}</ul>
        </details>
    }
    .into_any()
}
