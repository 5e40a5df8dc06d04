//! `/creator`: the creator's own dashboard.

use leptos::prelude::*;
use leptos_meta::Title;

use super::server_fn::creator_home;
use super::view::{CreatorHomeView, OwnLinkView};
use crate::component::{BarChart, Card, CopyButton, ErrorBanner, Grid, PeriodForm, period_in_query};

#[component]
pub(crate) fn CreatorHome() -> impl IntoView {
    let period = period_in_query();
    let found = Resource::new(period, |(from, to)| creator_home(from, to));
    view! {
        <Title text="Your links" />
        <a class="skip" href="#content">"Skip to content"</a>
        <header class="bar">
            <span class="logo">"CreatorScore"</span>
            <form method="post" action="/sign-out">
                <button class="quiet" type="submit">"Sign out"</button>
            </form>
        </header>
        <main id="content">
            <h1>"Your links"</h1>
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Content found /> }.into_any(),
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </main>
    }
}

#[component]
fn Content(found: CreatorHomeView) -> impl IntoView {
    let has_revenue = found.revenue.is_some();
    let revenue = found
        .revenue
        .map(|revenue| view! { <Card label="Revenue" value=revenue note="from links that share revenue" /> });
    let rows = found.links.into_iter().map(|link| view! { <Row link has_revenue /> }).collect_view();
    view! {
        {found.is_sample.then(|| view! {
            <p class="banner sample" role="note"><strong>"Sample data"</strong>" This brand, its links and its sales are made up."</p>
        })}
        <p class="subdued">{format!("{} · {}", found.name, found.brand)}</p>
        <PeriodForm period=found.period action="/creator" />
        <dl class="figures">
            <Card label="Clicks" value=found.clicks />
            <Card label="Unique clicks" value=found.unique_clicks />
            <Card label="Conversions" value=found.conversions />
            {revenue}
        </dl>
        <section class="card">
            <h2>"Earnings"</h2>
            {found.has_unshared.then(|| view! {
                <p class="subdued">"Earnings of links that do not share their revenue appear here once they are paid."</p>
            })}
            <Grid grid=found.earnings empty="No commissions yet." />
            <ul>{found.milestones.into_iter().map(|milestone| view! { <li>{milestone}</li> }).collect_view()}</ul>
        </section>
        <section class="card">
            <BarChart title="Clicks per day" bars=found.clicks_chart />
        </section>
        <section class="card">
            <div class="scroll" tabindex="0" role="region" aria-label="Your links">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Link"</th>
                            <th scope="col">"Clicks"</th>
                            <th scope="col">"Unique"</th>
                            <th scope="col">"Conversions"</th>
                            {has_revenue.then(|| view! { <th scope="col">"Revenue"</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Row(link: OwnLinkView, has_revenue: bool) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <span class="code">{link.url.clone()}</span> " " {link.is_address.then(|| view! { <CopyButton text=link.url what="this link" /> })}
                <small>{link.destination}</small>
            </th>
            <td>{link.clicks}</td>
            <td>{link.unique_clicks}</td>
            <td>{link.conversions}</td>
            {has_revenue.then(|| view! { <td>{link.revenue.unwrap_or_else(|| "Not shared".to_owned())}</td> })}
        </tr>
    }
}
