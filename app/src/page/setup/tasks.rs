//! Work that was given up.

use flow::failed_job::{self, DeadJob};
use leptos::prelude::*;

use crate::{
    component::card as titled,
    form::{Form, FormState},
    language::t,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The tasks that failed, with the button that runs one again; nothing if there are none.
pub(super) fn card(request: &BrandRequest, state: &FormState, failed: Vec<DeadJob>) -> Option<AnyView> {
    if failed.is_empty() {
        return None;
    }
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
        Row::new([Cell::text(what(&job)), Cell::text(job.error), Cell::view("", button)])
    });
    let table = Table::new(t!("setup-tasks"), columns).rows(rows.collect::<Vec<_>>()).named("failed").without_csv();
    let refused = state.form("retry").all_faults();
    Some(titled(
        t!("setup-tasks"),
        view! {
            <p>{t!("setup-tasks-text")}</p>
            {refused}
            {table.view(&request.address)}
        },
    ))
}

/// What a job was to do. One that has no message here keeps the English words of `flow`.
fn what(job: &DeadJob) -> String {
    let subject = job.key.rsplit_once(':').map_or(job.key.as_str(), |(_, subject)| subject);
    match job.kind.as_str() {
        "delivery.process" => t!("setup-task-delivery", subject = subject),
        "order.settle" => t!("setup-task-settle", subject = subject),
        "order.report" => t!("setup-task-report", subject = subject),
        "events.dispatch" => t!("setup-task-dispatch"),
        "imports.run" => t!("setup-task-import", subject = subject),
        "mail.signin" => t!("setup-task-mail-signin"),
        "mail.invitation" => t!("setup-task-mail-invitation"),
        "mail.answer" => t!("setup-task-mail-answer"),
        "mail.question" => t!("setup-task-mail-question"),
        "mail.paid" => t!("setup-task-mail-paid"),
        "mail.payout" => t!("setup-task-mail-payout"),
        "klaviyo.send" => t!("setup-task-klaviyo"),
        "creators.follow_merge" => t!("setup-task-merge"),
        "rollups.brand" => t!("setup-task-rollups"),
        _ => failed_job::what(job),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn the_english_words_are_those_of_flow() {
        for kind in [
            "delivery.process",
            "order.settle",
            "order.report",
            "events.dispatch",
            "imports.run",
            "mail.signin",
            "mail.invitation",
            "mail.answer",
            "mail.question",
            "mail.paid",
            "mail.payout",
            "klaviyo.send",
            "creators.follow_merge",
            "rollups.brand",
            "something.new",
        ] {
            let job = DeadJob {
                kind: kind.to_owned(),
                key: "brand:1001".to_owned(),
                party: "brand".to_owned(),
                error: String::new(),
            };
            assert_eq!(what(&job), failed_job::what(&job));
            let is_translated = Language::German.speak(|| what(&job)) != what(&job);
            assert_eq!(is_translated, kind != "something.new", "{kind}");
        }
    }
}
