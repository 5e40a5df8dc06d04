//! All files below `/docs`, rendered.

use std::{collections::HashMap, sync::LazyLock};

use axum::{body::Bytes, http::HeaderValue};
use rust_embed::Embed;
use sha2::{Digest, Sha256};

use super::{
    markdown::{self, Document},
    reference, shell,
    slug::{FIRST, slug},
};

/// The Markdown files. Those that are not listed here are about this program and not for its clients.
#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../docs"]
#[include = "api.md"]
#[include = "api/*.md"]
#[include = "attribution.md"]
#[include = "proofs.md"]
struct Files;

/// The documentation.
pub(super) static SITE: LazyLock<Site> = LazyLock::new(Site::render);

/// A file as it is sent.
pub(super) struct Page {
    pub(super) content_type: HeaderValue,
    pub(super) tag: HeaderValue,
    /// Whether the bytes are compressed.
    pub(super) is_gzip: bool,
    pub(super) bytes: Bytes,
}

/// Every file by what follows `/docs/`.
pub(super) struct Site {
    pub(super) pages: HashMap<String, Page>,
    pub(super) not_found: Page,
}

impl Page {
    pub(super) fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let hash: String = Sha256::digest(&bytes)[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        let tag = HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Self { content_type: HeaderValue::from_static(content_type), tag, is_gzip: false, bytes }
    }

    fn html(text: String) -> Self {
        Self::new("text/html; charset=utf-8", text)
    }
}

impl Site {
    fn render() -> Self {
        let files = files();
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let documents: Vec<(String, Document)> =
            files.iter().map(|(name, text)| (slug(name), markdown::render(text, name, &names))).collect();
        let reference = reference::render();
        let mut entries: Vec<shell::Entry<'_>> =
            documents.iter().map(|(slug, document)| shell::Entry { slug, title: &document.title }).collect();
        entries.push(shell::Entry { slug: "reference", title: &reference.title });
        entries.push(shell::Entry { slug: "try", title: "Try it" });
        let page = |slug: &str, document: &Document| {
            (slug.to_owned(), Page::html(shell::page(document, &shell::Place { slug, entries: &entries })))
        };
        let mut pages: HashMap<String, Page> = documents.iter().map(|(slug, document)| page(slug, document)).collect();
        pages.extend([page("reference", &reference)]);
        pages.insert("style.css".to_owned(), Page::new("text/css; charset=utf-8", include_str!("style.css")));
        let (_, not_found) = page("-", &Document::not_found());
        Self { pages, not_found }
    }
}

/// Every Markdown file with its path below `docs/`, in the order of the menu.
fn files() -> Vec<(String, String)> {
    let text = |name: &str| Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned());
    let first = text(FIRST).unwrap_or_default();
    let mut files: Vec<(String, String)> =
        Files::iter().filter_map(|name| text(&name).map(|text| (name.into_owned(), text))).collect();
    let rank = |name: &str| {
        let place = first.find(&format!("]({name})")).unwrap_or(usize::MAX);
        (name != FIRST, place, name.to_owned())
    };
    files.sort_by_key(|(name, _)| rank(name));
    files
}
