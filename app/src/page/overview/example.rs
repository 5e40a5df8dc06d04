//! What the overview will look like, with made-up figures, for a brand that has none yet.

use domain::Currency;
use leptos::prelude::*;

use crate::{
    component::{tile, tiles},
    format,
};

/// Made-up creators: name, orders, and revenue in hundreds of minor units.
const CREATORS: [(&str, i64, i64); 3] =
    [("Jessica Styles", 38, 1_482), ("Marco Bianchi", 21, 907), ("Aiko Tanaka", 17, 853)];

/// The example, folded away and marked as one.
pub(super) fn card(currency: Currency) -> AnyView {
    let money = |hundreds: i64| format::money(hundreds * 100, currency);
    let (orders, revenue) =
        CREATORS.iter().fold((0_i64, 0_i64), |(orders, revenue), (_, more, minor)| (orders + more, revenue + minor));
    let rows = CREATORS.map(|(name, orders, minor)| {
        view! { <li><span>{name}</span><span class="nowrap">{format!("{orders} orders · {}", money(minor))}</span></li> }
    });
    view! {
        <details class="card" data-testid="example">
            <summary><h2>"What you will see here: an example"</h2></summary>
            <p class="subdued">"These figures are made up. Yours appear as soon as the first click arrives."</p>
            <p class="lead">{format!("Creators earned you {} in 30 days. Jessica Styles brought 46 %.", money(revenue))}</p>
            {tiles(vec![
                tile("Revenue", money(revenue), "▲ 18 % more than the 30 days before"),
                tile("Orders", orders.to_string(), ""),
                tile("Clicks", "2,140", ""),
                tile("Commission owed", money(revenue / 10), ""),
            ])}
            <h3>"Top creators"</h3>
            <ul class="rows">{rows.collect_view()}</ul>
        </details>
    }
    .into_any()
}
