//! `/creator/sales`: every sale to which the creator's links led, whether it is credited and why, and questions about
//! it.

use axum::response::Response;
use domain::{Money, OrderId, UnixMs, evidence::EvidenceClass, model::Model, verdict::Verdict};
use flow::{
    FlowError,
    creator_view::{CreatorOverview, CreatorSale, SaleCursor, SaleFilter, SalePage, SaleState},
    question::Question,
};
use leptos::prelude::*;

use super::{links::title, period_of};
use crate::{
    component::{chip, empty},
    creator_layout::CreatorPage,
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done, label},
    format, icon,
    language::{Message, t},
    picker::{Filter, filter_bar},
    request::CreatorRequest,
    table::{Cell, Column, Row, Table},
    words,
};

pub(super) const PATH: &str = "/creator/sales";
/// The page with one sale.
pub(super) fn path_of(order: &OrderId) -> String {
    format!("{PATH}?sale={order}")
}

/// Sales on a page.
const PAGE: usize = 20;
/// Sales of the file that are read at once.
const PORTION: usize = 500;

/// What became of a sale, as a choice of the filter.
const STATES: [(&str, SaleState, Message); 3] = [
    ("credited", SaleState::Credited, Message("creator_home-credited")),
    ("not-credited", SaleState::NotCredited, Message("creator_home-not-credited")),
    ("cancelled", SaleState::Cancelled, Message("creator_home-cancelled")),
];

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
    let page = request.address.get("page");
    Ok(done(&request.address.with(&[("ask", ""), ("page", page)]), "asked"))
}

/// Where the page in the address begins.
fn cursor(request: &CreatorRequest) -> Option<SaleCursor> {
    let (at, order) = request.address.get("page").split_once('.')?;
    Some(SaleCursor { placed_at: UnixMs(at.parse().ok()?), order: order.parse().ok()? })
}

/// Which sales the address asks for.
fn filter(request: &CreatorRequest) -> SaleFilter {
    let asked = request.address.get("state");
    let state = STATES.into_iter().find(|(name, ..)| *name == asked).map(|(_, state, _)| state);
    SaleFilter { state, link: request.address.get("link").parse().ok() }
}

/// The choices of sales.
fn filters(request: &CreatorRequest, own: &CreatorOverview) -> AnyView {
    let states = STATES.map(|(name, _, label)| (name.to_owned(), label.text()));
    let name = |link: &domain::link::Link| format!("{} /{}", title(&link.destination), link.code);
    let links = own.links.iter().map(|own| &own.link).filter(|link| !link.is_direct);
    let links = links.map(|link| (link.id.to_string(), name(link))).collect();
    let choices = vec![
        Filter::of("state", t!("creator_home-state"), states.into(), t!("creator_home-every-state")),
        Filter::by_name("link", t!("creator_home-link"), links, t!("creator_home-all-links")),
    ];
    filter_bar(&request.address, "", choices)
}

/// All sales that the filter admits, as a file. Amounts that are not shared are left out.
async fn csv(request: &CreatorRequest, own: &CreatorOverview) -> PageResult {
    let view = request.flow.creator_view(&request.caller);
    let zone = &request.caller.brand().zone;
    let columns = [
        Column::text("placed", t!("creator_home-placed")),
        Column::text("link", t!("creator_home-link")),
        Column::text("state", t!("creator_home-state")),
        Column::text("reason", t!("creator_home-reason")),
        Column::money("revenue", t!("creator_home-revenue")),
        Column::money("earned", t!("creator_home-earned-amount")),
    ];
    let mut file = Table::new(t!("creator_home-sales"), columns).begin_csv()?;
    let (filter, mut before) = (filter(request), None);
    loop {
        let SalePage { sales, next } = view.sales_page(before.as_ref(), PORTION, &filter).await?;
        for found in &sales {
            let shared = found.sale.shared.as_ref().filter(|_| found.verdict.is_credited());
            let earned = shared.map(|shared| Money { minor: shared.earned_minor, currency: shared.revenue.currency });
            file.write(&Row::new([
                Cell::text(zone.show(found.sale.placed_at)),
                Cell::text(link_of(own, found).map(|link| title(&link.destination)).unwrap_or_default()),
                Cell::text(state_of(found).0.text()),
                Cell::text(reason(found.verdict)),
                Cell::some_amount(shared.map(|shared| shared.revenue)),
                Cell::some_amount(earned),
            ]))?;
        }
        before = next;
        if before.is_none() {
            return file.finish("sales");
        }
    }
}

/// The link that led to a sale; `None` if it is not one of the creator's own any more.
fn link_of<'a>(own: &'a CreatorOverview, found: &CreatorSale) -> Option<&'a domain::link::Link> {
    let sale = &found.sale;
    let touched = sale.credits.first().or_else(|| sale.touches.last()).map(|(link, _)| link)?;
    let link = own.all_links.iter().find(|link| link.id == *touched);
    link.filter(|link| !link.is_direct)
}

/// What became of a sale, and the tone of its chip.
fn state_of(found: &CreatorSale) -> (Message, &'static str) {
    match found.state() {
        SaleState::Cancelled => (Message("creator_home-cancelled"), "bad"),
        SaleState::Credited => (Message("creator_home-credited"), "good"),
        SaleState::NotCredited => (Message("creator_home-not-credited"), ""),
    }
}

async fn page(request: &CreatorRequest, state: &FormState) -> PageResult {
    let view = request.flow.creator_view(&request.caller);
    let own = view.overview(period_of(request)).await?;
    if request.address.get("format") == "csv" {
        return csv(request, &own).await;
    }
    let filter = filter(request);
    // Mails and payouts name one sale, which may be older than a page.
    let named: Option<OrderId> = request.address.get("sale").parse().ok();
    let before = cursor(request);
    let one = match &named {
        Some(order) => view.sale(order).await.map(Some).or_else(|error| match error {
            // It may not concern the creator any more.
            FlowError::NotFound(_) => Ok(None),
            other => Err(other),
        })?,
        None => None,
    };
    let is_one = one.is_some();
    let SalePage { sales: found, next } = match one {
        Some(sale) => SalePage { sales: vec![sale], next: None },
        None => view.sales_page(before.as_ref(), PAGE, &filter).await?,
    };
    let older = next.as_ref().map(|next| {
        let next = format!("{}.{}", next.placed_at.0, next.order);
        let href = request.address.with(&[("page", next.as_str()), ("ask", "")]);
        view! { <a class="button" href=href>{t!("creator_home-older")}</a> }
    });
    let newest = match (is_one, &before) {
        (true, _) => Some(t!("creator_home-all-sales")),
        (false, Some(_)) => Some(t!("creator_home-newest")),
        (false, None) => None,
    };
    let first = if is_one { PATH.to_owned() } else { request.address.with(&[("ask", "")]) };
    let newer = newest.map(|label| view! { <a class="button" href=first>{label}</a> });
    let is_filtered = filter != SaleFilter::default();
    let has_list = !found.is_empty() || is_filtered;
    let bar = (has_list && !is_one).then(|| filters(request, &own));
    let file = (has_list && !is_one).then(|| {
        let href = request.address.with(&[("format", "csv"), ("ask", "")]);
        view! { <a class="quiet" href=href download="">{icon::DOWNLOAD()}"CSV"</a> }
    });
    let rows = found.iter().map(|sale| row(request, &own, sale, Some(state))).collect_view();
    let list = if found.is_empty() && is_filtered {
        let text = if next.is_some() { t!("creator_home-none-among-these") } else { t!("creator_home-no-such-sale") };
        view! { <p class="subdued">{text}</p> }.into_any()
    } else if found.is_empty() {
        none()
    } else {
        view! { <section class="card"><ul class="sales">{rows}</ul></section> }.into_any()
    };
    let done = (request.address.get("done") == "asked").then(|| t!("creator_home-asked").into_any());
    let content = view! {
        <p class="subdued">{t!("creator_home-sales-text")}</p>
        {bar}
        {list}
        <nav class="pages" aria-label=t!("creator_home-pages")>{newer}{older}{file}</nav>
    };
    Ok(CreatorPage::new(t!("creator_home-sales")).done(done).status(state.status()).show(request, content))
}

pub(super) fn none() -> AnyView {
    empty(t!("creator_home-no-sales"), t!("creator_home-no-sales-text"), None)
}

/// What kind of evidence pointed to somebody, inside a sentence.
const fn way(class: EvidenceClass) -> Message {
    Message(match class {
        EvidenceClass::Manual => "creator_home-way-manual",
        EvidenceClass::Promo => "creator_home-way-promo",
        EvidenceClass::Visit => "creator_home-way-visit",
        EvidenceClass::Survey => "creator_home-way-survey",
    })
}

/// Why a sale is credited, or why not.
fn reason(verdict: Verdict) -> String {
    match verdict {
        Verdict::Credited(EvidenceClass::Manual) => t!("creator_home-why-manual"),
        Verdict::Credited(EvidenceClass::Promo) => t!("creator_home-why-promo"),
        Verdict::Credited(EvidenceClass::Visit) => t!("creator_home-why-visit"),
        Verdict::Credited(EvidenceClass::Survey) => t!("creator_home-why-survey"),
        Verdict::Shared(_, model) => t!("creator_home-why-shared", model = words::model(model).text()),
        Verdict::Outranked { by: EvidenceClass::Manual, .. } => t!("creator_home-why-other-manual"),
        Verdict::Outranked { by: EvidenceClass::Promo, own } => {
            t!("creator_home-why-other-promo", own = way(own).text())
        }
        Verdict::Outranked { by, own } => t!("creator_home-why-other", by = way(by).text(), own = way(own).text()),
        Verdict::OtherTouch(_, Model::LastTouch) => t!("creator_home-why-last"),
        Verdict::OtherTouch(_, Model::FirstTouch) => t!("creator_home-why-first"),
        Verdict::OtherTouch(_, model) => t!("creator_home-why-model", model = words::model(model).text()),
        Verdict::Nobody => t!("creator_home-why-nobody"),
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
    let by = link_of(own, found).map(|link| title(&link.destination));
    let amount = match (&sale.shared, is_credited) {
        (Some(shared), true) => {
            let earned = format::money(shared.earned_minor, shared.revenue.currency);
            let revenue = t!("creator_home-of-sales", amount = format::amount(shared.revenue));
            view! { <p class="amount"><b>{earned}</b><small>{revenue}</small></p> }.into_any()
        }
        (None, true) => {
            view! { <p class="amount subdued"><small>{icon::LOCK()}{t!("creator_home-amount-private")}</small></p> }
                .into_any()
        }
        _ => ().into_any(),
    };
    let (label, tone) = state_of(found);
    let state_chip = chip(label.text(), tone);
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
        None => view! { <p class="subdued">{t!("creator_home-waiting")}</p> }.into_any(),
    };
    view! {
        <div class="question">
            <p><b>{t!("creator_home-you")}</b>" · "{format::moment(&brand.zone, today, asked.asked_at)}<br />{asked.text.clone()}</p>
            {answer}
        </div>
    }
    .into_any()
}

fn asking(request: &CreatorRequest, found: &CreatorSale, state: Option<&FormState>) -> AnyView {
    let id = found.sale.order.to_string();
    let Some(state) = state else {
        let href = format!("{PATH}?ask={id}#{id}");
        return view! { <p class="ask"><a href=href>{icon::QUESTION()}{t!("creator_home-ask")}</a></p> }.into_any();
    };
    let form = state.form("ask").only_if("order", &id).prefix(&id);
    let is_open = form.is_refused() || request.address.get("ask") == id;
    let field = Field::new("question", label("creator_home-question"))
        .input(Input::Lines)
        .required()
        .length_max(1_000)
        .hint(t!("creator_home-question-hint"));
    view! {
        <details class="ask" open=is_open>
            <summary>{icon::QUESTION()}{t!("creator_home-ask")}</summary>
            {form.summary(&[label("creator_home-question")])}
            <form method="post">
                {Form::hidden("order", id)}
                {form.field(field)}
                {form.submit(t!("creator_home-send"))}
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
