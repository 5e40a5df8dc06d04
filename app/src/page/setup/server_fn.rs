//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::view::KeyView;
use super::view::SetupView;
#[cfg(feature = "ssr")]
use super::view::{FailedJobView, HealthView};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;
#[cfg(feature = "ssr")]
use flow::FlowError;
#[cfg(feature = "ssr")]
use flow::Invalid;

/// Keys, pixel snippet and health.
#[server(prefix = "/api/fn", endpoint = "setup")]
pub async fn setup() -> Result<SetupView, AppError> {
    let (flow, merchant) = merchant()?;
    let keys = flow.setup().keys(&merchant).await?;
    let health = flow.setup().health(&merchant).await?;
    let audit = flow.setup().audit_log(&merchant).await?;
    let zone = &merchant.brand().zone;
    let pixel = domain::event::TYPES.map(|kind| {
        let last = health.pixel.last_seen.iter().find(|(name, _)| name == kind);
        HealthView {
            name: kind.to_owned(),
            state: last.map_or_else(|| "not seen yet".to_owned(), |(_, at)| format!("last seen {}", zone.show(*at))),
            is_well: last.is_some(),
        }
    });
    let refused = keys.iter().filter_map(|key| Some((key, flow.budgets().refusals(&key.id)?)));
    let refused = refused.map(|(key, refusals)| HealthView {
        name: format!("Key …{}…", key.id.0),
        state: format!(
            "sent more than it may in a minute: {} requests refused since the server started, the last {}",
            refusals.count,
            zone.show(refusals.last_at)
        ),
        is_well: false,
    });
    let pixel = pixel.into_iter().chain(refused).collect();
    let mut shops = Vec::new();
    for (shop, subscriptions) in &health.shops {
        let (state, is_well) = if let Some(at) = shop.uninstalled_at {
            (format!("uninstalled {}", zone.show(at)), false)
        } else if shop.needs_reauth {
            ("access expired: open the app in your Shopify admin to renew it".to_owned(), false)
        } else {
            (format!("installed {}", zone.show(shop.installed_at)), true)
        };
        shops.push(HealthView { name: shop.domain.to_string(), state, is_well });
        let last = shop
            .last_webhook_at
            .map_or_else(|| "no deliveries yet".to_owned(), |at| format!("last delivery {}", zone.show(at)));
        let topics =
            subscriptions.iter().map(|subscription| subscription.topic.as_str()).collect::<Vec<_>>().join(", ");
        let state = if topics.is_empty() { "none registered".to_owned() } else { format!("{topics}; {last}") };
        shops.push(HealthView { name: "Webhooks".to_owned(), state, is_well: !topics.is_empty() });
    }
    Ok(SetupView {
        pixel_url: format!("{}/api/v1/track/pixel.js", flow.settings().public_url),
        keys: keys
            .iter()
            .map(|key| KeyView {
                id: key.id.0.clone(),
                kind: key.kind.as_str().to_owned(),
                mode: if key.is_test { "test" } else { "live" }.to_owned(),
                created_at: zone.show(key.created_at),
                revoked_at: key.revoked_at.map(|at| zone.show(at)),
            })
            .collect(),
        pixel,
        shops,
        failed: flow.jobs().failed(&merchant).await?.into_iter().map(failed_job).collect(),
        audit: audit
            .into_iter()
            .take(10)
            .map(|(at, actor, action, subject)| (zone.show(at), actor, format!("{action} {subject}")))
            .collect(),
    })
}

#[cfg(feature = "ssr")]
fn failed_job(job: flow::failed_job::DeadJob) -> FailedJobView {
    FailedJobView { what: flow::failed_job::what(&job), kind: job.kind, key: job.key, error: job.error }
}

/// Runs a job that was given up again.
#[server(prefix = "/api/fn", endpoint = "retry-job")]
pub async fn retry_job(kind: String, key: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    if flow.jobs().retry(&merchant, &kind, &key).await? { Ok(()) } else { Err(FlowError::NotFound("job").into()) }
}

/// Creates an API key. The full key is returned here only.
#[server(prefix = "/api/fn", endpoint = "create-key")]
pub async fn create_key(kind: String, test: Option<String>) -> Result<String, AppError> {
    let (flow, merchant) = merchant()?;
    let kind = domain::api_key::KeyKind::parse(&kind)
        .ok_or_else(|| FlowError::from(Invalid::one("kind must be server or pixel")))?;
    let (_, key) = flow.setup().create_key(&merchant, kind, test.is_some()).await?;
    Ok(key)
}

/// Revokes a key.
#[server(prefix = "/api/fn", endpoint = "revoke-key")]
pub async fn revoke_key(id: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    Ok(flow.setup().revoke_key(&merchant, &domain::api_key::KeyId(id)).await?)
}
