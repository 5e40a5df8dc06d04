//! What the commands for objects share: their pages, their answers, and what they print.

use clap::Args;
use domain::id::{TIME_MAX, earliest};
use flow::{
    FlowError,
    api::{
        Filter, Keyset,
        write::{Done, RowError, WriteError},
    },
};
use serde_json::{Value, json};

use super::table::{Line, details, table};
use crate::serve::Failure;

/// The answer of a command, as JSON and as text.
pub(super) type Answer = Result<(Value, String), Failure>;

/// A page of a list, newest first.
#[derive(Args, Debug)]
pub(super) struct PageOptions {
    /// Most objects, 1 to 100
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=100))]
    limit: i64,
    /// Begin after the object with this id, with the next older one
    #[arg(long)]
    after: Option<String>,
    /// Only the object with your own id
    #[arg(long)]
    external_id: Option<String>,
    /// Only archived objects (`true`), or only others (`false`)
    #[arg(long)]
    archived: Option<bool>,
}

impl PageOptions {
    pub(super) fn filter(&self) -> Filter {
        Filter { external_id: self.external_id.clone(), is_archived: self.archived, ..Filter::default() }
    }

    /// One object more than are shown, to know whether there are more.
    pub(super) fn keyset(&self, prefix: &str) -> Keyset {
        let below = self.after.clone().unwrap_or_else(|| earliest(prefix, TIME_MAX));
        Keyset { from: String::new(), below, is_ascending: false, limit: self.limit + 1 }
    }

    /// The list, of the objects of this page's keyset.
    pub(super) fn list(&self, url: &str, mut objects: Vec<Value>, fields: &[&str]) -> (Value, String) {
        let limit = usize::try_from(self.limit).unwrap_or_default();
        let has_more = objects.len() > limit;
        objects.truncate(limit);
        let lines: Vec<Line> = objects.iter().map(|object| Line::of(object, fields)).collect();
        let mut text = if lines.is_empty() { "None.".to_owned() } else { table(fields, &lines) };
        if let (true, Some(last)) = (has_more, objects.last().and_then(|last| last["id"].as_str())) {
            text.push_str(&format!("\nMore: --after {last}"));
        }
        (json!({ "object": "list", "data": objects, "has_more": has_more, "url": url }), text)
    }
}

/// The answer to a write of one object, as the API has it.
pub(super) fn written(done: Done, fields: &[&str]) -> Answer {
    let (Done::Now(answer) | Done::Before(answer)) = done;
    let object: Value = serde_json::from_str(&answer.body)?;
    let text = details(&object, fields);
    Ok((object, text))
}

/// What the exit code of the process says about why a command failed: `3` the input is wrong, `4` there is no such object,
/// `5` it conflicts with another one, `1` anything else. Wrong arguments are `2`.
pub fn exit_code(failure: &Failure) -> u8 {
    if let Some(error) = failure.downcast_ref::<FlowError>() {
        return of_flow(error);
    }
    match failure.downcast_ref::<WriteError>() {
        Some(WriteError::Flow(error)) => of_flow(error),
        Some(WriteError::Row(RowError::Invalid(_) | RowError::Missing(_))) => 3,
        Some(WriteError::Row(RowError::NotFound(_))) => 4,
        Some(WriteError::Row(RowError::Taken(_) | RowError::Changed)) => 5,
        Some(WriteError::KeyReused | WriteError::InProgress) | None => 1,
    }
}

fn of_flow(error: &FlowError) -> u8 {
    match error {
        FlowError::Invalid(_) => 3,
        FlowError::NotFound(_) => 4,
        FlowError::Stale(_) => 5,
        _ => 1,
    }
}
