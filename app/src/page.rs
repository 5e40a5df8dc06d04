//! The pages, one module each.

mod audit;
mod campaigns;
mod commissions;
mod creator_home;
mod creators;
mod customer;
mod invitations;
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

use crate::request::PublicRequest;

pub(crate) use overview::fragment as live_fragment;

/// Paths with their handlers.
pub(crate) type Routes = Vec<(&'static str, MethodRouter<Flow>)>;

/// The routes of all pages.
pub(crate) fn routes() -> Routes {
    [
        start::routes(),
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

/// Any other address.
pub(crate) async fn not_found(request: PublicRequest) -> Response {
    request.head.document(
        http::StatusCode::NOT_FOUND,
        "Not found",
        view! {
            <main id="content" class="card narrow">
                <h1>"Page not found"</h1>
                <p>"The address may be mistyped, or the page may have been deleted."</p>
                <p><a href="/">"Go to the start"</a></p>
            </main>
        },
    )
}
