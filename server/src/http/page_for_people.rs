//! Small pages for people where programs get JSON.

use app::{DocumentHead, Language, ShopperText, Spoken, shopper_text};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use crate::http::{assets::Assets, error::Sentence};

/// Whether the client shows HTML.
pub(crate) fn accepts(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Shows errors on the addresses of pages as pages, to clients that show HTML; others get their JSON.
pub(crate) async fn refusals(State(assets): State<Assets>, request: Request, next: Next) -> Response {
    if !accepts(request.headers()) {
        return next.run(request).await;
    }
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let response = next.run(request).await;
    let Some(Sentence(sentence)) = response.extensions().get::<Sentence>() else { return response };
    let head = DocumentHead { files: assets.folder(), ..DocumentHead::default() };
    let mut page = app::refusal_page(&head, &headers, &uri, response.status(), sentence);
    // What programs read of a refusal, such as when to try again.
    let own: Vec<HeaderName> = page.headers().keys().cloned().collect();
    for (name, value) in response.headers() {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) && !own.contains(name) {
            page.headers_mut().append(name, value.clone());
        }
    }
    page
}

/// What a shopper sees in place of a link that does not work.
pub(crate) fn link_not_found(headers: &HeaderMap) -> Response {
    let say = |text| escape(&shopper_text(Language::of_request(headers, None), text));
    let text = format!("<p>{}</p>\n<p>{}</p>", say(ShopperText::LinkNotFoundWhy), say(ShopperText::LinkNotFoundNext));
    note(headers, StatusCode::NOT_FOUND, &say(ShopperText::LinkNotFound), &text)
}

/// What a shopper sees in place of a link that cannot be looked up just now.
pub(crate) fn link_unavailable(headers: &HeaderMap) -> Response {
    let say = |text| escape(&shopper_text(Language::of_request(headers, None), text));
    let text = format!(
        "<p>{}</p>\n<p><a href=\"\">{}</a></p>",
        say(ShopperText::LinkUnavailableWhy),
        say(ShopperText::TryAgain)
    );
    note(headers, StatusCode::SERVICE_UNAVAILABLE, &say(ShopperText::LinkUnavailable), &text)
}

/// A page of a title and a text, which are HTML.
fn note(headers: &HeaderMap, status: StatusCode, title: &str, text: &str) -> Response {
    let html = include_str!("shopper_note.html")
        .replace("{language}", Language::of_request(headers, None).code())
        .replace("{title}", title)
        .replace("{text}", text);
    page(status, html)
}

/// A page with the app's styles and nothing else.
pub(crate) fn page(status: StatusCode, html: impl Into<String>) -> Response {
    let mut response = (status, Html(html.into())).into_response();
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
    );
    response
}

/// Text that may stand in an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
