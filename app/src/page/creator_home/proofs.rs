//! `/creator/proofs`: revenue proofs: issuing, sharing and withdrawing them.

use axum::response::Response;
use domain::{
    proof::{ProofState, RevokedBy, StatedPeriod},
    time::{Day, Period},
};
use flow::{FlowError, Invalid, creator_view::CreatorOverview, proof::IssuedProof};
use leptos::prelude::*;

use super::period_of;
use crate::{
    component::{chip, confirm, copy_button},
    creator_layout::CreatorPage,
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done, label},
    format, icon,
    language::t,
    request::CreatorRequest,
};

pub(super) const PATH: &str = "/creator/proofs";
/// Days of the period that is offered.
const DAYS: i64 = 30;

pub(super) async fn show(request: CreatorRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

pub(super) async fn submit(request: CreatorRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "issue" => issue(&request, &posted).await,
        "withdraw" => withdraw(&request, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn issue(request: &CreatorRequest, posted: &Posted) -> Result<Response, FlowError> {
    let day = |name| Day::parse(posted.get(name).trim());
    let from = day("from").ok_or_else(|| Invalid::one("first day must be a day"))?;
    let to = day("to").ok_or_else(|| Invalid::one("last day must be a day"))?;
    request.flow.creator_view(&request.caller).issue_proof(Period::between(from, to)).await?;
    Ok(done(PATH, "issued"))
}

async fn withdraw(request: &CreatorRequest, posted: &Posted) -> Result<Response, FlowError> {
    let id = posted.id("proof", "proof")?;
    request.flow.creator_view(&request.caller).withdraw_proof(&id).await?;
    Ok(done(PATH, "withdrawn"))
}

async fn page(request: &CreatorRequest, state: &FormState) -> PageResult {
    let view = request.flow.creator_view(&request.caller);
    let own = view.overview(period_of(request)).await?;
    let proofs = view.proofs().await?;
    let has_shared = view.has_shared_links().await?;
    let list = proofs.iter().map(|proof| card(request, proof)).collect_view();
    let list = (!proofs.is_empty()).then(|| view! { <ul class="link-cards">{list}</ul> });
    let done = match request.address.get("done") {
        "issued" => Some(t!("creator_home-proof-issued").into_any()),
        "withdrawn" => Some(t!("creator_home-proof-withdrawn").into_any()),
        _ => None,
    };
    let content = view! {
        <p class="lead">{t!("creator_home-proofs-lead")}</p>
        {if has_shared { form(request, state) } else { nothing_shared(&own) }}
        {list}
    };
    Ok(CreatorPage::new(t!("creator_home-proofs")).done(done).status(state.status()).show(request, content))
}

fn nothing_shared(own: &CreatorOverview) -> AnyView {
    let text =
        if own.links.is_empty() { t!("creator_home-proofs-no-links") } else { t!("creator_home-proofs-private") };
    view! { <section class="card"><p>{text}</p></section> }.into_any()
}

/// The days that are offered: the last thirty that are over.
fn offered(request: &CreatorRequest) -> Period {
    let today = request.flow.reports().today(request.caller.brand());
    Period::last(DAYS, Day(today.0 - 1))
}

fn form(request: &CreatorRequest, state: &FormState) -> AnyView {
    let period = offered(request);
    let form = state.form("issue").initial("from", period.from.to_string()).initial("to", period.to.to_string());
    let [first, last] = [label("creator_home-first-day"), label("creator_home-last-day")];
    view! {
        <section class="card">
            <h2>{t!("creator_home-new-proof")}</h2>
            <p class="subdued">{t!("creator_home-new-proof-text")}</p>
            {form.summary(&[first.clone(), last.clone()])}
            <form method="post">
                <div class="fields">
                    {form.field(Field::new("from", first).input(Input::Date).required())}
                    {form.field(Field::new("to", last).input(Input::Date).required().hint(t!("creator_home-last-day-hint")))}
                </div>
                {form.submit(t!("creator_home-create-proof"))}
            </form>
        </section>
    }
    .into_any()
}

/// The days of a proof: "1 Jan – 31 Jan 2027", or with both years: "5 Jan 2026 – 10 Jan 2027".
pub(crate) fn days(period: &StatedPeriod) -> String {
    let Some(Period { from, to }) = period.days() else {
        return t!("format-days", from = &period.from, to = &period.to);
    };
    let year = |day: Day| day.year_month_day().0;
    let first = if year(from) == year(to) { format::date(from) } else { format::full_date(from) };
    t!("format-days", from = first, to = format::full_date(to))
}

fn card(request: &CreatorRequest, proof: &IssuedProof) -> AnyView {
    let url = request.flow.proofs().url(&proof.id);
    let path = format!("/proof/{}", proof.id);
    let is_withdrawn = matches!(proof.state, ProofState::Revoked { .. });
    let state = match proof.state {
        ProofState::Current => chip(t!("creator_home-state-valid"), "good"),
        ProofState::Superseded => chip(t!("creator_home-state-superseded"), "warning"),
        ProofState::Revoked { by: RevokedBy::Brand, .. } => chip(t!("creator_home-state-withdrawn-by-brand"), "bad"),
        ProofState::Revoked { by: RevokedBy::Creator, .. } => chip(t!("creator_home-state-withdrawn"), ""),
    };
    let heading = days(&proof.statement.period);
    let newer = proof.figures_now.as_ref().map(|figures| {
        let (from, to) = (proof.statement.period.from.clone(), proof.statement.period.to.clone());
        view! {
            <div class="banner warning">
                <p>{t!("creator_home-proof-changed", figures = format::proof_figures(figures))}</p>
                <form method="post">
                    {Form::hidden("from", from)}{Form::hidden("to", to)}
                    <button type="submit" name="do" value="issue">{t!("creator_home-renew")}</button>
                </form>
            </div>
        }
    });
    let actions = (!is_withdrawn).then(|| {
        let id = proof.id.to_string();
        let question = t!("creator_home-withdraw-text");
        let form = view! {
            <form method="post">
                {Form::hidden("proof", id)}
                <button type="submit" name="do" value="withdraw" class="critical">{t!("creator_home-withdraw-proof")}</button>
            </form>
        };
        view! {
            <div class="link-actions">
                <a class="button" href=path.clone()>{t!("creator_home-open")}</a>
                {copy_button(url.clone(), &t!("creator_home-proof-address"))}
                <share-button value=url.clone() title=t!("creator_home-proof-title")>
                    <button type="button" aria-label=t!("creator_home-share-proof") hidden="">{icon::SHARE()}<span>{t!("creator_home-share")}</span></button>
                </share-button>
                {confirm(t!("creator_home-withdraw"), question, form)}
            </div>
        }
    });
    view! {
        <li class="card link-card" class:muted=is_withdrawn>
            <div class="sale-head"><h3>{heading}</h3>{state}</div>
            <p>{format::proof_figures(&proof.statement.figures)}</p>
            {newer}
            {actions}
        </li>
    }
    .into_any()
}

/// The latest proofs on the home page.
pub(super) fn summary(own: &CreatorOverview, proofs: &[IssuedProof]) -> AnyView {
    let is_any_shared = own.links.iter().any(|link| link.link.share_revenue);
    if !is_any_shared && proofs.is_empty() {
        return ().into_any();
    }
    let standing = proofs.iter().filter(|proof| !matches!(proof.state, ProofState::Revoked { .. })).count();
    let text = t!("creator_home-proofs-standing", count = standing);
    let superseded = proofs.iter().any(|proof| proof.state == ProofState::Superseded);
    let note = superseded.then(|| view! { <p class="warning">{t!("creator_home-proofs-superseded")}</p> });
    view! {
        <section class="card">
            <div class="section-head"><h2>{t!("creator_home-proofs")}</h2></div>
            <p>{text}</p>
            {note}
            <p><a class="button" href=PATH>{t!("creator_home-proofs")}</a></p>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_two_years_name_both() {
        let period = |from: &str, to: &str| StatedPeriod { from: from.into(), to: to.into(), time_zone: "UTC".into() };
        assert_eq!(days(&period("2027-01-01", "2027-01-31")), "1 Jan – 31 Jan 2027");
        assert_eq!(days(&period("2026-01-05", "2027-01-10")), "5 Jan 2026 – 10 Jan 2027");
        assert_eq!(days(&period("2026-12-31", "2027-01-01")), "31 Dec 2026 – 1 Jan 2027");
        assert_eq!(days(&period("once", "2027-01-01")), "once – 2027-01-01");
    }
}
