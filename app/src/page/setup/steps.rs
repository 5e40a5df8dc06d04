//! The first steps. Each is proven by something that was seen, so that it ticks by itself; the first open one is unfolded.

use domain::{
    api_key::{KeyKind, KeyRecord},
    link::Link,
};
use flow::{FlowError, setup::Health};
use leptos::prelude::*;

use super::snippet;
use crate::{component::copy_button, format, qr, request::BrandRequest};

/// A step: whether it is done, its title, what was seen, and what to do.
struct Step {
    is_done: bool,
    title: &'static str,
    seen: AnyView,
    how: AnyView,
}

/// The steps, or nothing once all are done.
pub(super) async fn steps(
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
        let state = if step.is_done { "done" } else { "to do" };
        view! {
            <li class:done=step.is_done>
                <details open=is_open>
                    <summary><span class="hidden">{format!("{state}: ")}</span><b>{step.title}</b>" "<span class="subdued">{step.seen}</span></summary>
                    <div class="how">{step.how}</div>
                </details>
            </li>
        }
    });
    let items = items.collect_view();
    Some(
        view! {
            <setup-steps>
            <section class="card first-steps" data-testid="steps">
                <h2>{format!("Set up CreatorScore · {count} of {total}")}</h2>
                <progress value=count.to_string() max=total.to_string() aria-label="Steps done"></progress>
                <ol>{items}</ol>
                <p class="subdued">"Steps are checked off automatically as soon as we see what they ask for."<span data-without-script="">" Reload this page after you complete one."</span></p>
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
        Some(shop) => view! { {shop.domain.to_string()}", since "{request.moment(shop.installed_at)} }.into_any(),
        None => ().into_any(),
    };
    let how = view! {
        <p>"Open the app once from your Shopify admin: that connects the store, and its orders begin to arrive. Without Shopify, "<a href="/docs/api/quickstart">"report orders by API"</a>"."</p>
    };
    Step { is_done: shop.is_some(), title: "Connect your store", seen, how: how.into_any() }
}

fn pixel(request: &BrandRequest, health: &Health, keys: &[KeyRecord]) -> Step {
    let last = health.pixel.last_seen.iter().map(|(_, at)| *at).max();
    let has_key = keys.iter().any(|key| key.kind == KeyKind::Pixel && !key.is_test && key.revoked_at.is_none());
    let seen = match last {
        Some(at) => view! { "last seen "{request.moment(at)} }.into_any(),
        None if has_key => "has not been seen yet".into_any(),
        None => ().into_any(),
    };
    let snippet = snippet(request);
    let how = if has_key {
        view! {
            <p>"Paste this into your theme, before the closing head tag, with your pixel key. Then visit your shop."</p>
            <p><code class="block">{snippet.clone()}</code> {copy_button(snippet, "the pixel snippet")}</p>
        }
        .into_any()
    } else {
        view! { <p>"Create a pixel key under API keys below, and paste the snippet with it into your theme."</p> }
            .into_any()
    };
    Step { is_done: last.is_some(), title: "Put the pixel into your shop", seen, how }
}

fn link(links: &[Link]) -> Step {
    let seen = match links.len() {
        0 => String::new(),
        1 => "one link".to_owned(),
        count => format!("{count} links"),
    };
    let how = view! {
        <p>"Give a creator a link to a product. "<a class="button" href="/brand/attribution/links?new=1">"New link"</a></p>
    };
    Step { is_done: !links.is_empty(), title: "Create the first link", seen: seen.into_any(), how: how.into_any() }
}

fn click(request: &BrandRequest, links: &[Link], has_click: bool) -> Step {
    let how = match links.first() {
        Some(link) => {
            let url = request.flow.links().tracking_url(link.code);
            let text = format::without_scheme(&url);
            let picture = qr::picture(&url, format!("QR code of {text}"));
            view! {
                <p>"Scan the code with your phone and open the link, as a shopper would: "<a href=url.clone() target="_blank" rel="noopener">{text}</a>" "{copy_button(url, "the link")}</p>
                {picture}
            }
            .into_any()
        }
        None => view! { <p>"Create a link first."</p> }.into_any(),
    };
    let seen = if has_click { "we saw a click" } else { "" };
    Step { is_done: has_click, title: "Try it with a click", seen: seen.into_any(), how }
}

fn commission(has_rule: bool, may_sign_in: bool) -> Step {
    let seen = match (has_rule, may_sign_in) {
        (true, true) => "rule set, creator invited",
        (true, false) => "rule set; nobody is invited yet",
        (false, true) => "creator invited; no rule is set yet",
        (false, false) => "",
    };
    let how = view! {
        <p>"Say what creators earn, then invite the first one by e-mail. "<a class="button" href="/brand/attribution/commissions">"Commission rules"</a>" "<a class="button" href="/brand/attribution/settings/members">"Invite a creator"</a></p>
    };
    let title = "Set a commission and invite a creator";
    Step { is_done: has_rule && may_sign_in, title, seen: seen.into_any(), how: how.into_any() }
}
