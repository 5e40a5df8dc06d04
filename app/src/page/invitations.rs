//! Invitations by mail, as the page of members and the page of a creator show and change them.

use axum::response::Response;
use domain::account::Invitation;
use flow::FlowError;
use leptos::prelude::*;

use crate::{
    component::{chip, confirm},
    form::{Field, Form, FormState, Input, Label, Posted, done, label},
    language::{Language, Message, Spoken, t},
    request::BrandRequest,
};

/// The button that sends an invitation again.
pub(super) const RESEND: &str = "resend";
/// The button that takes an invitation back.
pub(super) const REVOKE: &str = "revoke";
/// What stands in place of a form where the server cannot send mail.
pub(super) const NO_MAIL: Message = Message("invitations-no-mail");
/// What an invitation is, for whoever sends one.
pub(super) const EXPLANATION: Message = Message("invitations-explanation");

/// The label of the field for the address.
pub(super) fn email_label() -> Label {
    label("invitations-email")
}

/// Sends the form's invitation again, and returns to the page at `path`.
pub(super) async fn resend(request: &BrandRequest, posted: &Posted, path: &str) -> Result<Response, FlowError> {
    let id = posted.id("id", "invitation")?;
    request.flow.accounts().resend_invitation(&request.caller, &id, Language::current()).await?;
    Ok(done(path, "invited"))
}

/// Takes the form's invitation back, and returns to the page at `path`.
pub(super) async fn revoke(request: &BrandRequest, posted: &Posted, path: &str) -> Result<Response, FlowError> {
    let id = posted.id("id", "invitation")?;
    request.flow.accounts().revoke_invitation(&request.caller, &id).await?;
    Ok(done(path, "revoked-invitation"))
}

/// What just happened to an invitation.
pub(super) fn what_was_done(done: &str) -> Option<String> {
    match done {
        "invited" => Some(t!("invitations-was-sent")),
        "revoked-invitation" => Some(t!("invitations-was-revoked")),
        _ => None,
    }
}

/// The field for the address.
pub(super) fn email_field(form: &Form) -> AnyView {
    form.field(Field::new("email", email_label()).input(Input::Email).required().length_max(254))
}

/// Where an invitation is: its word and the tone of its chip.
pub(super) fn state(request: &BrandRequest, invitation: &Invitation) -> (Message, &'static str) {
    if invitation.expires_at <= request.flow.now() {
        (Message("invitations-expired"), "bad")
    } else if invitation.sent_at.is_some() {
        (Message("invitations-sent"), "good")
    } else {
        (Message("invitations-on-its-way"), "")
    }
}

/// The state as a chip.
pub(super) fn state_chip(request: &BrandRequest, invitation: &Invitation) -> AnyView {
    let (word, tone) = state(request, invitation);
    chip(word.text(), tone)
}

/// The buttons that repeat an invitation or, after a question, take it back.
pub(super) fn actions(invitation: &Invitation) -> AnyView {
    let id = invitation.id.to_string();
    let (again, back) = (FormState::default().form(RESEND), FormState::default().form(REVOKE));
    let question = t!("invitations-revoke-text", email = &invitation.address.email);
    let back = back.button(t!("invitations-revoke"), "critical");
    let revoke = view! { <form method="post">{Form::hidden("id", id.clone())} {back}</form> };
    view! {
        <div class="inline">
            <form method="post">{Form::hidden("id", id)} {again.button(t!("invitations-send-again"), "quiet")}</form>
            {confirm(t!("invitations-revoke"), question, revoke)}
        </div>
    }
    .into_any()
}
