//! A creator's way to their own page: the invitation by mail, a link to hand over, and signing them out.

use axum::response::Response;
use domain::{
    CreatorId,
    account::{Invitation, Invited},
    creator::Creator,
};
use flow::FlowError;
use leptos::prelude::*;

use super::path_of;
use crate::{
    component::confirm,
    form::{FormState, Posted, done},
    page::invitations,
    request::BrandRequest,
};

/// The button that sends the invitation.
pub(super) const INVITE: &str = "invite";
/// The button that makes a link which the brand hands over itself.
pub(super) const LINK: &str = "sign-in-link";

/// Invites the creator by mail.
pub(super) async fn send(request: &BrandRequest, id: &CreatorId, posted: &Posted) -> Result<Response, FlowError> {
    let invited = Invited::Creator(id.clone());
    request.flow.accounts().invite(&request.caller, posted.get("email"), invited).await?;
    Ok(done(&path_of(id), "invited"))
}

/// The card: who was invited and when, the form of an invitation, and the other ways.
pub(super) async fn card(request: &BrandRequest, creator: &Creator, state: &FormState) -> Result<AnyView, FlowError> {
    let accounts = request.flow.accounts();
    let mut open = accounts.invitations(&request.caller).await?;
    open.retain(|one| one.invited.creator() == Some(&creator.id));
    let may_sign_in = creator.email_hash.is_some().then(|| {
        view! { <p>"They can sign in with their e-mail address, of which only a hash is stored."</p> }
    });
    let by_mail = if accounts.can_send_mail() {
        by_mail(state, open.first())
    } else {
        view! { <p class="subdued">{invitations::NO_MAIL}</p> }.into_any()
    };
    let rows = open.iter().map(|invitation| row(request, invitation)).collect::<Vec<_>>();
    let refused = [invitations::RESEND, invitations::REVOKE, LINK].map(|action| state.form(action).summary(&[]));
    Ok(view! {
        <section class="card" id="invite">
            <h2>"Their own page"</h2>
            <p>"Creators see their clicks and conversions, and revenue only for links that share it."</p>
            {may_sign_in}
            {refused.into_iter().collect_view()}
            {(!rows.is_empty()).then(|| view! { <ul class="rows">{rows}</ul> })}
            {by_mail}
            {without_mail(state)}
        </section>
    }
    .into_any())
}

/// One invitation that is not accepted yet.
fn row(request: &BrandRequest, invitation: &Invitation) -> AnyView {
    let until =
        if invitation.expires_at <= request.flow.now() { "The link worked until " } else { "The link works until " };
    view! {
        <li>
            <span>
                {invitation.address.email.clone()}" "{invitations::state_chip(request, invitation)}
                <small class="subdued">"Invited on "{request.moment(invitation.created_at)}". "{until}{request.moment(invitation.expires_at)}</small>
            </span>
            {invitations::actions(invitation)}
        </li>
    }
    .into_any()
}

/// The form of an invitation. Of the creator's own address only a hash is known, so it is typed once.
fn by_mail(state: &FormState, earlier: Option<&Invitation>) -> AnyView {
    let form = state.form(INVITE);
    let fields = view! {
        {form.summary(&[invitations::EMAIL_LABEL])}
        <p class="subdued">{invitations::EXPLANATION}</p>
        <form method="post">
            <div class="fields">{invitations::email_field(&form)}</div>
            {form.button("Send invitation", "primary")}
        </form>
    };
    match earlier {
        Some(_) if !form.is_refused() => {
            view! { <details><summary>"Invite another address"</summary>{fields}</details> }.into_any()
        }
        _ => fields.into_any(),
    }
}

fn without_mail(state: &FormState) -> AnyView {
    let (link, sign_out) = (state.form(LINK), state.form("sign-out"));
    let sign_out = view! { <form method="post">{sign_out.button("Sign out everywhere", "critical")}</form> };
    let question = "Their sessions here end in every browser, and links that were not used yet stop working.";
    view! {
        <h3>"Without mail"</h3>
        <p class="subdued">"A sign-in link that you send yourself works once, for 10 minutes."</p>
        <div class="beside">
            <form method="post">{link.button("Create sign-in link", "")}</form>
            {confirm("Sign out…", question, sign_out)}
        </div>
    }
    .into_any()
}
