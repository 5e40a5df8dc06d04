//! Orders that are credited to nobody: how many, why, and which.

use domain::outcome::Unattributed;
use flow::overview::Dashboard;
use leptos::prelude::*;

use super::asked::Asked;
use crate::{
    address::Address,
    brand_layout::BrandPage,
    component::empty,
    error::{PageError, PageResult},
    format::{count, money},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
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
    let all_text = format!("{} {} in total", count(all), if all == 1 { "order" } else { "orders" });
    if nobody == 0 {
        return Some(view! { <p>{format!("{all_text}; all credited.")}</p> }.into_any());
    }
    let reasons = found
        .nobody
        .iter()
        .map(|(reason, orders)| {
            let href = list_address(address, *reason);
            view! { <li><a href=href>{reason.label()}</a>" "<b>{count(*orders)}</b></li> }
        })
        .collect_view();
    Some(
        view! {
            <section class="card">
                <details class="nobody">
                    <summary>{format!("{all_text}; {} unassigned: ", count(nobody))}<span class="see">"see why"</span></summary>
                    <ul>{reasons}</ul>
                </details>
            </section>
        }
        .into_any(),
    )
}

fn list_address(address: &Address, reason: Unattributed) -> String {
    let kept = ["period", "from", "to"].map(|name| (name, address.get(name)));
    let pairs = kept.into_iter().filter(|(_, value)| !value.is_empty()).chain([("reason", reason.as_str())]);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{PATH}?{query}")
}

/// What to do about a reason.
const fn advice(reason: Unattributed) -> &'static str {
    match reason {
        Unattributed::Disputed => {
            "Several browsers claim these orders. Open one to see who, and give the credit by hand if you know better."
        }
        Unattributed::NotProven => {
            "Something points to a creator, and nothing proves it. Open an order to give the credit by hand."
        }
        Unattributed::NoLink => {
            "The shopper named a creator who has no link. Open an order to give the credit by hand."
        }
        Unattributed::LinkDeleted => "The discount code belonged to a link that was deleted before the order.",
        Unattributed::SelfReferral => "The creator is the buyer. Their own purchases earn nothing.",
        Unattributed::OutsideWindow => {
            "The visit was before your lookback window. You can lengthen it in the settings."
        }
        Unattributed::AfterOrder => "The only visit came after the order was placed.",
        Unattributed::UnknownCode => {
            "The order carries a code that none of your links has: it may be mistyped, or of another brand."
        }
        Unattributed::Bot => "The only click was made by a bot or a link preview.",
        Unattributed::NoEvidence => {
            "No link, code or answer leads from these orders to a creator. Most brands have many such orders."
        }
    }
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
                Cell::number(order.net_minor, money(order.net_minor, order.currency)),
            ])
        })
        .collect();
    let columns =
        [Column::text("order", "Order"), Column::text("placed", "Placed"), Column::money("revenue", "Revenue")];
    let table = Table::new("Unassigned orders", columns).rows(rows).ordered_by("-placed").empty(empty(
        "No such order",
        "No order in this period is unassigned for this reason.",
        None,
    ));
    if table.is_csv_wanted(address) {
        return table.csv(address, "orders-credited-to-nobody");
    }
    let cut = is_cut.then(|| view! { <p class="subdued">{format!("The latest {} are shown. Choose fewer days to see others.", count(ORDERS_MAX))}</p> });
    let back = format!("{}?{}", super::PATH, kept_period(address));
    let content = view! { <p>{advice(reason)}</p>{cut}{table.view(address)} };
    Ok(BrandPage::new(reason.label()).above(view! { <a href=back>"← Overview"</a> }).show(&request, content))
}

fn kept_period(address: &Address) -> String {
    let kept = ["period", "from", "to"].map(|name| (name, address.get(name)));
    let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
}
