//! Shopify's HMAC-SHA256 signatures: base64 for a webhook's raw body, hex for a sorted query string.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

type HmacSha256 = Hmac<Sha256>;

fn mac(secret: &str, message: &[u8]) -> HmacSha256 {
    // HMAC takes keys of any length (RFC 2104 §2), so this cannot fail.
    let mut mac = HmacSha256::new_from_slice(secret.as_bytes()).unwrap_or_else(|_| HmacSha256::new(&[0; 64].into()));
    mac.update(message);
    mac
}

/// The `X-Shopify-Hmac-Sha256` header value for a body.
pub fn sign_body(secret: &str, body: &[u8]) -> String {
    BASE64_STANDARD.encode(mac(secret, body).finalize().into_bytes())
}

/// Whether `header` has the form of a signature: whoever cannot even write one need not be listened to.
pub fn is_well_formed(header: &str) -> bool {
    const BASE64_LEN: usize = 44;
    let header = header.trim();
    header.len() == BASE64_LEN && BASE64_STANDARD.decode(header).is_ok()
}

/// Whether `header` is the signature of the raw `body` under any of the secrets. Compares in constant time.
pub fn verify_body<'a>(secrets: impl IntoIterator<Item = &'a str>, body: &[u8], header: &str) -> bool {
    let Ok(claimed) = BASE64_STANDARD.decode(header.trim()) else { return false };
    secrets.into_iter().any(|secret| mac(secret, body).verify_slice(&claimed).is_ok())
}

/// A decoded query string from Shopify whose signature was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedQuery(Vec<(String, String)>);

impl SignedQuery {
    /// Largest allowed difference between its `timestamp` and now, in seconds.
    pub const AGE_MAX_S: i64 = 90;

    /// Verifies the `hmac` of a raw query string. The signed text is all other parameters except `signature`, sorted,
    /// percent-encoded and joined by `&`. `None` also for repeated names, array parameters, and a timestamp more than
    /// [`Self::AGE_MAX_S`] from `now_s` (Unix seconds).
    pub fn verify(credentials: &crate::Credentials, query: &str, now_s: i64) -> Option<Self> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) || names.iter().any(|name| name.contains('[')) {
            return None;
        }
        let claimed = hex_decode(value(&pairs, "hmac")?)?;
        let message = canonical(&pairs);
        if !credentials.secrets().any(|secret| mac(secret, message.as_bytes()).verify_slice(&claimed).is_ok()) {
            return None;
        }
        let timestamp: i64 = value(&pairs, "timestamp")?.parse().ok()?;
        ((now_s - timestamp).abs() <= Self::AGE_MAX_S).then_some(Self(pairs))
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        value(&self.0, name)
    }
}

/// The hex `hmac` of parameters, as Shopify signs them. For the simulated Shopify and tests.
pub fn sign_query(secret: &str, pairs: &[(String, String)]) -> String {
    use core::fmt::Write;
    mac(secret, canonical(pairs).as_bytes()).finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

fn canonical(pairs: &[(String, String)]) -> String {
    let mut kept: Vec<_> = pairs.iter().filter(|(name, _)| name != "hmac" && name != "signature").collect();
    kept.sort();
    kept.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// Percent-encoding as in JavaScript's `encodeURIComponent`, which Shopify's library uses before signing.
fn encode(text: &str) -> String {
    use core::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn hex_decode(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|index| u8::from_str_radix(&text[index..index + 2], 16).ok()).collect()
}
