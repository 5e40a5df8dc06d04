//! What is kept and for how long, and what customers asked for.

use domain::retention::Retention;
use flow::{FlowError, Invalid, customer::DataExportInfo};
use leptos::prelude::*;

use super::hidden;
use crate::{
    component::card,
    form::{Field, FormState, Input, Label, Posted, label},
    language::{rich, t},
    request::BrandRequest,
};

/// The labels of the form's fields.
const LABELS: [&str; 4] = ["settings-events", "settings-clicks", "settings-landings", "settings-ended-sessions"];

/// The days of the form. Fewer than before delete what nobody can bring back, so they need a tick.
pub(super) fn posted_retention(request: &BrandRequest, posted: &Posted) -> Result<Retention, FlowError> {
    let kept = request.caller.brand().settings.retention;
    let asked = Retention {
        event_days: posted.number("events", label("settings-events"))?,
        click_days: posted.number("clicks", label("settings-clicks"))?,
        landing_days: posted.number("landings", label("settings-landings"))?,
        access_days: posted.number("access", label("settings-ended-sessions"))?,
    };
    let days = |of: &Retention| [of.event_days, of.click_days, of.landing_days, of.access_days];
    let is_shorter = days(&asked).iter().zip(days(&kept)).any(|(asked, kept)| *asked < kept);
    if is_shorter && !posted.is_checked("delete_older") {
        return Err(Invalid::one("tick that what is older is deleted").into());
    }
    Ok(asked)
}

/// For how long visits and ended sessions are kept.
pub(super) fn retention(request: &BrandRequest, state: &FormState) -> AnyView {
    let kept = request.caller.brand().settings.retention;
    let form = state
        .form("retention")
        .initial("events", kept.event_days.to_string())
        .initial("clicks", kept.click_days.to_string())
        .initial("landings", kept.landing_days.to_string())
        .initial("access", kept.access_days.to_string());
    let days = |name, shown: Label| form.field(Field::new(name, shown).input(Input::Number).required());
    card(
        t!("settings-retention"),
        view! {
            <p class="subdued">{t!("settings-retention-text")}</p>
            {form.summary(&LABELS.map(label))}
            <form method="post" data-save-bar="">
                <div class="fields">
                    {days("events", label("settings-events"))}
                    {days("clicks", label("settings-clicks"))}
                    {days("landings", label("settings-landings"))}
                    {days("access", label("settings-ended-sessions"))}
                </div>
                {form.checkbox("delete_older", t!("settings-delete-older"), t!("settings-delete-older-hint"))}
                {form.submit(t!("settings-save-retention"))}
            </form>
        },
    )
}

/// What is stored about customers who asked for it, to download.
pub(super) fn data_requests(request: &BrandRequest, exports: &[DataExportInfo]) -> AnyView {
    let form = FormState::default().form("download");
    let rows = exports.iter().map(|export| {
        let (requested, deleted) = (request.moment(export.requested_at), request.moment(export.expires_at));
        let text = rich!("settings-asked", requested = requested, deleted = deleted);
        let button = form.button(t!("settings-download"), "quiet");
        view! {
            <li>
                <form method="post" class="inline">
                    {hidden("id", export.id.to_string())}
                    <span>{text}</span>
                    {button}
                </form>
            </li>
        }
    });
    let rows = rows.collect_view();
    let none = exports.is_empty().then(|| view! { <p class="subdued">{t!("settings-nobody-asked")}</p> });
    view! {
        <section class="card" data-testid="data-exports">
            <h2>{t!("settings-data-requests")}</h2>
            <p class="subdued">{t!("settings-data-requests-text")}</p>
            {none}
            <ul>{rows}</ul>
        </section>
    }
    .into_any()
}
