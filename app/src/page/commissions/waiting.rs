//! What waits for a person's approval, by order: approved or rejected, one or many at a time.

use domain::{OrderId, UnixMs};
use flow::commission::{WAITING_MAX, WaitingCommission};
use leptos::prelude::*;

use super::{Found, creator_name};
use crate::{
    component::chip,
    form::{Field, Form, FormState, label},
    format,
    language::t,
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
        Column::text("order", t!("commissions-order")),
        Column::text("creator", t!("commissions-creator")),
        Column::text("reason", t!("commissions-why-waiting")),
        Column::number("available", t!("commissions-hold-ends")),
        Column::money("amount", t!("commissions-commission")),
    ];
    let forms = [state.form("approve"), state.form("reject")];
    let rows = orders(&found.waiting).into_iter().map(|order| row(request, &forms, found, &order)).collect::<Vec<_>>();
    Table::new(t!("commissions-needs-approval-table"), columns).named("waiting").rows(rows)
}

fn row(request: &BrandRequest, forms: &[Form], found: &Found, order: &WaitingOrder<'_>) -> Row {
    let (zone, today) = (&request.caller.brand().zone, request.flow.reports().today(request.caller.brand()));
    let id = order.order.to_string();
    let is_chosen = forms.iter().any(|form| form.has_value("order", &id));
    let name = order.name.to_owned();
    let choose = t!("commissions-choose-order", order = &name);
    let href = format!("/brand/attribution/orders/{id}");
    let (linked, at) = (name.clone(), order.payable_at());
    let order_cell = view! {
        <span class="inline">
            <input type="checkbox" name="order" value=id form=FORM aria-label=choose checked=is_chosen />
            <a href=href>{linked}</a>
        </span>
    };
    let names: Vec<String> = order.parts.iter().map(|part| creator_name(&found.creators, &part.creator)).collect();
    let amounts: Vec<String> = order.parts.iter().map(|part| format::amount(part.amount)).collect();
    let sum: i64 = order.parts.iter().map(|part| part.amount.minor).sum();
    let (reason, tone) = if order.is_unproven() {
        (t!("commissions-not-proven"), "warning")
    } else {
        (t!("commissions-approve-each"), "")
    };
    Row::new([
        Cell::view(name, order_cell),
        Cell::text(names.join(", ")),
        Cell::view(reason.clone(), chip(reason, tone)),
        Cell::view(zone.show(at), format::moment(zone, today, at)).sorted_by(at.0),
        Cell::number(sum, amounts.join(" + ")),
    ])
}

/// The section with its buttons.
pub(super) fn section(request: &BrandRequest, state: &FormState, found: &Found, table: Table) -> AnyView {
    let (approve, reject, proven) = (state.form("approve"), state.form("reject"), state.form("approve-proven"));
    let has_proven = found.waiting.iter().any(|one| !one.is_unproven);
    let is_cut = format::length(found.waiting.len()) >= WAITING_MAX;
    let reason = Field::new("reason", label("commissions-reason")).placeholder(t!("commissions-reject-example"));
    view! {
        <section class="card" id="needs-approval">
            <h2>{t!("commissions-needs-approval")}</h2>
            <p class="subdued">{t!("commissions-needs-approval-text")}</p>
            {is_cut.then(|| view! { <p class="subdued">{t!("commissions-needs-approval-cut")}</p> })}
            {approve.all_faults()} {reject.summary(&[label("commissions-reason")])}
            <form method="post" id=FORM class="inline bulk">
                {approve.submit(t!("commissions-approve"))}
                <details class="confirm" open=reject.is_refused()>
                    <summary class="button">{t!("commissions-reject-chosen")}</summary>
                    <div class="popover">
                        <p>{t!("commissions-reject-text")}</p>
                        {reject.field(reason)} {reject.button(t!("commissions-reject"), "critical")}
                    </div>
                </details>
                {has_proven.then(|| proven.button(t!("commissions-approve-proven"), "quiet"))}
            </form>
            {table.view(&request.address)}
        </section>
    }
    .into_any()
}
