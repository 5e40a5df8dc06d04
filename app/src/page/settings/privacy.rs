//! What is kept and for how long, and what customers asked for.

use domain::retention::Retention;
use flow::{FlowError, customer::DataExportInfo};
use leptos::prelude::*;

use super::hidden;
use crate::{
    component::card,
    form::{Field, FormState, Input, Posted},
    request::BrandRequest,
};

/// The days of the form.
pub(super) fn posted_retention(posted: &Posted) -> Result<Retention, FlowError> {
    Ok(Retention {
        event_days: posted.number("events", "Events")?,
        click_days: posted.number("clicks", "Clicks")?,
        landing_days: posted.number("landings", "Landings")?,
        access_days: posted.number("access", "Ended sessions")?,
    })
}

/// For how long visits and ended sessions are kept.
pub(super) fn retention(request: &BrandRequest, state: &FormState) -> AnyView {
    let kept = request.caller.brand().settings.retention;
    let form = state
        .form("retention")
        .initial("events", kept.event_days.to_string())
        .initial("clicks", kept.click_days.to_string())
        .initial("landings", kept.landing_days.to_string())
        .initial("access", kept.access_days.to_string());
    let days = |name, label| form.field(Field::new(name, label).input(Input::Number).required());
    card(
        "What is kept, in days",
        view! {
            <p class="subdued">"Older visits are deleted daily. Totals, orders, credits and commissions stay. The lookback and 30 more days are kept in any case, so that an order finds its evidence."</p>
            {form.summary(&["Events", "Clicks", "Landings", "Ended sessions"])}
            <form method="post" data-save-bar="">
                <div class="fields">
                    {days("events", "Events")}
                    {days("clicks", "Clicks")}
                    {days("landings", "Landings")}
                    {days("access", "Ended sessions")}
                </div>
                {form.submit("Save retention")}
            </form>
        },
    )
}

/// What is stored about customers who asked for it, to download.
pub(super) fn data_requests(request: &BrandRequest, exports: &[DataExportInfo]) -> AnyView {
    let form = FormState::default().form("download");
    let rows = exports.iter().map(|export| {
        let (requested, deleted) = (request.moment(export.requested_at), request.moment(export.expires_at));
        let button = form.button("Download", "quiet");
        view! {
            <li>
                <form method="post" class="inline" data-native="">
                    {hidden("id", export.id.to_string())}
                    <span>"Asked "{requested}", deleted "{deleted}</span>
                    {button}
                </form>
            </li>
        }
    });
    let rows = rows.collect_view();
    let none = exports.is_empty().then(|| view! { <p class="subdued">"Nobody asked in the last 30 days."</p> });
    view! {
        <section class="card" data-testid="data-exports">
            <h2>"Customers who asked for their data"</h2>
            <p class="subdued">"When a customer asks Shopify for their data, everything stored about them appears here for 30 days. Hand it to the customer."</p>
            {none}
            <ul>{rows}</ul>
        </section>
    }
    .into_any()
}
