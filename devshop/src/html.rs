//! HTML escaping, the page layout of the storefront, and that of the admin.

use axum::response::Html;

/// Says on every page that this is not Shopify.
const NOTICE: &str = "<div class=\"sim\">Simulated Shopify for development. Not Shopify.</div>";
/// What all pages have in common.
const SHARED_STYLE: &str = include_str!("shared.css");
const STOREFRONT_STYLE: &str = include_str!("storefront.css");
const ADMIN_STYLE: &str = include_str!("admin.css");

/// Escapes text for an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn document(title: &str, head: &str, style: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>{title}</title><link rel=\"icon\" href=\"data:,\">{head}\
         <style>{SHARED_STYLE}{style}</style></head><body>{NOTICE}{body}</body></html>"
    ))
}

/// A page of the storefront, or one on the way to the app. `title`, `head` and `body` are inserted unescaped.
pub(crate) fn page(title: &str, head: &str, body: &str) -> Html<String> {
    document(title, head, STOREFRONT_STYLE, body)
}

/// A page of the admin. `title` and `body` are inserted unescaped.
pub(crate) fn admin_page(title: &str, body: &str) -> Html<String> {
    document(title, "", ADMIN_STYLE, body)
}
