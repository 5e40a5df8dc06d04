//! Core of the storefront pixel: reads the landing URL, chooses the visitor id, and builds events and cart attributes.
//!
//! No allocator and no wasm-bindgen: calls between JavaScript and wasm pass only numbers, and text goes through two
//! fixed buffers. This keeps the whole pixel small (docs/adr/0004). Calls to the browser (cookies, storage, fetch,
//! consent) are in `loader.js`, and so is a second spelling of these rules for browsers and pages that refuse wasm: a
//! change here is a change there, and end2end/stories/pixel-visitor.spec.ts compares both. Everything here works on plain
//! slices and is tested natively.
#![cfg_attr(target_arch = "wasm32", no_std)]

use wire::{EventType, PARAM_AT, PARAM_PV, PARAM_REF, PV_FRESH_S, is_uuid, parse_code};

/// Size of the input and of the output buffer, in bytes: the largest `event_data` twice over. A longer event is rejected,
/// not truncated.
const BUFFER: usize = 32 * 1024;

/// This browser's visitor id, another id of the same visitor, and the code of the link it came through.
pub struct Pixel {
    pv_id: [u8; 36],
    alias: Option<[u8; 36]>,
    code: Option<[u8; 8]>,
}

/// A fixed-size output buffer. Text that does not fit marks it as overflowed.
pub struct Text {
    bytes: [u8; BUFFER],
    len: usize,
    is_full: bool,
}

impl Text {
    /// An empty text.
    pub const fn new() -> Self {
        Self { bytes: [0; BUFFER], len: 0, is_full: false }
    }

    fn clear(&mut self) {
        self.len = 0;
        self.is_full = false;
    }

    fn push(&mut self, text: &[u8]) {
        match self.bytes.get_mut(self.len..self.len + text.len()) {
            Some(target) => {
                // Not `copy_from_slice`: its panic on unequal lengths would be compiled in.
                for (slot, byte) in target.iter_mut().zip(text) {
                    *slot = *byte;
                }
                self.len += text.len();
            }
            None => self.is_full = true,
        }
    }

    /// Length of the finished text in bytes; 0 if it overflowed.
    pub fn finish(&self) -> usize {
        if self.is_full { 0 } else { self.len }
    }
}

fn uuid(text: &[u8]) -> Option<[u8; 36]> {
    if is_uuid(text) { text.try_into().ok() } else { None }
}

fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 12 {
        return None;
    }
    text.iter().try_fold(0, |all: u64, digit| digit.is_ascii_digit().then(|| all * 10 + u64::from(digit - b'0')))
}

impl Default for Text {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for Pixel {
    fn default() -> Self {
        Self::new()
    }
}

impl Pixel {
    /// A browser without a visitor id; [`Self::boot`] sets it.
    pub const fn new() -> Self {
        Self { pv_id: [0; 36], alias: None, code: None }
    }

    /// Reads the landing URL and the cookies. The browser's id is its own, `fresh_id` if it has none yet. The link's id is
    /// only an alias, since whoever made the link knows it and could be this visitor for ever, and only if it is at most
    /// `PV_FRESH_S` seconds old: a copied URL must not make two browsers one visitor. `now_ms` is Unix time in
    /// milliseconds. Writes the URL without visitor id and time to `cleaned`, or nothing if it had neither.
    pub fn boot(
        &mut self,
        url: &[u8],
        cookie_pv: &[u8],
        cookie_ref: &[u8],
        fresh_id: [u8; 36],
        now_ms: u64,
        cleaned: &mut Text,
    ) {
        cleaned.clear();
        let mut landing_pv = None;
        let mut landed_at = None;
        let mut has_removed = false;
        self.code = parse_code(cookie_ref);
        let end = url.iter().position(|byte| *byte == b'#').unwrap_or(url.len());
        let (before, hash) = url.split_at_checked(end).unwrap_or_default();
        let start = before.iter().position(|byte| *byte == b'?').unwrap_or(end);
        let (path, query) = before.split_at_checked(start).unwrap_or_default();
        cleaned.push(path);
        let mut mark = b"?";
        for pair in query.get(1..).unwrap_or_default().split(|byte| *byte == b'&') {
            let value = |name: &str| {
                let is_match = pair.get(..name.len()) == Some(name.as_bytes()) && pair.get(name.len()) == Some(&b'=');
                if is_match { pair.get(name.len() + 1..) } else { None }
            };
            if let Some(value) = value(PARAM_PV) {
                landing_pv = uuid(value);
                has_removed = true;
            } else if let Some(value) = value(PARAM_AT) {
                landed_at = number(value);
                has_removed = true;
            } else {
                if let Some(code) = value(PARAM_REF).and_then(parse_code) {
                    self.code = Some(code);
                }
                if !pair.is_empty() {
                    cleaned.push(mark);
                    cleaned.push(pair);
                    mark = b"&";
                }
            }
        }
        cleaned.push(hash);
        if !has_removed {
            cleaned.clear();
        }
        let is_fresh = landed_at.is_some_and(|at| (now_ms / 1000).abs_diff(at) <= PV_FRESH_S);
        self.pv_id = uuid(cookie_pv).unwrap_or(fresh_id);
        self.alias = landing_pv.filter(|landing| is_fresh && *landing != self.pv_id);
    }

    /// Builds an event. `fields` is a JSON object from the page; its members are copied unchanged. Writes nothing for
    /// an unknown event type. Only the first event has the link's id, since each report of it proves a click.
    pub fn event(&mut self, event_type: &[u8], fields: &[u8], event_id: &[u8], out: &mut Text) {
        out.clear();
        if EventType::parse(event_type).is_none() {
            return;
        }
        out.push(b"{\"event_type\":\"");
        out.push(event_type);
        out.push(b"\",\"pv_id\":\"");
        out.push(&self.pv_id);
        if let Some(alias) = self.alias.take() {
            out.push(b"\",\"pv_alias\":\"");
            out.push(&alias);
        }
        out.push(b"\",\"event_id\":\"");
        out.push(event_id);
        out.push(b"\"");
        if let Some(members) = fields.get(1..).filter(|members| members.len() > 1) {
            out.push(b",");
            out.push(members);
        } else {
            out.push(b"}");
        }
    }

    /// Builds the request body that sets the cart's attributes.
    pub fn cart(&self, out: &mut Text) {
        out.clear();
        out.push(b"{\"attributes\":{\"_cs_pv\":\"");
        out.push(&self.pv_id);
        if let Some(code) = &self.code {
            out.push(b"\",\"_cs_ref\":\"");
            out.push(code);
        }
        out.push(b"\"}}");
    }
}

#[cfg(target_arch = "wasm32")]
mod exports {
    //! Functions that JavaScript calls; arguments and results are byte lengths and addresses. There is one thread and
    //! one instance, and only this module uses the statics.

    use super::{BUFFER, Pixel, Text};

    static mut IN: [u8; BUFFER] = [0; BUFFER];
    static mut OUT: Text = Text::new();
    static mut PIXEL: Pixel = Pixel::new();

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        core::arch::wasm32::unreachable()
    }

    // SAFETY (all of them): wasm in a page has one thread, no function here calls back into the page, and each
    // reference ends with the call, so no two references to a static ever live at once.
    fn input() -> &'static [u8; BUFFER] {
        unsafe { &*(&raw const IN) }
    }

    fn out() -> &'static mut Text {
        unsafe { &mut *(&raw mut OUT) }
    }

    fn pixel() -> &'static mut Pixel {
        unsafe { &mut *(&raw mut PIXEL) }
    }

    fn part(from: usize, len: usize) -> &'static [u8] {
        input().get(from..from + len).unwrap_or_default()
    }

    /// Address of the input buffer, which JavaScript writes.
    #[unsafe(no_mangle)]
    extern "C" fn i() -> *const u8 {
        input().as_ptr()
    }

    /// Address of the output buffer, which JavaScript reads.
    #[unsafe(no_mangle)]
    extern "C" fn o() -> *const u8 {
        out().bytes.as_ptr()
    }

    /// Boots, given the lengths of the four input texts; returns the length of the cleaned URL, 0 if unchanged.
    #[unsafe(no_mangle)]
    extern "C" fn b(fresh: usize, url: usize, cookie_pv: usize, cookie_ref: usize, now_ms: f64) -> usize {
        let pv = part(fresh + url, cookie_pv);
        let code = part(fresh + url + cookie_pv, cookie_ref);
        let fresh_id = part(0, fresh).try_into().unwrap_or([b'0'; 36]);
        pixel().boot(part(fresh, url), pv, code, fresh_id, now_ms as u64, out());
        out().finish()
    }

    /// Writes the visitor id; returns its length.
    #[unsafe(no_mangle)]
    extern "C" fn p() -> usize {
        out().clear();
        out().push(&pixel().pv_id);
        out().finish()
    }

    /// Writes the link's code; returns its length, 0 without a link.
    #[unsafe(no_mangle)]
    extern "C" fn r() -> usize {
        out().clear();
        if let Some(code) = &pixel().code {
            out().push(code);
        }
        out().finish()
    }

    /// Writes an event; returns its length, 0 if its type is unknown or it is too long.
    #[unsafe(no_mangle)]
    extern "C" fn e(fresh: usize, event_type: usize, fields: usize) -> usize {
        pixel().event(part(fresh, event_type), part(fresh + event_type, fields), part(0, fresh), out());
        out().finish()
    }

    /// Writes the cart's attributes; returns their length.
    #[unsafe(no_mangle)]
    extern "C" fn c() -> usize {
        pixel().cart(out());
        out().finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "550e8400-e29b-41d4-a716-446655440000";
    const LINK: &str = "660e8400-e29b-41d4-a716-446655440000";

    const FRESH: [u8; 36] = *b"018bcfe5-6800-7000-8000-000000000000";

    fn boot(url: &str, cookie: &str, cookie_ref: &str) -> (Pixel, String) {
        let mut pixel = Pixel::new();
        let mut cleaned = Text::new();
        pixel.boot(url.as_bytes(), cookie.as_bytes(), cookie_ref.as_bytes(), FRESH, 1_700_000_500_999, &mut cleaned);
        (pixel, text(&cleaned))
    }

    fn text(out: &Text) -> String {
        String::from_utf8(out.bytes[..out.finish()].to_vec()).expect("UTF-8")
    }

    fn id(pixel: &Pixel) -> &str {
        str::from_utf8(&pixel.pv_id).expect("ASCII")
    }

    #[test]
    fn new_browser_makes_its_own_id_and_reports_the_id_of_a_fresh_link() {
        let url = format!("https://s.example/p?v=1&cs_ref=m7xp3k9a&cs_pv={LINK}&cs_at=1700000000#x");
        let (pixel, cleaned) = boot(&url, "", "");
        assert_eq!(pixel.pv_id, FRESH);
        assert_eq!(pixel.alias.map(|alias| alias.to_vec()), Some(LINK.as_bytes().to_vec()));
        assert_eq!(pixel.code, Some(*b"m7xp3k9a"));
        assert_eq!(cleaned, "https://s.example/p?v=1&cs_ref=m7xp3k9a#x");
    }

    #[test]
    fn copied_url_does_not_share_the_visitor_id() {
        for at in ["1699999800", "1700001200", "", "x", "99999999999999999999"] {
            let url = format!("https://s.example/?cs_pv={LINK}&cs_at={at}");
            let (pixel, cleaned) = boot(&url, "", "");
            assert_eq!((pixel.pv_id, pixel.alias), (FRESH, None), "{at}");
            assert_eq!(cleaned, "https://s.example/");
        }
        let (pixel, _) = boot(&format!("https://s.example/?cs_pv={LINK}"), "", "");
        assert_eq!(pixel.alias, None, "a link without a time is not fresh");
    }

    #[test]
    fn known_browser_keeps_its_id_and_reports_the_link_id_as_alias() {
        let url = format!("https://s.example/?cs_pv={LINK}&cs_at=1700000000");
        let (pixel, _) = boot(&url, OWN, "m7xp3k9a");
        assert_eq!(id(&pixel), OWN);
        assert_eq!(pixel.alias.map(|alias| alias.to_vec()), Some(LINK.as_bytes().to_vec()));
        assert_eq!(pixel.code, Some(*b"m7xp3k9a"), "the link is read from the cookie");
        let (pixel, cleaned) = boot("https://s.example/?a=1", OWN, "");
        assert_eq!((id(&pixel), pixel.alias, cleaned.as_str()), (OWN, None, ""));
    }

    #[test]
    fn events_are_json_and_invalid_ones_are_rejected() {
        let (mut pixel, _) = boot(&format!("https://s.example/?cs_pv={LINK}&cs_at=1700000000"), OWN, "");
        let mut out = Text::new();
        pixel.event(b"page_view", br#"{"page_url":"https://s.example/"}"#, &FRESH, &mut out);
        assert_eq!(
            text(&out),
            format!(
                r#"{{"event_type":"page_view","pv_id":"{OWN}","pv_alias":"{LINK}","event_id":"018bcfe5-6800-7000-8000-000000000000","page_url":"https://s.example/"}}"#
            )
        );
        pixel.event(b"add_to_cart", b"{}", &FRESH, &mut out);
        assert!(text(&out).ends_with(r#"000000000000"}"#));
        assert!(!text(&out).contains("pv_alias"), "one landing, one report");
        pixel.event(b"login", b"{}", &FRESH, &mut out);
        assert_eq!(text(&out), "");
        pixel.event(b"page_view", &[b'x'; BUFFER], &FRESH, &mut out);
        assert_eq!(out.finish(), 0, "an event that is too long is rejected, not truncated");
    }

    #[test]
    fn cart_attributes_contain_visitor_and_link() {
        let (pixel, _) = boot("https://s.example/?cs_ref=M7XP3K9A", OWN, "");
        let mut out = Text::new();
        pixel.cart(&mut out);
        assert_eq!(text(&out), format!(r#"{{"attributes":{{"_cs_pv":"{OWN}","_cs_ref":"m7xp3k9a"}}}}"#));
    }
}
