//! QR codes of links, drawn as SVG: on a page, and as a file to print.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};

use crate::error::{PageError, PageResult};

/// The white border that readers need, in modules.
const QUIET_ZONE: usize = 4;
/// Side of a file's picture in pixels, where a program needs one. It can be enlarged without loss.
const FILE_PIXELS: usize = 512;

/// A code, ready to be drawn.
struct Drawing {
    /// Side in modules, with the border.
    side: usize,
    /// The dark modules as one path.
    path: String,
}

/// Draws a text with medium error correction, which survives a fold or a small stain. `None` if it is too long.
fn draw(text: &str) -> Option<Drawing> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        // One rectangle for each run of dark modules keeps the picture small.
        for run in modules.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let (x, y, length) = (column + QUIET_ZONE, row + QUIET_ZONE, run.len());
                path.push_str(&format!("M{x} {y}h{length}v1h-{length}z"));
            }
            column += run.len();
        }
    }
    Some(Drawing { side: width + 2 * QUIET_ZONE, path })
}

/// The code of an address, to be scanned from the screen: dark on white in both themes, as readers want it. `label` says
/// what it leads to. Nothing if the address is too long for a code.
pub(crate) fn picture(url: &str, label: impl Into<String>) -> Option<AnyView> {
    let Drawing { side, path } = draw(url)?;
    let view = view! {
        <svg class="qr" viewBox=format!("0 0 {side} {side}") width="168" height="168" role="img" aria-label=label.into()
            shape-rendering="crispEdges">
            <rect width=side.to_string() height=side.to_string() fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    };
    Some(view.into_any())
}

/// The code of an address as an SVG file that is downloaded as `name`.svg.
///
/// # Errors
/// "Not found" if the address is too long for a code.
pub(crate) fn file(url: &str, name: &str) -> PageResult {
    let drawing = draw(url).ok_or_else(|| PageError::not_found("QR code"))?;
    let mut response: Response = svg(&drawing).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    if let Ok(disposition) = format!("attachment; filename=\"{name}.svg\"").parse() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

fn svg(Drawing { side, path }: &Drawing) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{FILE_PIXELS}\" height=\"{FILE_PIXELS}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://go.brand.example/jess1234";

    /// The modules that a path covers.
    fn covered(path: &str) -> Vec<(usize, usize)> {
        let number = |text: &str| text.parse::<usize>().expect("a number");
        let runs = path.split('M').skip(1).map(|run| {
            let (x, rest) = run.split_once(' ').expect("a place");
            let (y, rest) = rest.split_once('h').expect("a run");
            (number(x), number(y), number(rest.split('v').next().expect("a length")))
        });
        runs.flat_map(|(x, y, length)| (x..x + length).map(move |x| (x, y))).collect()
    }

    #[test]
    fn the_drawing_has_every_dark_module_inside_a_white_border() {
        let drawing = draw(URL).expect("short");
        let code = QrCode::with_error_correction_level(URL, EcLevel::M).expect("short");
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let expected: Vec<_> = dark.map(|(at, _)| (at % width + QUIET_ZONE, at / width + QUIET_ZONE)).collect();
        assert_eq!(covered(&drawing.path), expected);
        assert_eq!(drawing.side, width + 2 * QUIET_ZONE);
    }

    #[test]
    fn what_no_code_can_hold_is_not_drawn() {
        assert!(picture(&"a".repeat(3_000), "Too long").is_none());
        assert!(file(&"a".repeat(3_000), "too-long").is_err());
        let picture = picture(URL, "QR code of go.brand.example/jess1234").expect("short").to_html();
        assert!(picture.contains("aria-label=\"QR code of go.brand.example/jess1234\""), "{picture}");
    }
}
