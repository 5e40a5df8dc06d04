//! `GET /c/{slug}`: a collab's public page, for shoppers. Plain HTML without script.

use core::fmt::Write;
use std::sync::LazyLock;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    Money,
    catalogue::{Discount, HttpsUrl},
    collab_page::{CollabPage, ShownDrop, ShownPost, ShownProduct},
    link::LinkCode,
};
use flow::Flow;
use sha2::{Digest, Sha256};

use crate::http::{error::ApiError, page_for_people, shopify_auth::escape};

const STYLE: &str = include_str!("collab_page.css");

/// Allows the page's own style, by its hash, and pictures from anywhere; no script, form or frame.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src https:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
});

/// `GET /c/{slug}`.
#[utoipa::path(
    get, path = "/c/{slug}", tag = "Collabs", operation_id = "showCollabPage",
    description = "The public page of an active collab: its creator, its published drops with their products, its creator's posts, and tracking links to them. At most a minute old.",
    params(("slug" = String, Path, description = "The collab's slug")),
    responses(
        (status = 200, description = "The page", content_type = "text/html", body = String),
        (status = 404, description = "No such page: a page for people, JSON for programs", body = crate::http::error::ErrorResponse),
    )
)]
pub(crate) async fn show(
    State(flow): State<Flow>,
    slug: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let slug = slug.map(|Path(slug)| slug).unwrap_or_default();
    let page = match flow.collab_pages().find(&slug).await {
        Ok(Some(page)) => page,
        Ok(None) if page_for_people::accepts(&headers) => {
            return page_for_people::page(StatusCode::NOT_FOUND, include_str!("link_not_found.html"));
        }
        Ok(None) => return ApiError::new(StatusCode::NOT_FOUND, "Page not found").into_response(),
        Err(error) => return ApiError::from(error).into_response(),
    };
    let html = render(&page, |code| flow.links().tracking_url(code));
    let caching = HeaderValue::from_static("public, max-age=60");
    ([(header::CONTENT_SECURITY_POLICY, POLICY.clone()), (header::CACHE_CONTROL, caching)], Html(html)).into_response()
}

/// The page as HTML. Every text passes through [`escape`]; every address is checked, or made here.
fn render(page: &CollabPage, url: impl Fn(LinkCode) -> String) -> String {
    let (creator, brand) = (escape(&page.creator), escape(&page.brand));
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{creator} × {brand}</title><style>{STYLE}</style></head><body>\
         <header><p class=\"brand\">{brand} with</p><h1>{creator}</h1>"
    );
    paragraph(&mut html, "text", page.intro.as_deref());
    if let Some(code) = &page.affiliate_code {
        let saving = page.discount.map(|discount| format!(": {} off", saving(discount))).unwrap_or_default();
        let _ = write!(html, "<p class=\"code\">Code <b>{}</b>{}</p>", escape(code), escape(&saving));
    }
    if let Some(code) = page.link {
        button(&mut html, &url(code), &format!("Visit {brand}"), "");
    }
    html.push_str("</header><main>");
    for shown in &page.drops {
        drop_section(&mut html, shown, &url);
    }
    posts_section(&mut html, &page.posts, &url);
    if page.drops.is_empty() && page.posts.is_empty() {
        let _ = write!(html, "<p class=\"empty\">{creator} has not published anything yet.</p>");
    }
    let _ = write!(
        html,
        "</main><footer>{creator} may earn a commission from {brand} when you buy through this page.</footer>\
         </body></html>"
    );
    html
}

fn drop_section(html: &mut String, shown: &ShownDrop, url: &impl Fn(LinkCode) -> String) {
    let _ = write!(html, "<section><h2>{}</h2>", escape(&shown.title));
    paragraph(html, "text", shown.description.as_deref());
    if !shown.products.is_empty() {
        html.push_str("<ul class=\"products\">");
        for product in &shown.products {
            product_item(html, product, url);
        }
        html.push_str("</ul>");
    }
    html.push_str("</section>");
}

fn product_item(html: &mut String, product: &ShownProduct, url: &impl Fn(LinkCode) -> String) {
    html.push_str("<li>");
    picture(html, product.image.as_ref());
    let title = escape(&product.title);
    let _ = write!(html, "<div class=\"about\"><h3>{title}</h3>");
    paragraph(html, "note", product.note.as_deref());
    if let Some(price) = product.price {
        let price = escape(&price.to_string());
        let _ = write!(html, "<p class=\"price\"><b>{price}</b>");
        if let Some(before) = product.price_before {
            let _ = write!(html, "<s>{}</s>", escape(&before.to_string()));
        }
        html.push_str("</p>");
    }
    if product.is_sold_out {
        html.push_str("<p class=\"empty\">Sold out</p>");
    } else if let Some(code) = product.link {
        button(html, &url(code), "Shop", &format!(" aria-label=\"Shop {title}\""));
    }
    html.push_str("</div></li>");
}

fn posts_section(html: &mut String, posts: &[ShownPost], url: &impl Fn(LinkCode) -> String) {
    if posts.is_empty() {
        return;
    }
    html.push_str("<section><h2>Posts</h2><ul class=\"products\">");
    for post in posts {
        post_item(html, post, url);
    }
    html.push_str("</ul></section>");
}

fn post_item(html: &mut String, post: &ShownPost, url: &impl Fn(LinkCode) -> String) {
    html.push_str("<li>");
    picture(html, post.image.as_ref());
    let title = escape(&post.title);
    let _ = write!(html, "<div class=\"about\"><h3>{title}</h3>");
    if let Some(address) = &post.url {
        let place = post.platform.map_or_else(String::new, |platform| format!(" on {}", platform.label()));
        let address = escape(address.as_str());
        let _ = write!(
            html,
            "<p class=\"note\"><a rel=\"noopener nofollow\" href=\"{address}\" aria-label=\"View {title}{place}\">View{place}</a></p>"
        );
    }
    if let Some(code) = post.link {
        button(html, &url(code), "Shop", &format!(" aria-label=\"Shop {title}\""));
    }
    html.push_str("</div></li>");
}

fn picture(html: &mut String, image: Option<&HttpsUrl>) {
    if let Some(image) = image {
        let image = escape(image.as_str());
        let _ = write!(html, "<img src=\"{image}\" alt=\"\" loading=\"lazy\" referrerpolicy=\"no-referrer\">");
    }
}

fn paragraph(html: &mut String, class: &str, text: Option<&str>) {
    if let Some(text) = text {
        let _ = write!(html, "<p class=\"{class}\">{}</p>", escape(text));
    }
}

/// A link. `label` and `attributes` are HTML.
fn button(html: &mut String, url: &str, label: &str, attributes: &str) {
    let _ =
        write!(html, "<a class=\"button\" rel=\"sponsored noopener\" href=\"{}\"{attributes}>{label}</a>", escape(url));
}

/// What a discount saves: `12.5%`, `$5.00`.
fn saving(discount: Discount) -> String {
    match discount {
        Discount::Percentage { percent_bp } => format!("{}%", f64::from(percent_bp) / 100.0),
        Discount::Fixed { amount_minor, currency } => Money { minor: amount_minor, currency }.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use domain::Currency;

    use super::*;

    #[test]
    fn texts_stay_texts_and_savings_are_short() {
        let hostile = "<script>alert(1)</script>\" onerror=\"x".to_owned();
        let page = CollabPage {
            brand: hostile.clone(),
            creator: hostile.clone(),
            intro: Some(hostile.clone()),
            affiliate_code: Some(hostile.clone()),
            discount: None,
            link: None,
            drops: vec![ShownDrop { title: hostile.clone(), description: Some(hostile.clone()), products: Vec::new() }],
            posts: vec![ShownPost { title: hostile, platform: None, image: None, url: None, link: None }],
        };
        let html = render(&page, |code| code.to_string());
        assert!(!html.contains("<script") && !html.contains("\" onerror"), "{html}");
        assert_eq!(saving(Discount::Percentage { percent_bp: 1_250 }), "12.5%");
        assert_eq!(saving(Discount::Percentage { percent_bp: 1_000 }), "10%");
        assert_eq!(saving(Discount::Fixed { amount_minor: 500, currency: Currency::USD }), "$5.00");
    }
}
