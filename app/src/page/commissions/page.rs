//! `/brand/attribution/commissions`: rules, balances and the ledger.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::components::A;

use super::server_fn::{Adjust, ApproveCommissions, CreateRule, EndRule, commissions};
use super::view::{CommissionsView, RuleView, WaitingView};
use crate::component::{BrandPage, ErrorBanner, Grid, Outcome};
use crate::page::order_detail::server_fn::ApproveOrder;

#[component]
pub(crate) fn Commissions() -> impl IntoView {
    let create = ServerAction::<CreateRule>::new();
    let end = ServerAction::<EndRule>::new();
    let approve = ServerAction::<ApproveCommissions>::new();
    let approve_order = ServerAction::<ApproveOrder>::new();
    let adjust = ServerAction::<Adjust>::new();
    let versions = move || {
        let approvals = (approve.version().get(), approve_order.version().get());
        (create.version().get(), end.version().get(), approvals, adjust.version().get())
    };
    let found = Resource::new(versions, |_| commissions());
    view! {
        <BrandPage heading="Commissions">
            <Outcome action=create done="Rule added. It applies to orders processed from now on." />
            <Outcome action=end done="Rule ended." />
            <Outcome action=approve done="Commissions approved." />
            <Outcome action=approve_order done="Order approved." />
            <Outcome action=adjust done="Adjustment added to the ledger." />
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Content found create end approve approve_order adjust /> }.into_any(),
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Content(
    found: CommissionsView,
    create: ServerAction<CreateRule>,
    end: ServerAction<EndRule>,
    approve: ServerAction<ApproveCommissions>,
    approve_order: ServerAction<ApproveOrder>,
    adjust: ServerAction<Adjust>,
) -> impl IntoView {
    let has_rules = !found.rules.is_empty();
    let rules = found.rules.into_iter().map(|rule| view! { <Rule rule end /> }).collect_view();
    let creators =
        found.creators.into_iter().map(|(id, name)| view! { <option value=id>{name}</option> }).collect_view();
    let has_waiting = !found.waiting.is_empty();
    let waiting = has_waiting.then(
        || view! { <WaitingList waiting=found.waiting has_proven=found.has_proven_waiting approve approve_order /> },
    );
    view! {
        <section class="card">
            <h2>"Balances"</h2>
            <p class="subdued">{found.hold}</p>
            <Grid grid=found.balances empty="No commissions yet." />
        </section>
        {waiting}
        <section class="card">
            <h2>"Rules"</h2>
            {if has_rules {
                view! {
                    <div class="scroll" tabindex="0" role="region" aria-label="Commission rules">
                        <table class="text">
                            <thead>
                                <tr>
                                    <th scope="col">"Applies to"</th>
                                    <th scope="col">"Commission"</th>
                                    <th scope="col">"Active"</th>
                                    <th scope="col">"Status"</th>
                                </tr>
                            </thead>
                            <tbody>{rules}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            } else {
                view! { <p class="subdued">"No rules yet, so no commissions are earned. Add a default rule for all creators, then more specific ones."</p> }
                    .into_any()
            }}
            <h3>"Add a rule"</h3>
            <ActionForm action=create>
                <div class="fields">
                    <label>
                        "Applies to"
                        <select name="scope">
                            <option value="all">"Every creator"</option>
                            <option value="tier">"Tier"</option>
                            <option value="campaign">"Campaign (ID)"</option>
                            <option value="product">"Product (ID)"</option>
                            <option value="creator">"Creator (ID)"</option>
                        </select>
                    </label>
                    <label>"Tier or ID" <input type="text" name="of" maxlength="120" /></label>
                    <label>"Percentage of order" <input type="text" inputmode="decimal" name="percent" placeholder="10" /></label>
                    <label>"Or fixed amount per order" <input type="text" inputmode="decimal" name="fixed" placeholder="5.00" /></label>
                    <label>"New customer bonus" <input type="text" inputmode="decimal" name="bonus" /></label>
                    <label>"Maximum per order" <input type="text" inputmode="decimal" name="cap" /></label>
                    <label>"Start date" <input type="date" name="from" /></label>
                    <label>"End date" <input type="date" name="to" /></label>
                </div>
                <p class="subdued">"Calculated on the subtotal after discounts and refunds, without tax and shipping. The most specific rule applies: creator, then product, campaign, tier, all creators."</p>
                <button type="submit" class="primary" disabled=move || create.pending().get()>"Add rule"</button>
            </ActionForm>
        </section>
        <section class="card">
            <h2>"Adjust balance"</h2>
            <ActionForm action=adjust>
                <input type="hidden" name="key" value=found.adjustment_key />
                <div class="fields">
                    <label>"Creator" <select name="creator" required=true>{creators}</select></label>
                    <label>"Amount (negative to deduct)" <input type="text" inputmode="decimal" name="amount" required=true /></label>
                    <label>"Reason" <input type="text" name="reason" required=true maxlength="255" /></label>
                </div>
                <button type="submit" disabled=move || adjust.pending().get()>"Add adjustment"</button>
            </ActionForm>
        </section>
        <section class="card">
            <h2>"Ledger"</h2>
            <Grid grid=found.ledger empty="No entries yet." />
        </section>
    }
}

/// What waits for a person: each order with the page that explains it, and its approval.
#[component]
fn WaitingList(
    waiting: Vec<WaitingView>,
    has_proven: bool,
    approve: ServerAction<ApproveCommissions>,
    approve_order: ServerAction<ApproveOrder>,
) -> impl IntoView {
    let rows = waiting
        .into_iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row">
                        <A href=format!("/brand/attribution/orders/{}", one.order)>{one.order_name}</A>
                    </th>
                    <td>{one.creator}</td>
                    <td>{one.amount}</td>
                    <td>{one.reason}</td>
                    <td>{one.available_from}</td>
                    <td>
                        <ActionForm action=approve_order>
                            <input type="hidden" name="order" value=one.order />
                            <button type="submit" class="quiet">"Approve order"</button>
                        </ActionForm>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <h2>"Needs approval"</h2>
            <p class="subdued">"Look at the order before you approve what is not proven: anybody can report an order number or a customer's name. An approved commission still waits for the end of its hold period."</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Commissions that need approval">
                <table class="text">
                    <thead>
                        <tr>
                            <th scope="col">"Order"</th>
                            <th scope="col">"Creator"</th>
                            <th scope="col">"Amount"</th>
                            <th scope="col">"Reason"</th>
                            <th scope="col">"Available from"</th>
                            <th scope="col">"Approval"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {has_proven
                .then(|| {
                    view! {
                        <ActionForm action=approve>
                            <button type="submit">"Approve all proven commissions past the hold period"</button>
                        </ActionForm>
                    }
                })}
        </section>
    }
}

#[component]
fn Rule(rule: RuleView, end: ServerAction<EndRule>) -> impl IntoView {
    let ending = if rule.is_open {
        view! {
            <ActionForm action=end>
                <input type="hidden" name="id" value=rule.id />
                <button type="submit" class="quiet">"End rule"</button>
            </ActionForm>
        }
        .into_any()
    } else {
        view! { "Ended" }.into_any()
    };
    view! {
        <tr>
            <th scope="row">{rule.scope}</th>
            <td>{rule.pays}</td>
            <td>{rule.in_force}</td>
            <td>{ending}</td>
        </tr>
    }
}
