//! What a creator has earned.

use domain::CreatorId;
use flow::FlowError;
use leptos::prelude::*;

use crate::{format::money, language::t, request::BrandRequest};

/// The card of a creator's balance in each currency.
pub(super) async fn card(request: &BrandRequest, creator: &CreatorId) -> Result<AnyView, FlowError> {
    let balances = request.flow.commissions().balances_of(&request.caller, creator).await?;
    let lists = balances.iter().map(|balance| {
        let line = |label: String, minor: i64| {
            view! { <div><dt>{label}</dt><dd class="number">{money(minor, balance.currency)}</dd></div> }
        };
        view! {
            <dl class="sums">
                {line(t!("creators-payable"), balance.payable_minor)}
                {line(t!("creators-held"), balance.held_minor)}
                {(balance.in_payout_minor != 0).then(|| line(t!("creators-in-payout"), balance.in_payout_minor))}
                {line(t!("creators-paid-out"), balance.paid_out_minor)}
            </dl>
        }
    });
    let lists = lists.collect::<Vec<_>>();
    let content = if lists.is_empty() {
        view! { <p class="subdued">{t!("creators-no-commissions")}</p> }.into_any()
    } else {
        lists.into_any()
    };
    let href = format!("/brand/attribution/commissions?creator={creator}");
    Ok(view! {
        <section class="card">
            <h2>{t!("creators-balance")}</h2>
            {content}
            <p class="more-link"><a href=href>{t!("creators-commissions")}</a></p>
        </section>
    }
    .into_any())
}
