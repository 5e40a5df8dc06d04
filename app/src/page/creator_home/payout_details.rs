//! How the creator is paid: what is known, and the form that changes it.

use domain::payout_details::{PayoutForm, PayoutMethod};
use flow::{FlowError, creator_view::OwnPayoutWay};
use leptos::prelude::*;

use crate::{
    form::{Field, FormState, Input, Posted, label},
    format,
    language::{rich, t},
    request::CreatorRequest,
    words,
};

/// The form's action.
pub(super) const SAVE: &str = "payout-details";
/// Labels of the fields whose faults stand beside them.
const LABELS: [&str; 6] = [
    "creator_home-details-method",
    "creator_home-details-email",
    "creator_home-details-holder",
    "creator_home-details-account",
    "creator_home-details-routing",
    "creator_home-details-note",
];

/// Saves what was posted.
pub(super) async fn save(request: &CreatorRequest, posted: &Posted) -> Result<(), FlowError> {
    let form = PayoutForm {
        method: posted.text("method"),
        email: posted.text("email"),
        holder: posted.text("holder"),
        account: posted.text("account"),
        routing: posted.text("routing"),
        note: posted.text("note"),
    };
    request.flow.creator_view(&request.caller).set_payout_details(&form).await
}

/// The card.
pub(super) async fn card(request: &CreatorRequest, state: &FormState) -> Result<AnyView, FlowError> {
    let view = request.flow.creator_view(&request.caller);
    let brand = request.caller.brand();
    let today = request.flow.reports().today(brand);
    let way = view.payout_way().await?;
    let method = way.as_ref().map_or(PayoutMethod::Paypal, |way| way.method);
    let known = match &way {
        Some(way) => {
            let changed = way.changed_at.map(|at| {
                let moment = format::moment(&brand.zone, today, at);
                view! { <span class="subdued">" · "{rich!("creator_home-details-changed", moment = moment)}</span> }
            });
            view! { <p><b>{words::payout_method(way.method).text()}</b>" · "{masked(way)}{changed}</p> }.into_any()
        }
        None => view! { <p>{t!("creator_home-details-unknown", brand = &brand.name)}</p> }.into_any(),
    };
    let change = if view.may_set_payout_details() {
        form(state, method, way.is_some())
    } else {
        view! {
            <p class="subdued">{t!("creator_home-details-by-link")}</p>
        }
        .into_any()
    };
    let title = t!("creator_home-details");
    Ok(view! { <section class="card" id="payout-details"><h2>{title}</h2>{known}{change}</section> }.into_any())
}

/// As much of the address as the creator needs to recognise it.
fn masked(way: &OwnPayoutWay) -> String {
    match way.method {
        PayoutMethod::Paypal | PayoutMethod::Bank | PayoutMethod::Wise => way.masked.clone(),
        PayoutMethod::Other => t!("creator_home-details-in-note"),
    }
}

fn form(state: &FormState, method: PayoutMethod, is_known: bool) -> AnyView {
    let form = state.form(SAVE).initial("method", method.as_str());
    let methods = PayoutMethod::ALL.map(|method| (method.as_str().to_owned(), words::payout_method(method).text()));
    let email = Field::new("email", label("creator_home-details-email")).input(Input::Email).length_max(254);
    let email = email.hint(t!("creator_home-details-email-hint"));
    let holder = Field::new("holder", label("creator_home-details-holder")).hint(t!("creator_home-details-for-bank"));
    let account = Field::new("account", label("creator_home-details-account")).length_max(64);
    let account = account.hint(t!("creator_home-details-for-bank"));
    let routing = Field::new("routing", label("creator_home-details-routing")).length_max(32);
    let routing = routing.hint(t!("creator_home-details-routing-hint"));
    let note = Field::new("note", label("creator_home-details-note")).input(Input::Lines);
    let note = note.hint(t!("creator_home-details-note-hint"));
    let is_open = form.is_posted() || !is_known;
    let button = if is_known { t!("creator_home-details-change") } else { t!("creator_home-details-first") };
    let method_hint = t!("creator_home-details-method-hint");
    view! {
        <details open=is_open>
            <summary class="button">{button}</summary>
            {form.summary(&LABELS.map(label))}
            <form method="post">
                <div class="fields">
                    {form.select("method", label("creator_home-details-method"), &methods, "", method_hint)}
                    {form.field(email)}
                    {form.field(holder)}
                    {form.field(account)}
                    {form.field(routing)}
                    {form.field(note)}
                </div>
                <p class="subdued">{t!("creator_home-details-privacy")}</p>
                {form.submit(t!("creator_home-details-save"))}
            </form>
        </details>
    }
    .into_any()
}
