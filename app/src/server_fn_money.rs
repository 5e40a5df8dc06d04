//! What the pages about money ask of the server: models, commissions, payouts, surveys, the policy.
#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its server function")]

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::server_context::{merchant, refused};
#[cfg(feature = "ssr")]
use crate::view::make;
use crate::{error::AppError, view};

#[cfg(feature = "ssr")]
type Fault = flow::FlowError;

/// The name of a creator, or what stands in for none.
#[cfg(feature = "ssr")]
pub(crate) fn name_of(creators: &[domain::creator::Creator], id: Option<&domain::CreatorId>) -> String {
    let creator = creators.iter().find(|one| Some(&one.id) == id);
    creator.map_or_else(|| "No creator".to_owned(), |one| one.name.clone())
}

#[cfg(feature = "ssr")]
fn money(minor: i64, currency: domain::Currency) -> String {
    domain::Money { minor, currency }.to_string()
}

/// Ledger lines as a table.
#[cfg(feature = "ssr")]
pub(crate) fn ledger_grid(
    entries: &[flow::commission::Entry],
    creators: &[domain::creator::Creator],
    zone: &domain::time::Zone,
) -> view::GridView {
    let rows = entries.iter().map(|entry| {
        [
            zone.show(entry.created_at),
            name_of(creators, Some(&entry.creator)),
            entry.kind.as_str().to_owned(),
            money(entry.amount_minor, entry.currency),
            entry.reason.clone(),
            zone.show(entry.payable_at),
        ]
    });
    make::grid("Ledger", ["When", "Creator", "Kind", "Amount", "Why", "Payable from"], true, rows)
}

/// Balances as a table.
#[cfg(feature = "ssr")]
pub(crate) fn balance_grid(
    balances: &[flow::commission::Balance],
    creators: &[domain::creator::Creator],
) -> view::GridView {
    let rows = balances.iter().map(|balance| {
        [
            name_of(creators, Some(&balance.creator)),
            money(balance.held_minor, balance.currency),
            money(balance.payable_minor, balance.currency),
            money(balance.paid_out_minor, balance.currency),
        ]
    });
    make::grid("Balances", ["Creator", "On hold", "Payable", "Paid out"], false, rows)
}

/// A creator's own balances as a table.
#[cfg(feature = "ssr")]
pub(crate) fn own_balance_grid(balances: &[flow::commission::OwnBalance]) -> view::GridView {
    let rows = balances.iter().map(|balance| {
        let held = balance.held_minor.map_or_else(|| "Not shared".to_owned(), |minor| money(minor, balance.currency));
        let payable = money(balance.payable_minor, balance.currency);
        [balance.currency.code().to_owned(), held, payable, money(balance.paid_out_minor, balance.currency)]
    });
    make::grid("Earnings", ["Currency", "On hold", "Payable", "Paid out"], false, rows)
}

#[cfg(feature = "ssr")]
fn choices(creators: &[domain::creator::Creator]) -> Vec<(String, String)> {
    creators.iter().map(|one| (one.id.to_string(), format!("{} (@{})", one.name, one.handle))).collect()
}

/// The models side by side. Empty dates mean the last 30 days.
#[server(prefix = "/api/fn", endpoint = "models")]
pub async fn models(from: String, to: String) -> Result<view::ModelsView, AppError> {
    let (flow, merchant) = merchant()?;
    let period = crate::server_fn::period_of(&flow, merchant.brand(), &from, &to);
    let totals = flow.model_totals(&merchant, period).await.map_err(|error| refused(&error))?;
    let creators = flow.creators(&merchant).await.map_err(|error| refused(&error))?;
    let latest = flow.latest_model_run(&merchant).await.map_err(|error| refused(&error))?;
    let rows = totals.iter().map(|row| {
        let [first, last, linear, position, decay] = row.amounts_minor.map(|minor| money(minor, row.currency));
        let name = name_of(&creators, row.creator.as_ref());
        [name, make::count(row.touches), first, last, linear, position, decay]
    });
    let columns = ["Creator", "Touches", "First touch", "Last touch", "Linear", "Position based", "Time decay"];
    let by_creator = make::grid("Net revenue by model", columns, false, rows);
    let zone = &merchant.brand().zone;
    let learned_note = latest.as_ref().map_or_else(String::new, |run| {
        format!(
            "Version {}, computed {} from {} journeys that converted and {} that did not.",
            run.version,
            zone.show(run.ran_at),
            make::count(run.outcome.converted),
            make::count(run.outcome.not_converted),
        )
    });
    let rows = latest.iter().flat_map(|run| &run.outcome.creators).map(|share| {
        let percent = |part: f64| format!("{:.1} %", part * 100.0);
        let decimals = |part: f64| format!("{part:.2}");
        [
            if share.is_others { "All other creators".to_owned() } else { name_of(&creators, share.creator.as_ref()) },
            percent(share.removal_effect),
            decimals(share.markov_conversions),
            decimals(share.shapley_conversions),
        ]
    });
    let columns = ["Creator", "Lost without them", "Conversions by Markov", "Conversions by Shapley"];
    let learned = make::grid("From all journeys", columns, false, rows);
    Ok(view::ModelsView { period: make::period(period, merchant.brand()), by_creator, learned_note, learned })
}

/// Rules, balances and the ledger.
#[server(prefix = "/api/fn", endpoint = "commissions")]
pub async fn commissions() -> Result<view::CommissionsView, AppError> {
    use domain::commission::{Rate, Scope};
    let (flow, merchant) = merchant()?;
    let load = |error: Fault| refused(&error);
    let creators = flow.creators(&merchant).await.map_err(load)?;
    let campaigns = flow.campaigns(&merchant).await.map_err(load)?;
    let balances = flow.balances(&merchant).await.map_err(load)?;
    let entries = flow.ledger(&merchant, None, "").await.map_err(load)?;
    let rules = flow.rules(&merchant).await.map_err(load)?;
    let brand = merchant.brand();
    let zone = &brand.zone;
    let now = flow.now();
    let rules = rules
        .iter()
        .map(|rule| {
            let scope = match &rule.scope {
                Scope::All => "Every creator".to_owned(),
                Scope::Tier(tier) => format!("Tier {tier}"),
                Scope::Campaign(id) => {
                    let campaign = campaigns.iter().find(|one| one.id == *id);
                    format!("Campaign {}", campaign.map_or(id.as_str(), |one| &one.name))
                }
                Scope::Product(product) => format!("Product {product}"),
                Scope::Creator(id) => name_of(&creators, Some(id)),
            };
            let mut pays = match &rule.rate {
                Rate::Percent { bp } => format!("{}.{:02} %", bp / 100, bp % 100),
                Rate::Fixed { money } => format!("{money} an order"),
            };
            if let Some(bonus) = &rule.new_customer_bonus {
                pays.push_str(&format!(", {bonus} more for a new customer"));
            }
            if let Some(cap) = &rule.cap {
                pays.push_str(&format!(", at most {cap} an order"));
            }
            let until = rule.ends_at.map_or_else(|| "on".to_owned(), |end| format!("to {}", zone.show(end)));
            view::RuleView {
                id: rule.id.to_string(),
                scope,
                pays,
                in_force: format!("from {} {until}", zone.show(rule.starts_at)),
                is_open: rule.ends_at.is_none_or(|end| end > now),
            }
        })
        .collect();
    let approval = if brand.settings.approves_by_hand { "and a person's approval" } else { "by themselves" };
    Ok(view::CommissionsView {
        hold: format!("Commissions become payable {} days after the order, {approval}.", brand.settings.hold_days),
        approves_by_hand: brand.settings.approves_by_hand,
        balances: balance_grid(&balances, &creators),
        rules,
        creators: choices(&creators),
        adjustment_key: flow.form_key(),
        ledger: ledger_grid(&entries, &creators, zone),
    })
}

/// Adds a commission rule.
#[server(prefix = "/api/fn", endpoint = "create-rule")]
pub async fn create_rule(
    scope: String,
    of: String,
    percent: String,
    fixed: String,
    bonus: String,
    cap: String,
    from: String,
    to: String,
) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let new = flow::commission::NewRule {
        scope,
        of,
        percent,
        fixed,
        new_customer_bonus: bonus,
        cap,
        currency: String::new(),
        from,
        to,
    };
    flow.create_rule(&merchant, &new).await.map(|_| ()).map_err(|error| refused(&error))
}

/// Ends a commission rule.
#[server(prefix = "/api/fn", endpoint = "end-rule")]
pub async fn end_rule(id: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| refused(&Fault::NotFound("rule")))?;
    flow.end_rule(&merchant, &id).await.map_err(|error| refused(&error))
}

/// Approves every commission whose hold is over.
#[server(prefix = "/api/fn", endpoint = "approve-commissions")]
pub async fn approve_commissions() -> Result<u64, AppError> {
    let (flow, merchant) = merchant()?;
    flow.approve_commissions(&merchant, None).await.map_err(|error| refused(&error))
}

/// Adjusts a balance by hand.
#[server(prefix = "/api/fn", endpoint = "adjust")]
pub async fn adjust(key: String, creator: String, amount: String, reason: String) -> Result<bool, AppError> {
    let (flow, merchant) = merchant()?;
    let creator = creator.parse().map_err(|_| refused(&Fault::NotFound("creator")))?;
    flow.adjust(&merchant, &creator, &amount, "", &reason, &key).await.map_err(|error| refused(&error))
}

/// What is payable, and the payouts.
#[server(prefix = "/api/fn", endpoint = "payouts")]
pub async fn payouts() -> Result<view::PayoutsView, AppError> {
    use flow::payout::PayoutState;
    let (flow, merchant) = merchant()?;
    let creators = flow.creators(&merchant).await.map_err(|error| refused(&error))?;
    let balances = flow.balances(&merchant).await.map_err(|error| refused(&error))?;
    let payouts = flow.payouts(&merchant).await.map_err(|error| refused(&error))?;
    let mut payable = std::collections::BTreeMap::new();
    for balance in balances.iter().filter(|balance| balance.payable_minor > 0) {
        *payable.entry(balance.currency).or_insert(0) += balance.payable_minor;
    }
    let zone = &merchant.brand().zone;
    let payouts = payouts
        .iter()
        .map(|payout| {
            let closed = payout.closed_at.map(|at| zone.show(at)).unwrap_or_default();
            let rows = payout
                .items
                .iter()
                .map(|(creator, minor)| [name_of(&creators, Some(creator)), money(*minor, payout.currency)]);
            view::PayoutView {
                id: payout.id.to_string(),
                total: money(payout.items.iter().map(|(_, minor)| minor).sum(), payout.currency),
                made: format!("made {} by {}", zone.show(payout.created_at), payout.actor),
                state: match payout.state {
                    PayoutState::Open => "Open: pay it, then mark it as paid.".to_owned(),
                    PayoutState::Paid => format!("Paid {closed}."),
                    PayoutState::Cancelled => format!("Cancelled {closed}; its commissions are payable again."),
                },
                is_open: payout.state == PayoutState::Open,
                items: make::grid("Payout", ["Creator", "Amount"], false, rows),
            }
        })
        .collect();
    let payable =
        payable.into_iter().map(|(currency, minor)| (currency.code().to_owned(), money(minor, currency))).collect();
    Ok(view::PayoutsView { payable, payouts })
}

/// Makes a payout of everything payable in a currency.
#[server(prefix = "/api/fn", endpoint = "create-payout")]
pub async fn create_payout(currency: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    flow.create_payout(&merchant, &currency).await.map(|_| ()).map_err(|error| refused(&error))
}

/// Closes a payout as paid or cancelled.
#[server(prefix = "/api/fn", endpoint = "close-payout")]
pub async fn close_payout(id: String, state: String) -> Result<(), AppError> {
    use flow::payout::PayoutState;
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| refused(&Fault::NotFound("payout")))?;
    let state = PayoutState::parse(&state)
        .filter(|state| *state != PayoutState::Open)
        .ok_or_else(|| refused(&flow::Invalid::one("state must be paid or cancelled").into()))?;
    flow.close_payout(&merchant, &id, state).await.map_err(|error| refused(&error))
}

/// A payout's file: its name and its text.
#[server(prefix = "/api/fn", endpoint = "payout-file")]
pub async fn payout_file(id: String, kind: String) -> Result<(String, String), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| refused(&Fault::NotFound("payout")))?;
    let text = match kind.as_str() {
        "paypal" => flow.payout_paypal(&merchant, &id).await,
        _ => flow.payout_csv(&merchant, &id).await,
    };
    let text = text.map_err(|error| refused(&error))?;
    let ending = if kind == "paypal" { "-paypal.csv" } else { ".csv" };
    Ok((format!("{id}{ending}"), text))
}

/// Answers that wait for a person.
#[server(prefix = "/api/fn", endpoint = "survey")]
pub async fn survey() -> Result<view::SurveyView, AppError> {
    let (flow, merchant) = merchant()?;
    let open = flow.open_answers(&merchant).await.map_err(|error| refused(&error))?;
    let creators = flow.creators(&merchant).await.map_err(|error| refused(&error))?;
    let has_key = flow.has_fairing_key(&merchant).await.map_err(|error| refused(&error))?;
    let zone = &merchant.brand().zone;
    Ok(view::SurveyView {
        open: open
            .into_iter()
            .map(|answer| view::AnswerView {
                id: answer.id.to_string(),
                order: answer.order_external_id,
                question: answer.question,
                answer: answer.answer,
                at: zone.show(answer.received_at),
            })
            .collect(),
        creators: choices(&creators),
        url: format!("{}/api/webhooks/fairing", flow.settings().public_url),
        has_key,
    })
}

/// Decides whom an answer names; nobody when `creator` is empty.
#[server(prefix = "/api/fn", endpoint = "decide-answer")]
pub async fn decide_answer(id: String, creator: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| refused(&Fault::NotFound("answer")))?;
    let creator = if creator.is_empty() {
        None
    } else {
        Some(creator.parse().map_err(|_| refused(&Fault::NotFound("creator")))?)
    };
    flow.decide_answer(&merchant, &id, creator.as_ref()).await.map_err(|error| refused(&error))
}

/// Sets the key that Fairing signs with.
#[server(prefix = "/api/fn", endpoint = "fairing-key")]
pub async fn set_fairing_key(key: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    flow.set_fairing_key(&merchant, &key).await.map_err(|error| refused(&error))
}

/// Gives an order's credit to a link by hand; takes it back when `link` is empty.
#[server(prefix = "/api/fn", endpoint = "give-credit")]
pub async fn give_credit(order: String, link: String, reason: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let order = order.parse().map_err(|_| refused(&Fault::NotFound("order")))?;
    let done = if link.is_empty() {
        flow.take_credit_back(&merchant, &order).await
    } else {
        let link = link.parse().map_err(|_| refused(&Fault::NotFound("link")))?;
        flow.give_credit(&merchant, &order, &link, &reason).await
    };
    done.map_err(|error| refused(&error))
}

/// Changes a creator's name, aliases (separated by commas), tier, and PayPal address when one is given.
#[server(prefix = "/api/fn", endpoint = "update-creator")]
pub async fn update_creator(
    id: String,
    name: String,
    aliases: String,
    tier: String,
    paypal: String,
) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| refused(&Fault::NotFound("creator")))?;
    let aliases: Vec<String> = aliases.split(',').map(str::to_owned).collect();
    flow.update_creator(&merchant, &id, &name, &aliases, &tier).await.map_err(|error| refused(&error))?;
    if !paypal.trim().is_empty() {
        flow.set_payout_address(&merchant, &id, &paypal).await.map_err(|error| refused(&error))?;
    }
    Ok(())
}

#[cfg(feature = "ssr")]
fn policy_view(policy: &domain::policy::Policy, from: String) -> view::PolicyView {
    let classes: Vec<&str> = policy.precedence.iter().map(|class| class.as_str()).collect();
    view::PolicyView {
        model: policy.model.as_str().to_owned(),
        precedence: classes.join(","),
        lookback_days: policy.lookback_days,
        from,
    }
}

#[cfg(feature = "ssr")]
fn new_policy(form: &view::PolicyView) -> flow::policy::NewPolicy {
    flow::policy::NewPolicy {
        model: form.model.clone(),
        precedence: form.precedence.split(',').map(str::to_owned).collect(),
        lookback_days: form.lookback_days,
        from: form.from.clone(),
    }
}

/// The policy and the terms of commissions.
#[server(prefix = "/api/fn", endpoint = "settings")]
pub async fn settings() -> Result<view::SettingsView, AppError> {
    use domain::{evidence::EvidenceClass, model::Model};
    let (flow, merchant) = merchant()?;
    let brand = merchant.brand();
    let zone = &brand.zone;
    let rows = brand.policies.versions().iter().rev().map(|policy| {
        let from =
            if policy.starts_at.0 == i64::MIN { "the beginning".to_owned() } else { zone.show(policy.starts_at) };
        let classes: Vec<&str> = policy.precedence.iter().map(|class| class.as_str()).collect();
        let days = format!("{} days", policy.lookback_days);
        [policy.version.to_string(), from, policy.model.label().to_owned(), classes.join(" > "), days]
    });
    let versions = make::grid("Policy versions", ["Version", "From", "Model", "Evidence", "Window"], true, rows);
    // Every order of four classes in which a person's word stays first.
    let others = [EvidenceClass::Promo, EvidenceClass::Visit, EvidenceClass::Survey];
    let mut precedences = Vec::new();
    for one in others {
        for two in others.into_iter().filter(|class| *class != one) {
            let rest = others.into_iter().find(|class| *class != one && *class != two);
            let order: Vec<&str> = [Some(EvidenceClass::Manual), Some(one), Some(two), rest]
                .into_iter()
                .flatten()
                .map(EvidenceClass::as_str)
                .collect();
            precedences.push((order.join(","), order.join(", then ")));
        }
    }
    let steps = brand.settings.revenue_steps_minor.iter();
    let steps = steps.map(|minor| domain::Money { minor: *minor, currency: brand.currency }.to_decimal());
    Ok(view::SettingsView {
        policy: policy_view(brand.policies.at(flow.now()), String::new()),
        versions,
        models: Model::ALL.map(|model| (model.as_str().to_owned(), model.label().to_owned())).into(),
        precedences,
        hold_days: brand.settings.hold_days,
        approves_by_hand: brand.settings.approves_by_hand,
        trusts_browser_identities: brand.settings.trusts_browser_identities,
        recompute: flow
            .recompute_state(&brand.id)
            .await
            .map_err(|error| refused(&error))?
            .map(|one| (one.done, one.total)),
        steps: steps.collect::<Vec<_>>().join(", "),
        closed: brand
            .settings
            .closed_through
            .map_or_else(|| "No period is closed.".to_owned(), |day| format!("Every day up to {day} is closed.")),
    })
}

/// What a policy would have done to the last 90 days.
#[server(prefix = "/api/fn", endpoint = "preview-policy")]
pub async fn preview_policy(
    model: String,
    precedence: String,
    lookback_days: u32,
    from: String,
) -> Result<view::PreviewView, AppError> {
    let (flow, merchant) = merchant()?;
    let policy = view::PolicyView { model, precedence, lookback_days, from };
    let preview = flow.preview_policy(&merchant, &new_policy(&policy)).await.map_err(|error| refused(&error))?;
    let creators = flow.creators(&merchant).await.map_err(|error| refused(&error))?;
    let rows = preview.creators.iter().map(|(creator, currency, now, then)| {
        let name = name_of(&creators, creator.as_ref());
        [name, money(*now, *currency), money(*then, *currency), money(then - now, *currency)]
    });
    Ok(view::PreviewView {
        summary: format!(
            "{} of {} orders of the last 90 days would be credited otherwise.",
            preview.changed, preview.orders
        ),
        creators: make::grid("Preview", ["Creator", "Now", "Then", "Difference"], false, rows),
        policy,
    })
}

/// Saves a policy.
#[server(prefix = "/api/fn", endpoint = "save-policy")]
pub async fn save_policy(model: String, precedence: String, lookback_days: u32, from: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let policy = new_policy(&view::PolicyView { model, precedence, lookback_days, from });
    flow.save_policy(&merchant, &policy).await.map(|_| ()).map_err(|error| refused(&error))
}

/// Saves how commissions are held and approved, and whom the brand believes.
#[server(prefix = "/api/fn", endpoint = "save-settings")]
pub async fn save_settings(
    hold_days: u32,
    steps: String,
    by_hand: Option<String>,
    identify: Option<String>,
) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let currency = merchant.brand().currency;
    let mut minor = Vec::new();
    for text in steps.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let money = domain::Money::parse(text, currency)
            .map_err(|error| refused(&flow::Invalid::one(format!("revenue milestone {text} {error}")).into()))?;
        minor.push(money.minor);
    }
    flow.save_settings(&merchant, hold_days, by_hand.is_some(), identify.is_some(), minor)
        .await
        .map_err(|error| refused(&error))
}

/// Closes every day up to one.
#[server(prefix = "/api/fn", endpoint = "close-period")]
pub async fn close_period(last: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let last = domain::time::Day::parse(&last)
        .ok_or_else(|| refused(&flow::Invalid::one("last must be a day such as 2026-11-01").into()))?;
    flow.close_period(&merchant, last).await.map_err(|error| refused(&error))
}
