//! `/brand/attribution/settings`: the attribution policy with its preview, commission settings, closing periods.

use leptos::{form::ActionForm, prelude::*};

use super::privacy::{DataExports, Retention};
use super::server_fn::{
    ClosePeriod, DataExport, PreviewPolicy, SaveGiftCards, SaveHosts, SavePolicy, SaveRetention, SaveSettings, settings,
};
use super::view::{PolicyView, SettingsView};
use crate::component::{BrandPage, ErrorBanner, Grid, Outcome};

#[component]
pub(crate) fn Settings() -> impl IntoView {
    let preview = ServerAction::<PreviewPolicy>::new();
    let save = ServerAction::<SavePolicy>::new();
    let save_settings = ServerAction::<SaveSettings>::new();
    let close = ServerAction::<ClosePeriod>::new();
    let save_hosts = ServerAction::<SaveHosts>::new();
    let save_gift_cards = ServerAction::<SaveGiftCards>::new();
    let retention = ServerAction::<SaveRetention>::new();
    let data_export = ServerAction::<DataExport>::new();
    let policy_saved = move || (save.version().get(), save_settings.version().get(), close.version().get());
    let rest_saved = move || (save_hosts.version().get(), save_gift_cards.version().get(), retention.version().get());
    let found = Resource::new(move || (policy_saved(), rest_saved()), |_| settings());
    let previewed = move || {
        preview.value().get().map(|outcome| match outcome {
            Ok(found) => view! {
                <section class="card" role="status" data-testid="preview">
                    <h2>"Preview"</h2>
                    <p>{found.summary}</p>
                    <Grid grid=found.creators empty="No creator's credit would change." />
                    <Policy policy=found.policy action=save label="Save policy" />
                </section>
            }
            .into_any(),
            Err(error) => view! { <ErrorBanner error /> }.into_any(),
        })
    };
    view! {
        <BrandPage heading="Settings">
            <Outcome action=save done="Policy saved. Affected orders are being recalculated." />
            <Outcome action=save_settings done="Saved." />
            <Outcome action=close done="Period closed." />
            <Outcome action=save_hosts done="Hosts saved." />
            <Outcome action=save_gift_cards done="Saved." />
            <Outcome action=retention done="Retention saved." />
            {previewed}
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => {
                            let hosts = (found.allowed_hosts.clone(), found.storefront_hosts.clone());
                            let gift_cards_earn = found.gift_cards_earn;
                            let (days, exports) = (found.retention, found.data_exports.clone());
                            view! {
                                <Content found preview save_settings close />
                                <Hosts allowed=hosts.0 storefronts=hosts.1 action=save_hosts />
                                <GiftCards gift_cards_earn action=save_gift_cards />
                                <Retention days action=retention />
                                <DataExports exports action=data_export />
                            }
                                .into_any()
                        },
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

/// A form that saves the previewed policy unchanged.
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

/// Where links may lead.
#[component]
fn Hosts(allowed: String, storefronts: String, action: ServerAction<SaveHosts>) -> impl IntoView {
    view! {
        <section class="card">
            <h2>"Link destinations"</h2>
            <ActionForm action=action>
                <div class="fields">
                    <label>
                        "Allowed hosts (comma-separated)" <input type="text" name="allowed" value=allowed />
                        <small class="subdued">"Links may lead only to these hosts and their subdomains; to any host if empty. Links that lead elsewhere stop working."</small>
                    </label>
                    <label>
                        "Shopify storefront hosts (comma-separated)" <input type="text" name="storefronts" value=storefronts />
                        <small class="subdued">"Your store's own domains. Links to them also carry Shopify's ref parameter."</small>
                    </label>
                </div>
                <button type="submit">"Save hosts"</button>
            </ActionForm>
        </section>
    }
}

#[component]
fn GiftCards(gift_cards_earn: bool, action: ServerAction<SaveGiftCards>) -> impl IntoView {
    view! {
        <section class="card">
            <h2>"Gift cards"</h2>
            <ActionForm action=action>
                <label class="check"><input type="checkbox" name="earn" value="on" checked=gift_cards_earn /> "Buying a gift card earns a commission (what is later bought with it always does)"</label>
                <button type="submit">"Save gift cards"</button>
            </ActionForm>
        </section>
    }
}

#[component]
fn Content(
    found: SettingsView,
    preview: ServerAction<PreviewPolicy>,
    save_settings: ServerAction<SaveSettings>,
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
                            {format!("Recalculating orders under the new policy: {done} of {total} done. ")}
                            <progress value=done.to_string() max=total.max(1).to_string() aria-label="Recalculated orders"></progress>
                        </p>
                    }
                })}
            <h3>"Edit policy"</h3>
            <ActionForm action=preview>
                <div class="fields">
                    <label>"Model" <select name="model">{models}</select></label>
                    <label>"Evidence priority" <select name="precedence">{orders}</select></label>
                    <label>"Lookback window (days)" <input type="number" name="lookback_days" min="1" max="365" value=current.lookback_days.to_string() /></label>
                    <label>"Start date (today if empty)" <input type="date" name="from" /></label>
                </div>
                <button type="submit" disabled=move || preview.pending().get()>"Preview on the last 90 days"</button>
            </ActionForm>
        </section>
        <section class="card">
            <h2>"Commissions and customers"</h2>
            <ActionForm action=save_settings>
                <div class="fields">
                    <label>"Hold period (days)" <input type="number" name="hold_days" min="0" max="365" value=found.hold_days.to_string() /></label>
                    <label>"Revenue milestones (comma-separated)" <input type="text" name="steps" value=found.steps /></label>
                    <label class="check"><input type="checkbox" name="manual_approval" value="on" checked=found.requires_manual_approval /> "Require manual approval of commissions after the hold period"</label>
                    <label class="check"><input type="checkbox" name="identify" value="on" checked=found.trusts_browser_identities /> "Trust customer identities reported by storefront scripts (identify)"</label>
                </div>
                <button type="submit">"Save"</button>
            </ActionForm>
        </section>
        <section class="card">
            <h2>"Close a period"</h2>
            <p>{found.closed}</p>
            <p class="subdued">"Figures for closed days no longer change. Later refunds and corrections are booked on the day they arrive. This cannot be undone."</p>
            <ActionForm action=close attr:class="inline">
                <label>"Last day " <input type="date" name="last" required=true /></label>
                <button type="submit">"Close period"</button>
            </ActionForm>
        </section>
    }
}
