//! `/brand/attribution/creators/:id`: one creator, for the brand.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_params_map;

use super::server_fn::{CreatorSignInLink, EraseCreator, UpdateCreator, creator_detail};
use crate::component::{
    BrandPage, Breakdown, Cards, CopyButton, ErrorBanner, Grid, Outcome, PeriodForm, period_in_query,
};

#[component]
pub(crate) fn CreatorDetail() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let period = period_in_query();
    let invite = ServerAction::<CreatorSignInLink>::new();
    let update = ServerAction::<UpdateCreator>::new();
    let erase = ServerAction::<EraseCreator>::new();
    let source = move || (id(), period(), update.version().get(), erase.version().get());
    let found = Resource::new(source, |(id, (from, to), _, _)| creator_detail(id, from, to));
    let link = move || {
        invite.value().get().map(|outcome| match outcome {
            Ok(url) => view! {
                <div class="banner success" role="status">
                    "Send this link to the creator. It works once and expires in 10 minutes: "
                    <span class="code" data-testid="sign-in-link">{url.clone()}</span> " "
                    <CopyButton text=url what="the sign-in link" />
                </div>
            }
            .into_any(),
            Err(error) => view! { <ErrorBanner error /> }.into_any(),
        })
    };
    view! {
        <BrandPage heading="Creator">
            {link}
            <Outcome action=update done="Saved." />
            <Outcome action=erase done="The creator's personal data was erased." />
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => {
                            let id = found.creator.id.clone();
                            view! {
                                <h2>{found.creator.name.clone()} " " <small class="subdued">{found.creator.handle}</small></h2>
                                <PeriodForm period=found.period action=format!("/brand/attribution/creators/{id}") />
                                <Cards figures=found.creator.figures />
                                <section class="card">
                                    <h2>"Links"</h2>
                                    <Breakdown label="Link" rows=found.links />
                                </section>
                                {(!found.partner_code.is_empty())
                                    .then(|| {
                                        view! {
                                            <section class="card">
                                                <h2>"Partner code"</h2>
                                                <p><code data-testid="partner-code">{format!("?aff={}", found.partner_code)}</code></p>
                                                <p class="subdued">"For affiliate URLs on your own site that use the tracking API. Clicks go to the creator's latest active link."</p>
                                            </section>
                                        }
                                    })}
                                <section class="card">
                                    <h2>"Commission"</h2>
                                    <Grid grid=found.balances empty="No commissions yet." />
                                </section>
                                {found.is_erased.then(|| view! { <p class="subdued">"This creator's personal data was erased."</p> })}
                                {(!found.is_erased)
                                    .then(|| {
                                        let id = id.clone();
                                        view! {
                                            <EditCreator update id=id.clone() name=found.creator.name aliases=found.aliases tier=found.tier promo_code=found.promo_code />
                                            <Dashboard invite id=id.clone() />
                                            <EraseCreatorForm erase id />
                                        }
                                    })}
                                {(!found.ignored_claims.is_empty()).then(|| view! { <p class="banner" role="status">{found.ignored_claims}</p> })}
                            }
                                .into_any()
                        }
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

/// The form that changes a creator.
#[component]
fn EditCreator(
    update: ServerAction<UpdateCreator>,
    id: String,
    name: String,
    aliases: String,
    tier: String,
    promo_code: String,
) -> impl IntoView {
    view! {
        <section class="card">
            <h2>"Edit creator"</h2>
            <ActionForm action=update>
                <input type="hidden" name="id" value=id />
                <div class="fields">
                    <label>"Name" <input type="text" name="name" required=true maxlength="120" value=name /></label>
                    <label>
                        "Aliases (comma-separated)" <input type="text" name="aliases" value=aliases />
                        <small class="subdued">"Survey answers with one of these names match this creator."</small>
                    </label>
                    <label>"Tier" <input type="text" name="tier" maxlength="120" value=tier /></label>
                    <label>
                        "Discount code" <input type="text" name="promo_code" maxlength="255" value=promo_code />
                        <small class="subdued">"Earns for this creator even without a link."</small>
                    </label>
                    <label>
                        "PayPal email (leave empty to keep)" <input type="email" name="paypal" autocomplete="off" />
                        <small class="subdued">"Stored encrypted, used for payout files only."</small>
                    </label>
                </div>
                <button type="submit">"Save"</button>
            </ActionForm>
        </section>
    }
}

/// The form that creates a sign-in link for the creator.
#[component]
fn Dashboard(invite: ServerAction<CreatorSignInLink>, id: String) -> impl IntoView {
    view! {
        <section class="card">
            <h2>"Creator dashboard"</h2>
            <p>"Creators see their clicks and conversions, and revenue only for links that share it."</p>
            <ActionForm action=invite>
                <input type="hidden" name="id" value=id />
                <button type="submit">"Create sign-in link"</button>
            </ActionForm>
        </section>
    }
}

/// The form that erases the creator's personal data.
#[component]
fn EraseCreatorForm(erase: ServerAction<EraseCreator>, id: String) -> impl IntoView {
    view! {
        <section class="card">
            <h2>"Erase personal data"</h2>
            <p class="subdued">
                "Erases name, handle, aliases, email hash, PayPal address and partner code, and signs the creator out. Links, credits and the commission ledger stay. This cannot be undone."
            </p>
            <ActionForm action=erase>
                <input type="hidden" name="id" value=id />
                <label class="check">
                    <input type="checkbox" name="confirmed" value="on" required=true /> "I understand that this cannot be undone"
                </label>
                <button type="submit">"Erase creator"</button>
            </ActionForm>
        </section>
    }
}
