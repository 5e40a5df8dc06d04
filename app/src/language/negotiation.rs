//! Which language a request gets.

use http::{HeaderMap, header};

use super::Language;

/// The language that the reader chose.
pub(crate) const CHOICE_COOKIE: &str = "__Host-cs_language";
/// The language of the reader's Shopify admin, which it says when it opens the app and not again.
pub(crate) const ADMIN_COOKIE: &str = "__Host-cs_admin_language";

/// The language of a request: what the reader chose, else that of the Shopify admin that opens the page or opened the app
/// (`locale`), else the browser's, else English.
pub(crate) fn of_request(headers: &HeaderMap, query: Option<&str>) -> Language {
    cookie(headers, CHOICE_COOKIE)
        .or_else(|| of_admin(query))
        .or_else(|| cookie(headers, ADMIN_COOKIE))
        .or_else(|| accepted(headers))
        .unwrap_or_default()
}

/// The language that Shopify's admin says when it opens the app.
pub(crate) fn of_admin(query: Option<&str>) -> Option<Language> {
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(name, _)| name == "locale").and_then(|(_, value)| Language::parse(&value))
}

/// Whether the reader chose a language.
pub(crate) fn has_choice(headers: &HeaderMap) -> bool {
    cookie(headers, CHOICE_COOKIE).is_some()
}

/// The language in a cookie.
fn cookie(headers: &HeaderMap, name: &str) -> Option<Language> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).and_then(|(_, value)| Language::parse(value))
}

/// The language that the browser prefers (RFC 9110, 12.5.4): the one of the highest weight, the first of equals.
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).into_iter().filter_map(|line| line.to_str().ok());
    let mut best: Option<(Language, u16)> = None;
    for item in lines.flat_map(|line| line.split(',')) {
        let mut parts = item.split(';');
        let Some(language) = parts.next().and_then(Language::parse) else { continue };
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1_000), weight);
        let Some(weight) = weight.filter(|weight| *weight > 0) else { continue };
        if best.is_none_or(|(_, found)| weight > found) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// A weight of 0 to 1 with at most three decimals, in thousandths.
fn weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let is_digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths = format!("{fraction:0<3}").parse::<u16>().ok().filter(|_| is_digits)?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(pairs: &[(header::HeaderName, &'static str)], query: Option<&str>) -> Language {
        let pairs = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        of_request(&pairs.collect(), query)
    }

    #[test]
    fn the_browsers_preference_is_read_by_weight() {
        let of = |value: &'static str| of(&[(header::ACCEPT_LANGUAGE, value)], None);
        assert_eq!(of("de-DE,de;q=0.9,en;q=0.8"), Language::German);
        assert_eq!(of("en-GB, de;q=0.9"), Language::English);
        assert_eq!(of("en;q=0.5, de ; q=0.75"), Language::German);
        assert_eq!(of("fr, de;q=0.3"), Language::German);
        assert_eq!(of("de;q=0, *"), Language::English);
        assert_eq!(of("de;q=2, en;q=0.1"), Language::English, "no weight");
        assert_eq!(of("fr"), Language::English);
    }

    #[test]
    fn a_choice_comes_before_the_admin_and_the_admin_before_the_browser() {
        let browser = (header::ACCEPT_LANGUAGE, "en");
        let chosen = |value| (header::COOKIE, value);
        assert_eq!(of(std::slice::from_ref(&browser), Some("shop=a&locale=de-CH")), Language::German);
        assert_eq!(of(&[browser.clone(), chosen("a=b; __Host-cs_admin_language=de")], None), Language::German);
        assert_eq!(of(&[browser.clone(), chosen("__Host-cs_admin_language=de")], Some("locale=en")), Language::English);
        assert_eq!(of(&[browser.clone(), chosen("__Host-cs_language=de")], Some("locale=en")), Language::German);
        assert_eq!(of(&[browser, chosen("__Host-cs_language=xx")], None), Language::English, "an unknown one");
        assert_eq!(of(&[], None), Language::English);
    }
}
