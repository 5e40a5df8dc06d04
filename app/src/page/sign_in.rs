//! `/sign-in`: asking for a link by e-mail, and the page that a link of a mail opens.

mod sessions;

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::account::Role;
use flow::{FlowError, account::PendingLink};
use http::StatusCode;
use leptos::prelude::*;

pub(super) use sessions::{places_card, sessions_card, sessions_table};

use super::Routes;
use crate::{
    error::PageResult,
    form::{Field, FormState, Input, Posted},
    request::PublicRequest,
};

const PATH: &str = "/sign-in";

pub(crate) fn routes() -> Routes {
    [(PATH, get(show).post(ask)), ("/sign-in/{token}", get(confirm))].into_iter().chain(sessions::routes()).collect()
}

async fn show(request: PublicRequest) -> PageResult {
    Ok(page(&request, &FormState::default(), StatusCode::OK, ()))
}

/// Sends a link to the address, if it is anybody's. The answer does not tell whether it is.
async fn ask(request: PublicRequest, posted: Posted) -> PageResult {
    let asked = request.flow.accounts().request_sign_in(posted.get("email"), &request.client.0).await;
    match asked {
        Ok(()) => Ok(Redirect::to("/sign-in?sent").into_response()),
        Err(FlowError::OverBudget { .. }) => {
            let notice = critical("Too many links were requested from here. Wait a minute, then try again.");
            Ok(page(&request, &posted.shown_again(), StatusCode::TOO_MANY_REQUESTS, notice))
        }
        Err(error) => {
            let state = posted.refused(error)?;
            Ok(page(&request, &state, state.status(), ()))
        }
    }
}

fn critical(text: &'static str) -> AnyView {
    view! { <p class="banner critical" role="alert">{text}</p> }.into_any()
}

/// What happened before this page was opened.
fn notice(request: &PublicRequest) -> AnyView {
    if request.address.has("used") {
        critical("This link no longer works: it was used, or it is too old. Ask for a new one.")
    } else if request.address.has("everywhere") {
        view! { <p class="banner" role="status">"You are signed out everywhere."</p> }.into_any()
    } else {
        ().into_any()
    }
}

fn page(request: &PublicRequest, state: &FormState, status: StatusCode, above: impl IntoView + 'static) -> Response {
    if request.address.has("sent") {
        return sent(request);
    }
    let content = if request.flow.accounts().can_send_mail() {
        let form = state.form("ask");
        let email = Field::new("email", "E-mail address").input(Input::Email).required().length_max(254);
        view! {
            <p>"We send you a link that signs you in. There is no password."</p>
            {form.summary(&["E-mail address"])}
            <form method="post" action=PATH>
                {form.field(email)}
                <p>{form.submit("Send me a link")}</p>
            </form>
            <p class="subdued">"Brands can also open the app from their Shopify admin."</p>
        }
        .into_any()
    } else {
        view! {
            <p>"This server cannot send mail, so it cannot send you a link."</p>
            <p>"Brands: open the app from your Shopify admin. Creators: ask your brand for a sign-in link."</p>
        }
        .into_any()
    };
    let notice = notice(request);
    let main = view! {
        <main id="content" class="card narrow">
            <h1 tabindex="-1">"Sign in"</h1>
            {notice}
            {above.into_view()}
            {content}
        </main>
    };
    request.head.document(status, "Sign in", main)
}

/// After somebody asked. Says the same whether the address is anybody's.
fn sent(request: &PublicRequest) -> Response {
    let main = view! {
        <main id="content" class="card narrow">
            <h1 tabindex="-1">"Check your mail"</h1>
            <p>"If this address belongs to a brand's team or to a creator, a link is on its way. It works once, for 15 minutes."</p>
            <p class="subdued">"Nothing there after a minute? Look in your spam folder, or check that this is the address your brand has for you."</p>
            <p><a class="button" href=PATH>"Use another address"</a></p>
        </main>
    };
    request.head.document(StatusCode::OK, "Check your mail", main)
}

/// What a link's page asks, and its button.
fn question(link: &PendingLink) -> (String, String, &'static str) {
    match link {
        PendingLink::Made => ("Sign in".to_owned(), "Press the button to sign in.".to_owned(), "Sign in"),
        PendingLink::Asked { email } => {
            ("Sign in".to_owned(), format!("Press the button to sign in as {email} in this browser."), "Sign in")
        }
        PendingLink::Invited { email, brand_name, role } => {
            let what = match role {
                Some(Role::Owner) => "an owner of its team",
                Some(Role::Member) => "a member of its team",
                None => "a creator, with your links, your sales and what you earn",
            };
            let text = format!("{brand_name} invites {email} to CreatorScore as {what}.");
            (format!("Join {brand_name}"), text, "Accept and sign in")
        }
    }
}

/// The page that a link opens. Opening it changes nothing: mail scanners open links too.
async fn confirm(Path(token): Path<String>, request: PublicRequest) -> PageResult {
    let Some(link) = request.flow.accounts().pending_link(&token).await? else {
        return Ok(Redirect::to("/sign-in?used").into_response());
    };
    let (heading, text, button) = question(&link);
    let title = heading.clone();
    let main = view! {
        <main id="content" class="card narrow">
            <h1 tabindex="-1">{heading}</h1>
            <p>{text}</p>
            <form method="post" action=request.address.path().to_owned() data-native="">
                <button type="submit" class="primary">{button}</button>
            </form>
        </main>
    };
    Ok(request.head.document(StatusCode::OK, &title, main))
}
