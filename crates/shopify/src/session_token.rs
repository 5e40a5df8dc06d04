//! Session tokens: the JWT that App Bridge puts on every request of an embedded page.

use domain::{UnixMs, shop::ShopDomain};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use crate::Credentials;

/// How far Shopify's clock and ours may differ, in seconds; the same as in Shopify's own library.
const LEEWAY_S: f64 = 10.0;

/// What a verified token proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionToken {
    /// The shop whose admin shows the page.
    pub shop: ShopDomain,
    /// Shopify's id of the user.
    pub user: String,
}

/// Why a token proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT signed with HS256 by this app's secret.
    #[error("the session token's signature is wrong")]
    Signature,
    /// Expired or not yet valid.
    #[error("the session token has expired")]
    Expired,
    /// For another app, or its shop claims disagree.
    #[error("the session token is not for this app")]
    Foreign,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    dest: String,
    aud: String,
    sub: String,
    exp: f64,
    nbf: f64,
}

/// Verifies a token: HS256 only, signed by a current or previous secret; `exp` and `nbf` present and right (they may
/// be fractional); `aud` is this app; `iss` and `dest` name the same well-formed shop; `sub` is not empty.
pub fn verify(credentials: &Credentials, token: &str, now: UnixMs) -> Result<SessionToken, TokenError> {
    let mut validation = Validation::new(Algorithm::HS256);
    // Only the signature and the algorithm are the library's to check: the claims need an injected clock.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let claims = credentials
        .secrets()
        .find_map(|secret| {
            let key = DecodingKey::from_secret(secret.as_bytes());
            jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()
        })
        .ok_or(TokenError::Signature)?
        .claims;
    #[expect(clippy::cast_precision_loss, reason = "seconds of this era fit a double exactly")]
    let now_s = now.0 as f64 / 1000.0;
    // Written so that NaN fails.
    if !(claims.exp + LEEWAY_S > now_s && claims.nbf - LEEWAY_S <= now_s) {
        return Err(TokenError::Expired);
    }
    let host = |url: &str| url.strip_prefix("https://").and_then(ShopDomain::parse);
    let dest = host(&claims.dest).ok_or(TokenError::Foreign)?;
    let issuer = claims.iss.strip_suffix("/admin").and_then(host).ok_or(TokenError::Foreign)?;
    if claims.aud != credentials.client_id || issuer != dest || claims.sub.is_empty() {
        return Err(TokenError::Foreign);
    }
    Ok(SessionToken { shop: dest, user: claims.sub })
}
