//! API keys: their format, their rights, and the part of them that is stored.
//!
//! Format: a prefix such as `cs_live_sk_`, then in base62 an 8-character key id (safe to log), a 43-character secret
//! (32 random bytes) and a 6-character CRC-32, by which a secret scanner can tell a real key from a look-alike.

use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::scope::Scope;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LEN: usize = 8;
const SECRET_LEN: usize = 43;
const CHECK_LEN: usize = 6;

/// The rights of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum KeyKind {
    /// Publishable: visible in page source. May only report events; they count as unverified.
    Pixel,
    /// Secret: the whole API. Its reports count as verified.
    Server,
}

impl KeyKind {
    /// The name in the CLI, the API and the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// The public id of a key, shown in lists and logs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub String);

/// A complete key, including its secret. `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its rights.
    pub kind: KeyKind,
    /// Whether it writes test records.
    pub is_test: bool,
    /// Its public id.
    pub id: KeyId,
    secret: String,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}…", self.prefix(), self.id.0)
    }
}

impl ApiKey {
    /// Creates a key from random bytes: six for the id, 32 for the secret.
    pub fn new(kind: KeyKind, is_test: bool, name: [u8; 6], secret: [u8; 32]) -> Self {
        let id = KeyId(base62(&name, ID_LEN + 1)[1..].to_owned());
        Self { kind, is_test, id, secret: base62(&secret, SECRET_LEN) }
    }

    fn prefix(&self) -> &'static str {
        match (self.kind, self.is_test) {
            (KeyKind::Pixel, false) => "cs_live_pk_",
            (KeyKind::Server, false) => "cs_live_sk_",
            (KeyKind::Pixel, true) => "cs_test_pk_",
            (KeyKind::Server, true) => "cs_test_sk_",
        }
    }

    /// The whole key as text. Show it once; never store it.
    pub fn reveal(&self) -> String {
        let body = format!("{}{}{}", self.prefix(), self.id.0, self.secret);
        let check = checksum(&body);
        body + &check
    }

    /// SHA-256 of the secret: the only form in which it is stored. 256 random bits need no slow hash (ASVS 6.5.2).
    pub fn secret_hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_bytes()).into()
    }

    /// Parses a key; `None` if its format or checksum is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, is_test) = match text.get(..11)? {
            "cs_live_pk_" => (KeyKind::Pixel, false),
            "cs_live_sk_" => (KeyKind::Server, false),
            "cs_test_pk_" => (KeyKind::Pixel, true),
            "cs_test_sk_" => (KeyKind::Server, true),
            _ => return None,
        };
        let rest = &text[11..];
        if rest.len() != ID_LEN + SECRET_LEN + CHECK_LEN || !rest.bytes().all(|byte| BASE62.contains(&byte)) {
            return None;
        }
        let (body, check) = text.split_at(text.len() - CHECK_LEN);
        if checksum(body) != check {
            return None;
        }
        Some(Self {
            kind,
            is_test,
            id: KeyId(rest[..ID_LEN].to_owned()),
            secret: rest[ID_LEN..ID_LEN + SECRET_LEN].to_owned(),
        })
    }
}

fn checksum(body: &str) -> String {
    base62(&crc32fast::hash(body.as_bytes()).to_be_bytes(), CHECK_LEN)
}

/// Big-endian bytes as exactly `len` base62 digits (leading zeros kept, higher digits dropped).
pub fn base62(bytes: &[u8], len: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![b'0'; len];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0u32;
        for byte in &mut number {
            let value = rest << 8 | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        *digit = BASE62[rest as usize];
    }
    digits.into_iter().map(char::from).collect()
}

/// A stored key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// The key's public id.
    pub id: KeyId,
    /// The brand to whose data it gives access.
    pub brand: crate::BrandId,
    /// Its rights.
    pub kind: KeyKind,
    /// Whether it writes test records.
    pub is_test: bool,
    /// [`ApiKey::secret_hash`].
    #[serde(skip)]
    pub secret_hash: [u8; 32],
    /// When it was created.
    pub created_at: crate::UnixMs,
    /// When it was last changed: noted, replaced or revoked; else when it was created.
    pub updated_at: crate::UnixMs,
    /// When it was revoked, if it was.
    pub revoked_at: Option<crate::UnixMs>,
    /// When it stops working because another key replaces it.
    pub expires_at: Option<crate::UnixMs>,
    /// What it may do with the unified API; everything if `None`.
    pub scopes: Option<Vec<Scope>>,
    /// The version of the API that it speaks unless a request says otherwise; the first one if `None`.
    pub api_version: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn valid_keys_parse_and_malformed_keys_do_not() {
        let key = ApiKey::new(KeyKind::Server, false, [7; 6], [9; 32]);
        let text = key.reveal();
        assert!(text.starts_with("cs_live_sk_"));
        assert_eq!(text.len(), 11 + 57);
        assert_eq!(ApiKey::parse(&text), Some(key.clone()));
        assert!(!format!("{key:?}").contains(&key.secret));
        assert_eq!(ApiKey::parse("cs_live_your_api_key_here"), None);
        assert_eq!(ApiKey::parse("cs_live_ключ"), None);
    }

    proptest! {
        #[test]
        fn checksum_detects_any_single_changed_character(name: [u8; 6], secret: [u8; 32], index in 11usize..68, digit in 0usize..62) {
            let text = ApiKey::new(KeyKind::Pixel, true, name, secret).reveal();
            let mut changed = text.clone().into_bytes();
            changed[index] = BASE62[digit];
            let changed = String::from_utf8(changed).expect("ascii");
            prop_assert_eq!(ApiKey::parse(&changed).is_some(), changed == text);
        }
    }
}
