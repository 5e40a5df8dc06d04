//! `creatorscore creator`: a brand's creators.

use clap::{Args, Subcommand};
use domain::{BrandId, CreatorId, account::Invited, creator::CreatorStatus, language::Language};
use flow::{
    Flow,
    access::{Merchant, Operator},
    api::{
        creator::CreatorFields,
        write::{CommonFields, Intent},
    },
};
use serde_json::{Value, json};

use super::objects::{Answer, PageOptions, written};
use crate::http::{CreatorBody, answer_one};

/// What a list shows, and what one creator shows.
const COLUMNS: [&str; 6] = ["id", "handle", "name", "tier", "status", "created"];
const DETAILS: [&str; 9] = ["id", "handle", "name", "tier", "tier_locked", "status", "tags", "external_id", "archived"];

#[derive(Subcommand, Debug)]
pub(super) enum CreatorCommand {
    /// List creators, newest first
    List {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        #[command(flatten)]
        page: PageOptions,
    },
    /// Add a creator
    Create {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// The creator's name
        #[arg(long)]
        name: String,
        /// The creator's handle
        #[arg(long)]
        handle: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Change a creator. What is not given stays
    Update {
        #[command(flatten)]
        of: CreatorOf,
        /// The creator's name
        #[arg(long)]
        name: Option<String>,
        /// The creator's handle
        #[arg(long)]
        handle: Option<String>,
        #[command(flatten)]
        fields: Fields,
        /// Bring an archived creator back (`false`)
        #[arg(long)]
        archived: Option<bool>,
    },
    /// Archive a creator: links and credits stay
    Archive {
        #[command(flatten)]
        of: CreatorOf,
    },
    /// Erase a creator's personal data; links, credits and the ledger stay. This cannot be undone
    Erase {
        #[command(flatten)]
        of: CreatorOf,
    },
    /// Invite a creator by e-mail, for seven days. The server sends the mail
    Invite {
        #[command(flatten)]
        of: CreatorOf,
        /// The creator's e-mail address
        #[arg(long)]
        email: String,
    },
    /// Create a sign-in link for a creator, valid once for ten minutes
    SignIn {
        #[command(flatten)]
        of: CreatorOf,
    },
}

#[derive(Args, Debug)]
pub(super) struct CreatorOf {
    /// The brand's id
    #[arg(long)]
    brand: BrandId,
    /// The creator's id
    #[arg(long)]
    creator: CreatorId,
}

/// What else may be said of a creator. An empty text removes.
#[derive(Args, Debug)]
pub(super) struct Fields {
    /// The creator's e-mail address; only a keyed hash is stored
    #[arg(long)]
    email: Option<String>,
    /// The tier
    #[arg(long)]
    tier: Option<String>,
    /// Whether tier rules leave the tier as it is
    #[arg(long)]
    tier_locked: Option<bool>,
    /// Tags, separated by commas
    #[arg(long, value_delimiter = ',')]
    tags: Option<Vec<String>>,
    /// `invited`, `active` or `paused`
    #[arg(long, value_parser = status)]
    status: Option<CreatorStatus>,
    /// Your own id of the creator
    #[arg(long)]
    external_id: Option<String>,
}

fn status(text: &str) -> Result<CreatorStatus, String> {
    CreatorStatus::parse(text).ok_or_else(|| "must be invited, active or paused".to_owned())
}

/// A text to set, or nothing in its place.
#[expect(clippy::option_option, reason = "absent, removed and a value are three things")]
fn change(text: Option<String>) -> Option<Option<String>> {
    text.map(|text| Some(text).filter(|text| !text.is_empty()))
}

impl Fields {
    fn read(self, name: Option<String>, handle: Option<String>) -> (CreatorFields, CommonFields) {
        let fields = CreatorFields {
            name,
            handle,
            email: change(self.email),
            tier: change(self.tier),
            is_tier_locked: self.tier_locked,
            tags: self.tags.map(|tags| tags.into_iter().filter(|tag| !tag.is_empty()).collect()),
            status: self.status,
            may_give_access: true,
            ..CreatorFields::default()
        };
        (fields, CommonFields { external_id: change(self.external_id), ..CommonFields::default() })
    }
}

/// Runs a command. Returns its answer as JSON and as text.
pub(super) async fn run(flow: &Flow, operator: Operator, command: CreatorCommand) -> Answer {
    let merchant_of = async |brand: &BrandId| flow.access().merchant_by_operator(operator, brand).await;
    match command {
        CreatorCommand::List { brand, page } => list(flow, &merchant_of(&brand).await?, &page).await,
        CreatorCommand::Create { brand, name, handle, fields } => {
            let (fields, common) = fields.read(Some(name), Some(handle));
            write(flow, &merchant_of(&brand).await?, Intent::Create(fields, common)).await
        }
        CreatorCommand::Update { of, name, handle, fields, archived } => {
            let (fields, common) = fields.read(name, handle);
            let common = CommonFields { is_archived: archived, ..common };
            let intent = Intent::Update(of.creator.to_string(), fields, common);
            write(flow, &merchant_of(&of.brand).await?, intent).await
        }
        CreatorCommand::Archive { of } => {
            let common = CommonFields { is_archived: Some(true), ..CommonFields::default() };
            let intent = Intent::Update(of.creator.to_string(), CreatorFields::default(), common);
            write(flow, &merchant_of(&of.brand).await?, intent).await
        }
        CreatorCommand::Erase { of: CreatorOf { brand, creator } } => {
            flow.creators().erase(&merchant_of(&brand).await?, &creator).await?;
            Ok((json!({ "id": creator, "erased": true }), format!("Erased creator {creator}.")))
        }
        CreatorCommand::Invite { of: CreatorOf { brand, creator }, email } => {
            let merchant = merchant_of(&brand).await?;
            let invitation =
                flow.accounts().invite(&merchant, &email, Invited::Creator(creator), Language::English).await?;
            let expires_at = invitation.expires_at.to_rfc3339();
            let text = format!("Invited {} until {expires_at}.", invitation.address.email);
            Ok((json!({ "id": invitation.id, "expires_at": expires_at }), text))
        }
        CreatorCommand::SignIn { of: CreatorOf { brand, creator } } => {
            let url = flow.access().sign_in_link(&merchant_of(&brand).await?, Some(&creator)).await?;
            Ok((json!({ "url": url }), url))
        }
    }
}

async fn list(flow: &Flow, merchant: &Merchant, page: &PageOptions) -> Answer {
    let creators = flow.api().creators_page(merchant, &page.keyset(CreatorId::PREFIX), &page.filter()).await?;
    let body = |object| serde_json::to_value(CreatorBody::of(object, !merchant.is_sandbox()));
    let objects: Vec<Value> = creators.iter().map(body).collect::<Result<_, _>>()?;
    Ok(page.list("/api/v1/creators", objects, &COLUMNS))
}

async fn write(flow: &Flow, merchant: &Merchant, intent: Intent<CreatorFields>) -> Answer {
    let is_live = !merchant.is_sandbox();
    let render = |rows: &[_]| answer_one(rows, |object| CreatorBody::of(object, is_live));
    written(flow.api().write_creators(merchant, None, &[Ok(intent)], &render).await?, &DETAILS)
}
