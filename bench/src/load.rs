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
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::Failure;

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
    status: &'static str,
    (first, count): (usize, usize),
    connections: usize,
) -> Result<LoadResult, Failure> {
    let next = Arc::new(AtomicUsize::new(first));
    let mut tasks = JoinSet::new();
    let begun = now();
    for _ in 0..connections {
        let (next, make) = (next.clone(), make.clone());
        tasks.spawn(async move {
            let mut latency_us = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3)?;
            let mut stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let mut buffer = Vec::with_capacity(4096);
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= first + count {
                    break;
                }
                let request = make(number);
                let sent = now();
                stream.write_all(&request).await?;
                read_answer(&mut stream, &mut buffer, status).await?;
                latency_us.record(u64::try_from(sent.elapsed().as_micros())?.max(1))?;
            }
            Ok::<_, Failure>(latency_us)
        });
    }
    let mut latency_us = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3)?;
    while let Some(done) = tasks.join_next().await {
        latency_us.add(done??)?;
    }
    Ok(LoadResult { took: begun.elapsed(), requests: count, latency_us })
}

/// Sends each of these requests once over `connections` connections; fails unless every response has this status.
pub(crate) async fn send_all(
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    status: &'static str,
    connections: usize,
) -> Result<LoadResult, Failure> {
    let count = requests.len();
    let make: MakeRequest = Arc::new(move |number| requests.get(number).cloned().unwrap_or_default());
    run(address, &make, status, (0, count), connections).await
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

/// Reads one response: the head, then `content-length` bytes.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>, status: &str) -> Result<(), Failure> {
    buffer.clear();
    let head_end = loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).to_ascii_lowercase();
    if !head.starts_with(&format!("http/1.1 {status}")) {
        return Err(format!("unexpected answer: {}", head.lines().next().unwrap_or("")).into());
    }
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(Ok(0), |value| value.trim().parse())?;
    while buffer.len() < head_end + length {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
    }
    Ok(())
}
