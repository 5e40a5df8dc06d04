//! Server functions of the page. Each authenticates the caller first.
#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its server function")]

use leptos::prelude::*;

use super::view::CommissionsView;
#[cfg(feature = "ssr")]
use super::view::{RuleView, WaitingView};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format::balance_grid;
#[cfg(feature = "ssr")]
use crate::format::choices;
#[cfg(feature = "ssr")]
use crate::format::ledger_grid;
#[cfg(feature = "ssr")]
use crate::format::name_of;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;
#[cfg(feature = "ssr")]
use flow::{FlowError, commission::Approval};

/// Rules, balances and the ledger.
#[server(prefix = "/api/fn", endpoint = "commissions")]
pub async fn commissions() -> Result<CommissionsView, AppError> {
    use domain::commission::{Rate, Scope};
    let (flow, merchant) = merchant()?;
    let creators = flow.creators().list(&merchant).await?;
    let campaigns = flow.campaigns().list(&merchant).await?;
    let balances = flow.commissions().balances(&merchant).await?;
    let entries = flow.commissions().ledger(&merchant, None, "").await?;
    let rules = flow.commissions().rules(&merchant).await?;
    let brand = merchant.brand();
    let zone = &brand.zone;
    let now = flow.now();
    let rules = rules
        .iter()
        .map(|rule| {
            let scope = match &rule.scope {
                Scope::All => "Every creator".to_owned(),
                Scope::Tier(tier) => format!("Tier {tier}"),
                Scope::Campaign(id) => {
                    let campaign = campaigns.iter().find(|campaign| campaign.id == *id);
                    format!("Campaign {}", campaign.map_or(id.as_str(), |campaign| &campaign.name))
                }
                Scope::Product(product) => format!("Product {product}"),
                Scope::Creator(id) => name_of(&creators, Some(id)),
            };
            let mut pays = match &rule.rate {
                Rate::Percent { bp } => format!("{}.{:02}%", bp / 100, bp % 100),
                Rate::Fixed { money } => format!("{money} per order"),
            };
            if let Some(bonus) = &rule.new_customer_bonus {
                pays.push_str(&format!(", plus {bonus} for a new customer"));
            }
            if let Some(cap) = &rule.cap {
                pays.push_str(&format!(", up to {cap} per order"));
            }
            let until = rule.ends_at.map_or_else(|| "onwards".to_owned(), |end| format!("to {}", zone.show(end)));
            RuleView {
                id: rule.id.to_string(),
                scope,
                pays,
                in_force: format!("from {} {until}", zone.show(rule.starts_at)),
                is_open: rule.ends_at.is_none_or(|end| end > now),
            }
        })
        .collect();
    let approval = if brand.settings.requires_manual_approval {
        "once approved"
    } else {
        "automatically if the credit is proven, otherwise once approved"
    };
    let waiting = flow.commissions().waiting(&merchant).await?;
    Ok(CommissionsView {
        hold: format!("Commissions become available {} days after the order, {approval}.", brand.settings.hold_days),
        has_proven_waiting: waiting.iter().any(|one| !one.is_unproven),
        waiting: waiting
            .into_iter()
            .map(|one| WaitingView {
                order: one.order.to_string(),
                order_name: one.order_name,
                creator: name_of(&creators, Some(&one.creator)),
                amount: one.amount.to_string(),
                reason: if one.is_unproven {
                    "Not proven: only a browser reported it".to_owned()
                } else {
                    "Manual approval".to_owned()
                },
                available_from: zone.show(one.payable_at),
            })
            .collect(),
        balances: balance_grid(&balances, &creators),
        rules,
        creators: choices(&creators),
        adjustment_key: flow.form_key(),
        ledger: ledger_grid(&entries, &creators, zone),
    })
}

/// Adds a commission rule.
#[server(prefix = "/api/fn", endpoint = "create-rule")]
pub async fn create_rule(
    scope: String,
    of: String,
    percent: String,
    fixed: String,
    bonus: String,
    cap: String,
    from: String,
    to: String,
) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let new = flow::commission::NewRule {
        scope,
        of,
        percent,
        fixed,
        new_customer_bonus: bonus,
        cap,
        currency: String::new(),
        from,
        to,
    };
    flow.commissions().create_rule(&merchant, &new).await?;
    Ok(())
}

/// Ends a commission rule.
#[server(prefix = "/api/fn", endpoint = "end-rule")]
pub async fn end_rule(id: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("rule"))?;
    Ok(flow.commissions().end_rule(&merchant, &id).await?)
}

/// Approves every commission whose hold is over, except those that rest on the unproven word of browsers.
#[server(prefix = "/api/fn", endpoint = "approve-commissions")]
pub async fn approve_commissions() -> Result<u64, AppError> {
    let (flow, merchant) = merchant()?;
    Ok(flow.commissions().approve(&merchant, Approval::Proven).await?)
}

/// Adjusts a balance manually. Returns false, and changes nothing, for a repeated `key`.
#[server(prefix = "/api/fn", endpoint = "adjust")]
pub async fn adjust(key: String, creator: String, amount: String, reason: String) -> Result<bool, AppError> {
    let (flow, merchant) = merchant()?;
    let creator = creator.parse().map_err(|_| FlowError::NotFound("creator"))?;
    Ok(flow.commissions().adjust(&merchant, &creator, &amount, "", &reason, &key).await?)
}
