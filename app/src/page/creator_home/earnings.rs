//! What a creator earned, at the head of their home. The section is marked `data-earnings`: it is the one that a paid
//! payout changes, whatever the payout contains.

use flow::creator_view::{CreatorOverview, OwnBalance};
use leptos::prelude::*;

use super::{earned_minor, has_private};
use crate::{
    format::{self, money},
    language::{Message, rich, t},
    request::CreatorRequest,
};

/// Why an amount may be missing.
const PRIVATE: Message = Message("creator_home-private");

/// "$142.10 earned · $98.00 payable now".
pub(super) fn head(request: &CreatorRequest, own: &CreatorOverview, balances: &[OwnBalance]) -> AnyView {
    let brand = request.caller.brand();
    let mut balances: Vec<&OwnBalance> = balances.iter().collect();
    balances.sort_by_key(|balance| balance.currency != brand.currency);
    let lines = balances.iter().map(|balance| line(request, balance)).collect_view();
    let note = if has_private(own) { Some(PRIVATE) } else { None };
    let nothing = balances.is_empty().then(|| {
        let text = match (has_private(own), own.all_links.iter().any(|link| link.share_revenue)) {
            (true, false) => t!("creator_home-all-private"),
            (true, true) => t!("creator_home-none-shown"),
            (false, _) => t!("creator_home-nothing-earned"),
        };
        view! { <p class="lead">{text}</p> }
    });
    let name = t!("creator_home-intro", brand = &brand.name);
    view! {
        <p class="subdued">{name}</p>
        <section class="card earned" data-earnings="" aria-label=t!("creator_home-earnings")>
            {lines}
            {nothing}
            {note.map(|note| view! { <p class="subdued">{note.text()}</p> })}
        </section>
    }
    .into_any()
}

fn line(request: &CreatorRequest, balance: &OwnBalance) -> AnyView {
    let zone = &request.caller.brand().zone;
    let show = |minor| money(minor, balance.currency);
    let held = (balance.held_minor != 0).then(|| {
        let amount = show(balance.held_minor);
        match balance.next_payable_at {
            Some(at) => t!("creator_home-held-until", amount = amount, day = format::date(zone.day_of(at))),
            None => t!("creator_home-held", amount = amount),
        }
    });
    let payable =
        (balance.payable_minor != 0).then(|| t!("creator_home-payable", amount = show(balance.payable_minor)));
    let paid = (balance.paid_minor != 0).then(|| t!("creator_home-paid", amount = show(balance.paid_minor)));
    let parts: Vec<String> = payable.into_iter().chain(held).chain(paid).collect();
    let earned = view! { <strong>{show(earned_minor(balance))}</strong> }.into_any();
    view! {
        <p class="amount">{rich!("creator_home-earned", amount = earned)}</p>
        <p>{parts.join(" · ")}</p>
    }
    .into_any()
}

/// The balances as a table: currency, on hold, payable, paid.
pub(super) fn table(balances: &[OwnBalance], has_private: bool) -> AnyView {
    if balances.is_empty() {
        let note = has_private.then(|| view! { <p class="subdued">{PRIVATE.text()}</p> });
        let text = if has_private { t!("creator_home-none-shown") } else { t!("creator_home-no-commissions") };
        return view! { <p class="subdued">{text}</p>{note} }.into_any();
    }
    let rows = balances
        .iter()
        .map(|balance| {
            let show = |minor| money(minor, balance.currency);
            view! {
                <tr>
                    <th scope="row">{balance.currency.code()}</th>
                    <td class="number" data-label=t!("creator_home-column-held")>{show(balance.held_minor)}</td>
                    <td class="number" data-label=t!("creator_home-column-payable")>{show(balance.payable_minor)}</td>
                    <td class="number" data-label=t!("creator_home-column-paid")>{show(balance.paid_minor)}</td>
                </tr>
            }
        })
        .collect_view();
    let note = has_private.then(|| view! { <p class="subdued">{PRIVATE.text()}</p> });
    view! {
        {note}
        <div class="table">
            <table aria-label=t!("creator_home-earnings")>
                <thead>
                    <tr>
                        <th scope="col">{t!("creator_home-currency")}</th>
                        <th scope="col" class="number">{t!("creator_home-column-held")}</th>
                        <th scope="col" class="number">{t!("creator_home-column-payable")}</th>
                        <th scope="col" class="number">{t!("creator_home-column-paid")}</th>
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
            t!("creator_home-milestone-orders", orders = *orders, day = format::date(zone.day_of(*at)))
        }
        OwnMilestone::SharedRevenue { amount, day } => {
            t!("creator_home-milestone-revenue", amount = format::amount(*amount), day = format::date(*day))
        }
    }
}
