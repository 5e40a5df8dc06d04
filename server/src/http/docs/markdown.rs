//! Markdown as HTML. Headings get the anchors that code hosts give them, and links between the files lead to their pages.

use std::collections::HashMap;

use pulldown_cmark::{Alignment, CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::slug::slug;
use crate::http::page_for_people::escape;

/// Where the files that are no pages are read.
const REPOSITORY: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main");

/// A rendered document.
pub(super) struct Document {
    pub(super) title: String,
    pub(super) html: String,
    pub(super) headings: Vec<Heading>,
}

/// A heading, for the list of what is on the page.
pub(super) struct Heading {
    pub(super) level: u8,
    pub(super) id: String,
    pub(super) text: String,
}

impl Document {
    /// What is shown for other addresses.
    pub(super) fn not_found() -> Self {
        let html = "<h1>No such page</h1><p>The pages of the documentation are in the menu.</p>";
        Self { title: "No such page".to_owned(), html: html.to_owned(), headings: Vec::new() }
    }
}

/// Renders a file, given with its path below `docs/` and those of all pages.
pub(super) fn render(text: &str, file: &str, pages: &[&str]) -> Document {
    let mut anchors = Anchors::default();
    let mut headings = Vec::new();
    let mut out: Vec<Event<'_>> = Vec::new();
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES);
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let inside: Vec<Event<'_>> = events.by_ref().take_while(|event| !is_heading_end(event)).collect();
                let text = plain(&inside);
                let (id, level) = (anchors.add(&text), level as u8);
                out.push(markup(heading_start(level, &id)));
                out.extend(inside.into_iter().map(|event| link(event, file, pages)));
                out.push(markup(heading_end(level, &id, &text)));
                headings.push(Heading { level, id, text });
            }
            Event::Start(Tag::CodeBlock(_)) => out.push(markup("<pre tabindex=\"0\"><code>".to_owned())),
            Event::End(TagEnd::CodeBlock) => out.push(markup("</code></pre>\n".to_owned())),
            Event::Start(Tag::Table(alignments)) => {
                out.push(markup(
                    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">".to_owned(),
                ));
                // Alignment would be a style attribute, which the pages' policy forbids.
                out.push(Event::Start(Tag::Table(vec![Alignment::None; alignments.len()])));
            }
            Event::End(TagEnd::Table) => {
                out.extend([Event::End(TagEnd::Table), markup("</div>".to_owned())]);
            }
            event => out.push(link(event, file, pages)),
        }
    }
    let title = headings.first().map_or_else(|| file.to_owned(), |heading| heading.text.clone());
    let mut rendered = String::new();
    html::push_html(&mut rendered, out.into_iter());
    Document { title, html: rendered, headings }
}

/// Renders a description of a few sentences.
pub(super) fn fragment(text: &str) -> String {
    let mut rendered = String::new();
    html::push_html(&mut rendered, Parser::new(text));
    rendered
}

/// The opening of a heading.
pub(super) fn heading_start(level: u8, id: &str) -> String {
    format!("<h{level} id=\"{}\">", escape(id))
}

/// The end of a heading, with a link to itself.
pub(super) fn heading_end(level: u8, id: &str, text: &str) -> String {
    let (id, text) = (escape(id), escape(text));
    format!(" <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to: {text}\">#</a></h{level}>\n")
}

fn markup(html: String) -> Event<'static> {
    Event::Html(CowStr::from(html))
}

fn is_heading_end(event: &Event<'_>) -> bool {
    matches!(event, Event::End(TagEnd::Heading(_)))
}

/// The text of a heading without its markup.
fn plain(events: &[Event<'_>]) -> String {
    let text = |event: &Event<'_>| match event {
        Event::Text(text) | Event::Code(text) => Some(text.to_string()),
        _ => None,
    };
    events.iter().filter_map(text).collect()
}

/// An event whose link, if it is one, leads to a page.
fn link<'a>(event: Event<'a>, file: &str, pages: &[&str]) -> Event<'a> {
    match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = CowStr::from(address(&dest_url, file, pages));
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        event => event,
    }
}

/// The address of what a file links to.
fn address(target: &str, file: &str, pages: &[&str]) -> String {
    if target.starts_with('#') || target.contains("://") {
        return target.to_owned();
    }
    let (path, fragment) = target.find('#').map_or((target, ""), |at| target.split_at(at));
    let path = resolve(path, file);
    match path.strip_prefix("docs/") {
        Some(page) if pages.contains(&page) => {
            let slug = slug(page);
            let slash = if slug.is_empty() { "" } else { "/" };
            format!("/docs{slash}{slug}{fragment}")
        }
        _ => format!("{REPOSITORY}/{path}{fragment}"),
    }
}

/// The path in the repository that a file below `docs/` means.
fn resolve(path: &str, file: &str) -> String {
    let mut parts: Vec<&str> = vec!["docs"];
    parts.extend(file.split('/'));
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchors of a page, each once.
#[derive(Default)]
struct Anchors(HashMap<String, usize>);

impl Anchors {
    /// The anchor of a heading, as code hosts make it.
    fn add(&mut self, text: &str) -> String {
        let letter = |letter: char| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            letter if letter.is_alphanumeric() => Some(letter),
            _ => None,
        };
        let anchor: String = text.to_lowercase().chars().filter_map(letter).collect();
        let count = self.0.entry(anchor.clone()).or_default();
        *count += 1;
        if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_anchors_of_code_hosts_and_links_lead_to_pages() {
        let text = "# The `title`\n\n## DELETE /api/v1/customers/{client_id}\n\n## A\n\n## A\n\n[x](errors.md#rate_limited) \
                    [y](../attribution.md) [z](../operate.md) [up](../api.md#keys) [self](#a)";
        let page = render(text, "api/keys.md", &["api.md", "api/errors.md", "attribution.md"]);
        assert_eq!(page.title, "The title");
        let ids: Vec<&str> = page.headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["the-title", "delete-apiv1customersclient_id", "a", "a-1"]);
        for address in ["/docs/errors#rate_limited", "/docs/attribution", "/docs#keys", "#a"] {
            assert!(page.html.contains(&format!("<a href=\"{address}\"")), "{address}: {}", page.html);
        }
        assert!(page.html.contains("/blob/main/docs/operate.md\""), "{}", page.html);
    }
}
