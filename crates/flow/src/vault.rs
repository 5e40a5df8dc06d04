//! Sealing what must not be readable in a stolen database: XChaCha20-Poly1305 with the value's place as associated
//! data, so that a sealed value moved to another row does not open.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use sha2::{Digest, Sha256};

use crate::FlowError;

/// Layout of a sealed value: this byte, 4 bytes that name the key, 24 of nonce, then the ciphertext.
const FORMAT: u8 = 1;
const HEAD: usize = 1 + 4 + 24;

/// The keys. The first seals; all open, so that a key can be rotated without stopping.
#[derive(Clone)]
pub struct Vault {
    keys: Arc<[(u32, XChaCha20Poly1305)]>,
}

/// The text is no list of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 random bytes in base64, or several such keys separated by commas, the current one first")]
pub struct InvalidKeys;

impl Vault {
    /// Reads one or more base64 keys of 32 bytes, separated by commas, the current one first.
    pub fn parse(keys: &str) -> Result<Self, InvalidKeys> {
        let keys: Vec<_> = keys
            .split(',')
            .map(|text| {
                let key: [u8; 32] =
                    BASE64_STANDARD.decode(text.trim()).ok().and_then(|key| key.try_into().ok()).ok_or(InvalidKeys)?;
                let digest = Sha256::digest(key);
                let id = u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]]);
                Ok((id, XChaCha20Poly1305::new(&key.into())))
            })
            .collect::<Result<_, InvalidKeys>>()?;
        Ok(Self { keys: keys.into() })
    }

    /// Seals a value for a place (`table/column/row`).
    pub fn seal(&self, place: &str, value: &[u8], nonce: [u8; 24]) -> Vec<u8> {
        let (id, cipher) = &self.keys[0];
        let payload = Payload { msg: value, aad: place.as_bytes() };
        // Encryption fails only beyond 256 GiB.
        let ciphertext = cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        [&[FORMAT], &id.to_le_bytes()[..], &nonce, &ciphertext].concat()
    }

    /// Opens a value sealed for the same place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, FlowError> {
        let (head, ciphertext) = sealed.split_at_checked(HEAD).ok_or(FlowError::Sealed)?;
        let id = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        let nonce: [u8; 24] = head[5..].try_into().map_err(|_| FlowError::Sealed)?;
        let (_, cipher) = self.keys.iter().find(|(key, _)| head[0] == FORMAT && *key == id).ok_or(FlowError::Sealed)?;
        cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: ciphertext, aad: place.as_bytes() })
            .map_err(|_| FlowError::Sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "/wECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn values_open_only_at_their_place_and_survive_rotation() {
        let old = Vault::parse(OLD).expect("key");
        let sealed = old.seal("shops/access/a", b"shpat_secret", [7; 24]);
        assert!(!sealed.windows(5).any(|part| part == b"shpat"));
        assert_eq!(old.open("shops/access/a", &sealed).expect("opens"), b"shpat_secret");
        assert!(old.open("shops/access/b", &sealed).is_err());
        let rotated = Vault::parse(&format!("{NEW}, {OLD}")).expect("keys");
        assert_eq!(rotated.open("shops/access/a", &sealed).expect("opens"), b"shpat_secret");
        assert!(Vault::parse(NEW).expect("key").open("shops/access/a", &sealed).is_err());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(old.open("shops/access/a", &changed).is_err(), "byte {place}");
        }
        assert!(old.open("shops/access/a", b"").is_err());
        assert!(Vault::parse("c2hvcnQ=").is_err());
    }
}
