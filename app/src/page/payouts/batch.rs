//! `/brand/attribution/payouts/{id}`: one payout, its files, and how it is closed.

use std::collections::BTreeMap;

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use domain::{CreatorId, Money, PayoutId, UnixMs, account::Role, creator::Creator, payout_details::PayoutMethod};
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
    form::{Field, FormState, Posted, done, label},
    format, icon,
    language::{rich, t},
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
        "created" => t!("payouts-was-created"),
        "paid" => t!("payouts-was-paid"),
        "cancelled" => t!("payouts-was-cancelled"),
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
        creator.map_or_else(|| t!("payouts-former-creator"), |creator| creator.name.clone())
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
    let title = format!("{} · {}", name(request, payout), format::amount(total(payout)));
    let (state, tone) = state(request, payout);
    let is_open = payout.state == PayoutState::Open;
    let content = view! {
        <p>{chip(state, tone)}</p>
        {forms.form("cancel").all_faults()}
        {is_open.then(|| changed_lately(request, &found)).flatten()}
        {match payout.state {
            PayoutState::Open => Some(to_do(request, forms, &found)),
            PayoutState::Paid => Some(files(request, &found)),
            PayoutState::Cancelled => None,
        }}
        {table.view(&request.address)}
        {lines_section(request, payout, lines)}
        {history(request, payout)}
    };
    Ok(BrandPage::new(title)
        .above(view! { <a href=super::PATH>{t!("payouts-back")}</a> })
        .done(what_was_done(request))
        .status(forms.status())
        .show(request, content))
}

fn items(found: &Found) -> Table {
    // The addresses are for owners, who pay.
    let has_addresses = found.ways.values().any(|way| way.address.is_some());
    let columns = [Column::text("creator", t!("payouts-creator")), Column::text("address", t!("payouts-paid-by"))];
    let to = has_addresses.then(|| Column::text("to", t!("payouts-pay-to")));
    let columns = columns.into_iter().chain(to).chain([Column::money("amount", t!("payouts-amount"))]);
    let rows = found.payout.items.iter().map(|(creator, minor)| {
        let amount = Money { minor: *minor, currency: found.payout.currency };
        let way = found.ways.get(creator);
        let first = [
            Cell::text(found.name_of(creator)).href(format!("/brand/attribution/commissions?creator={creator}")),
            way::cell(creator, way, true),
        ];
        let to = has_addresses.then(|| Cell::text(way.and_then(|way| way.address.clone()).unwrap_or_default()));
        Row::new(first.into_iter().chain(to).chain([Cell::amount(amount)]))
    });
    let rows = rows.collect::<Vec<_>>();
    Table::new(t!("payouts-creators-of"), columns).rows(rows).ordered_by("-amount").without_csv()
}

/// A warning about details that were changed lately: that is what who takes over an account does first.
fn changed_lately(request: &BrandRequest, found: &Found) -> Option<AnyView> {
    let changed = found.changed(request.flow.now());
    let items = changed.into_iter().map(|(creator, way, days)| {
        let href = format!("/brand/attribution/creators/{creator}#payout-details");
        let creator = view! { <a href=href>{found.name_of(creator)}</a> }.into_any();
        let text = if way.is_own {
            rich!("payouts-details-changed-own", creator = creator, days = days)
        } else {
            rich!("payouts-details-changed", creator = creator, days = days)
        };
        view! { <li>{text}</li> }
    });
    let items = items.collect::<Vec<_>>();
    (!items.is_empty()).then(|| {
        view! {
            <section class="banner warning" aria-label=t!("payouts-details-changed-label")>
                <p>{t!("payouts-details-changed-lately")}</p>
                <ul>{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn lines_section(request: &BrandRequest, payout: &Payout, lines: Table) -> AnyView {
    let content = if payout.state == PayoutState::Cancelled {
        view! { <p class="subdued">{t!("payouts-lines-cancelled")}</p> }.into_any()
    } else {
        lines.view(&request.address)
    };
    view! { <section aria-labelledby="lines"><h2 id="lines">{t!("payouts-lines-title")}</h2>{content}</section> }
        .into_any()
}

/// The three steps of an open payout.
fn to_do(request: &BrandRequest, forms: &FormState, found: &Found) -> AnyView {
    let (paid, cancel) = (forms.form("paid"), forms.form("cancel"));
    let reference = Field::new("reference", label("payouts-reference")).hint(t!("payouts-reference-hint"));
    let cancelling = confirm(
        t!("payouts-cancel"),
        t!("payouts-cancel-text"),
        view! { <form method="post">{cancel.button(t!("payouts-cancel"), "critical")}</form> },
    );
    if request.caller.role() == Role::Member {
        return view! {
            <section class="card"><h2>{t!("payouts-download")}</h2>{files(request, found)}<p>{t!("payouts-owners-only")}</p></section>
        }
        .into_any();
    }
    view! {
        <section class="card">
            <ol class="steps">
                <li><h2>{t!("payouts-download")}</h2>{files(request, found)}</li>
                <li>
                    <h2>{t!("payouts-send")}</h2>
                    <p class="subdued">{t!("payouts-send-text")}</p>
                </li>
                <li>
                    <h2>{t!("payouts-mark")}</h2>
                    <div class="inline">
                        <details class="confirm left" open=paid.is_refused()>
                            <summary class="button primary">{t!("payouts-mark-button")}</summary>
                            <div class="popover">
                                <p>{t!("payouts-mark-text")}</p>
                                <form method="post">
                                    {paid.summary(&[label("payouts-reference")])} {paid.field(reference)} {paid.submit(t!("payouts-mark-submit"))}
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
    let link = |kind: &str, label: String| {
        let href = request.address.with(&[("file", kind)]);
        view! { <a class="button" href=href download="">{icon::DOWNLOAD()}{label}</a> }
    };
    let missing = found.without_paypal();
    let names = missing.iter().map(|creator| {
        let href = format!("/brand/attribution/creators/{creator}");
        view! { <li><a href=href>{found.name_of(creator)}</a></li> }
    });
    let names = names.collect_view();
    let paypal = if request.caller.owner().is_err() {
        // It has the addresses, which are for owners.
        ().into_any()
    } else if missing.is_empty() {
        link("paypal", t!("payouts-paypal-file")).into_any()
    } else {
        view! {
            <details class="missing">
                <summary class="warning">{t!("payouts-no-paypal-file", count = missing.len())}</summary>
                <ul>{names}</ul>
            </details>
        }
        .into_any()
    };
    view! { <div class="inline files">{link("csv", t!("payouts-csv-file"))} {paypal}</div> }.into_any()
}

/// Who did what, and when.
fn history(request: &BrandRequest, payout: &Payout) -> AnyView {
    let brand = request.caller.brand();
    let today = request.flow.reports().today(brand);
    let moment = |at: UnixMs| format::moment(&brand.zone, today, at);
    let who = actor::words(&payout.actor);
    let created = rich!("payouts-event-created", moment = moment(payout.created_at), who = who);
    let closed = payout.closed_at.map(|at| {
        let is_paid = payout.state == PayoutState::Paid;
        let text = match (is_paid, payout.closed_by.as_deref().map(actor::words)) {
            (true, Some(who)) => rich!("payouts-event-paid-by", moment = moment(at), who = who),
            (true, None) => rich!("payouts-event-paid", moment = moment(at)),
            (false, Some(who)) => rich!("payouts-event-cancelled-by", moment = moment(at), who = who),
            (false, None) => rich!("payouts-event-cancelled", moment = moment(at)),
        };
        let reference = payout.reference.as_ref().map(|text| t!("payouts-event-reference", reference = text));
        view! { <li>{text}{reference}</li> }
    });
    view! {
        <section class="card">
            <h2>{t!("payouts-history")}</h2>
            <ul class="history"><li>{created}</li>{closed}</ul>
        </section>
    }
    .into_any()
}
