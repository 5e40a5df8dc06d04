//! What only the demo has: an address that opens a creator's page signed in, and the mails that were sent. The first asks
//! for no proof: the creator is made up, and the route exists only if the demo's brand held sample data when it started.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use flow::{
    Flow, FlowError,
    access::{Operator, SESSION_LIFE_MS},
    mail::Mail,
};

use crate::{
    config::Config,
    demo_mailbox::DemoMailbox,
    http::{
        cookies,
        error::ApiError,
        page_for_people::{self, escape},
    },
    system::SystemRandom,
};

/// `GET /demo/creator`: signs in as the demo's creator.
pub(crate) async fn open_creator(State(flow): State<Flow>, State(config): State<Arc<Config>>) -> Response {
    match session(&flow, &config).await {
        Ok(session) => {
            let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/creator")]).into_response();
            if let Some(cookie) = cookies::own(cookies::SESSION, &session, SESSION_LIFE_MS / 1000) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// `GET /demo/inbox`: the mails that the demo sent, to whomever.
pub(crate) async fn inbox(State(config): State<Arc<Config>>) -> Response {
    let mails = config.mailbox.as_ref().map(DemoMailbox::mails).unwrap_or_default();
    let shown: String = mails.iter().map(|mail| as_html(mail, &config.public_url)).collect();
    let shown = if shown.is_empty() { "<p class=\"card\">No mail was sent yet.</p>".to_owned() } else { shown };
    page_for_people::page(StatusCode::OK, include_str!("demo_inbox.html").replace("{mails}", &shown))
}

/// A mail. Lines that are addresses of this server become links.
fn as_html(mail: &Mail, public_url: &str) -> String {
    let line = |line: &str| {
        let text = escape(line);
        if line.starts_with(public_url) { format!("<a href=\"{text}\">{text}</a>") } else { text }
    };
    let (subject, text) = app::words_of_mail(mail);
    let lines: Vec<String> = text.lines().map(line).collect();
    let (subject, to) = (escape(&subject), escape(&mail.to));
    format!("<article class=\"card\"><h2>{subject}</h2><p>To {to}</p><p>{}</p></article>", lines.join("<br>"))
}

async fn session(flow: &Flow, config: &Config) -> Result<String, FlowError> {
    const NOT_HERE: FlowError = FlowError::NotFound("creator");
    let (brand, creator) = config.demo_creator.as_ref().ok_or(NOT_HERE)?;
    let vault = config.vault(&SystemRandom).map_err(|_| NOT_HERE)?;
    let merchant = flow.access().merchant_by_operator(Operator::with_keys(&vault), brand).await?;
    let link = flow.access().sign_in_link(&merchant, Some(creator)).await?;
    let token = link.rsplit('/').next().unwrap_or_default();
    let (session, _) = flow.access().sign_in(token).await?;
    Ok(session)
}
