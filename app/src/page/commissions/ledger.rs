//! The ledger in words: every line with its order, where it is on its way, and since when. The database pages it.

use axum::response::Response;
use domain::{CreatorId, EntryId, Money, UnixMs, commission::EntryKind, creator::Creator};
use flow::{
    FlowError,
    api::{Commission, CommissionFilter, CommissionStatus, Object},
};
use leptos::prelude::*;

use super::creator_name;
use crate::{
    actor,
    component::{chip, empty},
    error::PageError,
    format,
    keyset_page::KeysetPage,
    picker::{Filter, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// Most lines of a CSV file; a larger ledger is exported with everything else.
const CSV_LINES_MAX: usize = 100_000;

/// Where a line is, as a choice of the filter.
const STATES: [(CommissionStatus, &str); 6] = [
    (CommissionStatus::Waiting, "Needs approval"),
    (CommissionStatus::Pending, "On hold"),
    (CommissionStatus::Approved, "Available"),
    (CommissionStatus::InPayout, "In an open payout"),
    (CommissionStatus::Paid, "Paid"),
    (CommissionStatus::Cancelled, "Payout cancelled"),
];

fn filter(request: &BrandRequest) -> CommissionFilter {
    let creator = request.address.get("creator").parse::<CreatorId>().ok();
    let status = CommissionStatus::parse(request.address.get("state"));
    CommissionFilter { creator, status, ..CommissionFilter::default() }
}

/// The section with its filters.
pub(super) async fn section(request: &BrandRequest, creators: &[Creator]) -> Result<AnyView, FlowError> {
    let page = KeysetPage::of(&request.address, EntryId::PREFIX);
    let filter = filter(request);
    let found = request.flow.api().commissions_page(&request.caller, page.keyset(), &filter).await?;
    let is_filtered = filter != CommissionFilter::default() || request.address.has("page");
    let cut = page.cut(&request.address, found, |line| line.value.entry.id.as_str());
    if cut.rows.is_empty() && !is_filtered {
        return Ok(nothing_yet());
    }
    let table = table(request, creators, &cut.rows).neighbours(cut.before, cut.after);
    let table = table.empty(view! { <p class="subdued">"No line of the ledger matches."</p> });
    let states = STATES.map(|(state, label)| (state.as_str().to_owned(), label.to_owned()));
    let filters = vec![
        Filter::by_name("creator", "Creator", format::choices(creators), "All creators"),
        Filter::of("state", "State", states.into(), "Every state"),
    ];
    Ok(view! {
        <section aria-labelledby="ledger">
            <h2 id="ledger">"Ledger"</h2>
            {filter_bar(&request.address, "", filters)}
            {table.view(&request.address)}
        </section>
    }
    .into_any())
}

fn nothing_yet() -> AnyView {
    empty(
        "No commissions yet",
        "Once you add a commission rule, each credited order adds a line here. Refunds reverse their share.",
        Some((super::rules::PATH, "See the rules".into())),
    )
}

/// The whole ledger, as it is filtered, if the address asks for the file.
pub(super) async fn csv(request: &BrandRequest, creators: &[Creator]) -> Result<Option<Response>, PageError> {
    if !table(request, creators, &[]).is_csv_wanted(&request.address) {
        return Ok(None);
    }
    let (filter, mut lines) = (filter(request), Vec::<Object<Commission>>::new());
    loop {
        let last = lines.last().map(|line| line.value.entry.id.as_str());
        let portion = KeysetPage::portion(EntryId::PREFIX, last);
        let found = request.flow.api().commissions_page(&request.caller, &portion, &filter).await?;
        if found.is_empty() {
            break;
        }
        lines.extend(found);
        if lines.len() > CSV_LINES_MAX {
            let fault = format!("this ledger has more than {CSV_LINES_MAX} lines: filter it, or export all data");
            return Err(FlowError::from(flow::Invalid::one(fault)).into());
        }
    }
    table(request, creators, &lines).csv(&request.address, "commission-ledger").map(Some)
}

fn table(request: &BrandRequest, creators: &[Creator], lines: &[Object<Commission>]) -> Table {
    // No column can be sorted: the database pages the ledger, newest first.
    let columns = [
        Column::text("", "Line"),
        Column::text("", "Creator"),
        Column::text("", "Order"),
        Column::text("", "State"),
        Column::text("", "When"),
        Column::money("", "Amount"),
    ];
    Table::new("Ledger", columns).rows(lines.iter().map(|line| row(request, creators, &line.value)).collect::<Vec<_>>())
}

fn row(request: &BrandRequest, creators: &[Creator], line: &Commission) -> Row {
    let (zone, today) = (&request.caller.brand().zone, request.flow.reports().today(request.caller.brand()));
    let entry = &line.entry;
    let order = match (&entry.order, &line.order_name) {
        (Some(id), Some(name)) => Cell::text(name.as_str()).href(format!("/brand/attribution/orders/{id}")),
        _ => Cell::text(""),
    };
    let creator = creator_name(creators, &entry.creator);
    let amount = Money { minor: entry.amount_minor, currency: entry.currency };
    Row::new([
        Cell::text(what(line)).note(note(line)),
        Cell::text(creator).href(format!("/brand/attribution/creators/{}", entry.creator)),
        order,
        state(request, line),
        Cell::view(zone.show(entry.created_at), format::moment(zone, today, entry.created_at)),
        Cell::number(amount.minor, amount.to_string()),
    ])
    .muted(line.status == CommissionStatus::Cancelled)
}

/// What a line is.
fn what(line: &Commission) -> &'static str {
    match (line.entry.kind, line.status) {
        (EntryKind::Accrual, _) => "Commission",
        (EntryKind::Reversal, _) => "Taken back",
        (EntryKind::Adjustment, _) if line.edited.is_some() => "Correction",
        (EntryKind::Adjustment, _) => "Adjustment",
        (EntryKind::Payout, CommissionStatus::Paid) => "Paid out",
        (EntryKind::Payout, _) if line.entry.amount_minor > 0 => "Back from a cancelled payout",
        (EntryKind::Payout, _) => "Put into a payout",
    }
}

/// Why, and by whom if it was a person.
fn note(line: &Commission) -> String {
    let entry = &line.entry;
    let who = format!("by {}", actor::words(&entry.actor));
    match entry.kind {
        EntryKind::Accrual | EntryKind::Reversal => entry.reason.clone(),
        EntryKind::Adjustment => format!("{} · {who}", entry.reason),
        EntryKind::Payout => who,
    }
}

/// Where a line is on its way. One in an open payout is not paid.
fn state(request: &BrandRequest, line: &Commission) -> Cell {
    let (zone, today) = (&request.caller.brand().zone, request.flow.reports().today(request.caller.brand()));
    let day = |at: UnixMs| format::day(zone, today, at);
    let of_payout = line.payout_created_at.map(|at| format!(" of {}", day(at))).unwrap_or_default();
    let (text, tone) = match line.status {
        CommissionStatus::Waiting => ("Needs approval".to_owned(), "warning"),
        CommissionStatus::Pending => (format!("On hold until {}", day(line.entry.payable_at)), ""),
        CommissionStatus::Approved => ("Available".to_owned(), "good"),
        CommissionStatus::InPayout => (format!("In payout{of_payout}"), ""),
        CommissionStatus::Paid => (format!("Paid in payout{of_payout}"), "good"),
        CommissionStatus::Cancelled => (format!("Payout{of_payout} cancelled"), ""),
    };
    let shown = chip(text.clone(), tone);
    match &line.entry.payout {
        Some(id) => {
            let href = format!("{}/{id}", crate::page::payouts::PATH);
            Cell::view(text, view! { <a class="plain" href=href>{shown}</a> })
        }
        None => Cell::view(text, shown),
    }
}
