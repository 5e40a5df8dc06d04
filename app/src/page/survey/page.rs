//! `/brand/attribution/survey`: survey answers that need review, and the Fairing key.

use leptos::{form::ActionForm, prelude::*};

use super::server_fn::{DecideAnswer, SetFairingKey, survey};
use super::view::SurveyView;
use crate::component::{BrandPage, ErrorBanner, Outcome};

#[component]
pub(crate) fn Survey() -> impl IntoView {
    let decide = ServerAction::<DecideAnswer>::new();
    let key = ServerAction::<SetFairingKey>::new();
    let found = Resource::new(move || (decide.version().get(), key.version().get()), |_| survey());
    view! {
        <BrandPage heading="Survey">
            <Outcome action=decide done="Saved. The order will be recalculated shortly." />
            <Outcome action=key done="Key saved." />
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Content found decide key /> }.into_any(),
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Content(found: SurveyView, decide: ServerAction<DecideAnswer>, key: ServerAction<SetFairingKey>) -> impl IntoView {
    let is_done = found.open.is_empty();
    let creators = found.creators;
    let rows = found
        .open
        .into_iter()
        .map(|answer| {
            let options = creators
                .iter()
                .map(|(id, name)| view! { <option value=id.clone()>{name.clone()}</option> })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{answer.answer}<small>{answer.question}</small></th>
                    <td>{answer.order}</td>
                    <td>{answer.at}</td>
                    <td>
                        <ActionForm action=decide attr:class="inline">
                            <input type="hidden" name="id" value=answer.id />
                            <label>
                                <span class="hidden">"Creator"</span>
                                <select name="creator"><option value="">"No creator"</option>{options}</select>
                            </label>
                            <button type="submit">"Confirm"</button>
                        </ActionForm>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let state = if found.has_key { "A key is set." } else { "No key is set. Answers are rejected until you add one." };
    view! {
        <section class="card">
            <h2>"Needs review"</h2>
            {if is_done {
                view! { <p class="subdued">"Nothing to review. Answers with a creator's handle, name or alias are matched automatically."</p> }.into_any()
            } else {
                view! {
                    <div class="scroll" tabindex="0" role="region" aria-label="Answers">
                        <table class="text">
                            <thead>
                                <tr>
                                    <th scope="col">"Answer"</th>
                                    <th scope="col">"Order"</th>
                                    <th scope="col">"Date"</th>
                                    <th scope="col">"Creator"</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            }}
        </section>
        <section class="card">
            <h2>"Fairing"</h2>
            <p>"In Fairing, send responses to " <span class="code">{found.url}</span> " and sign them with this key."</p>
            <p class="subdued">{state}</p>
            <ActionForm action=key attr:class="inline">
                <label>"Fairing key " <input type="password" name="key" autocomplete="off" minlength="16" maxlength="255" /></label>
                <button type="submit">"Save key"</button>
            </ActionForm>
        </section>
    }
}
