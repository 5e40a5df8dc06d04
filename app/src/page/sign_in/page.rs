//! `/sign-in` and `/sign-in/:token`: sign-in outside the Shopify admin.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::server_fn::sign_in_link_works;
use crate::component::ErrorBanner;

#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let query = use_query_map();
    let is_used = move || query.with(|query| query.get("used").is_some());
    view! {
        <Title text="Sign in" />
        <main class="card narrow">
            <h1>"Sign in"</h1>
            {move || {
                is_used()
                    .then(|| {
                        view! { <div class="banner critical" role="alert">"That link has already been used or has expired. Ask for a new one."</div> }
                    })
            }}
            <p>"Brands with a Shopify shop: open CreatorScore in your Shopify admin."</p>
            <p>"Creators: open the sign-in link from your brand. It works once and expires in 10 minutes."</p>
            <p>"Other brands: ask your operator for a sign-in link, created with " <code>"creatorscore brand sign-in"</code> "."</p>
        </main>
    }
}

#[component]
pub(crate) fn SignInConfirm() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get("token").unwrap_or_default());
    let works = Resource::new(token, sign_in_link_works);
    view! {
        <Title text="Sign in" />
        <main class="card narrow">
            <h1>"Sign in"</h1>
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match works.await {
                        Ok(true) => view! {
                            <form method="post" action=format!("/sign-in/{}", token())>
                                <button type="submit" class="primary">"Continue to CreatorScore"</button>
                            </form>
                        }
                        .into_any(),
                        Ok(false) => view! { <p>"This link has already been used or has expired. Ask for a new one."</p> }.into_any(),
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </main>
    }
}
