//! Options of choices, and filters that are kept in the page's address.

use leptos::prelude::*;

use crate::address::Address;

/// The options of a choice: value and label. With `placeholder`, an empty first one.
pub(crate) fn options(choices: &[(String, String)], chosen: &str, placeholder: &'static str) -> AnyView {
    let options = choices
        .iter()
        .map(|(value, label)| {
            let is_chosen = value == chosen;
            view! { <option value=value.clone() selected=is_chosen>{label.clone()}</option> }
        })
        .collect_view();
    let first = (!placeholder.is_empty()).then(|| view! { <option value="">{placeholder}</option> });
    view! { {first} {options} }.into_any()
}

/// A choice in a filter bar: its parameter, label, options, and the name of no choice.
pub(crate) struct Filter {
    /// Parameter of the address.
    pub(crate) name: &'static str,
    /// Label for screen readers, and in the chip.
    pub(crate) label: &'static str,
    /// Value and label of each option.
    pub(crate) options: Vec<(String, String)>,
    /// What no choice is called, such as "All creators".
    pub(crate) all: &'static str,
}

/// A bar with a search field (if `search` has a placeholder) and filters. A GET form to the page's own address.
pub(crate) fn filter_bar(address: &Address, search: &'static str, filters: Vec<Filter>) -> AnyView {
    let own: Vec<&str> = filters.iter().map(|filter| filter.name).chain(["q"]).collect();
    let kept = address
        .kept(&own)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let chips = chips(address, search, &filters);
    let search = (!search.is_empty()).then(|| {
        view! {
            <input type="search" name="q" value=address.get("q").to_owned() placeholder=search aria-label=search
                maxlength="100" />
        }
    });
    let selects = filters
        .into_iter()
        .map(|filter| {
            let options = options(&filter.options, address.get(filter.name), filter.all);
            view! { <select name=filter.name aria-label=filter.label>{options}</select> }
        })
        .collect_view();
    view! {
        <search>
            <form method="get" action=address.path().to_owned() class="filters" data-auto="">
                {kept} {search} {selects} <button type="submit">"Apply"</button>
            </form>
            {chips}
        </search>
    }
    .into_any()
}

/// What is filtered by, each with a link that removes it.
fn chips(address: &Address, search: &'static str, filters: &[Filter]) -> Option<AnyView> {
    let mut found = Vec::new();
    if !search.is_empty() && !address.get("q").is_empty() {
        found.push(("q", "Search", address.get("q").to_owned()));
    }
    for filter in filters {
        let value = address.get(filter.name);
        if let Some((_, label)) = filter.options.iter().find(|(option, _)| option == value) {
            found.push((filter.name, filter.label, label.clone()));
        }
    }
    let chips = found
        .into_iter()
        .map(|(name, label, value)| {
            let href = address.with(&[(name, "")]);
            let remove = format!("Remove filter {label}: {value}");
            view! { <li><a class="chip" href=href aria-label=remove><b>{label}</b>" "{value}" ×"</a></li> }
        })
        .collect::<Vec<_>>();
    (!chips.is_empty()).then(|| view! { <ul class="chips" aria-label="Filters">{chips}</ul> }.into_any())
}
