//! `/sign-in` and `/sign-in/:token`: our own door, for those outside the Shopify admin.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{component::Fault, server_fn::sign_in_link_works};

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
                        view! { <div class="banner critical" role="alert">"That link was used already or has expired. Ask for a new one."</div> }
                    })
            }}
            <p>"Brands with a Shopify shop: open CreatorScore in your Shopify admin."</p>
            <p>"Creators: open the sign-in link that your brand sends you. It works once, for ten minutes."</p>
            <p>"Other brands: your operator makes a link with " <code>"creatorscore brand sign-in"</code> "."</p>
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
                        Ok(false) => view! { <p>"This link was used already or has expired. Ask for a new one."</p> }.into_any(),
                        Err(error) => view! { <Fault error /> }.into_any(),
                    }
                })}
            </Transition>
        </main>
    }
}
