//! `GET /c/{slug}`: a collab's public page, for shoppers. Plain HTML without script.

use core::fmt::Write;
use std::sync::LazyLock;

use app::{Language, ShopperText, Spoken, shopper_text};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    catalogue::HttpsUrl,
    collab_page::{CollabPage, ShownDrop, ShownPost, ShownProduct},
    link::LinkCode,
};
use flow::Flow;
use sha2::{Digest, Sha256};

use crate::http::{
    error::ApiError,
    page_for_people::{self, escape},
};

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
    let language = Language::of_request(&headers, None);
    let page = match flow.collab_pages().find(&slug).await {
        Ok(Some(page)) => page,
        Ok(None) if page_for_people::accepts(&headers) => {
            return page_for_people::link_not_found(&headers);
        }
        Ok(None) => return ApiError::new(StatusCode::NOT_FOUND, "Page not found").into_response(),
        Err(error) => return ApiError::from(error).into_response(),
    };
    let html = render(&page, language, |code| flow.links().tracking_url(code));
    let caching = HeaderValue::from_static("public, max-age=60");
    // The language is the browser's, or that which was chosen on a page of ours.
    let vary = HeaderValue::from_static("accept-language, cookie");
    let headers =
        [(header::CONTENT_SECURITY_POLICY, POLICY.clone()), (header::CACHE_CONTROL, caching), (header::VARY, vary)];
    (headers, Html(html)).into_response()
}

/// Texts of the page, escaped.
#[derive(Clone, Copy)]
struct Words(Language);

impl Words {
    fn say(self, text: ShopperText<'_>) -> String {
        escape(&shopper_text(self.0, text))
    }
}

/// The page as HTML. Every text passes through [`escape`]; every address is checked, or made here.
fn render(page: &CollabPage, language: Language, url: impl Fn(LinkCode) -> String) -> String {
    let words = Words(language);
    let (creator, brand) = (escape(&page.creator), escape(&page.brand));
    let mut html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{creator} × {brand}</title><style>{STYLE}</style></head><body>\
         <header><p class=\"brand\">{}</p><h1>{creator}</h1>",
        language.code(),
        words.say(ShopperText::BrandWith(&page.brand))
    );
    paragraph(&mut html, "text", page.intro.as_deref());
    if let Some(code) = &page.affiliate_code {
        let saving = |discount| format!(": {}", words.say(ShopperText::Saving(discount)));
        let saving = page.discount.map(saving).unwrap_or_default();
        let label = words.say(ShopperText::Code);
        let _ = write!(html, "<p class=\"code\">{label} <b>{}</b>{saving}</p>", escape(code));
    }
    if let Some(code) = page.link {
        button(&mut html, &url(code), &words.say(ShopperText::Visit(&page.brand)), "");
    }
    html.push_str("</header><main>");
    for shown in &page.drops {
        drop_section(&mut html, shown, words, &url);
    }
    posts_section(&mut html, &page.posts, words, &url);
    if page.drops.is_empty() && page.posts.is_empty() {
        let _ = write!(html, "<p class=\"empty\">{}</p>", words.say(ShopperText::NothingYet(&page.creator)));
    }
    let commission = words.say(ShopperText::Commission(&page.creator, &page.brand));
    let _ = write!(html, "</main><footer>{commission}</footer></body></html>");
    html
}

fn drop_section(html: &mut String, shown: &ShownDrop, words: Words, url: &impl Fn(LinkCode) -> String) {
    let _ = write!(html, "<section><h2>{}</h2>", escape(&shown.title));
    paragraph(html, "text", shown.description.as_deref());
    if !shown.products.is_empty() {
        html.push_str("<ul class=\"products\">");
        for product in &shown.products {
            product_item(html, product, words, url);
        }
        html.push_str("</ul>");
    }
    html.push_str("</section>");
}

fn product_item(html: &mut String, product: &ShownProduct, words: Words, url: &impl Fn(LinkCode) -> String) {
    html.push_str("<li>");
    picture(html, product.image.as_ref());
    let title = escape(&product.title);
    let _ = write!(html, "<div class=\"about\"><h3>{title}</h3>");
    paragraph(html, "note", product.note.as_deref());
    if let Some(price) = product.price {
        let _ = write!(html, "<p class=\"price\"><b>{}</b>", words.say(ShopperText::Price(price)));
        if let Some(before) = product.price_before {
            let _ = write!(html, "<s>{}</s>", words.say(ShopperText::Price(before)));
        }
        html.push_str("</p>");
    }
    if product.is_sold_out {
        let _ = write!(html, "<p class=\"empty\">{}</p>", words.say(ShopperText::SoldOut));
    } else if let Some(code) = product.link {
        shop_button(html, &url(code), &product.title, words);
    }
    html.push_str("</div></li>");
}

fn posts_section(html: &mut String, posts: &[ShownPost], words: Words, url: &impl Fn(LinkCode) -> String) {
    if posts.is_empty() {
        return;
    }
    let _ = write!(html, "<section><h2>{}</h2><ul class=\"products\">", words.say(ShopperText::Posts));
    for post in posts {
        post_item(html, post, words, url);
    }
    html.push_str("</ul></section>");
}

fn post_item(html: &mut String, post: &ShownPost, words: Words, url: &impl Fn(LinkCode) -> String) {
    html.push_str("<li>");
    picture(html, post.image.as_ref());
    let title = escape(&post.title);
    let _ = write!(html, "<div class=\"about\"><h3>{title}</h3>");
    if let Some(address) = &post.url {
        let (address, view) = (escape(address.as_str()), words.say(ShopperText::View(post.platform)));
        let label = words.say(ShopperText::ViewTitle(&post.title, post.platform));
        let _ = write!(
            html,
            "<p class=\"note\"><a rel=\"noopener nofollow\" href=\"{address}\" aria-label=\"{label}\">{view}</a></p>"
        );
    }
    if let Some(code) = post.link {
        shop_button(html, &url(code), &post.title, words);
    }
    html.push_str("</div></li>");
}

/// The button to what has this title.
fn shop_button(html: &mut String, url: &str, title: &str, words: Words) {
    let label = words.say(ShopperText::ShopTitle(title));
    button(html, url, &words.say(ShopperText::Shop), &format!(" aria-label=\"{label}\""));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
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
        for language in Language::ALL {
            let html = render(&page, language, |code| code.to_string());
            assert!(!html.contains("<script") && !html.contains("\" onerror"), "{html}");
        }
    }
}
