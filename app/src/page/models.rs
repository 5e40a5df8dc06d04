//! `/brand/attribution/models`: the models side by side, beside the brand's own policy.

use std::collections::BTreeMap;

use axum::routing::get;
use domain::{
    CreatorId, Currency,
    creator::Creator,
    model::Model,
    time::{DAY_MS, Period},
};
use flow::{
    FlowError,
    model::{JOURNEY_DAYS, Run, Share},
};
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::BrandPage,
    component::{card, empty, period_form},
    error::PageResult,
    format,
    language::{Language, Spoken, decimal, t},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
    words,
};

pub(crate) fn routes() -> Routes {
    vec![("/brand/attribution/models", get(show))]
}

/// What a creator gets in one currency: by the brand's policy, and under each model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Amounts {
    touches: i64,
    own_minor: i64,
    /// In the order of [`Model::ALL`].
    by_model: [i64; 5],
}

type ByCreator = BTreeMap<(Option<CreatorId>, Currency), Amounts>;

async fn show(request: BrandRequest) -> PageResult {
    let brand = request.caller.brand();
    let (from, to) = (request.address.get("from"), request.address.get("to"));
    let period = format::period_of(&request.flow, brand, from, to);
    let creators = request.flow.creators().list(&request.caller).await?;
    let amounts = load(&request, period).await?;
    let run = request.flow.models().latest_run(&request.caller).await?;
    let own = brand.policies.at(request.flow.now()).model;
    let table = table(&creators, &amounts, own);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "models");
    }
    let learned = learned(&creators, run.as_ref());
    if learned.is_csv_wanted(&request.address) {
        return learned.csv(&request.address, "data-driven-models");
    }
    let note = learned_note(&request, run.as_ref());
    let content = view! {
        <p class="subdued">{t!("models-intro", model = words::model_inline(own).text())}</p>
        {period_form(&request.address, period.from.to_string(), period.to.to_string(), brand.zone.name())}
        {table.view(&request.address)}
        {difference(&amounts, own)}
        {card(t!("models-learned"), view! { <p class="subdued">{note}</p> {learned.view(&request.address)} })}
    };
    Ok(BrandPage::new(t!("models-title")).show(&request, content))
}

/// By creator and currency, what the policy gave (as on the overview) and what each model would give.
async fn load(request: &BrandRequest, period: Period) -> Result<ByCreator, FlowError> {
    let mut amounts = ByCreator::new();
    for row in request.flow.models().totals(&request.caller, period).await? {
        let found = amounts.entry((row.creator, row.currency)).or_default();
        found.touches = row.touches;
        found.by_model = Model::ALL.map(|model| row.amounts_minor[model]);
    }
    for (creator, figures) in request.flow.reports().overview(&request.caller, period).await?.creators {
        for (currency, minor) in figures.sales.revenue {
            let id = creator.as_ref().map(|creator| creator.id.clone());
            if minor != 0 {
                amounts.entry((id, currency)).or_default().own_minor = minor;
            }
        }
    }
    Ok(amounts)
}

/// A length as a share of the longest.
fn bar(minor: i64, max: i64) -> AnyView {
    let tenths = i128::from(minor.max(0)) * 1_000 / i128::from(max.max(1));
    let width = format!("{}.{}%", tenths / 10, tenths % 10);
    view! {
        <svg class="amount-bar" width="100%" height="4" aria-hidden="true"><rect width=width height="4" rx="2"></rect></svg>
    }
    .into_any()
}

fn table(creators: &[Creator], amounts: &ByCreator, own: Model) -> Table {
    let column = |model: Model| Column::money(model.into(), words::model(model).text());
    let [first, last, linear, position, decay] = Model::ALL.map(column);
    let columns = [
        Column::text("creator", t!("models-creator")),
        Column::money("policy", t!("models-policy")),
        first,
        last,
        linear,
        position,
        decay,
    ];
    let max = amounts.values().flat_map(|row| row.by_model.iter().chain([&row.own_minor])).copied().max().unwrap_or(0);
    let rows = amounts.iter().map(|((creator, currency), row)| {
        let name = match creator {
            Some(_) => format::name_of(creators, creator.as_ref()),
            None => t!("models-without-creator"),
        };
        let touches = t!("models-touches", touches = row.touches);
        let cell = |minor: i64, is_own: bool| {
            let text = format::money(minor, *currency);
            let view = view! { <span class="model" class:own=is_own>{text.clone()}{bar(minor, max)}</span> };
            Cell::view(text, view).sorted_by(minor)
        };
        let models = Model::ALL.into_iter().zip(row.by_model).map(|(model, minor)| cell(minor, model == own));
        let head = [Cell::text(name).note(touches), cell(row.own_minor, true)];
        Row::new(head.into_iter().chain(models))
    });
    Table::new(t!("models-table"), columns).rows(rows.collect::<Vec<_>>()).ordered_by("-policy").empty(empty(
        t!("models-nothing"),
        t!("models-nothing-text"),
        Some(("/brand/attribution/links", t!("models-see-links"))),
    ))
}

/// Why the policy's own model does not give what the policy gave, if it does not.
fn difference(amounts: &ByCreator, own: Model) -> Option<AnyView> {
    let index = Model::ALL.iter().position(|model| *model == own)?;
    let differs = amounts.values().any(|row| row.own_minor != row.by_model[index]);
    differs.then(|| {
        view! {
            <details class="card" open="">
                <summary><h2>{t!("models-why", model = words::model(own).text())}</h2></summary>
                <ul>
                    <li>{t!("models-why-evidence")}</li>
                    <li>{t!("models-why-changed")}</li>
                    <li>{t!("models-why-closed")}</li>
                </ul>
            </details>
        }
        .into_any()
    })
}

fn learned_note(request: &BrandRequest, run: Option<&Run>) -> String {
    let Some(run) = run else {
        return t!("models-learned-soon", days = JOURNEY_DAYS);
    };
    let zone = &request.caller.brand().zone;
    t!(
        "models-learned-from",
        days = JOURNEY_DAYS,
        from = format::date(zone.day_of(run.ran_at.plus_ms(-JOURNEY_DAYS * DAY_MS))),
        to = format::date(zone.day_of(run.ran_at)),
        converted = run.outcome.converted,
        others = run.outcome.not_converted,
        moment = request.moment_text(run.ran_at),
        version = run.version.to_string(),
    )
}

fn learned(creators: &[Creator], run: Option<&Run>) -> Table {
    let columns = [
        Column::text("creator", t!("models-creator")),
        Column::number("removal", t!("models-lost")),
        Column::number("markov", t!("models-markov")),
        Column::number("shapley", t!("models-shapley")),
    ];
    let shares = run.map(|run| run.outcome.creators.as_slice()).unwrap_or_default();
    let max = shares.iter().map(|share| thousandths(share.markov_conversions.max(share.shapley_conversions))).max();
    let language = Language::current();
    let rows = shares.iter().map(|share: &Share| {
        let name = match (&share.creator, share.is_others) {
            (_, true) => t!("models-all-others"),
            (None, _) => t!("models-without-creator"),
            (Some(_), _) => format::name_of(creators, share.creator.as_ref()),
        };
        let conversions = |value: f64| {
            let (text, size) = (decimal(language, &format!("{value:.2}")), thousandths(value));
            let view = view! { <span class="model">{text.clone()}{bar(size, max.unwrap_or(0))}</span> };
            Cell::view(text, view).sorted_by(size)
        };
        let lost = decimal(language, &format!("{:.1}", share.removal_effect * 100.0));
        Row::new([
            Cell::text(name),
            Cell::number(thousandths(share.removal_effect), t!("models-lost-share", share = lost)),
            conversions(share.markov_conversions),
            conversions(share.shapley_conversions),
        ])
    });
    let nothing = view! { <p class="subdued">{t!("models-no-results")}</p> };
    Table::new(t!("models-learned"), columns)
        .rows(rows.collect::<Vec<_>>())
        .named("learned")
        .ordered_by("-markov")
        .empty(nothing)
}

#[expect(clippy::cast_possible_truncation, reason = "only sorts and draws")]
fn thousandths(value: f64) -> i64 {
    (value * 1_000.0) as i64
}
