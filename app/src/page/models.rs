//! `/brand/attribution/models`: the models side by side.

use leptos::prelude::*;

use crate::{
    component::{BrandPage, Fault, Grid, PeriodForm, period_in_query},
    server_fn_money::models,
};

#[component]
pub(crate) fn Models() -> impl IntoView {
    let period = period_in_query();
    let found = Resource::new(period, |(from, to)| models(from, to));
    view! {
        <BrandPage heading="Models">
            <p class="subdued">"What each attribution model gives each creator. Your policy decides which of them counts; the others are here to compare."</p>
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => {
                            view! {
                                <PeriodForm period=found.period action="/brand/attribution/models" />
                                <section class="card">
                                    <h2>"Net revenue by model"</h2>
                                    <Grid grid=found.by_creator empty="No credited order in this period." />
                                </section>
                                <section class="card">
                                    <h2>"From all journeys"</h2>
                                    <p class="subdued">{found.learned_note}</p>
                                    <Grid grid=found.learned empty="Not computed yet: it runs once a day." />
                                </section>
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Fault error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}
