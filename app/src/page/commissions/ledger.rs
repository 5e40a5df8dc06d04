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
    keyset_page::{KeysetPage, WHEN},
    language::{Message, t},
    ledger_reason,
    picker::{Filter, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// Most lines of a CSV file; a larger ledger is exported with everything else.
const CSV_LINES_MAX: usize = 100_000;

/// Where a line is, as a choice of the filter.
const STATES: [(CommissionStatus, Message); 6] = [
    (CommissionStatus::Waiting, Message("commissions-needs-approval")),
    (CommissionStatus::Pending, Message("commissions-on-hold")),
    (CommissionStatus::Approved, Message("commissions-available")),
    (CommissionStatus::InPayout, Message("commissions-open-payout")),
    (CommissionStatus::Paid, Message("commissions-paid")),
    (CommissionStatus::Cancelled, Message("commissions-payout-cancelled")),
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
    let table = table(request, creators, &cut.rows).neighbours(cut.before, cut.after).sorted_by_database(&[WHEN]);
    let table = table.empty(view! { <p class="subdued">{t!("commissions-no-line")}</p> });
    let states = STATES.map(|(state, label)| (state.as_str().to_owned(), label.text()));
    let filters = vec![
        Filter::by_name(
            "creator",
            t!("commissions-creator"),
            format::filter_choices(creators),
            t!("commissions-all-creators"),
        ),
        Filter::of("state", t!("commissions-state"), states.into(), t!("commissions-every-state")),
    ];
    Ok(view! {
        <section aria-labelledby="ledger">
            <h2 id="ledger">{t!("commissions-ledger")}</h2>
            {filter_bar(&request.address, "", filters)}
            {table.view(&request.address)}
        </section>
    }
    .into_any())
}

fn nothing_yet() -> AnyView {
    empty(t!("commissions-none"), t!("commissions-none-text"), Some((super::rules::PATH, t!("commissions-see-rules"))))
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
            return Err(FlowError::from(flow::Invalid::one(format!(
                "this ledger has more than {CSV_LINES_MAX} lines: filter it, or export all data"
            )))
            .into());
        }
    }
    table(request, creators, &lines).csv(&request.address, "commission-ledger").map(Some)
}

fn table(request: &BrandRequest, creators: &[Creator], lines: &[Object<Commission>]) -> Table {
    // The database pages the ledger, by time.
    let columns = [
        Column::text("", t!("commissions-line")),
        Column::text("", t!("commissions-creator")),
        Column::text("", t!("commissions-order")),
        Column::text("", t!("commissions-state")),
        Column::text(WHEN, t!("commissions-when")),
        Column::money("", t!("commissions-amount")),
    ];
    let rows = lines.iter().map(|line| row(request, creators, &line.value));
    Table::new(t!("commissions-ledger"), columns).ordered_by("-when").rows(rows.collect::<Vec<_>>())
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
        Cell::text(what(line).text()).note(note(line)),
        Cell::text(creator).href(format!("/brand/attribution/creators/{}", entry.creator)),
        order,
        state(request, line),
        Cell::view(zone.show(entry.created_at), format::moment(zone, today, entry.created_at))
            .sorted_by(entry.created_at.0),
        Cell::amount(amount),
    ])
    .muted(line.status == CommissionStatus::Cancelled)
}

/// What a line is.
fn what(line: &Commission) -> Message {
    Message(match (line.entry.kind, line.status) {
        (EntryKind::Accrual, _) => "commissions-line-accrual",
        (EntryKind::Reversal, _) => "commissions-line-reversal",
        (EntryKind::Adjustment, _) if line.edited.is_some() => "commissions-line-correction",
        (EntryKind::Adjustment, _) => "commissions-line-adjustment",
        (EntryKind::Payout, CommissionStatus::Paid) => "commissions-line-paid-out",
        (EntryKind::Payout, _) if line.entry.amount_minor > 0 => "commissions-line-payout-cancelled",
        (EntryKind::Payout, _) => "commissions-line-payout",
    })
}

/// Why, and by whom if it was a person.
fn note(line: &Commission) -> String {
    let entry = &line.entry;
    let who = actor::words(&entry.actor);
    match entry.kind {
        EntryKind::Accrual | EntryKind::Reversal => ledger_reason::of(entry.kind, &entry.reason),
        EntryKind::Adjustment => t!("commissions-reason-by", reason = &entry.reason, who = who),
        EntryKind::Payout => t!("commissions-by", who = who),
    }
}

/// Where a line is on its way. One in an open payout is not paid.
fn state(request: &BrandRequest, line: &Commission) -> Cell {
    let (zone, today) = (&request.caller.brand().zone, request.flow.reports().today(request.caller.brand()));
    let day = |at: UnixMs| format::day(zone, today, at);
    let (text, tone) = match (line.status, line.payout_created_at.map(day)) {
        (CommissionStatus::Waiting, _) => (t!("commissions-needs-approval"), "warning"),
        (CommissionStatus::Pending, _) => (t!("commissions-on-hold-until", day = day(line.entry.payable_at)), ""),
        (CommissionStatus::Approved, _) => (t!("commissions-available"), "good"),
        (CommissionStatus::InPayout, Some(day)) => (t!("commissions-in-payout-of", day = day), ""),
        (CommissionStatus::InPayout, None) => (t!("commissions-in-payout"), ""),
        (CommissionStatus::Paid, Some(day)) => (t!("commissions-paid-in-payout-of", day = day), "good"),
        (CommissionStatus::Paid, None) => (t!("commissions-paid-in-payout"), "good"),
        (CommissionStatus::Cancelled, Some(day)) => (t!("commissions-payout-of-cancelled", day = day), ""),
        (CommissionStatus::Cancelled, None) => (t!("commissions-payout-cancelled"), ""),
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
