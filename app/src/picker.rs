//! Options of choices, and filters that are kept in the page's address.

use leptos::prelude::*;

use crate::{address::Address, language::t};

/// The options of a choice: value and label. With `placeholder`, an empty first one.
pub(crate) fn options(choices: &[(String, String)], chosen: &str, placeholder: &str) -> AnyView {
    let options = choices
        .iter()
        .map(|(value, label)| {
            let is_chosen = value == chosen;
            view! { <option value=value.clone() selected=is_chosen>{label.clone()}</option> }
        })
        .collect_view();
    let first = (!placeholder.is_empty()).then(|| view! { <option value="">{placeholder.to_owned()}</option> });
    view! { {first} {options} }.into_any()
}

/// A choice in a filter bar: its parameter, label, options, and the name of no choice.
pub(crate) struct Filter {
    /// Parameter of the address.
    pub(crate) name: &'static str,
    /// Label for screen readers, and in the chip.
    pub(crate) label: String,
    /// Value and label of each option.
    pub(crate) options: Vec<(String, String)>,
    /// What no choice is called, such as "All creators".
    pub(crate) all: String,
}

/// A bar with a search field (if `search` has a placeholder) and filters. A GET form to the page's own address.
pub(crate) fn filter_bar(address: &Address, search: impl Into<String>, filters: Vec<Filter>) -> AnyView {
    let search = search.into();
    let own: Vec<&str> = filters.iter().map(|filter| filter.name).chain(["q"]).collect();
    let kept = address
        .kept(&own)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let chips = chips(address, !search.is_empty(), &filters);
    let search = (!search.is_empty()).then(|| {
        view! {
            <input type="search" name="q" value=address.get("q").to_owned() placeholder=search.clone() aria-label=search.clone()
                maxlength="100" />
        }
    });
    let selects = filters
        .into_iter()
        .map(|filter| {
            let options = options(&filter.options, address.get(filter.name), &filter.all);
            view! { <select name=filter.name aria-label=filter.label>{options}</select> }
        })
        .collect_view();
    view! {
        <search>
            <form method="get" action=address.path().to_owned() class="filters" data-auto="">
                {kept} {search} {selects} <button type="submit">{t!("picker-apply")}</button>
            </form>
            {chips}
        </search>
    }
    .into_any()
}

/// What is filtered by, each with a link that removes it.
fn chips(address: &Address, is_searched: bool, filters: &[Filter]) -> Option<AnyView> {
    let mut found = Vec::new();
    if is_searched && !address.get("q").is_empty() {
        found.push(("q", t!("picker-search"), address.get("q").to_owned()));
    }
    for filter in filters {
        let value = address.get(filter.name);
        if let Some((_, label)) = filter.options.iter().find(|(option, _)| option == value) {
            found.push((filter.name, filter.label.clone(), label.clone()));
        }
    }
    let chips = found
        .into_iter()
        .map(|(name, label, value)| {
            let href = address.with(&[(name, "")]);
            let remove = t!("picker-remove", label = &label, value = &value);
            view! { <li><a class="chip" href=href aria-label=remove><b>{label}</b>" "{value}" ×"</a></li> }
        })
        .collect::<Vec<_>>();
    (!chips.is_empty()).then(|| view! { <ul class="chips" aria-label=t!("picker-filters")>{chips}</ul> }.into_any())
}
