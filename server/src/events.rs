//! `creatorscore event tail`: a brand's events for other systems, one JSON object a line.

use core::time::Duration;
use std::io::Write;

use clap::{Args, Subcommand};
use domain::BrandId;
use flow::{
    Flow,
    access::Operator,
    outbound::{EventQuery, EventType},
};

use crate::serve::{self, Failure};

/// Time between looks for new events.
const POLL: Duration = Duration::from_secs(1);

#[derive(Subcommand, Debug)]
pub(crate) enum EventCommand {
    /// Print a brand's events, one JSON object a line, in the order of their numbers
    Tail(Tail),
}

#[derive(Args, Debug)]
pub(crate) struct Tail {
    /// The brand's id
    #[arg(long)]
    brand: BrandId,
    /// Print events with a greater number
    #[arg(long, default_value_t = 0)]
    after: i64,
    /// Types of events, separated by commas; all, if not given
    #[arg(long, value_delimiter = ',', value_parser = event_type)]
    types: Vec<EventType>,
    /// Wait for new events, until stopped
    #[arg(long)]
    follow: bool,
}

fn event_type(text: &str) -> Result<EventType, String> {
    let known = || EventType::ALL.map(EventType::as_str).join(", ");
    EventType::parse(text.trim()).ok_or_else(|| format!("expected one of {}", known()))
}

/// Prints events to `out`.
pub(crate) async fn tail(
    flow: &Flow,
    operator: Operator,
    tail: &Tail,
    out: &mut (dyn Write + Send),
) -> Result<(), Failure> {
    let merchant = flow.access().merchant_by_operator(operator, &tail.brand).await?;
    let mut query = EventQuery { after: tail.after, types: tail.types.clone(), ..EventQuery::default() };
    loop {
        let events = flow.outbound().list(&merchant, &query).await?;
        for event in &events {
            query.after = event.sequence;
            writeln!(out, "{}", serde_json::to_string(event)?)?;
        }
        out.flush()?;
        if !events.is_empty() {
            continue;
        }
        if !tail.follow {
            return Ok(());
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = serve::shutdown_signal() => return Ok(()),
        }
    }
}
