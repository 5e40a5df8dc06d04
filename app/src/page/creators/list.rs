//! The list of creators.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use domain::CreatorId;
use flow::{
    FlowError,
    creator_profile::{CreatorProfile, Object},
    overview::Figures,
};
use leptos::prelude::*;

use super::{PATH, imports, path_of, states};
use crate::{
    brand_layout::BrandPage,
    component::{chip, empty, more_menu},
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done, label},
    format,
    language::{rich, t},
    page::invitations,
    period_choice::PeriodChoice,
    picker::{Filter, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

type Creators = Vec<Object<CreatorProfile>>;

pub(super) async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

pub(super) async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "create" => create(&request, &posted).await,
        "archive" => set_archived(&request, &posted, true).await,
        "restore" => set_archived(&request, &posted, false).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn create(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let creators = request.flow.creators();
    let (name, handle, email) = (posted.get("name"), posted.get("handle"), posted.get("email"));
    let creator = creators.create(&request.caller, name, handle, email).await?;
    Ok(done(&path_of(&creator.id), "created"))
}

async fn set_archived(request: &BrandRequest, posted: &Posted, is_archived: bool) -> Result<Response, FlowError> {
    let id: CreatorId = posted.id("id", "creator")?;
    request.flow.creators().set_archived(&request.caller, &id, is_archived).await?;
    let to = if is_archived { request.address.with(&[("undo", id.as_str())]) } else { request.address.with(&[]) };
    Ok(done(&to, if is_archived { "archived" } else { "restored" }))
}

/// What just happened to a creator, for the pages of creators.
pub(super) fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    match request.address.get("done") {
        "created" => Some(t!("creators-was-created").into_any()),
        "saved" => Some(t!("creators-was-saved").into_any()),
        "signed-out" => Some(t!("creators-was-signed-out").into_any()),
        "restored" => Some(t!("creators-was-restored").into_any()),
        "erased" => Some(t!("creators-was-erased").into_any()),
        "merged" => Some(t!("creators-was-merged").into_any()),
        "revoked" => Some(t!("creators-proof-was-revoked").into_any()),
        "answered" => Some(t!("creators-was-answered").into_any()),
        "archived" => {
            let undo = FormState::default().form("restore");
            let id = Form::hidden("id", request.address.get("undo"));
            let undo = undo.button(t!("creators-undo"), "quiet");
            Some(view! { <span>{t!("creators-was-archived")}</span><form method="post">{id}{undo}</form> }.into_any())
        }
        other => invitations::what_was_done(other).map(IntoAny::into_any),
    }
}

async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let choice = PeriodChoice::of(request);
    let all = request.flow.creators().profiles(&request.caller).await?;
    let overview = request.flow.reports().overview(&request.caller, choice.period).await?;
    let figures: BTreeMap<CreatorId, Figures> =
        overview.creators.into_iter().filter_map(|(row, figures)| Some((row?.id, figures))).collect();
    let table = table(request, &all, &figures);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "creators");
    }
    let form = state.form("create");
    let is_open = request.address.has("new") || form.is_refused();
    let content = view! {
        {is_open.then(|| new_creator(&form, request.address.with(&[])))}
        {(!all.is_empty()).then(|| filter_bar(&request.address, t!("creators-search"), filters(&all)))}
        {state.form("archive").all_faults()}
        {table.view(&request.address)}
        {ignored_claims(request, None).await?}
    };
    let new_href = format!("{}#new-creator", request.address.with(&[("new", "1")]));
    Ok(BrandPage::new(t!("creators-title"))
        .beside(view! {
            {choice.menu(request)}
            <a class="button" href=imports::PATH>{t!("creators-import")}</a>
            <a class="button primary" href=new_href>{t!("creators-new")}</a>
        })
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

/// What is known of ignored claims, by a creator's visitors or by those whom no creator sent.
pub(super) async fn ignored_claims(
    request: &BrandRequest,
    creator: Option<&CreatorId>,
) -> Result<Option<AnyView>, FlowError> {
    let count = request.flow.customers().ignored_claims(&request.caller, creator).await?;
    Ok((count > 0).then(|| {
        let text = if creator.is_some() {
            t!("creators-claims-of", count = count)
        } else {
            t!("creators-claims-of-nobody", count = count)
        };
        view! { <p class="banner" role="status">{text}</p> }.into_any()
    }))
}

fn new_creator(form: &Form, cancel: String) -> AnyView {
    let email = Field::new("email", label("creators-email")).input(Input::Email).hint(t!("creators-email-hint"));
    let name = Field::new("name", label("creators-name")).required().length_max(120);
    let handle = Field::new("handle", label("creators-handle")).required().length_max(64);
    view! {
        <section class="card" id="new-creator">
            <h2>{t!("creators-new")}</h2>
            {form.summary(&["creators-name", "creators-handle", "creators-email"].map(label))}
            <form method="post">
                <div class="fields">
                    {form.field(name.placeholder(t!("creators-name-example")))}
                    {form.field(handle.placeholder(t!("creators-handle-example")))}
                    {form.field(email)}
                </div>
                <div class="inline">{form.submit(t!("creators-add"))}<a class="quiet" href=cancel>{t!("creators-cancel")}</a></div>
            </form>
        </section>
    }
    .into_any()
}

fn filters(all: &Creators) -> Vec<Filter> {
    let listed = |names: BTreeSet<String>| names.into_iter().map(|name| (name.clone(), name)).collect::<Vec<_>>();
    let tiers = listed(all.iter().filter_map(|one| one.value.creator.tier.clone()).collect());
    let tags = listed(all.iter().flat_map(|one| one.value.profile.tags.iter().cloned()).collect());
    let mut status = states::options();
    status.push(("archived".to_owned(), t!("creators-archived")));
    let filters = [
        Filter::of("tier", t!("creators-tier"), tiers, t!("creators-all-tiers")),
        Filter::of("tag", t!("creators-tag"), tags, t!("creators-all-tags")),
        Filter::of("status", t!("creators-status"), status, t!("creators-all-but-archived")),
    ];
    filters.into_iter().filter(|filter| !filter.is_empty()).collect()
}

/// Whether the page's filters let a creator through.
fn is_wanted(request: &BrandRequest, creator: &Object<CreatorProfile>) -> bool {
    let asked = |name: &str| Some(request.address.get(name)).filter(|text| !text.is_empty());
    let CreatorProfile { creator: one, profile } = &creator.value;
    let is_archived = creator.archived_at.is_some();
    let has_status = match asked("status") {
        Some("archived") => is_archived,
        Some(status) => !is_archived && profile.status.as_str() == status,
        None => !is_archived,
    };
    has_status
        && asked("tier").is_none_or(|tier| one.tier.as_deref() == Some(tier))
        && asked("tag").is_none_or(|tag| profile.tags.iter().any(|own| own == tag))
}

fn table(request: &BrandRequest, all: &Creators, figures: &BTreeMap<CreatorId, Figures>) -> Table {
    let columns = [
        Column::text("name", t!("creators-creator")),
        Column::text("status", t!("creators-status")),
        Column::text("tier", t!("creators-tier")),
        Column::number("clicks", t!("creators-clicks")),
        Column::number("orders", t!("creators-orders")),
        Column::money("revenue", t!("creators-revenue")),
        Column::actions(t!("creators-actions")),
    ];
    let none = Figures::default();
    let rows = all
        .iter()
        .filter(|creator| is_wanted(request, creator))
        .map(|creator| row(request, creator, figures.get(&creator.value.creator.id).unwrap_or(&none)));
    let table = Table::new(t!("creators-title"), columns).rows(rows.collect::<Vec<_>>()).ordered_by("-revenue");
    if all.is_empty() {
        table.empty(empty(
            t!("creators-none"),
            t!("creators-none-text"),
            Some(("/brand/attribution/creators?new=1", t!("creators-new"))),
        ))
    } else {
        let clear = request.address.with(&[("tier", ""), ("tag", ""), ("status", "")]);
        let link = view! { <a href=clear>{t!("creators-show-all")}</a> }.into_any();
        table.empty(view! { <p class="subdued">{rich!("creators-no-match", link = link)}</p> })
    }
}

fn row(request: &BrandRequest, creator: &Object<CreatorProfile>, figures: &Figures) -> Row {
    let CreatorProfile { creator: one, profile } = &creator.value;
    let currency = request.caller.brand().currency;
    let tags = profile.tags.iter().map(|tag| chip(tag.clone(), "")).collect_view();
    let name = view! { <a href=path_of(&one.id)>{one.name.clone()}</a>" "<span class="tags">{tags}</span> };
    Row::new([
        Cell::view([std::slice::from_ref(&one.name), profile.tags.as_slice()].concat().join(", "), name)
            .note(format!("@{}", one.handle)),
        Cell::view(states::name_of(creator), states::state_chip(creator)),
        Cell::text(one.tier.clone().unwrap_or_default()),
        Cell::number(figures.clicks.clicks, format::count(figures.clicks.clicks)),
        Cell::number(figures.sales.conversions, format::count(figures.sales.conversions)),
        Cell::revenue(figures, currency),
        Cell::view("", actions(creator)),
    ])
    .muted(creator.archived_at.is_some())
}

fn actions(creator: &Object<CreatorProfile>) -> AnyView {
    let id = creator.value.creator.id.clone();
    let page = path_of(&id);
    let is_archived = creator.archived_at.is_some();
    let form = FormState::default().form(if is_archived { "restore" } else { "archive" });
    let label = if is_archived { t!("creators-restore") } else { t!("creators-archive") };
    let items = view! {
        <a href=format!("{page}#invite")>{t!("creators-invite")}</a>
        <a href=format!("{page}#edit")>{t!("creators-edit")}</a>
        <a href=format!("/brand/attribution/links?creator={id}")>{t!("creators-links")}</a>
        <form method="post" action=PATH>{Form::hidden("id", id.to_string())}{form.button(label, "quiet")}</form>
    };
    more_menu(t!("creators-more-actions"), items)
}
