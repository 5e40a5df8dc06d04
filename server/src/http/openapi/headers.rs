//! The headers of the unified API's answers: the version, the request's id, and what is left of the key's limits.

use utoipa::openapi::{
    Components, HeaderBuilder, ObjectBuilder, Ref, RefOr, Schema, Type, path::Operation, schema::SchemaType,
};

/// Of every answer to a known key: name, type, meaning.
const OF_ALL: [(&str, Type, &str); 7] = [
    ("CreatorScore-Version", Type::String, "The version of the API that the answer is in."),
    (
        "RateLimit",
        Type::String,
        "What is left of the limit: its name, requests (`r`), seconds to the next minute (`t`).",
    ),
    ("RateLimit-Limit", Type::Integer, "How many requests of this kind the key may send in a minute."),
    ("RateLimit-Policy", Type::String, "The limit: its name, requests (`q`) in so many seconds (`w`)."),
    ("RateLimit-Remaining", Type::Integer, "How many are left of this minute."),
    ("RateLimit-Reset", Type::Integer, "Seconds to the next minute."),
    ("X-Request-Id", Type::String, "Names the request in the server's log."),
];
/// Of errors.
const RETRY_AFTER: (&str, Type, &str) =
    ("Retry-After", Type::Integer, "Seconds to wait before the request is sent again, where that may help.");
/// Of writes that were done before.
const REPLAYED: (&str, Type, &str) =
    ("Idempotent-Replayed", Type::String, "`true` if a request with this `Idempotency-Key` was answered so before.");

/// Describes the headers, for answers to refer to.
pub(super) fn define(components: &mut Components) {
    for (name, kind, meaning) in OF_ALL.into_iter().chain([RETRY_AFTER, REPLAYED]) {
        let schema = ObjectBuilder::new().schema_type(SchemaType::from(kind)).build();
        let header = HeaderBuilder::new().schema(Some(Schema::from(schema))).description(Some(meaning)).build();
        components.headers.insert(name.to_owned(), RefOr::T(header));
    }
}

/// Names the headers of an operation's answers.
pub(super) fn name(operation: &mut Operation, is_write: bool) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let special = if status == "default" { Some(RETRY_AFTER) } else { is_write.then_some(REPLAYED) };
        for (name, ..) in OF_ALL.into_iter().chain(special) {
            let reference = Ref::new(format!("#/components/headers/{name}"));
            response.headers.insert(name.to_owned(), RefOr::Ref(reference));
        }
    }
}
