//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::view::PolicyView;
use super::view::{PreviewView, SettingsView};
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

#[cfg(feature = "ssr")]
fn policy_view(policy: &domain::policy::Policy, from: String) -> PolicyView {
    let classes: Vec<&str> = policy.precedence.iter().map(|class| class.as_str()).collect();
    PolicyView {
        model: policy.model.as_str().to_owned(),
        precedence: classes.join(","),
        lookback_days: policy.lookback_days,
        from,
    }
}

#[cfg(feature = "ssr")]
fn new_policy(form: &PolicyView) -> flow::policy::NewPolicy {
    flow::policy::NewPolicy {
        model: form.model.clone(),
        precedence: form.precedence.split(',').map(str::to_owned).collect(),
        lookback_days: form.lookback_days,
        from: form.from.clone(),
    }
}

/// The attribution policy and the commission settings.
#[server(prefix = "/api/fn", endpoint = "settings")]
pub async fn settings() -> Result<SettingsView, AppError> {
    use domain::{evidence::EvidenceClass, model::Model};
    let (flow, merchant) = merchant()?;
    let brand = merchant.brand();
    let zone = &brand.zone;
    let rows = brand.policies.versions().iter().rev().map(|policy| {
        let from = if policy.starts_at.0 == i64::MIN { "Beginning".to_owned() } else { zone.show(policy.starts_at) };
        let classes: Vec<&str> = policy.precedence.iter().map(|class| class.as_str()).collect();
        let days = format!("{} days", policy.lookback_days);
        [policy.version.to_string(), from, policy.model.label().to_owned(), classes.join(" > "), days]
    });
    let versions =
        format::grid("Policy versions", ["Version", "From", "Model", "Evidence priority", "Window"], true, rows);
    // Every precedence that keeps manual credit first.
    let others = [EvidenceClass::Promo, EvidenceClass::Visit, EvidenceClass::Survey];
    let mut precedences = Vec::new();
    for second in others {
        for third in others.into_iter().filter(|class| *class != second) {
            let fourth = others.into_iter().find(|class| *class != second && *class != third);
            let order: Vec<&str> = [Some(EvidenceClass::Manual), Some(second), Some(third), fourth]
                .into_iter()
                .flatten()
                .map(EvidenceClass::as_str)
                .collect();
            precedences.push((order.join(","), order.join(", then ")));
        }
    }
    let steps = brand.settings.revenue_steps_minor.iter();
    let steps = steps.map(|minor| domain::Money { minor: *minor, currency: brand.currency }.to_decimal());
    Ok(SettingsView {
        policy: policy_view(brand.policies.at(flow.now()), String::new()),
        versions,
        models: Model::ALL.map(|model| (model.as_str().to_owned(), model.label().to_owned())).into(),
        precedences,
        hold_days: brand.settings.hold_days,
        requires_manual_approval: brand.settings.requires_manual_approval,
        trusts_browser_identities: brand.settings.trusts_browser_identities,
        gift_cards_earn: brand.settings.gift_cards_earn,
        allowed_hosts: brand.destination_hosts.join(", "),
        storefront_hosts: brand.settings.storefront_hosts.join(", "),
        recompute: flow.policies().recompute_state(&brand.id).await?.map(|recompute| (recompute.done, recompute.total)),
        steps: steps.collect::<Vec<_>>().join(", "),
        closed: brand
            .settings
            .closed_through
            .map_or_else(|| "No closed periods.".to_owned(), |day| format!("All days through {day} are closed.")),
        retention: {
            let retention = brand.settings.retention;
            [retention.event_days, retention.click_days, retention.landing_days, retention.access_days]
        },
        data_exports: flow
            .customers()
            .data_exports(&merchant)
            .await?
            .into_iter()
            .map(|export| {
                let (requested, deleted) = (zone.show(export.requested_at), zone.show(export.expires_at));
                (export.id.to_string(), format!("Requested {requested}, deleted {deleted}."))
            })
            .collect(),
    })
}

/// How a policy would change the attribution of the last 90 days.
#[server(prefix = "/api/fn", endpoint = "preview-policy")]
pub async fn preview_policy(
    model: String,
    precedence: String,
    lookback_days: u32,
    from: String,
) -> Result<PreviewView, AppError> {
    let (flow, merchant) = merchant()?;
    let policy = PolicyView { model, precedence, lookback_days, from };
    let preview = flow.policies().preview(&merchant, &new_policy(&policy)).await?;
    let creators = flow.creators().list(&merchant).await?;
    let rows = preview.creators.iter().map(|(creator, currency, now, then)| {
        let name = name_of(&creators, creator.as_ref());
        [name, money(*now, *currency), money(*then, *currency), money(then - now, *currency)]
    });
    Ok(PreviewView {
        summary: format!(
            "{} of {} orders in the last 90 days would be credited differently.",
            preview.changed, preview.orders
        ),
        creators: format::grid("Preview", ["Creator", "Current", "New", "Difference"], false, rows),
        policy,
    })
}

/// Saves a policy.
#[server(prefix = "/api/fn", endpoint = "save-policy")]
pub async fn save_policy(model: String, precedence: String, lookback_days: u32, from: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let policy = new_policy(&PolicyView { model, precedence, lookback_days, from });
    flow.policies().save(&merchant, &policy).await?;
    Ok(())
}

/// Saves the hold period, revenue milestones, manual approval (`manual_approval`) and trust in browser identities (`identify`).
#[server(prefix = "/api/fn", endpoint = "save-settings")]
pub async fn save_settings(
    hold_days: u32,
    steps: String,
    manual_approval: Option<String>,
    identify: Option<String>,
) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let currency = merchant.brand().currency;
    let mut minor = Vec::new();
    for text in steps.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let money = domain::Money::parse(text, currency)
            .map_err(|error| FlowError::from(Invalid::one(format!("revenue milestone {text} {error}"))))?;
        minor.push(money.minor);
    }
    Ok(flow
        .policies()
        .save_settings(&merchant, hold_days, manual_approval.is_some(), identify.is_some(), minor)
        .await?)
}

/// Saves the hosts to which links may lead, and the hosts of the brand's Shopify storefronts.
#[server(prefix = "/api/fn", endpoint = "save-hosts")]
pub async fn save_hosts(allowed: String, storefronts: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    Ok(flow.policies().save_hosts(&merchant, &allowed, &storefronts).await?)
}

/// Saves whether buying a gift card earns a commission (`earn`).
#[server(prefix = "/api/fn", endpoint = "save-gift-cards")]
pub async fn save_gift_cards(earn: Option<String>) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    Ok(flow.policies().save_gift_cards(&merchant, earn.is_some()).await?)
}

/// Saves for how many days events, clicks and landings are kept, and ended sessions (`access`).
#[server(prefix = "/api/fn", endpoint = "save-retention")]
pub async fn save_retention(events: u32, clicks: u32, landings: u32, access: u32) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let retention = domain::retention::Retention {
        event_days: events,
        click_days: clicks,
        landing_days: landings,
        access_days: access,
    };
    Ok(flow.retention().save(&merchant, retention).await?)
}

/// An export of what is stored about a customer: its file name and its text, as JSON.
#[server(prefix = "/api/fn", endpoint = "data-export")]
pub async fn data_export(id: String) -> Result<(String, String), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("export"))?;
    Ok((format!("{id}.json"), flow.customers().data_export(&merchant, &id).await?))
}

/// Closes all days through `last`.
#[server(prefix = "/api/fn", endpoint = "close-period")]
pub async fn close_period(last: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let last = domain::time::Day::parse(&last)
        .ok_or_else(|| FlowError::from(Invalid::one("last day must be a date such as 2026-11-01")))?;
    Ok(flow.policies().close_period(&merchant, last).await?)
}
