//! The attribution policy: what it is, and what a change would do.

use domain::{Money, creator::Creator, evidence::EvidenceClass, model::Model, policy::Policy};
use flow::{
    FlowError,
    policy::{NewPolicy, PREVIEW_DAYS, Preview},
};
use leptos::prelude::*;

use super::hidden;
use crate::{
    component::{card as titled, live_part},
    form::{Field, FormState, Input, Posted, label},
    format,
    language::{Message, t},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
    words,
};

/// The forms' names.
pub(super) const PREVIEW: &str = "preview";
pub(super) const SAVE: &str = "save-policy";

/// What a kind of evidence is called.
const fn name(class: EvidenceClass) -> Message {
    Message(match class {
        EvidenceClass::Manual => "settings-class-manual",
        EvidenceClass::Promo => "settings-class-promo",
        EvidenceClass::Visit => "settings-class-visit",
        EvidenceClass::Survey => "settings-class-survey",
    })
}

/// "Credit by hand, then discount codes, then links".
fn order_in_words(classes: &[EvidenceClass]) -> String {
    let names = classes.iter().map(|class| name(*class).text());
    let text = names.reduce(|before, next| t!("settings-then", before = before, next = next)).unwrap_or_default();
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
        lookback_days: posted.number("lookback_days", label("settings-lookback"))?,
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
        Column::text("creator", t!("settings-creator")),
        Column::money("now", t!("settings-credited-now")),
        Column::money("then", t!("settings-credited-then")),
        Column::number("difference", t!("settings-difference")),
    ];
    let rows = preview.creators.iter().map(|(creator, currency, now, then)| {
        let amount = |minor: i64| Cell::amount(Money { minor, currency: *currency });
        let name = format::name_of(&creators, creator.as_ref());
        Row::new([Cell::text(name), amount(*now), amount(*then), amount(then - now)])
    });
    let empty = view! { <p class="subdued">{t!("settings-preview-nothing")}</p> };
    let rows = rows.collect::<Vec<_>>();
    let table = Table::new(t!("settings-preview"), columns).rows(rows).empty(empty).named("preview").without_csv();
    let save = FormState::default().form(SAVE);
    view! {
        <section class="policy-preview" role="status" data-testid="preview">
            <h3>{t!("settings-preview")}</h3>
            <p>{summary(&preview)}</p>
            {table.view(&request.address)}
            <form method="post">
                {hidden("model", new.model)}
                {hidden("precedence", new.precedence.join(","))}
                {hidden("lookback_days", new.lookback_days.to_string())}
                {hidden("from", new.from)}
                {save.submit(t!("settings-save-policy"))}
            </form>
        </section>
    }
    .into_any()
}

fn summary(preview: &Preview) -> String {
    let Preview { orders, changed, .. } = preview;
    match (orders, changed) {
        (0, _) => t!("settings-preview-no-orders", days = PREVIEW_DAYS),
        (_, 0) => t!("settings-preview-none", orders = *orders, days = PREVIEW_DAYS),
        _ => t!("settings-preview-some", changed = *changed, orders = *orders, days = PREVIEW_DAYS),
    }
}

fn row(request: &BrandRequest, policy: &Policy) -> Row {
    let from = if policy.starts_at.0 == i64::MIN {
        Cell::text(t!("settings-beginning")).sorted_by(i64::MIN)
    } else {
        Cell::view(request.moment_text(policy.starts_at), request.moment(policy.starts_at))
            .sorted_by(policy.starts_at.0)
    };
    Row::new([
        from,
        Cell::text(words::model(policy.model).text()),
        Cell::text(order_in_words(&policy.precedence)),
        Cell::number(policy.lookback_days, t!("settings-lookback-days", days = policy.lookback_days)),
    ])
}

/// The policy's versions, the latest first.
pub(super) fn versions(request: &BrandRequest) -> Table {
    let columns = [
        Column::text("from", t!("settings-in-force-from")),
        Column::text("model", t!("settings-model")),
        Column::text("order", t!("settings-order")),
        Column::number("lookback", t!("settings-lookback")),
    ];
    let versions = request.caller.brand().policies.versions();
    let rows: Vec<Row> = versions.iter().rev().map(|policy| row(request, policy)).collect();
    Table::new(t!("settings-versions"), columns).rows(rows).named("policies")
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
    let models = Model::ALL.map(|model| (model.as_str().to_owned(), words::model(model).text()));
    let lookback = Field::new("lookback_days", label("settings-lookback")).input(Input::Number).required();
    let from = Field::new("from", label("settings-from")).input(Input::Date).hint(t!("settings-from-hint"));
    let progress = progress.map(|(done, total)| {
        let text = view! {
            <p>
                {t!("settings-progress", done = done, total = total)}" "
                <progress value=done.to_string() max=total.max(1).to_string() aria-label=t!("settings-progress-label")></progress>
            </p>
        };
        live_part("recompute", true, t!("settings-recompute-done"), text)
    });
    titled(
        t!("settings-policy"),
        view! {
            <p class="subdued">{t!("settings-policy-text")}</p>
            {versions(request).view(&request.address)}
            {progress}
            {saving.all_faults()}
            {preview.map(|found| previewed(request, found))}
            {form.summary(&[label("settings-model"), label("settings-lookback"), label("settings-from")])}
            <form method="post">
                <div class="fields">
                    {form.select("model", label("settings-model"), &models, "", "")}
                    {form.select("precedence", label("settings-order"), &orders(), "", "")}
                    {form.field(lookback.hint(t!("settings-lookback-hint")))}
                    {form.field(from)}
                </div>
                {form.button(t!("settings-preview-button", days = PREVIEW_DAYS), "")}
            </form>
        },
    )
}
