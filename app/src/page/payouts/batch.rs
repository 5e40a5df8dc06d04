//! `/brand/attribution/payouts/{id}`: one payout, its files, and how it is closed.

use std::collections::BTreeMap;

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use domain::{CreatorId, Money, PayoutId, UnixMs, creator::Creator, payout_details::PayoutMethod};
use flow::{
    payout::{Payout, PayoutLine, PayoutState},
    payout_details::PayoutWay,
};
use http::{HeaderValue, header};
use leptos::prelude::*;

use super::{lines, name, state, total, way};
use crate::{
    actor,
    brand_layout::BrandPage,
    component::{chip, confirm},
    error::{PageError, PageResult},
    form::{Field, FormState, Posted, done},
    format, icon,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

pub(super) const PATH: &str = "/brand/attribution/payouts/{id}";

pub(super) async fn show(Path(id): Path<String>, request: BrandRequest) -> PageResult {
    let id = parse(&id)?;
    match request.address.get("file") {
        "" => page(&request, &id, &FormState::default()).await,
        "paypal" => Ok(file(request.flow.payouts().paypal_csv(&request.caller, &id).await?, &format!("{id}-paypal"))),
        "csv" => Ok(file(request.flow.payouts().csv(&request.caller, &id).await?, id.as_str())),
        _ => Err(PageError::not_found("file")),
    }
}

pub(super) async fn submit(Path(id): Path<String>, request: BrandRequest, posted: Posted) -> PageResult {
    let id = parse(&id)?;
    let outcome = match posted.action() {
        "paid" => {
            request.flow.payouts().mark_paid(&request.caller, &id, posted.get("reference")).await.map(|()| "paid")
        }
        "cancel" => {
            let cancelled = request.flow.payouts().close(&request.caller, &id, PayoutState::Cancelled).await;
            cancelled.map(|()| "cancelled")
        }
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(what) => Ok(done(request.address.path(), what)),
        Err(error) => page(&request, &id, &posted.refused(error)?).await,
    }
}

fn parse(id: &str) -> Result<PayoutId, PageError> {
    id.parse().map_err(|_| PageError::not_found("payout"))
}

fn file(text: String, name: &str) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(disposition) = format!("attachment; filename=\"{name}.csv\"").parse() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// What just happened.
fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    let text = match request.address.get("done") {
        "created" => "Payout created. Send the money, then mark it as paid.",
        "paid" => "Marked as paid. Its creators see it in their history.",
        "cancelled" => "Payout cancelled. Its amounts are available again.",
        _ => return None,
    };
    Some(text.into_any())
}

/// What the page shows.
struct Found {
    payout: Payout,
    creators: Vec<Creator>,
    /// How they are paid, as far as that is known.
    ways: BTreeMap<CreatorId, PayoutWay>,
    lines: Vec<PayoutLine>,
}

impl Found {
    fn name_of(&self, id: &CreatorId) -> String {
        let creator = self.creators.iter().find(|creator| creator.id == *id);
        creator.map_or_else(|| "A former creator".to_owned(), |creator| creator.name.clone())
    }

    /// Who is not paid by PayPal.
    fn without_paypal(&self) -> Vec<&CreatorId> {
        let paid = self.payout.items.iter().map(|(creator, _)| creator);
        let is_by_paypal = |way: &PayoutWay| way.method == PayoutMethod::Paypal;
        paid.filter(|creator| !self.ways.get(*creator).is_some_and(is_by_paypal)).collect()
    }

    /// Whose details were changed so lately that it is worth a question before they are paid, and how many days ago.
    fn changed(&self, now: UnixMs) -> Vec<(&CreatorId, &PayoutWay, i64)> {
        let paid = self.payout.items.iter().map(|(creator, _)| creator);
        let changed = paid.filter_map(|creator| {
            let way = self.ways.get(creator)?;
            Some((creator, way, way.changed_days_ago(now)?))
        });
        changed.collect()
    }
}

async fn page(request: &BrandRequest, id: &PayoutId, forms: &FormState) -> PageResult {
    let (flow, merchant) = (&request.flow, &request.caller);
    let found = Found {
        payout: flow.api().payout(merchant, id.as_str()).await?.value,
        creators: flow.creators().list(merchant).await?,
        ways: flow.payouts().ways(merchant).await?,
        lines: flow.payouts().lines(merchant, id).await?,
    };
    let table = items(&found);
    let names = found.creators.iter().map(|creator| (&creator.id, creator.name.as_str())).collect();
    let lines = lines::table(request, &found.lines, &names);
    if lines.is_csv_wanted(&request.address) {
        return lines.csv(&request.address, &format!("{id}-lines"));
    }
    let payout = &found.payout;
    let title = format!("{} · {}", name(request, payout), total(payout));
    let (state, tone) = state(request, payout);
    let is_open = payout.state == PayoutState::Open;
    let content = view! {
        <p>{chip(state, tone)}</p>
        {forms.form("cancel").all_faults()}
        {is_open.then(|| changed_lately(request, &found)).flatten()}
        {if is_open { to_do(request, forms, &found) } else { files(request, &found) }}
        {table.view(&request.address)}
        {lines_section(request, payout, lines)}
        {history(request, payout)}
    };
    Ok(BrandPage::new(title)
        .above(view! { <a href=super::PATH>"← Payouts"</a> })
        .done(what_was_done(request))
        .status(forms.status())
        .show(request, content))
}

fn items(found: &Found) -> Table {
    // The addresses are for owners, who pay.
    let has_addresses = found.ways.values().any(|way| way.address.is_some());
    let columns = [Column::text("creator", "Creator"), Column::text("address", "Paid by")];
    let to = has_addresses.then(|| Column::text("to", "Pay to"));
    let columns = columns.into_iter().chain(to).chain([Column::money("amount", "Amount")]);
    let rows = found.payout.items.iter().map(|(creator, minor)| {
        let amount = Money { minor: *minor, currency: found.payout.currency };
        let way = found.ways.get(creator);
        let first = [
            Cell::text(found.name_of(creator)).href(format!("/brand/attribution/commissions?creator={creator}")),
            way::cell(creator, way, true),
        ];
        let to = has_addresses.then(|| Cell::text(way.and_then(|way| way.address.clone()).unwrap_or_default()));
        Row::new(first.into_iter().chain(to).chain([Cell::number(*minor, amount.to_string())]))
    });
    Table::new("Creators in this payout", columns).rows(rows.collect::<Vec<_>>()).ordered_by("-amount").without_csv()
}

/// A warning about details that were changed lately: that is what who takes over an account does first.
fn changed_lately(request: &BrandRequest, found: &Found) -> Option<AnyView> {
    let changed = found.changed(request.flow.now());
    let items = changed.into_iter().map(|(creator, way, days)| {
        let by = if way.is_own { "by the creator" } else { "by your team, an import or a merge" };
        let text = format!(": changed {} {by}", way::days_ago(days));
        let href = format!("/brand/attribution/creators/{creator}#payout-details");
        view! { <li><a href=href>{found.name_of(creator)}</a>{text}</li> }
    });
    let items = items.collect::<Vec<_>>();
    (!items.is_empty()).then(|| {
        view! {
            <section class="banner warning" aria-label="Changed payout details">
                <p>"Payout details were changed in the last 7 days. Ask these creators, in a way you know, before you pay:"</p>
                <ul>{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn lines_section(request: &BrandRequest, payout: &Payout, lines: Table) -> AnyView {
    let content = if payout.state == PayoutState::Cancelled {
        view! { <p class="subdued">"What was in it is available again, for the next payout."</p> }.into_any()
    } else {
        lines.view(&request.address)
    };
    view! { <section aria-labelledby="lines"><h2 id="lines">"What it is made of"</h2>{content}</section> }.into_any()
}

/// The three steps of an open payout.
fn to_do(request: &BrandRequest, forms: &FormState, found: &Found) -> AnyView {
    let (paid, cancel) = (forms.form("paid"), forms.form("cancel"));
    let reference = Field::new("reference", "Reference").hint("What you call the transfer. May be empty.");
    let cancelling = confirm(
        "Cancel payout",
        "Its amounts become available again. Do this only if you sent nothing.",
        view! { <form method="post">{cancel.button("Cancel payout", "critical")}</form> },
    );
    view! {
        <section class="card">
            <ol class="steps">
                <li><h2>"Download a file"</h2>{files(request, found)}</li>
                <li>
                    <h2>"Send the money"</h2>
                    <p class="subdued">"Upload the file to your bank or PayPal. CreatorScore moves no money."</p>
                </li>
                <li>
                    <h2>"Mark it as paid"</h2>
                    <div class="inline">
                        <details class="confirm left" open=paid.is_refused()>
                            <summary class="button primary">"Mark as paid"</summary>
                            <div class="popover">
                                <p>"Your creators see it as paid from then on. This cannot be undone."</p>
                                <form method="post">
                                    {paid.summary(&["Reference"])} {paid.field(reference)} {paid.submit("It was sent")}
                                </form>
                            </div>
                        </details>
                        {cancelling}
                    </div>
                </li>
            </ol>
        </section>
    }
    .into_any()
}

/// The files for banks and PayPal. PayPal's needs everybody's address: one that pays only some would be half a payout.
fn files(request: &BrandRequest, found: &Found) -> AnyView {
    let link = |kind: &str, label: &'static str| {
        let href = request.address.with(&[("file", kind)]);
        view! { <a class="button" href=href download="">{icon::DOWNLOAD()}{label}</a> }
    };
    let missing = found.without_paypal();
    let names = missing.iter().map(|creator| {
        let href = format!("/brand/attribution/creators/{creator}");
        view! { <li><a href=href>{found.name_of(creator)}</a></li> }
    });
    let names = names.collect_view();
    let paypal = if missing.is_empty() {
        link("paypal", "PayPal file").into_any()
    } else {
        view! {
            <details class="missing">
                <summary class="warning">
                    {format!("No PayPal file: {} without a PayPal address", super::creators(format::length(missing.len())))}
                </summary>
                <ul>{names}</ul>
            </details>
        }
        .into_any()
    };
    view! { <div class="inline files">{link("csv", "CSV file")} {paypal}</div> }.into_any()
}

/// Who did what, and when.
fn history(request: &BrandRequest, payout: &Payout) -> AnyView {
    let brand = request.caller.brand();
    let today = request.flow.reports().today(brand);
    let line = |what: &'static str, at: UnixMs, by: Option<&str>, more: String| {
        let by = by.map(|by| format!(" by {}", actor::words(by))).unwrap_or_default();
        view! { <li>{what}" "{format::moment(&brand.zone, today, at)}{by}{more}</li> }
    };
    let closed = payout.closed_at.map(|at| {
        let what = if payout.state == PayoutState::Paid { "Marked as paid" } else { "Cancelled" };
        let reference = payout.reference.as_ref().map(|text| format!(" · reference {text}")).unwrap_or_default();
        line(what, at, payout.closed_by.as_deref(), reference)
    });
    view! {
        <section class="card">
            <h2>"History"</h2>
            <ul class="history">{line("Created", payout.created_at, Some(&payout.actor), String::new())}{closed}</ul>
        </section>
    }
    .into_any()
}
