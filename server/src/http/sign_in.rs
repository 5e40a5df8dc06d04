//! Sign-in links. Opening one shows a page with a button, and only the button (a POST) uses the link up: mail scanners
//! open links too.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use flow::{Flow, FlowError, access::SESSION_LIFE_MS};

use crate::http::{cookies, error::ApiError};

fn redirect(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location.to_owned())]).into_response()
}

/// `POST /sign-in/{token}`: uses up the link and starts a session.
pub(crate) async fn consume(State(flow): State<Flow>, Path(token): Path<String>) -> Response {
    match flow.access().sign_in(&token).await {
        Ok((session, is_creator)) => {
            let mut response = redirect(if is_creator { "/creator" } else { "/brand/attribution" });
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
    let mut response = redirect("/sign-in");
    if let Some(cookie) = cookies::own(cookies::SESSION, "", 0) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
