//! The Leptos pages: rendered on the server first, then hydrated.
//!
//! Server functions are thin: authenticate the caller, call `flow`, turn the result into a view. Business rules and SQL
//! live elsewhere.
#![recursion_limit = "256"]
#![expect(unreachable_pub, reason = "the component macro generates public items from crate-private ones")]

mod component;
mod error;
#[cfg(feature = "ssr")]
mod format;
mod page;
#[cfg(feature = "ssr")]
mod response_status;
mod sample_banner;
pub mod view;

#[cfg(feature = "ssr")]
pub mod server_context;

pub use error::AppError;

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos_meta::MetaTags;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// The HTML document around the pages. Per-request data comes from context.
#[cfg(feature = "ssr")]
pub fn shell() -> impl IntoView {
    let head = server_context::document_head();
    let nonce = leptos::nonce::use_nonce();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-embedded=head.is_embedded.then_some("")>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                {head
                    .app_bridge
                    .map(|(client_id, url)| {
                        view! {
                            <meta name="shopify-api-key" content=client_id />
                            <script src=url></script>
                        }
                    })}
                <link rel="icon" href="/favicon.ico" type="image/svg+xml" />
                <link rel="stylesheet" href=format!("{}/app.css", head.files) />
                <link rel="modulepreload" href=format!("{}/app.js", head.files) />
                <script type="module" nonce=nonce src=format!("{}/start.js", head.files)></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// All pages under one router.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "CreatorScore".to_owned() } else { format!("{title} · CreatorScore") } />
        <Router>
            <component::NavigationFromAdmin />
            <Routes fallback=page::NotFound>
                <Route path=path!("/") view=page::Home ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=page::SignIn ssr=SsrMode::Async />
                <Route path=path!("/sign-in/:token") view=page::SignInConfirm ssr=SsrMode::Async />
                <Route path=path!("/creator") view=page::CreatorHome ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution") view=page::Overview ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/links") view=page::Links ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/creators") view=page::Creators ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/creators/:id") view=page::CreatorDetail ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/orders") view=page::Orders ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/orders/:id") view=page::OrderDetail ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/customers/:id") view=page::CustomerDetail ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/models") view=page::Models ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/commissions") view=page::Commissions ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/payouts") view=page::Payouts ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/survey") view=page::Survey ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/settings") view=page::Settings ssr=SsrMode::Async />
                <Route path=path!("/brand/attribution/setup") view=page::Setup ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Hydrates the server-rendered page in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
