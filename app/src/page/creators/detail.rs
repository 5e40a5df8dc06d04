//! The page of a creator.

use axum::{extract::Path, response::Response};
use domain::{
    CreatorId,
    creator::{Creator, Social},
};
use flow::{
    FlowError,
    creator_merge::MergePreview,
    creator_profile::{CreatorProfile, Object},
    link_edit::CreditedOrder,
};
use leptos::prelude::*;

use super::{
    PATH, balance, edit, invite,
    list::{ignored_claims, what_was_done},
    merge, named, path_of, payout_details, proofs, states,
};
use crate::{
    brand_layout::BrandPage,
    component::{chip, confirm, copy_button},
    day_chart::{clicks_by_day, figure_tiles},
    error::PageResult,
    form::{FormState, Posted, done},
    language::{rich, t},
    page::{
        invitations,
        links::{Choices, credited_card, credited_table, link_table},
    },
    period_choice::PeriodChoice,
    request::BrandRequest,
    table::Table,
};

/// Days of the small line in the rows of links.
const TREND_DAYS: i64 = 14;

/// What was posted and is shown on the page itself.
#[derive(Default)]
struct Shown {
    state: FormState,
    /// A sign-in link that was just made.
    sign_in_link: Option<String>,
    preview: Option<MergePreview>,
}

fn read_id(id: &str) -> Result<CreatorId, FlowError> {
    id.parse().map_err(|_| FlowError::NotFound("creator"))
}

pub(super) async fn show(request: BrandRequest, Path(id): Path<String>) -> PageResult {
    page(&request, &read_id(&id)?, Shown::default()).await
}

pub(super) async fn submit(request: BrandRequest, Path(id): Path<String>, posted: Posted) -> PageResult {
    let id = read_id(&id)?;
    let outcome = match posted.action() {
        "edit" => edit::save(&request, &id, &posted).await,
        "sign-out" => sign_out(&request, &id).await,
        "merge" => merge::merge(&request, &id, &posted).await,
        "answer" => named::assign(&request, &id, &posted).await,
        "revoke-proof" => proofs::revoke(&request, &id, &posted).await,
        "archive" => set_archived(&request, &id, true).await,
        "restore" => set_archived(&request, &id, false).await,
        "erase" => erase(&request, &id, &posted).await,
        invite::INVITE => invite::send(&request, &id, &posted).await,
        invitations::RESEND => invitations::resend(&request, &posted, &path_of(&id)).await,
        invitations::REVOKE => invitations::revoke(&request, &posted, &path_of(&id)).await,
        invite::LINK => {
            let link = request.flow.access().sign_in_link(&request.caller, Some(&id)).await?;
            return page(&request, &id, Shown { sign_in_link: Some(link), ..Shown::default() }).await;
        }
        "preview-merge" => match merge::preview(&request, &id, &posted).await {
            Ok(preview) => {
                let shown = Shown { state: posted.shown_again(), preview: Some(preview), sign_in_link: None };
                return page(&request, &id, shown).await;
            }
            Err(error) => Err(error),
        },
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &id, Shown { state: posted.refused(error)?, ..Shown::default() }).await,
    }
}

async fn set_archived(request: &BrandRequest, id: &CreatorId, is_archived: bool) -> Result<Response, FlowError> {
    request.flow.creators().set_archived(&request.caller, id, is_archived).await?;
    let path = path_of(id);
    Ok(if is_archived { done(&format!("{path}?undo={id}"), "archived") } else { done(&path, "restored") })
}

async fn sign_out(request: &BrandRequest, id: &CreatorId) -> Result<Response, FlowError> {
    request.flow.accounts().sign_out_creator(&request.caller, id).await?;
    Ok(done(&path_of(id), "signed-out"))
}

async fn erase(request: &BrandRequest, id: &CreatorId, posted: &Posted) -> Result<Response, FlowError> {
    if !posted.is_checked("confirmed") {
        return Err(flow::Invalid::one("confirm that the creator’s personal data is to be erased").into());
    }
    request.flow.creators().erase(&request.caller, id).await?;
    Ok(done(&path_of(id), "erased"))
}

/// The creator's profile; `None` once they were erased.
async fn profile(request: &BrandRequest, id: &CreatorId) -> Result<Option<Object<CreatorProfile>>, FlowError> {
    match request.flow.creators().profile_of(&request.caller, id).await {
        Ok(profile) => Ok(Some(profile)),
        Err(FlowError::NotFound(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// The creator's links, in a table, and the orders that these are credited with.
async fn links(
    request: &BrandRequest,
    id: &CreatorId,
    choice: &PeriodChoice,
    choices: &Choices,
) -> Result<(Table, Vec<CreditedOrder>, AnyView), FlowError> {
    let reports = request.flow.reports();
    let links = reports.links_of_creator(&request.caller, id, choice.period).await?;
    // Those without an address carry credit too: by survey, by hand, or by a discount code.
    let ids: Vec<_> = links.iter().map(|(link, _)| link.id.clone()).collect();
    let figures = reports.of_links(&request.caller, &ids, choice.period).await?;
    let orders = reports.credited_orders(&request.caller, &ids).await?;
    let trends = reports.clicks_by_link(&request.caller, Some(&ids), TREND_DAYS).await?;
    let by_link = links.iter().map(|(link, figures)| (link.id.clone(), figures.clone())).collect();
    let shown: Vec<_> = links.into_iter().map(|(link, _)| link).filter(|link| !link.is_direct).collect();
    let create = view! { <a href="/brand/attribution/links?new=1">{t!("creators-create-link")}</a> }.into_any();
    let table = link_table(request, &shown, &by_link, &trends, choices, false)
        .empty(view! { <p class="subdued">{rich!("creators-no-link", link = create)}</p> });
    let (currency, today) = (request.caller.brand().currency, reports.today(request.caller.brand()));
    let figures = view! {
        {figure_tiles(&figures.total, currency)}
        {clicks_by_day(&figures.days, today, &choice.label(), currency)}
    };
    Ok((table, orders, figures.into_any()))
}

async fn page(request: &BrandRequest, id: &CreatorId, shown: Shown) -> PageResult {
    let choice = PeriodChoice::of(request);
    let creator = request.flow.creators().get(&request.caller, id).await?;
    let profile = profile(request, id).await?;
    let choices = Choices::load(request).await?;
    let (table, orders, figures) = links(request, id, &choice, &choices).await?;
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "creator-links");
    }
    let credited = credited_table(request, &orders);
    if credited.is_csv_wanted(&request.address) {
        return credited.csv(&request.address, "creator-orders");
    }
    let Shown { state, sign_in_link, preview } = shown;
    let promo_code = request.flow.links().promo_code_of(&request.caller, id).await?;
    let invite = match &profile {
        Some(_) => Some(invite::card(request, &creator, &state).await?),
        None => None,
    };
    let known = match &profile {
        Some(profile) => view! {
            {edit::card(request, &state, &profile.value, &choices.creators, promo_code.clone())}
            {merge::card(request, &creator, &choices.creators, &state, preview).await?}
            {erase_card(&state)}
        }
        .into_any(),
        None => view! { <p class="banner">{t!("creators-erased")}</p> }.into_any(),
    };
    let content = view! {
        {sign_in_link.map(signed_link)}
        {facts(request, &creator, profile.as_ref(), promo_code)}
        {figures}
        <h2 class="section">{t!("creators-links")}</h2>
        {table.view(&request.address)}
        <div class="two-thirds">
            {credited_card(request, &orders)}
            <div>
                {balance::card(request, id).await?}
                {payout_details::card(request, id).await?}
                {invite}
                {named::card(request, &creator).await?}
                {proofs::card(request, id).await?}
            </div>
        </div>
        {known}
        {ignored_claims(request, Some(id)).await?}
    };
    let archive = profile.as_ref().map(|profile| {
        let is_archived = profile.archived_at.is_some();
        let form = state.form(if is_archived { "restore" } else { "archive" });
        let label = if is_archived { t!("creators-restore") } else { t!("creators-archive") };
        view! { <form method="post">{form.button(label, "")}</form> }
    });
    Ok(BrandPage::new(creator.name.clone())
        .above(view! { <a href=PATH>{t!("creators-back")}</a> })
        .beside(view! { {choice.menu(request)} {archive} })
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

fn signed_link(link: String) -> AnyView {
    let shown = view! { <span class="code" data-testid="sign-in-link">{link.clone()}</span> }.into_any();
    view! {
        <div class="banner success made" role="status">
            <span>{rich!("creators-signed-link", link = shown)}</span>
            {copy_button(link, &t!("creators-the-sign-in-link"))}
        </div>
    }
    .into_any()
}

/// The address of an account.
fn account(social: &Social) -> AnyView {
    use domain::link::Platform;
    let handle = social.handle.clone();
    let url = match social.platform {
        Platform::Instagram => format!("https://www.instagram.com/{handle}"),
        Platform::TikTok => format!("https://www.tiktok.com/@{handle}"),
        Platform::YouTube => format!("https://www.youtube.com/@{handle}"),
        Platform::X => format!("https://x.com/{handle}"),
        Platform::Facebook => format!("https://www.facebook.com/{handle}"),
        Platform::LinkedIn => format!("https://www.linkedin.com/in/{handle}"),
    };
    let followers =
        social.followers.map(|count| t!("creators-followers", count = i64::try_from(count).unwrap_or(i64::MAX)));
    view! {
        <span class="account-link">
            <a href=url rel="noreferrer" target="_blank">{social.platform.label()}</a><small class="subdued">{followers}</small>
        </span>
    }
    .into_any()
}

fn facts(
    request: &BrandRequest,
    creator: &Creator,
    profile: Option<&Object<CreatorProfile>>,
    promo_code: Option<String>,
) -> AnyView {
    let fact = |label: String, text: Option<String>| {
        text.filter(|text| !text.is_empty()).map(|text| view! { <div><dt>{label}</dt><dd>{text}</dd></div> })
    };
    let known = profile.map(|found| {
        let own = &found.value.profile;
        let tags = own.tags.iter().map(|tag| chip(tag.clone(), "")).collect::<Vec<_>>();
        let accounts = own.socials.iter().map(account).collect::<Vec<_>>();
        view! {
            <div><dt>{t!("creators-status")}</dt><dd>{states::state_chip(found)}</dd></div>
            <div><dt>{t!("creators-handle")}</dt><dd>{format!("@{}", creator.handle)}</dd></div>
            {(!accounts.is_empty()).then(|| view! { <div><dt>{t!("creators-accounts")}</dt><dd>{accounts}</dd></div> })}
            {(!tags.is_empty()).then(|| view! { <div><dt>{t!("creators-tags")}</dt><dd class="tags">{tags}</dd></div> })}
            {fact(t!("creators-notes"), own.notes.clone())}
        }
    });
    let partner = creator.partner_code.as_ref().filter(|_| profile.is_some()).map(|code| {
        let text = format!("?aff={code}");
        let copy = copy_button(text.clone(), &t!("creators-the-partner-code"));
        view! {
            <div>
                <dt>{t!("creators-partner-code")}</dt>
                <dd title=t!("creators-partner-code-text")><code data-testid="partner-code">{text}</code>{copy}</dd>
            </div>
        }
    });
    view! {
        <dl class="facts">
            {known}
            {fact(t!("creators-tier"), creator.tier.clone())}
            {fact(t!("creators-promo-code"), promo_code)}
            {partner}
            <div><dt>{t!("creators-added")}</dt><dd>{request.moment(creator.created_at)}</dd></div>
        </dl>
    }
    .into_any()
}

fn erase_card(state: &FormState) -> AnyView {
    let form = state.form("erase");
    let erase = view! {
        <form method="post">
            {form.checkbox("confirmed", t!("creators-erase-understood"), "")}
            {form.button(t!("creators-erase-submit"), "critical")}
        </form>
    };
    view! {
        <section class="card">
            <h2>{t!("creators-erase-title")}</h2>
            <p class="subdued">{t!("creators-erase-stays")}</p>
            {form.all_faults()}
            {confirm(t!("creators-erase"), t!("creators-erase-text"), erase)}
        </section>
    }
    .into_any()
}
