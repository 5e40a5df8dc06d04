//! What `POST /identities` and `POST /events` have in common.

use domain::{
    UnixMs,
    api_key::KeyKind,
    event::{reported_at, reported_by_browser_at},
    scope::Scope,
};
use flow::{
    Flow, FlowError,
    budget::Rows,
    customer::{CustomerReport, EmailReport},
    identity::address_sha256,
};
use serde_json::value::RawValue;

use super::{api_error, unauthorized};
use crate::http::{
    body::{self, AnyJsonField, AnyObject, Faults, Field, FieldKind, NameOrNumberField},
    error::ApiError,
    track::take_test_mode,
};

/// Most aliases of one call.
const ALIASES_MAX: usize = 50;

/// Visitor ids. A client without a cookie sends an empty one, which is skipped.
pub(super) struct Aliases;

impl FieldKind for Aliases {
    type Schema = Vec<String>;
    type Value = Vec<String>;

    fn read(json: &str) -> Result<Option<Vec<String>>, String> {
        let list: Vec<Option<&RawValue>> = serde_json::from_str(json).map_err(|_| "must be an array".to_owned())?;
        if list.len() > ALIASES_MAX {
            return Err(format!("must be at most {ALIASES_MAX}"));
        }
        let mut aliases: Vec<String> = Vec::with_capacity(list.len());
        for alias in list.into_iter().flatten().filter(|alias| alias.get() != "\"\"") {
            let alias: Option<String> = serde_json::from_str(alias.get()).ok();
            let alias = alias.map(|alias| alias.trim().to_ascii_lowercase());
            let alias = alias.filter(|alias| wire::is_uuid(alias.as_bytes()));
            let alias = alias.ok_or_else(|| "must be pv_ids (UUID)".to_owned())?;
            if !aliases.contains(&alias) {
                aliases.push(alias);
            }
        }
        Ok(Some(aliases))
    }
}

/// Unix seconds, whole or with a fraction, as a number or text, or RFC 3339.
pub(super) struct UnixSeconds;

impl FieldKind for UnixSeconds {
    type Schema = f64;
    /// The time, and how it was written.
    type Value = (UnixMs, String);

    fn read(json: &str) -> Result<Option<Self::Value>, String> {
        let at = match serde_json::from_str::<String>(json) {
            Ok(text) => seconds(text.trim()).or_else(|| UnixMs::parse_rfc3339(text.trim())),
            Err(_) => seconds(json),
        };
        at.map(|at| Some((at, json.to_owned()))).ok_or_else(|| "must be Unix seconds".to_owned())
    }
}

/// Unix seconds, whole or with a fraction, as Unix ms.
fn seconds(text: &str) -> Option<UnixMs> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok().filter(|whole| (0..=99_999_999_999).contains(whole))?;
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(UnixMs(whole * 1_000 + digits.parse::<i64>().ok()?))
}

/// Free data as text, at most 16 KiB.
pub(super) struct MetaObject;

impl FieldKind for MetaObject {
    type Schema = AnyObject;
    type Value = String;

    fn read(json: &str) -> Result<Option<String>, String> {
        body::FreeObject::read(json).map(|meta| meta.or_else(|| Some(json.to_owned())))
    }
}

/// See [`Aliases`].
pub(super) type AliasesField = Field<Aliases>;
/// See [`UnixSeconds`].
pub(super) type UnixSecondsField = Field<UnixSeconds>;
/// See [`MetaObject`].
pub(super) type MetaField = Field<MetaObject>;

/// The fields that both calls share.
pub(super) struct ReportFields {
    pub(super) public_key: AnyJsonField,
    pub(super) aliases: AliasesField,
    pub(super) client_id: NameOrNumberField,
    pub(super) email: NameOrNumberField,
    pub(super) email_sha256: NameOrNumberField,
    pub(super) created_at: UnixSecondsField,
    pub(super) meta: MetaField,
    pub(super) additional_data: AnyJsonField,
}

impl ReportFields {
    /// Verifies `public_key`, takes the body's bytes from its budget, and checks the fields.
    pub(super) async fn read(self, flow: &Flow, body_bytes: usize) -> Result<CustomerReport, ApiError> {
        let mut faults = Faults::default();
        let meta = faults.take("meta", self.meta);
        faults.into_first()?;
        let mut faults = Faults::default();
        let key = faults.take("public_key", self.public_key);
        let key: Option<String> = key.and_then(|json| serde_json::from_str(&json).ok());
        let caller = flow.access().api_caller(&key.ok_or_else(unauthorized)?).await;
        let caller = caller.and_then(|caller| caller.allowed(Scope::write("conversions"))).map_err(api_error)?;
        let aliases = faults.take("aliases", self.aliases).unwrap_or_default();
        flow.budgets().spend(&caller, body_bytes, Rows::of(aliases.len().max(1), 0))?;
        let client_id = faults.take("client_id", self.client_id);
        let hash = faults.take("email_sha256", self.email_sha256);
        let plain = faults.take("email", self.email);
        let email = email(&mut faults, hash, plain);
        let now = flow.now();
        let created_at = faults.take("created_at", self.created_at);
        let is_test = take_test_mode(&mut faults, self.additional_data);
        let at = created_at.as_ref().map_or(now, |(at, _)| *at);
        let accept = if caller.kind() == KeyKind::Pixel { reported_by_browser_at } else { reported_at };
        let at = accept(at, now).unwrap_or_else(|error| {
            faults.push(format!("created_at {error}"));
            now
        });
        faults.into_first()?;
        let created_at = created_at.map(|(_, text)| text);
        Ok(CustomerReport { caller, client_id, email, aliases, meta, at, created_at, is_test })
    }
}

/// The customer's e-mail address: hashed by the sender (`email_sha256`), or as it is (`email`).
fn email(faults: &mut Faults, hash: Option<String>, plain: Option<String>) -> Option<EmailReport> {
    if let Some(hash) = hash {
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash {
            faults.push("email_sha256 must be 64 hex digits");
        }
        return Some(EmailReport { sha256: hash.to_ascii_lowercase(), plain: None });
    }
    plain.map(|plain| EmailReport { sha256: address_sha256(&plain), plain: Some(plain) })
}

/// The object under `name` of a request body.
pub(super) fn envelope<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, ApiError> {
    let text = body::text(bytes).map_err(ApiError::one_sentence)?;
    let not_object = || ApiError::bad_request("the body must be a JSON object");
    if !text.trim_start().starts_with('{') {
        return Err(not_object());
    }
    let fields: std::collections::BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(|_| not_object())?;
    let inner = fields.get(name).filter(|inner| inner.get() != "null");
    inner.map(|inner| inner.get()).ok_or_else(|| ApiError::bad_request(format!("{name} is required")))
}

/// The error of a call whose inner object cannot be read.
pub(super) fn not_an_object(name: &str) -> ApiError {
    ApiError::bad_request(format!("{name} must be an object"))
}

/// Errors of the flow as this API words them.
pub(super) fn flow_error(error: FlowError) -> ApiError {
    api_error(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_written() {
        let read = |json| UnixSeconds::read(json).ok().flatten().map(|(at, _)| at);
        assert_eq!(read("1505069342"), Some(UnixMs(1_505_069_342_000)));
        assert_eq!(read("\"1505069342.46\""), Some(UnixMs(1_505_069_342_460)));
        assert_eq!(read("\"2017-09-10T18:49:02Z\""), Some(UnixMs(1_505_069_342_000)));
        for json in ["-1", "\"soon\"", "{}", "true"] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn aliases_are_visitor_ids_each_once() {
        let id = "550E8400-e29b-41d4-a716-446655440000";
        let read = Aliases::read(&format!(r#"["", null, "{id}", " {id} "]"#));
        assert_eq!(read, Ok(Some(vec![id.to_ascii_lowercase()])));
        assert!(Aliases::read("[5]").is_err());
        assert!(Aliases::read("{}").is_err());
        assert!(Aliases::read(&format!("[{}]", vec!["\"\""; 51].join(","))).is_err());
    }
}
