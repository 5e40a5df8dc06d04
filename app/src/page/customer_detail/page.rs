//! `/brand/attribution/customers/:id`: a customer's orders, clicks and page views.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::server_fn::customer_detail;
use super::view::CustomerView;
use crate::component::{BrandPage, ErrorBanner, Grid};

#[component]
pub(crate) fn CustomerDetail() -> impl IntoView {
    let params = use_params_map();
    let source = move || params.with(|params| params.get("id").unwrap_or_default());
    let found = Resource::new(source, customer_detail);
    view! {
        <BrandPage heading="Customer">
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Timeline found /> }.into_any(),
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Timeline(found: CustomerView) -> impl IntoView {
    view! {
        <h2>{found.name} " " <small class="subdued">{found.since}</small></h2>
        <section class="card">
            <h2>{found.total}</h2>
            <p>{found.counts}</p>
        </section>
        <section class="card">
            <h2>"Timeline"</h2>
            <Grid grid=found.timeline empty="No activity yet." />
        </section>
    }
}
