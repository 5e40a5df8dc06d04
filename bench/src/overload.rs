//! More connections than the server is made for: half follow a link, half report events, each as soon as its previous
//! request is answered. Compared with the best rate of fewer connections in the same run.

use core::{net::SocketAddr, time::Duration};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::{
    Failure,
    engine::Engine,
    http::Connection,
    load::{latencies, micros, now, quantile_ms},
    process::allow_open_files,
    server::Server,
    storefront,
};

/// Connections of the rate that is compared with.
const FEW: usize = 256;
/// Measurements with few connections; the best counts.
const ROUNDS: usize = 3;
/// How long a connection waits after an error.
const PAUSE: Duration = Duration::from_millis(100);

/// What is measured.
pub(crate) struct Plan {
    /// Connections of the overload.
    pub(crate) connections: usize,
    /// Length of each measurement.
    pub(crate) length: Duration,
}

/// Requests of one kind.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Redirect,
    Track,
}

/// What came of a measurement.
struct Outcome {
    took: Duration,
    redirects: usize,
    events: usize,
    /// Requests that were not answered as they should, by what came instead.
    errors: BTreeMap<String, usize>,
    /// Of those that were.
    latency_us: Histogram<u64>,
}

impl Outcome {
    #[expect(clippy::cast_precision_loss, reason = "for display only")]
    fn rate(&self) -> f64 {
        (self.redirects + self.events) as f64 / self.took.as_secs_f64()
    }
}

/// Measures both and prints a table.
pub(crate) async fn run(binary: &Path, engine: Engine, plan: &Plan) -> Result<(), Failure> {
    // Both ends of a connection have a file, and both processes some others.
    allow_open_files(plan.connections + 1_000)?;
    let server = Server::start(binary, engine, "pixel").await?;
    let load = Load {
        address: server.address,
        path: format!("/{}", server.brand.code),
        code: server.brand.code.clone(),
        key: server.brand.key.clone(),
        next: Arc::new(AtomicUsize::new(0)),
    };
    println!(
        "| connections, {} | requests/s | of the best | p50 ms | p99 ms | errors | memory MiB |",
        server.engine.name
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut best: f64 = 0.0;
    let (mut redirects, mut errors) = (0, BTreeMap::new());
    let measured = [FEW; ROUNDS].into_iter().chain([plan.connections]);
    for connections in measured {
        let outcome = load.measure(connections, plan.length).await?;
        if connections == FEW {
            best = best.max(outcome.rate());
        }
        redirects += outcome.redirects;
        println!(
            "| {connections} | {:.0} | {:.0} % | {:.1} | {:.1} | {} | {} |",
            outcome.rate(),
            outcome.rate() / best * 100.0,
            quantile_ms(&outcome.latency_us, 0.5),
            quantile_ms(&outcome.latency_us, 0.99),
            outcome.errors.values().sum::<usize>(),
            server.resident_mib()?.0,
        );
        for (error, count) in outcome.errors {
            *errors.entry(format!("{connections} connections: {error}")).or_insert(0) += count;
        }
    }
    for (error, count) in errors {
        println!("\n{count} × {error}");
    }
    println!("\nmost memory of the server: {} MiB", server.resident_mib()?.1);
    // A redirect is sent even if its click cannot be stored in time, or at all.
    tokio::time::sleep(Duration::from_secs(3)).await;
    println!("redirects: {redirects}; clicks stored: {}", server.engine.count("clicks").await?);
    Ok(())
}

/// The load of all connections.
#[derive(Clone)]
struct Load {
    address: SocketAddr,
    path: String,
    code: String,
    key: String,
    next: Arc<AtomicUsize>,
}

impl Load {
    /// Opens the connections, then sends over all of them for this long.
    async fn measure(&self, connections: usize, length: Duration) -> Result<Outcome, Failure> {
        let mut open = Vec::with_capacity(connections);
        for _ in 0..connections {
            open.push(Connection::open(self.address).await?);
        }
        let outcome = Outcome {
            took: Duration::ZERO,
            redirects: 0,
            events: 0,
            errors: BTreeMap::new(),
            latency_us: latencies()?,
        };
        let outcome = Arc::new(Mutex::new(outcome));
        let mut senders = JoinSet::new();
        let begun = now();
        for (index, connection) in open.into_iter().enumerate() {
            let (load, outcome) = (self.clone(), outcome.clone());
            let kind = if index % 2 == 0 { Kind::Redirect } else { Kind::Track };
            senders.spawn(async move { load.send(kind, connection, begun + length, &outcome).await });
        }
        while let Some(done) = senders.join_next().await {
            done?;
        }
        let took = begun.elapsed();
        let outcome = Arc::into_inner(outcome).ok_or("a connection still counts")?;
        Ok(Outcome { took, ..outcome.into_inner().unwrap_or_else(PoisonError::into_inner) })
    }

    /// Sends over one connection until this time; after an error over another one.
    async fn send(&self, kind: Kind, connection: Connection, until: Instant, outcome: &Mutex<Outcome>) {
        let mut open = Some(connection);
        while now() < until {
            let sent = now();
            let done = self.send_one(kind, open.take()).await;
            let failed = done.is_err();
            {
                let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
                match done {
                    Ok(connection) => {
                        open = Some(connection);
                        outcome.latency_us.saturating_record(micros(sent.elapsed()));
                        match kind {
                            Kind::Redirect => outcome.redirects += 1,
                            Kind::Track => outcome.events += 1,
                        }
                    }
                    Err(error) => *outcome.errors.entry(format!("{kind:?}: {error}")).or_default() += 1,
                }
            }
            if failed {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Sends one request, over a new connection if none is open, which is returned for the next one.
    async fn send_one(&self, kind: Kind, open: Option<Connection>) -> Result<Connection, Failure> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (request, status) = match kind {
            Kind::Redirect => (storefront::redirect(&self.path, number), 302),
            Kind::Track => (storefront::track("/api/v1/track", &self.key, &self.code, number, 1), 200),
        };
        let mut connection = match open {
            Some(connection) => connection,
            None => Connection::open(self.address).await?,
        };
        let answered = connection.send(&request).await?.status;
        if answered == status { Ok(connection) } else { Err(format!("status {answered}").into()) }
    }
}
