//! `/brand/attribution/creators`: all creators with their figures of the last 30 days.

use leptos::{form::ActionForm, prelude::*};

use super::server_fn::{CreateCreator, creators};
use crate::component::{BrandPage, Breakdown, ErrorBanner};
use crate::view::RowView;

#[component]
pub(crate) fn Creators() -> impl IntoView {
    let create = ServerAction::<CreateCreator>::new();
    let found = Resource::new(move || create.version().get(), |_| creators());
    let fault = move || create.value().get().and_then(Result::err).map(|error| view! { <ErrorBanner error /> });
    view! {
        <BrandPage heading="Creators">
            {fault}
            <section class="card">
                <h2>"Add a creator"</h2>
                <ActionForm action=create>
                    <div class="fields">
                        <label>"Name" <input type="text" name="name" required=true maxlength="120" /></label>
                        <label>"Handle" <input type="text" name="handle" required=true maxlength="64" placeholder="@jessica_styles" /></label>
                        <label>
                            "Email (optional)" <input type="email" name="email" />
                            <small class="subdued">"Stored only as a hash, to detect the creator's own purchases."</small>
                        </label>
                    </div>
                    <button type="submit" class="primary" disabled=move || create.pending().get()>"Add creator"</button>
                </ActionForm>
            </section>
            <section class="card">
                <h2>"Last 30 days"</h2>
                <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                    {move || Suspend::new(async move {
                        match found.await {
                            Ok(found) if found.creators.is_empty() => {
                                view! { <p class="subdued">"No creators yet."</p> }.into_any()
                            }
                            Ok(found) => {
                                let ignored_claims = found.ignored_claims;
                                let rows = found
                                    .creators
                                    .into_iter()
                                    .map(|creator| RowView {
                                        href: Some(format!("/brand/attribution/creators/{}", creator.id)),
                                        name: creator.name,
                                        note: creator.handle,
                                        figures: creator.figures,
                                    })
                                    .collect();
                                view! {
                                    <Breakdown label="Creator" rows />
                                    {(!ignored_claims.is_empty()).then(|| view! { <p class="banner" role="status">{ignored_claims}</p> })}
                                }
                                    .into_any()
                            }
                            Err(error) => view! { <ErrorBanner error /> }.into_any(),
                        }
                    })}
                </Transition>
            </section>
        </BrandPage>
    }
}
