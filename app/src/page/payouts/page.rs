//! `/brand/attribution/payouts`: payouts and their files.

use leptos::{form::ActionForm, prelude::*};

use super::server_fn::{ClosePayout, CreatePayout, PayoutFile, payouts};
use super::view::{PayoutView, PayoutsView};
use crate::component::{BrandPage, CopyButton, ErrorBanner, Grid, Outcome, data_url};

#[component]
pub(crate) fn Payouts() -> impl IntoView {
    let create = ServerAction::<CreatePayout>::new();
    let close = ServerAction::<ClosePayout>::new();
    let file = ServerAction::<PayoutFile>::new();
    let found = Resource::new(move || (create.version().get(), close.version().get()), |_| payouts());
    let file_card = move || {
        file.value().get().map(|outcome| match outcome {
            Ok((name, text)) => {
                let href = data_url("text/csv", &text);
                view! {
                    <section class="card" role="status">
                        <h2>{name.clone()}</h2>
                        <textarea readonly=true rows="8" aria-label=name.clone() data-testid="payout-file">{text.clone()}</textarea>
                        <p><a href=href download=name>"Download"</a> " " <CopyButton text what="the file" /></p>
                    </section>
                }
                .into_any()
            }
            Err(error) => view! { <ErrorBanner error /> }.into_any(),
        })
    };
    view! {
        <BrandPage heading="Payouts">
            <Outcome action=create done="Payout created. Send the payment, then mark it as paid." />
            <Outcome action=close done="Payout updated." />
            {file_card}
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Content found create close file /> }.into_any(),
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Content(
    found: PayoutsView,
    create: ServerAction<CreatePayout>,
    close: ServerAction<ClosePayout>,
    file: ServerAction<PayoutFile>,
) -> impl IntoView {
    let has_nothing_payable = found.payable.is_empty();
    let payable = found
        .payable
        .into_iter()
        .map(|(currency, amount)| {
            view! {
                <ActionForm action=create attr:class="inline">
                    <input type="hidden" name="currency" value=currency />
                    <strong>{amount}</strong> " "
                    <button type="submit" class="primary">"Create payout"</button>
                </ActionForm>
            }
        })
        .collect_view();
    let has_no_payouts = found.payouts.is_empty();
    let payouts = found.payouts.into_iter().map(|payout| view! { <Payout payout close file /> }).collect_view();
    view! {
        <section class="card">
            <h2>"Available for payout"</h2>
            {has_nothing_payable.then(|| view! { <p class="subdued">"Nothing to pay out yet. Commissions become available when their hold period ends."</p> })}
            {payable}
        </section>
        {has_no_payouts.then(|| view! { <p class="subdued">"No payouts yet."</p> })}
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
            <h2>{payout.total} " " <small class="subdued">{payout.created}</small></h2>
            <p>{payout.state}</p>
            <Grid grid=payout.items empty="" />
            <div class="inline">
                {download(payout.id.clone(), "csv", "CSV file")} {download(payout.id, "paypal", "PayPal file")} {closing}
            </div>
        </section>
    }
}
