//! `/brand/attribution/orders`: the latest orders, attributed or not.

use leptos::prelude::*;
use leptos_router::components::A;

use super::server_fn::orders;
use super::view::OrderView;
use crate::component::{BrandPage, ErrorBanner};

#[component]
pub(crate) fn Orders() -> impl IntoView {
    let found = Resource::new(|| (), |()| orders());
    view! {
        <BrandPage heading="Orders">
            <section class="card">
                <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                    {move || Suspend::new(async move {
                        match found.await {
                            Ok(found) if found.is_empty() => {
                                view! { <p class="subdued">"No orders yet. Orders from your shop appear here automatically once the app is installed."</p> }
                                    .into_any()
                            }
                            Ok(found) => view! { <Table found /> }.into_any(),
                            Err(error) => view! { <ErrorBanner error /> }.into_any(),
                        }
                    })}
                </Transition>
            </section>
        </BrandPage>
    }
}

#[component]
fn Table(found: Vec<OrderView>) -> impl IntoView {
    let rows = found
        .into_iter()
        .map(|order| {
            let is_unassigned = order.credited_to.is_empty();
            view! {
                <tr>
                    <th scope="row">
                        <A href=format!("/brand/attribution/orders/{}", order.id)>{order.name}</A>
                        <small>{order.placed_at}</small>
                    </th>
                    <td>{order.revenue}</td>
                    <td>{if is_unassigned { "Unassigned".to_owned() } else { order.credited_to }}</td>
                    <td>{order.evidence}</td>
                    <td>{order.status}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Orders">
            <table class="text">
                <thead>
                    <tr>
                        <th scope="col">"Order"</th>
                        <th scope="col">"Net revenue"</th>
                        <th scope="col">"Credited to"</th>
                        <th scope="col">"Evidence"</th>
                        <th scope="col">"Status"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
