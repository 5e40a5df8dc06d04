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
    form::{Field, FormState, Input, Posted, label},
    language::{Language, Spoken, t},
    public_layout,
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
    let asked =
        request.flow.accounts().request_sign_in(posted.get("email"), &request.client.0, Language::current()).await;
    match asked {
        Ok(()) => Ok(Redirect::to("/sign-in?sent").into_response()),
        Err(FlowError::OverBudget { .. }) => {
            let notice = critical(t!("sign_in-too-many"));
            Ok(page(&request, &posted.shown_again(), StatusCode::TOO_MANY_REQUESTS, notice))
        }
        Err(error) => {
            let state = posted.refused(error)?;
            Ok(page(&request, &state, state.status(), ()))
        }
    }
}

fn critical(text: String) -> AnyView {
    view! { <p class="banner critical" role="alert">{text}</p> }.into_any()
}

/// What happened before this page was opened.
fn notice(request: &PublicRequest) -> AnyView {
    if request.address.has("used") {
        critical(t!("sign_in-used"))
    } else if request.address.has("everywhere") {
        view! { <p class="banner" role="status">{t!("sign_in-everywhere")}</p> }.into_any()
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
        let email = Field::new("email", label("sign_in-email")).input(Input::Email).required().length_max(254);
        view! {
            <p>{t!("sign_in-how")}</p>
            {form.summary(&[label("sign_in-email")])}
            <form method="post" action=PATH>
                {form.field(email)}
                <p>{form.submit(t!("sign_in-send"))}</p>
            </form>
            <p class="subdued">{t!("sign_in-admin")}</p>
        }
        .into_any()
    } else {
        view! {
            <p>{t!("sign_in-no-mail")}</p>
            <p>{t!("sign_in-no-mail-how")}</p>
        }
        .into_any()
    };
    let notice = notice(request);
    let main = view! {
        <main id="content" class="card narrow">
            <h1 tabindex="-1">{t!("sign_in-title")}</h1>
            {notice}
            {above.into_view()}
            {content}
        </main>
    };
    public_layout::show(request, status, &t!("sign_in-title"), main)
}

/// After somebody asked. Says the same whether the address is anybody's.
fn sent(request: &PublicRequest) -> Response {
    let main = view! {
        <main id="content" class="card narrow">
            <h1 tabindex="-1">{t!("sign_in-sent")}</h1>
            <p>{t!("sign_in-sent-text")}</p>
            <p class="subdued">{t!("sign_in-sent-nothing")}</p>
            <p><a class="button" href=PATH>{t!("sign_in-other-address")}</a></p>
        </main>
    };
    public_layout::show(request, StatusCode::OK, &t!("sign_in-sent"), main)
}

/// What a link's page asks, and its button.
fn question(link: &PendingLink) -> (String, String, String) {
    match link {
        PendingLink::Made => (t!("sign_in-title"), t!("sign_in-press"), t!("sign_in-title")),
        PendingLink::Asked { email } => {
            (t!("sign_in-title"), t!("sign_in-press-as", email = email), t!("sign_in-title"))
        }
        PendingLink::Invited { email, brand_name, role } => {
            let text = match role {
                Some(Role::Owner) => t!("sign_in-invited-owner", brand = brand_name, email = email),
                Some(Role::Member) => t!("sign_in-invited-member", brand = brand_name, email = email),
                None => t!("sign_in-invited-creator", brand = brand_name, email = email),
            };
            (t!("sign_in-join", brand = brand_name), text, t!("sign_in-accept"))
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
    Ok(public_layout::show(&request, StatusCode::OK, &title, main))
}
