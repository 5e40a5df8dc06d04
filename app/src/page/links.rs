//! `/brand/attribution/links`: the brand's tracking links, and a page for each.

mod choices;
mod credited;
mod detail;
mod edit;
mod list;
mod new_link;

pub(crate) use choices::Choices;
pub(crate) use credited::{credited_card, credited_table};
pub(crate) use list::link_table;

use axum::{response::Response, routing::get};
use domain::{CampaignId, LinkId};
use flow::FlowError;
use leptos::prelude::*;

use super::Routes;
use crate::{
    address::Address,
    error::PageResult,
    form::{Form, FormState, Posted, done},
    language::t,
    request::BrandRequest,
};

/// The path of the list; a link's page is below it.
pub(crate) const PATH: &str = "/brand/attribution/links";

pub(crate) fn routes() -> Routes {
    vec![
        (PATH, get(list::show).post(submit)),
        ("/brand/attribution/links/{id}", get(detail::show).post(detail::submit)),
        ("/brand/attribution/links/{id}/qr", get(detail::qr_file)),
    ]
}

/// The page of a link.
pub(crate) fn path_of(id: &LinkId) -> String {
    format!("{PATH}/{id}")
}

async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "create" => new_link::create(&request, &posted).await,
        "archive" => archive(&request, &posted).await,
        "restore" => restore(&request, &posted).await,
        "campaign" => set_campaign(&request, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => list::page(&request, &posted.refused(error)?).await,
    }
}

/// The links that a form names: the ticked rows, or its own one.
fn named(posted: &Posted) -> Result<Vec<LinkId>, FlowError> {
    let ids: Result<Vec<LinkId>, _> = posted.all("id").map(str::parse).collect();
    let ids = ids.map_err(|_| FlowError::NotFound("link"))?;
    if ids.is_empty() { Err(flow::Invalid::one("tick the links first").into()) } else { Ok(ids) }
}

fn joined(ids: &[LinkId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// As [`named`]; refuses all of them if one does not exist or belongs to another brand.
async fn existing(request: &BrandRequest, posted: &Posted) -> Result<Vec<LinkId>, FlowError> {
    let ids = named(posted)?;
    let links = request.flow.links().list(&request.caller).await?;
    let exists = |id: &LinkId| links.iter().any(|link| link.id == *id);
    if ids.iter().all(exists) { Ok(ids) } else { Err(FlowError::NotFound("link")) }
}

/// Archives links. Those that are archived already are passed over.
async fn archive(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let mut archived = Vec::new();
    for id in existing(request, posted).await? {
        match request.flow.links().delete(&request.caller, &id).await {
            Ok(()) => archived.push(id),
            Err(FlowError::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(done(&request.address.with(&[("undo", &joined(&archived))]), "archived"))
}

async fn restore(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    for id in existing(request, posted).await? {
        match request.flow.links().restore(&request.caller, &id).await {
            Ok(()) | Err(FlowError::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(done(&request.address.with(&[]), "restored"))
}

async fn set_campaign(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let campaign = match posted.get("campaign") {
        "" => return Err(flow::Invalid::one("choose a campaign first").into()),
        "none" => None,
        _ => Some(posted.id::<CampaignId>("campaign", "campaign")?),
    };
    let ids = named(posted)?;
    let outcome = request.flow.links().set_campaign(&request.caller, &ids, campaign.as_ref()).await?;
    Ok(done(&request.address.with(&[]), &format!("moved-{}-{}", outcome.moved, outcome.kept)))
}

/// What just happened to links, for their pages.
pub(crate) fn what_was_done(address: &Address) -> Option<AnyView> {
    let done = address.get("done");
    match done {
        "archived" => {
            let ids: Vec<String> =
                address.get("undo").split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect();
            let text = t!("links-were-archived", count = ids.len());
            let undo = FormState::default().form("restore");
            let fields = ids.into_iter().map(|id| Form::hidden("id", id)).collect_view();
            Some(
                view! { <span>{text}</span><form method="post">{fields}{undo.button(t!("links-undo"), "quiet")}</form> }
                    .into_any(),
            )
        }
        "restored" => Some(t!("links-were-restored").into_any()),
        "saved" => Some(t!("links-was-saved").into_any()),
        _ => {
            let (moved, kept) = done.strip_prefix("moved-")?.split_once('-')?;
            let (moved, kept) = (moved.parse::<usize>().ok()?, kept.parse::<usize>().ok()?);
            Some(t!("links-were-moved", moved = moved, kept = kept).into_any())
        }
    }
}
