//! `/brand/attribution/links`: create, list, filter, copy and delete tracking links.

use axum::{response::Response, routing::get};
use domain::{
    campaign::Campaign,
    creator::Creator,
    link::{ContentType, Link, Platform},
};
use flow::FlowError;
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::BrandPage,
    component::{confirm, copy_button, empty},
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done},
    format,
    picker::{Filter, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

const PATH: &str = "/brand/attribution/links";

pub(crate) fn routes() -> Routes {
    vec![(PATH, get(show).post(submit))]
}

async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "create" => create(&request, &posted).await,
        "delete" => delete(&request, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn create(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let new = flow::link::NewLink {
        destination: posted.text("destination"),
        campaign: posted.text("campaign"),
        creator: posted.text("creator"),
        platform: posted.text("platform"),
        content_type: posted.text("content_type"),
        promo_code: posted.text("promo_code"),
        share_revenue: posted.is_checked("share_revenue"),
        expires_at: None,
    };
    let link = request.flow.links().create(&request.caller, &new).await?;
    Ok(done(PATH, &format!("created&link={}", link.id)))
}

async fn delete(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    request.flow.links().delete(&request.caller, &posted.id("id", "link")?).await?;
    Ok(done(&request.address.with(&[]), "deleted"))
}

/// What just happened.
fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    match request.address.get("done") {
        "created" => Some(view! { "Link created." }.into_any()),
        "deleted" => Some(view! { "Link deleted. Its history is kept." }.into_any()),
        _ => None,
    }
}

/// What the page shows.
struct Found {
    links: Vec<Link>,
    creators: Vec<Creator>,
    campaigns: Vec<Campaign>,
}

async fn load(request: &BrandRequest) -> Result<Found, FlowError> {
    let mut links = request.flow.links().list(&request.caller).await?;
    let (creator, campaign) = (request.address.get("creator"), request.address.get("campaign"));
    let matches = |filter: &str, id: Option<&str>| filter.is_empty() || id == Some(filter);
    links.retain(|link| {
        link.deleted_at.is_none()
            && matches(creator, link.creator.as_ref().map(domain::CreatorId::as_str))
            && matches(campaign, link.campaign.as_ref().map(domain::CampaignId::as_str))
    });
    Ok(Found {
        links,
        creators: request.flow.creators().list(&request.caller).await?,
        campaigns: request.flow.campaigns().list(&request.caller).await?,
    })
}

async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let found = load(request).await?;
    let table = table(request, &found);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "tracking-links");
    }
    let creators = format::choices(&found.creators);
    let campaigns: Vec<_> =
        found.campaigns.iter().map(|campaign| (campaign.id.to_string(), campaign.name.clone())).collect();
    let form = state.form("create");
    let is_open = request.address.has("new") || form.is_refused();
    let new = is_open.then(|| new_link(&form, &creators, &campaigns));
    let filters = vec![
        Filter { name: "creator", label: "Creator", options: creators, all: "All creators" },
        Filter { name: "campaign", label: "Campaign", options: campaigns, all: "All campaigns" },
    ];
    let content = view! {
        {new}
        {filter_bar(&request.address, "Search links", filters)}
        {table.view(&request.address)}
    };
    Ok(BrandPage::new("Links")
        .beside(view! { <a class="button primary" href=request.address.with(&[("new", "1")])>"New link"</a> })
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

/// The form of a new link.
fn new_link(form: &Form, creators: &[(String, String)], campaigns: &[(String, String)]) -> AnyView {
    let platforms: Vec<_> =
        Platform::ALL.iter().map(|found| (found.as_str().to_owned(), found.label().to_owned())).collect();
    let content_types: Vec<_> =
        ContentType::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect();
    let destination = Field::new("destination", "Destination URL")
        .input(Input::Url)
        .required()
        .length_max(2048)
        .placeholder("https://yourstore.com/product");
    view! {
        <section class="card">
            <h2>"New link"</h2>
            {form.summary(&["Destination URL", "Promo code"])}
            <form method="post">
                <div class="fields">
                    {form.field(destination)}
                    {form.combobox("creator", "Creator", creators, "Unassigned", "")}
                </div>
                <details>
                    <summary>"More"</summary>
                    <div class="fields">
                        {form.combobox("campaign", "Campaign", campaigns, "None", "")}
                        {form.select("platform", "Platform", &platforms, "Not set", "")}
                        {form.select("content_type", "Content type", &content_types, "Not set", "")}
                        {form.field(Field::new("promo_code", "Promo code").placeholder("CREATOR20"))}
                        {form.checkbox("share_revenue", "Share revenue with the creator", "The creator always sees clicks and conversions.")}
                    </div>
                </details>
                {form.submit("Create link")}
            </form>
        </section>
    }
    .into_any()
}

fn table(request: &BrandRequest, found: &Found) -> Table {
    let columns = [
        Column::text("link", "Link"),
        Column::text("creator", "Creator"),
        Column::text("campaign", "Campaign"),
        Column::text("revenue", "Revenue"),
        Column::actions("Actions"),
    ];
    let rows = found.links.iter().map(|link| row(request, found, link)).collect::<Vec<_>>();
    Table::new("Tracking links", columns).rows(rows).empty(empty(
        "No links yet",
        "Give each creator their own link. Clicks appear right away, sales as orders come in.",
        Some(("/brand/attribution/links?new=1", "New link")),
    ))
}

fn row(request: &BrandRequest, found: &Found, link: &Link) -> Row {
    let url = request.flow.links().tracking_url(link.code);
    let campaign = found.campaigns.iter().find(|campaign| Some(&campaign.id) == link.campaign.as_ref());
    let id = link.id.to_string();
    let delete = FormState::default().form("delete");
    let question = "Its history is kept. Visits to it show a page that says the link is gone.";
    let actions = view! {
        {copy_button(url.clone(), "this link")}
        {confirm("Delete", question, view! { <form method="post">{Form::hidden("id", id)}{delete.button("Delete link", "critical")}</form> })}
    };
    let code = view! { <span class="code">{format::without_scheme(&url)}</span> };
    Row::new([
        Cell::view(url, code).note(format::without_scheme(&link.destination)),
        Cell::text(format::name_of(&found.creators, link.creator.as_ref())),
        Cell::text(campaign.map(|found| found.name.clone()).unwrap_or_default()),
        Cell::text(if link.share_revenue { "Shared" } else { "Private" }),
        Cell::view("", actions),
    ])
}
