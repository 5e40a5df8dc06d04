//! `/brand/attribution/settings/members`: the team, invitations, and who is signed in.

use axum::response::Response;
use domain::{
    account::{Invitation, Invited, MailChoices, Place, Role},
    creator::Creator,
};
use flow::{
    FlowError, Invalid,
    account::{KnownPlace, Member, SessionInfo},
};
use leptos::prelude::*;

use super::super::{
    invitations,
    sign_in::{places_card, sessions_card, sessions_table},
};
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    component::{card, confirm},
    error::PageResult,
    form::{Form, FormState, Posted, done, label},
    format,
    language::{Language, Message, Spoken, t},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

pub(super) const PATH: &str = "/brand/attribution/settings/members";
/// What the choice of a creator is called, beside the roles of the team.
const AS_CREATOR: &str = "creator";

pub(super) async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

pub(super) async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    match change(&request, &posted).await {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn change(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let (accounts, caller) = (request.flow.accounts(), &request.caller);
    let what = match posted.action() {
        "invite" => {
            accounts.invite(caller, posted.get("email"), invited(posted)?, Language::current()).await?;
            "invited"
        }
        invitations::RESEND => return invitations::resend(request, posted, PATH).await,
        invitations::REVOKE => return invitations::revoke(request, posted, PATH).await,
        "role" => {
            let role = Role::parse(posted.get("role")).ok_or_else(|| Invalid::one("role must be owner or member"))?;
            accounts.set_role(caller, &posted.id("id", "member")?, role).await?;
            "role"
        }
        "remove" => {
            accounts.remove_member(caller, &posted.id("id", "member")?).await?;
            "removed"
        }
        "mails" => {
            let person = request.person.as_ref().ok_or(FlowError::Unauthorized)?;
            let questions = posted.is_checked("questions");
            let choices = MailChoices { questions, ..accounts.mail_choices(person).await? };
            accounts.save_mail_choices(person, choices).await?;
            "mails"
        }
        "end-session" => {
            let person = request.person.as_ref().ok_or(FlowError::Unauthorized)?;
            accounts.end_session(person, posted.get("session")).await?;
            "ended"
        }
        "end-team-session" => {
            accounts.end_team_session(caller, posted.get("session")).await?;
            "ended"
        }
        _ => return Err(posted.unknown_action()),
    };
    Ok(done(PATH, what))
}

/// As whom the form invites.
fn invited(posted: &Posted) -> Result<Invited, FlowError> {
    match posted.get("role") {
        AS_CREATOR if posted.get("creator").is_empty() => Err(Invalid::one("creator must be chosen").into()),
        AS_CREATOR => Ok(Invited::Creator(posted.id("creator", "creator")?)),
        role => Role::parse(role).map(Invited::Team).ok_or_else(|| Invalid::one("role must be chosen").into()),
    }
}

fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    let text = match request.address.get("done") {
        "role" => t!("settings-was-role-changed"),
        "removed" => t!("settings-was-removed"),
        "ended" => t!("settings-was-ended"),
        "mails" => t!("settings-was-mails"),
        other => return invitations::what_was_done(other).map(IntoAny::into_any),
    };
    Some(text.into_any())
}

/// What the page shows.
struct Found {
    members: Vec<Member>,
    invitations: Vec<Invitation>,
    creators: Vec<Creator>,
    /// For owners.
    team_sessions: Option<Vec<SessionInfo>>,
    /// For those who signed in by e-mail.
    own: Option<(Vec<SessionInfo>, Vec<KnownPlace>)>,
    /// For owners who did.
    mails: Option<MailChoices>,
}

async fn load(request: &BrandRequest) -> Result<Found, FlowError> {
    let (accounts, caller) = (request.flow.accounts(), &request.caller);
    let team_sessions = match caller.role() {
        Role::Owner => Some(accounts.team_sessions(caller).await?),
        Role::Member => None,
    };
    let own = match &request.person {
        Some(person) => Some((accounts.sessions(person).await?, request.places.clone())),
        None => None,
    };
    Ok(Found {
        members: accounts.members(caller).await?,
        invitations: accounts.invitations(caller).await?,
        creators: request.flow.creators().list(caller).await?,
        mails: match &request.person {
            Some(person) if caller.role() == Role::Owner => Some(accounts.mail_choices(person).await?),
            _ => None,
        },
        team_sessions,
        own,
    })
}

async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let found = load(request).await?;
    let brand = request.caller.brand();
    let is_owner = request.caller.role() == Role::Owner;
    let moment = |at| request.moment(at);
    let (members, invited) =
        (team_table(request, &found.members, is_owner), invitations_table(request, &found, is_owner));
    if members.is_csv_wanted(&request.address) {
        return members.csv(&request.address, "team");
    }
    if invited.is_csv_wanted(&request.address) {
        return invited.csv(&request.address, "invitations");
    }
    let team = team(request, state, members);
    let invite = invite(request, state, &found.creators, is_owner);
    let waiting = (!found.invitations.is_empty()).then(|| invitations_card(request, state, invited));
    let others = found.team_sessions.filter(|sessions| !sessions.is_empty()).map(|sessions| {
        let table = sessions_table(t!("settings-team-sessions"), sessions, moment, "end-team-session", true);
        card(t!("settings-signed-in"), table.named("team").view(&request.address))
    });
    let own = found.own.map(|(sessions, places)| {
        let here = Place { brand: brand.id.clone(), creator: None };
        view! { {places_card(places, &here)} {sessions_card(sessions, moment, &request.address)} }
    });
    let mails = found.mails.map(|choices| mails_card(state, choices));
    let embedded = request.caller.shop().is_some().then(|| {
        view! { <p class="subdued">{t!("settings-from-admin")}</p> }
    });
    let content = view! { {embedded} {team} {invite} {waiting} {others} {own} {mails} };
    Ok(BrandPage::new(t!("settings-members"))
        .tabs(&SETTINGS_TABS)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

/// Which mails the owner who looks at the page gets.
fn mails_card(state: &FormState, choices: MailChoices) -> AnyView {
    let form = state.form("mails").initial("questions", if choices.questions { "on" } else { "" });
    card(
        t!("settings-own-mails"),
        view! {
            <form method="post">
                {form.checkbox("questions", t!("settings-mails-questions"), t!("settings-own-mails-hint"))}
                {form.submit(t!("settings-save-mails"))}
            </form>
        },
    )
}

/// What a role is called.
const fn role_name(role: Role) -> Message {
    Message(match role {
        Role::Owner => "settings-owner",
        Role::Member => "settings-member",
    })
}

fn team_table(request: &BrandRequest, members: &[Member], is_owner: bool) -> Table {
    let columns = [
        Column::text("email", t!("settings-person")),
        Column::text("role", t!("settings-role")),
        Column::text("since", t!("settings-since")),
        Column::actions(t!("settings-actions")),
    ];
    let rows = members.iter().map(|member| {
        let id = member.account.to_string();
        let is_self = request.caller.account() == Some(&member.account);
        let note = if is_self { t!("settings-you") } else { String::new() };
        Row::new([
            Cell::text(&member.email).note(note),
            Cell::text(role_name(member.role).text()),
            Cell::view(request.moment_text(member.created_at), request.moment(member.created_at))
                .sorted_by(member.created_at.0),
            Cell::view("", (is_owner || is_self).then(|| member_actions(&id, member.role, is_owner, is_self))),
        ])
    });
    let empty = view! { <p class="subdued">{t!("settings-no-members")}</p> };
    Table::new(t!("settings-team"), columns).rows(rows.collect::<Vec<_>>()).empty(empty).named("members")
}

fn team(request: &BrandRequest, state: &FormState, table: Table) -> AnyView {
    let refused = ["role", "remove"].map(|action| state.form(action).all_faults());
    let text = t!("settings-team-text");
    card(
        t!("settings-team"),
        view! { <p class="subdued">{text}</p> {refused.collect_view()} {table.view(&request.address)} },
    )
}

fn member_actions(id: &str, role: Role, is_owner: bool, is_self: bool) -> AnyView {
    let (other, label) = match role {
        Role::Owner => (Role::Member, t!("settings-make-member")),
        Role::Member => (Role::Owner, t!("settings-make-owner")),
    };
    let change = is_owner.then(|| {
        let form = FormState::default().form("role");
        view! {
            <form method="post">
                {Form::hidden("id", id)} {Form::hidden("role", other.as_str())} {form.button(label, "quiet")}
            </form>
        }
    });
    let form = FormState::default().form("remove");
    let (button, question) = if is_self {
        (t!("settings-leave"), t!("settings-leave-text"))
    } else {
        (t!("settings-remove"), t!("settings-remove-text"))
    };
    let remove =
        view! { <form method="post">{Form::hidden("id", id)} {form.button(button.clone(), "critical")}</form> };
    view! { <div class="inline">{change} {confirm(button, question, remove)}</div> }.into_any()
}

fn invite(request: &BrandRequest, state: &FormState, creators: &[Creator], is_owner: bool) -> AnyView {
    if !request.flow.accounts().can_send_mail() {
        return card(t!("settings-invite"), view! { <p class="subdued">{invitations::NO_MAIL.text()}</p> });
    }
    let form = state.form("invite").initial("role", if is_owner { Role::Member.as_str() } else { AS_CREATOR });
    let team = [Role::Member, Role::Owner].map(|role| (role.as_str().to_owned(), role_name(role).text()));
    let creator = (AS_CREATOR.to_owned(), t!("settings-creator"));
    let roles: Vec<_> = team.into_iter().filter(|_| is_owner).chain([creator]).collect();
    let (whose, which) = (t!("settings-no-creator"), t!("settings-creator-hint"));
    card(
        t!("settings-invite"),
        view! {
            <p class="subdued">{invitations::EXPLANATION.text()}</p>
            {form.summary(&[invitations::email_label(), label("settings-role"), label("settings-creator")])}
            <form method="post">
                <div class="fields">
                    {invitations::email_field(&form)}
                    {form.select("role", label("settings-role"), &roles, "", "")}
                    {form.combobox("creator", label("settings-creator"), &format::choices(creators), whose, which)}
                </div>
                {form.submit(t!("settings-send-invitation"))}
            </form>
        },
    )
}

fn invitations_table(request: &BrandRequest, found: &Found, is_owner: bool) -> Table {
    let columns = [
        Column::text("email", t!("settings-invited")),
        Column::text("role", t!("settings-invited-as")),
        Column::text("state", t!("settings-state")),
        Column::text("until", t!("settings-valid-until")),
        Column::actions(t!("settings-actions")),
    ];
    let rows = found.invitations.iter().map(|invitation| {
        let role = match &invitation.invited {
            Invited::Team(role) => role_name(*role).text(),
            Invited::Creator(creator) => {
                t!("settings-creator-named", name = format::name_of(&found.creators, Some(creator)))
            }
        };
        let (word, _) = invitations::state(request, invitation);
        let may = is_owner || invitation.invited.creator().is_some();
        let actions = may.then(|| invitations::actions(invitation));
        Row::new([
            Cell::text(&invitation.address.email),
            Cell::text(role),
            Cell::view(word.text(), invitations::state_chip(request, invitation)),
            Cell::view(request.moment_text(invitation.expires_at), request.moment(invitation.expires_at))
                .sorted_by(invitation.expires_at.0),
            Cell::view("", actions),
        ])
    });
    Table::new(t!("settings-invitations"), columns).rows(rows.collect::<Vec<_>>()).named("invitations")
}

fn invitations_card(request: &BrandRequest, state: &FormState, table: Table) -> AnyView {
    let refused = [invitations::RESEND, invitations::REVOKE].map(|action| state.form(action).all_faults());
    card(t!("settings-invitations"), view! { {refused.into_iter().collect_view()} {table.view(&request.address)} })
}
