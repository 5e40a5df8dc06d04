//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

use super::view::OrderView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;

/// The brand's latest orders.
#[server(prefix = "/api/fn", endpoint = "orders")]
pub async fn orders() -> Result<Vec<OrderView>, AppError> {
    let (flow, merchant) = merchant()?;
    let orders = flow.orders().list(&merchant).await?;
    let creators = flow.creators().list(&merchant).await?;
    Ok(orders.iter().map(|record| order_view(merchant.brand(), &creators, record)).collect())
}

#[cfg(feature = "ssr")]
pub(crate) fn order_view(
    brand: &domain::brand::Brand,
    creators: &[domain::creator::Creator],
    record: &flow::order::OrderRecord,
) -> OrderView {
    let order = &record.order;
    let credits = record.attribution.as_ref().map(|attribution| attribution.credits.as_slice()).unwrap_or_default();
    let name_of = |credit: &domain::attribution::Credit| {
        let creator = creators.iter().find(|creator| Some(&creator.id) == credit.creator.as_ref());
        creator.map_or_else(|| "Link without a creator".to_owned(), |creator| creator.name.clone())
    };
    OrderView {
        id: order.id.to_string(),
        name: order.name.clone(),
        placed_at: brand.zone.show(order.placed_at),
        revenue: domain::Money { minor: order.net_minor(), currency: order.currency }.to_string(),
        credited_to: distinct(credits.iter().map(name_of)),
        evidence: {
            let kinds = distinct(credits.iter().map(|credit| credit.kind.as_str().to_owned()));
            let is_unproven =
                record.attribution.as_ref().is_some_and(domain::attribution::Attribution::rests_on_unproven);
            if is_unproven { format!("{kinds} (not proven)") } else { kinds }
        },
        status: format::order_status(order),
    }
}

/// Distinct names in order: several links of one creator may share an order's credit.
#[cfg(feature = "ssr")]
fn distinct(names: impl Iterator<Item = String>) -> String {
    let mut unique: Vec<String> = Vec::new();
    for name in names {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    unique.join(", ")
}
