//! The file of an import and what is said about it: as a form, or as the body with query parameters.

use std::{collections::BTreeMap, convert::Infallible};

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri, header},
};
use domain::import::{COLUMNS_MAX, FILE_BYTES_MAX, Field, Source};
use flow::{Invalid, api::write::CommonFields, import::Reading};
use sha2::{Digest, Sha256};

use crate::http::{
    api::{
        fault::{Code, Fault},
        list::ListQuery,
    },
    body,
};

/// Content types of bodies that are the file itself.
const FILE_KINDS: [&str; 6] = [
    "text/csv",
    "application/csv",
    "text/tab-separated-values",
    "text/plain",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];
/// Most wrong fields that are named.
const FAULTS_MAX: usize = 10;
/// Longest parameter of a form, in bytes.
const PARAMETER_BYTES_MAX: usize = 64 * 1024;

/// A request to import a file.
pub(super) struct Upload {
    pub(super) file: Bytes,
    pub(super) reading: Reading,
    pub(super) is_dry_run: bool,
    /// What the client keeps with the import.
    pub(super) kept: CommonFields,
    /// SHA-256 of all of it: the same file in another form is the same request.
    pub(super) hash: [u8; 32],
}

/// The parameters as they were sent.
#[derive(Default)]
struct Parameters {
    file: Option<Bytes>,
    kind: Option<String>,
    source: Option<String>,
    mapping: Option<String>,
    dry_run: Option<String>,
    external_id: Option<String>,
    metadata: Option<String>,
    faults: Vec<String>,
}

impl Upload {
    /// Reads a request.
    pub(super) async fn read(headers: &HeaderMap, uri: &Uri, body: Bytes) -> Result<Self, Fault> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut query = ListQuery::of(uri);
        let parameters = if kind == "multipart/form-data" {
            query.end()?;
            form(content_type, body).await?
        } else if FILE_KINDS.contains(&kind.as_str()) {
            let parameters = Parameters {
                file: Some(body),
                kind: query.take("kind"),
                source: query.take("source"),
                mapping: query.take("mapping"),
                dry_run: query.take("dry_run"),
                external_id: query.take("external_id"),
                metadata: query.take("metadata"),
                faults: Vec::new(),
            };
            query.end()?;
            parameters
        } else {
            let sentence = "Content-Type must be multipart/form-data, text/csv, or that of an .xlsx file";
            return Err(Fault::new(StatusCode::BAD_REQUEST, Code::Invalid, sentence));
        };
        parameters.checked()
    }
}

/// Reads a form, which is in memory already.
async fn form(content_type: &str, body: Bytes) -> Result<Parameters, Fault> {
    let wrong = |sentence: &str| Fault::new(StatusCode::BAD_REQUEST, Code::Invalid, sentence);
    let boundary = multer::parse_boundary(content_type).map_err(|_| wrong("The form has no boundary"))?;
    let stream = futures::stream::once(core::future::ready(Ok::<_, Infallible>(body)));
    let mut form = multer::Multipart::new(stream, boundary);
    let mut parameters = Parameters::default();
    // Of a form with many wrong fields the first ones are named.
    while parameters.faults.len() < FAULTS_MAX
        && let Some(field) = form.next_field().await.map_err(|_| wrong("The form cannot be read"))?
    {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|_| wrong("The form cannot be read"))?;
        parameters.set(&name, bytes);
    }
    Ok(parameters)
}

impl Parameters {
    fn set(&mut self, name: &str, bytes: Bytes) {
        if name == "file" {
            if self.file.replace(bytes).is_some() {
                self.faults.push("file is there twice".to_owned());
            }
            return;
        }
        let slot = match name {
            "kind" => &mut self.kind,
            "source" => &mut self.source,
            "mapping" => &mut self.mapping,
            "dry_run" => &mut self.dry_run,
            "external_id" => &mut self.external_id,
            "metadata" => &mut self.metadata,
            other => {
                let name: String = other.chars().take(64).collect();
                self.faults.push(format!("{name} is not a known field"));
                return;
            }
        };
        match String::from_utf8(bytes.to_vec()) {
            Ok(text) if text.len() <= PARAMETER_BYTES_MAX => {
                if slot.replace(text).is_some() {
                    self.faults.push(format!("{name} is there twice"));
                }
            }
            _ => self.faults.push(format!("{name} must be text of at most {PARAMETER_BYTES_MAX} bytes")),
        }
    }

    fn checked(mut self) -> Result<Upload, Fault> {
        let mut faults = core::mem::take(&mut self.faults);
        if self.kind.as_deref().is_some_and(|kind| kind != "creators") {
            faults.push("kind must be creators".to_owned());
        }
        let given =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let source = given(&self.source).and_then(|name| {
            let source = Source::parse(&name);
            if source.is_none() {
                let known = Source::ALL.iter().map(|source| source.as_str()).collect::<Vec<_>>().join(", ");
                faults.push(format!("source must be one of {known}"));
            }
            source
        });
        let is_dry_run = match given(&self.dry_run).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                faults.push("dry_run must be true or false".to_owned());
                false
            }
        };
        let mapping = given(&self.mapping).map_or_else(BTreeMap::new, |text| mapping(&text, &mut faults));
        let external_id = given(&self.external_id);
        let notes = given(&self.metadata).map_or_else(BTreeMap::new, |text| notes(&text, &mut faults));
        let file = self.file.take().filter(|file| !file.is_empty());
        if file.is_none() {
            faults.push("file is required".to_owned());
        }
        let (Some(file), true) = (file, faults.is_empty()) else {
            return Err(Fault::invalid("Invalid request", Invalid(faults)));
        };
        if file.len() > FILE_BYTES_MAX {
            let sentence = "The file is too large; it may have 5 MiB";
            return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, sentence));
        }
        let mut hash = Sha256::new();
        hash.update(format!("{source:?} {mapping:?} {is_dry_run} {}\n", file.len()));
        if external_id.is_some() || !notes.is_empty() {
            hash.update(format!("{external_id:?} {notes:?}\n"));
        }
        hash.update(&file);
        let metadata = notes.into_iter().map(|(name, value)| (name, Some(value))).collect();
        let kept = CommonFields { external_id: external_id.map(Some), metadata, ..CommonFields::default() };
        Ok(Upload { hash: hash.finalize().into(), file, reading: Reading { source, mapping }, is_dry_run, kept })
    }
}

/// A mapping: what each column holds, `null` for nothing that is wanted.
fn mapping(text: &str, faults: &mut Vec<String>) -> BTreeMap<String, Field> {
    let shape = "mapping must be a JSON object such as {\"Their column\": \"email\"}";
    let named: Option<BTreeMap<String, Option<String>>> = body::text(text.as_bytes()).ok().and_then(body::object);
    let Some(named) = named else {
        faults.push(shape.to_owned());
        return BTreeMap::new();
    };
    if named.len() > COLUMNS_MAX {
        faults.push(format!("mapping must name at most {COLUMNS_MAX} columns"));
        return BTreeMap::new();
    }
    let mut mapping = BTreeMap::new();
    for (column, name) in named {
        match name.map_or(Some(Field::Ignored), |name| Field::parse(&name)) {
            Some(field) => {
                mapping.insert(column, field);
            }
            None => faults.push(format!("mapping of {column:?} must be one of {}", Field::names())),
        }
    }
    mapping
}

/// Notes: texts by name.
fn notes(text: &str, faults: &mut Vec<String>) -> BTreeMap<String, String> {
    let named: Option<BTreeMap<String, String>> = body::text(text.as_bytes()).ok().and_then(body::object);
    named.unwrap_or_else(|| {
        faults.push("metadata must be a JSON object of texts such as {\"batch\": \"spring\"}".to_owned());
        BTreeMap::new()
    })
}
