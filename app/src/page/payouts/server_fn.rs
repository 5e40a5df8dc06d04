//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::view::PayoutView;
use super::view::PayoutsView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::format::money;
#[cfg(feature = "ssr")]
use crate::format::name_of;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;
#[cfg(feature = "ssr")]
use flow::FlowError;
#[cfg(feature = "ssr")]
use flow::Invalid;

/// Payable amounts and all payouts.
#[server(prefix = "/api/fn", endpoint = "payouts")]
pub async fn payouts() -> Result<PayoutsView, AppError> {
    use flow::payout::PayoutState;
    let (flow, merchant) = merchant()?;
    let creators = flow.creators().list(&merchant).await?;
    let balances = flow.commissions().balances(&merchant).await?;
    let payouts = flow.payouts().list(&merchant).await?;
    let mut payable = std::collections::BTreeMap::new();
    for balance in balances.iter().filter(|balance| balance.payable_minor > 0) {
        *payable.entry(balance.currency).or_insert(0) += balance.payable_minor;
    }
    let zone = &merchant.brand().zone;
    let payouts = payouts
        .iter()
        .map(|payout| {
            let closed = payout.closed_at.map(|at| zone.show(at)).unwrap_or_default();
            let rows = payout
                .items
                .iter()
                .map(|(creator, minor)| [name_of(&creators, Some(creator)), money(*minor, payout.currency)]);
            PayoutView {
                id: payout.id.to_string(),
                total: money(payout.items.iter().map(|(_, minor)| minor).sum(), payout.currency),
                created: format!("created {} by {}", zone.show(payout.created_at), payout.actor),
                state: match payout.state {
                    PayoutState::Open => "Open. Send the payment, then mark it as paid.".to_owned(),
                    PayoutState::Paid => format!("Paid on {closed}."),
                    PayoutState::Cancelled => format!("Cancelled on {closed}. Its commissions are available again."),
                },
                is_open: payout.state == PayoutState::Open,
                items: format::grid("Payout", ["Creator", "Amount"], false, rows),
            }
        })
        .collect();
    let payable =
        payable.into_iter().map(|(currency, minor)| (currency.code().to_owned(), money(minor, currency))).collect();
    Ok(PayoutsView { payable, payouts })
}

/// Creates a payout of everything payable in a currency.
#[server(prefix = "/api/fn", endpoint = "create-payout")]
pub async fn create_payout(currency: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    flow.payouts().create(&merchant, &currency).await?;
    Ok(())
}

/// Closes a payout as paid or cancelled.
#[server(prefix = "/api/fn", endpoint = "close-payout")]
pub async fn close_payout(id: String, state: String) -> Result<(), AppError> {
    use flow::payout::PayoutState;
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("payout"))?;
    let state = PayoutState::parse(&state)
        .filter(|state| *state != PayoutState::Open)
        .ok_or_else(|| FlowError::from(Invalid::one("state must be paid or cancelled")))?;
    Ok(flow.payouts().close(&merchant, &id, state).await?)
}

/// A payout's file: its name and its text, as CSV for `kind` `csv` or `paypal`.
#[server(prefix = "/api/fn", endpoint = "payout-file")]
pub async fn payout_file(id: String, kind: String) -> Result<(String, String), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("payout"))?;
    let text = match kind.as_str() {
        "paypal" => flow.payouts().paypal_csv(&merchant, &id).await,
        _ => flow.payouts().csv(&merchant, &id).await,
    };
    let text = text?;
    let ending = if kind == "paypal" { "-paypal.csv" } else { ".csv" };
    Ok((format!("{id}{ending}"), text))
}
