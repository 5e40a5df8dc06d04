//! The latest orders that links are credited with.

use domain::Money;
use flow::link_edit::{CREDITED_ORDERS_MAX, CreditedOrder};
use leptos::prelude::*;

use crate::{
    format,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The card of the latest orders that some links are credited with.
pub(crate) fn credited_orders(request: &BrandRequest, orders: Vec<CreditedOrder>) -> AnyView {
    let is_cut = format::length(orders.len()) >= CREDITED_ORDERS_MAX;
    let rows = orders.into_iter().map(|order| {
        let amount = Money { minor: order.amount_minor, currency: order.currency };
        Row::new([
            Cell::text(order.name).href(format!("/brand/attribution/orders/{}", order.order)),
            Cell::view(request.moment_text(order.placed_at), request.moment(order.placed_at))
                .sorted_by(order.placed_at.0),
            Cell::number(order.amount_minor, amount.to_string()),
        ])
    });
    let columns = [Column::text("order", "Order"), Column::text("placed", "Placed"), Column::money("credit", "Credit")];
    let table = Table::new("Credited orders", columns)
        .rows(rows.collect::<Vec<_>>())
        .named("orders")
        .without_csv()
        .empty(view! { <p class="subdued">"No order yet. Sales appear here as soon as they are credited."</p> });
    let note = is_cut.then(|| {
        let text = format!("The latest {CREDITED_ORDERS_MAX} orders. ");
        view! { <p class="subdued more-link">{text}<a href="/brand/attribution/orders">"All orders"</a></p> }
    });
    view! { <section class="card"><h2>"Latest orders"</h2>{table.view(&request.address)}{note}</section> }.into_any()
}
