//! The form that changes a creator.

use std::collections::BTreeSet;

use axum::response::Response;
use domain::{
    CreatorId,
    creator::{Creator, CreatorStatus, Profile},
    link::Platform,
};
use flow::{
    FlowError,
    creator_profile::{CreatorProfile, ProfileForm},
};
use leptos::prelude::*;

use super::{path_of, states};
use crate::{
    form::{Field, Form, FormState, Input, Posted, done},
    request::BrandRequest,
};

/// Labels of the fields whose faults stand beside them.
const LABELS: [&str; 9] =
    ["Name", "Handle", "E-mail", "Aliases", "Tier", "Tags", "Notes", "Promo code", "PayPal address"];

/// Field of the handle on a platform, and its label.
const fn social_field(platform: Platform) -> (&'static str, &'static str) {
    match platform {
        Platform::Instagram => ("social_instagram", "Instagram"),
        Platform::TikTok => ("social_tiktok", "TikTok"),
        Platform::YouTube => ("social_youtube", "YouTube"),
        Platform::X => ("social_x", "X"),
        Platform::Facebook => ("social_facebook", "Facebook"),
        Platform::LinkedIn => ("social_linkedin", "LinkedIn"),
    }
}

/// Changes the creator: profile, own discount code, and PayPal address if one is given.
pub(super) async fn save(request: &BrandRequest, id: &CreatorId, posted: &Posted) -> Result<Response, FlowError> {
    let form = ProfileForm {
        name: posted.text("name"),
        handle: posted.text("handle"),
        email: posted.text("email"),
        aliases: posted.text("aliases"),
        tier: posted.text("tier"),
        is_tier_locked: posted.is_checked("tier_locked"),
        tags: posted.text("tags"),
        socials: Platform::ALL.iter().map(|platform| (*platform, posted.text(social_field(*platform).0))).collect(),
        status: CreatorStatus::parse(posted.get("status")).unwrap_or_default(),
        notes: posted.text("notes"),
    };
    request.flow.creators().save_profile(&request.caller, id, &form).await?;
    request.flow.links().set_promo_code(&request.caller, id, posted.get("promo_code")).await?;
    if !posted.get("paypal").trim().is_empty() {
        request.flow.payouts().set_address(&request.caller, id, posted.get("paypal")).await?;
    }
    Ok(done(&path_of(id), "saved"))
}

/// The form as it stands before anything is typed.
fn filled(state: &FormState, creator: &Creator, profile: &Profile, promo_code: Option<String>) -> Form {
    let form = state
        .form("edit")
        .initial("name", creator.name.clone())
        .initial("handle", creator.handle.clone())
        .initial("aliases", creator.aliases.join(", "))
        .initial("tier", creator.tier.clone().unwrap_or_default())
        .initial("tier_locked", if profile.is_tier_locked { "on" } else { "" })
        .initial("tags", profile.tags.join(", "))
        .initial("status", profile.status.as_str())
        .initial("notes", profile.notes.clone().unwrap_or_default())
        .initial("promo_code", promo_code.unwrap_or_default());
    profile
        .socials
        .iter()
        .fold(form, |form, social| form.initial(social_field(social.platform).0, social.handle.clone()))
}

/// The form's card. `others` are the brand's creators, whose tiers and tags are suggested.
pub(super) fn card(state: &FormState, one: &CreatorProfile, others: &[Creator], promo_code: Option<String>) -> AnyView {
    let form = filled(state, &one.creator, &one.profile, promo_code);
    let tiers: BTreeSet<String> = others.iter().filter_map(|creator| creator.tier.clone()).collect();
    let tiers = tiers.into_iter().map(|tier| (tier, String::new())).collect();
    let socials = Platform::ALL.iter().map(|platform| {
        let (name, label) = social_field(*platform);
        form.field(Field::new(name, label).length_max(64).placeholder("@handle"))
    });
    let email = Field::new("email", "E-mail")
        .input(Input::Email)
        .hint("Leave empty to keep. Stored only as a hash, to recognise their own purchases.");
    let paypal = Field::new("paypal", "PayPal address")
        .input(Input::Email)
        .hint("Leave empty to keep. Replaces how they are paid, and an e-mail says so to whoever set that.");
    view! {
        <section class="card" id="edit">
            <h2>"Profile"</h2>
            {form.summary(&LABELS)}
            <form method="post" data-save-bar="">
                <div class="fields">
                    {form.field(Field::new("name", "Name").required().length_max(120))}
                    {form.field(Field::new("handle", "Handle").required().length_max(64))}
                    {form.field(Field::new("aliases", "Aliases").length_max(2000).hint("Separated by commas. Survey answers with one of these names are this creator’s."))}
                    {form.select("status", "Status", &states::options(), "", "What a creator earns does not depend on it.")}
                    {form.field(Field::new("tier", "Tier").length_max(120).suggestions(tiers))}
                    {form.field(Field::new("tags", "Tags").length_max(2000).hint("Separated by commas."))}
                    {form.checkbox("tier_locked", "Keep this tier", "Tier rules leave it as it is.")}
                </div>
                <h3>"Accounts"</h3>
                <div class="fields">{socials.collect_view()}</div>
                <h3>"Money"</h3>
                <div class="fields">
                    {form.field(Field::new("promo_code", "Promo code").hint("Their own discount code: it earns for them even without a link."))}
                    {form.field(paypal)}
                    {form.field(email)}
                </div>
                <div class="fields">
                    {form.field(Field::new("notes", "Notes").input(Input::Lines).length_max(2000).hint("For you and your team only."))}
                </div>
                {form.submit("Save")}
            </form>
        </section>
    }
    .into_any()
}
