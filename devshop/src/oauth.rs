//! OAuth grants (authorization code, token exchange, refresh) and session tokens.

use std::sync::Arc;

use axum::{
    Form, Json,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Redirect, Response},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    html::{escape, page},
    state::{Devshop, now_s, token},
};

/// Lifetime of a session token, in seconds.
const SESSION_TOKEN_LIFE_S: f64 = 60.0;

/// Creates a session token (JWT) like those from App Bridge.
pub(crate) fn session_token(devshop: &Devshop) -> String {
    let settings = &devshop.settings;
    let now = now_s().floor();
    let claims = json!({
        "iss": format!("https://{}/admin", settings.shop),
        "dest": format!("https://{}", settings.shop),
        "aud": settings.client_id,
        "sub": "42",
        "exp": now + SESSION_TOKEN_LIFE_S,
        "nbf": now,
        "iat": now,
        "jti": token(),
        "sid": token(),
    });
    let key = EncodingKey::from_secret(settings.client_secret.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap_or_default()
}

fn is_session_token(devshop: &Devshop, text: &str) -> bool {
    let key = DecodingKey::from_secret(devshop.settings.client_secret.as_bytes());
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[&devshop.settings.client_id]);
    jsonwebtoken::decode::<Value>(text, &key, &validation).is_ok()
}

/// `GET /session-token`: a session token for the admin page, which passes it to the app's frame.
pub(crate) async fn get_session_token(State(devshop): State<Arc<Devshop>>) -> Response {
    if !devshop.memory().is_installed {
        return StatusCode::FORBIDDEN.into_response();
    }
    session_token(&devshop).into_response()
}

#[derive(Deserialize)]
pub(crate) struct Authorize {
    client_id: String,
    scope: String,
    redirect_uri: String,
    state: String,
}

/// `GET …/admin/oauth/authorize`: the consent page.
pub(crate) async fn authorize(State(devshop): State<Arc<Devshop>>, Query(request): Query<Authorize>) -> Response {
    if request.client_id != devshop.settings.client_id {
        return (StatusCode::BAD_REQUEST, "unknown client_id").into_response();
    }
    let body = format!(
        "<main><h1>Install app</h1><p>The app asks for: <b>{}</b></p><form method=\"post\" action=\"/grant\">\
         <input type=\"hidden\" name=\"redirect_uri\" value=\"{}\"><input type=\"hidden\" name=\"state\" value=\"{}\">\
         <button>Install app</button></form></main>",
        escape(&request.scope),
        escape(&request.redirect_uri),
        escape(&request.state)
    );
    page("Install app", "", &body).into_response()
}

#[derive(Deserialize)]
pub(crate) struct Grant {
    redirect_uri: String,
    state: String,
}

/// `POST /grant`: redirects back to the app with a code; the query is signed.
pub(crate) async fn grant(State(devshop): State<Arc<Devshop>>, Form(grant): Form<Grant>) -> Response {
    if !grant.redirect_uri.starts_with(&devshop.settings.app_url) {
        return (StatusCode::BAD_REQUEST, "redirect_uri is not allowed").into_response();
    }
    let code = token();
    {
        let mut memory = devshop.memory();
        memory.is_installed = true;
        memory.is_managed = false;
        memory.codes.insert(code.clone(), true);
    }
    let mut pairs = vec![
        ("code".to_owned(), code),
        ("host".to_owned(), devshop.host()),
        ("shop".to_owned(), devshop.settings.shop.clone()),
        ("state".to_owned(), grant.state),
        ("timestamp".to_owned(), format!("{:.0}", now_s().floor())),
    ];
    let hmac = shopify::signature::sign_query(&devshop.settings.client_secret, &pairs);
    pairs.push(("hmac".to_owned(), hmac));
    let query: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", value.replace('+', "%2B").replace('=', "%3D"))).collect();
    Redirect::to(&format!("{}?{}", grant.redirect_uri, query.join("&"))).into_response()
}

/// `POST …/admin/oauth/access_token`, in JSON or as a form.
pub(crate) async fn access_token(State(devshop): State<Arc<Devshop>>, headers: HeaderMap, body: Bytes) -> Response {
    let is_json = headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let fields: Value = if is_json {
        serde_json::from_slice(&body).unwrap_or_default()
    } else {
        let text = String::from_utf8_lossy(&body).into_owned();
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect()
    };
    let field = |name: &str| fields[name].as_str().unwrap_or("");
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    if field("client_id") != devshop.settings.client_id || field("client_secret") != devshop.settings.client_secret {
        return refuse("invalid_client");
    }
    if field("expiring") != "1" && field("grant_type") != "refresh_token" {
        return refuse("non_expiring_tokens_are_not_accepted");
    }
    let mut memory = devshop.memory();
    match field("grant_type") {
        "refresh_token" => {
            let Some(index) = memory.refresh_tokens.iter().position(|known| known == field("refresh_token")) else {
                return refuse("invalid_grant");
            };
            memory.refresh_tokens.remove(index);
        }
        "urn:ietf:params:oauth:grant-type:token-exchange" => {
            if !memory.is_installed || !is_session_token(&devshop, field("subject_token")) {
                return refuse("invalid_subject_token");
            }
        }
        _ => {
            if memory.codes.remove(field("code")).is_none() {
                return refuse("invalid_grant");
            }
        }
    }
    let (access, refresh) = (format!("shpat_{}", token()), format!("shprt_{}", token()));
    // Shopify allows one expiring offline token per shop: a new token revokes the previous one.
    memory.access_tokens = vec![access.clone()];
    memory.refresh_tokens = vec![refresh.clone()];
    Json(json!({
        "access_token": access, "scope": "read_orders", "expires_in": 3600,
        "refresh_token": refresh, "refresh_token_expires_in": 7_776_000,
    }))
    .into_response()
}

/// `GET /app-bridge.js`: the parts of App Bridge that the app uses.
pub(crate) async fn app_bridge() -> Response {
    ([("content-type", "text/javascript"), ("cache-control", "no-cache")], include_str!("app_bridge.js"))
        .into_response()
}

/// `GET /`: a page that links to the shop's admin.
pub(crate) async fn root(State(devshop): State<Arc<Devshop>>) -> Html<String> {
    page(
        "devshop",
        "",
        &format!("<main><p><a href=\"/store/{0}\">Open admin of {0}</a></p></main>", escape(&devshop.settings.name)),
    )
}
