//! The secret of an endpoint, and the signature that it makes.

use core::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::UnixMs;

const PREFIX: &str = "whsec_";

/// The text is not a secret: `whsec_` and 24 to 64 bytes in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is whsec_ followed by 24 to 64 bytes in base64")]
pub struct InvalidSecret;

/// A secret. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("whsec_…")
    }
}

impl Secret {
    /// Creates a secret from random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes.to_vec())
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`InvalidSecret`] if it is none.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| InvalidSecret)?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(InvalidSecret) }
    }

    /// The text form: show it once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    /// The bytes, to be stored encrypted.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads [`Self::bytes`].
    ///
    /// # Errors
    /// [`InvalidSecret`] if they are too few or too many.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, InvalidSecret> {
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(InvalidSecret) }
    }

    /// The signature of a message that is sent at `timestamp_s` (Unix seconds).
    pub fn sign(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        // HMAC takes keys of any length (RFC 2104 §2), so this cannot fail.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).unwrap_or_else(|_| Hmac::<Sha256>::new(&[0; 64].into()));
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The header `webhook-signature`: the current secret's, then the previous one's if it still signs.
pub fn signatures(current: &Secret, previous: Option<&(Secret, UnixMs)>, id: &str, now: UnixMs, body: &[u8]) -> String {
    let timestamp_s = now.0.div_euclid(1_000);
    let previous = previous.filter(|(_, until)| now < *until).map(|(secret, _)| secret);
    let all = [Some(current), previous].into_iter().flatten();
    all.map(|secret| secret.sign(id, timestamp_s, body)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn signatures_are_those_of_the_specification() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("secret");
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn secrets_are_read_and_hidden() {
        let secret = Secret::new([7; 32]);
        assert_eq!(Secret::parse(&secret.reveal()), Ok(secret.clone()));
        assert_eq!(Secret::from_bytes(secret.bytes().to_vec()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "whsec_…");
        for text in ["", "whsec_", "whsec_c2hvcnQ=", "BwcH", "whsec_?", &format!("whsec_{}", "A".repeat(88))] {
            assert_eq!(Secret::parse(text), Err(InvalidSecret), "{text}");
        }
    }

    #[test]
    fn two_secrets_sign_until_the_old_one_ends() {
        let (new, old) = (Secret::new([1; 32]), (Secret::new([2; 32]), UnixMs(10_000)));
        let sign = |now: i64| signatures(&new, Some(&old), "msg_1", UnixMs(now), b"{}");
        let both = sign(9_999);
        assert_eq!(both, format!("{} {}", new.sign("msg_1", 9, b"{}"), old.0.sign("msg_1", 9, b"{}")));
        assert_eq!(sign(10_000), new.sign("msg_1", 10, b"{}"));
    }
}
