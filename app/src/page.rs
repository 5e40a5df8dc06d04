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

/// `/`: the public landing page.
#[component]
pub(crate) fn Home() -> impl IntoView {
    view! {
        <Title text="" />
        <main class="card narrow">
            <h1>"CreatorScore"</h1>
            <p>"See which creator drove each sale. Tracking links, a lightweight storefront pixel, and an explanation for every credited cent."</p>
            <p>"Brands: open the app from your Shopify admin. Creators: use the sign-in link from your brand."</p>
            <p><a href="/sign-in">"Sign in"</a></p>
        </main>
    }
}

/// The 404 page.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found" />
        <main class="card narrow">
            <h1>"Page not found"</h1>
            <p><a href="/brand/attribution">"Go to overview"</a></p>
        </main>
    }
}
