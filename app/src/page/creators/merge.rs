//! Merging a duplicate into a creator: chosen, looked at, done.

use axum::response::Response;
use domain::{CreatorId, creator::Creator};
use flow::{FlowError, creator_merge::MergePreview};
use leptos::prelude::*;

use super::path_of;
use crate::{
    fault::translated,
    form::{Form, FormState, Posted, done, label},
    format,
    language::t,
    request::BrandRequest,
};

/// Merges the chosen creator into this one.
pub(super) async fn merge(request: &BrandRequest, id: &CreatorId, posted: &Posted) -> Result<Response, FlowError> {
    let from: CreatorId = posted.id("from", "creator")?;
    request.flow.creators().merge(&request.caller, &from, id).await?;
    Ok(done(&path_of(id), "merged"))
}

/// Looks at what merging the chosen creator would do.
pub(super) async fn preview(
    request: &BrandRequest,
    id: &CreatorId,
    posted: &Posted,
) -> Result<MergePreview, FlowError> {
    if posted.get("from").is_empty() {
        return Err(flow::Invalid::one("duplicate must be chosen").into());
    }
    let from: CreatorId = posted.id("from", "creator")?;
    request.flow.creators().preview_merge(&request.caller, &from, id).await
}

/// The card: who may be a duplicate, and what merging the chosen one would do.
pub(super) async fn card(
    request: &BrandRequest,
    creator: &Creator,
    others: &[Creator],
    state: &FormState,
    preview: Option<MergePreview>,
) -> Result<AnyView, FlowError> {
    let alike = request.flow.creators().lookalikes(&request.caller, &creator.id).await?;
    let alike = alike.into_iter().map(|other| {
        let form = FormState::default().form("preview-merge");
        view! {
            <li>
                <span><a href=path_of(&other.id)>{other.name.clone()}</a><small class="subdued">{format!("@{}", other.handle)}</small></span>
                <form method="post" action=format!("{}#merge", path_of(&creator.id))>
                    {Form::hidden("from", other.id.to_string())}{form.button(t!("creators-compare"), "")}
                </form>
            </li>
        }
    });
    let alike = alike.collect::<Vec<_>>();
    let hint = (!alike.is_empty()).then(|| {
        view! { <p>{t!("creators-alike")}</p><ul class="rows">{alike}</ul> }
    });
    let form = state.form("preview-merge");
    let others: Vec<Creator> = others.iter().filter(|other| other.id != creator.id).cloned().collect();
    let choices = format::choices(&others);
    let duplicate = form.combobox("from", label("creators-duplicate"), &choices, t!("creators-choose"), "");
    let is_open = hint.is_some() || preview.is_some() || form.is_posted() || state.form("merge").is_refused();
    Ok(view! {
        <section class="card" id="merge">
            <details open=is_open>
                <summary><h2>{t!("creators-merge")}</h2></summary>
                <p class="subdued">{t!("creators-merge-text")}</p>
                {hint}
                {state.form("merge").all_faults()}
                {form.summary(&[label("creators-duplicate")])}
                <form method="post">
                    <div class="fields">{duplicate}</div>
                    {form.button(t!("creators-preview"), "")}
                </form>
                {preview.map(|preview| shown(&preview))}
            </details>
        </section>
    }
    .into_any())
}

fn shown(preview: &MergePreview) -> AnyView {
    let holdings = &preview.holdings;
    let lines = [
        (holdings.links > 0).then(|| t!("creators-merge-links", count = holdings.links)),
        (holdings.orders > 0).then(|| t!("creators-merge-orders", count = holdings.orders)),
        (holdings.ledger_lines > 0).then(|| t!("creators-merge-ledger", count = holdings.ledger_lines)),
        (holdings.answers > 0).then(|| t!("creators-merge-answers", count = holdings.answers)),
        (holdings.items > 0).then(|| t!("creators-merge-items", count = holdings.items)),
        (!preview.new_aliases.is_empty()).then(|| t!("creators-merge-aliases", names = preview.new_aliases.join(", "))),
        preview.promo_code.as_ref().map(|code| t!("creators-merge-code", code = code)),
        preview.gets_payout_details.then(|| t!("creators-merge-payout")),
    ];
    let lines: Vec<_> = lines.into_iter().flatten().map(|line| view! { <li>{line}</li> }).collect();
    let (from, into) = (&preview.from.name, &preview.into.name);
    let what = if lines.is_empty() {
        view! { <p>{t!("creators-merge-nothing")}</p> }.into_any()
    } else {
        let gets = t!("creators-merge-gets", into = into, from = from, handle = &preview.from.handle);
        view! { <p>{gets}</p><ul>{lines}</ul> }.into_any()
    };
    let end = if preview.obstacles.is_empty() {
        let form = FormState::default().form("merge");
        view! {
            <p>{t!("creators-merge-afterwards", from = from, into = into)}</p>
            <form method="post">
                {Form::hidden("from", preview.from.id.to_string())}
                {form.button(t!("creators-merge-now"), "critical")}
            </form>
        }
        .into_any()
    } else {
        let obstacles =
            preview.obstacles.iter().map(|fault| view! { <li>{translated(fault, None)}</li> }).collect_view();
        view! { <div class="banner warning" role="alert"><p>{t!("creators-merge-obstacles")}</p><ul>{obstacles}</ul></div> }
            .into_any()
    };
    view! { <div class="preview" data-testid="merge-preview"><h3>{t!("creators-would-change")}</h3>{what}{end}</div> }
        .into_any()
}
