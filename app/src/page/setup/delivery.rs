//! The page of a delivery: what was sent to an endpoint, each attempt, and what was answered.

use axum::extract::Path;
use domain::{EndpointId, MessageId};
use flow::{
    FlowError,
    webhook::{Attempt, DeliveryDetail, WebhookAdmin},
};
use leptos::prelude::*;

use super::{
    delivery_state::{answer_text, is_under_way, state_chip},
    endpoint, webhooks,
};
use crate::{
    brand_layout::BrandPage,
    component::{card, live_part},
    error::PageResult,
    form::{Form, FormState, Posted},
    format,
    language::{rich, t},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

const REPLAY: &str = "replay";

fn read_event(event: &str) -> Result<MessageId, FlowError> {
    event.parse().map_err(|_| FlowError::NotFound("delivery"))
}

pub(super) async fn show(request: BrandRequest, Path((id, event)): Path<(String, String)>) -> PageResult {
    page(&request, &endpoint::read_id(&request, &id)?, &read_event(&event)?, &FormState::default()).await
}

pub(super) async fn submit(
    request: BrandRequest,
    Path((id, event)): Path<(String, String)>,
    posted: Posted,
) -> PageResult {
    let (id, event) = (endpoint::read_id(&request, &id)?, read_event(&event)?);
    let outcome = match posted.action() {
        REPLAY => endpoint::replay(&request, &id, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &id, &event, &posted.refused(error)?).await,
    }
}

async fn page(request: &BrandRequest, id: &EndpointId, event: &MessageId, state: &FormState) -> PageResult {
    let admin = WebhookAdmin::try_from(&request.caller)?;
    let DeliveryDetail { delivery, body, attempts } = request.flow.webhooks().delivery(&admin, id, event).await?;
    let is_moving = is_under_way(&delivery, request.flow.now());
    let (_, chip) = state_chip(delivery.state);
    let next = delivery
        .next_at
        .map(|at| view! { <div><dt>{t!("webhooks-next-attempt")}</dt><dd>{request.moment(at)}</dd></div> });
    let form = state.form(REPLAY);
    let again = delivery.finished_at.is_some().then(|| {
        view! { <form method="post">{Form::hidden("event", event.to_string())}{form.button(t!("webhooks-send-again"), "primary")}</form> }
    });
    let content = view! {
        {state.form(REPLAY).all_faults()}
        {live_part("delivery", is_moving, String::new(), view! {
            <dl class="facts">
                <div><dt>{t!("webhooks-state")}</dt><dd>{chip}</dd></div>
                <div><dt>{t!("webhooks-event-id")}</dt><dd class="code">{delivery.event.to_string()}</dd></div>
                <div><dt>{t!("webhooks-about")}</dt><dd class="code">{delivery.object_id.clone()}</dd></div>
                <div><dt>{t!("webhooks-number")}</dt><dd>{format::count(delivery.sequence)}</dd></div>
                <div><dt>{t!("webhooks-queued")}</dt><dd>{request.moment(delivery.queued_at)}</dd></div>
                {next}
            </dl>
            {again}
            <h2 class="section">{t!("webhooks-attempts")}</h2>
            {attempts_table(request, &attempts)}
        })}
        {body_card(body)}
    };
    Ok(BrandPage::new(delivery.kind.as_str())
        .above(view! { <a href=webhooks::path_of(id)>{t!("webhooks-back-to-deliveries")}</a> })
        .status(state.status())
        .show(request, content))
}

fn attempts_table(request: &BrandRequest, attempts: &[Attempt]) -> AnyView {
    let columns = [
        Column::text("", t!("webhooks-when")),
        Column::number("", t!("webhooks-duration")),
        Column::text("", t!("webhooks-answer")),
        Column::text("", t!("webhooks-answer-body")),
    ];
    let rows = attempts.iter().map(|attempt| {
        let answer = attempt.answer.clone().unwrap_or_default();
        let shown = (!answer.is_empty()).then(|| view! { <code class="block">{answer.clone()}</code> });
        Row::new([
            Cell::text(request.moment_text(attempt.at)),
            Cell::number(attempt.duration_ms, t!("webhooks-ms", count = attempt.duration_ms)),
            Cell::text(answer_text(attempt.status, attempt.error.as_deref())),
            if answer.is_empty() { Cell::text("") } else { Cell::view(answer, shown) },
        ])
    });
    Table::new(t!("webhooks-attempts"), columns)
        .rows(rows.collect::<Vec<_>>())
        .neighbours(None, None)
        .without_csv()
        .empty(view! { <p class="subdued">{t!("webhooks-no-attempt")}</p> })
        .view(&request.address)
}

/// The body that is sent.
fn body_card(body: Option<String>) -> AnyView {
    let docs = view! { <a href="/docs/api/outgoing-webhooks">{t!("setup-endpoints-how")}</a> }.into_any();
    let content = match body {
        Some(body) => view! { <pre><code class="block">{pretty(&body)}</code></pre> }.into_any(),
        None => view! { <p class="subdued">{t!("webhooks-body-gone")}</p> }.into_any(),
    };
    card(t!("webhooks-body"), view! { <p class="subdued">{rich!("webhooks-body-text", link = docs)}</p> {content} })
}

/// Deepest JSON that is shown with a line for each field: the bytes of the indentation grow with the square of the depth.
const DEPTH_MAX: usize = 32;

/// JSON with a line for each field, in the order in which they are sent. Anything else, and what is too deep, as it is: whoever
/// knows the address of a tester sends what they like.
pub(super) fn pretty(body: &str) -> String {
    indented(body).unwrap_or_else(|| body.to_owned())
}

fn indented(body: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(body).ok()?;
    let (mut out, mut depth) = (String::with_capacity(body.len() * 2), 0_usize);
    let (mut is_text, mut is_escaped) = (false, false);
    let mut letters = body.chars().filter(|letter| !letter.is_ascii_control()).peekable();
    while let Some(letter) = letters.next() {
        if is_text || letter == '"' {
            out.push(letter);
            is_text = letter != '"' || is_escaped || !is_text;
            is_escaped = is_text && letter == '\\' && !is_escaped;
            continue;
        }
        match letter {
            ' ' => {}
            '{' | '[' => {
                depth += 1;
                out.push(letter);
                if depth > DEPTH_MAX {
                    return None;
                }
                if !matches!(letters.peek(), Some('}' | ']')) {
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !out.ends_with(['{', '[']) {
                    new_line(&mut out, depth);
                }
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            other => out.push(other),
        }
    }
    Some(out)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(core::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::{DEPTH_MAX, pretty};

    #[test]
    fn json_keeps_its_order_and_its_texts() {
        let shown =
            pretty(r#"{"type":"a, {b}","data":{"z":[1,2],"a":{},"none":[]},"quote":"say \"hi\": \\","empty":""}"#);
        let expected = [
            "{",
            r#"  "type": "a, {b}","#,
            r#"  "data": {"#,
            r#"    "z": ["#,
            "      1,",
            "      2",
            "    ],",
            r#"    "a": {},"#,
            r#"    "none": []"#,
            "  },",
            r#"  "quote": "say \"hi\": \\","#,
            r#"  "empty": """#,
            "}",
        ];
        assert_eq!(shown, expected.join("\n"));
        assert_eq!(pretty("name=Ana"), "name=Ana");
    }

    #[test]
    fn what_is_too_deep_stays_as_it_is() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert_eq!(pretty(&deep), deep);
        let shallow = "[".repeat(DEPTH_MAX) + &"]".repeat(DEPTH_MAX);
        assert_eq!(pretty(&shallow).lines().count(), 2 * DEPTH_MAX - 1);
    }
}
