//! The form of a new link.

use axum::response::Response;
use domain::link::check_destination;
use flow::{FlowError, Invalid, link::NewLink};
use leptos::prelude::*;

use super::{
    PATH,
    choices::{Choices, content_types, last_instant, platforms},
};
use crate::{
    form::{Field, Form, Input, Label, Posted, done, label},
    language::t,
    request::BrandRequest,
};

/// Labels of the fields whose faults stand beside them.
fn labels() -> [Label; 4] {
    [label("links-destination"), label("links-promo-code"), label("links-expiry"), label("links-campaign")]
}

/// Creates a link, and before it the creator or campaign if a new name is given.
pub(super) async fn create(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let brand = request.caller.brand();
    // Checked before a creator or campaign is added: a refused form must change nothing.
    check_destination(posted.get("destination"), &brand.destination_hosts)
        .map_err(|error| FlowError::from(Invalid::one(format!("destination URL {error}"))))?;
    let expires_at = last_instant(posted.get("expires_on"), "expiry", &brand.zone)?;
    if expires_at.is_some_and(|end| end <= request.flow.now()) {
        return Err(Invalid::one("expiry must be in the future").into());
    }
    let campaign = match posted.get("new_campaign").trim() {
        "" => posted.text("campaign"),
        name => request.flow.campaigns().find_or_create(&request.caller, name).await?.id.into(),
    };
    let creator = match posted.get("new_creator").trim() {
        "" => posted.text("creator"),
        name => request.flow.creators().find_or_create(&request.caller, name).await?.id.into(),
    };
    let new = NewLink {
        destination: posted.text("destination"),
        campaign,
        creator,
        platform: posted.text("platform"),
        content_type: posted.text("content_type"),
        promo_code: posted.text("promo_code"),
        share_revenue: posted.is_checked("share_revenue"),
        expires_at,
    };
    let link = request.flow.links().create(&request.caller, &new).await?;
    Ok(done(&format!("{PATH}?made={}", link.id), "created"))
}

/// The form: destination and creator, the rest under "More".
pub(super) fn card(form: &Form, choices: &Choices, products: Vec<(String, String)>, cancel: String) -> AnyView {
    let campaigns = choices.campaigns();
    let has_products = !products.is_empty();
    let suggestions = products.into_iter().map(|(title, url)| (url, title)).collect();
    let destination = Field::new("destination", label("links-destination"))
        .input(Input::Url)
        .required()
        .length_max(2048)
        .suggestions(suggestions)
        .hint(if has_products { t!("links-destination-hint") } else { String::new() })
        .placeholder("https://yourstore.com/product");
    let new_creator = Field::new("new_creator", label("links-new-creator"))
        .length_max(64)
        .placeholder(t!("links-new-creator-example"))
        .hint(t!("links-new-creator-hint"));
    let new_campaign = Field::new("new_campaign", label("links-new-campaign"))
        .length_max(120)
        .placeholder(t!("links-new-campaign-example"))
        .hint(t!("links-new-campaign-hint"));
    let promo_code =
        Field::new("promo_code", label("links-promo-code")).placeholder("CREATOR20").hint(t!("links-promo-code-hint"));
    let expiry = Field::new("expires_on", label("links-expiry")).input(Input::Date).hint(t!("links-expiry-hint"));
    let is_more_open = form.is_refused() || !form.value("new_creator").is_empty();
    view! {
        <section class="card" id="new-link">
            <h2>{t!("links-new")}</h2>
            {form.summary(&labels())}
            <form method="post">
                <div class="fields">
                    {form.field(destination)}
                    {form.combobox("creator", label("links-creator"), &choices.creators(), t!("links-unassigned"), "")}
                </div>
                <details open=is_more_open>
                    <summary>{t!("links-more")}</summary>
                    <div class="fields">
                        {form.field(new_creator)}
                        {form.combobox("campaign", label("links-campaign"), &campaigns, t!("links-campaign-none"), "")}
                        {form.field(new_campaign)}
                        {form.select("platform", label("links-platform"), &platforms(), t!("links-not-set"), "")}
                        {form.select("content_type", label("links-content-type"), &content_types(), t!("links-not-set"), "")}
                        {form.field(promo_code)}
                        {form.field(expiry)}
                        {form.checkbox("share_revenue", t!("links-share"), t!("links-share-hint"))}
                    </div>
                </details>
                <div class="inline">{form.submit(t!("links-create"))}<a class="quiet" href=cancel>{t!("links-cancel")}</a></div>
            </form>
        </section>
    }
    .into_any()
}
