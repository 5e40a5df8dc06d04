//! API keys: what they look like, what they may do, and what of them is stored.
//!
//! `cs_live_sk_` + 8 characters that name the key (safe to log) + 43 that are the secret (32 random bytes) + 6 of
//! CRC-32, so that a secret scanner can tell a real key from a look-alike. All in base62.

use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LEN: usize = 8;
const SECRET_LEN: usize = 43;
const CHECK_LEN: usize = 6;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// Publishable: stands in page source, may only report.
    Pixel,
    /// Secret: the whole API; what it says about money is verified.
    Server,
}

impl KeyKind {
    /// The name in the CLI, the API and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pixel => "pixel",
            Self::Server => "server",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pixel, Self::Server].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// The short public part of a key, which names it in lists and logs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub String);

/// A key as its holder sees it, exactly once. Its `Debug` form hides the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// What it may do.
    pub kind: KeyKind,
    /// Whether it writes test records.
    pub is_test: bool,
    /// Its public name.
    pub id: KeyId,
    secret: String,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}…", self.prefix(), self.id.0)
    }
}

impl ApiKey {
    /// Makes a key from random bytes: six for the name, 32 for the secret.
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

    /// The whole key, to be shown once and never stored.
    pub fn reveal(&self) -> String {
        let body = format!("{}{}{}", self.prefix(), self.id.0, self.secret);
        let check = checksum(&body);
        body + &check
    }

    /// SHA-256 of the secret part: all that is stored. 256 random bits need no slow hash (ASVS 6.5.2).
    pub fn secret_hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_bytes()).into()
    }

    /// Reads a key; `None` for anything whose form or checksum is wrong.
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

/// What is stored of a key and shown in lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// The key's public name.
    pub id: KeyId,
    /// The brand whose data it opens.
    pub brand: crate::BrandId,
    /// What it may do.
    pub kind: KeyKind,
    /// Whether it writes test records.
    pub is_test: bool,
    /// SHA-256 of the secret part.
    #[serde(skip)]
    pub secret_hash: [u8; 32],
    /// When it was made.
    pub created_at: crate::UnixMs,
    /// When it stopped working, if it has.
    pub revoked_at: Option<crate::UnixMs>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_read_back_and_a_changed_one_is_not() {
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
        fn any_single_changed_character_is_noticed(name: [u8; 6], secret: [u8; 32], place in 11usize..68, digit in 0usize..62) {
            let text = ApiKey::new(KeyKind::Pixel, true, name, secret).reveal();
            let mut changed = text.clone().into_bytes();
            changed[place] = BASE62[digit];
            let changed = String::from_utf8(changed).expect("ascii");
            prop_assert_eq!(ApiKey::parse(&changed).is_some(), changed == text);
        }
    }
}
