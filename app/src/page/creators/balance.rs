//! What a creator has earned.

use domain::CreatorId;
use flow::FlowError;
use leptos::prelude::*;

use crate::{format::money, request::BrandRequest};

/// The card of a creator's balance in each currency.
pub(super) async fn card(request: &BrandRequest, creator: &CreatorId) -> Result<AnyView, FlowError> {
    let balances = request.flow.commissions().balances_of(&request.caller, creator).await?;
    let lists = balances.iter().map(|balance| {
        let line = |label: &'static str, minor: i64| {
            view! { <div><dt>{label}</dt><dd class="number">{money(minor, balance.currency)}</dd></div> }
        };
        view! {
            <dl class="sums">
                {line("Payable now", balance.payable_minor)}
                {line("On hold", balance.held_minor)}
                {(balance.in_payout_minor != 0).then(|| line("In an open payout", balance.in_payout_minor))}
                {line("Paid out", balance.paid_out_minor)}
            </dl>
        }
    });
    let lists = lists.collect::<Vec<_>>();
    let content = if lists.is_empty() {
        view! { <p class="subdued">"No commissions yet."</p> }.into_any()
    } else {
        lists.into_any()
    };
    let href = format!("/brand/attribution/commissions?creator={creator}");
    Ok(view! {
        <section class="card">
            <h2>"Balance"</h2>
            {content}
            <p class="more-link"><a href=href>"Commissions"</a></p>
        </section>
    }
    .into_any())
}
