//! The vectors that are published for receivers of webhooks: what this server signs is what they say.

use domain::webhook::Secret;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    secret: String,
    id: String,
    timestamp: i64,
    now: i64,
    body: String,
    signature: String,
    valid: bool,
}

/// How old a message may be, or how far ahead of the receiver's clock, in seconds.
const TOLERANCE_S: i64 = 300;

#[test]
fn published_vectors_are_what_is_signed() {
    let file = include_str!("../../../docs/api/webhook-vectors.json");
    let Vectors { vectors } = serde_json::from_str(file).expect("vectors");
    assert!(vectors.len() > 10);
    for vector in vectors {
        let secret = Secret::parse(&vector.secret).expect("a secret");
        let expected = secret.sign(&vector.id, vector.timestamp, vector.body.as_bytes());
        let is_signed = vector.signature.split(' ').any(|signature| signature == expected);
        let is_now = (vector.now - vector.timestamp).abs() <= TOLERANCE_S;
        assert_eq!(is_signed && is_now, vector.valid, "{}", vector.name);
    }
}
