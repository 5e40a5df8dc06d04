//! A creator's way to their own page: the invitation by mail, a link to hand over, and signing them out.

use axum::response::Response;
use domain::{
    CreatorId,
    account::{Invitation, Invited, Role},
    creator::Creator,
};
use flow::FlowError;
use leptos::prelude::*;

use super::path_of;
use crate::{
    component::confirm,
    form::{FormState, Posted, done},
    language::{Language, Spoken, rich, t},
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
    request.flow.accounts().invite(&request.caller, posted.get("email"), invited, Language::current()).await?;
    Ok(done(&path_of(id), "invited"))
}

/// The card: who was invited and when, the form of an invitation, and the other ways.
pub(super) async fn card(request: &BrandRequest, creator: &Creator, state: &FormState) -> Result<AnyView, FlowError> {
    let accounts = request.flow.accounts();
    let mut open = accounts.invitations(&request.caller).await?;
    open.retain(|one| one.invited.creator() == Some(&creator.id));
    let may_sign_in = creator.email_hash.is_some().then(|| {
        view! { <p>{t!("creators-may-sign-in")}</p> }
    });
    let by_mail = if accounts.can_send_mail() {
        by_mail(state, open.first())
    } else {
        view! { <p class="subdued">{invitations::NO_MAIL.text()}</p> }.into_any()
    };
    let rows = open.iter().map(|invitation| row(request, invitation)).collect::<Vec<_>>();
    let refused = [invitations::RESEND, invitations::REVOKE, LINK].map(|action| state.form(action).all_faults());
    Ok(view! {
        <section class="card" id="invite">
            <h2>{t!("creators-own-page")}</h2>
            <p>{t!("creators-own-page-text")}</p>
            {may_sign_in}
            {refused.into_iter().collect_view()}
            {(!rows.is_empty()).then(|| view! { <ul class="rows">{rows}</ul> })}
            {by_mail}
            {without_mail(state, request.caller.role() == Role::Owner)}
        </section>
    }
    .into_any())
}

/// One invitation that is not accepted yet.
fn row(request: &BrandRequest, invitation: &Invitation) -> AnyView {
    let (invited, until) = (request.moment(invitation.created_at), request.moment(invitation.expires_at));
    let text = if invitation.expires_at <= request.flow.now() {
        rich!("creators-invited-expired", invited = invited, until = until)
    } else {
        rich!("creators-invited-until", invited = invited, until = until)
    };
    view! {
        <li>
            <span>
                {invitation.address.email.clone()}" "{invitations::state_chip(request, invitation)}
                <small class="subdued">{text}</small>
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
        {form.summary(&[invitations::email_label()])}
        <p class="subdued">{invitations::EXPLANATION.text()}</p>
        <form method="post">
            <div class="fields">{invitations::email_field(&form)}</div>
            {form.button(t!("creators-send-invitation"), "primary")}
        </form>
    };
    match earlier {
        Some(_) if !form.is_refused() => {
            view! { <details><summary>{t!("creators-invite-other")}</summary>{fields}</details> }.into_any()
        }
        _ => fields.into_any(),
    }
}

/// The ways besides mail. Who opens the link is the creator, so only owners make one.
fn without_mail(state: &FormState, is_owner: bool) -> AnyView {
    let (link, sign_out) = (state.form(LINK), state.form("sign-out"));
    let sign_out = sign_out.button(t!("creators-sign-out-everywhere"), "critical");
    let sign_out = view! { <form method="post">{sign_out}</form> };
    let link =
        is_owner.then(|| view! { <form method="post">{link.button(t!("creators-create-sign-in-link"), "")}</form> });
    let text = if is_owner { t!("creators-sign-in-link-text") } else { t!("creators-sign-in-link-owners") };
    view! {
        <h3>{t!("creators-without-mail")}</h3>
        <p class="subdued">{text}</p>
        <div class="beside">
            {link}
            {confirm(t!("creators-sign-out"), t!("creators-sign-out-text"), sign_out)}
        </div>
    }
    .into_any()
}
