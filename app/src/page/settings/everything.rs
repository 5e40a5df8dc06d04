//! Taking everything out, and deleting everything.

use axum::response::Response;
use domain::{account::Role, shop::ShopDomain};
use flow::FlowError;
use http::StatusCode;
use leptos::prelude::*;

use super::PATH;
use crate::{
    component::{card, confirm},
    form::{Field, FormState, Posted, label},
    language::{Message, rich, t},
    request::BrandRequest,
};

/// The button that deletes everything.
pub(super) const DELETE: &str = "delete-everything";
/// What can be exported, as the API names it, and what it is.
const DATASETS: [(&str, Message); 17] = [
    ("orders", Message("settings-data-orders")),
    ("refunds", Message("settings-data-refunds")),
    ("conversions", Message("settings-data-conversions")),
    ("clicks", Message("settings-data-clicks")),
    ("links", Message("settings-data-links")),
    ("creators", Message("settings-data-creators")),
    ("campaigns", Message("settings-data-campaigns")),
    ("commissions", Message("settings-data-ledger")),
    ("payouts", Message("settings-data-payouts")),
    ("milestones", Message("settings-data-milestones")),
    ("tracked_events", Message("settings-data-tracked-events")),
    ("products", Message("settings-data-products")),
    ("collabs", Message("settings-data-collabs")),
    ("drops", Message("settings-data-drops")),
    ("content", Message("settings-data-content")),
    ("webhook_endpoints", Message("settings-data-webhooks")),
    ("events", Message("settings-data-events")),
];

/// The files with everything of a kind.
pub(super) fn export(request: &BrandRequest) -> Option<AnyView> {
    if request.caller.role() == Role::Member {
        return None;
    }
    let rows = DATASETS.map(|(name, data)| {
        let data = data.text();
        let file = |ending: &str| format!("{PATH}/exports/{name}.{ending}");
        let (csv, lines) = (t!("settings-as-csv", data = &data), t!("settings-as-json-lines", data = &data));
        view! {
            <li>
                <span>{data}</span>
                <span class="inline">
                    <a href=file("csv") download="" aria-label=csv>"CSV"</a>
                    <a href=file("jsonl") download="" aria-label=lines>{t!("settings-json-lines")}</a>
                </span>
            </li>
        }
    });
    let api = view! { <a href="/docs/api/unified">{t!("settings-export-api")}</a> }.into_any();
    Some(card(
        t!("settings-export"),
        view! {
            <p>{rich!("settings-export-text", api = api)}</p>
            <details>
                <summary>{t!("settings-export-files")}</summary>
                <ul class="rows">{rows.collect_view()}</ul>
            </details>
        },
    ))
}

/// Deleting everything that names a person. `shops` are the brand's shops that have the app.
pub(super) fn deletion(request: &BrandRequest, state: &FormState, shops: &[ShopDomain]) -> AnyView {
    let content = if request.caller.role() == Role::Member {
        view! { <p>{t!("settings-delete-owners-only")}</p> }.into_any()
    } else if shops.is_empty() {
        view! { <p>{t!("settings-delete-no-shop")}</p> }.into_any()
    } else {
        let form = state.form(DELETE);
        let domain =
            Field::new("domain", label("settings-shop-domain")).required().hint(t!("settings-shop-domain-hint"));
        let named = shops.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let fields = view! {
            <form method="post" autocomplete="off">
                {form.field(domain)}
                {form.button(t!("settings-delete-now"), "critical")}
            </form>
        };
        let question = t!("settings-delete-question", shops = named);
        view! {
            <p>{t!("settings-delete-text")}</p>
            <p class="subdued">{t!("settings-delete-by-shopify")}</p>
            {form.summary(&[label("settings-shop-domain")])}
            {if form.is_refused() { view! { <p>{question}</p> {fields} }.into_any() } else { confirm(t!("settings-delete-button"), question, fields) }}
        }
        .into_any()
    };
    card(t!("settings-delete"), view! { {content} <p class="subdued">{t!("settings-delete-single")}</p> })
}

/// Deletes everything. Nobody is signed in afterwards, so the answer is a page of its own.
pub(super) async fn delete(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    request.flow.installs().erase_everything(&request.caller, posted.get("domain")).await?;
    Ok(request.head.document(
        StatusCode::OK,
        &t!("settings-deleted"),
        view! {
            <main id="content" class="card narrow">
                <h1 tabindex="-1">{t!("settings-deleted")}</h1>
                <p>{t!("settings-deleted-text")}</p>
                <p>{t!("settings-deleted-next")}</p>
            </main>
        },
    ))
}
