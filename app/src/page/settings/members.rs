//! `/brand/attribution/settings/members`: the team, invitations, and who is signed in.

use axum::response::Response;
use domain::{
    account::{Invitation, Invited, Place, Role},
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
    form::{Form, FormState, Posted, done},
    format,
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
            accounts.invite(caller, posted.get("email"), invited(posted)?).await?;
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
        "role" => "Role changed.",
        "removed" => "Removed from the team and signed out.",
        "ended" => "That browser is signed out.",
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
}

async fn load(request: &BrandRequest) -> Result<Found, FlowError> {
    let (accounts, caller) = (request.flow.accounts(), &request.caller);
    let team_sessions = match caller.role() {
        Role::Owner => Some(accounts.team_sessions(caller).await?),
        Role::Member => None,
    };
    let own = match &request.person {
        Some(person) => Some((accounts.sessions(person).await?, accounts.places(person).await?)),
        None => None,
    };
    Ok(Found {
        members: accounts.members(caller).await?,
        invitations: accounts.invitations(caller).await?,
        creators: request.flow.creators().list(caller).await?,
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
        let table = sessions_table("Sessions of the team", sessions, moment, "end-team-session", true);
        card("Signed in by e-mail or link", table.named("team").view(&request.address))
    });
    let own = found.own.map(|(sessions, places)| {
        let here = Place { brand: brand.id.clone(), creator: None };
        view! { {places_card(places, &here)} {sessions_card(sessions, moment, &request.address)} }
    });
    let embedded = request.caller.shop().is_some().then(|| {
        view! { <p class="subdued">"You opened the app from your Shopify admin, so you have the rights of an owner. Shopify’s settings decide who else can open it there."</p> }
    });
    let content = view! { {embedded} {team} {invite} {waiting} {others} {own} };
    Ok(BrandPage::new("Members and sessions")
        .tabs(&SETTINGS_TABS)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Member => "Member",
    }
}

fn team_table(request: &BrandRequest, members: &[Member], is_owner: bool) -> Table {
    let columns = [
        Column::text("email", "Person"),
        Column::text("role", "Role"),
        Column::text("since", "In the team since"),
        Column::actions("Actions"),
    ];
    let rows = members.iter().map(|member| {
        let id = member.account.to_string();
        let is_self = request.caller.account() == Some(&member.account);
        let note = if is_self { "You" } else { "" };
        Row::new([
            Cell::text(&member.email).note(note),
            Cell::text(role_name(member.role)),
            Cell::view(request.moment_text(member.created_at), request.moment(member.created_at))
                .sorted_by(member.created_at.0),
            Cell::view("", (is_owner || is_self).then(|| member_actions(&id, member.role, is_owner, is_self))),
        ])
    });
    let empty = view! { <p class="subdued">"Nobody signs in by e-mail yet. Invite the first owner below."</p> };
    Table::new("Team", columns).rows(rows.collect::<Vec<_>>()).empty(empty).named("members")
}

fn team(request: &BrandRequest, state: &FormState, table: Table) -> AnyView {
    let refused = ["role", "remove"].map(|action| state.form(action).all_faults());
    let text =
        "Owners may do everything. Members cannot pay out, change the policy, manage keys, delete, or change the team.";
    card("Team", view! { <p class="subdued">{text}</p> {refused.collect_view()} {table.view(&request.address)} })
}

fn member_actions(id: &str, role: Role, is_owner: bool, is_self: bool) -> AnyView {
    let (other, label) = match role {
        Role::Owner => (Role::Member, "Make member"),
        Role::Member => (Role::Owner, "Make owner"),
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
        ("Leave", "You will be signed out here, and need a new invitation to come back.")
    } else {
        ("Remove", "They are signed out at once, and need a new invitation to come back.")
    };
    let remove = view! { <form method="post">{Form::hidden("id", id)} {form.button(button, "critical")}</form> };
    view! { <div class="inline">{change} {confirm(button, question, remove)}</div> }.into_any()
}

fn invite(request: &BrandRequest, state: &FormState, creators: &[Creator], is_owner: bool) -> AnyView {
    if !request.flow.accounts().can_send_mail() {
        return card("Invite somebody", view! { <p class="subdued">{invitations::NO_MAIL}</p> });
    }
    let form = state.form("invite").initial("role", if is_owner { Role::Member.as_str() } else { AS_CREATOR });
    let team = [Role::Member, Role::Owner].map(|role| (role.as_str().to_owned(), role_name(role).to_owned()));
    let creator = (AS_CREATOR.to_owned(), "Creator".to_owned());
    let roles: Vec<_> = team.into_iter().filter(|_| is_owner).chain([creator]).collect();
    let which = "Only if you invite a creator: whose page they will see.";
    card(
        "Invite somebody",
        view! {
            <p class="subdued">{invitations::EXPLANATION}</p>
            {form.summary(&[invitations::EMAIL_LABEL, "Role", "Creator"])}
            <form method="post">
                <div class="fields">
                    {invitations::email_field(&form)}
                    {form.select("role", "Role", &roles, "", "")}
                    {form.combobox("creator", "Creator", &format::choices(creators), "None", which)}
                </div>
                {form.submit("Send invitation")}
            </form>
        },
    )
}

fn invitations_table(request: &BrandRequest, found: &Found, is_owner: bool) -> Table {
    let columns = [
        Column::text("email", "Invited"),
        Column::text("role", "As"),
        Column::text("state", "State"),
        Column::text("until", "Valid until"),
        Column::actions("Actions"),
    ];
    let rows = found.invitations.iter().map(|invitation| {
        let role = match &invitation.invited {
            Invited::Team(role) => role_name(*role).to_owned(),
            Invited::Creator(creator) => format!("Creator {}", format::name_of(&found.creators, Some(creator))),
        };
        let (word, _) = invitations::state(request, invitation);
        let may = is_owner || invitation.invited.creator().is_some();
        let actions = may.then(|| invitations::actions(invitation));
        Row::new([
            Cell::text(&invitation.address.email),
            Cell::text(role),
            Cell::view(word, invitations::state_chip(request, invitation)),
            Cell::view(request.moment_text(invitation.expires_at), request.moment(invitation.expires_at))
                .sorted_by(invitation.expires_at.0),
            Cell::view("", actions),
        ])
    });
    Table::new("Invitations", columns).rows(rows.collect::<Vec<_>>()).named("invitations")
}

fn invitations_card(request: &BrandRequest, state: &FormState, table: Table) -> AnyView {
    let refused = [invitations::RESEND, invitations::REVOKE].map(|action| state.form(action).summary(&[]));
    card("Invitations", view! { {refused.into_iter().collect_view()} {table.view(&request.address)} })
}
