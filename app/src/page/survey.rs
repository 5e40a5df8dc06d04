//! `/brand/attribution/survey`: answers that wait for a person, and Fairing's key.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    component::{BrandPage, Fault, Outcome},
    server_fn_money::{DecideAnswer, SetFairingKey, survey},
    view::SurveyView,
};

#[component]
pub(crate) fn Survey() -> impl IntoView {
    let decide = ServerAction::<DecideAnswer>::new();
    let key = ServerAction::<SetFairingKey>::new();
    let found = Resource::new(move || (decide.version().get(), key.version().get()), |_| survey());
    view! {
        <BrandPage heading="Survey">
            <Outcome action=decide done="Noted; the order is settled again." />
            <Outcome action=key done="The key is saved." />
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Parts found decide key /> }.into_any(),
                        Err(error) => view! { <Fault error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

#[component]
fn Parts(found: SurveyView, decide: ServerAction<DecideAnswer>, key: ServerAction<SetFairingKey>) -> impl IntoView {
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
                                <span class="hidden">"Names"</span>
                                <select name="creator"><option value="">"Nobody"</option>{options}</select>
                            </label>
                            <button type="submit">"Decide"</button>
                        </ActionForm>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let state = if found.has_key { "A key is set." } else { "No key is set: answers are refused." };
    view! {
        <section class="card">
            <h2>"Answers that wait for you"</h2>
            {if is_done {
                view! { <p class="subdued">"None. Answers that name a creator by handle, name or alias match by themselves."</p> }.into_any()
            } else {
                view! {
                    <div class="scroll" tabindex="0" role="region" aria-label="Answers">
                        <table class="text">
                            <thead>
                                <tr>
                                    <th scope="col">"Answer"</th>
                                    <th scope="col">"Order"</th>
                                    <th scope="col">"When"</th>
                                    <th scope="col">"Whom does it name?"</th>
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
