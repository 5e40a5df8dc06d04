//! The form that changes a link.

use axum::response::Response;
use domain::link::Link;
use flow::{FlowError, link::NewLink};
use leptos::prelude::*;

use super::{
    choices::{content_types, last_instant, platforms},
    path_of,
};
use crate::{
    form::{Field, FormState, Input, Label, Posted, done, label},
    language::t,
    request::BrandRequest,
};

/// Labels of the fields whose faults stand beside them.
fn labels() -> [Label; 3] {
    [label("links-destination"), label("links-promo-code"), label("links-expiry")]
}

/// Changes the link.
pub(super) async fn save(request: &BrandRequest, link: &Link, posted: &Posted) -> Result<Response, FlowError> {
    let zone = &request.caller.brand().zone;
    let form = NewLink {
        destination: posted.text("destination"),
        platform: posted.text("platform"),
        content_type: posted.text("content_type"),
        promo_code: posted.text("promo_code"),
        share_revenue: posted.is_checked("share_revenue"),
        expires_at: expiry(link, posted, zone)?,
        ..NewLink::default()
    };
    request.flow.links().edit(&request.caller, &link.id, &form).await?;
    Ok(done(&path_of(&link.id), "saved"))
}

/// The day on which a link works last.
fn last_day(link: &Link, zone: &domain::time::Zone) -> String {
    link.expires_at.map(|end| zone.day_of(end.plus_ms(-1)).to_string()).unwrap_or_default()
}

/// When the link is to stop: an end within a day stays if the day does.
fn expiry(link: &Link, posted: &Posted, zone: &domain::time::Zone) -> Result<Option<domain::UnixMs>, FlowError> {
    let text = posted.get("expires_on");
    if text == last_day(link, zone) { Ok(link.expires_at) } else { last_instant(text, "expiry", zone) }
}

/// The form's card.
pub(super) fn card(request: &BrandRequest, link: &Link, state: &FormState) -> AnyView {
    let form = state
        .form("edit")
        .initial("destination", link.destination.clone())
        .initial("platform", link.platform.map_or("", domain::link::Platform::as_str))
        .initial("content_type", link.content_type.map_or("", domain::link::ContentType::as_str))
        .initial("promo_code", link.promo_code.clone().unwrap_or_default())
        .initial("expires_on", last_day(link, &request.caller.brand().zone))
        .initial("share_revenue", if link.share_revenue { "on" } else { "" });
    let destination =
        Field::new("destination", label("links-destination")).input(Input::Url).required().length_max(2048);
    let promo_code = Field::new("promo_code", label("links-promo-code")).hint(t!("links-promo-code-fixed"));
    let expiry = Field::new("expires_on", label("links-expiry")).input(Input::Date).hint(t!("links-expiry-hint"));
    view! {
        <section class="card" id="edit">
            <h2>{t!("links-edit")}</h2>
            {form.summary(&labels())}
            <form method="post" data-save-bar="">
                <div class="fields">
                    {form.field(destination)}
                    {form.field(promo_code)}
                    {form.select("platform", label("links-platform"), &platforms(), t!("links-not-set"), "")}
                    {form.select("content_type", label("links-content-type"), &content_types(), t!("links-not-set"), "")}
                    {form.field(expiry)}
                    {form.checkbox("share_revenue", t!("links-share"), t!("links-share-hint-short"))}
                </div>
                {form.submit(t!("links-save"))}
            </form>
        </section>
    }
    .into_any()
}
