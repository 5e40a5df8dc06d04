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
    payout_details::check_paypal_address,
};
use leptos::prelude::*;

use super::{path_of, states};
use crate::{
    form::{Field, Form, FormState, Input, Label, Posted, done, label},
    language::t,
    request::BrandRequest,
};

/// Labels of the fields whose faults stand beside them.
fn labels() -> [Label; 9] {
    [
        "creators-name",
        "creators-handle",
        "creators-email",
        "creators-aliases",
        "creators-tier",
        "creators-tags",
        "creators-notes",
        "creators-promo-code",
        "creators-paypal",
    ]
    .map(label)
}

/// Field of the handle on a platform.
const fn social_field(platform: Platform) -> &'static str {
    match platform {
        Platform::Instagram => "social_instagram",
        Platform::TikTok => "social_tiktok",
        Platform::YouTube => "social_youtube",
        Platform::X => "social_x",
        Platform::Facebook => "social_facebook",
        Platform::LinkedIn => "social_linkedin",
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
        socials: Platform::ALL.iter().map(|platform| (*platform, posted.text(social_field(*platform)))).collect(),
        status: CreatorStatus::parse(posted.get("status")).unwrap_or_default(),
        notes: posted.text("notes"),
    };
    let sets_address = !posted.get("paypal").trim().is_empty();
    // Before anything is saved.
    if sets_address {
        request.caller.owner()?;
        check_paypal_address(posted.get("paypal"))?;
    }
    request.flow.links().check_promo_code(&request.caller, id, posted.get("promo_code")).await?;
    request.flow.creators().save_profile(&request.caller, id, &form).await?;
    request.flow.links().set_promo_code(&request.caller, id, posted.get("promo_code")).await?;
    if sets_address {
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
    profile.socials.iter().fold(form, |form, social| form.initial(social_field(social.platform), social.handle.clone()))
}

/// The form's card. `others` are the brand's creators, whose tiers and tags are suggested. Members see no field that only owners
/// may change.
pub(super) fn card(
    request: &BrandRequest,
    state: &FormState,
    one: &CreatorProfile,
    others: &[Creator],
    promo_code: Option<String>,
) -> AnyView {
    let is_owner = request.caller.owner().is_ok();
    let form = filled(state, &one.creator, &one.profile, promo_code);
    let tiers: BTreeSet<String> = others.iter().filter_map(|creator| creator.tier.clone()).collect();
    let tiers = tiers.into_iter().map(|tier| (tier, String::new())).collect();
    let socials = Platform::ALL.iter().map(|platform| {
        let field = Field::new(social_field(*platform), platform.label());
        form.field(field.length_max(64).placeholder(t!("creators-account-example")))
    });
    let email = Field::new("email", label("creators-email")).input(Input::Email).hint(t!("creators-email-keep"));
    let paypal = Field::new("paypal", label("creators-paypal")).input(Input::Email).hint(t!("creators-paypal-keep"));
    let aliases = Field::new("aliases", label("creators-aliases")).length_max(2000).hint(t!("creators-aliases-hint"));
    let status = t!("creators-status-hint");
    let tags = Field::new("tags", label("creators-tags")).length_max(2000).hint(t!("creators-tags-hint"));
    let promo_code = Field::new("promo_code", label("creators-promo-code")).hint(t!("creators-promo-code-hint"));
    let notes = Field::new("notes", label("creators-notes"))
        .input(Input::Lines)
        .length_max(2000)
        .hint(t!("creators-notes-hint"));
    view! {
        <section class="card" id="edit">
            <h2>{t!("creators-profile")}</h2>
            {form.summary(&labels())}
            <form method="post" data-save-bar="">
                <div class="fields">
                    {form.field(Field::new("name", label("creators-name")).required().length_max(120))}
                    {form.field(Field::new("handle", label("creators-handle")).required().length_max(64))}
                    {form.field(aliases)}
                    {form.select("status", label("creators-status"), &states::options(), "", status)}
                    {form.field(Field::new("tier", label("creators-tier")).length_max(120).suggestions(tiers))}
                    {form.field(tags)}
                    {form.checkbox("tier_locked", t!("creators-keep-tier"), t!("creators-keep-tier-hint"))}
                </div>
                <h3>{t!("creators-accounts")}</h3>
                <div class="fields">{socials.collect_view()}</div>
                <h3>{t!("creators-money")}</h3>
                <div class="fields">
                    {form.field(promo_code)}
                    {is_owner.then(|| form.field(paypal))}
                    {(is_owner || one.creator.email_hash.is_none()).then(|| form.field(email))}
                </div>
                <div class="fields">{form.field(notes)}</div>
                {form.submit(t!("creators-save"))}
            </form>
        </section>
    }
    .into_any()
}
