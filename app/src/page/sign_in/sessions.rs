//! `/creator/sessions`, and the parts that it shares with the brand's page: where a person is signed in, where else they may
//! be, and which mails they get.

use axum::routing::get;
use domain::{
    UnixMs,
    account::{MailChoices, Place},
};
use flow::{
    FlowError,
    account::{KnownPlace, SessionInfo},
};
use leptos::prelude::*;

use super::super::Routes;
use crate::{
    address::Address,
    brand_switch::role_in,
    component::card,
    creator_layout::CreatorPage,
    error::PageResult,
    form::{Form, FormState, Posted, done},
    format,
    language::t,
    request::CreatorRequest,
    table::{Cell, Column, Row, Table},
};

const PATH: &str = "/creator/sessions";

pub(super) fn routes() -> Routes {
    vec![(PATH, get(show).post(end))]
}

/// A table of sessions, each with a button that ends it: the form `do` of the page's own address.
pub(crate) fn sessions_table(
    label: impl Into<String>,
    sessions: Vec<SessionInfo>,
    moment: impl Fn(UnixMs) -> AnyView,
    action: &'static str,
    has_people: bool,
) -> Table {
    let columns = [
        Column::text("browser", t!("sign_in-browser")),
        Column::text("seen", t!("sign_in-last-used")),
        Column::text("since", t!("sign_in-signed-in")),
        Column::actions(t!("sign_in-actions")),
    ];
    let rows = sessions.into_iter().map(|session| {
        let browser = session.browser.unwrap_or_else(|| t!("sign_in-unknown-browser"));
        let who = session.email.unwrap_or_else(|| t!("sign_in-by-operator"));
        let note = if session.is_current {
            t!("sign_in-this-browser")
        } else if has_people {
            who
        } else {
            String::new()
        };
        let form = FormState::default().form(action);
        let button = (!session.is_current).then(|| {
            let button = form.button(t!("sign_in-sign-out"), "quiet");
            view! { <form method="post">{Form::hidden("session", session.id.clone())}{button}</form> }
        });
        Row::new([
            Cell::text(browser).note(note),
            Cell::view("", moment(session.last_seen_at)).sorted_by(session.last_seen_at.0),
            Cell::view("", moment(session.created_at)).sorted_by(session.created_at.0),
            Cell::view("", button),
        ])
    });
    Table::new(label, columns).rows(rows).without_csv()
}

/// The person's own sessions, and the button that ends them all.
pub(crate) fn sessions_card(
    sessions: Vec<SessionInfo>,
    moment: impl Fn(UnixMs) -> AnyView,
    address: &Address,
) -> AnyView {
    let table =
        sessions_table(t!("sign_in-your-sessions"), sessions, moment, "end-session", false).named("own").view(address);
    card(
        t!("sign_in-where"),
        view! {
            {table}
            <form method="post" action="/sign-out/everywhere" data-native="">
                <button type="submit" class="critical">{t!("sign_in-sign-out-everywhere")}</button>
            </form>
        },
    )
}

/// The person's other brands, if there are any.
pub(crate) fn places_card(places: Vec<KnownPlace>, here: &Place) -> Option<AnyView> {
    let others: Vec<AnyView> = places
        .into_iter()
        .filter(|known| known.place != *here)
        .map(|known| {
            let role = role_in(&known);
            let creator = known.place.creator.map(|creator| creator.to_string()).unwrap_or_default();
            view! {
                <li>
                    <form method="post" action="/switch" class="inline" data-native="">
                        <span><strong>{known.brand_name}</strong>" "<span class="subdued">{role}</span></span>
                        {Form::hidden("brand", known.place.brand.to_string())}
                        {Form::hidden("creator", creator)}
                        <button type="submit" class="quiet">{t!("sign_in-open")}</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    (!others.is_empty()).then(|| card(t!("sign_in-other-brands"), view! { <ul class="places">{others}</ul> }))
}

async fn end(request: CreatorRequest, posted: Posted) -> PageResult {
    let Some(person) = &request.person else { return page(&request).await };
    let accounts = request.flow.accounts();
    let what = match posted.action() {
        "end-session" => {
            accounts.end_session(person, posted.get("session")).await?;
            "ended"
        }
        "mails" => {
            let (answers, payouts) = (posted.is_checked("answers"), posted.is_checked("payouts"));
            let choices = MailChoices { answers, payouts, ..accounts.mail_choices(person).await? };
            accounts.save_mail_choices(person, choices).await?;
            "mails"
        }
        _ => return Err(posted.unknown_action().into()),
    };
    Ok(done(PATH, what))
}

async fn show(request: CreatorRequest) -> PageResult {
    page(&request).await
}

async fn page(request: &CreatorRequest) -> PageResult {
    let content = content(request).await?;
    let done = match request.address.get("done") {
        "ended" => Some(t!("sign_in-ended").into_any()),
        "mails" => Some(t!("sign_in-mails-saved").into_any()),
        _ => None,
    };
    Ok(CreatorPage::new(t!("sign_in-places-title")).done(done).show(request, content))
}

async fn content(request: &CreatorRequest) -> Result<AnyView, FlowError> {
    let Some(person) = &request.person else {
        return Ok(view! {
            <section class="card">
                <p>{t!("sign_in-by-link")}</p>
                <form method="post" action="/sign-out" data-native=""><button type="submit">{t!("sign_in-sign-out")}</button></form>
            </section>
        }
        .into_any());
    };
    let accounts = request.flow.accounts();
    let (brand, creator) = (request.caller.brand(), request.caller.creator());
    let here = Place { brand: brand.id.clone(), creator: Some(creator.clone()) };
    let today = request.flow.reports().today(brand);
    let moment = |at| format::moment(&brand.zone, today, at);
    let (sessions, places) = (accounts.sessions(person).await?, request.places.clone());
    let (sessions, places) = (sessions_card(sessions, moment, &request.address), places_card(places, &here));
    let email = person.account().address.email.clone();
    let mails = mails_card(accounts.mail_choices(person).await?);
    let signed_in = t!("sign_in-signed-in-as", email = email);
    Ok(view! { <p class="subdued">{signed_in}</p> {places} {sessions} {mails} }.into_any())
}

/// Which mails the person gets, of all their brands.
fn mails_card(choices: MailChoices) -> AnyView {
    let ticked = |is_on: bool| if is_on { "on" } else { "" };
    let form = FormState::default()
        .form("mails")
        .initial("answers", ticked(choices.answers))
        .initial("payouts", ticked(choices.payouts));
    card(
        t!("sign_in-mails"),
        view! {
            <form method="post">
                {form.checkbox("answers", t!("sign_in-mails-answers"), "")}
                {form.checkbox("payouts", t!("sign_in-mails-payouts"), "")}
                <p class="subdued">{t!("sign_in-mails-always")}</p>
                {form.submit(t!("sign_in-mails-save"))}
            </form>
        },
    )
}
