//! The attribution policy: what it is, and what a change would do.

use domain::{creator::Creator, evidence::EvidenceClass, model::Model, policy::Policy};
use flow::{
    FlowError,
    policy::{NewPolicy, PREVIEW_DAYS, Preview},
};
use leptos::prelude::*;

use super::hidden;
use crate::{
    component::card as titled,
    form::{Field, FormState, Input, Posted},
    format,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The forms' names.
pub(super) const PREVIEW: &str = "preview";
pub(super) const SAVE: &str = "save-policy";

/// What a kind of evidence is called.
const fn name(class: EvidenceClass) -> &'static str {
    match class {
        EvidenceClass::Manual => "by hand",
        EvidenceClass::Promo => "promo code",
        EvidenceClass::Visit => "visits and carts",
        EvidenceClass::Survey => "survey answers",
    }
}

fn order_in_words(classes: &[EvidenceClass]) -> String {
    let words: Vec<&str> = classes.iter().map(|class| name(*class)).collect();
    let text = words.join(", then ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

fn stored(classes: &[EvidenceClass]) -> String {
    classes.iter().map(|class| class.as_str()).collect::<Vec<_>>().join(",")
}

/// Every order that keeps credit by hand first.
fn orders() -> Vec<(String, String)> {
    let others = [EvidenceClass::Promo, EvidenceClass::Visit, EvidenceClass::Survey];
    let mut orders = Vec::new();
    for second in others {
        for third in others.into_iter().filter(|class| *class != second) {
            let fourth = others.into_iter().find(|class| *class != second && *class != third);
            let order: Vec<_> =
                [Some(EvidenceClass::Manual), Some(second), Some(third), fourth].into_iter().flatten().collect();
            orders.push((stored(&order), order_in_words(&order)));
        }
    }
    orders
}

/// The policy of the form.
pub(super) fn posted_policy(posted: &Posted) -> Result<NewPolicy, FlowError> {
    Ok(NewPolicy {
        model: posted.text("model"),
        precedence: posted.get("precedence").split(',').map(str::to_owned).collect(),
        lookback_days: posted.number("lookback_days", "Lookback")?,
        from: posted.text("from"),
    })
}

/// A policy that was not saved yet, and what it would have done.
pub(super) struct Previewed {
    new: NewPolicy,
    preview: Preview,
    creators: Vec<Creator>,
}

/// What the posted policy would have done.
pub(super) async fn preview(request: &BrandRequest, posted: &Posted) -> Result<Previewed, FlowError> {
    let new = posted_policy(posted)?;
    let preview = request.flow.policies().preview(&request.caller, &new).await?;
    Ok(Previewed { new, preview, creators: request.flow.creators().list(&request.caller).await? })
}

/// What a policy would have done, with the button that saves it.
fn previewed(request: &BrandRequest, found: Previewed) -> AnyView {
    let Previewed { new, preview, creators } = found;
    let columns = [
        Column::text("creator", "Creator"),
        Column::money("now", "Credited now"),
        Column::money("then", "With this policy"),
        Column::number("difference", "Difference"),
    ];
    let rows = preview.creators.iter().map(|(creator, currency, now, then)| {
        let amount = |minor: i64| Cell::number(minor, format::money(minor, *currency));
        let name = format::name_of(&creators, creator.as_ref());
        Row::new([Cell::text(name), amount(*now), amount(*then), amount(then - now)])
    });
    let empty = view! { <p class="subdued">"No creator's credit would change."</p> };
    let table =
        Table::new("Preview", columns).rows(rows.collect::<Vec<_>>()).empty(empty).named("preview").without_csv();
    let save = FormState::default().form(SAVE);
    view! {
        <section class="policy-preview" role="status" data-testid="preview">
            <h3>"Preview"</h3>
            <p>{summary(&preview)}</p>
            {table.view(&request.address)}
            <form method="post">
                {hidden("model", new.model)}
                {hidden("precedence", new.precedence.join(","))}
                {hidden("lookback_days", new.lookback_days.to_string())}
                {hidden("from", new.from)}
                {save.submit("Save policy")}
            </form>
        </section>
    }
    .into_any()
}

fn summary(preview: &Preview) -> String {
    let Preview { orders, changed, .. } = preview;
    match (orders, changed) {
        (0, _) => format!("There were no orders in the last {PREVIEW_DAYS} days."),
        (_, 0) => format!("None of {orders} orders in the last {PREVIEW_DAYS} days would be credited differently."),
        _ => format!("{changed} of {orders} orders in the last {PREVIEW_DAYS} days would be credited differently."),
    }
}

fn row(request: &BrandRequest, policy: &Policy) -> Row {
    let from = if policy.starts_at.0 == i64::MIN {
        Cell::text("The beginning").sorted_by(i64::MIN)
    } else {
        Cell::view(request.moment_text(policy.starts_at), request.moment(policy.starts_at))
            .sorted_by(policy.starts_at.0)
    };
    Row::new([
        from,
        Cell::text(policy.model.label()),
        Cell::text(order_in_words(&policy.precedence)),
        Cell::number(policy.lookback_days, format!("{} days", policy.lookback_days)),
    ])
}

/// The policy's versions, the latest first.
pub(super) fn versions(request: &BrandRequest) -> Table {
    let columns = [
        Column::text("from", "In force from"),
        Column::text("model", "Model"),
        Column::text("order", "Evidence decides in this order"),
        Column::number("lookback", "Lookback"),
    ];
    let versions = request.caller.brand().policies.versions();
    let rows: Vec<Row> = versions.iter().rev().map(|policy| row(request, policy)).collect();
    Table::new("Policy versions", columns).rows(rows).named("policies")
}

/// The policy's versions, and the form that previews another.
pub(super) fn card(
    request: &BrandRequest,
    state: &FormState,
    preview: Option<Previewed>,
    progress: Option<(i64, i64)>,
) -> AnyView {
    let policies = &request.caller.brand().policies;
    let current = policies.at(request.flow.now());
    let form = state
        .form(PREVIEW)
        .initial("model", current.model.as_str())
        .initial("precedence", stored(&current.precedence))
        .initial("lookback_days", current.lookback_days.to_string());
    let saving = state.form(SAVE);
    let models = Model::ALL.map(|model| (model.as_str().to_owned(), model.label().to_owned()));
    let lookback = Field::new("lookback_days", "Lookback").input(Input::Number).required();
    let from = Field::new("from", "From").input(Input::Date).hint("Now, if empty.");
    let progress = progress.map(|(done, total)| {
        view! {
            <p role="status">
                {format!("Orders are being credited again: {done} of {total}. ")}
                <progress value=done.to_string() max=total.max(1).to_string() aria-label="Orders credited again"></progress>
            </p>
        }
    });
    titled(
        "Attribution policy",
        view! {
            <p class="subdued">"Says which touches count, and how an order's revenue is shared between them. A change makes a new version: earlier orders keep theirs."</p>
            {versions(request).view(&request.address)}
            {progress}
            {saving.all_faults()}
            {preview.map(|found| previewed(request, found))}
            {form.summary(&["Model", "Lookback", "From"])}
            <form method="post">
                <div class="fields">
                    {form.select("model", "Model", &models, "", "")}
                    {form.select("precedence", "Evidence decides in this order", &orders(), "", "")}
                    {form.field(lookback.hint("Days before an order within which a touch counts."))}
                    {form.field(from)}
                </div>
                {form.button("Preview on the last 90 days", "")}
            </form>
        },
    )
}
