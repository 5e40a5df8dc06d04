//! What follows from an attempt to deliver an event.

use domain::{
    UnixMs,
    webhook::{Answer, DisabledReason, HOLD_MAX_MS, SLOW_MS, Standing, Verdict, Warning, retry_after, wait_ms},
};
use store::webhooks::{Attempt, ClaimedDelivery, Outcome};

/// An attempt to deliver: an answer, or the reason why there is none.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) began_at: UnixMs,
    pub(super) ended_at: UnixMs,
    pub(super) answer: Result<Answer, String>,
}

/// What follows.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) attempt: Attempt,
    pub(super) outcome: Outcome,
    pub(super) is_slow: bool,
    pub(super) hold_until: Option<UnixMs>,
    pub(super) warning: Option<Warning>,
    pub(super) disables: Option<DisabledReason>,
}

impl Decision {
    pub(super) fn is_success(&self) -> bool {
        self.outcome == Outcome::Delivered
    }
}

/// Decides. `chance` is random.
pub(super) fn decide(claimed: &ClaimedDelivery, tried: &Tried, chance: u16) -> Decision {
    let (endpoint, now) = (&claimed.endpoint, tried.ended_at);
    let duration_ms = now.0.saturating_sub(tried.began_at.0).max(0);
    let answer = tried.answer.as_ref();
    let Verdict { is_delivered, disables } =
        answer.map_or(Verdict { is_delivered: false, disables: None }, Answer::verdict);
    let postponed = answer.ok().and_then(|answer| retry_after(answer.headers.retry_after.as_deref()?, now));
    let standing = if is_delivered {
        Standing::Fine
    } else {
        Standing::after_failure(endpoint.failing_since, endpoint.warning.as_ref().map(|warning| warning.at), now)
    };
    let disables = disables.or((standing == Standing::Disable).then_some(DisabledReason::Failing));
    let next = wait_ms(claimed.attempts + 1, chance).map(|wait| now.plus_ms(wait));
    let outcome = match next {
        _ if is_delivered => Outcome::Delivered,
        Some(next) if disables.is_none() => Outcome::Retry(postponed.map_or(next, |at| at.max(next))),
        _ => Outcome::GivenUp,
    };
    Decision {
        attempt: Attempt {
            at: tried.began_at,
            duration_ms,
            status: answer.ok().map(|answer| answer.status),
            error: answer.err().cloned(),
            answer: answer.ok().map(Answer::excerpt).filter(|text| !text.is_empty()),
        },
        outcome,
        is_slow: !is_delivered || duration_ms >= SLOW_MS,
        hold_until: postponed.filter(|_| !is_delivered).map(|at| at.min(now.plus_ms(HOLD_MAX_MS))),
        warning: (standing == Standing::Warn).then(|| Warning { at: now, text: warning_text(claimed, tried) }),
        disables,
    }
}

/// What an endpoint's owner should know after a day of failures.
fn warning_text(claimed: &ClaimedDelivery, tried: &Tried) -> String {
    let kind = claimed.event.as_ref().map_or("an event", |event| event.kind.as_str());
    let answer = match &tried.answer {
        Ok(answer) => format!("was answered with {}", answer.status),
        Err(error) => format!("was not answered: {error}"),
    };
    let since = claimed.endpoint.failing_since.map_or_else(String::new, |at| format!(" since {}", at.to_rfc3339()));
    format!("Nothing was delivered{since}; the last event, {kind}, {answer}. After five days the endpoint is disabled.")
}
