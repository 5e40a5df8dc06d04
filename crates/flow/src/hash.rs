//! Hashes of secrets and of what names a person.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// HMAC-SHA256 of length-prefixed parts, cut to 128 bits, as lower-case hex.
pub(crate) fn keyed_hash(key: &[u8], parts: &[&[u8]]) -> String {
    let mut mac = hmac(key);
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(0).to_le_bytes());
        mac.update(part);
    }
    hex(&mac.finalize().into_bytes()[..16])
}

/// HMAC-SHA256 as lower-case hex.
pub(crate) fn hmac_hex(key: &[u8], message: &[u8]) -> String {
    let mut mac = hmac(key);
    mac.update(message);
    hex(&mac.finalize().into_bytes())
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of any length (RFC 2104 §2), so this cannot fail.
    Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&[0; 64].into()))
}

/// SHA-256 of a token that a browser holds. Only the hash is stored.
pub(crate) fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}
