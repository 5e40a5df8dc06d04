//! Invitations by mail, as the page of members and the page of a creator show and change them.

use axum::response::Response;
use domain::account::Invitation;
use flow::FlowError;
use leptos::prelude::*;

use crate::{
    component::{chip, confirm},
    form::{Field, Form, FormState, Input, Posted, done},
    request::BrandRequest,
};

/// The button that sends an invitation again.
pub(super) const RESEND: &str = "resend";
/// The button that takes an invitation back.
pub(super) const REVOKE: &str = "revoke";
/// What stands in place of a form where the server cannot send mail.
pub(super) const NO_MAIL: &str = "This server cannot send mail. Its operator has to set SMTP_URL and MAIL_FROM; until then, \
                                  sign-in links are made on a creator's page and at the command line.";
/// What an invitation is, for whoever sends one.
pub(super) const EXPLANATION: &str =
    "They get a mail with a link that works once, for 7 days. Afterwards they sign in with their address.";
/// The label of the field for the address.
pub(super) const EMAIL_LABEL: &str = "E-mail address";

/// Sends the form's invitation again, and returns to the page at `path`.
pub(super) async fn resend(request: &BrandRequest, posted: &Posted, path: &str) -> Result<Response, FlowError> {
    let id = posted.id("id", "invitation")?;
    request.flow.accounts().resend_invitation(&request.caller, &id).await?;
    Ok(done(path, "invited"))
}

/// Takes the form's invitation back, and returns to the page at `path`.
pub(super) async fn revoke(request: &BrandRequest, posted: &Posted, path: &str) -> Result<Response, FlowError> {
    let id = posted.id("id", "invitation")?;
    request.flow.accounts().revoke_invitation(&request.caller, &id).await?;
    Ok(done(path, "revoked-invitation"))
}

/// What just happened to an invitation.
pub(super) fn what_was_done(done: &str) -> Option<&'static str> {
    match done {
        "invited" => Some("The invitation is on its way."),
        "revoked-invitation" => Some("Invitation revoked. Its link no longer works."),
        _ => None,
    }
}

/// The field for the address.
pub(super) fn email_field(form: &Form) -> AnyView {
    form.field(Field::new("email", EMAIL_LABEL).input(Input::Email).required().length_max(254))
}

/// Where an invitation is: its word and the tone of its chip.
pub(super) fn state(request: &BrandRequest, invitation: &Invitation) -> (&'static str, &'static str) {
    if invitation.expires_at <= request.flow.now() {
        ("Expired", "bad")
    } else if invitation.sent_at.is_some() {
        ("Sent", "good")
    } else {
        ("On its way", "")
    }
}

/// The state as a chip.
pub(super) fn state_chip(request: &BrandRequest, invitation: &Invitation) -> AnyView {
    let (word, tone) = state(request, invitation);
    chip(word, tone)
}

/// The buttons that repeat an invitation or, after a question, take it back.
pub(super) fn actions(invitation: &Invitation) -> AnyView {
    let id = invitation.id.to_string();
    let (again, back) = (FormState::default().form(RESEND), FormState::default().form(REVOKE));
    let question =
        format!("The link that {} was sent stops working. You can invite them again.", invitation.address.email);
    let revoke =
        view! { <form method="post">{Form::hidden("id", id.clone())} {back.button("Revoke", "critical")}</form> };
    view! {
        <div class="inline">
            <form method="post">{Form::hidden("id", id)} {again.button("Send again", "quiet")}</form>
            {confirm("Revoke", question, revoke)}
        </div>
    }
    .into_any()
}
