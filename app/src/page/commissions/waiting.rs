//! What waits for a person's approval, by order: approved or rejected, one or many at a time.

use domain::{OrderId, UnixMs};
use flow::commission::{WAITING_MAX, WaitingCommission};
use leptos::prelude::*;

use super::{Found, creator_name};
use crate::{
    component::chip,
    form::{Field, Form, FormState},
    format,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The id of the form to which the table's checkboxes belong.
const FORM: &str = "waiting";

/// One order with all that it earns its creators.
struct WaitingOrder<'a> {
    order: &'a OrderId,
    name: &'a str,
    parts: Vec<&'a WaitingCommission>,
}

impl WaitingOrder<'_> {
    fn payable_at(&self) -> UnixMs {
        self.parts.iter().map(|part| part.payable_at).max().unwrap_or(UnixMs(0))
    }

    fn is_unproven(&self) -> bool {
        self.parts.iter().any(|part| part.is_unproven)
    }
}

fn orders(waiting: &[WaitingCommission]) -> Vec<WaitingOrder<'_>> {
    let mut orders: Vec<WaitingOrder<'_>> = Vec::new();
    for part in waiting {
        match orders.last_mut().filter(|last| *last.order == part.order) {
            Some(last) => last.parts.push(part),
            None => orders.push(WaitingOrder { order: &part.order, name: &part.order_name, parts: vec![part] }),
        }
    }
    orders
}

/// The table of what waits.
pub(super) fn table(request: &BrandRequest, state: &FormState, found: &Found) -> Table {
    let columns = [
        Column::text("order", "Order"),
        Column::text("creator", "Creator"),
        Column::text("reason", "Why it waits"),
        Column::number("available", "Hold ends"),
        Column::money("amount", "Commission"),
    ];
    let forms = [state.form("approve"), state.form("reject")];
    let rows = orders(&found.waiting).into_iter().map(|order| row(request, &forms, found, &order)).collect::<Vec<_>>();
    Table::new("Commissions that need approval", columns).named("waiting").rows(rows)
}

fn row(request: &BrandRequest, forms: &[Form], found: &Found, order: &WaitingOrder<'_>) -> Row {
    let (zone, today) = (&request.caller.brand().zone, request.flow.reports().today(request.caller.brand()));
    let id = order.order.to_string();
    let is_chosen = forms.iter().any(|form| form.has_value("order", &id));
    let name = order.name.to_owned();
    let choose = format!("Choose {name}");
    let href = format!("/brand/attribution/orders/{id}");
    let (linked, at) = (name.clone(), order.payable_at());
    let order_cell = view! {
        <span class="inline">
            <input type="checkbox" name="order" value=id form=FORM aria-label=choose checked=is_chosen />
            <a href=href>{linked}</a>
        </span>
    };
    let names: Vec<String> = order.parts.iter().map(|part| creator_name(&found.creators, &part.creator)).collect();
    let amounts: Vec<String> = order.parts.iter().map(|part| part.amount.to_string()).collect();
    let sum: i64 = order.parts.iter().map(|part| part.amount.minor).sum();
    let (reason, tone) = if order.is_unproven() {
        ("Not proven: only a browser reported it", "warning")
    } else {
        ("You approve each", "")
    };
    Row::new([
        Cell::view(name, order_cell),
        Cell::text(names.join(", ")),
        Cell::view(reason, chip(reason, tone)),
        Cell::view(zone.show(at), format::moment(zone, today, at)).sorted_by(at.0),
        Cell::number(sum, amounts.join(" + ")),
    ])
}

/// The section with its buttons.
pub(super) fn section(request: &BrandRequest, state: &FormState, found: &Found, table: Table) -> AnyView {
    let (approve, reject, proven) = (state.form("approve"), state.form("reject"), state.form("approve-proven"));
    let has_proven = found.waiting.iter().any(|one| !one.is_unproven);
    let is_cut = format::length(found.waiting.len()) >= WAITING_MAX;
    let reason = Field::new("reason", "Reason").placeholder("Paid for the sale already");
    view! {
        <section class="card" id="needs-approval">
            <h2>"Needs approval"</h2>
            <p class="subdued">
                "Look at the order before you approve what is not proven: anybody can report an order number or a customer’s name. An approved commission still waits for the end of its hold."
            </p>
            {is_cut.then(|| view! { <p class="subdued">"These are the latest. Older ones show up as you decide on them."</p> })}
            {approve.all_faults()} {reject.summary(&["Reason"])}
            <form method="post" id=FORM class="inline bulk">
                {approve.submit("Approve chosen")}
                <details class="confirm" open=reject.is_refused()>
                    <summary class="button">"Reject chosen…"</summary>
                    <div class="popover">
                        <p>"Their commissions become zero. The sales stay credited. The reason is kept in the ledger."</p>
                        {reject.field(reason)} {reject.button("Reject", "critical")}
                    </div>
                </details>
                {has_proven.then(|| proven.button("Approve all that is proven and past its hold", "quiet"))}
            </form>
            {table.view(&request.address)}
        </section>
    }
    .into_any()
}
