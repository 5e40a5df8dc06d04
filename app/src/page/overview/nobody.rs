//! Orders that are credited to nobody: how many, why, and which.

use domain::{Money, outcome::Unattributed};
use flow::overview::Dashboard;
use leptos::prelude::*;

use super::asked::Asked;
use crate::{
    address::Address,
    brand_layout::BrandPage,
    component::empty,
    error::{PageError, PageResult},
    format::count,
    language::{Message, rich, t},
    period_choice::PeriodChoice,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
    words,
};

/// The list of the orders of one reason.
pub(super) const PATH: &str = "/brand/attribution/nobody";
/// Orders that the list reads.
const ORDERS_MAX: i64 = 500;

/// "81 orders in total; 11 unassigned", with the reasons.
pub(super) fn line(address: &Address, asked: &Asked, found: &Dashboard) -> Option<AnyView> {
    if !asked.query.filter.is_of_all_links() || asked.query.filter.source.is_some() {
        return None;
    }
    let all = found.orders.conversions;
    let nobody: i64 = found.nobody.iter().map(|(_, orders)| orders).sum();
    if nobody == 0 {
        return Some(view! { <p>{t!("overview-all-credited", orders = all)}</p> }.into_any());
    }
    let reasons = found
        .nobody
        .iter()
        .map(|(reason, orders)| {
            let href = list_address(address, *reason);
            view! { <li><a href=href>{words::unattributed(*reason).text()}</a>" "<b>{count(*orders)}</b></li> }
        })
        .collect_view();
    let why = view! { <span class="see">{t!("overview-nobody-why")}</span> }.into_any();
    Some(
        view! {
            <section class="card">
                <details class="nobody">
                    <summary>{rich!("overview-nobody", orders = all, nobody = nobody, why = why)}</summary>
                    <ul>{reasons}</ul>
                </details>
            </section>
        }
        .into_any(),
    )
}

/// The list of the orders of a reason, in the period that the overview shows.
pub(super) fn list_address(address: &Address, reason: Unattributed) -> String {
    in_period(address, &format!("{PATH}?reason={}", reason.as_str()))
}

/// What to do about a reason.
const fn advice(reason: Unattributed) -> Message {
    Message(match reason {
        Unattributed::Disputed => "overview-advice-disputed",
        Unattributed::NotProven => "overview-advice-not-proven",
        Unattributed::NoLink => "overview-advice-no-link",
        Unattributed::LinkDeleted => "overview-advice-link-deleted",
        Unattributed::SelfReferral => "overview-advice-self-referral",
        Unattributed::OutsideWindow => "overview-advice-outside-window",
        Unattributed::AfterOrder => "overview-advice-after-order",
        Unattributed::UnknownCode => "overview-advice-unknown-code",
        Unattributed::Bot => "overview-advice-bot",
        Unattributed::NoEvidence => "overview-advice-no-evidence",
    })
}

/// The orders of one reason.
pub(super) async fn show(request: BrandRequest) -> PageResult {
    let address = &request.address;
    let reason: Unattributed = address.get("reason").parse().map_err(|_| PageError::not_found("reason"))?;
    let asked = Asked::of(&request);
    let orders = request.flow.reports().unattributed(&request.caller, asked.query.period, reason, ORDERS_MAX).await?;
    let is_cut = i64::try_from(orders.len()).is_ok_and(|found| found >= ORDERS_MAX);
    let zone = &request.caller.brand().zone;
    let rows: Vec<Row> = orders
        .iter()
        .map(|order| {
            Row::new([
                Cell::text(order.name.clone()).href(format!("/brand/attribution/orders/{}", order.id)),
                Cell::text(zone.show(order.placed_at)).sorted_by(order.placed_at.0),
                Cell::amount(Money { minor: order.net_minor, currency: order.currency }),
            ])
        })
        .collect();
    let columns = [
        Column::text("order", t!("overview-nobody-order")),
        Column::text("placed", t!("overview-nobody-placed")),
        Column::money("revenue", t!("overview-nobody-revenue")),
    ];
    let table = Table::new(t!("overview-nobody-title"), columns).rows(rows).ordered_by("-placed").empty(empty(
        t!("overview-nobody-nothing"),
        t!("overview-nobody-nothing-text"),
        None,
    ));
    if table.is_csv_wanted(address) {
        return table.csv(address, "orders-credited-to-nobody");
    }
    let cut = is_cut.then(|| view! { <p class="subdued">{t!("overview-nobody-cut", count = ORDERS_MAX)}</p> });
    let back = in_period(address, super::PATH);
    let content = view! { <p>{advice(reason).text()}</p>{cut}{table.view(address)} };
    let above = view! { <a href=back>{t!("overview-nobody-back")}</a> };
    let period = PeriodChoice::of(&request).menu(&request);
    Ok(BrandPage::new(words::unattributed(reason).text()).above(above).beside(period).show(&request, content))
}

/// Another page, with figures of the period that this address names.
pub(super) fn in_period(address: &Address, page: &str) -> String {
    let kept = ["period", "from", "to"].map(|name| (name, address.get(name)));
    let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let separator = if page.contains('?') { '&' } else { '?' };
    if query.is_empty() { page.to_owned() } else { format!("{page}{separator}{query}") }
}
