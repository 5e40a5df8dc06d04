//! `/brand/attribution`: clicks, conversions and revenue of a period.

use leptos::prelude::*;
use leptos_router::components::A;

use super::server_fn::overview;
use super::view::{DayView, OverviewView};
use crate::component::{BarChart, BrandPage, Breakdown, Cards, ErrorBanner, PeriodForm, period_in_query};

#[component]
pub(crate) fn Overview() -> impl IntoView {
    let period = period_in_query();
    let overview = Resource::new(period, |(from, to)| overview(from, to));
    view! {
        <BrandPage heading="Overview">
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match overview.await {
                        Ok(found) => view! { <Report found /> }.into_any(),
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Report(found: OverviewView) -> impl IntoView {
    let (orders, revenue) = found.all_orders;
    let days = found.days.into_iter().map(|day| view! { <DayRow day /> }).collect_view();
    view! {
        <PeriodForm period=found.period action="/brand/attribution" />
        {found
            .is_empty
            .then(|| {
                view! {
                    <section class="card">
                        <h2>"Create your first tracking link"</h2>
                        <p>"Give each creator their own link. Clicks appear here right away, sales as orders come in."</p>
                        <p><A href="/brand/attribution/links" attr:class="button">"Create link"</A></p>
                    </section>
                }
            })}
        <Cards figures=found.total />
        <p class="subdued">
            {format!("All orders in this period, attributed or not: {orders} ({revenue}).")}
        </p>
        <section class="card">
            <h2>"By day"</h2>
            <div class="charts">
                <BarChart title="Clicks per day" bars=found.clicks_chart />
                <BarChart title="Revenue per day" bars=found.revenue_chart />
            </div>
            <details>
                <summary>"View as table"</summary>
                <div class="scroll">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Day"</th>
                                <th scope="col">"Clicks"</th>
                                <th scope="col">"Unique"</th>
                                <th scope="col">"Conversions"</th>
                                <th scope="col">"Revenue"</th>
                                <th scope="col">"Rate"</th>
                            </tr>
                        </thead>
                        <tbody>{days}</tbody>
                    </table>
                </div>
            </details>
        </section>
        <section class="card">
            <h2>"By creator"</h2>
            <Breakdown label="Creator" rows=found.creators />
        </section>
        <section class="card">
            <h2>"By campaign"</h2>
            <Breakdown label="Campaign" rows=found.campaigns />
        </section>
        <section class="card">
            <h2>"By link"</h2>
            <Breakdown label="Link" rows=found.links />
        </section>
    }
}

#[component]
fn DayRow(day: DayView) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{day.day}</th>
            <td>{day.figures.clicks}</td>
            <td>{day.figures.unique_clicks}</td>
            <td>{day.figures.conversions}</td>
            <td>{day.figures.revenue}</td>
            <td>{day.figures.conversion_rate}</td>
        </tr>
    }
}
