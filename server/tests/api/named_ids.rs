//! Texts without what is random in them, for comparing two worlds in which the same happens.

/// Characters of an id after its prefix.
const SUFFIX: usize = 26;

/// The text with a name for each id, in order of appearance: `ord_01hf…` becomes `ord_#1`.
pub(crate) fn with_named_ids(text: &str) -> String {
    let mut known: Vec<&str> = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('_') {
        let id =
            rest.get(at + 1..at + 1 + SUFFIX).filter(|suffix| suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let prefix =
            rest.get(at.saturating_sub(3)..at).filter(|prefix| prefix.bytes().all(|byte| byte.is_ascii_lowercase()));
        let (Some(id), Some(_)) = (id, prefix) else {
            out.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        };
        let index = known.iter().position(|other| *other == id).unwrap_or_else(|| {
            known.push(id);
            known.len() - 1
        });
        out.push_str(&rest[..at]);
        out.push_str(&format!("_#{index}"));
        rest = &rest[at + 1 + SUFFIX..];
    }
    out.push_str(rest);
    out
}

/// The page without drawings of codes and without signed texts, both of which hold what is random.
pub(crate) fn without_codes(html: &str) -> String {
    let without_drawings = without_between(html, "<summary>QR code</summary>", "</details>");
    without_between(&without_drawings, "data-jws=\"", "\"")
}

fn without_between(text: &str, begin: &str, end: &str) -> String {
    let mut parts = text.split(begin);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once(end).map_or("", |(_, after)| after));
    }
    out
}

#[test]
fn ids_get_names_in_order_of_appearance() {
    let (a, b) = ("ord_01hf7yat00fzzvzzzzzzzzzzzz", "prf_01hf7yat00fzzvzzzzzzzzzzz0");
    assert_eq!(with_named_ids(&format!("x_y {a} {b} {a}")), "x_y ord_#0 prf_#1 ord_#0");
    assert_eq!(without_codes("a<summary>QR code</summary><svg/></details>b data-jws=\"x.y.z\" c"), "ab  c");
}
