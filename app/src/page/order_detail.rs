//! `/brand/attribution/orders/:id`: why an order is credited as it is.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    component::{BrandPage, Fault},
    server_fn::order_detail,
    view::OrderDetailView,
};

#[component]
pub(crate) fn OrderDetail() -> impl IntoView {
    let params = use_params_map();
    let found = Resource::new(move || params.with(|params| params.get("id").unwrap_or_default()), order_detail);
    view! {
        <BrandPage heading="Order">
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Explained found /> }.into_any(),
                        Err(error) => view! { <Fault error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Explained(found: OrderDetailView) -> impl IntoView {
    let explanation = found.explanation.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let has_evidence = !found.evidence.is_empty();
    let rows = found
        .evidence
        .into_iter()
        .map(|piece| {
            view! {
                <tr class:refused=!piece.is_counted>
                    <th scope="row">{piece.at}</th>
                    <td>{piece.kind}</td>
                    <td>{piece.names}</td>
                    <td>{piece.source}</td>
                    <td>{piece.confidence}</td>
                    <td>{piece.verdict}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2>{found.order.name} " " <small class="subdued">{found.order.placed_at}</small></h2>
        <section class="card">
            <h2>{found.order.revenue}</h2>
            <ul data-testid="explanation">{explanation}</ul>
        </section>
        <section class="card">
            <h2>"Evidence"</h2>
            {if has_evidence {
                view! {
                    <div class="scroll" tabindex="0" role="region" aria-label="Evidence">
                        <table class="text">
                            <thead>
                                <tr>
                                    <th scope="col">"When"</th>
                                    <th scope="col">"Kind"</th>
                                    <th scope="col">"Names"</th>
                                    <th scope="col">"Found in"</th>
                                    <th scope="col">"Confidence"</th>
                                    <th scope="col">"Verdict"</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            } else {
                view! { <p class="subdued">"None was found."</p> }.into_any()
            }}
        </section>
    }
}
