//! Server functions of the page. Each authenticates the caller first.
#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its server function")]

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::view::LinkView;
use super::view::LinksView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;
#[cfg(feature = "ssr")]
use flow::FlowError;
#[cfg(feature = "ssr")]
use flow::Invalid;

/// The brand's links that are not deleted and match the filters; an empty filter matches all.
#[server(prefix = "/api/fn", endpoint = "links")]
pub async fn links(campaign: String, creator: String) -> Result<LinksView, AppError> {
    use domain::link::{ContentType, Platform};
    let (flow, merchant) = merchant()?;
    let links = flow.links().list(&merchant).await?;
    let creators = flow.creators().list(&merchant).await?;
    let campaigns = flow.campaigns().list(&merchant).await?;
    let live: Vec<_> = links.into_iter().filter(|link| link.deleted_at.is_none()).collect();
    let matches = |filter: &str, id: Option<&str>| filter.is_empty() || id == Some(filter);
    let shown = live.iter().filter(|link| {
        matches(&campaign, link.campaign.as_ref().map(domain::CampaignId::as_str))
            && matches(&creator, link.creator.as_ref().map(domain::CreatorId::as_str))
    });
    let zone = &merchant.brand().zone;
    Ok(LinksView {
        links: shown
            .map(|link| LinkView {
                id: link.id.to_string(),
                url: flow.links().tracking_url(link.code),
                destination: link.destination.clone(),
                creator: creators
                    .iter()
                    .find(|creator| Some(&creator.id) == link.creator.as_ref())
                    .map(|found| found.name.clone())
                    .unwrap_or_default(),
                campaign: campaigns
                    .iter()
                    .find(|campaign| Some(&campaign.id) == link.campaign.as_ref())
                    .map(|found| found.name.clone())
                    .unwrap_or_default(),
                placement: format::placement(link),
                promo_code: link.promo_code.clone().unwrap_or_default(),
                share_revenue: link.share_revenue,
                created_at: zone.show(link.created_at),
            })
            .collect(),
        is_empty: live.is_empty(),
        creators: creators
            .iter()
            .map(|creator| (creator.id.to_string(), format!("{} (@{})", creator.name, creator.handle)))
            .collect(),
        campaigns: campaigns.iter().map(|campaign| (campaign.id.to_string(), campaign.name.clone())).collect(),
        platforms: Platform::ALL
            .iter()
            .map(|platform| (platform.as_str().to_owned(), platform.label().to_owned()))
            .collect(),
        content_types: ContentType::ALL
            .iter()
            .map(|kind| (kind.as_str().to_owned(), kind.label().to_owned()))
            .collect(),
    })
}

/// Creates a link, and before it the creator or campaign if a new name is given. Returns the tracking URL.
#[server(prefix = "/api/fn", endpoint = "create-link")]
pub async fn create_link(
    destination: String,
    campaign: String,
    new_campaign: String,
    creator: String,
    new_creator: String,
    platform: String,
    content_type: String,
    promo_code: String,
    share_revenue: Option<String>,
) -> Result<String, AppError> {
    let (flow, merchant) = merchant()?;
    // Checked before a creator or campaign is created: invalid input must change nothing.
    domain::link::check_destination(&destination, &merchant.brand().destination_hosts)
        .map_err(|error| FlowError::from(Invalid::one(format!("destination URL {error}"))))?;
    let campaign = if new_campaign.trim().is_empty() {
        campaign
    } else {
        flow.campaigns().find_or_create(&merchant, &new_campaign).await?.id.into()
    };
    let creator = if new_creator.trim().is_empty() {
        creator
    } else {
        flow.creators().find_or_create(&merchant, &new_creator).await?.id.into()
    };
    let new = flow::link::NewLink {
        destination,
        campaign,
        creator,
        platform,
        content_type,
        promo_code,
        share_revenue: share_revenue.is_some(),
        expires_at: None,
    };
    let link = flow.links().create(&merchant, &new).await?;
    Ok(flow.links().tracking_url(link.code))
}

/// Soft-deletes a link.
#[server(prefix = "/api/fn", endpoint = "delete-link")]
pub async fn delete_link(id: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("link"))?;
    Ok(flow.links().delete(&merchant, &id).await?)
}
