//! `/language`: keeps the language that the reader chose, and leads back to the page.

use axum::{
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use super::Routes;
use crate::{form::Posted, language_choice};

pub(crate) fn routes() -> Routes {
    let back = get(|| async { Redirect::to("/") });
    vec![(language_choice::PATH, back.merge(post(choose)))]
}

async fn choose(posted: Posted) -> Response {
    language_choice::chosen(posted.get("language"), posted.get("from"), posted.is_checked("embedded")).into_response()
}
