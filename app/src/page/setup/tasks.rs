//! Work that was given up.

use flow::failed_job::{self, DeadJob, Task};
use leptos::prelude::*;

use crate::{
    component::card as titled,
    form::{Form, FormState},
    language::t,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The tasks that failed, each with the button that runs it again.
pub(super) fn table(failed: Vec<DeadJob>) -> Table {
    let columns = [
        Column::text("what", t!("setup-task-what")),
        Column::text("error", t!("setup-task-error")),
        Column::actions(t!("setup-actions")),
    ];
    let rows = failed.into_iter().map(|job| {
        let form = FormState::default().form("retry");
        let button = view! {
            <form method="post">
                {Form::hidden("kind", job.kind.clone())} {Form::hidden("key", job.key.clone())}
                {form.button(t!("setup-retry"), "quiet")}
            </form>
        };
        Row::new([Cell::text(what(&failed_job::task(&job))), Cell::text(job.error), Cell::view("", button)])
    });
    Table::new(t!("setup-tasks"), columns).rows(rows.collect::<Vec<_>>()).named("failed")
}

/// The tasks that failed; nothing if there are none.
pub(super) fn card(request: &BrandRequest, state: &FormState, failed: Vec<DeadJob>) -> Option<AnyView> {
    if failed.is_empty() {
        return None;
    }
    let refused = state.form("retry").all_faults();
    Some(titled(
        t!("setup-tasks"),
        view! {
            <p>{t!("setup-tasks-text")}</p>
            {refused}
            {table(failed).view(&request.address)}
        },
    ))
}

/// What a job was to do.
fn what(task: &Task) -> String {
    match task {
        Task::ReadWebhook(subject) => t!("setup-task-delivery", subject = subject),
        Task::CreditOrder(subject) => t!("setup-task-settle", subject = subject),
        Task::ReadPurchase(subject) => t!("setup-task-report", subject = subject),
        Task::ReportEvents => t!("setup-task-dispatch"),
        Task::Import(subject) => t!("setup-task-import", subject = subject),
        Task::MailSignIn => t!("setup-task-mail-signin"),
        Task::MailInvitation => t!("setup-task-mail-invitation"),
        Task::MailAnswer => t!("setup-task-mail-answer"),
        Task::MailQuestion => t!("setup-task-mail-question"),
        Task::MailPaid => t!("setup-task-mail-paid"),
        Task::MailPayoutChange => t!("setup-task-mail-payout"),
        Task::MailDisabled => t!("setup-task-mail-disabled"),
        Task::SendToKlaviyo => t!("setup-task-klaviyo"),
        Task::FinishMerge => t!("setup-task-merge"),
        Task::RollUp => t!("setup-task-rollups"),
        Task::Other(kind) => kind.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Language, Spoken};

    #[test]
    fn the_english_words_are_those_of_flow() {
        let subject = || "1001".to_owned();
        for task in [
            Task::ReadWebhook(subject()),
            Task::CreditOrder(subject()),
            Task::ReadPurchase(subject()),
            Task::ReportEvents,
            Task::Import(subject()),
            Task::MailSignIn,
            Task::MailInvitation,
            Task::MailAnswer,
            Task::MailQuestion,
            Task::MailPaid,
            Task::MailPayoutChange,
            Task::SendToKlaviyo,
            Task::FinishMerge,
            Task::RollUp,
        ] {
            assert_eq!(what(&task), task.to_string());
            assert_ne!(Language::German.speak(|| what(&task)), what(&task));
        }
    }
}
