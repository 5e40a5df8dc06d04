//! `/brand/attribution/orders/:id`: one order and the explanation of its attribution.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::A, hooks::use_params_map};

use super::server_fn::{ApproveOrder, AssignCredit, order_detail};
use super::view::OrderDetailView;
use crate::component::{BrandPage, ErrorBanner, Grid, Outcome};

#[component]
pub(crate) fn OrderDetail() -> impl IntoView {
    let params = use_params_map();
    let give = ServerAction::<AssignCredit>::new();
    let approve = ServerAction::<ApproveOrder>::new();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let source = move || (id(), give.version().get(), approve.version().get());
    let found = Resource::new(source, |(id, ..)| order_detail(id));
    view! {
        <BrandPage heading="Order">
            <Outcome action=give done="Saved. The order will be recalculated shortly." />
            <Outcome action=approve done="Approved." />
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Content found give approve /> }.into_any(),
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Content(
    found: OrderDetailView,
    give: ServerAction<AssignCredit>,
    approve: ServerAction<ApproveOrder>,
) -> impl IntoView {
    let approved_id = found.order.id.clone();
    let approval = found.needs_approval.then(|| {
        view! {
            <ActionForm action=approve>
                <input type="hidden" name="order" value=approved_id />
                <button type="submit">"Approve this order's credit and commission"</button>
            </ActionForm>
        }
    });
    let order_id = found.order.id.clone();
    let links = found.links.into_iter().map(|(id, name)| view! { <option value=id>{name}</option> }).collect_view();
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
            {found.customer.map(|href| view! { <p><A href=href>"View customer timeline"</A></p> })}
        </section>
        <section class="card">
            <h2>"Evidence"</h2>
            {if has_evidence {
                view! {
                    <div class="scroll" tabindex="0" role="region" aria-label="Evidence">
                        <table class="text">
                            <thead>
                                <tr>
                                    <th scope="col">"Date"</th>
                                    <th scope="col">"Type"</th>
                                    <th scope="col">"Creator"</th>
                                    <th scope="col">"Source"</th>
                                    <th scope="col">"Confidence"</th>
                                    <th scope="col">"Result"</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            } else {
                view! { <p class="subdued">"No evidence found."</p> }.into_any()
            }}
        </section>
        <section class="card">
            <h2>"Credit by model"</h2>
            <Grid grid=found.journey empty="No eligible touchpoints." />
        </section>
        <section class="card">
            <h2>"Commission"</h2>
            <Grid grid=found.ledger empty="No commission for this order." />
            {approval}
        </section>
        <section class="card">
            <h2>"Assign credit manually"</h2>
            <ActionForm action=give>
                <input type="hidden" name="order" value=found.order.id.clone() />
                <div class="fields">
                    <label>"Link" <select name="link" required=true>{links}</select></label>
                    <label>"Reason" <input type="text" name="reason" required=true maxlength="255" /></label>
                </div>
                <button type="submit">"Assign credit"</button>
            </ActionForm>
            {found
                .is_manual
                .then(|| {
                    view! {
                        <ActionForm action=give>
                            <input type="hidden" name="order" value=order_id.clone() />
                            <input type="hidden" name="link" value="" />
                            <input type="hidden" name="reason" value="" />
                            <button type="submit" class="quiet">"Remove manual credit"</button>
                        </ActionForm>
                    }
                })}
        </section>
    }
}
