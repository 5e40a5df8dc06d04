//! The banner on the pages of a brand whose data is made up.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_location;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;

#[cfg(feature = "ssr")]
const OVERVIEW: &str = "/brand/attribution";
#[cfg(feature = "ssr")]
const SETUP: &str = "/brand/attribution/setup";

/// Whether the brand holds sample data.
#[server(prefix = "/api/fn", endpoint = "has-sample-data")]
pub async fn has_sample_data() -> Result<bool, AppError> {
    let (flow, merchant) = merchant()?;
    Ok(flow.samples().are_there(&merchant).await?)
}

/// Deletes the sample data, then redirects to a page other than `from`, so that it is loaded anew.
#[server(prefix = "/api/fn", endpoint = "clear-sample-data")]
pub async fn clear_sample_data(from: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    flow.samples().clear(&merchant).await?;
    leptos_axum::redirect(if from == OVERVIEW { SETUP } else { OVERVIEW });
    Ok(())
}

/// Says that the brand's data is made up, and offers to clear it. Other brands see no banner.
#[component]
pub(crate) fn SampleBanner() -> impl IntoView {
    let clear = ServerAction::<ClearSampleData>::new();
    let found = Resource::new(move || clear.version().get(), |_| has_sample_data());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                (found.await == Ok(true)).then(|| view! { <Banner clear /> })
            })}
        </Transition>
    }
}

#[component]
fn Banner(clear: ServerAction<ClearSampleData>) -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let failed = move || {
        clear.value().get().and_then(Result::err).map(|error| view! { <p role="alert">{error.to_string()}</p> })
    };
    view! {
        <aside class="sample" aria-label="Sample data">
            <p><strong>"Sample data"</strong>" Everything here is made up, to show what CreatorScore does."</p>
            <details>
                <summary>"Clear sample data"</summary>
                <p>
                    "This deletes every creator, link, click, order and payout of this brand, and whatever you have added to them. The app stays installed. It cannot be undone."
                </p>
                <ActionForm action=clear>
                    <input type="hidden" name="from" value=path />
                    <button type="submit" class="critical">"Delete everything"</button>
                </ActionForm>
            </details>
            {failed}
        </aside>
    }
}
