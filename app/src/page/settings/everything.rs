//! Taking everything out, and deleting everything.

use axum::response::Response;
use domain::{account::Role, shop::ShopDomain};
use flow::FlowError;
use http::StatusCode;
use leptos::prelude::*;

use super::PATH;
use crate::{
    component::{card, confirm},
    form::{Field, FormState, Posted},
    request::BrandRequest,
};

/// The button that deletes everything.
pub(super) const DELETE: &str = "delete-everything";
/// What can be exported, as the API names it, and what it is.
const DATASETS: [(&str, &str); 16] = [
    ("orders", "Orders"),
    ("conversions", "Credits of orders"),
    ("clicks", "Clicks"),
    ("links", "Links"),
    ("creators", "Creators"),
    ("campaigns", "Campaigns"),
    ("commissions", "Commission ledger"),
    ("payouts", "Payouts"),
    ("milestones", "Milestones"),
    ("tracked_events", "Events of your storefront and systems"),
    ("products", "Products"),
    ("collabs", "Collabs"),
    ("drops", "Drops"),
    ("content", "Posts"),
    ("webhook_endpoints", "Webhooks, without their secrets"),
    ("events", "Events for other systems"),
];

/// The files with everything of a kind.
pub(super) fn export(request: &BrandRequest) -> Option<AnyView> {
    if request.caller.role() == Role::Member {
        return None;
    }
    let rows = DATASETS.map(|(name, label)| {
        let file = |ending: &str| format!("{PATH}/exports/{name}.{ending}");
        let (csv, lines) = (format!("{label} as CSV"), format!("{label} as JSON lines"));
        view! {
            <li>
                <span>{label}</span>
                <span class="inline">
                    <a href=file("csv") download="" aria-label=csv>"CSV"</a>
                    <a href=file("jsonl") download="" aria-label=lines>"JSON lines"</a>
                </span>
            </li>
        }
    });
    Some(card(
        "Export everything",
        view! {
            <p>"Each file holds all of its kind, from the beginning. A large one may take minutes. Programs get the same from the "<a href="/docs/api/unified">"export API"</a>"."</p>
            <details>
                <summary>"Files to download"</summary>
                <ul class="rows">{rows.collect_view()}</ul>
            </details>
        },
    ))
}

/// Deleting everything that names a person. `shops` are the brand's shops that have the app.
pub(super) fn deletion(request: &BrandRequest, state: &FormState, shops: &[ShopDomain]) -> AnyView {
    let text = "Deleted is everything that names a customer, a visitor or a member of the team, and what they wrote. Amounts, \
                credits, creators and the commission ledger stay. Links stop at once. It cannot be undone.";
    let by_shopify = "Uninstalling the app in your Shopify admin does the same: links stop at once, and two days later \
                      Shopify asks us to delete.";
    let content = if request.caller.role() == Role::Member {
        view! { <p>"Only an owner can delete everything."</p> }.into_any()
    } else if shops.is_empty() {
        view! { <p>"No shop has the app. To have everything deleted, ask whoever runs this server."</p> }.into_any()
    } else {
        let form = state.form(DELETE);
        let domain = Field::new("domain", "Shop’s domain").required().hint("Type it to confirm.");
        let named = shops.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let fields = view! {
            <form method="post" autocomplete="off">
                {form.field(domain)}
                {form.button("Delete everything now", "critical")}
            </form>
        };
        let question = format!("Delete everything of {named}? Export first what you want to keep.");
        view! {
            <p>{text}</p>
            <p class="subdued">{by_shopify}</p>
            {form.summary(&["Shop’s domain"])}
            {if form.is_refused() { view! { <p>{question}</p> {fields} }.into_any() } else { confirm("Delete everything …", question, fields) }}
        }
        .into_any()
    };
    card(
        "Delete everything",
        view! { {content} <p class="subdued">"A single creator or customer is erased on their own page."</p> },
    )
}

/// Deletes everything. Nobody is signed in afterwards, so the answer is a page of its own.
pub(super) async fn delete(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    request.flow.installs().erase_everything(&request.caller, posted.get("domain")).await?;
    Ok(request.head.document(
        StatusCode::OK,
        "Everything was deleted",
        view! {
            <main id="content" class="card narrow">
                <h1 tabindex="-1">"Everything was deleted"</h1>
                <p>"Nothing here names a person any more, and your links have stopped. Everybody who signed in by e-mail is signed out."</p>
                <p>"Now uninstall the app in your Shopify admin. Opening it there again would begin anew."</p>
            </main>
        },
    ))
}
