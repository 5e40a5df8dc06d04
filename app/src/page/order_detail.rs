//! `/brand/attribution/orders/:id`: why an order is credited as it is.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::A, hooks::use_params_map};

use crate::{
    component::{BrandPage, Fault, Grid, Outcome},
    server_fn::order_detail,
    server_fn_money::GiveCredit,
    view::OrderDetailView,
};

#[component]
pub(crate) fn OrderDetail() -> impl IntoView {
    let params = use_params_map();
    let give = ServerAction::<GiveCredit>::new();
    let source = move || (params.with(|params| params.get("id").unwrap_or_default()), give.version().get());
    let found = Resource::new(source, |(id, _)| order_detail(id));
    view! {
        <BrandPage heading="Order">
            <Outcome action=give done="Noted. The order is settled again in a moment." />
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Explained found give /> }.into_any(),
                        Err(error) => view! { <Fault error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Explained(found: OrderDetailView, give: ServerAction<GiveCredit>) -> impl IntoView {
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
            {found.customer.map(|href| view! { <p><A href=href>"The customer's whole timeline"</A></p> })}
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
        <section class="card">
            <h2>"What each model gives"</h2>
            <Grid grid=found.journey empty="No touchpoint counts." />
        </section>
        <section class="card">
            <h2>"Commission"</h2>
            <Grid grid=found.ledger empty="Nothing is owed for this order." />
        </section>
        <section class="card">
            <h2>"Give the credit by hand"</h2>
            <ActionForm action=give>
                <input type="hidden" name="order" value=found.order.id.clone() />
                <div class="fields">
                    <label>"To" <select name="link" required=true>{links}</select></label>
                    <label>"Reason" <input type="text" name="reason" required=true maxlength="255" /></label>
                </div>
                <button type="submit">"Give credit"</button>
            </ActionForm>
            {found
                .is_by_hand
                .then(|| {
                    view! {
                        <ActionForm action=give>
                            <input type="hidden" name="order" value=order_id.clone() />
                            <input type="hidden" name="link" value="" />
                            <input type="hidden" name="reason" value="" />
                            <button type="submit" class="quiet">"Let the evidence decide again"</button>
                        </ActionForm>
                    }
                })}
        </section>
    }
}
