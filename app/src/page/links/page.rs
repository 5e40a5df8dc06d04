//! `/brand/attribution/links`: create, list, filter, copy and delete tracking links.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::Form, hooks::use_query_map};

use super::server_fn::{CreateLink, DeleteLink, links};
use super::view::{LinkView, LinksView};
use crate::component::{BrandPage, CopyButton, ErrorBanner};
use crate::view::Choice;

#[component]
pub(crate) fn Links() -> impl IntoView {
    let query = use_query_map();
    let create = ServerAction::<CreateLink>::new();
    let delete = ServerAction::<DeleteLink>::new();
    let form = NodeRef::<leptos::html::Form>::new();
    // After a success the form is reset; after an error it keeps its input, so that it can be corrected.
    Effect::new(move |_| {
        if create.value().with(|outcome| matches!(outcome, Some(Ok(_))))
            && let Some(form) = form.get_untracked()
        {
            form.reset();
        }
    });
    let filters = move || {
        let (campaign, creator) =
            query.with(|query| (query.get("campaign").unwrap_or_default(), query.get("creator").unwrap_or_default()));
        (campaign, creator, create.version().get(), delete.version().get())
    };
    let found = Resource::new(filters, |(campaign, creator, ..)| links(campaign, creator));
    view! {
        <BrandPage heading="Tracking links">
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => {
                            let (campaign, creator, ..) = filters();
                            view! { <List found create delete form campaign creator /> }.into_any()
                        }
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

fn options(choices: Vec<Choice>, chosen: String, placeholder: &'static str) -> impl IntoView {
    let choices = choices
        .into_iter()
        .map(|(value, label)| {
            let is_chosen = value == chosen;
            view! { <option value=value selected=is_chosen>{label}</option> }
        })
        .collect_view();
    view! {
        <option value="">{placeholder}</option>
        {choices}
    }
}

#[component]
fn List(
    found: LinksView,
    create: ServerAction<CreateLink>,
    delete: ServerAction<DeleteLink>,
    form: NodeRef<leptos::html::Form>,
    campaign: String,
    creator: String,
) -> impl IntoView {
    let created = move || {
        create.value().get().map(|outcome| match outcome {
            Ok(url) => view! {
                <div class="banner success" role="status">
                    "Link created: " <span class="code" data-testid="new-link">{url.clone()}</span> " "
                    <CopyButton text=url what="the new link" />
                </div>
            }
            .into_any(),
            Err(error) => view! { <ErrorBanner error /> }.into_any(),
        })
    };
    let deleted = move || {
        delete.value().get().map(|outcome| match outcome {
            Ok(()) => view! { <div class="banner success" role="status">"Link deleted. Its history is kept."</div> }
                .into_any(),
            Err(error) => view! { <ErrorBanner error /> }.into_any(),
        })
    };
    let is_empty = found.is_empty;
    let (creators, campaigns) = (found.creators.clone(), found.campaigns.clone());
    let (platforms, content_types) = (found.platforms, found.content_types);
    let (all_creators, all_campaigns) = (found.creators, found.campaigns);
    let count = found.links.len();
    let rows = found.links.into_iter().map(|link| view! { <Row link delete /> }).collect_view();
    view! {
        {created}
        {deleted}
        <details class="card" open=is_empty>
            <summary><h2>"New link"</h2></summary>
            <ActionForm action=create node_ref=form>
                <div class="fields">
                    <label class="wide">
                        "Destination URL"
                        <input type="url" name="destination" required=true maxlength="2048" placeholder="https://yourstore.com/product" />
                    </label>
                    <label>
                        "Creator"
                        <select name="creator">{options(creators, String::new(), "Unassigned")}</select>
                    </label>
                    <label>"or new creator" <input type="text" name="new_creator" maxlength="64" placeholder="Jessica Styles" /></label>
                    <label>
                        "Campaign"
                        <select name="campaign">{options(campaigns, String::new(), "None")}</select>
                    </label>
                    <label>"or new campaign" <input type="text" name="new_campaign" maxlength="120" placeholder="Spring launch" /></label>
                    <label>
                        "Platform"
                        <select name="platform">{options(platforms, String::new(), "Not set")}</select>
                    </label>
                    <label>
                        "Content type"
                        <select name="content_type">{options(content_types, String::new(), "Not set")}</select>
                    </label>
                    <label>"Promo code" <input type="text" name="promo_code" maxlength="255" placeholder="CREATOR20" /></label>
                    <label class="check">
                        <input type="checkbox" name="share_revenue" value="on" aria-describedby="share-revenue-hint" />
                        "Share revenue with the creator"
                    </label>
                    <p id="share-revenue-hint" class="wide subdued">
                        "The creator always sees clicks and conversions. If revenue is not shared, the creator sees what this link earned only once a payout that contains it is marked as paid."
                    </p>
                </div>
                <button type="submit" class="primary" disabled=move || create.pending().get()>"Create link"</button>
            </ActionForm>
        </details>
        <section class="card">
            <Form method="GET" action="/brand/attribution/links" attr:class="inline">
                <label>"Campaign " <select name="campaign">{options(all_campaigns, campaign, "All campaigns")}</select></label>
                <label>"Creator " <select name="creator">{options(all_creators, creator, "All creators")}</select></label>
                <button type="submit">"Filter"</button>
                <small class="subdued">{if count == 1 { "1 link".to_owned() } else { format!("{count} links") }}</small>
            </Form>
            {if count == 0 {
                let hint = if is_empty { "No links yet. Create your first one above." } else { "No links match these filters." };
                view! { <p class="subdued">{hint}</p> }.into_any()
            } else {
                view! {
                    <div class="scroll" tabindex="0" role="region" aria-label="Tracking links">
                        <table class="text">
                            <thead>
                                <tr>
                                    <th scope="col">"Link"</th>
                                    <th scope="col">"Creator"</th>
                                    <th scope="col">"Campaign"</th>
                                    <th scope="col">"Placement"</th>
                                    <th scope="col">"Promo code"</th>
                                    <th scope="col">"Revenue"</th>
                                    <th scope="col">"Actions"</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            }}
        </section>
    }
}

#[component]
fn Row(link: LinkView, delete: ServerAction<DeleteLink>) -> impl IntoView {
    let (is_asking, set_asking) = signal(false);
    let id = link.id.clone();
    let delete_control = move || {
        let id = id.clone();
        if is_asking.get() {
            view! {
                <ActionForm action=delete attr:class="inline">
                    <input type="hidden" name="id" value=id />
                    <button type="submit" class="critical">"Confirm delete"</button>
                    <button type="button" class="quiet" on:click=move |_| set_asking.set(false)>"Cancel"</button>
                </ActionForm>
            }
            .into_any()
        } else {
            view! {
                <button type="button" class="quiet" aria-label="Delete this link" on:click=move |_| set_asking.set(true)>
                    "Delete"
                </button>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <th scope="row"><span class="code">{link.url.clone()}</span><small>{link.destination}</small></th>
            <td>{link.creator}</td>
            <td>{link.campaign}</td>
            <td>{link.placement}</td>
            <td>{link.promo_code}</td>
            <td>{if link.share_revenue { "Shared" } else { "Private" }}</td>
            <td class="actions"><CopyButton text=link.url what="this link" /> {delete_control}</td>
        </tr>
    }
}
