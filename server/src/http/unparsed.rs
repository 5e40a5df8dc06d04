//! Answers to what is not HTTP, or has too large a head: hyper refuses it before any route, with an empty body.

use axum::http::{StatusCode, header};

use crate::http::{SAFE_DEFAULTS, error::ApiError, request_log};

/// The answer in place of one of hyper's own. `None` if the bytes are anything else: our own responses have a request id.
pub(crate) fn answer_to(written: &[u8]) -> Option<Vec<u8>> {
    let status = written.strip_prefix(b"HTTP/1.1 4")?;
    let head = str::from_utf8(written).ok()?.strip_suffix("\r\n\r\n")?;
    let is_ours = head.lines().any(|line| line.starts_with(request_log::REQUEST_ID.as_str()));
    if is_ours || head.contains("\r\n\r\n") {
        return None;
    }
    let sentence = match status.get(..2)? {
        b"00" => "The request is not valid HTTP",
        b"14" => "The address is too long",
        b"31" => "The head of the request is too large",
        _ => return None,
    };
    let status = StatusCode::from_bytes(written.get(9..12)?).ok()?;
    let body = ApiError::new(status, sentence).to_json();
    let id = request_log::next_id();
    tracing::debug!(id, status = status.as_u16(), "refused what is not a request");
    request_log::count("unparsed", status.as_u16());
    let (id_name, length) = (request_log::REQUEST_ID, body.len().to_string());
    let mut answer = format!("{}\r\n", head.lines().next()?);
    let fields = [
        (header::CONTENT_TYPE.as_str(), "application/json"),
        (header::CONTENT_LENGTH.as_str(), &length),
        (header::CONNECTION.as_str(), "close"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN.as_str(), "*"),
        (id_name.as_str(), &id),
    ];
    for (name, value) in fields.into_iter().chain(SAFE_DEFAULTS) {
        answer.push_str(&format!("{name}: {value}\r\n"));
    }
    answer.push_str("\r\n");
    answer.push_str(&body);
    Some(answer.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_without_a_request_id_are_replaced() {
        let of_hyper = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let answer = String::from_utf8(answer_to(of_hyper).expect("replaced")).expect("text");
        assert!(answer.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n{\"error\":\"The head of the request is too large\"}"), "{answer}");
        for ours in [
            "HTTP/1.1 404 Not Found\r\nx-request-id: 0\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\nx-request-id: 0\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 4",
        ] {
            assert_eq!(answer_to(ours.as_bytes()), None, "{ours}");
        }
    }
}
