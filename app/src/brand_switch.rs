//! The menu's list of the person's other brands: one press opens another.

use domain::account::{Place, Role};
use flow::account::KnownPlace;
use leptos::prelude::*;

use crate::{form::Form, language::t};

/// The other brands, if there are any.
pub(crate) fn menu(places: &[KnownPlace], here: &Place) -> Option<AnyView> {
    let others: Vec<AnyView> = places.iter().filter(|known| known.place != *here).map(button).collect();
    (!others.is_empty()).then(|| {
        view! {
            <p class="subdued"><small>{t!("layout-other-brands")}</small></p>
            {others}
        }
        .into_any()
    })
}

/// As what the person is known in a place.
pub(crate) fn role_in(known: &KnownPlace) -> String {
    match (&known.creator_name, known.role) {
        (Some(name), _) => t!("sign_in-as-creator", name = name),
        (None, Some(Role::Owner)) => t!("sign_in-as-owner"),
        (None, _) => t!("sign_in-as-member"),
    }
}

fn button(known: &KnownPlace) -> AnyView {
    let creator = known.place.creator.as_ref().map(ToString::to_string).unwrap_or_default();
    view! {
        <form method="post" action="/switch" data-native="">
            {Form::hidden("brand", known.place.brand.to_string())}
            {Form::hidden("creator", creator)}
            <button type="submit" class="quiet">{known.brand_name.clone()}" "<small class="subdued">{role_in(known)}</small></button>
        </form>
    }
    .into_any()
}
