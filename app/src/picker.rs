//! Options of choices, and filters that are kept in the page's address.

use domain::time::Day;
use leptos::prelude::*;

use crate::{address::Address, format, language::t};

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

/// A list whose options are found by typing a part of their name.
pub(crate) fn searched(select: impl IntoView + 'static) -> AnyView {
    // The script puts the number of further options where the braces are.
    view! {
        <combo-box data-none=t!("picker-no-match") data-more=t!("picker-more", count = "{}")>{select.into_view()}</combo-box>
    }
    .into_any()
}

/// A choice in a filter bar: its parameter, label, options, and the name of no choice.
pub(crate) struct Filter {
    name: &'static str,
    label: String,
    options: Vec<(String, String)>,
    all: String,
    is_searched: bool,
    is_day: bool,
}

impl Filter {
    /// A list of a few options. `name` is the parameter of the address, `label` is read by screen readers and stands in the
    /// chip, each option has a value and a label, and no choice is called `all`, such as "All creators".
    pub(crate) fn of(
        name: &'static str,
        label: impl Into<String>,
        options: Vec<(String, String)>,
        all: impl Into<String>,
    ) -> Self {
        Self { name, label: label.into(), options, all: all.into(), is_searched: false, is_day: false }
    }

    /// As [`Self::of`], of options that are found by typing a part of their name: creators, campaigns, links.
    pub(crate) fn by_name(
        name: &'static str,
        label: impl Into<String>,
        options: Vec<(String, String)>,
        all: impl Into<String>,
    ) -> Self {
        Self { is_searched: true, ..Self::of(name, label, options, all) }
    }

    /// A day, written as in `2026-11-28`.
    pub(crate) fn day(name: &'static str, label: impl Into<String>) -> Self {
        Self { is_day: true, ..Self::of(name, label, Vec::new(), "") }
    }

    /// Whether there is nothing to choose.
    pub(crate) fn is_empty(&self) -> bool {
        self.options.is_empty() && !self.is_day
    }
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
            let id = format!("filter-{}", filter.name);
            if filter.is_day {
                let value = chosen_day(address, filter.name).map_or(String::new(), |day| day.to_string());
                return view! { <label class="day">{filter.label} " " <input type="date" id=id name=filter.name value=value /></label> }
                    .into_any();
            }
            let options = options(&filter.options, address.get(filter.name), &filter.all);
            let select = view! { <select id=id name=filter.name aria-label=filter.label>{options}</select> };
            if filter.is_searched { searched(select) } else { select.into_any() }
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

/// The day that a filter's parameter of the address names.
pub(crate) fn chosen_day(address: &Address, name: &str) -> Option<Day> {
    Day::parse(address.get(name))
}

/// What is filtered by, each with a link that removes it.
fn chips(address: &Address, is_searched: bool, filters: &[Filter]) -> Option<AnyView> {
    let mut found = Vec::new();
    if is_searched && !address.get("q").is_empty() {
        found.push(("q", t!("picker-search"), address.get("q").to_owned()));
    }
    for filter in filters {
        let value = address.get(filter.name);
        if let Some(day) = filter.is_day.then(|| chosen_day(address, filter.name)).flatten() {
            found.push((filter.name, filter.label.clone(), format::full_date(day)));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_by_name_is_searched_and_a_short_list_is_not() {
        let address = Address::of(&"/l?creator=b".parse().expect("valid"));
        let pair = |value: &str| (value.to_owned(), value.to_uppercase());
        let creators = Filter::by_name("creator", "Creator", vec![pair("a"), pair("b")], "All creators");
        let states = Filter::of("state", "State", vec![pair("open")], "Every state");
        let html = filter_bar(&address, "", vec![creators, states]).to_html().replace("<!>", "");
        assert!(html.contains("><select id=\"filter-creator\" name=\"creator\""), "{html}");
        assert_eq!(html.matches("<combo-box").count(), 1);
        assert!(html.contains("Remove filter Creator: B"), "{html}");
    }
}
