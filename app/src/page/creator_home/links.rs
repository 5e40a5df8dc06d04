//! `/creator/links`: a card for each link, to copy, share and print as a QR code.

use axum::extract::Path;
use flow::{
    FlowError,
    creator_view::{CreatorLink, SharedRevenue},
};
use leptos::prelude::*;

use super::period_of;
use crate::{
    component::{copy_button, empty, period_form, tile, tiles},
    creator_layout::CreatorPage,
    error::PageResult,
    format, icon,
    language::{rich, t},
    qr,
    request::CreatorRequest,
};

pub(super) const PATH: &str = "/creator/links";

pub(super) async fn show(request: CreatorRequest) -> PageResult {
    let period = period_of(&request);
    let own = request.flow.creator_view(&request.caller).overview(period).await?;
    let brand = request.caller.brand();
    let cards = own.links.iter().map(|link| card(&request, link)).collect_view();
    let mut figures = vec![
        tile(t!("creator_home-clicks"), format::count(own.clicks.clicks), ""),
        tile(t!("creator_home-unique-clicks"), format::count(own.clicks.unique_clicks), ""),
        tile(t!("creator_home-orders"), format::count(own.conversions), ""),
    ];
    if let SharedRevenue::Shown(amounts) = &own.revenue {
        figures.push(tile(
            t!("creator_home-revenue"),
            format::amounts(amounts, brand.currency),
            t!("creator_home-revenue-note"),
        ));
    }
    let list = if own.links.is_empty() { none() } else { view! { <ul class="link-cards">{cards}</ul> }.into_any() };
    let content = view! {
        {period_form(&request.address, period.from.to_string(), period.to.to_string(), brand.zone.name())}
        {tiles(figures)}
        {list}
    };
    Ok(CreatorPage::new(t!("creator_home-links")).show(&request, content))
}

/// The QR code of one of the creator's links, as a file to print.
pub(super) async fn qr_file(request: CreatorRequest, Path(id): Path<String>) -> PageResult {
    let own = request.flow.creator_view(&request.caller).overview(period_of(&request)).await?;
    let is_asked = |own: &&CreatorLink| own.link.id.as_str() == id && !own.link.is_direct;
    let found = own.links.iter().find(is_asked).ok_or(FlowError::NotFound("link"))?;
    let code = found.link.code;
    qr::file(&request.flow.links().tracking_url(code), &format!("qr-{code}"))
}

pub(super) fn none() -> AnyView {
    empty(t!("creator_home-no-links"), t!("creator_home-no-links-text"), None)
}

/// What a link leads to, in words: the product of a shop's address, else the address.
pub(super) fn title(destination: &str) -> String {
    let address = format::without_scheme(destination);
    let path = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned();
    let handle = path.rsplit_once("/products/").map(|(_, handle)| handle).filter(|handle| !handle.contains('/'));
    let Some(handle) = handle.filter(|handle| !handle.is_empty() && !handle.contains('%')) else { return path };
    let words = handle.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or(path)
}

/// A link with its figures.
pub(super) fn card(request: &CreatorRequest, own: &CreatorLink) -> AnyView {
    let link = &own.link;
    if link.is_direct {
        return direct(own);
    }
    let currency = request.caller.brand().currency;
    let url = request.flow.links().tracking_url(link.code);
    let short = format::without_scheme(&url);
    let title = title(&link.destination);
    let is_gone = link.deleted_at.is_some();
    let actions = (!is_gone).then(|| {
        let code = qr::picture(&url, t!("creator_home-qr-of", address = &short)).map(|picture| {
            view! {
                <details class="qr-code">
                    <summary>{t!("creator_home-qr")}</summary>
                    {picture}
                    <p><a class="button" href=format!("{PATH}/{}/qr", link.id) download="">{icon::DOWNLOAD()}{t!("links-qr-download")}</a></p>
                </details>
            }
        });
        view! {
            <div class="link-actions">
                {copy_button(url.clone(), &t!("creator_home-this-link"))}
                <share-button value=url.clone() title=title.clone()>
                    <button type="button" aria-label=t!("creator_home-share-what", title = &title) hidden="">{icon::SHARE()}<span>{t!("creator_home-share")}</span></button>
                </share-button>
            </div>
            {code}
        }
    });
    let code = link.promo_code.clone().map(|code| {
        let code = view! { <b class="code">{code}</b> }.into_any();
        view! { <span>{rich!("creator_home-code", code = code)}</span> }
    });
    view! {
        <li class="card link-card" class:muted=is_gone>
            <h2>{title.clone()}</h2>
            <p class="code">{short}</p>
            {is_gone.then(|| view! { <p class="subdued">{t!("creator_home-archived")}</p> })}
            <p class="link-facts">{code}{facts(own)}{revenue(&own.revenue, currency)}</p>
            {actions}
        </li>
    }
    .into_any()
}

/// Sales that were credited without a link: by a discount code, a survey answer or the brand itself.
fn direct(own: &CreatorLink) -> AnyView {
    view! {
        <li class="card link-card">
            <h2>{t!("creator_home-without-link")}</h2>
            <p class="subdued">{t!("creator_home-without-link-text")}</p>
            <p class="link-facts">{facts(own)}</p>
        </li>
    }
    .into_any()
}

fn facts(own: &CreatorLink) -> AnyView {
    let clicks = t!("creator_home-click-count", count = own.clicks.clicks);
    let orders = t!("creator_home-order-count", count = own.conversions);
    view! { <span>{clicks}</span><span>{orders}</span> }.into_any()
}

fn revenue(revenue: &SharedRevenue, currency: domain::Currency) -> AnyView {
    match revenue {
        SharedRevenue::Shown(amounts) => {
            let amount = view! { <b>{format::amounts(amounts, currency)}</b> }.into_any();
            view! { <span>{rich!("creator_home-link-revenue", amount = amount)}</span> }.into_any()
        }
        SharedRevenue::Hidden => {
            view! { <span class="subdued">{icon::LOCK()}{t!("creator_home-not-shared")}</span> }.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_products_address_reads_like_its_name() {
        assert_eq!(title("https://shop.example/products/linen-shirt?variant=1"), "Linen shirt");
        assert_eq!(title("https://shop.example/en/products/linen-shirt/"), "Linen shirt");
        assert_eq!(title("https://shop.example/collections/summer"), "shop.example/collections/summer");
        assert_eq!(title("https://shop.example/"), "shop.example");
        assert_eq!(title("https://shop.example/products/a%20b"), "shop.example/products/a%20b");
    }
}
