//! What a creator earned, at the head of their home. The section is marked `data-earnings`: it is the one that a paid
//! payout changes, whatever the payout contains.

use flow::creator_view::{CreatorOverview, OwnBalance};
use leptos::prelude::*;

use super::{earned_minor, has_private};
use crate::{
    format::{self, money},
    request::CreatorRequest,
};

/// Why an amount may be missing.
const PRIVATE: &str = "Earnings of links whose revenue your brand keeps private appear here once they are paid.";

/// "$142.10 earned · $98.00 payable now".
pub(super) fn head(request: &CreatorRequest, own: &CreatorOverview, balances: &[OwnBalance]) -> AnyView {
    let brand = request.caller.brand();
    let mut balances: Vec<&OwnBalance> = balances.iter().collect();
    balances.sort_by_key(|balance| balance.currency != brand.currency);
    let lines = balances.iter().map(|balance| line(request, balance)).collect_view();
    let note = if has_private(own) { Some(PRIVATE) } else { None };
    let nothing = balances.is_empty().then(|| {
        let text = if has_private(own) && !own.links.iter().any(|link| link.link.share_revenue) {
            "Your brand keeps the revenue of your links private."
        } else {
            "No earnings yet. Share a link: clicks appear at once, earnings as orders come in."
        };
        view! { <p class="lead">{text}</p> }
    });
    let name = format!("Your links, sales and earnings at {}.", brand.name);
    view! {
        <p class="subdued">{name}</p>
        <section class="card earned" data-earnings="" aria-label="Earnings">
            {lines}
            {nothing}
            {note.map(|note| view! { <p class="subdued">{note}</p> })}
        </section>
    }
    .into_any()
}

fn line(request: &CreatorRequest, balance: &OwnBalance) -> AnyView {
    let zone = &request.caller.brand().zone;
    let show = |minor| money(minor, balance.currency);
    let held = (balance.held_minor != 0).then(|| {
        let on = balance.next_payable_at.map(|at| format!(", the next from {}", zone.day_of(at).short()));
        format!("{} on hold{}", show(balance.held_minor), on.unwrap_or_default())
    });
    let payable = (balance.payable_minor != 0).then(|| format!("{} payable", show(balance.payable_minor)));
    let paid = (balance.paid_minor != 0).then(|| format!("{} paid", show(balance.paid_minor)));
    let parts: Vec<String> = payable.into_iter().chain(held).chain(paid).collect();
    view! {
        <p class="amount"><strong>{show(earned_minor(balance))}</strong>" earned"</p>
        <p>{parts.join(" · ")}</p>
    }
    .into_any()
}

/// The balances as a table: currency, on hold, payable, paid.
pub(super) fn table(balances: &[OwnBalance], has_private: bool) -> AnyView {
    if balances.is_empty() {
        let note = has_private.then(|| view! { <p class="subdued">{PRIVATE}</p> });
        return view! { <p class="subdued">"No commissions yet."</p>{note} }.into_any();
    }
    let rows = balances
        .iter()
        .map(|balance| {
            let show = |minor| money(minor, balance.currency);
            view! {
                <tr>
                    <th scope="row">{balance.currency.code()}</th>
                    <td class="number" data-label="On hold">{show(balance.held_minor)}</td>
                    <td class="number" data-label="Payable">{show(balance.payable_minor)}</td>
                    <td class="number" data-label="Paid">{show(balance.paid_minor)}</td>
                </tr>
            }
        })
        .collect_view();
    let note = has_private.then(|| view! { <p class="subdued">{PRIVATE}</p> });
    view! {
        {note}
        <div class="table">
            <table aria-label="Earnings">
                <thead>
                    <tr>
                        <th scope="col">"Currency"</th>
                        <th scope="col" class="number">"On hold"</th>
                        <th scope="col" class="number">"Payable"</th>
                        <th scope="col" class="number">"Paid"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A milestone in words.
pub(super) fn milestone(reached: &flow::creator_view::OwnMilestone, zone: &domain::time::Zone) -> String {
    use flow::creator_view::OwnMilestone;
    match reached {
        OwnMilestone::Orders { orders, at } => {
            format!("{} orders, reached on {}", format::count(*orders), zone.day_of(*at).short())
        }
        OwnMilestone::SharedRevenue { amount, day } => {
            format!("{amount} of shared revenue, reached on {}", day.short())
        }
    }
}
