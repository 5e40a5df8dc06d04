//! `/brand/attribution/models`: the models side by side.

use leptos::prelude::*;

use super::server_fn::models;
use crate::component::{BrandPage, ErrorBanner, Grid, PeriodForm, period_in_query};

#[component]
pub(crate) fn Models() -> impl IntoView {
    let period = period_in_query();
    let found = Resource::new(period, |(from, to)| models(from, to));
    view! {
        <BrandPage heading="Models">
            <p class="subdued">"Compare how much revenue each attribution model credits to each creator. Only the model in your policy counts."</p>
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => {
                            view! {
                                <PeriodForm period=found.period action="/brand/attribution/models" />
                                <section class="card">
                                    <h2>"Net revenue by model"</h2>
                                    <Grid grid=found.by_creator empty="No attributed orders in this period." />
                                </section>
                                <section class="card">
                                    <h2>"Data-driven models"</h2>
                                    <p class="subdued">{found.learned_note}</p>
                                    <Grid grid=found.learned empty="No results yet. These models run once a day." />
                                </section>
                            }
                                .into_any()
                        }
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}
