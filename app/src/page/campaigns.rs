//! `/brand/attribution/campaigns`: campaigns with their budgets and dates, and a page for each.

mod detail;
mod list;
mod plan;

use axum::routing::get;
use domain::CampaignId;
use leptos::prelude::*;

use super::Routes;
use crate::{
    form::{Form, FormState},
    language::t,
    request::BrandRequest,
};

/// The path of the list; a campaign's page is below it.
const PATH: &str = "/brand/attribution/campaigns";

pub(crate) fn routes() -> Routes {
    vec![
        (PATH, get(list::show).post(list::submit)),
        ("/brand/attribution/campaigns/{id}", get(detail::show).post(detail::submit)),
    ]
}

fn path_of(id: &CampaignId) -> String {
    format!("{PATH}/{id}")
}

/// What just happened to a campaign.
fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    match request.address.get("done") {
        "created" => Some(t!("campaigns-created-done").into_any()),
        "saved" => Some(t!("campaigns-saved-done").into_any()),
        "restored" => Some(t!("campaigns-restored-done").into_any()),
        "archived" => {
            let undo = FormState::default().form("restore");
            let id = Form::hidden("id", request.address.get("undo"));
            Some(
                view! { <span>{t!("campaigns-archived-done")}</span><form method="post">{id}{undo.button(t!("campaigns-undo"), "quiet")}</form> }
                    .into_any(),
            )
        }
        _ => None,
    }
}
