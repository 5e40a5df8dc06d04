//! `/brand/attribution/setup`: API keys, the pixel snippet, the health of pixel and webhooks, and the audit log.

use leptos::{form::ActionForm, prelude::*};

use super::server_fn::{CreateKey, RetryJob, RevokeKey, setup};
use super::view::{FailedJobView, HealthView, KeyView, SetupView};
use crate::component::{BrandPage, CopyButton, ErrorBanner};

#[component]
pub(crate) fn Setup() -> impl IntoView {
    let create = ServerAction::<CreateKey>::new();
    let revoke = ServerAction::<RevokeKey>::new();
    let retry = ServerAction::<RetryJob>::new();
    let found =
        Resource::new(move || (create.version().get(), revoke.version().get(), retry.version().get()), |_| setup());
    let created = move || {
        create.value().get().map(|outcome| match outcome {
            Ok(key) => view! {
                <div class="banner success" role="status">
                    "Your new key, shown only once: " <span class="code" data-testid="new-key">{key.clone()}</span> " "
                    <CopyButton text=key what="the new key" />
                </div>
            }
            .into_any(),
            Err(error) => view! { <ErrorBanner error /> }.into_any(),
        })
    };
    let revoked = move || revoke.value().get().and_then(Result::err).map(|error| view! { <ErrorBanner error /> });
    let retried = move || retry.value().get().and_then(Result::err).map(|error| view! { <ErrorBanner error /> });
    view! {
        <BrandPage heading="Setup">
            {created}
            {revoked}
            {retried}
            <Transition fallback=|| view! { <p class="subdued">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Content found create revoke retry /> }.into_any(),
                        Err(error) => view! { <ErrorBanner error /> }.into_any(),
                    }
                })}
            </Transition>
        </BrandPage>
    }
}

fn health(rows: Vec<HealthView>) -> impl IntoView {
    rows.into_iter()
        .map(|row| {
            view! {
                <li class:well=row.is_well>
                    <strong>{row.name}</strong> " " {row.state}
                </li>
            }
        })
        .collect_view()
}

#[component]
fn Content(
    found: SetupView,
    create: ServerAction<CreateKey>,
    revoke: ServerAction<RevokeKey>,
    retry: ServerAction<RetryJob>,
) -> impl IntoView {
    let snippet = format!("<script src=\"{}?key=YOUR_PIXEL_KEY\" async></script>", found.pixel_url);
    let keys = found.keys.into_iter().map(|key| view! { <Key key_view=key revoke /> }).collect_view();
    let audit = found
        .audit
        .into_iter()
        .map(|(at, actor, action)| view! { <li>{at} " · " {actor} " · " {action}</li> })
        .collect_view();
    view! {
        <section class="card">
            <h2>"API keys"</h2>
            <p>"A pixel key is public and can only report events. A server key is secret: the sales and refunds it reports are trusted."</p>
            <ActionForm action=create attr:class="inline">
                <label>
                    "Type "
                    <select name="kind">
                        <option value="pixel">"Pixel key"</option>
                        <option value="server">"Server key"</option>
                    </select>
                </label>
                <label class="check"><input type="checkbox" name="test" value="on" /> "Test mode"</label>
                <button type="submit" class="primary" disabled=move || create.pending().get()>"Create key"</button>
            </ActionForm>
            <div class="scroll" tabindex="0" role="region" aria-label="API keys">
                <table class="text">
                    <thead>
                        <tr>
                            <th scope="col">"Key"</th>
                            <th scope="col">"Type"</th>
                            <th scope="col">"Mode"</th>
                            <th scope="col">"Created"</th>
                            <th scope="col">"Status"</th>
                        </tr>
                    </thead>
                    <tbody>{keys}</tbody>
                </table>
            </div>
        </section>
        <section class="card">
            <h2>"Pixel"</h2>
            <p>"Paste this before the closing head tag of your storefront, with your pixel key:"</p>
            <p><code class="block">{snippet.clone()}</code> <CopyButton text=snippet what="the pixel snippet" /></p>
            <ul class="health">{health(found.pixel)}</ul>
        </section>
        <section class="card">
            <h2>"Shopify"</h2>
            <ul class="health">{health(found.shops)}</ul>
        </section>
        {failed_jobs(found.failed, retry)}
        <section class="card">
            <h2>"Audit log"</h2>
            <ul>{audit}</ul>
        </section>
    }
}

/// Jobs that were given up, if there are any.
fn failed_jobs(failed: Vec<FailedJobView>, retry: ServerAction<RetryJob>) -> impl IntoView {
    let rows = failed
        .into_iter()
        .map(|job| {
            view! {
                <tr>
                    <th scope="row">{job.what}</th>
                    <td>{job.error}</td>
                    <td>
                        <ActionForm action=retry>
                            <input type="hidden" name="kind" value=job.kind />
                            <input type="hidden" name="key" value=job.key />
                            <button type="submit" class="quiet">"Run again"</button>
                        </ActionForm>
                    </td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>"Failed work"</h2>
                <p>"These could not be done. What they are about is kept. Run them again once the cause is gone."</p>
                <div class="scroll" tabindex="0" role="region" aria-label="Failed work">
                    <table class="text">
                        <thead>
                            <tr>
                                <th scope="col">"What"</th>
                                <th scope="col">"Last error"</th>
                                <th scope="col">"Action"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
    })
}

#[component]
fn Key(key_view: KeyView, revoke: ServerAction<RevokeKey>) -> impl IntoView {
    let id = key_view.id.clone();
    let state = match key_view.revoked_at {
        Some(at) => view! { {format!("Revoked {at}")} }.into_any(),
        None => view! {
            <ActionForm action=revoke>
                <input type="hidden" name="id" value=id />
                <button type="submit" class="quiet">"Revoke"</button>
            </ActionForm>
        }
        .into_any(),
    };
    view! {
        <tr>
            <th scope="row"><span class="code">{format!("…{}…", key_view.id)}</span></th>
            <td>{key_view.kind}</td>
            <td>{key_view.mode}</td>
            <td>{key_view.created_at}</td>
            <td>{state}</td>
        </tr>
    }
}
