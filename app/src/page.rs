//! The pages, one module each.

mod audit;
mod campaigns;
mod commissions;
mod creator_home;
mod creators;
mod customer;
mod invitations;
mod language;
mod links;
mod models;
mod orders;
mod overview;
mod payouts;
mod proof;
mod sample_data;
mod settings;
mod setup;
mod sign_in;
mod start;
mod survey;

use axum::{response::Response, routing::MethodRouter};
use flow::Flow;
use leptos::prelude::*;

use crate::{language::t, public_layout, request::PublicRequest};

pub(crate) use overview::fragment as live_fragment;

/// Paths with their handlers.
pub(crate) type Routes = Vec<(&'static str, MethodRouter<Flow>)>;

/// The routes of all pages.
pub(crate) fn routes() -> Routes {
    [
        start::routes(),
        language::routes(),
        sign_in::routes(),
        proof::routes(),
        creator_home::routes(),
        overview::routes(),
        links::routes(),
        creators::routes(),
        orders::routes(),
        customer::routes(),
        campaigns::routes(),
        models::routes(),
        commissions::routes(),
        payouts::routes(),
        survey::routes(),
        settings::routes(),
        setup::routes(),
        audit::routes(),
        sample_data::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The path of the page that takes files.
pub(crate) const UPLOAD_PATH: &str = creators::IMPORTS;

/// The routes of the pages that take files, which are larger than forms.
pub(crate) fn upload_routes() -> Routes {
    creators::upload_routes()
}

/// Any other address.
pub(crate) async fn not_found(request: PublicRequest) -> Response {
    public_layout::show(
        &request,
        http::StatusCode::NOT_FOUND,
        &t!("error-not-found"),
        view! {
            <main id="content" class="card narrow">
                <h1>{t!("error-page-not-found")}</h1>
                <p>{t!("error-page-not-found-text")}</p>
                <p><a href="/">{t!("error-start")}</a></p>
            </main>
        },
    )
}
