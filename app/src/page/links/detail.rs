//! The page of a link.

use axum::{extract::Path, response::Response};
use domain::{LinkId, link::Link};
use flow::FlowError;
use leptos::prelude::*;

use super::{PATH, choices::Choices, credited_card, credited_table, edit, list::state_of, path_of, what_was_done};
use crate::{
    brand_layout::BrandPage,
    component::{chip, copy_button},
    day_chart::{clicks_by_day, figure_tiles},
    error::PageResult,
    form::{FormState, Posted, done},
    format, icon,
    language::t,
    period_choice::PeriodChoice,
    qr,
    request::BrandRequest,
};

async fn find(request: &BrandRequest, id: &str) -> Result<Link, FlowError> {
    let id: LinkId = id.parse().map_err(|_| FlowError::NotFound("link"))?;
    request.flow.links().get(&request.caller, &id).await
}

pub(super) async fn show(request: BrandRequest, Path(id): Path<String>) -> PageResult {
    let link = find(&request, &id).await?;
    page(&request, &link, &FormState::default()).await
}

/// The QR code, as a file to print.
pub(super) async fn qr_file(request: BrandRequest, Path(id): Path<String>) -> PageResult {
    let link = find(&request, &id).await?;
    qr::file(&request.flow.links().tracking_url(link.code), &format!("qr-{}", link.code))
}

pub(super) async fn submit(request: BrandRequest, Path(id): Path<String>, posted: Posted) -> PageResult {
    let link = find(&request, &id).await?;
    let outcome = match posted.action() {
        "edit" => edit::save(&request, &link, &posted).await,
        "archive" => archive(&request, &link).await,
        "restore" => restore(&request, &link).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &link, &posted.refused(error)?).await,
    }
}

async fn archive(request: &BrandRequest, link: &Link) -> Result<Response, FlowError> {
    request.flow.links().delete(&request.caller, &link.id).await?;
    Ok(done(&format!("{}?undo={}", path_of(&link.id), link.id), "archived"))
}

async fn restore(request: &BrandRequest, link: &Link) -> Result<Response, FlowError> {
    request.flow.links().restore(&request.caller, &link.id).await?;
    Ok(done(&path_of(&link.id), "restored"))
}

async fn page(request: &BrandRequest, link: &Link, state: &FormState) -> PageResult {
    let choice = PeriodChoice::of(request);
    let choices = Choices::load(request).await?;
    let ids = core::slice::from_ref(&link.id);
    let reports = request.flow.reports();
    let figures = reports.of_links(&request.caller, ids, choice.period).await?;
    let orders = reports.credited_orders(&request.caller, ids).await?;
    let credited = credited_table(request, &orders);
    if credited.is_csv_wanted(&request.address) {
        return credited.csv(&request.address, "link-orders");
    }
    let brand = request.caller.brand();
    let today = reports.today(brand);
    let url = request.flow.links().tracking_url(link.code);
    let title = format::without_scheme(&url);
    let edit = link.deleted_at.is_none().then(|| edit::card(request, link, state));
    let content = view! {
        {facts(request, link, &choices)}
        {figure_tiles(&figures.total, brand.currency)}
        {clicks_by_day(&figures.days, today, &choice.label(), brand.currency)}
        <div class="two-thirds">
            <div>{credited_card(request, &orders)}{edit}</div>
            {qr_card(link, &url)}
        </div>
    };
    let action = state.form(if link.deleted_at.is_some() { "restore" } else { "archive" });
    let label = if link.deleted_at.is_some() { t!("links-restore") } else { t!("links-archive") };
    Ok(BrandPage::new(title)
        .above(view! { <a href=PATH>{t!("links-back")}</a> })
        .beside(view! {
            {choice.menu(request)}
            {copy_button(url.clone(), &t!("links-this-link"))}
            <form method="post" action=path_of(&link.id)>{action.button(label, "")}</form>
        })
        .done(what_was_done(&request.address))
        .status(state.status())
        .show(request, content))
}

/// Where it leads, whose it is, and what is special about it.
fn facts(request: &BrandRequest, link: &Link, choices: &Choices) -> AnyView {
    let creator = link.creator.as_ref().map_or_else(
        || t!("links-unassigned").into_any(),
        |id| {
            let name = format::name_of(&choices.creators, Some(id));
            view! { <a href=format!("/brand/attribution/creators/{id}")>{name}</a> }.into_any()
        },
    );
    let campaign = link.campaign.as_ref().map(|id| {
        let name = choices.campaign_name(Some(id));
        view! { <div><dt>{t!("links-campaign")}</dt><dd><a href=format!("/brand/attribution/campaigns/{id}")>{name}</a></dd></div> }
    });
    let fact =
        |label: String, text: String| (!text.is_empty()).then(|| view! { <div><dt>{label}</dt><dd>{text}</dd></div> });
    let sharing = if link.share_revenue {
        t!("links-shared").into_any()
    } else {
        view! { {icon::LOCK()}{t!("links-private")} }.into_any()
    };
    let expiry = link.expires_at.map(|end| {
        view! { <div><dt>{t!("links-works-until")}</dt><dd>{request.moment(end)}</dd></div> }
    });
    let destination = link.destination.clone();
    view! {
        <p class="destination">
            "↳ "<a href=destination.clone() rel="noreferrer" target="_blank">{format::without_scheme(&destination)}</a>
            {state_of(link, request.flow.now()).map(|text| view! { " "{chip(text.text(), "warning")} })}
        </p>
        <dl class="facts">
            <div><dt>{t!("links-creator")}</dt><dd>{creator}</dd></div>
            {campaign}
            {fact(t!("links-placement"), format::placement(link))}
            {fact(t!("links-promo-code"), link.promo_code.clone().unwrap_or_default())}
            <div><dt>{t!("links-revenue")}</dt><dd>{sharing}</dd></div>
            {expiry}
            <div><dt>{t!("links-created")}</dt><dd>{request.moment(link.created_at)}</dd></div>
        </dl>
    }
    .into_any()
}

fn qr_card(link: &Link, url: &str) -> AnyView {
    let picture = qr::picture(url, t!("links-qr-of", address = format::without_scheme(url)));
    let href = format!("{}/qr", path_of(&link.id));
    view! {
        <section class="card qr-card">
            <h2>{t!("links-qr")}</h2>
            {picture}
            <p class="subdued">{t!("links-qr-text")}</p>
            <p><a class="button" href=href download="">{icon::DOWNLOAD()}{t!("links-qr-download")}</a></p>
        </section>
    }
    .into_any()
}
