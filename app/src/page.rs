//! The pages.

mod commissions;
mod creator_detail;
mod creator_home;
mod creators;
mod customer_detail;
mod links;
mod models;
mod order_detail;
mod orders;
mod overview;
mod payouts;
mod settings;
mod setup;
mod sign_in;
mod survey;

pub(crate) use commissions::Commissions;
pub(crate) use creator_detail::CreatorDetail;
pub(crate) use creator_home::CreatorHome;
pub(crate) use creators::Creators;
pub(crate) use customer_detail::CustomerDetail;
pub(crate) use links::Links;
pub(crate) use models::Models;
pub(crate) use order_detail::OrderDetail;
pub(crate) use orders::Orders;
pub(crate) use overview::Overview;
pub(crate) use payouts::Payouts;
pub(crate) use settings::Settings;
pub(crate) use setup::Setup;
pub(crate) use sign_in::{SignIn, SignInConfirm};
pub(crate) use survey::Survey;

use leptos::prelude::*;
use leptos_meta::Title;

/// `/`: what this is, for whoever comes by.
#[component]
pub(crate) fn Home() -> impl IntoView {
    view! {
        <Title text="" />
        <main class="card narrow">
            <h1>"CreatorScore"</h1>
            <p>"Which creator earned this sale, and how much? Tracking links, a tiny storefront pixel, and every credited cent explained."</p>
            <p>"Brands open the app from their Shopify admin. Creators come with the link that their brand sends them."</p>
            <p><a href="/sign-in">"Sign in"</a></p>
        </main>
    }
}

/// Whatever is not there.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found" />
        <main class="card narrow">
            <h1>"There is no such page"</h1>
            <p><a href="/brand/attribution">"To the overview"</a></p>
        </main>
    }
}
