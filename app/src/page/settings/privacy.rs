//! Privacy on the settings page: how long data is kept, and what customers asked for.

use leptos::{form::ActionForm, prelude::*};

use super::server_fn::{DataExport, SaveRetention};
use crate::component::{CopyButton, ErrorBanner, data_url};

/// The form that sets for how many days events, clicks, landings and ended sessions are kept.
#[component]
pub(super) fn Retention(days: [u32; 4], action: ServerAction<SaveRetention>) -> impl IntoView {
    let [events, clicks, landings, access] = days.map(|days| days.to_string());
    view! {
        <section class="card">
            <h2>"Data retention"</h2>
            <p class="subdued">
                "Older visits are deleted daily. Totals, orders, credits and commissions stay. The lookback window and 30 more days are always kept."
            </p>
            <ActionForm action=action>
                <div class="fields">
                    <label>"Events (days)" <input type="number" name="events" min="30" max="3650" required=true value=events /></label>
                    <label>"Clicks (days)" <input type="number" name="clicks" min="30" max="3650" required=true value=clicks /></label>
                    <label>"Landings (days)" <input type="number" name="landings" min="30" max="3650" required=true value=landings /></label>
                    <label>"Expired sessions (days)" <input type="number" name="access" min="1" max="3650" required=true value=access /></label>
                </div>
                <button type="submit">"Save retention"</button>
            </ActionForm>
        </section>
    }
}

/// What is stored about customers who asked for it, to download.
#[component]
pub(super) fn DataExports(exports: Vec<(String, String)>, action: ServerAction<DataExport>) -> impl IntoView {
    let file = move || {
        action.value().get().map(|outcome| match outcome {
            Ok((name, text)) => {
                let href = data_url("application/json", &text);
                view! {
                    <p role="status">
                        <a href=href download=name.clone()>{format!("Download {name}")}</a> " " <CopyButton text what="the export" />
                    </p>
                }
                .into_any()
            }
            Err(error) => view! { <ErrorBanner error /> }.into_any(),
        })
    };
    let has_none = exports.is_empty();
    let rows = exports
        .into_iter()
        .map(|(id, dates)| {
            view! {
                <li>
                    <ActionForm action=action attr:class="inline">
                        <input type="hidden" name="id" value=id.clone() />
                        <code>{id}</code> " " <span class="subdued">{dates}</span> " "
                        <button type="submit" class="quiet">"Prepare download"</button>
                    </ActionForm>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card" data-testid="data-exports">
            <h2>"Customer data requests"</h2>
            <p class="subdued">
                "When a customer asks Shopify for their data, everything stored about them appears here for 30 days. Hand it to the customer."
            </p>
            {has_none.then(|| view! { <p class="subdued">"No requests in the last 30 days."</p> })}
            <ul>{rows}</ul>
            {file}
        </section>
    }
}
