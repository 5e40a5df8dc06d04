//! Addresses of pages.

/// The file that is the first page. The others are listed in the order in which it names them.
pub(super) const FIRST: &str = "api.md";

/// What follows `/docs/` in the address of a file: nothing for the first page.
pub(super) fn slug(file: &str) -> String {
    if file == FIRST {
        return String::new();
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".md").unwrap_or(name).to_owned()
}
