//! A flood with a brand's public pixel key: purchases with made-up orders as fast as they are taken, and clicks. A process
//! of its own, so that it can have a lower priority than the server: real floods come from other machines.

use core::{net::SocketAddr, time::Duration};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    Failure,
    http::Connection,
    load::now,
    process::Process,
    server::Server,
    storefront::{redirect, report},
};

/// Connections; one of four follows the link, the others report purchases.
const CONNECTIONS: usize = 128;
/// How long a connection waits after it was refused.
const PAUSE: Duration = Duration::from_millis(10);

/// What a flood needs to know.
#[derive(clap::Args)]
pub(crate) struct Target {
    #[arg(long)]
    address: SocketAddr,
    /// The pixel key
    #[arg(long)]
    key: String,
    /// The link's code
    #[arg(long)]
    code: String,
    /// How long, in seconds
    #[arg(long)]
    seconds: u64,
}

/// How many requests were answered how.
#[derive(Default)]
struct Answers {
    clicks: AtomicUsize,
    purchases: AtomicUsize,
    over_budget: AtomicUsize,
    others: AtomicUsize,
}

impl fmt::Display for Answers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |answers: &AtomicUsize| answers.load(Ordering::Relaxed);
        let (clicks, purchases, over_budget) = (count(&self.clicks), count(&self.purchases), count(&self.over_budget));
        write!(
            out,
            "{purchases} purchases taken, {over_budget} over the key's budget (429), {clicks} clicks, {} failed",
            count(&self.others)
        )
    }
}

/// Starts a flood of the server's brand as a process of its own, which prints what came of it.
pub(crate) fn start(server: &Server, seconds: u64) -> Result<Process, Failure> {
    let mut command = std::process::Command::new("nice");
    command.args(["-n", "10"]).arg(std::env::current_exe()?).arg("flood");
    command.args(["--address", &server.address.to_string(), "--seconds", &seconds.to_string()]);
    command.args(["--key", &server.brand.key, "--code", &server.brand.code]);
    Process::start_with_output(&mut command)
}

/// Floods, and prints what came of it.
pub(crate) async fn run(target: Target) -> Result<(), Failure> {
    let (target, answers, next) = (Arc::new(target), Arc::new(Answers::default()), Arc::new(AtomicUsize::new(0)));
    let until = now() + Duration::from_secs(target.seconds);
    let mut senders = JoinSet::new();
    for index in 0..CONNECTIONS {
        let (target, answers, next) = (target.clone(), answers.clone(), next.clone());
        senders.spawn(async move {
            while now() < until {
                if send(index % 4 == 0, &target, &answers, &next, until).await.is_err() {
                    answers.others.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        });
    }
    while senders.join_next().await.is_some() {}
    println!("{answers}");
    Ok(())
}

/// Sends over one connection, until the end or an error.
async fn send(
    is_click: bool,
    target: &Target,
    answers: &Answers,
    next: &AtomicUsize,
    until: std::time::Instant,
) -> Result<(), Failure> {
    let mut connection = Connection::open(target.address).await?;
    while now() < until {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let request = if is_click { redirect(&format!("/{}", target.code), number) } else { purchase(target, number) };
        let (answer, is_taken) = match connection.send(&request).await?.status {
            302 => (&answers.clicks, true),
            200 => (&answers.purchases, true),
            429 => (&answers.over_budget, false),
            _ => (&answers.others, false),
        };
        answer.fetch_add(1, Ordering::Relaxed);
        if !is_taken {
            // The server ends a connection whose body it did not read.
            tokio::time::sleep(PAUSE).await;
            return Ok(());
        }
    }
    Ok(())
}

fn purchase(target: &Target, number: usize) -> Vec<u8> {
    let event = json!({
        "event_type": "purchase", "pv_id": format!("01932e8b-0000-7000-8000-{number:012x}"),
        "event_id": format!("01932e8b-0000-7000-9000-{number:012x}"), "page_url": "https://shop.example/thank-you",
        "order_id": format!("flood-{number}"), "revenue": 49.99, "currency": "USD",
    });
    report("/api/v1/track", &target.key, &event)
}
