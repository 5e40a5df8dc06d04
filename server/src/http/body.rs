//! Reading request bodies: bounded, and with every fault of every field at once.
//!
//! A request type has one [`Field`] per field. Reading it never fails for a wrong field: the fault is kept, and
//! [`Faults`] collects them all. Numbers reach their type as they were written, so that no amount passes through a
//! binary float. (Generic libraries for this, such as `eserde` and `deserr`, word their faults themselves; the APIs
//! served here fix the wording.)

use core::marker::PhantomData;
use std::{borrow::Cow, collections::HashSet};

use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use domain::{Currency, UnixMs};
use flow::Invalid;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

use crate::http::error::ApiError;

/// Longest text field, in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 512;
/// Longest text of several lines, in bytes.
pub(crate) const LONG_TEXT_BYTES_MAX: usize = 20_000;
/// Longest URL, in bytes.
pub(crate) const URL_BYTES_MAX: usize = 4_096;
/// Largest body that is read although it is not needed, in bytes.
const DISCARDED_BYTES_MAX: u64 = 8 * 1024;
/// Largest free JSON object, in bytes.
pub(crate) const OBJECT_BYTES_MAX: usize = 16 * 1024;

/// Reads a body within the limits that layers set.
pub(crate) async fn bytes(request: Request) -> Result<Bytes, ApiError> {
    if has_two_lengths(request.headers()) {
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "Content-Length and Transfer-Encoding contradict"));
    }
    Bytes::from_request(request, &()).await.map_err(|rejection| {
        let status = rejection.into_response().status();
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(status, "The body is too large"),
            _ => ApiError::new(StatusCode::BAD_REQUEST, "The body did not arrive whole"),
        }
    })
}

/// Reads a body of a few kilobytes that is not needed, so that the connection can be used again: a new one would cost both
/// sides more than the body does.
pub(crate) async fn discard_small(request: Request) {
    let is_small = request.body().size_hint().upper().is_some_and(|bytes| bytes <= DISCARDED_BYTES_MAX);
    if is_small {
        let _ = Bytes::from_request(request, &()).await;
    }
}

/// Both framings at once are how requests are smuggled past a proxy.
fn has_two_lengths(headers: &HeaderMap) -> bool {
    headers.contains_key(header::CONTENT_LENGTH) && headers.contains_key(header::TRANSFER_ENCODING)
}

/// A body as text, nested at most [`wire::JSON_DEPTH_MAX`] deep and without an object that has a field twice.
pub(crate) fn text(body: &[u8]) -> Result<&str, Invalid> {
    let text = str::from_utf8(body).map_err(|_| Invalid::one("the body must be UTF-8"))?;
    check_shape(text)?;
    Ok(text)
}

/// A JSON object as a request type; `None` if it is not an object, or has a field twice.
pub(crate) fn object<T: DeserializeOwned>(text: &str) -> Option<T> {
    if text.trim_start().starts_with('{') { serde_json::from_str(text).ok() } else { None }
}

/// Refuses JSON nested deeper than [`wire::JSON_DEPTH_MAX`], or with a field twice in one object, at any depth: readers
/// disagree on which of the two counts. Text that is no JSON passes; whoever parses it says what is wrong.
fn check_shape(text: &str) -> Result<(), Invalid> {
    // The open objects with their fields so far; `None` for arrays.
    let mut open: Vec<Option<FieldNames<'_>>> = Vec::new();
    let (mut at, mut is_name) = (0, false);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                let end = end_of_string(text.as_bytes(), at);
                if is_name && let Some(Some(names)) = open.last_mut() {
                    names.add(&text[at..end])?;
                }
                is_name = false;
                at = end;
                continue;
            }
            b'{' | b'[' => {
                if open.len() == wire::JSON_DEPTH_MAX {
                    return Err(Invalid::one(format!("JSON must be nested at most {} deep", wire::JSON_DEPTH_MAX)));
                }
                is_name = *byte == b'{';
                open.push(is_name.then(FieldNames::default));
            }
            b'}' | b']' => {
                open.pop();
                is_name = false;
            }
            b',' => is_name = matches!(open.last(), Some(Some(_))),
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// The end of the string that begins at a quote: after its other quote.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut is_escaped = false;
    for (index, byte) in bytes.iter().enumerate().skip(start + 1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    bytes.len()
}

/// The names of an object's fields. Most have a few; those that have many are not compared one by one.
#[derive(Default)]
struct FieldNames<'a> {
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> FieldNames<'a> {
    const FEW_MAX: usize = 16;

    /// Adds a name, given as a JSON string.
    fn add(&mut self, json: &'a str) -> Result<(), Invalid> {
        let plain = || Cow::Borrowed(json.trim_matches('"'));
        let name =
            if json.contains('\\') { serde_json::from_str(json).map_or_else(|_| plain(), Cow::Owned) } else { plain() };
        let is_new = !self.few.contains(&name) && !self.many.contains(&name);
        if !is_new {
            let name: String = name.chars().take(64).collect();
            return Err(Invalid::one(format!("the JSON has a field twice: {name}")));
        }
        if self.few.len() < Self::FEW_MAX {
            self.few.push(name);
        } else {
            self.many.insert(name);
        }
        Ok(())
    }
}

/// What a field may hold: how it is read, and of which type the value is.
pub(crate) trait FieldKind {
    /// The value.
    type Value;
    /// The schema's type.
    type Schema: PartialSchema;

    /// Reads the field's JSON text, which is not `null`. `None` counts as absent.
    ///
    /// # Errors
    /// What is wrong, to follow the field's name: `must be a string`.
    fn read(json: &str) -> Result<Option<Self::Value>, String>;
}

/// One field of a request: absent, a value, or a fault.
pub(crate) struct Field<K: FieldKind> {
    read: Result<Option<K::Value>, String>,
    is_present: bool,
    kind: PhantomData<K>,
}

impl<K: FieldKind> Default for Field<K> {
    fn default() -> Self {
        Self { read: Ok(None), is_present: false, kind: PhantomData }
    }
}

impl<K: FieldKind> Field<K> {
    /// Whether the field is missing or `null`.
    pub(crate) const fn is_absent(&self) -> bool {
        !self.is_present
    }
}

impl<'de, K: FieldKind> Deserialize<'de> for Field<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let is_present = raw.get() != "null";
        let read = if is_present { K::read(raw.get()) } else { Ok(None) };
        Ok(Self { read, is_present, kind: PhantomData })
    }
}

impl<K: FieldKind> PartialSchema for Field<K> {
    fn schema() -> RefOr<Schema> {
        K::Schema::schema()
    }
}

impl<K: FieldKind> ToSchema for Field<K> {}

/// Faults of a request, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<String>);

impl Faults {
    /// Adds a fault.
    pub(crate) fn push(&mut self, fault: impl Into<String>) {
        self.0.push(fault.into());
    }

    /// The value of a field; a wrong one adds its fault.
    pub(crate) fn take<K: FieldKind>(&mut self, name: &str, field: Field<K>) -> Option<K::Value> {
        field.read.unwrap_or_else(|fault| {
            self.push(format!("{name} {fault}"));
            None
        })
    }

    /// As [`Self::take`]; an absent field adds a fault too.
    pub(crate) fn require<K: FieldKind>(&mut self, name: &str, field: Field<K>) -> Option<K::Value> {
        if !field.is_present {
            self.push(format!("{name} is required"));
        }
        self.take(name, field)
    }

    /// As [`Self::take`]; whatever is wrong or absent adds this one fault.
    pub(crate) fn demand<K: FieldKind>(&mut self, fault: &str, field: Field<K>) -> Option<K::Value> {
        let value = field.read.ok().flatten();
        if value.is_none() {
            self.push(fault);
        }
        value
    }

    /// All faults, unless there are none.
    pub(crate) fn into_result(self) -> Result<(), Invalid> {
        if self.0.is_empty() { Ok(()) } else { Err(Invalid(self.0)) }
    }

    /// The faults themselves.
    pub(crate) fn into_list(self) -> Vec<String> {
        self.0
    }

    /// The first fault, for APIs whose errors are one sentence.
    pub(crate) fn into_first(self) -> Result<(), ApiError> {
        match self.0.into_iter().next() {
            Some(fault) => Err(ApiError::new(StatusCode::BAD_REQUEST, fault)),
            None => Ok(()),
        }
    }
}

/// Schema of an object with any fields.
pub(crate) struct AnyObject;

impl PartialSchema for AnyObject {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).into()
    }
}

/// Schema of any JSON.
pub(crate) struct AnyValue;

impl PartialSchema for AnyValue {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(SchemaType::AnyValue).into()
    }
}

fn string(json: &str) -> Result<String, String> {
    serde_json::from_str(json).map_err(|_| "must be a string".to_owned())
}

/// Text as it is, at most 512 bytes.
pub(crate) struct Text;

impl FieldKind for Text {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        bounded(string(json)?, TEXT_BYTES_MAX).map(Some)
    }
}

fn bounded(text: String, bytes_max: usize) -> Result<String, String> {
    if text.len() > bytes_max {
        return Err(format!("must be at most {bytes_max} bytes"));
    }
    if text.contains('\0') {
        return Err("must not contain a NUL character".to_owned());
    }
    Ok(text)
}

/// Text of several lines as it is, at most 20,000 bytes.
pub(crate) struct LongText;

impl FieldKind for LongText {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        bounded(string(json)?, LONG_TEXT_BYTES_MAX).map(Some)
    }
}

/// A URL as it is, at most 4,096 bytes.
pub(crate) struct PageUrl;

impl FieldKind for PageUrl {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        let text = string(json)?;
        if text.contains('\0') {
            return Err("must not contain a NUL character".to_owned());
        }
        bounded(text, URL_BYTES_MAX).map(Some)
    }
}

/// Text without surrounding space, at most 512 bytes; blank counts as absent.
pub(crate) struct TrimmedText;

impl FieldKind for TrimmedText {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        trimmed(&string(json)?, TEXT_BYTES_MAX)
    }
}

fn trimmed(text: &str, bytes_max: usize) -> Result<Option<String>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    if text.len() > bytes_max || text.contains('\0') {
        return Err(format!("must be at most {bytes_max} bytes"));
    }
    Ok(Some(text.trim().to_owned()))
}

/// As [`TrimmedText`], and whole numbers are taken as text, as many systems write ids.
pub(crate) struct NameOrNumber;

impl FieldKind for NameOrNumber {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        text_or_number(json, TEXT_BYTES_MAX)
    }
}

/// As [`NameOrNumber`], for URLs.
pub(crate) struct UrlOrNumber;

impl FieldKind for UrlOrNumber {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        text_or_number(json, URL_BYTES_MAX)
    }
}

fn text_or_number(json: &str, bytes_max: usize) -> Result<Option<String>, String> {
    match serde_json::from_str::<serde_json::Number>(json) {
        Ok(number) if number.is_i64() || number.is_u64() => Ok(Some(number.to_string())),
        _ => trimmed(&string(json)?, bytes_max),
    }
}

/// Text that a request can do without: what is no text, or far too long, counts as absent.
pub(crate) struct OptionalText;

impl FieldKind for OptionalText {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        const BYTES_MAX: usize = 8 * 1024;
        let text = string(json).ok().map(|text| text.trim().to_owned());
        Ok(text.filter(|text| !text.is_empty() && text.len() <= BYTES_MAX))
    }
}

/// An id of the sender's: text, or as many systems write it a whole number.
pub(crate) struct SenderId;

impl FieldKind for SenderId {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        if json.len() <= 20 && json.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Some(json.to_owned()));
        }
        let text = bounded(string(json)?, TEXT_BYTES_MAX)?;
        if text.trim().is_empty() { Err("must not be empty".to_owned()) } else { Ok(Some(text.trim().to_owned())) }
    }
}

/// A UUID, in lower case.
pub(crate) struct Uuid;

impl FieldKind for Uuid {
    type Schema = String;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        let text = bounded(string(json)?, TEXT_BYTES_MAX)?;
        if wire::is_uuid(text.as_bytes()) {
            Ok(Some(text.to_ascii_lowercase()))
        } else {
            Err("must be a UUID".to_owned())
        }
    }
}

/// A boolean.
pub(crate) struct Flag;

impl FieldKind for Flag {
    type Schema = bool;
    type Value = bool;

    fn read(json: &str) -> Result<Option<bool>, String> {
        serde_json::from_str(json).map(Some).map_err(|_| "must be a boolean".to_owned())
    }
}

/// A date and time (RFC 3339).
pub(crate) struct DateTime;

impl FieldKind for DateTime {
    type Schema = String;
    type Value = UnixMs;

    fn read(json: &str) -> Result<Option<UnixMs>, String> {
        let text = bounded(string(json)?, TEXT_BYTES_MAX)?;
        UnixMs::parse_rfc3339(&text).map(Some).ok_or_else(|| "must be an RFC 3339 date and time".to_owned())
    }
}

/// A currency (ISO 4217 code).
pub(crate) struct CurrencyCode;

impl FieldKind for CurrencyCode {
    type Schema = String;
    type Value = Currency;

    fn read(json: &str) -> Result<Option<Currency>, String> {
        let code = bounded(string(json)?, TEXT_BYTES_MAX)?;
        Currency::parse(code.trim()).map(Some).ok_or_else(|| "must be an ISO 4217 code".to_owned())
    }
}

/// A decimal number as it is written.
pub(crate) struct Decimal;

impl FieldKind for Decimal {
    type Schema = f64;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        let is_number = json.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        if is_number { Ok(Some(json.to_owned())) } else { Err("must be a number".to_owned()) }
    }
}

/// A whole number.
pub(crate) struct Integer;

impl FieldKind for Integer {
    type Schema = i64;
    type Value = i64;

    fn read(json: &str) -> Result<Option<i64>, String> {
        // Some languages write every number with a point, and for JSON Schema 5.0 is a whole number too.
        let whole = match json.split_once('.') {
            Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|digit| digit == b'0') => whole,
            _ => json,
        };
        serde_json::from_str(whole).map(Some).map_err(|_| "must be an integer".to_owned())
    }
}

/// A free JSON object as text, at most 16 KiB; an empty one counts as absent.
pub(crate) struct FreeObject;

impl FieldKind for FreeObject {
    type Schema = AnyObject;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        if !json.starts_with('{') {
            return Err("must be an object".to_owned());
        }
        if json.len() > OBJECT_BYTES_MAX {
            return Err(format!("must be at most {OBJECT_BYTES_MAX} bytes"));
        }
        Ok((json != "{}").then(|| json.to_owned()))
    }
}

/// Any JSON, as text.
pub(crate) struct AnyJson;

impl FieldKind for AnyJson {
    type Schema = AnyValue;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        Ok(Some(json.to_owned()))
    }
}

// Names without type arguments, which the schema derive would ask a schema of.
pub(crate) type TextField = Field<Text>;
pub(crate) type PageUrlField = Field<PageUrl>;
pub(crate) type TrimmedTextField = Field<TrimmedText>;
pub(crate) type NameOrNumberField = Field<NameOrNumber>;
pub(crate) type UrlOrNumberField = Field<UrlOrNumber>;
pub(crate) type OptionalTextField = Field<OptionalText>;
pub(crate) type SenderIdField = Field<SenderId>;
pub(crate) type UuidField = Field<Uuid>;
pub(crate) type FlagField = Field<Flag>;
pub(crate) type DateTimeField = Field<DateTime>;
pub(crate) type CurrencyCodeField = Field<CurrencyCode>;
pub(crate) type DecimalField = Field<Decimal>;
pub(crate) type IntegerField = Field<Integer>;
pub(crate) type FreeObjectField = Field<FreeObject>;
pub(crate) type AnyJsonField = Field<AnyJson>;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Sample {
        #[serde(default)]
        name: Field<Text>,
        #[serde(default)]
        id: Field<Uuid>,
        #[serde(default)]
        amount: Field<Decimal>,
    }

    #[test]
    fn every_fault_is_reported_and_numbers_stay_as_written() {
        let sample: Sample = object(r#"{"name": 5, "id": "x", "amount": 0.10, "other": []}"#).expect("an object");
        let mut faults = Faults::default();
        assert_eq!((faults.require("name", sample.name), faults.take("id", sample.id)), (None, None));
        assert_eq!(faults.take("amount", sample.amount).as_deref(), Some("0.10"));
        assert_eq!(faults.into_list(), ["name must be a string", "id must be a UUID"]);
        let empty: Sample = object(r#"{"name": null}"#).expect("an object");
        let mut faults = Faults::default();
        faults.require("name", empty.name);
        assert_eq!(faults.into_list(), ["name is required"]);
        assert!(object::<Sample>("[1]").is_none());
        assert!(object::<Sample>(r#"{"id": 1, "id": 2}"#).is_none(), "a field twice");
    }

    #[test]
    fn nesting_is_bounded_and_brackets_in_strings_do_not_count() {
        assert!(text("[".repeat(wire::JSON_DEPTH_MAX).as_bytes()).is_ok());
        assert!(text("[".repeat(wire::JSON_DEPTH_MAX + 1).as_bytes()).is_err());
        assert!(text(format!("\"{}\"", "[".repeat(100)).as_bytes()).is_ok());
        assert!(text(b"\xff").is_err());
    }

    #[test]
    fn a_field_twice_is_refused_at_any_depth_and_however_it_is_written() {
        let many: String = (0..40).map(|n| format!("\"k{n}\":{n},")).collect();
        for json in [
            r#"{"a": 1, "b": 2, "a": 3}"#,
            r#"{"data": {"x": 1e999, "x": 2}}"#,
            r#"[1, {"list": [{"a": 1}, {"a": 1, "a": 1}]}]"#,
            r#"{"a": 1, "\u0061": 2}"#,
            &format!("{{{many}\"k39\":0}}"),
        ] {
            let refused = text(json.as_bytes()).expect_err(json);
            assert!(refused.0[0].starts_with("the JSON has a field twice: "), "{refused}");
        }
        for json in
            [r#"{"a": {"a": "a"}, "b": ["a", "a", {"a": 1}], "": "a\",\"a"}"#, "nope, \"a\", \"a\"", "{\"a", "[{}]"]
        {
            assert!(text(json.as_bytes()).is_ok(), "{json}");
        }
    }
}
