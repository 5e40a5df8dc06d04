//! The pages of brands, creators and the public.
//!
//! A page is an axum handler that authenticates its caller, asks `flow`, and renders HTML with Leptos. Everything works
//! without script: filters, sorting and paging are links and GET forms, changes are POST forms to the page's own address.
//! `script/` makes it smoother where a browser allows: pages are swapped instead of loaded, and a few custom elements copy,
//! share and show live data. Business rules and SQL live elsewhere.
#![recursion_limit = "256"]

mod actor;
mod address;
mod brand_layout;
mod brand_switch;
mod chart;
mod component;
mod creator_layout;
mod day_chart;
mod document;
mod error;
mod evidence;
mod fault;
mod form;
mod format;
mod icon;
mod keyset_page;
mod language;
mod language_choice;
mod ledger_reason;
mod mail;
mod page;
mod period_choice;
mod picker;
mod public_layout;
mod qr;
mod request;
mod shopper_text;
mod table;
mod words;

pub use document::DocumentHead;
pub use error::{error_page, refusal_page};
pub use language::{Language, Spoken};
pub use mail::words_of_mail;
pub use request::ClientAddress;
pub use shopper_text::{ShopperText, shopper_text};

use axum::{Router, extract::DefaultBodyLimit, middleware, routing::get};
use flow::Flow;

/// Largest form with a file, in bytes: a file that was looked at is sent again as text, which is a third longer.
pub const UPLOAD_BYTES_MAX: usize = domain::import::FILE_BYTES_MAX.div_ceil(3) * 4 + 256 * 1024;

/// The path of the page that takes files of that size.
pub const UPLOAD_PATH: &str = page::UPLOAD_PATH;

/// The routes of all pages but [`upload_routes`].
pub fn routes<S: Clone + Send + Sync + 'static>(flow: Flow) -> Router<S> {
    router(page::routes())
        .route("/brand", get(page::not_found))
        .route("/brand/{*path}", get(page::not_found))
        .route("/creator/{*path}", get(page::not_found))
        .layer(middleware::from_fn(error::as_page))
        .layer(middleware::from_fn(language_choice::layer))
        .with_state(flow)
}

/// The routes of the pages that take files of up to [`UPLOAD_BYTES_MAX`].
pub fn upload_routes<S: Clone + Send + Sync + 'static>(flow: Flow) -> Router<S> {
    router(page::upload_routes())
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
        .layer(middleware::from_fn(error::as_page))
        .layer(middleware::from_fn(language_choice::layer))
        .with_state(flow)
}

fn router(routes: page::Routes) -> Router<Flow> {
    routes.into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods))
}

/// What an open overview is sent when something happens.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LiveFeed {
    /// How many clicks there were in the last minutes.
    pub now: String,
    /// The feed as HTML.
    pub html: String,
}

/// The overview's feed as it is now, in a language.
pub fn live_feed(
    language: Language,
    live: &flow::overview::Live,
    brand: &domain::brand::Brand,
    now: domain::UnixMs,
) -> LiveFeed {
    let (now, html) = language.speak(|| page::live_fragment(live, brand, now));
    LiveFeed { now, html }
}

/// The paths of the pages; their parameters stand in braces.
pub fn page_paths() -> Vec<&'static str> {
    page::routes().into_iter().chain(page::upload_routes()).map(|(path, _)| path).collect()
}
