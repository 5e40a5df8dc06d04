//! What stands around every page: head, menu, and the list of its headings.

use core::fmt::Write;

use super::markdown::{Document, Heading};
use crate::http::page_for_people::escape;

/// A page of the menu.
pub(super) struct Entry<'a> {
    /// What follows `/docs/`; empty for the first page.
    pub(super) slug: &'a str,
    pub(super) title: &'a str,
}

/// Where a page stands in the menu.
pub(super) struct Place<'a> {
    pub(super) slug: &'a str,
    pub(super) entries: &'a [Entry<'a>],
}

/// A whole page.
pub(super) fn page(document: &Document, place: &Place<'_>) -> String {
    let title = escape(&document.title);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · CreatorScore</title><link rel=\"stylesheet\" href=\"/docs/style.css\">\
         <link rel=\"icon\" href=\"/favicon.ico\"></head><body>\
         <a class=\"skip\" href=\"#the-page\">Skip to the text</a>\
         <header class=\"top\"><a class=\"logo\" href=\"/docs\">CreatorScore <span>docs</span></a>\
         <a class=\"to-menu\" href=\"#menu\">All pages</a></header>\
         <div class=\"frame\"><main id=\"the-page\" tabindex=\"-1\">"
    );
    contents(&mut html, &document.headings);
    html.push_str(&document.html);
    html.push_str("</main>");
    menu(&mut html, place);
    html.push_str("</div></body></html>\n");
    html
}

/// The headings of a page that has several.
fn contents(html: &mut String, headings: &[Heading]) {
    const FEW: usize = 3;
    let shown: Vec<&Heading> = headings.iter().filter(|heading| heading.level == 2).collect();
    if shown.len() < FEW {
        return;
    }
    html.push_str("<nav class=\"contents\" aria-label=\"On this page\"><p>On this page</p><ul>");
    for heading in shown {
        let _ = write!(html, "<li><a href=\"#{}\">{}</a></li>", escape(&heading.id), escape(&heading.text));
    }
    html.push_str("</ul></nav>");
}

/// The menu of all pages.
fn menu(html: &mut String, place: &Place<'_>) {
    html.push_str("<nav class=\"menu\" id=\"menu\" aria-label=\"Documentation\"><ul>");
    for Entry { slug, title } in place.entries {
        let slash = if slug.is_empty() { "" } else { "/" };
        let current = if *slug == place.slug { " aria-current=\"page\"" } else { "" };
        let _ = write!(html, "<li><a href=\"/docs{slash}{}\"{current}>{}</a></li>", escape(slug), escape(title));
    }
    html.push_str("</ul></nav>");
}
