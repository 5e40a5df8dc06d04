//! Tiers by rules: what a creator must sell, in which time, and how large an audience they must have. The first rule that a
//! creator meets decides.

use axum::response::Response;
use domain::{
    Currency, Money,
    commission::parse_percent,
    tier::{RULES_MAX, TierRule},
};
use flow::{FlowError, Invalid};
use leptos::prelude::*;

use super::{Found, PATH};
use crate::{
    component::more_menu,
    form::{Field, Form, FormState, Input, Posted, done, label},
    format,
    language::t,
    request::BrandRequest,
};

/// Days that count if nothing else is said.
const WINDOW_DAYS: &str = "90";

/// Saves, removes or moves one rule. The page names it by its place and its tier, so that a change made meanwhile is
/// noticed.
pub(super) async fn submit(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let stored = request.flow.tiers().rules(&request.caller).await?;
    let mut rules = stored.map(|stored| stored.rules).unwrap_or_default();
    let place = place(posted, &rules)?;
    match (posted.action(), place) {
        ("tier-save", Some(place)) => rules[place] = read(request, posted)?,
        ("tier-save", None) => rules.push(read(request, posted)?),
        ("tier-remove", Some(place)) => drop(rules.remove(place)),
        ("tier-up", Some(place)) if place > 0 => rules.swap(place, place - 1),
        _ => return Err(FlowError::NotFound("tier")),
    }
    request.flow.tiers().save(&request.caller, rules).await.map_err(worded)?;
    Ok(done(PATH, "tiers-saved"))
}

fn place(posted: &Posted, rules: &[TierRule]) -> Result<Option<usize>, FlowError> {
    if posted.get("place").is_empty() {
        return Ok(None);
    }
    let place = posted.get("place").parse::<usize>().map_err(|_| FlowError::NotFound("tier"))?;
    match rules.get(place) {
        Some(rule) if rule.tier == posted.get("was") => Ok(Some(place)),
        _ => Err(FlowError::Stale("the tiers")),
    }
}

fn read(request: &BrandRequest, posted: &Posted) -> Result<TierRule, FlowError> {
    let (orders, revenue) = (posted.get("orders").trim(), posted.get("revenue").trim());
    let mut faults = Vec::new();
    let mut fault = |fault: String| faults.push(fault);
    let mut whole = |name: &str, text: &str| match text.parse() {
        _ if text.is_empty() => None,
        Ok(number) => Some(number),
        Err(_) => {
            fault(format!("{name} must be a whole number"));
            None
        }
    };
    let min_orders = whole("orders", orders);
    let min_followers = whole("followers", posted.get("followers").trim());
    let engagement = posted.get("engagement").trim();
    let min_engagement_bp = match parse_percent(engagement) {
        _ if engagement.is_empty() => None,
        Some(rate) => Some(i64::from(rate)),
        None => {
            fault("engagement must be 0 to 100".to_owned());
            None
        }
    };
    let currency: Currency = request.caller.brand().currency;
    let min_revenue = match Money::parse_typed(revenue, currency) {
        _ if revenue.is_empty() => None,
        Ok(money) => Some(money),
        Err(error) => {
            fault(format!("revenue {error}"));
            None
        }
    };
    let window_days = posted.get("days").trim().parse().unwrap_or_else(|_| {
        fault("days must be a whole number".to_owned());
        0
    });
    if !faults.is_empty() {
        return Err(Invalid(faults).into());
    }
    let tier = posted.text("tier");
    Ok(TierRule { tier, min_orders, min_revenue, min_followers, min_engagement_bp, window_days })
}

/// The faults of rules in the words of this form's labels.
fn worded(error: FlowError) -> FlowError {
    let word = |fault: &String| {
        let own = fault.split_once("].").map_or(fault.as_str(), |(_, rest)| rest);
        let pairs = [
            ("min_orders", "orders"),
            ("min_revenue_minor", "revenue"),
            ("min_followers", "followers"),
            ("min_engagement_rate", "engagement"),
            ("window_days", "days"),
        ];
        pairs.iter().fold(own.to_owned(), |text, (field, label)| text.replacen(field, label, 1))
    };
    match error {
        FlowError::Invalid(faults) => Invalid(faults.0.iter().map(word).collect()).into(),
        other => other,
    }
}

/// The list of tiers and the form of one.
pub(super) fn section(request: &BrandRequest, state: &FormState, found: &Found) -> AnyView {
    let rules = found.tiers.as_ref().map_or(&[][..], |stored| &stored.rules);
    let form = state.form("tier-save");
    let edited = if form.is_refused() { form.value("place") } else { request.address.get("tier").to_owned() };
    let place = edited.parse::<usize>().ok().filter(|place| *place < rules.len());
    let is_open = form.is_refused() || place.is_some() || request.address.get("new") == "tier";
    let items = rules.iter().enumerate().map(|(place, rule)| item(request, place, rule)).collect_view();
    let add = request.address.with(&[("new", "tier"), ("tier", "")]);
    view! {
        <section class="card" id="tiers">
            <h2>{t!("commissions-tiers")}</h2>
            <p class="subdued">{t!("commissions-tiers-text")}</p>
            {(!rules.is_empty()).then(|| view! { <ol class="tiers-list">{items}</ol> })}
            {rules.is_empty().then(|| view! { <p>{t!("commissions-tiers-none")}</p> })}
            {is_open.then(|| tier_form(request, &form, rules, place))}
            {(!is_open && rules.len() < RULES_MAX).then(|| view! { <p><a class="button" href=add>{t!("commissions-add-tier")}</a></p> })}
        </section>
    }
    .into_any()
}

fn item(request: &BrandRequest, place: usize, rule: &TierRule) -> AnyView {
    let button = |action: &'static str, label: String, class: &'static str| {
        let form = FormState::default().form(action);
        let (at, was) = (place.to_string(), rule.tier.clone());
        view! {
            <form method="post">{Form::hidden("place", at)}{Form::hidden("was", was)}{form.button(label, class)}</form>
        }
    };
    let edit = format!("{}#tiers", request.address.with(&[("tier", &place.to_string()), ("new", "")]));
    let menu = view! {
        <a href=edit>{t!("commissions-tier-edit")}</a>
        {(place > 0).then(|| button("tier-up", t!("commissions-tier-up"), "quiet"))}
        {button("tier-remove", t!("commissions-tier-remove"), "quiet critical")}
    };
    view! {
        <li>
            <span><strong>{rule.tier.clone()}</strong>" "{conditions(rule)}</span>
            {more_menu(t!("commissions-tier-actions", tier = &rule.tier), menu)}
        </li>
    }
    .into_any()
}

/// What a rule asks for, in words: what is to be sold, then the audience.
fn conditions(rule: &TierRule) -> String {
    let days = rule.window_days;
    let sold = match (rule.min_orders, rule.min_revenue.map(format::amount)) {
        (None, None) => None,
        (Some(orders), None) => Some(t!("commissions-tier-for-orders", orders = orders, days = days)),
        (None, Some(revenue)) => Some(t!("commissions-tier-for-revenue", revenue = revenue, days = days)),
        (Some(orders), Some(revenue)) => {
            Some(t!("commissions-tier-for-both", orders = orders, revenue = revenue, days = days))
        }
    };
    let followers = rule.min_followers.map(|followers| t!("commissions-tier-for-followers", followers = followers));
    let engagement = rule.min_engagement_bp.map(format::exact_percent);
    let engagement = engagement.map(|rate| t!("commissions-tier-for-engagement", rate = rate));
    let all: Vec<String> = [sold, followers, engagement].into_iter().flatten().collect();
    if all.is_empty() { t!("commissions-tier-for-all") } else { all.join(" · ") }
}

fn tier_form(request: &BrandRequest, form: &Form, rules: &[TierRule], place: Option<usize>) -> AnyView {
    let edited = place.and_then(|place| rules.get(place));
    let currency = request.caller.brand().currency;
    let text = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let revenue = edited.and_then(|rule| rule.min_revenue).map(domain::Money::to_decimal);
    let form = form
        .clone()
        .initial("tier", edited.map(|rule| rule.tier.clone()).unwrap_or_default())
        .initial("orders", text(edited.and_then(|rule| rule.min_orders)))
        .initial("revenue", revenue.unwrap_or_default())
        .initial("followers", text(edited.and_then(|rule| rule.min_followers)))
        .initial(
            "engagement",
            edited.and_then(|rule| rule.min_engagement_bp).map(format::two_decimals).unwrap_or_default(),
        )
        .initial("days", edited.map_or_else(|| WINDOW_DAYS.to_owned(), |rule| rule.window_days.to_string()));
    let (at, was) = if form.is_posted() {
        (form.value("place"), form.value("was"))
    } else {
        let at = place.map(|place| place.to_string()).unwrap_or_default();
        (at, edited.map(|rule| rule.tier.clone()).unwrap_or_default())
    };
    let tier = Field::new("tier", label("commissions-tier"))
        .required()
        .length_max(120)
        .placeholder(t!("commissions-tier-example"));
    let orders =
        Field::new("orders", label("commissions-orders")).input(Input::Number).hint(t!("commissions-orders-hint"));
    let revenue = Field::new("revenue", label("commissions-revenue"))
        .length_max(20)
        .hint(t!("commissions-revenue-hint", currency = currency.code()));
    let followers = Field::new("followers", label("commissions-followers"))
        .input(Input::Number)
        .hint(t!("commissions-followers-hint"));
    let engagement =
        Field::new("engagement", label("commissions-engagement")).length_max(6).hint(t!("commissions-engagement-hint"));
    let days =
        Field::new("days", label("commissions-days")).input(Input::Number).required().hint(t!("commissions-days-hint"));
    let labels = [
        "commissions-tier",
        "commissions-orders",
        "commissions-revenue",
        "commissions-followers",
        "commissions-engagement",
        "commissions-days",
    ]
    .map(label);
    view! {
        <form method="post" data-save-bar="">
            <h3>{if edited.is_some() { t!("commissions-edit-tier") } else { t!("commissions-add-tier") }}</h3>
            {form.summary(&labels)}
            {Form::hidden("place", at)} {Form::hidden("was", was)}
            <div class="fields">
                {form.field(tier)}
                {form.field(orders)}
                {form.field(revenue)}
                {form.field(days)}
                {form.field(followers)}
                {form.field(engagement)}
            </div>
            <div class="inline">
                {form.submit(t!("commissions-save-tier"))} <a class="quiet" href=PATH>{t!("commissions-cancel")}</a>
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Language, Spoken};

    #[test]
    fn conditions_are_said_in_every_language() {
        let revenue = Money { minor: 100_050, currency: Currency::USD };
        let both = |min_orders: Option<i64>, min_revenue: Option<Money>| {
            let rule = TierRule { min_orders, min_revenue, window_days: 90, ..TierRule::default() };
            Language::ALL.map(|language| language.speak(|| conditions(&rule)))
        };
        assert_eq!(both(None, None), ["for everybody", "für alle"]);
        assert_eq!(
            both(Some(1), None),
            ["for at least 1 order in the last 90 days", "ab 1 Bestellung in den letzten 90 Tagen"]
        );
        assert_eq!(
            both(Some(1_200), Some(revenue)),
            [
                "for at least 1,200 orders and $1,000.50 of revenue in the last 90 days",
                "ab 1.200 Bestellungen und 1.000,50\u{a0}$ Umsatz in den letzten 90 Tagen"
            ]
        );
        assert_eq!(both(None, Some(revenue))[0], "for at least $1,000.50 of revenue in the last 90 days");
        let audience = TierRule { min_followers: Some(5_000), min_engagement_bp: Some(325), ..TierRule::default() };
        assert_eq!(
            Language::ALL.map(|language| language.speak(|| conditions(&audience))),
            [
                "for at least 5,000 followers · for an engagement rate of at least 3.25%",
                "ab 5.000 Followern · ab einer Interaktionsrate von 3,25\u{a0}%"
            ]
        );
    }
}
