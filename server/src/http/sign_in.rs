//! Signing in outside the Shopify admin. Opening a link shows a page with a button, and only the button (a POST) uses the
//! link up: mail scanners open links too.

use app::{Language, Spoken};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::account::Place;
use flow::{
    Flow, FlowError,
    access::{Person, SESSION_LIFE_MS},
    account::SignedIn,
};
use url::form_urlencoded;

use crate::http::{cookies, error::ApiError};

/// Where a session of a creator, or of a team, begins.
const CREATOR_HOME: &str = "/creator";
const BRAND_HOME: &str = "/brand/attribution";

/// A field of a form; empty if it is missing.
fn field(form: &str, name: &str) -> String {
    let mut fields = form_urlencoded::parse(form.as_bytes());
    fields.find(|(other, _)| other == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The person whose session the request has; `None` without one, or if it began with a link that the brand made.
async fn person(flow: &Flow, headers: &HeaderMap) -> Result<Option<Person>, FlowError> {
    let Some(session) = cookies::get(headers, cookies::SESSION) else { return Ok(None) };
    match flow.access().person_by_session(session).await {
        Ok(person) => Ok(Some(person)),
        Err(FlowError::Unauthorized) => Ok(None),
        Err(error) => Err(error),
    }
}

fn redirect(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location.to_owned())]).into_response()
}

/// Removes the session's cookie.
fn signed_out(location: &str) -> Response {
    let mut response = redirect(location);
    if let Some(cookie) = cookies::own(cookies::SESSION, "", 0) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// `POST /sign-in/{token}`: uses up the link and starts a session.
pub(crate) async fn consume(State(flow): State<Flow>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match flow.accounts().confirm(&token, user_agent, Language::of_request(&headers, None)).await {
        Ok(SignedIn { session, is_creator }) => {
            let mut response = redirect(if is_creator { CREATOR_HOME } else { BRAND_HOME });
            if let Some(cookie) = cookies::own(cookies::SESSION, &session, SESSION_LIFE_MS / 1000) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(FlowError::Unauthorized) => redirect("/sign-in?used"),
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// `POST /sign-out`: ends the session.
pub(crate) async fn end(State(flow): State<Flow>, headers: HeaderMap) -> Response {
    if let Some(session) = cookies::get(&headers, cookies::SESSION)
        && let Err(error) = flow.access().sign_out(session).await
    {
        return ApiError::from(error).into_response();
    }
    signed_out("/sign-in")
}

/// `POST /sign-out/everywhere`: ends all sessions of the person, in every browser.
pub(crate) async fn end_everywhere(State(flow): State<Flow>, headers: HeaderMap) -> Response {
    let ended = async {
        match person(&flow, &headers).await? {
            Some(person) => flow.accounts().sign_out_everywhere(&person, false).await.map(|_| ()),
            None => match cookies::get(&headers, cookies::SESSION) {
                Some(session) => flow.access().sign_out(session).await,
                None => Ok(()),
            },
        }
    };
    match ended.await {
        Ok(()) => signed_out("/sign-in?everywhere"),
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// The place that a form names: a brand, and a creator unless it is the brand's team.
fn place(form: &str) -> Option<Place> {
    let creator = Some(field(form, "creator")).filter(|creator| !creator.is_empty());
    let creator = creator.map(|creator| creator.parse()).transpose().ok()?;
    Some(Place { brand: field(form, "brand").parse().ok()?, creator })
}

/// `POST /switch`: moves the session to another brand, or to another creator's page.
pub(crate) async fn switch(State(flow): State<Flow>, headers: HeaderMap, form: String) -> Response {
    let moved = async {
        let place = place(&form).ok_or(FlowError::NotFound("brand"))?;
        let Some(person) = person(&flow, &headers).await? else { return Err(FlowError::Unauthorized) };
        flow.accounts().switch(&person, &place).await.map(|()| place)
    };
    match moved.await {
        Ok(place) => redirect(if place.creator.is_some() { CREATOR_HOME } else { BRAND_HOME }),
        Err(FlowError::Unauthorized) => redirect("/sign-in"),
        Err(error) => ApiError::from(error).into_response(),
    }
}
