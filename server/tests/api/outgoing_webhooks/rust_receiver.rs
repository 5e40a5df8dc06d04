// The code of docs/api/outgoing-webhooks.md, which a test compares with this file.
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether a request is from us. `body` is the bytes as they arrived, `now` the time in seconds since 1970.
pub fn is_signed(secret: &str, id: &str, timestamp: &str, signatures: &str, body: &[u8], now: i64) -> bool {
    let is_recent = timestamp.parse().is_ok_and(|at: i64| now.abs_diff(at) <= 300);
    let Ok(key) = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")) else { return false };
    let Ok(hmac) = Hmac::<Sha256>::new_from_slice(&key) else { return false };
    let hmac = hmac.chain_update(format!("{id}.{timestamp}.")).chain_update(body);
    // `verify_slice` takes the same time wherever the signatures differ.
    let is_ours = |signature: &str| {
        let bytes = signature.strip_prefix("v1,").and_then(|text| BASE64_STANDARD.decode(text).ok());
        bytes.is_some_and(|bytes| hmac.clone().verify_slice(&bytes).is_ok())
    };
    is_recent && signatures.split(' ').any(is_ours)
}
