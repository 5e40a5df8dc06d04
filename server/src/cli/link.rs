//! `creatorscore link`: a brand's tracking links.

use clap::{Args, Subcommand};
use domain::{
    BrandId, CampaignId, CreatorId, LinkId, UnixMs,
    link::{ContentType, Platform},
};
use flow::{
    Flow,
    access::{Merchant, Operator},
    api::{
        Filter,
        link::LinkFields,
        write::{CommonFields, Intent},
    },
};
use serde_json::Value;

use super::objects::{Answer, PageOptions, written};
use crate::http::{LinkBody, answer_one};

/// What a list shows, and what one link shows.
const COLUMNS: [&str; 6] = ["id", "code", "creator", "campaign", "destination", "created"];
const DETAILS: [&str; 11] = [
    "id",
    "url",
    "destination",
    "creator",
    "campaign",
    "platform",
    "content_type",
    "promo_code",
    "share_revenue",
    "expires_at",
    "archived",
];

#[derive(Subcommand, Debug)]
pub(super) enum LinkCommand {
    /// List links, newest first
    List {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Only links of this creator
        #[arg(long)]
        creator: Option<CreatorId>,
        /// Only links of this campaign
        #[arg(long)]
        campaign: Option<CampaignId>,
        #[command(flatten)]
        page: PageOptions,
    },
    /// Create a tracking link
    Create {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Destination URL
        #[arg(long)]
        destination: String,
        /// A campaign's id
        #[arg(long, default_value = "")]
        campaign: String,
        /// A creator's id
        #[arg(long, default_value = "")]
        creator: String,
        /// Discount code whose use credits the link
        #[arg(long, default_value = "")]
        promo_code: String,
        /// Show the link's revenue to the creator
        #[arg(long)]
        share_revenue: bool,
        #[command(flatten)]
        fields: Fields,
    },
    /// Change a link. What is not given stays; creator, campaign and discount code cannot change
    Update {
        #[command(flatten)]
        of: LinkOf,
        /// Destination URL
        #[arg(long)]
        destination: Option<String>,
        /// Show the link's revenue to the creator
        #[arg(long)]
        share_revenue: Option<bool>,
        #[command(flatten)]
        fields: Fields,
        /// Never stop working
        #[arg(long, conflicts_with = "expires_at")]
        no_expiry: bool,
    },
    /// Archive a link for good: its code answers 404; clicks and credits stay
    Archive {
        #[command(flatten)]
        of: LinkOf,
    },
}

#[derive(Args, Debug)]
pub(super) struct LinkOf {
    /// The brand's id
    #[arg(long)]
    brand: BrandId,
    /// The link's id
    #[arg(long)]
    link: LinkId,
}

/// What else may be said of a link.
#[derive(Args, Debug)]
pub(super) struct Fields {
    /// Instagram, TikTok, YouTube, X, Facebook or LinkedIn
    #[arg(long, value_parser = platform)]
    platform: Option<Platform>,
    /// Sponsored Post, Story, Reel, Video, Bio Link or Affiliate
    #[arg(long, value_parser = content_type)]
    content_type: Option<ContentType>,
    /// When it stops working (RFC 3339)
    #[arg(long, value_parser = instant)]
    expires_at: Option<UnixMs>,
    /// Your own id of the link; an empty one removes it
    #[arg(long)]
    external_id: Option<String>,
}

fn platform(text: &str) -> Result<Platform, String> {
    let known = || Platform::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", ");
    Platform::parse(&text.to_lowercase()).ok_or_else(|| format!("must be one of {}", known()))
}

fn content_type(text: &str) -> Result<ContentType, String> {
    let known = || ContentType::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", ");
    ContentType::parse(&text.to_lowercase().replace([' ', '-'], "_"))
        .ok_or_else(|| format!("must be one of {}", known()))
}

fn instant(text: &str) -> Result<UnixMs, String> {
    UnixMs::parse_rfc3339(text).ok_or_else(|| "must be an RFC 3339 date and time".to_owned())
}

impl Fields {
    fn read(self) -> (LinkFields, CommonFields) {
        let external_id = self.external_id.map(|id| Some(id).filter(|id| !id.is_empty()));
        let fields = LinkFields {
            platform: self.platform.map(Some),
            content_type: self.content_type.map(Some),
            expires_at: self.expires_at.map(Some),
            ..LinkFields::default()
        };
        (fields, CommonFields { external_id, ..CommonFields::default() })
    }
}

/// Runs a command. Returns its answer as JSON and as text.
pub(super) async fn run(flow: &Flow, operator: Operator, command: LinkCommand) -> Answer {
    let merchant_of = async |brand: &BrandId| flow.access().merchant_by_operator(operator, brand).await;
    match command {
        LinkCommand::List { brand, creator, campaign, page } => {
            let filter = Filter { creator, campaign, ..page.filter() };
            list(flow, &merchant_of(&brand).await?, &page, &filter).await
        }
        LinkCommand::Create { brand, destination, campaign, creator, promo_code, share_revenue, fields } => {
            let given = |text: String| Some(text).filter(|text| !text.is_empty());
            let (fields, common) = fields.read();
            let fields = LinkFields {
                destination: Some(destination),
                campaign: given(campaign),
                creator: given(creator),
                promo_code: given(promo_code),
                share_revenue: Some(share_revenue),
                ..fields
            };
            write(flow, &merchant_of(&brand).await?, Intent::Create(fields, common)).await
        }
        LinkCommand::Update { of, destination, share_revenue, fields, no_expiry } => {
            let (fields, common) = fields.read();
            let expires_at = if no_expiry { Some(None) } else { fields.expires_at };
            let fields = LinkFields { destination, share_revenue, expires_at, ..fields };
            write(flow, &merchant_of(&of.brand).await?, Intent::Update(of.link.to_string(), fields, common)).await
        }
        LinkCommand::Archive { of } => {
            let common = CommonFields { is_archived: Some(true), ..CommonFields::default() };
            let intent = Intent::Update(of.link.to_string(), LinkFields::default(), common);
            write(flow, &merchant_of(&of.brand).await?, intent).await
        }
    }
}

async fn list(flow: &Flow, merchant: &Merchant, page: &PageOptions, filter: &Filter) -> Answer {
    let links = flow.api().links_page(merchant, &page.keyset(LinkId::PREFIX), filter).await?;
    let body = |object| serde_json::to_value(LinkBody::of(flow, object, !merchant.is_sandbox()));
    let objects: Vec<Value> = links.iter().map(body).collect::<Result<_, _>>()?;
    Ok(page.list("/api/v1/links", objects, &COLUMNS))
}

async fn write(flow: &Flow, merchant: &Merchant, intent: Intent<LinkFields>) -> Answer {
    let is_live = !merchant.is_sandbox();
    let render = |rows: &[_]| answer_one(rows, |object| LinkBody::of(flow, object, is_live));
    written(flow.api().write_links(merchant, None, &[Ok(intent)], &render).await?, &DETAILS)
}
