//! Load generator: each connection sends its next request as soon as the previous one is answered.

use core::{net::SocketAddr, time::Duration};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use domain::UnixMs;
use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::{Failure, http::Connection};

/// Result of a run.
pub(crate) struct LoadResult {
    /// Wall time.
    pub(crate) took: Duration,
    /// Requests answered.
    pub(crate) requests: usize,
    /// Microseconds from the first byte sent to the last received.
    pub(crate) latency_us: Histogram<u64>,
}

/// Makes the request with this number. Numbers begin at the one that [`run`] was given.
pub(crate) type MakeRequest = Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>;

/// Sends `count` requests over `connections` connections, numbered from `first`; fails unless every response has this
/// status.
pub(crate) async fn run(
    address: SocketAddr,
    make: &MakeRequest,
    status: u16,
    (first, count): (usize, usize),
    connections: usize,
) -> Result<LoadResult, Failure> {
    let next = Arc::new(AtomicUsize::new(first));
    let mut tasks = JoinSet::new();
    let begun = now();
    for _ in 0..connections {
        let (next, make) = (next.clone(), make.clone());
        tasks.spawn(async move {
            let mut latency_us = latencies()?;
            let mut connection = Connection::open(address).await?;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= first + count {
                    break;
                }
                let request = make(number);
                let sent = now();
                connection.expect(&request, status).await?;
                latency_us.record(micros(sent.elapsed()))?;
            }
            Ok::<_, Failure>(latency_us)
        });
    }
    let mut latency_us = latencies()?;
    while let Some(done) = tasks.join_next().await {
        latency_us.add(done??)?;
    }
    Ok(LoadResult { took: begun.elapsed(), requests: count, latency_us })
}

/// Sends each of these requests once over `connections` connections; fails unless every response has this status.
pub(crate) async fn send_all(
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    status: u16,
    connections: usize,
) -> Result<LoadResult, Failure> {
    let count = requests.len();
    let make: MakeRequest = Arc::new(move |number| requests.get(number).cloned().unwrap_or_default());
    run(address, &make, status, (0, count), connections).await
}

/// An empty histogram of microseconds, up to ten minutes.
pub(crate) fn latencies() -> Result<Histogram<u64>, Failure> {
    Ok(Histogram::new_with_bounds(1, 600_000_000, 3)?)
}

/// A time as [`latencies`] counts it.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).clamp(1, 600_000_000)
}

/// A quantile of [`latencies`], in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "for display only")]
pub(crate) fn quantile_ms(latency_us: &Histogram<u64>, quantile: f64) -> f64 {
    latency_us.value_at_quantile(quantile) as f64 / 1000.0
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The time of day.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn unix_now() -> UnixMs {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
