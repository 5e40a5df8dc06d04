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
    form::{Field, Form, FormState, Input, Posted, done},
    format, icon,
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
    let day = |name, label: &str| {
        Day::parse(posted.get(name).trim()).ok_or_else(|| Invalid::one(format!("{label} must be a day")))
    };
    let (from, to) = (day("from", "first day")?, day("to", "last day")?);
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
        "issued" => Some(view! { "Your proof is ready. Share its address." }.into_any()),
        "withdrawn" => Some(view! { "Withdrawn. Its page shows no figures any more." }.into_any()),
        _ => None,
    };
    let content = view! {
        <p class="lead">"Show anyone what you sold, without a screenshot: a signed page that they can verify."</p>
        {if has_shared { form(request, state) } else { nothing_shared(&own) }}
        {list}
    };
    Ok(CreatorPage::new("Revenue proofs").done(done).status(state.status()).show(request, content))
}

fn nothing_shared(own: &CreatorOverview) -> AnyView {
    let text = if own.links.is_empty() {
        "Once you have links whose revenue your brand shares with you, you can prove what you sold."
    } else {
        "Your brand keeps the revenue of all your links private. Ask it to share one: then you can prove what you sold."
    };
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
    let labels = ["First day", "Last day"];
    view! {
        <section class="card">
            <h2>"New proof"</h2>
            <p class="subdued">"It states the clicks, orders and revenue of your shared links in a period. Private links are left out."</p>
            {form.summary(&labels)}
            <form method="post">
                <div class="fields">
                    {form.field(Field::new("from", labels[0]).input(Input::Date).required())}
                    {form.field(Field::new("to", labels[1]).input(Input::Date).required().hint("Yesterday or earlier: today's figures are not final."))}
                </div>
                {form.submit("Create proof")}
            </form>
        </section>
    }
    .into_any()
}

/// The days of a proof: "1 Jan – 31 Jan 2027", or with both years: "5 Jan 2026 – 10 Jan 2027".
pub(crate) fn days(period: &StatedPeriod) -> String {
    let Some(days) = period.days() else { return format!("{} – {}", period.from, period.to) };
    let year = |day: &str| day.split('-').next().unwrap_or_default().to_owned();
    let (first, last) = (year(&period.from), year(&period.to));
    let first = if first == last { String::new() } else { format!(" {first}") };
    format!("{}{first} – {} {last}", days.from.short(), days.to.short())
}

fn card(request: &CreatorRequest, proof: &IssuedProof) -> AnyView {
    let url = request.flow.proofs().url(&proof.id);
    let path = format!("/proof/{}", proof.id);
    let is_withdrawn = matches!(proof.state, ProofState::Revoked { .. });
    let state = match proof.state {
        ProofState::Current => chip("Valid", "good"),
        ProofState::Superseded => chip("Superseded", "warning"),
        ProofState::Revoked { by: RevokedBy::Brand, .. } => chip("Withdrawn by the brand", "bad"),
        ProofState::Revoked { by: RevokedBy::Creator, .. } => chip("Withdrawn", ""),
    };
    let heading = days(&proof.statement.period);
    let newer = proof.figures_now.as_ref().map(|figures| {
        let (from, to) = (proof.statement.period.from.clone(), proof.statement.period.to.clone());
        view! {
            <div class="banner warning">
                <p>{format!("The figures have changed since, for example by refunds. Today: {figures}.")}</p>
                <form method="post">
                    {Form::hidden("from", from)}{Form::hidden("to", to)}
                    <button type="submit" name="do" value="issue">"Create a proof with today's figures"</button>
                </form>
            </div>
        }
    });
    let actions = (!is_withdrawn).then(|| {
        let id = proof.id.to_string();
        let question = "Its page will show no figures any more. Files that others have downloaded stay readable.";
        let form = view! {
            <form method="post">
                {Form::hidden("proof", id)}
                <button type="submit" name="do" value="withdraw" class="critical">"Withdraw proof"</button>
            </form>
        };
        view! {
            <div class="link-actions">
                <a class="button" href=path.clone()>"Open"</a>
                {copy_button(url.clone(), "the address of this proof")}
                <share-button value=url.clone() title="Revenue proof">
                    <button type="button" aria-label="Share this proof" hidden="">{icon::SHARE()}<span>"Share"</span></button>
                </share-button>
                {confirm("Withdraw", question, form)}
            </div>
        }
    });
    view! {
        <li class="card link-card" class:muted=is_withdrawn>
            <div class="sale-head"><h3>{heading}</h3>{state}</div>
            <p>{proof.statement.figures.to_string()}</p>
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
    let text = match standing {
        0 => "Show anyone what you sold: a signed page that they can verify.".to_owned(),
        1 => "You have one proof that others can verify.".to_owned(),
        more => format!("You have {} proofs that others can verify.", format::count(format::length(more))),
    };
    let superseded = proofs.iter().any(|proof| proof.state == ProofState::Superseded);
    let note = superseded
        .then(|| view! { <p class="warning">"The figures of one have changed since. Look at it and renew it."</p> });
    view! {
        <section class="card">
            <div class="section-head"><h2>"Revenue proofs"</h2></div>
            <p>{text}</p>
            {note}
            <p><a class="button" href=PATH>"Revenue proofs"</a></p>
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
