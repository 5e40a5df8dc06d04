//! `/brand/attribution/creators`: who earns.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    component::{BrandPage, Breakdown, Fault},
    server_fn::{CreateCreator, creators},
    view::RowView,
};

#[component]
pub(crate) fn Creators() -> impl IntoView {
    let create = ServerAction::<CreateCreator>::new();
    let found = Resource::new(move || create.version().get(), |_| creators());
    let fault = move || create.value().get().and_then(Result::err).map(|error| view! { <Fault error /> });
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
                            "E-mail (optional)" <input type="email" name="email" />
                            <small class="subdued">"Kept only as a hash, to find the creator's own purchases."</small>
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
                            Ok(found) if found.is_empty() => {
                                view! { <p class="subdued">"No creator yet."</p> }.into_any()
                            }
                            Ok(found) => {
                                let rows = found
                                    .into_iter()
                                    .map(|creator| RowView {
                                        href: Some(format!("/brand/attribution/creators/{}", creator.id)),
                                        name: creator.name,
                                        note: creator.handle,
                                        figures: creator.figures,
                                    })
                                    .collect();
                                view! { <Breakdown label="Creator" rows /> }.into_any()
                            }
                            Err(error) => view! { <Fault error /> }.into_any(),
                        }
                    })}
                </Transition>
            </section>
        </BrandPage>
    }
}
