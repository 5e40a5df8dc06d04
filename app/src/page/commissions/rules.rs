//! `/brand/attribution/commissions/rules`: who earns what, and what moves creators between tiers.

mod tiers;

use std::collections::BTreeSet;

use axum::response::Response;
use domain::{
    ProductId, RuleId,
    campaign::Campaign,
    catalogue::Product,
    commission::{Rate, Rule, Scope},
    creator::Creator,
};
use flow::{
    FlowError, Invalid,
    api::{Object, catalogue::ItemQuery},
    commission::NewRule,
    tier::TierRules,
};
use leptos::prelude::*;

use super::creator_name;
use crate::{
    brand_layout::{BrandPage, PAYOUT_TABS},
    component::{chip, confirm, empty},
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done, label},
    format,
    keyset_page::KeysetPage,
    language::t,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

pub(super) const PATH: &str = "/brand/attribution/commissions/rules";

pub(super) async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

pub(super) async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "create" => create(&request, &posted).await.map_err(worded),
        "end" => end(&request, &posted).await,
        "tier-save" | "tier-remove" | "tier-up" => tiers::submit(&request, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn create(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let (tier, product) = (posted.get("tier").trim(), posted.get("product").trim());
    let (scope, of) = match posted.get("applies_to").split_once(':') {
        _ if !tier.is_empty() => ("tier", tier),
        _ if !product.is_empty() => ("product", product),
        Some(choice) => choice,
        None => (posted.get("applies_to"), ""),
    };
    let new = NewRule {
        scope: scope.to_owned(),
        of: of.to_owned(),
        percent: posted.text("percent"),
        fixed: posted.text("fixed"),
        new_customer_bonus: posted.text("bonus"),
        cap: posted.text("cap"),
        currency: String::new(),
        from: posted.text("from"),
        to: posted.text("to"),
    };
    request.flow.commissions().create_rule(&request.caller, &new).await?;
    Ok(done(PATH, "created"))
}

async fn end(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    request.flow.commissions().end_rule(&request.caller, &posted.id::<RuleId>("id", "rule")?).await?;
    Ok(done(PATH, "ended"))
}

/// The faults of a rule in the words of this form's labels.
fn worded(error: FlowError) -> FlowError {
    const WORDS: [(&str, &str); 8] = [
        ("give either percent", "percentage of order: give either a percentage (0.01 to 100) or a fixed amount"),
        ("fixed ", "fixed amount per order "),
        ("new_customer_bonus ", "bonus for a new customer "),
        ("cap ", "maximum per order "),
        ("from must be a day", "start date must be a day"),
        ("a rule cannot begin", "start date must not be in a closed period"),
        ("to must not be before", "end date must not be before the start date"),
        ("scope must be", "applies to: choose whom the rule is for"),
    ];
    let word = |fault: &String| match WORDS.iter().find(|(begin, _)| fault.starts_with(begin)) {
        Some((begin, words)) if words.ends_with(' ') => format!("{words}{}", &fault[begin.len()..]),
        Some((_, words)) => (*words).to_owned(),
        None => fault.clone(),
    };
    match error {
        FlowError::Invalid(faults) => Invalid(faults.0.iter().map(word).collect()).into(),
        other => other,
    }
}

/// What just happened.
fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    let text = match request.address.get("done") {
        "created" => t!("commissions-rule-created"),
        "ended" => t!("commissions-rule-ended"),
        "tiers-saved" => t!("commissions-tiers-saved"),
        _ => return None,
    };
    Some(text.into_any())
}

/// What the page shows.
struct Found {
    creators: Vec<Creator>,
    campaigns: Vec<Campaign>,
    products: Vec<Object<Product>>,
    rules: Vec<Rule>,
    /// The rules by which creators move between tiers.
    tiers: Option<TierRules>,
}

impl Found {
    async fn load(request: &BrandRequest) -> Result<Self, FlowError> {
        let (flow, merchant) = (&request.flow, &request.caller);
        let all = KeysetPage::portion(ProductId::PREFIX, None);
        Ok(Self {
            creators: flow.creators().list(merchant).await?,
            campaigns: flow.campaigns().list(merchant).await?,
            products: flow.api().products_page(merchant, &all, ItemQuery::default()).await?,
            rules: flow.commissions().rules(merchant).await?,
            tiers: flow.tiers().rules(merchant).await?,
        })
    }

    /// The names of all tiers that creators or rules have.
    fn tier_names(&self) -> BTreeSet<&str> {
        let of_creators = self.creators.iter().filter_map(|creator| creator.tier.as_deref());
        let of_rules = self.rules.iter().filter_map(|rule| match &rule.scope {
            Scope::Tier(tier) => Some(tier.as_str()),
            _ => None,
        });
        let of_tiers = self.tiers.iter().flat_map(|tiers| &tiers.rules).map(|rule| rule.tier.as_str());
        of_creators.chain(of_rules).chain(of_tiers).collect()
    }

    /// Whom a rule may be for.
    fn choices(&self) -> Vec<(String, String)> {
        let mut choices = vec![("all".to_owned(), t!("commissions-for-all"))];
        let tier = |tier: &str| (format!("tier:{tier}"), t!("commissions-for-tier", tier = tier));
        choices.extend(self.tier_names().into_iter().map(tier));
        let creators = format::choices(&self.creators).into_iter();
        choices.extend(creators.map(|(id, label)| (format!("creator:{id}"), label)));
        let campaign = |found: &Campaign| {
            (format!("campaign:{}", found.id), t!("commissions-for-campaign", campaign = &found.name))
        };
        choices.extend(self.campaigns.iter().map(campaign));
        let product = |found: &Object<Product>| {
            let id = found.details.external_id.as_ref()?;
            Some((format!("product:{id}"), t!("commissions-for-product", product = &found.value.title)))
        };
        choices.extend(self.products.iter().filter_map(product));
        choices
    }

    /// For whom a rule is, and a note about it.
    fn scope(&self, scope: &Scope) -> (String, String) {
        match scope {
            Scope::All => (t!("commissions-for-all"), t!("commissions-for-all-note")),
            Scope::Tier(tier) => (t!("commissions-for-tier", tier = tier), t!("commissions-for-tier-note")),
            Scope::Campaign(id) => {
                let campaign = self.campaigns.iter().find(|campaign| campaign.id == *id);
                let name = campaign.map_or_else(
                    || t!("commissions-for-campaign-gone"),
                    |campaign| t!("commissions-for-campaign", campaign = &campaign.name),
                );
                (name, t!("commissions-for-campaign-note"))
            }
            Scope::Product(id) => {
                let is_it = |found: &&Object<Product>| found.details.external_id.as_deref() == Some(id.as_str());
                let title = self.products.iter().find(is_it).map_or(id.as_str(), |found| &found.value.title);
                (t!("commissions-for-product", product = title), t!("commissions-for-product-note"))
            }
            Scope::Creator(id) => (creator_name(&self.creators, id), t!("commissions-for-creator-note")),
        }
    }
}

async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let found = Found::load(request).await?;
    let table = table(request, &found);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "commission-rules");
    }
    let form = state.form("create");
    let is_open = request.address.get("new") == "rule" || form.is_refused();
    let content = view! {
        {is_open.then(|| new_rule(request, &form, &found))}
        {state.form("end").all_faults()}
        <p class="subdued">{t!("commissions-rules-text")}</p>
        {table.view(&request.address)}
        {tiers::section(request, state, &found)}
    };
    let new = request.address.with(&[("new", "rule")]);
    Ok(BrandPage::new(t!("commissions-rules"))
        .beside(view! { <a class="button primary" href=new>{t!("commissions-new-rule")}</a> })
        .tabs(&PAYOUT_TABS)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

fn new_rule(request: &BrandRequest, form: &Form, found: &Found) -> AnyView {
    let currency = request.caller.brand().currency.code();
    let money = |name, id, hint: String| Field::new(name, label(id)).length_max(20).hint(hint);
    let date = |name, id, hint: String| Field::new(name, label(id)).input(Input::Date).hint(hint);
    let is_more = ["tier", "product", "bonus", "cap"].iter().any(|name| !form.value(name).is_empty());
    let labels = [
        label("commissions-applies-to"),
        label("commissions-percent"),
        label("commissions-fixed"),
        label("commissions-bonus"),
        label("commissions-cap"),
        label("commissions-start"),
        label("commissions-end-date"),
    ];
    let percent = Field::new("percent", label("commissions-percent")).length_max(8).placeholder("10");
    let fixed = money("fixed", "commissions-fixed", t!("commissions-fixed-hint", currency = currency));
    let bonus = money("bonus", "commissions-bonus", t!("commissions-bonus-hint", currency = currency));
    let cap = money("cap", "commissions-cap", t!("commissions-cap-hint", currency = currency));
    let product = Field::new("product", label("commissions-other-product"))
        .length_max(120)
        .hint(t!("commissions-other-product-hint"));
    let applies_to = label("commissions-applies-to");
    view! {
        <section class="card">
            <h2>{t!("commissions-new-rule")}</h2>
            {form.summary(&labels)}
            <form method="post">
                <div class="fields">
                    {form.combobox("applies_to", applies_to, &found.choices(), "", t!("commissions-applies-to-hint"))}
                    {form.field(percent)}
                    {form.field(fixed)}
                    {form.field(date("from", "commissions-start", t!("commissions-start-hint")))}
                    {form.field(date("to", "commissions-end-date", t!("commissions-end-date-hint")))}
                </div>
                <details open=is_more>
                    <summary>{t!("commissions-more")}</summary>
                    <div class="fields">
                        {form.field(bonus)}
                        {form.field(cap)}
                        {form.field(Field::new("tier", label("commissions-new-tier")).length_max(120))}
                        {form.field(product)}
                    </div>
                </details>
                <div class="inline">
                    {form.submit(t!("commissions-add-rule"))} <a class="quiet" href=PATH>{t!("commissions-cancel")}</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn table(request: &BrandRequest, found: &Found) -> Table {
    let now = request.flow.now();
    let columns = [
        Column::text("for", t!("commissions-for")),
        Column::text("earns", t!("commissions-earns")),
        Column::number("since", t!("commissions-in-force")),
        Column::text("state", t!("commissions-state")),
        Column::actions(t!("commissions-actions")),
    ];
    // Those that have ended come last; the most specific ones first, as they are tried.
    let mut rules: Vec<&Rule> = found.rules.iter().collect();
    rules.sort_by(|one, other| {
        let rank = |rule: &Rule| rule.ends_at.is_some_and(|end| end <= now);
        rank(one).cmp(&rank(other)).then(other.scope.cmp(&one.scope)).then(other.created_at.cmp(&one.created_at))
    });
    Table::new(t!("commissions-rules"), columns)
        .rows(rules.into_iter().map(|rule| row(request, found, rule)).collect::<Vec<_>>())
        .empty(empty(
            t!("commissions-no-rules"),
            t!("commissions-no-rules-text"),
            Some(("/brand/attribution/commissions/rules?new=rule", t!("commissions-new-rule"))),
        ))
}

fn row(request: &BrandRequest, found: &Found, rule: &Rule) -> Row {
    let (zone, today) = (&request.caller.brand().zone, request.flow.reports().today(request.caller.brand()));
    let now = request.flow.now();
    let (scope, note) = found.scope(&rule.scope);
    let from = format::day(zone, today, rule.starts_at);
    // The end is exclusive: the last day is the one before.
    let in_force = match rule.ends_at.map(|end| format::day(zone, today, end.plus_ms(-1))) {
        Some(until) => t!("commissions-from-to", from = from, to = until),
        None => t!("commissions-since", day = from),
    };
    let (state, tone, is_over) = if rule.ends_at.is_some_and(|end| end <= now) {
        (t!("commissions-ended"), "", true)
    } else if rule.starts_at > now {
        (t!("commissions-not-yet"), "warning", false)
    } else {
        (t!("commissions-in-force"), "good", false)
    };
    let form = FormState::default().form("end");
    let id = rule.id.to_string();
    let end = (!is_over).then(|| {
        let button = form.button(t!("commissions-end-rule"), "critical");
        let form = view! { <form method="post">{Form::hidden("id", id)}{button}</form> };
        confirm(t!("commissions-end"), t!("commissions-end-text"), form)
    });
    Row::new([
        Cell::text(scope).note(note),
        Cell::text(earns(rule)),
        Cell::text(in_force).sorted_by(rule.starts_at.0),
        Cell::view(state.clone(), chip(state, tone)),
        Cell::view("", end),
    ])
    .muted(is_over)
}

/// Rate, bonus and cap in words.
fn earns(rule: &Rule) -> String {
    let rate = match &rule.rate {
        Rate::Percent { bp } => t!("commissions-earns-percent", percent = format::exact_percent(i64::from(*bp))),
        Rate::Fixed { money } => t!("commissions-earns-fixed", amount = format::amount(*money)),
    };
    let earned = match rule.new_customer_bonus {
        Some(bonus) => t!("commissions-earns-bonus", earned = rate, bonus = format::amount(bonus)),
        None => rate,
    };
    match rule.cap {
        Some(cap) => t!("commissions-earns-cap", earned = earned, cap = format::amount(cap)),
        None => earned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Language, Spoken};

    #[test]
    fn rates_have_no_needless_zeros() {
        let percent = format::exact_percent;
        assert_eq!([1_000, 1_250, 25, 10_000, 0].map(percent), ["10%", "12.5%", "0.25%", "100%", "0%"]);
        assert_eq!(Language::German.speak(|| percent(1_250)), "12,5\u{a0}%");
    }

    #[test]
    fn faults_are_said_in_the_words_of_the_form() {
        let faults = ["give either percent (0.01 to 100) or fixed", "cap must be a number", "other"];
        let FlowError::Invalid(worded) = worded(Invalid(faults.map(str::to_owned).into()).into()) else {
            unreachable!("faults stay faults")
        };
        assert_eq!(
            worded.0,
            [
                "percentage of order: give either a percentage (0.01 to 100) or a fixed amount",
                "maximum per order must be a number",
                "other"
            ]
        );
    }
}
