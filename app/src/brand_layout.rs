//! The layout of a brand's page: menu, notices, heading, content. Inside the Shopify admin, the admin shows the menu.

use axum::response::Response;
use domain::account::Place;
use http::StatusCode;
use leptos::prelude::*;

use crate::{
    brand_switch,
    language::{Message, rich, t},
    language_choice,
    request::BrandRequest,
};

/// The menu: path and label. The app's name leads to the overview.
const MENU: [(&str, Message); 7] = [
    ("/brand/attribution/links", Message("layout-links")),
    ("/brand/attribution/creators", Message("layout-creators")),
    ("/brand/attribution/orders", Message("layout-orders")),
    ("/brand/attribution/campaigns", Message("layout-campaigns")),
    ("/brand/attribution/payouts", Message("layout-payouts")),
    ("/brand/attribution/models", Message("layout-models")),
    ("/brand/attribution/settings", Message("layout-settings")),
];
const OVERVIEW: &str = "/brand/attribution";
/// Tabs of the menu's entry "Payouts".
pub(crate) const PAYOUT_TABS: [(&str, Message); 3] = [
    ("/brand/attribution/payouts", Message("layout-payouts")),
    ("/brand/attribution/commissions", Message("layout-commissions")),
    ("/brand/attribution/commissions/rules", Message("layout-rules")),
];
/// Tabs of the menu's entry "Settings".
pub(crate) const SETTINGS_TABS: [(&str, Message); 5] = [
    ("/brand/attribution/settings", Message("layout-settings")),
    ("/brand/attribution/setup", Message("layout-setup")),
    ("/brand/attribution/survey", Message("layout-survey")),
    ("/brand/attribution/settings/members", Message("layout-team")),
    ("/brand/attribution/settings/audit", Message("layout-audit")),
];

/// A page of a brand.
pub(crate) struct BrandPage {
    title: String,
    above: Option<AnyView>,
    beside: Option<AnyView>,
    tabs: &'static [(&'static str, Message)],
    done: Option<AnyView>,
    status: StatusCode,
}

impl BrandPage {
    /// A page. `title` is its heading and names its object, such as "#1069" or "Jessica Styles".
    pub(crate) fn new(title: impl Into<String>) -> Self {
        let title = title.into();
        Self { title, above: None, beside: None, tabs: &[], done: None, status: StatusCode::OK }
    }

    /// A line above the heading, such as a link back to the list.
    pub(crate) fn above(self, above: impl IntoView + 'static) -> Self {
        Self { above: Some(above.into_any()), ..self }
    }

    /// Buttons beside the heading.
    pub(crate) fn beside(self, beside: impl IntoView + 'static) -> Self {
        Self { beside: Some(beside.into_any()), ..self }
    }

    /// Tabs under the heading.
    pub(crate) fn tabs(self, tabs: &'static [(&'static str, Message)]) -> Self {
        Self { tabs, ..self }
    }

    /// What just happened, in words, with an undo form if there is one. Shown as a toast.
    pub(crate) fn done(self, done: Option<AnyView>) -> Self {
        Self { done, ..self }
    }

    /// The response's status.
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The response.
    pub(crate) fn show(self, request: &BrandRequest, content: impl IntoView + 'static) -> Response {
        let path = request.address.path().to_owned();
        let brand = request.caller.brand();
        let sample = brand.settings.sample.is_some().then(|| sample_banner(&path));
        let tabs = (!self.tabs.is_empty()).then(|| tabs(self.tabs, &path));
        let toast = self.done.map(|done| view! { <toast-message><div class="toast">{done}</div></toast-message> });
        // In the admin's frame the bar is not shown.
        let language = request.head.is_embedded.then(|| {
            let form = language_choice::form(&request.address, true);
            view! { <footer class="foot-of-page">{form}</footer> }
        });
        let body = view! {
            <a class="skip" href="#content">{t!("layout-skip")}</a>
            <s-app-nav>
                <a href=OVERVIEW rel="home">{t!("layout-overview")}</a>
                {MENU.map(|(href, label)| view! { <a href=href>{label.text()}</a> }).collect_view()}
            </s-app-nav>
            {bar(request, &brand.name)}
            {sample}
            <main id="content" class="page">
                {self.above.map(|above| view! { <p class="above">{above}</p> })}
                <div class="heading">
                    <h1 tabindex="-1">{self.title.clone()}</h1>
                    {self.beside.map(|beside| view! { <div class="beside">{beside}</div> })}
                </div>
                {tabs}
                {content.into_view()}
            </main>
            {language}
            <div role="status" class="toasts" data-toasts="">{toast}</div>
        };
        request.head.document(self.status, &self.title, body)
    }
}

fn is_within(path: &str, href: &str) -> bool {
    let group: &[(&str, Message)] = if PAYOUT_TABS[0].0 == href {
        &PAYOUT_TABS
    } else if SETTINGS_TABS[0].0 == href {
        &SETTINGS_TABS
    } else {
        &[]
    };
    let begins = |with: &str| path == with || path.strip_prefix(with).is_some_and(|rest| rest.starts_with('/'));
    begins(href) || group.iter().any(|(href, _)| begins(href))
}

fn bar(request: &BrandRequest, brand: &str) -> AnyView {
    let path = request.address.path();
    let link = |(href, label): (&'static str, Message)| {
        let current = is_within(path, href).then_some("page");
        view! { <li><a href=href aria-current=current>{label.text()}</a></li> }
    };
    let here = Place { brand: request.caller.brand().id.clone(), creator: None };
    let others = brand_switch::menu(&request.places, &here);
    let is_overview = (path == OVERVIEW).then_some("page");
    view! {
        <header class="bar">
            <a class="logo" href=OVERVIEW aria-current=is_overview>"CreatorScore"</a>
            <nav aria-label=t!("layout-main")><ul>{MENU.map(link).collect_view()}</ul></nav>
            <details class="account">
                <summary>{brand.to_owned()}</summary>
                <div class="popover">
                    {others}
                    <a href="/brand/attribution/settings/members">{t!("layout-members")}</a>
                    <a href="/docs">{t!("layout-documentation")}</a>
                    <form method="post" action="/sign-out" data-native="">
                        <button class="quiet" type="submit">{t!("layout-sign-out")}</button>
                    </form>
                    {language_choice::form(&request.address, false)}
                </div>
            </details>
        </header>
    }
    .into_any()
}

fn tabs(tabs: &'static [(&'static str, Message)], path: &str) -> AnyView {
    let link = |(href, label): &(&'static str, Message)| {
        let current = (path == *href).then_some("page");
        view! { <li><a href=*href aria-current=current>{label.text()}</a></li> }
    };
    view! { <nav class="tabs" aria-label=t!("layout-section")><ul>{tabs.iter().map(link).collect_view()}</ul></nav> }
        .into_any()
}

fn sample_banner(path: &str) -> AnyView {
    let label = view! { <strong>{t!("layout-sample")}</strong> }.into_any();
    view! {
        <aside class="sample" aria-label=t!("layout-sample")>
            <p>{rich!("layout-sample-brand", label = label)}</p>
            <details>
                <summary>{t!("layout-sample-clear")}</summary>
                <p>{t!("layout-sample-clear-text")}</p>
                <form method="post" action="/brand/attribution/sample-data">
                    <input type="hidden" name="from" value=path.to_owned() />
                    <button type="submit" class="critical">{t!("layout-sample-delete")}</button>
                </form>
            </details>
        </aside>
    }
    .into_any()
}
