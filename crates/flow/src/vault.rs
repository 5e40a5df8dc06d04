//! Encryption of stored secrets: XChaCha20-Poly1305 with the value's storage location as associated data, so that a
//! sealed value moved to another row cannot be opened.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use sha2::{Digest, Sha256};

use crate::FlowError;

/// Layout of a sealed value: this byte, 4 bytes of key id, 24 of nonce, then the ciphertext.
const FORMAT: u8 = 1;
const HEAD: usize = 1 + 4 + 24;

/// The encryption keys. The first seals; all open, so that keys can be rotated without downtime.
#[derive(Clone)]
pub struct Vault {
    keys: Arc<[(u32, XChaCha20Poly1305)]>,
}

/// The text is not a list of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 random bytes in base64, or several such keys separated by commas, the current one first")]
pub struct InvalidKeys;

impl Vault {
    /// Reads one or more base64 keys of 32 bytes, separated by commas, the current one first.
    ///
    /// # Errors
    /// [`InvalidKeys`] if any part is not 32 bytes in base64.
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

    /// Encrypts a value for its storage location (`table/column/row`). The nonce must be random.
    pub fn seal(&self, location: &str, value: &[u8], nonce: [u8; 24]) -> Vec<u8> {
        let (id, cipher) = &self.keys[0];
        let payload = Payload { msg: value, aad: location.as_bytes() };
        // Encryption fails only beyond 256 GiB.
        let ciphertext = cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        [&[FORMAT], &id.to_le_bytes()[..], &nonce, &ciphertext].concat()
    }

    /// Decrypts a value sealed for the same location.
    ///
    /// # Errors
    /// `FlowError::Sealed` if the key is unknown, or the value was altered or sealed for another location.
    pub fn open(&self, location: &str, sealed: &[u8]) -> Result<Vec<u8>, FlowError> {
        let (head, ciphertext) = sealed.split_at_checked(HEAD).ok_or(FlowError::Sealed)?;
        let id = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        let nonce: [u8; 24] = head[5..].try_into().map_err(|_| FlowError::Sealed)?;
        let (_, cipher) = self.keys.iter().find(|(key, _)| head[0] == FORMAT && *key == id).ok_or(FlowError::Sealed)?;
        cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: ciphertext, aad: location.as_bytes() })
            .map_err(|_| FlowError::Sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "/wECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn values_open_only_at_their_location_and_survive_key_rotation() {
        let old = Vault::parse(OLD).expect("key");
        let sealed = old.seal("shops/access/a", b"shpat_secret", [7; 24]);
        assert!(!sealed.windows(5).any(|part| part == b"shpat"));
        assert_eq!(old.open("shops/access/a", &sealed).expect("opens"), b"shpat_secret");
        assert!(old.open("shops/access/b", &sealed).is_err());
        let rotated = Vault::parse(&format!("{NEW}, {OLD}")).expect("keys");
        assert_eq!(rotated.open("shops/access/a", &sealed).expect("opens"), b"shpat_secret");
        assert!(Vault::parse(NEW).expect("key").open("shops/access/a", &sealed).is_err());
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(old.open("shops/access/a", &changed).is_err(), "byte {index}");
        }
        assert!(old.open("shops/access/a", b"").is_err());
        assert!(Vault::parse("c2hvcnQ=").is_err());
    }
}
