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

use super::{PATH, path_of, states};
use crate::{
    brand_layout::BrandPage,
    component::{chip, empty, more_menu},
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done},
    format,
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
        "created" => Some("Creator added. Give them a link, and invite them to their own page.".into_any()),
        "saved" => Some("Saved.".into_any()),
        "signed-out" => Some("Signed out everywhere.".into_any()),
        "restored" => Some("Active again.".into_any()),
        "erased" => Some("The creator’s personal data was erased.".into_any()),
        "merged" => Some("Merged. Everything is this creator’s now.".into_any()),
        "revoked" => Some("Revoked. The page of the proof shows no figures any more.".into_any()),
        "answered" => Some("Answer assigned. The order is credited again in a moment.".into_any()),
        "archived" => {
            let undo = FormState::default().form("restore");
            let id = Form::hidden("id", request.address.get("undo"));
            Some(view! { <span>"Archived. Their links keep working and earning."</span><form method="post">{id}{undo.button("Undo", "quiet")}</form> }.into_any())
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
        {(!all.is_empty()).then(|| filter_bar(&request.address, "Search creators", filters(&all)))}
        {state.form("archive").all_faults()}
        {table.view(&request.address)}
        {ignored_claims(request, None).await?}
    };
    let new_href = format!("{}#new-creator", request.address.with(&[("new", "1")]));
    Ok(BrandPage::new("Creators")
        .beside(view! {
            {choice.menu(request)}
            <a class="button primary" href=new_href>"New creator"</a>
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
    let by = if creator.is_some() { "this creator’s visitors" } else { "visitors whom no creator sent" };
    Ok((count > 0).then(|| {
        let text = format!(
            "In the last 30 days {} claims of customer names by {by} were ignored: there were too many in one hour, or one visitor claimed too many names.",
            format::count(count)
        );
        view! { <p class="banner" role="status">{text}</p> }.into_any()
    }))
}

fn new_creator(form: &Form, cancel: String) -> AnyView {
    let email = Field::new("email", "E-mail")
        .input(Input::Email)
        .hint("Stored only as a hash, to recognise the creator’s own purchases.");
    view! {
        <section class="card" id="new-creator">
            <h2>"New creator"</h2>
            {form.summary(&["Name", "Handle", "E-mail"])}
            <form method="post">
                <div class="fields">
                    {form.field(Field::new("name", "Name").required().length_max(120).placeholder("Jessica Styles"))}
                    {form.field(Field::new("handle", "Handle").required().length_max(64).placeholder("@jessica_styles"))}
                    {form.field(email)}
                </div>
                <div class="inline">{form.submit("Add creator")}<a class="quiet" href=cancel>"Cancel"</a></div>
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
    status.push(("archived".to_owned(), "Archived".to_owned()));
    let filters = [
        Filter::of("tier", "Tier", tiers, "All tiers"),
        Filter::of("tag", "Tag", tags, "All tags"),
        Filter::of("status", "Status", status, "All but archived"),
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
        Column::text("name", "Creator"),
        Column::text("status", "Status"),
        Column::text("tier", "Tier"),
        Column::number("clicks", "Clicks"),
        Column::number("orders", "Orders"),
        Column::money("revenue", "Revenue"),
        Column::actions("Actions"),
    ];
    let none = Figures::default();
    let rows = all
        .iter()
        .filter(|creator| is_wanted(request, creator))
        .map(|creator| row(request, creator, figures.get(&creator.value.creator.id).unwrap_or(&none)));
    let table = Table::new("Creators", columns).rows(rows.collect::<Vec<_>>()).ordered_by("-revenue");
    if all.is_empty() {
        table.empty(empty(
            "No creators yet",
            "Add the people who recommend your products. Each gets their own links, and a page that shows what they earn.",
            Some(("/brand/attribution/creators?new=1", "New creator".into())),
        ))
    } else {
        let clear = request.address.with(&[("tier", ""), ("tag", ""), ("status", "")]);
        table.empty(view! { <p class="subdued">"No creator matches these filters. "<a href=clear>"Show all"</a></p> })
    }
}

fn row(request: &BrandRequest, creator: &Object<CreatorProfile>, figures: &Figures) -> Row {
    let CreatorProfile { creator: one, profile } = &creator.value;
    let currency = request.caller.brand().currency;
    let minor = figures.sales.revenue.get(&currency).copied().unwrap_or(0);
    let tags = profile.tags.iter().map(|tag| chip(tag.clone(), "")).collect_view();
    let name = view! { <a href=path_of(&one.id)>{one.name.clone()}</a>" "<span class="tags">{tags}</span> };
    Row::new([
        Cell::view([std::slice::from_ref(&one.name), profile.tags.as_slice()].concat().join(", "), name)
            .note(format!("@{}", one.handle)),
        Cell::view(states::name_of(creator), states::state_chip(creator)),
        Cell::text(one.tier.clone().unwrap_or_default()),
        Cell::number(figures.clicks.clicks, format::count(figures.clicks.clicks)),
        Cell::number(figures.sales.conversions, format::count(figures.sales.conversions)),
        Cell::number(minor, format::revenue(figures, currency)),
        Cell::view("", actions(creator)),
    ])
    .muted(creator.archived_at.is_some())
}

fn actions(creator: &Object<CreatorProfile>) -> AnyView {
    let id = creator.value.creator.id.clone();
    let page = path_of(&id);
    let is_archived = creator.archived_at.is_some();
    let form = FormState::default().form(if is_archived { "restore" } else { "archive" });
    let label = if is_archived { "Restore" } else { "Archive" };
    let items = view! {
        <a href=format!("{page}#invite")>"Invite"</a>
        <a href=format!("{page}#edit")>"Edit"</a>
        <a href=format!("/brand/attribution/links?creator={id}")>"Links"</a>
        <form method="post" action=PATH>{Form::hidden("id", id.to_string())}{form.button(label, "quiet")}</form>
    };
    more_menu("More actions", items)
}
