//! `/brand/attribution/commissions`: rules, balances and the ledger.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    component::{BrandPage, Fault, Grid, Outcome},
    server_fn_money::{Adjust, ApproveCommissions, CreateRule, EndRule, commissions},
    view::{CommissionsView, RuleView},
};

#[component]
pub(crate) fn Commissions() -> impl IntoView {
    let create = ServerAction::<CreateRule>::new();
    let end = ServerAction::<EndRule>::new();
    let approve = ServerAction::<ApproveCommissions>::new();
    let adjust = ServerAction::<Adjust>::new();
    let versions =
        move || (create.version().get(), end.version().get(), approve.version().get(), adjust.version().get());
    let found = Resource::new(versions, |_| commissions());
    view! {
        <BrandPage heading="Commissions">
            <Outcome action=create done="The rule is in force for orders settled from now on." />
            <Outcome action=end done="The rule has ended." />
            <Outcome action=approve done="Approved." />
            <Outcome action=adjust done="The adjustment is in the ledger." />
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Parts found create end approve adjust /> }.into_any(),
                        Err(error) => view! { <Fault error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Parts(
    found: CommissionsView,
    create: ServerAction<CreateRule>,
    end: ServerAction<EndRule>,
    approve: ServerAction<ApproveCommissions>,
    adjust: ServerAction<Adjust>,
) -> impl IntoView {
    let has_rules = !found.rules.is_empty();
    let rules = found.rules.into_iter().map(|rule| view! { <Rule rule end /> }).collect_view();
    let creators =
        found.creators.into_iter().map(|(id, name)| view! { <option value=id>{name}</option> }).collect_view();
    let approval = found.approves_by_hand.then(|| {
        view! {
            <ActionForm action=approve>
                <button type="submit">"Approve everything whose hold is over"</button>
            </ActionForm>
        }
    });
    view! {
        <section class="card">
            <h2>"Balances"</h2>
            <p class="subdued">{found.hold}</p>
            <Grid grid=found.balances empty="Nothing has been earned yet." />
            {approval}
        </section>
        <section class="card">
            <h2>"Rules"</h2>
            {if has_rules {
                view! {
                    <div class="scroll" tabindex="0" role="region" aria-label="Commission rules">
                        <table class="text">
                            <thead>
                                <tr>
                                    <th scope="col">"For"</th>
                                    <th scope="col">"Pays"</th>
                                    <th scope="col">"In force"</th>
                                    <th scope="col">"End"</th>
                                </tr>
                            </thead>
                            <tbody>{rules}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            } else {
                view! { <p class="subdued">"No rule yet: nobody earns a commission. Add one that holds for everybody, and others for those who get more."</p> }
                    .into_any()
            }}
            <h3>"Add a rule"</h3>
            <ActionForm action=create>
                <div class="fields">
                    <label>
                        "For"
                        <select name="scope">
                            <option value="all">"Every creator"</option>
                            <option value="tier">"A tier"</option>
                            <option value="campaign">"A campaign (its id)"</option>
                            <option value="product">"A product (its id)"</option>
                            <option value="creator">"A creator (their id)"</option>
                        </select>
                    </label>
                    <label>"Tier or id" <input type="text" name="of" maxlength="120" /></label>
                    <label>"Per cent of the order" <input type="text" inputmode="decimal" name="percent" placeholder="10" /></label>
                    <label>"Or a fixed amount" <input type="text" inputmode="decimal" name="fixed" placeholder="5.00" /></label>
                    <label>"Bonus for a new customer" <input type="text" inputmode="decimal" name="bonus" /></label>
                    <label>"At most, an order" <input type="text" inputmode="decimal" name="cap" /></label>
                    <label>"First day" <input type="date" name="from" /></label>
                    <label>"Last day" <input type="date" name="to" /></label>
                </div>
                <p class="subdued">"The base is the subtotal after discounts and refunds, without tax and shipping. The most particular rule applies: creator, then product, campaign, tier, everybody."</p>
                <button type="submit" class="primary" disabled=move || create.pending().get()>"Add rule"</button>
            </ActionForm>
        </section>
        <section class="card">
            <h2>"Adjust a balance"</h2>
            <ActionForm action=adjust>
                <input type="hidden" name="key" value=found.adjustment_key />
                <div class="fields">
                    <label>"Creator" <select name="creator" required=true>{creators}</select></label>
                    <label>"Amount (with a minus to take)" <input type="text" inputmode="decimal" name="amount" required=true /></label>
                    <label>"Reason" <input type="text" name="reason" required=true maxlength="255" /></label>
                </div>
                <button type="submit" disabled=move || adjust.pending().get()>"Add to the ledger"</button>
            </ActionForm>
        </section>
        <section class="card">
            <h2>"Ledger"</h2>
            <Grid grid=found.ledger empty="No line yet." />
        </section>
    }
}

#[component]
fn Rule(rule: RuleView, end: ServerAction<EndRule>) -> impl IntoView {
    let ending = if rule.is_open {
        view! {
            <ActionForm action=end>
                <input type="hidden" name="id" value=rule.id />
                <button type="submit" class="quiet">"End now"</button>
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
