//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::view::EvidenceView;
use super::view::OrderDetailView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::format::ledger_grid;
#[cfg(feature = "ssr")]
use crate::page::orders::server_fn::order_view;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;
#[cfg(feature = "ssr")]
use flow::FlowError;

/// One order with the explanation of its attribution.
#[server(prefix = "/api/fn", endpoint = "order")]
pub async fn order_detail(id: String) -> Result<OrderDetailView, AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("order"))?;
    let record = flow.orders().get(&merchant, &id).await?;
    let creators = flow.creators().list(&merchant).await?;
    let zone = &merchant.brand().zone;
    let name_of = |piece: &domain::evidence::Evidence| {
        let creator = creators.iter().find(|creator| Some(&creator.id) == piece.creator.as_ref());
        match (creator, piece.code) {
            (Some(creator), Some(code)) => format!("{} (link {code})", creator.name),
            (Some(creator), None) if piece.link.is_some() => format!("{} (without a link)", creator.name),
            (Some(creator), None) => creator.name.clone(),
            (None, Some(code)) => format!("link {code}"),
            (None, None) => "no creator".to_owned(),
        }
    };
    let entries = flow.commissions().ledger_of_order(&merchant, &id).await?;
    let needs_approval = flow.commissions().awaits_approval(&merchant, &id).await?;
    let links = flow.links().list(&merchant).await?;
    let who = |id: Option<&domain::CreatorId>| format::name_of(&creators, id);
    let currency = record.order.currency;
    let journey = record.attribution.iter().flat_map(|attribution| &attribution.journey).map(|touch| {
        let [first, last, linear, position, decay] = format::amounts_by_model(touch.amounts_minor, currency);
        let when = format!("{} · {} · {}", who(touch.creator.as_ref()), touch.kind.as_str(), zone.show(touch.at));
        [when, first, last, linear, position, decay]
    });
    let journey = format::grid(
        "Journey",
        ["Touchpoint", "First touch", "Last touch", "Linear", "Position based", "Time decay"],
        false,
        journey.collect::<Vec<_>>(),
    );
    let is_manual = record
        .attribution
        .iter()
        .flat_map(|attribution| &attribution.evidence)
        .any(|piece| piece.kind == domain::evidence::EvidenceKind::Manual);
    let evidence = record.attribution.iter().flat_map(|attribution| &attribution.evidence);
    Ok(OrderDetailView {
        order: order_view(merchant.brand(), &creators, &record),
        explanation: match &record.attribution {
            Some(attribution) => {
                let mut lines = flow::explain::explain(&record.order, &record.visitors, attribution, zone, name_of);
                lines.extend(needs_approval.then(|| flow::explain::NEEDS_APPROVAL.to_owned()));
                lines
            }
            None => vec!["Order received. Attribution is in progress.".to_owned()],
        },
        evidence: evidence
            .map(|piece| EvidenceView {
                at: zone.show(piece.at),
                kind: piece.kind.as_str().to_owned(),
                source: piece.source.clone(),
                names: name_of(piece),
                confidence: format!("{}%", piece.confidence_bp / 100),
                verdict: format::verdict(piece),
                is_counted: piece.refused.is_none(),
            })
            .collect(),
        journey,
        ledger: ledger_grid(&entries, &creators, zone),
        links: links
            .iter()
            .filter(|link| link.deleted_at.is_none() && link.creator.is_some())
            .map(|link| (link.id.to_string(), format!("{} · {}", who(link.creator.as_ref()), link.code)))
            .chain(
                creators.iter().map(|creator| (creator.id.to_string(), format!("{} · without a link", creator.name))),
            )
            .collect(),
        needs_approval,
        is_manual,
        customer: flow
            .customers()
            .of_order(&merchant, &record.order)
            .await?
            .map(|id| format!("/brand/attribution/customers/{id}")),
    })
}

/// Approves an order's credit and what it earned. Returns the number of ledger entries approved.
#[server(prefix = "/api/fn", endpoint = "approve-order")]
pub async fn approve_order(order: String) -> Result<u64, AppError> {
    let (flow, merchant) = merchant()?;
    let order = order.parse().map_err(|_| FlowError::NotFound("order"))?;
    Ok(flow.commissions().approve(&merchant, flow::commission::Approval::Order(&order)).await?)
}

/// Assigns an order's credit to a link manually; removes the manual credit if `link` is empty.
#[server(prefix = "/api/fn", endpoint = "give-credit")]
pub async fn assign_credit(order: String, link: String, reason: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let order = order.parse().map_err(|_| FlowError::NotFound("order"))?;
    let done = if link.is_empty() {
        flow.surveys().revoke_credit(&merchant, &order).await
    } else {
        match (link.parse::<domain::CreatorId>(), link.parse::<domain::LinkId>()) {
            (Ok(creator), _) => flow.surveys().assign_credit_to_creator(&merchant, &order, &creator, &reason).await,
            (_, Ok(link)) => flow.surveys().assign_credit(&merchant, &order, &link, &reason).await,
            _ => Err(FlowError::NotFound("link")),
        }
    };
    Ok(done?)
}
