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
    ["campaigns-name", "campaigns-budget", "campaigns-first-day", "campaigns-last-day"].map(label)
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
    let name = Field::new("name", label("campaigns-name")).required().length_max(120);
    let hint = t!("campaigns-budget-hint", currency = currency.code());
    let budget = Field::new("budget", label("campaigns-budget")).length_max(20).hint(hint);
    view! {
        <div class="fields">
            {form.field(name.placeholder(t!("campaigns-name-example")))}
            {form.field(budget)}
            {form.field(Field::new("starts_on", label("campaigns-first-day")).input(Input::Date))}
            {form.field(Field::new("ends_on", label("campaigns-last-day")).input(Input::Date))}
        </div>
    }
    .into_any()
}

/// The days of a campaign: "9 Nov – 30 Nov 2026"; empty if it has none.
pub(super) fn days(plan: &CampaignPlan) -> String {
    match (plan.starts_on, plan.ends_on) {
        (Some(start), Some(end)) => {
            t!("campaigns-days", first = format::first_date(start, end), last = format::full_date(end))
        }
        (Some(start), None) => t!("campaigns-from", day = format::full_date(start)),
        (None, Some(end)) => t!("campaigns-until", day = format::full_date(end)),
        (None, None) => String::new(),
    }
}

/// Where a campaign stands, as the list can be filtered by.
#[derive(Clone, Copy)]
pub(super) enum State {
    /// It runs, or has no dates.
    Running,
    /// It begins later.
    Planned,
    /// Its last day is over.
    Ended,
    /// It was put away.
    Archived,
}

impl State {
    /// All of them, in the order of the filter.
    pub(super) const ALL: [Self; 4] = [Self::Running, Self::Planned, Self::Ended, Self::Archived];

    /// Where a campaign stands today.
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
    pub(super) const fn key(self) -> &'static str {
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
            Self::Running => "campaigns-running",
            Self::Planned => "campaigns-planned",
            Self::Ended => "campaigns-ended",
            Self::Archived => "campaigns-archived",
        })
    }

    /// Its name as a chip.
    pub(super) fn chip(self) -> AnyView {
        let tone = match self {
            Self::Running => "good",
            Self::Planned => "warning",
            Self::Ended | Self::Archived => "",
        };
        chip(self.name().text(), tone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Language, Spoken};

    #[test]
    fn days_are_in_the_readers_language() {
        let days =
            |start, end| days(&CampaignPlan { budget: None, starts_on: Day::parse(start), ends_on: Day::parse(end) });
        assert_eq!(days("2026-11-09", "2026-11-30"), "9 Nov – 30 Nov 2026");
        assert_eq!([days("", "2026-11-30"), days("", "")], ["until 30 Nov 2026", ""]);
        assert_eq!(Language::German.speak(|| days("2026-11-09", "")), "ab 9. Nov. 2026");
        assert_eq!(days("2026-11-09", "2027-01-30"), "9 Nov 2026 – 30 Jan 2027");
    }
}
