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
    form::{Field, Form, Input, Label, Posted, label},
    format,
    language::{Message, t},
};

/// Labels of the fields whose faults stand beside them.
pub(super) fn labels() -> [Label; 4] {
    [label("campaigns-name"), label("campaigns-budget"), label("campaigns-first-day"), label("campaigns-last-day")]
}

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
    let [name, budget, first, last] = labels();
    let hint = t!("campaigns-budget-hint", currency = currency.code());
    let budget = Field::new("budget", budget).length_max(20).hint(hint);
    let name = Field::new("name", name).required().length_max(120).placeholder(t!("campaigns-name-example"));
    view! {
        <div class="fields">
            {form.field(name)}
            {form.field(budget)}
            {form.field(Field::new("starts_on", first).input(Input::Date))}
            {form.field(Field::new("ends_on", last).input(Input::Date))}
        </div>
    }
    .into_any()
}

/// The days of a campaign: "9 Nov – 30 Nov"; empty if it has none.
pub(super) fn days(plan: &CampaignPlan) -> String {
    match (plan.starts_on, plan.ends_on) {
        (Some(start), Some(end)) => t!("format-days", from = format::date(start), to = format::date(end)),
        (Some(start), None) => t!("campaigns-from", day = format::date(start)),
        (None, Some(end)) => t!("campaigns-until", day = format::date(end)),
        (None, None) => String::new(),
    }
}

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Running,
    Planned,
    Ended,
    Archived,
}

impl State {
    /// Every state, as they are offered.
    pub(super) const ALL: [Self; 4] = [Self::Running, Self::Planned, Self::Ended, Self::Archived];

    /// The state of a campaign on a day.
    pub(super) fn of(planned: &PlannedCampaign, today: Day) -> Self {
        if planned.archived_at.is_some() {
            return Self::Archived;
        }
        match planned.plan.stage(today) {
            CampaignStage::Planned => Self::Planned,
            CampaignStage::Running => Self::Running,
            CampaignStage::Ended => Self::Ended,
        }
    }

    /// Its name in addresses.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Planned => "planned",
            Self::Ended => "ended",
            Self::Archived => "archived",
        }
    }

    /// What it is called.
    pub(super) const fn name(self) -> Message {
        Message(match self {
            Self::Running => "campaigns-state-running",
            Self::Planned => "campaigns-state-planned",
            Self::Ended => "campaigns-state-ended",
            Self::Archived => "campaigns-state-archived",
        })
    }

    /// As a chip.
    pub(super) fn chip(self) -> AnyView {
        let tone = match self {
            Self::Running => "good",
            Self::Planned => "warning",
            Self::Ended | Self::Archived => "",
        };
        chip(self.name().text(), tone)
    }
}
