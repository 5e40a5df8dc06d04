//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

use super::view::ModelsView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::format::name_of;
#[cfg(feature = "ssr")]
use crate::format::period_of;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;

/// The models side by side. Empty dates mean the last 30 days.
#[server(prefix = "/api/fn", endpoint = "models")]
pub async fn models(from: String, to: String) -> Result<ModelsView, AppError> {
    let (flow, merchant) = merchant()?;
    let period = period_of(&flow, merchant.brand(), &from, &to);
    let totals = flow.models().totals(&merchant, period).await?;
    let creators = flow.creators().list(&merchant).await?;
    let latest = flow.models().latest_run(&merchant).await?;
    let rows = totals.iter().map(|row| {
        let [first, last, linear, position, decay] = format::amounts_by_model(row.amounts_minor, row.currency);
        let name = name_of(&creators, row.creator.as_ref());
        [name, format::count(row.touches), first, last, linear, position, decay]
    });
    let columns = ["Creator", "Touchpoints", "First touch", "Last touch", "Linear", "Position based", "Time decay"];
    let by_creator = format::grid("Net revenue by model", columns, false, rows);
    let zone = &merchant.brand().zone;
    let learned_note = latest.as_ref().map_or_else(String::new, |run| {
        format!(
            "Version {}, computed {} from {} converting and {} non-converting journeys.",
            run.version,
            zone.show(run.ran_at),
            format::count(run.outcome.converted),
            format::count(run.outcome.not_converted),
        )
    });
    let rows = latest.iter().flat_map(|run| &run.outcome.creators).map(|share| {
        let percent = |part: f64| format!("{:.1}%", part * 100.0);
        let decimals = |part: f64| format!("{part:.2}");
        [
            if share.is_others { "All other creators".to_owned() } else { name_of(&creators, share.creator.as_ref()) },
            percent(share.removal_effect),
            decimals(share.markov_conversions),
            decimals(share.shapley_conversions),
        ]
    });
    let columns = ["Creator", "Removal effect", "Markov conversions", "Shapley conversions"];
    let learned = format::grid("Data-driven models", columns, false, rows);
    Ok(ModelsView { period: format::period(period, merchant.brand()), by_creator, learned_note, learned })
}
