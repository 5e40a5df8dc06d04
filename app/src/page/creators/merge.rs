//! Merging a duplicate into a creator: chosen, looked at, done.

use axum::response::Response;
use domain::{CreatorId, creator::Creator};
use flow::{FlowError, creator_merge::MergePreview};
use leptos::prelude::*;

use super::path_of;
use crate::{
    form::{Form, FormState, Posted, done},
    format,
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
                    {Form::hidden("from", other.id.to_string())}{form.button("Compare", "")}
                </form>
            </li>
        }
    });
    let alike = alike.collect::<Vec<_>>();
    let hint = (!alike.is_empty()).then(|| {
        view! { <p>"The same name or e-mail address:"</p><ul class="rows">{alike}</ul> }
    });
    let form = state.form("preview-merge");
    let others: Vec<Creator> = others.iter().filter(|other| other.id != creator.id).cloned().collect();
    let is_open = hint.is_some() || preview.is_some() || form.is_posted() || state.form("merge").is_refused();
    Ok(view! {
        <section class="card" id="merge">
            <details open=is_open>
                <summary><h2>"Merge a duplicate"</h2></summary>
                <p class="subdued">"If the same person was added twice: links, orders, commissions and names of the other become this creator’s."</p>
                {hint}
                {state.form("merge").all_faults()}
                {form.summary(&["Duplicate"])}
                <form method="post">
                    <div class="fields">{form.combobox("from", "Duplicate", &format::choices(&others), "Choose a creator", "")}</div>
                    {form.button("Show what would change", "")}
                </form>
                {preview.map(|preview| shown(&preview))}
            </details>
        </section>
    }
    .into_any())
}

fn shown(preview: &MergePreview) -> AnyView {
    let counted = |count: i64, one: &str, many: &str| {
        (count > 0).then(|| if count == 1 { format!("1 {one}") } else { format!("{} {many}", format::count(count)) })
    };
    let holdings = &preview.holdings;
    let lines = [
        counted(holdings.links, "link", "links"),
        counted(holdings.orders, "credited order", "credited orders"),
        counted(holdings.ledger_lines, "line of the commission ledger", "lines of the commission ledger"),
        counted(holdings.answers, "survey answer", "survey answers"),
        counted(holdings.items, "collab, drop or post", "collabs, drops and posts"),
        (!preview.new_aliases.is_empty()).then(|| format!("as aliases: {}", preview.new_aliases.join(", "))),
        preview.promo_code.as_ref().map(|code| format!("the discount code {code}")),
        preview.gets_payout_details.then(|| "the payout details".to_owned()),
    ];
    let lines: Vec<_> = lines.into_iter().flatten().map(|line| view! { <li>{line}</li> }).collect();
    let (from, into) = (preview.from.name.clone(), preview.into.name.clone());
    let what = if lines.is_empty() {
        view! { <p>"There is nothing to take over."</p> }.into_any()
    } else {
        view! { <p>{format!("{into} gets from {from} (@{}):", preview.from.handle)}</p><ul>{lines}</ul> }.into_any()
    };
    let end = if preview.obstacles.is_empty() {
        let form = FormState::default().form("merge");
        view! {
            <p>
                {format!("Afterwards {from} no longer exists and is signed out; their affiliate URLs lead to {into}. Amounts stay as they are; orders that are credited again earn under {into}’s tier and rules. This cannot be undone.")}
            </p>
            <form method="post">
                {Form::hidden("from", preview.from.id.to_string())}
                {form.button("Merge now", "critical")}
            </form>
        }
        .into_any()
    } else {
        let obstacles = preview.obstacles.iter().map(|text| view! { <li>{text.clone()}</li> }).collect_view();
        view! { <div class="banner warning" role="alert"><p>"Before they can be merged:"</p><ul>{obstacles}</ul></div> }
            .into_any()
    };
    view! { <div class="preview" data-testid="merge-preview"><h3>"What would change"</h3>{what}{end}</div> }.into_any()
}
