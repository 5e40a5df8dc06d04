//! The address of a page: its path and its query, which holds filters, sort order, page and period.

use url::form_urlencoded;

/// Query parameters that say what just happened. They are not carried over into other links.
const PASSING: [&str; 5] = ["done", "id_token", "made", "new", "undo"];

/// A page's own address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    path: String,
    query: Vec<(String, String)>,
}

impl Address {
    /// Reads the address of a request.
    pub(crate) fn of(uri: &http::Uri) -> Self {
        let query = form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).into_owned().collect();
        Self { path: uri.path().to_owned(), query }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// A parameter's value; empty if it is absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.query.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// Whether a parameter is present.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.query.iter().any(|(found, _)| found == name)
    }

    /// Whether it asks for one of the page's tables as a file.
    pub(crate) fn asks_for_file(&self) -> bool {
        self.query.iter().any(|(name, value)| name.ends_with("format") && value == "csv")
    }

    /// The same address with parameters set, or removed where the value is empty. A change of anything but the page goes
    /// back to the first page.
    pub(crate) fn with(&self, changes: &[(&str, &str)]) -> String {
        let is_kept = |name: &str| {
            !PASSING.contains(&name)
                && name != "format"
                && name != "page"
                && changes.iter().all(|(changed, _)| *changed != name)
        };
        let kept =
            self.query.iter().filter(|(name, _)| is_kept(name)).map(|(name, value)| (name.as_str(), value.as_str()));
        let set = changes.iter().filter(|(_, value)| !value.is_empty()).copied();
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept.chain(set)).finish();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }

    /// The parameters that a GET form on this page must keep, other than its own fields.
    pub(crate) fn kept(&self, own_fields: &[&str]) -> Vec<(String, String)> {
        let is_kept = |name: &str| !PASSING.contains(&name) && name != "page" && !own_fields.contains(&name);
        self.query.iter().filter(|(name, value)| is_kept(name) && !value.is_empty()).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::of(&text.parse().expect("valid"))
    }

    #[test]
    fn changes_keep_the_rest_and_return_to_the_first_page() {
        let found = address("/links?q=jess&page=3&done=created&creator=a%26b");
        assert_eq!(found.get("creator"), "a&b");
        assert_eq!(found.with(&[("sort", "-clicks")]), "/links?q=jess&creator=a%26b&sort=-clicks");
        assert_eq!(found.with(&[("q", "")]), "/links?creator=a%26b");
        assert_eq!(found.with(&[("page", "4")]), "/links?q=jess&creator=a%26b&page=4");
        assert_eq!(address("/links?done=created").with(&[]), "/links");
    }

    #[test]
    fn a_form_keeps_what_it_has_no_field_for() {
        let kept = address("/links?q=a&creator=b&page=2&campaign=").kept(&["q"]);
        assert_eq!(kept, [("creator".to_owned(), "b".to_owned())]);
    }
}
