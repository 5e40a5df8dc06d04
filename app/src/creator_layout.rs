//! The layout of a creator's page: the brand, heading, content, and the four places that a thumb reaches on a phone.

use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;

use crate::{
    brand_switch, icon,
    language::{Message, rich, t},
    language_choice,
    request::CreatorRequest,
};

/// A place in the menu: path, label and icon.
type Place = (&'static str, Message, fn() -> AnyView);

/// The menu: above the content on a wide screen, at the bottom on a phone.
const MENU: [Place; 4] = [
    ("/creator", Message("layout-home"), icon::HOME),
    ("/creator/links", Message("layout-links"), icon::LINK),
    ("/creator/sales", Message("layout-sales"), icon::BAG),
    ("/creator/paid", Message("layout-paid"), icon::COIN),
];

/// A page of a creator.
pub(crate) struct CreatorPage {
    title: String,
    done: Option<AnyView>,
    status: StatusCode,
}

impl CreatorPage {
    /// A page. `title` is its heading.
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), done: None, status: StatusCode::OK }
    }

    /// What just happened, in words. Shown as a toast.
    pub(crate) fn done(self, done: Option<AnyView>) -> Self {
        Self { done, ..self }
    }

    /// The response's status.
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The response.
    pub(crate) fn show(self, request: &CreatorRequest, content: impl IntoView + 'static) -> Response {
        let path = request.address.path().to_owned();
        let brand = request.caller.brand();
        let here = domain::account::Place { brand: brand.id.clone(), creator: Some(request.caller.creator().clone()) };
        let sample = brand.settings.sample.is_some().then(|| {
            let label = view! { <strong>{t!("layout-sample")}</strong> }.into_any();
            view! {
                <aside class="sample" aria-label=t!("layout-sample")>
                    <p>{rich!("layout-sample-creator", label = label)}</p>
                </aside>
            }
        });
        let toast = self.done.map(|done| view! { <toast-message><div class="toast">{done}</div></toast-message> });
        let body = view! {
            <a class="skip" href="#content">{t!("layout-skip")}</a>
            <header class="bar creator">
                <a class="logo" href="/creator">"CreatorScore"</a>
                <nav aria-label=t!("layout-main")><ul>{menu(&path)}</ul></nav>
                <details class="account">
                    <summary>{brand.name.clone()}</summary>
                    <div class="popover">
                        {brand_switch::menu(&request.places, &here)}
                        <a href="/creator/proofs">{t!("layout-proofs")}</a>
                        <a href="/creator/sessions">{t!("layout-sessions")}</a>
                        <form method="post" action="/sign-out" data-native="">
                            <button class="quiet" type="submit">{t!("layout-sign-out")}</button>
                        </form>
                        {language_choice::form(&request.address, request.head.is_embedded)}
                    </div>
                </details>
            </header>
            {sample}
            <main id="content" class="page creator">
                <div class="heading"><h1 tabindex="-1">{self.title.clone()}</h1></div>
                {content.into_view()}
            </main>
            <nav class="bottom" aria-label=t!("layout-main-bottom")><ul>{menu(&path)}</ul></nav>
            <div role="status" class="toasts" data-toasts="">{toast}</div>
        };
        request.head.document(self.status, &self.title, body)
    }
}

fn menu(path: &str) -> AnyView {
    let link = |(href, label, icon): Place| {
        let current = (path == href).then_some("page");
        view! { <li><a href=href aria-current=current>{icon()}<span>{label.text()}</span></a></li> }
    };
    MENU.map(link).collect_view().into_any()
}
