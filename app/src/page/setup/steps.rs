//! The first steps. Each is proven by something that was seen, so that it ticks by itself; the first open one is unfolded.

use domain::{
    api_key::{KeyKind, KeyRecord},
    link::Link,
};
use flow::{FlowError, setup::Health};
use leptos::prelude::*;

use super::snippet;
use crate::{
    component::copy_button,
    format,
    language::{rich, t},
    qr,
    request::BrandRequest,
};

/// A step: whether it is done, its title, what was seen, and what to do.
struct Step {
    is_done: bool,
    title: String,
    seen: AnyView,
    how: AnyView,
}

/// The steps, or nothing once all are done.
pub(crate) async fn steps(
    request: &BrandRequest,
    health: &Health,
    keys: &[KeyRecord],
) -> Result<Option<AnyView>, FlowError> {
    let (flow, caller) = (&request.flow, &request.caller);
    let mut links = flow.links().list(caller).await?;
    links.retain(|link| link.deleted_at.is_none() && !link.is_direct);
    let has_click = !flow.exports().clicks(caller, "", 1).await?.is_empty();
    let has_rule = !flow.commissions().rules(caller).await?.is_empty();
    let creators = flow.creators().list(caller).await?;
    let is_invited = flow.accounts().invitations(caller).await?.iter().any(|one| one.invited.creator().is_some());
    let may_sign_in = is_invited || creators.iter().any(|creator| creator.email_hash.is_some());
    let steps = [
        shop(request, health),
        pixel(request, health, keys),
        link(&links),
        click(request, &links, has_click),
        commission(has_rule, may_sign_in),
    ];
    Ok(show(steps))
}

fn show(steps: [Step; 5]) -> Option<AnyView> {
    let (count, total) = (steps.iter().filter(|step| step.is_done).count(), steps.len());
    if count == total {
        return None;
    }
    let open = steps.iter().position(|step| !step.is_done);
    let items = steps.into_iter().enumerate().map(|(index, step)| {
        let is_open = open == Some(index);
        let state = if step.is_done { t!("setup-step-done") } else { t!("setup-step-to-do") };
        view! {
            <li class:done=step.is_done>
                <details open=is_open>
                    <summary><span class="hidden">{state}" "</span><b>{step.title}</b>" "<span class="subdued">{step.seen}</span></summary>
                    <div class="how">{step.how}</div>
                </details>
            </li>
        }
    });
    let items = items.collect_view();
    Some(
        view! {
            <setup-steps data-from=super::PATH data-done=t!("setup-now-done") data-all=t!("setup-all-done")>
            <section class="card first-steps" data-testid="steps">
                <h2>{t!("setup-steps", count = count, total = total)}</h2>
                <progress value=count.to_string() max=total.to_string() aria-label=t!("setup-steps-done")></progress>
                <ol>{items}</ol>
                <p class="subdued">{t!("setup-steps-text")}<span data-without-script="">" "{t!("setup-steps-reload")}</span></p>
            </section>
            </setup-steps>
        }
        .into_any(),
    )
}

fn shop(request: &BrandRequest, health: &Health) -> Step {
    let shop =
        health.shops.iter().map(|(shop, _)| shop).find(|shop| shop.uninstalled_at.is_none() && !shop.needs_reauth);
    let seen = match shop {
        Some(shop) => {
            let moment = request.moment(shop.installed_at);
            rich!("setup-shop-since", shop = shop.domain.to_string(), moment = moment)
        }
        None => ().into_any(),
    };
    let link = view! { <a href="/docs/api/quickstart">{t!("setup-step-shop-link")}</a> }.into_any();
    let how = view! { <p>{rich!("setup-step-shop-text", link = link)}</p> };
    Step { is_done: shop.is_some(), title: t!("setup-step-shop"), seen, how: how.into_any() }
}

/// Whether the pixel can be added: it needs a key.
pub(super) fn has_pixel_key(keys: &[KeyRecord]) -> bool {
    keys.iter().any(|key| key.kind == KeyKind::Pixel && !key.is_test && key.revoked_at.is_none())
}

fn pixel(request: &BrandRequest, health: &Health, keys: &[KeyRecord]) -> Step {
    let last = health.pixel.last_seen.iter().map(|(_, at)| *at).max();
    let has_key = has_pixel_key(keys);
    let seen = match last {
        Some(at) => rich!("setup-last-seen", moment = request.moment(at)),
        None if has_key => t!("setup-step-pixel-not-seen").into_any(),
        None => ().into_any(),
    };
    let snippet = snippet(request);
    let how = if has_key {
        view! {
            <p>{t!("setup-step-pixel-text")}</p>
            <p><code class="block">{snippet.clone()}</code> {copy_button(snippet, &t!("setup-the-snippet"))}</p>
        }
        .into_any()
    } else {
        let setup = view! { <a href=super::PATH>{t!("layout-setup")}</a> }.into_any();
        view! { <p>{rich!("setup-step-pixel-no-key", setup = setup)}</p> }.into_any()
    };
    Step { is_done: last.is_some(), title: t!("setup-step-pixel"), seen, how }
}

fn link(links: &[Link]) -> Step {
    let seen = match links.len() {
        0 => String::new(),
        count => t!("setup-step-link-seen", count = count),
    };
    let how = view! {
        <p>{t!("setup-step-link-text")}" "<a class="button" href="/brand/attribution/links?new=1">{t!("setup-new-link")}</a></p>
    };
    Step { is_done: !links.is_empty(), title: t!("setup-step-link"), seen: seen.into_any(), how: how.into_any() }
}

fn click(request: &BrandRequest, links: &[Link], has_click: bool) -> Step {
    let how = match links.first() {
        Some(link) => {
            let url = request.flow.links().tracking_url(link.code);
            let text = format::without_scheme(&url);
            let picture = qr::picture(&url, t!("setup-qr-of", address = &text));
            let link = view! { <a href=url.clone() target="_blank" rel="noopener">{text}</a> }.into_any();
            view! {
                <p>{rich!("setup-step-click-text", link = link)}" "{copy_button(url, &t!("setup-the-link"))}</p>
                {picture}
            }
            .into_any()
        }
        None => view! { <p>{t!("setup-step-click-no-link")}</p> }.into_any(),
    };
    let seen = if has_click { t!("setup-step-click-seen") } else { String::new() };
    Step { is_done: has_click, title: t!("setup-step-click"), seen: seen.into_any(), how }
}

fn commission(has_rule: bool, may_sign_in: bool) -> Step {
    let seen = match (has_rule, may_sign_in) {
        (true, true) => t!("setup-step-commission-both"),
        (true, false) => t!("setup-step-commission-rule"),
        (false, true) => t!("setup-step-commission-invited"),
        (false, false) => String::new(),
    };
    let how = view! {
        <p>
            {t!("setup-step-commission-text")}" "
            <a class="button" href="/brand/attribution/commissions/rules">{t!("setup-commission-rules")}</a>" "
            <a class="button" href="/brand/attribution/settings/members">{t!("setup-invite")}</a>
        </p>
    };
    let title = t!("setup-step-commission");
    Step { is_done: has_rule && may_sign_in, title, seen: seen.into_any(), how: how.into_any() }
}
