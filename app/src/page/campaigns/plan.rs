//! A campaign's name, budget and dates: the form, and how they are shown.

use domain::{
    Currency,
    campaign::{CampaignPlan, CampaignStage},
    time::Day,
};
use flow::campaign::{CampaignForm, PlannedCampaign};
use leptos::prelude::*;

use crate::{
    component::chip,
    form::{Field, Form, Input, Posted},
};

/// Labels of the fields whose faults stand beside them.
pub(super) const LABELS: [&str; 4] = ["Name", "Budget", "First day", "Last day"];

/// What was typed.
pub(super) fn read(posted: &Posted) -> CampaignForm {
    CampaignForm {
        name: posted.text("name"),
        budget: posted.text("budget"),
        starts_on: posted.text("starts_on"),
        ends_on: posted.text("ends_on"),
    }
}

/// A form filled with what is stored.
pub(super) fn filled(form: Form, planned: &PlannedCampaign) -> Form {
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    form.initial("name", planned.campaign.name.clone())
        .initial("budget", planned.plan.budget.map(domain::Money::to_decimal).unwrap_or_default())
        .initial("starts_on", day(planned.plan.starts_on))
        .initial("ends_on", day(planned.plan.ends_on))
}

/// The fields.
pub(super) fn fields(form: &Form, currency: Currency) -> AnyView {
    let budget = Field::new("budget", "Budget").length_max(20).hint(format!("In {}. For you only.", currency.code()));
    view! {
        <div class="fields">
            {form.field(Field::new("name", "Name").required().length_max(120).placeholder("Spring launch"))}
            {form.field(budget)}
            {form.field(Field::new("starts_on", "First day").input(Input::Date))}
            {form.field(Field::new("ends_on", "Last day").input(Input::Date))}
        </div>
    }
    .into_any()
}

/// The days of a campaign: "9 Nov – 30 Nov"; empty if it has none.
pub(super) fn days(plan: &CampaignPlan) -> String {
    match (plan.starts_on, plan.ends_on) {
        (Some(start), Some(end)) => format!("{} – {}", start.short(), end.short()),
        (Some(start), None) => format!("from {}", start.short()),
        (None, Some(end)) => format!("until {}", end.short()),
        (None, None) => String::new(),
    }
}

/// Where a campaign stands, in a word.
pub(super) fn state(planned: &PlannedCampaign, today: Day) -> &'static str {
    if planned.archived_at.is_some() {
        return "Archived";
    }
    match planned.plan.stage(today) {
        CampaignStage::Planned => "Planned",
        CampaignStage::Running => "Running",
        CampaignStage::Ended => "Ended",
    }
}

/// As [`state`], as a chip.
pub(super) fn state_chip(planned: &PlannedCampaign, today: Day) -> AnyView {
    let text = state(planned, today);
    let tone = match text {
        "Running" => "good",
        "Planned" => "warning",
        _ => "",
    };
    chip(text, tone)
}
