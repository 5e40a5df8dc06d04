//! `/brand/attribution/settings/brand`: the brand's name, time zone and currency.

use axum::response::Response;
use domain::{account::Role, time::Zone};
use flow::FlowError;
use leptos::prelude::*;

use super::PATH as SETTINGS;
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    error::PageResult,
    form::{Field, FormState, Posted, done, label},
    language::t,
    request::BrandRequest,
};

pub(super) const PATH: &str = "/brand/attribution/settings/brand";

pub(super) async fn show(request: BrandRequest) -> PageResult {
    Ok(page(&request, &FormState::default()))
}

pub(super) async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    match save(&request, &posted).await {
        Ok(response) => Ok(response),
        Err(error) => Ok(page(&request, &posted.refused(error)?)),
    }
}

async fn save(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let policies = request.flow.policies();
    match posted.action() {
        "brand" => {
            let (name, zone, currency) = (posted.get("name"), posted.get("zone"), posted.get("currency"));
            policies.save_brand_facts(&request.caller, name, zone, currency).await?;
            Ok(done(SETTINGS, "saved"))
        }
        _ => Err(posted.unknown_action()),
    }
}

fn page(request: &BrandRequest, state: &FormState) -> Response {
    let brand = request.caller.brand();
    let form = state
        .form("brand")
        .initial("name", brand.name.clone())
        .initial("zone", brand.zone.name())
        .initial("currency", brand.currency.code());
    let (named, zone, currency) =
        (label("settings-brand-name"), label("settings-time-zone"), label("settings-currency"));
    let mut zones = Zone::names();
    if !zones.iter().any(|name| name == brand.zone.name()) {
        zones.push(brand.zone.name().to_owned());
    }
    let zones: Vec<_> = zones.into_iter().map(|name| (name.clone(), name.replace('_', " "))).collect();
    let name = Field::new("name", named.clone()).required().length_max(120);
    let code =
        Field::new("currency", currency.clone()).required().length_max(3).hint(t!("settings-brand-currency-hint"));
    let is_member = request.caller.role() == Role::Member;
    let note = is_member.then(|| view! { <p class="banner">{t!("settings-members-only-read")}</p> });
    let content = view! {
        <section class="card">
            {form.summary(&[named, zone.clone(), currency])}
            <form method="post" data-save-bar="">
                <fieldset class="whole" disabled=is_member>
                    <div class="fields">
                        {form.field(name)}
                        {form.combobox("zone", zone, &zones, "", t!("settings-brand-zone-hint"))}
                        {form.field(code)}
                    </div>
                    {form.submit(t!("settings-brand-save"))}
                </fieldset>
            </form>
        </section>
    };
    BrandPage::new(t!("settings-brand-title"))
        .tabs(&SETTINGS_TABS)
        .status(state.status())
        .show(request, view! { {note} {content} })
}
