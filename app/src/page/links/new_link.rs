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
    form::{Field, Form, Input, Posted, done},
    request::BrandRequest,
};

/// Labels of the fields whose faults stand beside them.
const LABELS: [&str; 4] = ["Destination URL", "Promo code", "Expiry", "Campaign name"];

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
    let destination = Field::new("destination", "Destination URL")
        .input(Input::Url)
        .required()
        .length_max(2048)
        .suggestions(suggestions)
        .hint(if has_products { "Type a product’s name to choose its page, or paste any address." } else { "" })
        .placeholder("https://yourstore.com/product");
    let is_more_open = form.is_refused() || !form.value("new_creator").is_empty();
    view! {
        <section class="card" id="new-link">
            <h2>"New link"</h2>
            {form.summary(&LABELS)}
            <form method="post">
                <div class="fields">
                    {form.field(destination)}
                    {form.combobox("creator", "Creator", &choices.creators(), "Unassigned", "")}
                </div>
                <details open=is_more_open>
                    <summary>"More"</summary>
                    <div class="fields">
                        {form.field(Field::new("new_creator", "or new creator").length_max(64).placeholder("Jessica Styles").hint("Adds the creator by this name."))}
                        {form.combobox("campaign", "Campaign", &campaigns, "None", "")}
                        {form.field(Field::new("new_campaign", "or new campaign").length_max(120).placeholder("Spring launch").hint("Adds the campaign by this name."))}
                        {form.select("platform", "Platform", &platforms(), "Not set", "")}
                        {form.select("content_type", "Content type", &content_types(), "Not set", "")}
                        {form.field(Field::new("promo_code", "Promo code").placeholder("CREATOR20").hint("An order with this code counts for this link, even without a click."))}
                        {form.field(Field::new("expires_on", "Expiry").input(Input::Date).hint("The last day on which the link works."))}
                        {form.checkbox("share_revenue", "Share revenue with the creator", "The creator always sees clicks and conversions. If revenue is not shared, they see what this link earned only once a payout that contains it is marked as paid.")}
                    </div>
                </details>
                <div class="inline">{form.submit("Create link")}<a class="quiet" href=cancel>"Cancel"</a></div>
            </form>
        </section>
    }
    .into_any()
}
