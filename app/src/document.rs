//! The HTML document around a page, with its security headers.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;

use crate::language::{Language, Spoken, t};

/// The modules of `script/`, loaded early.
const MODULES: [&str; 4] = ["app.js", "navigation.js", "elements.js", "overview.js"];

/// Per-request data for the document's head.
#[derive(Clone, Debug, Default)]
pub struct DocumentHead {
    /// Path of the folder of the pages' script and styles.
    pub files: String,
    /// Whether the page is shown in the Shopify admin.
    pub is_embedded: bool,
    /// The app's client id and the address of App Bridge, for embedded pages.
    pub app_bridge: Option<(String, String)>,
    /// Origin of App Bridge, for the content security policy.
    pub bridge_origin: String,
    /// Origins that may frame the page (CSP `frame-ancestors`); empty for none.
    pub frame_ancestors: String,
}

impl DocumentHead {
    fn policy(&self) -> String {
        let ancestors = if self.frame_ancestors.is_empty() { "'none'" } else { &self.frame_ancestors };
        let bridge = &self.bridge_origin;
        format!(
            "default-src 'none'; script-src 'self' {bridge}; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self' {bridge}; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
        )
    }

    /// A whole document. `title` names the page or its object; `body` is all that stands in it.
    pub(crate) fn document(&self, status: StatusCode, title: &str, body: impl IntoView + 'static) -> Response {
        let title = if title.is_empty() { "CreatorScore".to_owned() } else { format!("{title} · CreatorScore") };
        let modules = MODULES
            .map(|name| view! { <link rel="modulepreload" href=format!("{}/{name}", self.files) /> })
            .collect_view();
        let bridge = self.app_bridge.clone().map(|(client_id, url)| {
            view! {
                <meta name="shopify-api-key" content=client_id />
                <script src=url></script>
            }
        });
        let html = view! {
            <html lang=Language::current().code() data-embedded=self.is_embedded.then_some("")>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <title>{title}</title>
                    {bridge}
                    <link rel="icon" href="/favicon.ico" type="image/svg+xml" />
                    <link rel="stylesheet" href=format!("{}/app.css", self.files) />
                    {modules}
                    <script type="module" src=format!("{}/app.js", self.files)></script>
                </head>
                <body data-offline=t!("layout-offline") data-offline-unsaved=t!("layout-offline-unsaved") data-unsaved=t!("layout-unsaved")>{body.into_view()}</body>
            </html>
        }
        .to_html();
        // Markers between texts, which only a hydrating page would need. Texts of others never hold one: `<` is escaped.
        let html = format!("<!DOCTYPE html>{}", html.replace("<!>", ""));
        let mut response = (status, Html(html)).into_response();
        let headers = response.headers_mut();
        if let Ok(policy) = self.policy().parse() {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        response
    }
}
