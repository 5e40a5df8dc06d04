//! `creatorscore member`: a brand's team. Mails are sent by the server that runs on the same database.

use clap::Subcommand;
use domain::{
    AccountId, BrandId,
    account::{Invited, Role},
    language::Language,
};
use flow::{Flow, access::Operator};
use serde_json::{Value, json};

use super::objects::Answer;

#[derive(Subcommand, Debug)]
pub(super) enum MemberCommand {
    /// List the team, and invitations that are not accepted
    List {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
    },
    /// Invite a person by e-mail, for seven days
    Invite {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// The person's e-mail address
        #[arg(long)]
        email: String,
        /// `owner` or `member`
        #[arg(long, default_value = "member", value_parser = role)]
        role: Role,
    },
    /// Give a member another role
    Role {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// The account's id, as `member list` prints it
        #[arg(long)]
        account: AccountId,
        /// `owner` or `member`
        #[arg(long, value_parser = role)]
        role: Role,
    },
    /// Take a person out of the team, and sign them out of it
    Remove {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// The account's id, as `member list` prints it
        #[arg(long)]
        account: AccountId,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "must be owner or member".to_owned())
}

/// Runs a command. Returns its answer as JSON and as text.
pub(super) async fn run(flow: &Flow, operator: Operator, command: MemberCommand) -> Answer {
    let accounts = flow.accounts();
    let merchant_of = async |brand: &BrandId| flow.access().merchant_by_operator(operator, brand).await;
    match command {
        MemberCommand::List { brand } => list(flow, operator, &brand).await,
        MemberCommand::Invite { brand, email, role } => {
            let invitation =
                accounts.invite(&merchant_of(&brand).await?, &email, Invited::Team(role), Language::English).await?;
            let expires_at = invitation.expires_at.to_rfc3339();
            let text = format!("Invited {} as {} until {expires_at}.", invitation.address.email, role.as_str());
            Ok((json!({ "id": invitation.id, "role": role.as_str(), "expires_at": expires_at }), text))
        }
        MemberCommand::Role { brand, account, role } => {
            accounts.set_role(&merchant_of(&brand).await?, &account, role).await?;
            Ok((json!({ "account": account, "role": role.as_str() }), format!("{account} is {} now.", role.as_str())))
        }
        MemberCommand::Remove { brand, account } => {
            accounts.remove_member(&merchant_of(&brand).await?, &account).await?;
            Ok((json!({ "account": account, "removed": true }), format!("Removed {account}.")))
        }
    }
}

async fn list(flow: &Flow, operator: Operator, brand: &BrandId) -> Answer {
    let merchant = flow.access().merchant_by_operator(operator, brand).await?;
    let members = flow.accounts().members(&merchant).await?;
    let invitations = flow.accounts().invitations(&merchant).await?;
    let member_lines = members.iter().map(|one| format!("{} {} {}", one.account, one.role.as_str(), one.email));
    let invited = |one: &domain::account::Invitation| one.invited.role().map_or("creator", Role::as_str);
    let open_lines =
        invitations.iter().map(|one| format!("{} invited as {} {}", one.id, invited(one), one.address.email));
    let lines: Vec<String> = member_lines.chain(open_lines).collect();
    let text = if lines.is_empty() { "Nobody signs in by e-mail yet.".to_owned() } else { lines.join("\n") };
    let people: Vec<Value> = members
        .iter()
        .map(|one| json!({ "account": one.account, "email": one.email, "role": one.role.as_str() }))
        .collect();
    let open: Vec<Value> = invitations
        .iter()
        .map(|one| {
            let expires_at = one.expires_at.to_rfc3339();
            json!({ "id": one.id, "email": one.address.email, "as": invited(one), "expires_at": expires_at })
        })
        .collect();
    Ok((json!({ "members": people, "invitations": open }), text))
}
