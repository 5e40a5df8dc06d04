//! `/api/v1/track`: events, clicks, leads, sales and refunds on their way in, and the scripts that send them.

pub(crate) mod affitor_tracker;
pub(crate) mod click;
pub(crate) mod event;
pub(crate) mod late_refusal;
pub(crate) mod lead;
pub(crate) mod pixel;
pub(crate) mod redirect;
pub(crate) mod refund;
pub(crate) mod sale;

use flow::order::TEST_PREFIX;
use serde::Deserialize;

use crate::http::{
    body::{self, AnyJson, Faults, Field, TrimmedText},
    error::ApiError,
};

/// Whether `additional_data` says `{"test_mode": true}`.
fn is_test_mode(additional_data: Option<&str>) -> bool {
    #[derive(Deserialize)]
    struct AdditionalData {
        #[serde(default)]
        test_mode: serde_json::Value,
    }
    let data = additional_data.and_then(body::object::<AdditionalData>);
    data.is_some_and(|data| data.test_mode == serde_json::Value::Bool(true))
}

/// Takes `additional_data` and tells whether it asks for test mode.
pub(in crate::http) fn take_test_mode(faults: &mut Faults, additional_data: Field<AnyJson>) -> bool {
    is_test_mode(faults.take("additional_data", additional_data).as_deref())
}

/// A request body of the affiliate tracking API: a JSON object.
fn request<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let text = body::text(bytes).map_err(ApiError::one_sentence)?;
    body::object(text).ok_or_else(|| ApiError::bad_request("The body must be a JSON object"))
}

/// The sender's transaction id. Shopify's global order ids mean the same order as its numbers.
fn take_transaction_id(faults: &mut Faults, field: Field<TrimmedText>) -> String {
    let id = faults.demand("transaction_id is required and must be a string", field).unwrap_or_default();
    if id.starts_with(TEST_PREFIX) {
        faults.push("transaction_id must not begin with test:");
    }
    flow::order::external_id(&id)
}

/// A text that must be one of a list.
fn take_choice(faults: &mut Faults, name: &str, field: Field<TrimmedText>, allowed: &[&str]) -> Option<String> {
    let value = faults.take(name, field)?;
    if !allowed.contains(&&*value) {
        faults.push(format!("{name} must be one of: {}", allowed.join(", ")));
    }
    Some(value)
}
