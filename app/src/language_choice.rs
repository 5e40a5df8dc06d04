//! The reader's choice of a language: the middleware that decides for a request, the form that changes it, and where it
//! posts to.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use leptos::prelude::*;

use crate::{
    address::Address,
    document::DocumentHead,
    language::{ADMIN_COOKIE, CHOICE_COOKIE, Language, Spoken, has_choice, of_admin, t},
};

/// Where the form posts to.
pub(crate) const PATH: &str = "/language";
/// How long a choice lasts: a year.
const LIFE_S: u32 = 365 * 24 * 60 * 60;

/// Answers a request in its language. The admin says its language only when it opens the app: a cookie keeps it.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let (headers, query) = (request.headers(), request.uri().query());
    let language = Language::of_request(headers, query);
    let is_embedded = request.extensions().get::<DocumentHead>().is_some_and(|head| head.is_embedded);
    let is_opened = is_embedded && request.method() == Method::GET && !has_choice(headers);
    let admin = of_admin(query).filter(|_| is_opened);
    let mut response = language.within(next.run(request)).await;
    if let Some(admin) = admin {
        keep(response.headers_mut(), ADMIN_COOKIE, admin, true);
    }
    response
}

/// Adds a cookie that keeps a language. In the admin's frame, browsers keep only cookies that belong to this admin.
fn keep(headers: &mut HeaderMap, name: &str, language: Language, is_embedded: bool) {
    let site = if is_embedded { "None; Partitioned" } else { "Lax" };
    let cookie = format!("{name}={}; Path=/; Max-Age={LIFE_S}; Secure; HttpOnly; SameSite={site}", language.code());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// Back to the page `from` in the chosen language. An unknown language changes nothing.
pub(crate) fn chosen(language: Option<Language>, from: &str, is_embedded: bool) -> Response {
    let mut response = Redirect::to(own_page(from)).into_response();
    if let Some(language) = language {
        keep(response.headers_mut(), CHOICE_COOKIE, language, is_embedded);
    }
    response
}

/// The address of a page of ours; the start for any other, so that nobody is led to another site.
fn own_page(from: &str) -> &str {
    let is_own = from.starts_with('/')
        && !from.starts_with("//")
        && !from.contains(['\\', '\r', '\n'])
        && from.parse::<Uri>().is_ok_and(|address| address.authority().is_none());
    if is_own { from } else { "/" }
}

/// The form with which the reader changes the language. It works without script. In the admin's frame it says so: what it sends
/// there is sent without the token by which other requests are known to come from it.
pub(crate) fn form(address: &Address, is_embedded: bool) -> AnyView {
    let current = Language::current();
    let others = Language::ALL.into_iter().filter(|language| *language != current);
    let buttons = others.map(|language| {
        let code = language.code();
        view! { <button class="quiet" type="submit" name="language" value=code lang=code>{language.own_name()}</button> }
    });
    view! {
        <form method="post" action=PATH class="languages" aria-label=t!("layout-language") data-native="">
            <input type="hidden" name="from" value=address.with(&[]) />
            {is_embedded.then(|| view! { <input type="hidden" name="embedded" value="1" /> })}
            {buttons.collect_view()}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::get};
    use tower::ServiceExt;

    use super::*;

    /// What a page says, and the cookie that it sets.
    async fn answer(address: &str, is_embedded: bool, cookie: &str) -> (String, Option<String>) {
        let page = get(async || Language::current().code());
        let router = Router::new().route("/brand", page).layer(middleware::from_fn(layer));
        let mut request = Request::get(address).header(header::COOKIE, cookie).body(Body::empty()).expect("valid");
        request.extensions_mut().insert(DocumentHead { is_embedded, ..DocumentHead::default() });
        let response = router.oneshot(request).await.expect("infallible");
        let kept = response.headers().get(header::SET_COOKIE).map(|value| value.to_str().expect("text").to_owned());
        let body = axum::body::to_bytes(response.into_body(), 100).await.expect("a short body");
        (String::from_utf8(body.to_vec()).expect("text"), kept)
    }

    #[tokio::test]
    async fn the_admins_language_is_kept_when_it_opens_the_app() {
        let (language, kept) = answer("/brand?shop=a&locale=de-DE", true, "").await;
        let kept = kept.expect("a cookie");
        assert!(kept.starts_with("__Host-cs_admin_language=de; ") && kept.ends_with("; SameSite=None; Partitioned"));
        assert_eq!(language, "de");
        assert_eq!(answer("/brand", true, "__Host-cs_admin_language=de").await, ("de".to_owned(), None));
        assert_eq!(answer("/brand?locale=de", true, "__Host-cs_language=en").await, ("en".to_owned(), None));
        assert_eq!(answer("/brand?locale=de", false, "").await, ("de".to_owned(), None), "outside of the admin");
    }

    #[test]
    fn nobody_is_led_to_another_site() {
        for own in ["/", "/creator/sales?ask=ord_1", "/brand/attribution?period=7d"] {
            assert_eq!(own_page(own), own);
        }
        for other in ["", "https://evil.example/", "//evil.example", "/\\evil.example", "/\r\nx: y", "evil"] {
            assert_eq!(own_page(other), "/", "{other}");
        }
    }

    #[test]
    fn a_choice_is_kept_in_the_admins_frame_too() {
        let cookie = |is_embedded| {
            let response = chosen(Some(Language::German), "/creator", is_embedded);
            response.headers()[header::SET_COOKIE].to_str().expect("text").to_owned()
        };
        assert_eq!(cookie(false), "__Host-cs_language=de; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax");
        assert!(cookie(true).ends_with("; SameSite=None; Partitioned"));
        assert_eq!(chosen(None, "/creator", false).headers().get(header::SET_COOKIE), None);
    }
}
