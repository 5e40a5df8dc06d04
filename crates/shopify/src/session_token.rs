//! Session tokens: the JWT that App Bridge adds to every request of an embedded page.

use domain::{UnixMs, shop::ShopDomain};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use crate::Credentials;

/// Allowed difference between Shopify's clock and ours, in seconds; the same as in Shopify's own library.
const LEEWAY_S: f64 = 10.0;

/// The content of a verified token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionToken {
    /// The shop in whose admin the page is shown.
    pub shop: ShopDomain,
    /// Shopify's id of the logged-in user.
    pub user: String,
}

/// Why a token is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT signed with HS256 by this app's secret.
    #[error("the session token's signature is wrong")]
    Signature,
    /// Expired or not yet valid.
    #[error("the session token has expired")]
    Expired,
    /// For another app, without a user, or its shop claims are malformed or differ.
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

/// Verifies a token: HS256 only, signed with the current or previous secret; `exp` and `nbf` present, possibly
/// fractional, and valid now; `aud` is this app; `iss` and `dest` name the same well-formed shop; `sub` is not empty.
///
/// # Errors
///
/// [`TokenError`] names the first check that failed. Missing claims are a `Signature` error.
pub fn verify(credentials: &Credentials, token: &str, now: UnixMs) -> Result<SessionToken, TokenError> {
    let mut validation = Validation::new(Algorithm::HS256);
    // The library checks only signature and algorithm; we check the claims, since they need our clock.
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
    // Negated so that NaN counts as expired.
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
