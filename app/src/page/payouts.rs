//! `/brand/attribution/payouts`: what goes out, and the files for it.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    component::{BrandPage, CopyButton, Fault, Grid, Outcome},
    server_fn_money::{ClosePayout, CreatePayout, PayoutFile, payouts},
    view::{PayoutView, PayoutsView},
};

#[component]
pub(crate) fn Payouts() -> impl IntoView {
    let create = ServerAction::<CreatePayout>::new();
    let close = ServerAction::<ClosePayout>::new();
    let file = ServerAction::<PayoutFile>::new();
    let found = Resource::new(move || (create.version().get(), close.version().get()), |_| payouts());
    let written = move || {
        file.value().get().map(|outcome| match outcome {
            Ok((name, text)) => {
                let href = format!("data:text/csv;charset=utf-8,{}", percent_encoded(&text));
                view! {
                    <section class="card" role="status">
                        <h2>{name.clone()}</h2>
                        <textarea readonly=true rows="8" aria-label=name.clone() data-testid="payout-file">{text.clone()}</textarea>
                        <p><a href=href download=name>"Download"</a> " " <CopyButton text what="the file" /></p>
                    </section>
                }
                .into_any()
            }
            Err(error) => view! { <Fault error /> }.into_any(),
        })
    };
    view! {
        <BrandPage heading="Payouts">
            <Outcome action=create done="The payout is made. Pay it, then mark it as paid." />
            <Outcome action=close done="The payout is closed." />
            {written}
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Parts found create close file /> }.into_any(),
                        Err(error) => view! { <Fault error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

/// Every byte that is no letter or digit as `%XX`.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[component]
fn Parts(
    found: PayoutsView,
    create: ServerAction<CreatePayout>,
    close: ServerAction<ClosePayout>,
    file: ServerAction<PayoutFile>,
) -> impl IntoView {
    let is_nothing = found.payable.is_empty();
    let payable = found
        .payable
        .into_iter()
        .map(|(currency, amount)| {
            view! {
                <ActionForm action=create attr:class="inline">
                    <input type="hidden" name="currency" value=currency />
                    <strong>{amount}</strong> " "
                    <button type="submit" class="primary">"Make a payout"</button>
                </ActionForm>
            }
        })
        .collect_view();
    let has_none = found.payouts.is_empty();
    let payouts = found.payouts.into_iter().map(|payout| view! { <Payout payout close file /> }).collect_view();
    view! {
        <section class="card">
            <h2>"Payable now"</h2>
            {is_nothing.then(|| view! { <p class="subdued">"Nothing is payable. Commissions become payable when their hold is over."</p> })}
            {payable}
        </section>
        {has_none.then(|| view! { <p class="subdued">"No payout yet."</p> })}
        {payouts}
    }
}

#[component]
fn Payout(payout: PayoutView, close: ServerAction<ClosePayout>, file: ServerAction<PayoutFile>) -> impl IntoView {
    let form = |id: String, state: &'static str, label: &'static str| {
        view! {
            <ActionForm action=close>
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="state" value=state />
                <button type="submit">{label}</button>
            </ActionForm>
        }
    };
    let download = |id: String, kind: &'static str, label: &'static str| {
        view! {
            <ActionForm action=file>
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="kind" value=kind />
                <button type="submit" class="quiet">{label}</button>
            </ActionForm>
        }
    };
    let id = payout.id.clone();
    let closing = payout.is_open.then(|| {
        view! { {form(id.clone(), "paid", "Mark as paid")} {form(id.clone(), "cancelled", "Cancel")} }
    });
    view! {
        <section class="card">
            <h2>{payout.total} " " <small class="subdued">{payout.made}</small></h2>
            <p>{payout.state}</p>
            <Grid grid=payout.items empty="" />
            <div class="inline">
                {download(payout.id.clone(), "csv", "CSV file")} {download(payout.id, "paypal", "PayPal file")} {closing}
            </div>
        </section>
    }
}
