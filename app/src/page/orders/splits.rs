//! What each model would give of an order, and to whom, as split bars.

use domain::{CreatorId, model::Model};
use leptos::prelude::*;

use super::order_details::OrderDetails;
use crate::{format, language::t, words};

/// What each creator gets, most first.
type Split = Vec<(Option<CreatorId>, i64)>;

fn split(amounts: impl Iterator<Item = (Option<CreatorId>, i64)>) -> Split {
    let mut split: Split = Vec::new();
    for (creator, minor) in amounts {
        match split.iter_mut().find(|(other, _)| *other == creator) {
            Some((_, sum)) => *sum += minor,
            None => split.push((creator, minor)),
        }
    }
    split.retain(|(_, minor)| *minor != 0);
    split.sort_by_key(|(_, minor)| core::cmp::Reverse(*minor));
    split
}

/// The card that compares the models. Nothing if there is nothing to compare.
pub(super) fn card(found: &OrderDetails) -> Option<AnyView> {
    let attribution = found.explanation.record.attribution.as_ref()?;
    if attribution.credits.is_empty() || attribution.net_minor == 0 {
        return None;
    }
    let own = split(attribution.credits.iter().map(|credit| (credit.creator.clone(), credit.amount_minor)));
    let by_model = Model::ALL.map(|model| {
        let touches = attribution.journey.iter();
        (model, split(touches.map(|touch| (touch.creator.clone(), touch.amounts_minor[model]))))
    });
    let lanes: Vec<Option<CreatorId>> = split(attribution.journey.iter().map(|touch| (touch.creator.clone(), 1)))
        .into_iter()
        .map(|(creator, _)| creator)
        .collect();
    let model = attribution.policy.model;
    if by_model.iter().all(|(_, split)| *split == own) {
        return Some(
            view! {
                <section class="card" aria-label=t!("orders-models")>
                    <h2>{t!("orders-models")}</h2>
                    <p class="subdued">{t!("orders-models-same")}</p>
                </section>
            }
            .into_any(),
        );
    }
    let is_model_own = by_model.iter().any(|(other, split)| *other == model && *split == own);
    let first = (!is_model_own).then(|| split_row(found, t!("orders-models-policy"), true, &own, &lanes));
    let rows = by_model.iter().map(|(other, split)| {
        split_row(found, words::model(*other).text(), is_model_own && *other == model, split, &lanes)
    });
    let rows = rows.collect_view();
    let why = (!is_model_own).then(|| {
        view! { <p class="subdued">{t!("orders-models-own", model = words::model_inline(model).text())}</p> }
    });
    Some(
        view! {
            <section class="card" aria-label=t!("orders-models")>
                <h2>{t!("orders-models")}</h2>
                {why}
                <div class="splits">{first} {rows}</div>
            </section>
        }
        .into_any(),
    )
}

fn split_row(found: &OrderDetails, label: String, is_own: bool, split: &Split, lanes: &[Option<CreatorId>]) -> AnyView {
    let currency = found.order().currency;
    let whole: i64 = split.iter().map(|(_, minor)| *minor).sum();
    let mut from = 0;
    let parts = split.iter().map(|(creator, minor)| {
        let (x, width) = (share(from, whole), share(*minor, whole));
        from += minor;
        let lane = lanes.iter().position(|other| other == creator).unwrap_or(0) % 6;
        view! { <rect class=format!("part{lane}") x=x width=width height="100%"></rect> }
    });
    let parts = parts.collect_view();
    let texts = split.iter().map(|(creator, minor)| {
        let lane = lanes.iter().position(|other| other == creator).unwrap_or(0) % 6;
        let amount = format::money(*minor, currency);
        view! {
            <span class="of">
                <svg class="key" width="10" height="10" aria-hidden="true"><rect class=format!("part{lane}") width="10" height="10" rx="2"></rect></svg>
                {format!("{} {amount}", found.name_of(creator.as_ref()))}
            </span>
        }
    });
    let texts = texts.collect_view();
    let chip = is_own.then(|| view! { <span class="chip good">{t!("orders-models-yours")}</span> });
    view! {
        <div class="split-row" class:own=is_own>
            <b>{label} {chip}</b>
            <svg class="split-bar" width="100%" height="12" aria-hidden="true">{parts}</svg>
            <span class="parts">{texts}</span>
        </div>
    }
    .into_any()
}

fn share(part: i64, whole: i64) -> String {
    let tenths = i128::from(part) * 1_000 / i128::from(whole.max(1));
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percentages() {
        assert_eq!((share(1, 3), share(0, 0)), ("33.3%".to_owned(), "0.0%".to_owned()));
    }

    #[test]
    fn a_split_adds_up_by_creator_and_has_the_most_first() {
        let (ana, ben) = (CreatorId::new(1, [1; 10]), CreatorId::new(1, [2; 10]));
        let amounts = [(Some(ana.clone()), 10), (Some(ben.clone()), 30), (Some(ana.clone()), 5), (None, 0)];
        assert_eq!(split(amounts.into_iter()), [(Some(ben), 30), (Some(ana), 15)]);
    }
}
