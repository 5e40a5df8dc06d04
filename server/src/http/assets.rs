//! Static files from the build: the pixel, and the pages' script and styles. Release binaries embed them;
//! development builds read them from `target/site`.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::Embed;
use sha2::{Digest, Sha256};

use crate::http::error::ApiError;

/// Where the files of the pages are.
const PAGES: &str = "pkg/";
/// For a year: names of files that change are new ones.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
#[allow_missing = true]
struct Site;

/// A file, with its compressed versions if the build created them.
struct File {
    content_type: HeaderValue,
    etag: HeaderValue,
    plain: Cow<'static, [u8]>,
    brotli: Option<Cow<'static, [u8]>>,
    gzip: Option<Cow<'static, [u8]>>,
}

/// All files, in memory.
#[derive(Clone)]
pub(crate) struct Assets(Arc<Files>);

struct Files {
    by_name: HashMap<String, File>,
    /// Follows from the content of all files of the pages.
    version: String,
}

impl Assets {
    /// Reads all files into memory.
    pub(crate) fn load() -> Self {
        let mut files = HashMap::new();
        for name in Site::iter().filter(|name| !name.ends_with(".br") && !name.ends_with(".gz")) {
            let Some(file) = Site::get(&name) else { continue };
            let hash: String = file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
            let Ok(etag) = HeaderValue::from_str(&format!("\"{hash}\"")) else { continue };
            let compressed = |ending: &str| Site::get(&format!("{name}.{ending}")).map(|file| file.data);
            let (brotli, gzip) = (compressed("br"), compressed("gz"));
            let content_type = HeaderValue::from_static(content_type(&name));
            files.insert(name.into_owned(), File { content_type, etag, plain: file.data, brotli, gzip });
        }
        let mut names: Vec<&String> = files.keys().filter(|name| name.starts_with(PAGES)).collect();
        names.sort_unstable();
        let mut hash = Sha256::new();
        for file in names.into_iter().filter_map(|name| files.get(name)) {
            hash.update(file.etag.as_bytes());
        }
        let version = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self(Arc::new(Files { by_name: files, version }))
    }

    /// The folder of the pages' files. Each build has another one, so that browsers may cache the files indefinitely.
    pub(crate) fn folder(&self) -> String {
        format!("/{PAGES}{}", self.0.version)
    }

    /// Responds with a file, in the best encoding that the client accepts, or with 304 or 404.
    pub(crate) fn answer(&self, name: &str, headers: &HeaderMap, cache: &'static str) -> Response {
        let Some(file) = self.0.by_name.get(name) else {
            return ApiError::new(StatusCode::NOT_FOUND, "Not found").into_response();
        };
        let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let mut response = Response::new(Body::empty());
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, file.content_type.clone());
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        out.insert(header::ETAG, file.etag.clone());
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if text(header::IF_NONE_MATCH).as_bytes() == file.etag.as_bytes() {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        let accepted = text(header::ACCEPT_ENCODING);
        let accepts = |coding: &str| {
            accepted.split(',').any(|item| item.split(';').next().is_some_and(|name| name.trim() == coding))
        };
        let (coding, bytes) = match (&file.brotli, &file.gzip) {
            (Some(bytes), _) if accepts("br") => (Some("br"), bytes),
            (_, Some(bytes)) if accepts("gzip") => (Some("gzip"), bytes),
            _ => (None, &file.plain),
        };
        if let Some(coding) = coding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        *response.body_mut() = match bytes {
            Cow::Borrowed(bytes) => Body::from(*bytes),
            Cow::Owned(bytes) => Body::from(bytes.clone()),
        };
        response
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("ico") => "image/x-icon",
        _ => "application/octet-stream",
    }
}

/// `GET /pkg/{version}/…`: cached as immutable. A page of a build that a deployment has replaced gets the files of this
/// one, which it must revalidate.
pub(crate) async fn file(State(assets): State<Assets>, headers: HeaderMap, Path(path): Path<String>) -> Response {
    let (version, name) = path.split_once('/').unwrap_or(("", &path));
    let cache = if version == assets.0.version { IMMUTABLE } else { "public, max-age=0, must-revalidate" };
    assets.answer(&format!("{PAGES}{name}"), &headers, cache)
}

/// `GET /favicon.ico`.
pub(crate) async fn favicon(State(assets): State<Assets>, headers: HeaderMap) -> Response {
    assets.answer("pkg/favicon.svg", &headers, "public, max-age=86400")
}

/// `GET /robots.txt`: excludes all search engines.
pub(crate) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
