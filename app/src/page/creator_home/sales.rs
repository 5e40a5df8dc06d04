//! `/creator/sales`: every sale to which the creator's links led, whether it is credited and why, and questions about
//! it.

use axum::response::Response;
use domain::{UnixMs, evidence::EvidenceClass, model::Model, verdict::Verdict};
use flow::{
    FlowError,
    creator_view::{CreatorOverview, CreatorSale, SaleCursor},
    question::Question,
};
use leptos::prelude::*;

use super::{links::title, period_of};
use crate::{
    component::{chip, empty},
    creator_layout::CreatorPage,
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done},
    format, icon,
    request::CreatorRequest,
};

pub(super) const PATH: &str = "/creator/sales";
/// Sales on a page.
const PAGE: i64 = 20;

pub(super) async fn show(request: CreatorRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

pub(super) async fn submit(request: CreatorRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "ask" => ask(&request, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn ask(request: &CreatorRequest, posted: &Posted) -> Result<Response, FlowError> {
    let order = posted.id("order", "sale")?;
    request.flow.creator_view(&request.caller).ask(&order, posted.get("question")).await?;
    Ok(done(&request.address.with(&[("ask", "")]), "asked"))
}

/// Where the page in the address begins.
fn cursor(request: &CreatorRequest) -> Option<SaleCursor> {
    let (at, order) = request.address.get("before").split_once('.')?;
    Some(SaleCursor { placed_at: UnixMs(at.parse().ok()?), order: order.parse().ok()? })
}

async fn page(request: &CreatorRequest, state: &FormState) -> PageResult {
    let view = request.flow.creator_view(&request.caller);
    let own = view.overview(period_of(request)).await?;
    let before = cursor(request);
    let mut found = view.sales(before.as_ref(), PAGE + 1).await?;
    // One more than is shown tells whether there are older ones.
    let has_older = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let older = found.last().filter(|_| has_older).map(|last| {
        let next = format!("{}.{}", last.sale.placed_at.0, last.sale.order);
        let href = request.address.with(&[("before", next.as_str()), ("ask", "")]);
        view! { <a class="button" href=href>"Older sales →"</a> }
    });
    let newer = before.map(|_| view! { <a class="button" href=PATH>"← Newest"</a> });
    let rows = found.iter().map(|sale| row(request, &own, sale, Some(state))).collect_view();
    let list = if found.is_empty() {
        none()
    } else {
        view! { <section class="card"><ul class="sales">{rows}</ul></section> }.into_any()
    };
    let done = (request.address.get("done") == "asked")
        .then(|| view! { "Your question was sent. The answer will appear beside the sale." }.into_any());
    let content = view! {
        <p class="subdued">"Every sale that came through your links, and whether it is credited to you."</p>
        {list}
        <nav class="pages" aria-label="Pages of sales">{newer}{older}</nav>
    };
    Ok(CreatorPage::new("Sales").done(done).status(state.status()).show(request, content))
}

pub(super) fn none() -> AnyView {
    empty(
        "No sales yet",
        "When someone buys after using your link or code, the sale appears here, with the reason why it counts.",
        None,
    )
}

/// Why a sale is credited, or why not.
fn reason(verdict: Verdict) -> String {
    let way = |class| match class {
        EvidenceClass::Manual => "the brand's own decision",
        EvidenceClass::Promo => "a discount code",
        EvidenceClass::Visit => "a visit through a link",
        EvidenceClass::Survey => "an answer in a survey",
    };
    match verdict {
        Verdict::Credited(EvidenceClass::Manual) => "Credited to you by the brand.".to_owned(),
        Verdict::Credited(EvidenceClass::Promo) => "Credited to you: your code was used.".to_owned(),
        Verdict::Credited(EvidenceClass::Visit) => "Credited to you: the shopper came through your link.".to_owned(),
        Verdict::Credited(EvidenceClass::Survey) => "Credited to you: the shopper named you in a survey.".to_owned(),
        Verdict::Shared(_, model) => {
            format!("Credited to you in part: others led to this sale too. The brand's model is “{}”.", model.label())
        }
        Verdict::Outranked { by: EvidenceClass::Manual, .. } => {
            "Not credited to you: the brand decided that it belongs to someone else.".to_owned()
        }
        Verdict::Outranked { by: EvidenceClass::Promo, own } => format!(
            "Not credited to you: someone else's discount code was used. This brand ranks a code above {}.",
            way(own)
        ),
        Verdict::Outranked { by, own } => {
            format!("Not credited to you: {} pointed to someone else. This brand ranks it above {}.", way(by), way(own))
        }
        Verdict::OtherTouch(_, Model::LastTouch) => {
            "Not credited to you: the shopper later came through someone else's link, and the last one counts."
                .to_owned()
        }
        Verdict::OtherTouch(_, Model::FirstTouch) => {
            "Not credited to you: the shopper first came through someone else's link, and the first one counts."
                .to_owned()
        }
        Verdict::OtherTouch(_, model) => {
            format!("Not credited to you: the brand's model “{}” gives the credit to others.", model.label())
        }
        Verdict::Nobody => "Not credited to anyone.".to_owned(),
    }
}

/// A sale. With the state of the page's forms, a question can be asked in place; else on the page of sales.
pub(super) fn row(
    request: &CreatorRequest,
    own: &CreatorOverview,
    found: &CreatorSale,
    state: Option<&FormState>,
) -> AnyView {
    let brand = request.caller.brand();
    let sale = &found.sale;
    let today = request.flow.reports().today(brand);
    let is_credited = found.verdict.is_credited();
    let touched = sale.credits.first().or_else(|| sale.touches.last()).map(|(link, _)| link);
    let by = touched.and_then(|id| own.links.iter().find(|link| link.link.id == *id)).map(|link| &link.link);
    let by = by.filter(|link| !link.is_direct).map(|link| title(&link.destination));
    let amount = match (&sale.shared, is_credited) {
        (Some(shared), true) => {
            let earned = format::money(shared.earned_minor, shared.revenue.currency);
            let revenue = format!("of {} in sales", shared.revenue);
            view! { <p class="amount"><b>{earned}</b><small>{revenue}</small></p> }.into_any()
        }
        (None, true) => {
            view! { <p class="amount subdued"><small>{icon::LOCK()}"Amount not shared"</small></p> }.into_any()
        }
        _ => ().into_any(),
    };
    let state_chip = if sale.is_cancelled {
        chip("Cancelled", "bad")
    } else if is_credited {
        chip("Credited", "good")
    } else {
        chip("Not credited", "")
    };
    let questions = found.questions.iter().map(|asked| question(request, asked)).collect_view();
    view! {
        <li class="sale" id=sale.order.to_string()>
            <div class="sale-head">
                <p>{format::moment(&brand.zone, today, sale.placed_at)}{by.map(|by| view! { <span class="subdued">" · "{by}</span> })}</p>
                {state_chip}
            </div>
            <div class="sale-body"><p>{reason(found.verdict)}</p>{amount}</div>
            {questions}
            {asking(request, found, state)}
        </li>
    }
    .into_any()
}

fn question(request: &CreatorRequest, asked: &Question) -> AnyView {
    let brand = request.caller.brand();
    let today = request.flow.reports().today(brand);
    let answer = match &asked.answer {
        Some(answer) => view! {
            <p class="answer"><b>{brand.name.clone()}</b>" · "{format::moment(&brand.zone, today, answer.at)}<br />{answer.text.clone()}</p>
        }
        .into_any(),
        None => view! { <p class="subdued">"Waiting for an answer."</p> }.into_any(),
    };
    view! {
        <div class="question">
            <p><b>"You"</b>" · "{format::moment(&brand.zone, today, asked.asked_at)}<br />{asked.text.clone()}</p>
            {answer}
        </div>
    }
    .into_any()
}

fn asking(request: &CreatorRequest, found: &CreatorSale, state: Option<&FormState>) -> AnyView {
    let id = found.sale.order.to_string();
    let Some(state) = state else {
        let href = format!("{PATH}?ask={id}#{id}");
        return view! { <p class="ask"><a href=href>{icon::QUESTION()}"Ask about this"</a></p> }.into_any();
    };
    let form = state.form("ask").only_if("order", &id).prefix(&id);
    let is_open = form.is_refused() || request.address.get("ask") == id;
    let field = Field::new("question", "Your question")
        .input(Input::Lines)
        .required()
        .length_max(1_000)
        .hint("Your brand sees it beside the order, and answers here.");
    view! {
        <details class="ask" open=is_open>
            <summary>{icon::QUESTION()}"Ask about this"</summary>
            {form.summary(&["Your question"])}
            <form method="post">
                {Form::hidden("order", id)}
                {form.field(field)}
                {form.submit("Send question")}
            </form>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_sentences_about_what_decided() {
        let visit = EvidenceClass::Visit;
        let all = [
            Verdict::Credited(visit),
            Verdict::Shared(visit, Model::Linear),
            Verdict::Outranked { by: EvidenceClass::Promo, own: visit },
            Verdict::Outranked { by: EvidenceClass::Survey, own: visit },
            Verdict::OtherTouch(visit, Model::LastTouch),
            Verdict::Nobody,
        ];
        for verdict in all {
            let text = reason(verdict);
            assert!(
                text.ends_with('.') && text.starts_with(if verdict.is_credited() { "Credited" } else { "Not" }),
                "{text}"
            );
        }
        assert!(reason(all[2]).contains("ranks a code above a visit through a link"));
    }
}
