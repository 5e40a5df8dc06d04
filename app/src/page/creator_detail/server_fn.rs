//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

use super::view::CreatorDetailView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::format::balance_grid;
#[cfg(feature = "ssr")]
use crate::format::link_row;
#[cfg(feature = "ssr")]
use crate::format::period_of;
#[cfg(feature = "ssr")]
use crate::page::creators::server_fn::creator_view;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;
#[cfg(feature = "ssr")]
use flow::FlowError;
#[cfg(feature = "ssr")]
use flow::Invalid;

/// One creator, for the brand.
#[server(prefix = "/api/fn", endpoint = "creator")]
pub async fn creator_detail(id: String, from: String, to: String) -> Result<CreatorDetailView, AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("creator"))?;
    let period = period_of(&flow, merchant.brand(), &from, &to);
    let (who, overview) = flow.reports().creator_detail(&merchant, &id, period).await?;
    let currency = merchant.brand().currency;
    Ok(CreatorDetailView {
        creator: creator_view(&who, &overview.total, currency),
        period: format::period(period, merchant.brand()),
        links: overview.links.iter().map(|(link, figures)| link_row(&flow, link, figures, currency)).collect(),
        aliases: who.aliases.join(", "),
        tier: who.tier.clone().unwrap_or_default(),
        promo_code: flow.links().promo_code_of(&merchant, &who.id).await?.unwrap_or_default(),
        ignored_claims: match flow.customers().ignored_claims(&merchant, Some(&who.id)).await? {
            0 => String::new(),
            count => format!(
                "In the last 30 days {} claims of customer names by this creator's visitors were ignored: there were too many in one hour, or one visitor claimed too many names.",
                format::count(count)
            ),
        },
        is_erased: flow.creators().is_erased(&merchant, &who.id).await?,
        partner_code: who.partner_code.as_ref().map(ToString::to_string).unwrap_or_default(),
        balances: balance_grid(&flow.commissions().balances_of(&merchant, &who.id).await?, core::slice::from_ref(&who)),
    })
}

/// Creates a single-use sign-in link for a creator.
#[server(prefix = "/api/fn", endpoint = "creator-sign-in-link")]
pub async fn creator_sign_in_link(id: String) -> Result<String, AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("creator"))?;
    Ok(flow.access().sign_in_link(&merchant, Some(&id)).await?)
}

/// Erases a creator. `confirmed` must be `on`: it cannot be undone.
#[server(prefix = "/api/fn", endpoint = "erase-creator")]
pub async fn erase_creator(id: String, confirmed: Option<String>) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("creator"))?;
    if confirmed.as_deref() != Some("on") {
        return Err(FlowError::from(Invalid::one("confirm that the creator's personal data is to be erased")).into());
    }
    Ok(flow.creators().erase(&merchant, &id).await?)
}

/// Changes a creator's name, aliases (separated by commas), tier, discount code, and PayPal address when one is given.
#[server(prefix = "/api/fn", endpoint = "update-creator")]
pub async fn update_creator(
    id: String,
    name: String,
    aliases: String,
    tier: String,
    promo_code: String,
    paypal: String,
) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("creator"))?;
    let aliases: Vec<String> = aliases.split(',').map(str::to_owned).collect();
    flow.creators().update(&merchant, &id, &name, &aliases, &tier).await?;
    flow.links().set_promo_code(&merchant, &id, &promo_code).await?;
    if !paypal.trim().is_empty() {
        flow.payouts().set_address(&merchant, &id, &paypal).await?;
    }
    Ok(())
}
