//! `/language`: keeps the language that the reader chose, for mails too if it is known who reads, and leads back to the page.

use axum::{
    response::Redirect,
    routing::{get, post},
};

use super::Routes;
use crate::{error::PageResult, form::Posted, language::Language, language_choice, request::PublicRequest};

pub(crate) fn routes() -> Routes {
    let back = get(|| async { Redirect::to("/") });
    vec![(language_choice::PATH, back.merge(post(choose)))]
}

async fn choose(request: PublicRequest, posted: Posted) -> PageResult {
    let language = Language::parse(posted.get("language"));
    if let Some((person, language)) = request.person.as_ref().zip(language) {
        request.flow.accounts().speak_to(person, language).await?;
    }
    Ok(language_choice::chosen(language, posted.get("from"), posted.is_checked("embedded")))
}
