//! `/brand/attribution/settings`: the policy and its preview, how commissions are held, closing periods.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    component::{BrandPage, Fault, Grid, Outcome},
    server_fn_money::{ClosePeriod, PreviewPolicy, SavePolicy, SaveSettings, settings},
    view::{PolicyView, SettingsView},
};

#[component]
pub(crate) fn Settings() -> impl IntoView {
    let preview = ServerAction::<PreviewPolicy>::new();
    let save = ServerAction::<SavePolicy>::new();
    let terms = ServerAction::<SaveSettings>::new();
    let close = ServerAction::<ClosePeriod>::new();
    let found =
        Resource::new(move || (save.version().get(), terms.version().get(), close.version().get()), |_| settings());
    let previewed = move || {
        preview.value().get().map(|outcome| match outcome {
            Ok(found) => view! {
                <section class="card" role="status" data-testid="preview">
                    <h2>"What this would have done"</h2>
                    <p>{found.summary}</p>
                    <Grid grid=found.creators empty="No creator's credit would differ." />
                    <Policy policy=found.policy action=save label="Save this policy" />
                </section>
            }
            .into_any(),
            Err(error) => view! { <Fault error /> }.into_any(),
        })
    };
    view! {
        <BrandPage heading="Settings">
            <Outcome action=save done="The policy is saved. Open orders under it are being settled again." />
            <Outcome action=terms done="Saved." />
            <Outcome action=close done="The period is closed." />
            {previewed}
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Parts found preview terms close /> }.into_any(),
                        Err(error) => view! { <Fault error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

/// The form that saves what was previewed, with the same values.
#[component]
fn Policy(policy: PolicyView, action: ServerAction<SavePolicy>, label: &'static str) -> impl IntoView {
    view! {
        <ActionForm action=action>
            <input type="hidden" name="model" value=policy.model />
            <input type="hidden" name="precedence" value=policy.precedence />
            <input type="hidden" name="lookback_days" value=policy.lookback_days.to_string() />
            <input type="hidden" name="from" value=policy.from />
            <button type="submit" class="primary">{label}</button>
        </ActionForm>
    }
}

#[component]
fn Parts(
    found: SettingsView,
    preview: ServerAction<PreviewPolicy>,
    terms: ServerAction<SaveSettings>,
    close: ServerAction<ClosePeriod>,
) -> impl IntoView {
    let current = found.policy.clone();
    let options = |choices: Vec<(String, String)>, chosen: String| {
        choices
            .into_iter()
            .map(|(value, label)| {
                let is_chosen = value == chosen;
                view! { <option value=value selected=is_chosen>{label}</option> }
            })
            .collect_view()
    };
    let models = options(found.models, current.model.clone());
    let orders = options(found.precedences, current.precedence.clone());
    view! {
        <section class="card">
            <h2>"Attribution policy"</h2>
            <Grid grid=found.versions empty="" />
            {found
                .recompute
                .map(|(done, total)| {
                    view! {
                        <p role="status">
                            {format!("Orders are settled again under the new policy: {done} of {total} so far. ")}
                            <progress value=done.to_string() max=total.max(1).to_string() aria-label="Orders settled again"></progress>
                        </p>
                    }
                })}
            <h3>"Change it"</h3>
            <ActionForm action=preview>
                <div class="fields">
                    <label>"Model" <select name="model">{models}</select></label>
                    <label>"Which evidence wins" <select name="precedence">{orders}</select></label>
                    <label>"Lookback window, days" <input type="number" name="lookback_days" min="1" max="365" value=current.lookback_days.to_string() /></label>
                    <label>"From (today when empty)" <input type="date" name="from" /></label>
                </div>
                <button type="submit" disabled=move || preview.pending().get()>"Preview on the last 90 days"</button>
            </ActionForm>
        </section>
        <section class="card">
            <h2>"Commissions and customers"</h2>
            <ActionForm action=terms>
                <div class="fields">
                    <label>"Hold period, days" <input type="number" name="hold_days" min="0" max="365" value=found.hold_days.to_string() /></label>
                    <label>"Revenue milestones, separated by commas" <input type="text" name="steps" value=found.steps /></label>
                    <label class="check"><input type="checkbox" name="by_hand" value="on" checked=found.approves_by_hand /> "A person approves every commission after its hold"</label>
                    <label class="check"><input type="checkbox" name="identify" value="on" checked=found.trusts_browser_identities /> "Believe what storefront scripts say about who a visitor is (identify)"</label>
                </div>
                <button type="submit">"Save"</button>
            </ActionForm>
        </section>
        <section class="card">
            <h2>"Close a period"</h2>
            <p>{found.closed}</p>
            <p class="subdued">"Figures of closed days never change: later refunds and corrections are booked on the day they arrive. This cannot be undone."</p>
            <ActionForm action=close attr:class="inline">
                <label>"Last day " <input type="date" name="last" required=true /></label>
                <button type="submit">"Close every day up to it"</button>
            </ActionForm>
        </section>
    }
}
