//! The bytes that the pixel, the edge and the server share: names, limits, the link-code alphabet and the shape of
//! a visitor id.
//!
//! Nothing here allocates, reads a clock or does I/O, so that the same code runs in a 3 kB storefront wasm module
//! and in the server. A change here is a change of the public contract: the golden samples below must not move.
#![no_std]
#![deny(missing_docs)]

/// Letters and digits of a link code: no `0`, `o`, `l`, `1` or `i`, which people mistake for one another.
pub const CODE_ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// Length of a link code in characters. 31^8 is about 8.5 × 10^11 codes.
pub const CODE_LEN: usize = 8;

/// First-party cookie that carries the visitor's id (a UUID), on the tracking host and on the shop's own domain.
pub const COOKIE_PV: &str = "_cs_pv";
/// Life of [`COOKIE_PV`]: 30 days, in seconds.
pub const COOKIE_MAX_AGE_S: u32 = 2_592_000;
/// Cookie in which the pixel keeps the link code it landed with.
pub const COOKIE_REF: &str = "_cs_ref";

/// Query parameter of a landing URL: the link's code.
pub const PARAM_REF: &str = "cs_ref";
/// Query parameter of a landing URL: the visitor id that the tracking host minted.
pub const PARAM_PV: &str = "cs_pv";
/// Query parameter of a landing URL: when [`PARAM_PV`] was put there, in Unix seconds.
pub const PARAM_AT: &str = "cs_at";
/// Shopify's own referral parameter, added for Shopify destinations so that Shopify records it too.
pub const PARAM_SHOPIFY_REF: &str = "ref";
/// How long a [`PARAM_PV`] in a landing URL is believed, in seconds: a copied URL must not make two browsers one.
pub const PV_FRESH_S: u64 = 600;

/// Largest body of `POST /api/v1/track`, in bytes.
pub const TRACK_BODY_BYTES_MAX: usize = 64 * 1024;
/// Largest batch of `POST /api/v1/track`, in events.
pub const TRACK_BATCH_MAX: usize = 100;
/// Deepest JSON nesting accepted anywhere.
pub const JSON_DEPTH_MAX: usize = 32;

/// Path of the ingest endpoint.
pub const PATH_TRACK: &str = "/api/v1/track";
/// Path of the click fallback on the app host.
pub const PATH_CLICK: &str = "/api/v1/track/click";
/// Path of the pixel.
pub const PATH_PIXEL: &str = "/api/v1/track/pixel.js";

/// What a storefront can report. The order is the funnel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventType {
    /// A page was shown.
    PageView,
    /// A product went into the cart.
    AddToCart,
    /// The checkout began.
    CheckoutStart,
    /// An order was placed.
    Purchase,
}

impl EventType {
    /// Every event type, in funnel order.
    pub const ALL: [Self; 4] = [Self::PageView, Self::AddToCart, Self::CheckoutStart, Self::Purchase];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PageView => "page_view",
            Self::AddToCart => "add_to_cart",
            Self::CheckoutStart => "checkout_start",
            Self::Purchase => "purchase",
        }
    }

    /// Reads a wire name; `None` for anything else.
    pub fn parse(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str().as_bytes() == name)
    }
}

/// True when `bytes` is a UUID in its 36-character form, in either case. The version is not looked at: the
/// specification's own example and foreign clients use any.
pub fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Writes 16 random bytes as a version 4 UUID (RFC 9562 §5.4), in lower case.
pub fn uuid_v4(mut random: [u8; 16]) -> [u8; 36] {
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    let mut text = [b'-'; 36];
    // Written without indexing: in the pixel every possible panic would carry its message.
    let mut nibbles = random.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    for (place, letter) in text.iter_mut().enumerate() {
        if !matches!(place, 8 | 13 | 18 | 23) {
            *letter = hex_digit(nibbles.next().unwrap_or(0));
        }
    }
    text
}

fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

/// Reads a link code as people and apps hand it over: in any case, with the punctuation that chat apps glue to the
/// end or the front of a link (`_`, `.`, `)` and the like) trimmed. `None` when what is left is no code.
///
/// Only ASCII is folded: `U+212A` (Kelvin sign) must not become a `k`.
pub fn parse_code(text: &[u8]) -> Option<[u8; CODE_LEN]> {
    let is_glue = |byte: &u8| !byte.is_ascii_alphanumeric() && byte.is_ascii();
    let start = text.iter().position(|byte| !is_glue(byte))?;
    let end = text.iter().rposition(|byte| !is_glue(byte))? + 1;
    let mut code = [0; CODE_LEN];
    let core = text.get(start..end)?;
    if core.len() != CODE_LEN {
        return None;
    }
    for (letter, byte) in code.iter_mut().zip(core) {
        *letter = byte.to_ascii_lowercase();
        if !CODE_ALPHABET.contains(letter) {
            return None;
        }
    }
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_names_do_not_move() {
        assert_eq!(
            (COOKIE_PV, COOKIE_MAX_AGE_S, PARAM_REF, PARAM_PV, PARAM_AT),
            ("_cs_pv", 2_592_000, "cs_ref", "cs_pv", "cs_at")
        );
        assert_eq!(CODE_ALPHABET, b"abcdefghjkmnpqrstuvwxyz23456789");
        assert_eq!(EventType::ALL.map(EventType::as_str), ["page_view", "add_to_cart", "checkout_start", "purchase"]);
    }

    #[test]
    fn codes_are_read_leniently_but_only_from_the_alphabet() {
        assert_eq!(parse_code(b"m7xp3k9a"), Some(*b"m7xp3k9a"));
        assert_eq!(parse_code(b"M7XP3K9A"), Some(*b"m7xp3k9a"));
        assert_eq!(parse_code(b"m7xp3k9a_"), Some(*b"m7xp3k9a"));
        assert_eq!(parse_code(b"(m7xp3k9a)."), Some(*b"m7xp3k9a"));
        for bad in ["", "...", "m7xp3k9", "m7xp3k9ab", "m7xp3k91", "m7xp\u{212a}9a", "m7 p3k9a"] {
            assert_eq!(parse_code(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn uuids_have_the_version_and_variant_of_rfc_9562() {
        assert_eq!(&uuid_v4([0; 16]), b"00000000-0000-4000-8000-000000000000");
        assert_eq!(&uuid_v4([0xff; 16]), b"ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert!(is_uuid(&uuid_v4([0x5a; 16])));
        assert!(!is_uuid(b"550e8400-e29b-41d4-a716-44665544000g"));
        assert!(!is_uuid(b"550e8400e29b41d4a716446655440000"));
    }
}
