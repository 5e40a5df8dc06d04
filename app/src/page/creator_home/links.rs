//! `/creator/links`: a card for each link, to copy, share and print as a QR code.

use flow::creator_view::{CreatorLink, SharedRevenue};
use leptos::prelude::*;

use super::period_of;
use crate::{
    component::{copy_button, empty, period_form, tile, tiles},
    creator_layout::CreatorPage,
    error::PageResult,
    format, icon, qr,
    request::CreatorRequest,
};

pub(super) const PATH: &str = "/creator/links";

pub(super) async fn show(request: CreatorRequest) -> PageResult {
    let period = period_of(&request);
    let own = request.flow.creator_view(&request.caller).overview(period).await?;
    let brand = request.caller.brand();
    let cards = own.links.iter().map(|link| card(&request, link)).collect_view();
    let mut figures = vec![
        tile("Clicks", format::count(own.clicks.clicks), ""),
        tile("Unique clicks", format::count(own.clicks.unique_clicks), ""),
        tile("Orders", format::count(own.conversions), ""),
    ];
    if let SharedRevenue::Shown(amounts) = &own.revenue {
        figures.push(tile("Revenue", format::amounts(amounts, brand.currency), "of links that share it"));
    }
    let list = if own.links.is_empty() { none() } else { view! { <ul class="link-cards">{cards}</ul> }.into_any() };
    let content = view! {
        {period_form(&request.address, period.from.to_string(), period.to.to_string(), brand.zone.name())}
        {tiles(figures)}
        {list}
    };
    Ok(CreatorPage::new("Links").show(&request, content))
}

pub(super) fn none() -> AnyView {
    empty("No links yet", "Your brand makes your links. They appear here, ready to share.", None)
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
        let code = qr::picture(&url, format!("QR code of {short}")).map(|picture| {
            view! {
                <details class="qr-code">
                    <summary>"QR code"</summary>
                    {picture}
                </details>
            }
        });
        view! {
            <div class="link-actions">
                {copy_button(url.clone(), "this link")}
                <share-button value=url.clone() title=title.clone()>
                    <button type="button" aria-label=format!("Share {title}") hidden="">{icon::SHARE()}<span>"Share"</span></button>
                </share-button>
            </div>
            {code}
        }
    });
    let code = link.promo_code.clone().map(|code| view! { <span>"Code "<b class="code">{code}</b></span> });
    view! {
        <li class="card link-card" class:muted=is_gone>
            <h2>{title.clone()}</h2>
            <p class="code">{short}</p>
            {is_gone.then(|| view! { <p class="subdued">"This link was archived. Its figures stay."</p> })}
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
            <h2>"Without a link"</h2>
            <p class="subdued">"Sales by your code, by name in a survey, or credited by the brand."</p>
            <p class="link-facts">{facts(own)}</p>
        </li>
    }
    .into_any()
}

fn facts(own: &CreatorLink) -> AnyView {
    let counted =
        |count: i64, one: &str, many: &str| format!("{} {}", format::count(count), if count == 1 { one } else { many });
    let (clicks, orders) = (counted(own.clicks.clicks, "click", "clicks"), counted(own.conversions, "order", "orders"));
    view! { <span>{clicks}</span><span>{orders}</span> }.into_any()
}

fn revenue(revenue: &SharedRevenue, currency: domain::Currency) -> AnyView {
    match revenue {
        SharedRevenue::Shown(amounts) => {
            view! { <span><b>{format::amounts(amounts, currency)}</b>" revenue"</span> }.into_any()
        }
        SharedRevenue::Hidden => view! { <span class="subdued">{icon::LOCK()}"Revenue not shared"</span> }.into_any(),
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
