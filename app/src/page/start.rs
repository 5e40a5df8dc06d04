//! `/`: the public landing page. Who is signed in goes on to their own.

use axum::{
    Extension,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use flow::access::{CreatorSession, Merchant};
use http::StatusCode;
use leptos::prelude::*;

use super::Routes;
use crate::{language::t, public_layout, request::PublicRequest};

pub(crate) fn routes() -> Routes {
    vec![("/", get(start))]
}

async fn start(
    request: PublicRequest,
    merchant: Option<Extension<Merchant>>,
    creator: Option<Extension<CreatorSession>>,
) -> Response {
    if merchant.is_some() {
        return Redirect::to(&format!("/brand/attribution{}", embedding(&request))).into_response();
    }
    if creator.is_some() {
        return Redirect::to("/creator").into_response();
    }
    public_layout::show(
        &request,
        StatusCode::OK,
        "",
        view! {
            <main id="content" class="card narrow">
                <h1>"CreatorScore"</h1>
                <p>{t!("start-what")}</p>
                <p>{t!("start-how")}</p>
                <p><a class="button primary" href="/sign-in">{t!("start-sign-in")}</a></p>
            </main>
        },
    )
}

/// The parameters that Shopify's admin needs again on the next page.
fn embedding(request: &PublicRequest) -> String {
    let query = request.address.kept(&[]);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    if query.is_empty() { query } else { format!("?{query}") }
}
