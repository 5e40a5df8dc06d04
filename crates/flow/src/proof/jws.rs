//! Signed statements as compact JWS (RFC 7515) with Ed25519 (RFC 8037), and their public keys as JWKS (RFC 7517).

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::proof::{ProofStatement, VERSION};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The algorithm's name in headers and keys.
const ALGORITHM: &str = "EdDSA";
/// The type in headers: keeps a proof from being taken for another kind of token.
const TYPE: &str = "revenue-proof+jwt";
/// Largest proof that is read, in bytes.
const BYTES_MAX: usize = 64 * 1024;

/// Why a text is no valid proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not three parts, or a part is not base64url.
    #[error("this is not a revenue proof: expected three base64url parts with dots between them")]
    NotAJws,
    /// The header is not that of a proof.
    #[error("this is not a revenue proof: its header must say alg \"EdDSA\", typ \"revenue-proof+jwt\" and a kid")]
    WrongHeader,
    /// The JWKS is not one.
    #[error("the keys cannot be read: expected a JWKS, as the server shows at /.well-known/jwks.json")]
    UnreadableKeys,
    /// The JWKS has no such key.
    #[error("signed with the key {0}, which is not among the given keys")]
    UnknownKey(String),
    /// The signature is wrong.
    #[error("the signature is wrong: the file was changed after it was signed, or signed by someone else")]
    WrongSignature,
    /// The statement has another form.
    #[error("the signature is right, but the statement cannot be read by this version")]
    UnreadableStatement,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    #[serde(default)]
    pub crv: String,
    /// The key, base64url.
    #[serde(default)]
    pub x: String,
    /// Its id.
    #[serde(default)]
    pub kid: String,
    /// `EdDSA`.
    #[serde(default)]
    pub alg: String,
    /// `sig`.
    #[serde(default, rename = "use")]
    pub usage: String,
}

impl Jwk {
    /// An Ed25519 key.
    pub(crate) fn new(id: &str, public_key: &[u8; 32]) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: BASE64_URL_SAFE_NO_PAD.encode(public_key),
            kid: id.to_owned(),
            alg: ALGORITHM.to_owned(),
            usage: "sig".to_owned(),
        }
    }

    fn public_key(&self) -> Option<[u8; 32]> {
        let is_ed25519 = self.kty == "OKP" && self.crv == "Ed25519";
        is_ed25519.then(|| BASE64_URL_SAFE_NO_PAD.decode(&self.x).ok())??.try_into().ok()
    }
}

/// Public keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl Jwks {
    /// Reads a JWKS. Keys of other kinds may be in it.
    ///
    /// # Errors
    /// [`VerifyError::UnreadableKeys`] if it is none.
    pub fn parse(text: &str) -> Result<Self, VerifyError> {
        serde_json::from_str(text).map_err(|_| VerifyError::UnreadableKeys)
    }
}

/// The id of a public key: its thumbprint (RFC 7638), so that it says which key it is.
pub(crate) fn thumbprint(public_key: &[u8; 32]) -> String {
    let x = BASE64_URL_SAFE_NO_PAD.encode(public_key);
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
}

/// Signs a statement.
pub(crate) fn sign(key: &Ed25519KeyPair, key_id: &str, statement: &ProofStatement) -> Option<String> {
    let header = Header { alg: ALGORITHM.to_owned(), kid: key_id.to_owned(), typ: TYPE.to_owned() };
    let part = |bytes: Vec<u8>| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let header = part(serde_json::to_vec(&header).ok()?);
    let payload = part(serde_json::to_vec(statement).ok()?);
    let signed = format!("{header}.{payload}");
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    Some(format!("{signed}.{signature}"))
}

/// The parts of a JWS: what is signed, and header, payload and signature decoded.
fn parts(text: &str) -> Result<(&str, [Vec<u8>; 3]), VerifyError> {
    let text = text.trim();
    let is_short = text.len() <= BYTES_MAX;
    let (signed, signature) = text.rsplit_once('.').filter(|_| is_short).ok_or(VerifyError::NotAJws)?;
    let (header, payload) = signed.split_once('.').ok_or(VerifyError::NotAJws)?;
    let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| VerifyError::NotAJws);
    Ok((signed, [decoded(header)?, decoded(payload)?, decoded(signature)?]))
}

/// Reads the statement without asking who signed it: for proofs out of the own database.
pub(crate) fn statement(text: &str) -> Result<ProofStatement, VerifyError> {
    let (_, [_, payload, _]) = parts(text)?;
    serde_json::from_slice(&payload).map_err(|_| VerifyError::UnreadableStatement)
}

/// Verifies a proof with these keys, without asking anyone. Returns what it states, and the id of the key that signed
/// it. Whether it was withdrawn or superseded since, only its page says.
///
/// # Errors
/// [`VerifyError`] says what is wrong with it.
pub fn verify(text: &str, keys: &Jwks) -> Result<(ProofStatement, String), VerifyError> {
    let (signed, [header, payload, signature]) = parts(text)?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| VerifyError::WrongHeader)?;
    if header.alg != ALGORITHM || header.typ != TYPE {
        return Err(VerifyError::WrongHeader);
    }
    let key = keys.keys.iter().filter(|key| key.kid == header.kid).find_map(Jwk::public_key);
    let key = key.ok_or_else(|| VerifyError::UnknownKey(header.kid.clone()))?;
    UnparsedPublicKey::new(&ED25519, key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| VerifyError::WrongSignature)?;
    let statement: ProofStatement = serde_json::from_slice(&payload).map_err(|_| VerifyError::UnreadableStatement)?;
    if statement.version == VERSION { Ok((statement, header.kid)) } else { Err(VerifyError::UnreadableStatement) }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::KeyPair;
    use domain::{
        Currency, Money, ProofId,
        proof::{COUNTED, ProofFigures, StatedBrand, StatedCreator, StatedPeriod},
    };

    use super::*;

    fn proof() -> ProofStatement {
        ProofStatement {
            version: VERSION,
            issuer: "https://app.example".into(),
            id: ProofId::new(1, [1; 10]),
            issued_at_s: 1_800_000_000,
            url: "https://app.example/proof/x".into(),
            creator: StatedCreator { name: "Ana".into(), handle: "ana".into() },
            brand: StatedBrand { name: "Vector".into() },
            period: StatedPeriod { from: "2027-01-01".into(), to: "2027-01-31".into(), time_zone: "UTC".into() },
            figures: ProofFigures::new(3, 2, [Money { minor: 500, currency: Currency::USD }]),
            counted: COUNTED.into(),
            policies: vec![],
            is_sample: false,
        }
    }

    fn signed() -> (String, Jwks) {
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key");
        let public: [u8; 32] = key.public_key().as_ref().try_into().expect("32 bytes");
        let id = thumbprint(&public);
        let jws = sign(&key, &id, &proof()).expect("signed");
        (jws, Jwks { keys: vec![Jwk::new(&id, &public)] })
    }

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        // RFC 8037, appendix A.3.
        let x = BASE64_URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").expect("base64");
        let thumbprint = thumbprint(&x.try_into().expect("32 bytes"));
        assert_eq!(thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // RFC 8037, appendix A.4 and A.5.
        let seed = BASE64_URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").expect("base64");
        let key = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a key");
        let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
        assert_eq!(signature, "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    }

    #[test]
    fn a_proof_is_verified_and_every_change_is_found() {
        let (jws, keys) = signed();
        assert_eq!(verify(&jws, &keys), Ok((proof(), keys.keys[0].kid.clone())));
        assert_eq!(verify(&format!("\n{jws}\n"), &keys).map(|found| found.0), Ok(proof()));
        for index in 0..jws.len() {
            let mut changed = jws.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("text");
            // The last letter of a part may hold unused bits; the decoder refuses other values of them.
            assert!(verify(&changed, &keys).is_err(), "letter {index}");
        }
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let (jws, keys) = signed();
        assert_eq!(verify("hello", &keys), Err(VerifyError::NotAJws));
        assert_eq!(verify("a.b.c.d", &keys), Err(VerifyError::NotAJws));
        assert_eq!(verify(&"a.".repeat(BYTES_MAX), &keys), Err(VerifyError::NotAJws));
        let with_header = |header: &str| {
            let rest = jws.split_once('.').expect("parts").1;
            format!("{}.{rest}", BASE64_URL_SAFE_NO_PAD.encode(header))
        };
        let none = with_header(r#"{"alg":"none","kid":"x","typ":"revenue-proof+jwt"}"#);
        assert_eq!(verify(&none, &keys), Err(VerifyError::WrongHeader));
        assert_eq!(verify(&with_header(r#"{"alg":"EdDSA"}"#), &keys), Err(VerifyError::WrongHeader));
        let kid = keys.keys[0].kid.clone();
        assert_eq!(verify(&jws, &Jwks::default()), Err(VerifyError::UnknownKey(kid.clone())));
        let other = Jwks { keys: vec![Jwk::new(&kid, &[9; 32])] };
        assert_eq!(verify(&jws, &other), Err(VerifyError::WrongSignature));
        assert_eq!(Jwks::parse("{}"), Err(VerifyError::UnreadableKeys));
        let mixed = r#"{"keys":[{"kty":"RSA","n":"x","e":"AQAB","kid":"y"}]}"#;
        assert_eq!(verify(&jws, &Jwks::parse(mixed).expect("keys")), Err(VerifyError::UnknownKey(kid)));
    }
}
