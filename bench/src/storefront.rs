//! Requests as shoppers' browsers send them.

use serde_json::{Value, json};

/// Request headers about as long as a real browser's.
const BROWSER: &str = "user-agent: Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1\r\naccept: text/html,application/xhtml+xml\r\naccept-language: en-GB,en;q=0.9\r\nreferer: https://www.instagram.com/\r\nsec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\n";

/// The visitor of a request: nine of ten are new, with an id ordered in time as our redirect and pixel make them; the
/// others are random ones of before.
fn visitor(number: usize) -> String {
    // Multiplicative hashing: the same number always gives the same visitor, and no order is left in it.
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let own = if number % 10 == 9 { (mixed >> 16) % number.max(1) } else { number };
    format!("{:08x}-{:04x}-7{:03x}-8000-{own:012x}", 0x0193_2e8a + own / 4096, own % 4096 * 16, own % 4096)
}

/// The visitor id that a link brings to the page that reports this event.
fn link_id(own: usize) -> String {
    format!("{:08x}-{:04x}-7{:03x}-a000-{own:012x}", 0x0193_2e8a + own / 4096, own % 4096 * 16, own % 4096)
}

/// The visitor who places an order.
pub(crate) fn visitor_of_order(order: usize) -> String {
    format!("01932e8a-7c00-7{:03x}-8000-{order:012x}", order % 4096)
}

/// Follows a link, as one of many visitors.
pub(crate) fn redirect(path: &str, number: usize) -> Vec<u8> {
    let cookie = if number % 10 == 9 { format!("cookie: _cs_pv={}\r\n", visitor(number)) } else { String::new() };
    // Shoppers have addresses of their own.
    let address = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {address}\r\n{BROWSER}{cookie}\r\n")
        .into_bytes()
}

/// Sites that shoppers come from, and browsers that they use, in no particular order.
const SITES: [&str; 12] = [
    "www.instagram.com",
    "l.instagram.com",
    "www.tiktok.com",
    "www.youtube.com",
    "m.youtube.com",
    "www.pinterest.com",
    "t.co",
    "www.facebook.com",
    "www.google.com",
    "news.example.com",
    "blog.example.org",
    "mail.example.net",
];
const AGENTS: [&str; 5] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
];

/// Follows a link, as one of many visitors, from one of several sites with one of several browsers.
pub(crate) fn visit(path: &str, number: usize) -> Vec<u8> {
    let address = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
    let site = SITES.get(number % SITES.len()).unwrap_or(&"");
    let agent = AGENTS.get(number % AGENTS.len()).unwrap_or(&"");
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {address}\r\nuser-agent: {agent}\r\naccept: text/html\r\n\
         accept-language: en-GB,en;q=0.9\r\nreferer: https://{site}/\r\n\r\n"
    )
    .into_bytes()
}

/// Follows a link, as the visitor with this id.
pub(crate) fn click(code: &str, pv_id: &str) -> Vec<u8> {
    format!("GET /{code} HTTP/1.1\r\nhost: localhost\r\n{BROWSER}cookie: _cs_pv={pv_id}\r\n\r\n").into_bytes()
}

/// Reports page views, as one of many visitors, who landed with the link's code.
pub(crate) fn track(path: &str, key: &str, code: &str, number: usize, events: usize) -> Vec<u8> {
    let event = |index: usize| {
        let own = number * events.max(1) + index;
        json!({
            "event_type": "page_view", "pv_id": visitor(own), "pv_alias": link_id(own),
            "event_id": format!("{:08x}-{:04x}-7{:03x}-9000-{own:012x}", 0x0193_2e8a + own / 4096, own % 4096 * 16, own % 4096),
            "page_url": format!("https://shop.example/products/serum-{}?variant=1&cs_ref={code}", own % 200),
        })
    };
    report(path, key, &if events == 1 { event(0) } else { Value::Array((0..events).map(event).collect()) })
}

/// Reports events with a pixel key. The pixel sends its JSON as plain text.
pub(crate) fn report(path: &str, key: &str, events: &Value) -> Vec<u8> {
    let body = events.to_string();
    format!(
        "POST {path}?key={key} HTTP/1.1\r\nhost: localhost\r\n{BROWSER}content-type: text/plain\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
