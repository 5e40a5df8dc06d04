//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::view::CreatorView;
use super::view::CreatorsView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::format::period_of;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;

/// The brand's creators with the figures of the last 30 days.
#[server(prefix = "/api/fn", endpoint = "creators")]
pub async fn creators() -> Result<CreatorsView, AppError> {
    let (flow, merchant) = merchant()?;
    let period = period_of(&flow, merchant.brand(), "", "");
    let all = flow.creators().list(&merchant).await?;
    let overview = flow.reports().overview(&merchant, period).await?;
    let currency = merchant.brand().currency;
    let creators = all
        .into_iter()
        .map(|creator| {
            let found = overview.creators.iter().find(|(row, _)| row.as_ref().is_some_and(|row| row.id == creator.id));
            let figures = found.map(|(_, figures)| figures.clone()).unwrap_or_default();
            creator_view(&creator, &figures, currency)
        })
        .collect();
    let ignored_claims = match flow.customers().ignored_claims(&merchant, None).await? {
        0 => String::new(),
        count => format!(
            "In the last 30 days {} claims of customer names by visitors whom no creator sent were ignored: there were too many in one hour, or one visitor claimed too many names.",
            format::count(count)
        ),
    };
    Ok(CreatorsView { creators, ignored_claims })
}

/// Adds a creator.
#[server(prefix = "/api/fn", endpoint = "create-creator")]
pub async fn create_creator(name: String, handle: String, email: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    flow.creators().create(&merchant, &name, &handle, &email).await?;
    Ok(())
}

#[cfg(feature = "ssr")]
pub(crate) fn creator_view(
    creator: &domain::creator::Creator,
    figures: &flow::overview::Figures,
    currency: domain::Currency,
) -> CreatorView {
    CreatorView {
        id: creator.id.to_string(),
        name: creator.name.clone(),
        handle: format!("@{}", creator.handle),
        figures: format::figures(figures, currency),
    }
}
