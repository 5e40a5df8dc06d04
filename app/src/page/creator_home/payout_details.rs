//! How the creator is paid: what is known, and the form that changes it.

use domain::payout_details::{PayoutForm, PayoutMethod};
use flow::FlowError;
use leptos::prelude::*;

use crate::{
    form::{Field, FormState, Input, Posted},
    format,
    request::CreatorRequest,
};

/// The form's action.
pub(super) const SAVE: &str = "payout-details";
/// Labels of the fields whose faults stand beside them.
const LABELS: [&str; 6] = ["Method", "E-mail", "Account holder", "IBAN or account number", "Routing number", "Note"];

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
                view! { <span class="subdued">" · changed "{format::moment(&brand.zone, today, at)}</span> }
            });
            view! { <p><b>{way.method.label()}</b>" · "{way.masked.clone()}{changed}</p> }.into_any()
        }
        None => view! { <p>{format!("{} does not know yet where to send your payouts.", brand.name)}</p> }.into_any(),
    };
    let change = if view.may_set_payout_details() {
        form(state, method, way.is_some())
    } else {
        view! {
            <p class="subdued">"To change this, sign in with your e-mail address: a link from your brand does not show who you are. Ask your brand for an invitation if you have none."</p>
        }
        .into_any()
    };
    Ok(view! { <section class="card" id="payout-details"><h2>"How you are paid"</h2>{known}{change}</section> }
        .into_any())
}

fn form(state: &FormState, method: PayoutMethod, is_known: bool) -> AnyView {
    let form = state.form(SAVE).initial("method", method.as_str());
    let methods = PayoutMethod::ALL.map(|method| (method.as_str().to_owned(), method.label().to_owned()));
    let email =
        Field::new("email", "E-mail").input(Input::Email).length_max(254).hint("Of your PayPal or Wise account.");
    let holder = Field::new("holder", "Account holder").hint("For a bank transfer.");
    let account = Field::new("account", "IBAN or account number").length_max(64).hint("For a bank transfer.");
    let routing = Field::new("routing", "Routing number").length_max(32);
    let routing = routing.hint("Or sort code, or BSB number: for an account without an IBAN.");
    let note = Field::new("note", "Note").input(Input::Lines).hint("For another way: what your brand needs to know.");
    let is_open = form.is_posted() || !is_known;
    let label = if is_known { "Change" } else { "Say where" };
    view! {
        <details open=is_open>
            <summary class="button">{label}</summary>
            {form.summary(&LABELS)}
            <form method="post">
                <div class="fields">
                    {form.select("method", "Method", &methods, "", "Fill in the fields of this method only.")}
                    {form.field(email)}
                    {form.field(holder)}
                    {form.field(account)}
                    {form.field(routing)}
                    {form.field(note)}
                </div>
                <p class="subdued">"Kept encrypted, and shown to the owners of this brand only. Whoever set it before gets an e-mail."</p>
                {form.submit("Save")}
            </form>
        </details>
    }
    .into_any()
}
