//! The latest orders that links are credited with.

use domain::Money;
use flow::link_edit::{CREDITED_ORDERS_MAX, CreditedOrder};
use leptos::prelude::*;

use crate::{
    format,
    language::{rich, t},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The latest orders that some links are credited with.
pub(crate) fn credited_table(request: &BrandRequest, orders: &[CreditedOrder]) -> Table {
    let rows = orders.iter().map(|order| {
        let amount = Money { minor: order.amount_minor, currency: order.currency };
        Row::new([
            Cell::text(order.name.clone()).href(format!("/brand/attribution/orders/{}", order.order)),
            Cell::view(request.moment_text(order.placed_at), request.moment(order.placed_at))
                .sorted_by(order.placed_at.0),
            Cell::amount(amount),
        ])
    });
    let columns = [
        Column::text("order", t!("links-order")),
        Column::text("placed", t!("links-placed")),
        Column::money("credit", t!("links-credit")),
    ];
    Table::new(t!("links-credited-orders"), columns)
        .rows(rows.collect::<Vec<_>>())
        .named("orders")
        .empty(view! { <p class="subdued">{t!("links-no-order")}</p> })
}

/// The card of [`credited_table`], which says so if there may be more orders.
pub(crate) fn credited_card(request: &BrandRequest, orders: &[CreditedOrder]) -> AnyView {
    let is_cut = format::length(orders.len()) >= CREDITED_ORDERS_MAX;
    let table = credited_table(request, orders);
    let note = is_cut.then(|| {
        let all = view! { <a href="/brand/attribution/orders">{t!("links-all-orders")}</a> }.into_any();
        view! { <p class="subdued more-link">{rich!("links-latest-only", count = CREDITED_ORDERS_MAX, link = all)}</p> }
    });
    view! { <section class="card"><h2>{t!("links-latest-orders")}</h2>{table.view(&request.address)}{note}</section> }
        .into_any()
}
