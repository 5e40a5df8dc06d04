//! Load generator: each connection sends its next request as soon as the previous one is answered.

use core::{net::SocketAddr, time::Duration};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

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

/// Sends `requests` requests over `connections` connections; fails unless every response has this status. `VISITOR` in
/// the request is replaced by the connection's number, so that each connection is a different visitor.
pub(crate) async fn run(
    address: SocketAddr,
    request: &[u8],
    status: &'static str,
    requests: usize,
    connections: usize,
) -> Result<LoadResult, Failure> {
    let left = Arc::new(AtomicUsize::new(requests));
    let mut tasks = JoinSet::new();
    let begun = now();
    for visitor in 0..connections {
        let left = left.clone();
        // Seven digits replace seven letters, so that content-length stays correct.
        let request = String::from_utf8_lossy(request).replace("VISITOR", &format!("{visitor:07}")).into_bytes();
        tasks.spawn(async move {
            let mut latency_us = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3)?;
            let mut stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let mut buffer = Vec::with_capacity(4096);
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
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
    Ok(LoadResult { took: begun.elapsed(), requests, latency_us })
}

/// Sends each of these requests once over `connections` connections; fails unless every response has this status.
pub(crate) async fn send_all(
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    status: &'static str,
    connections: usize,
) -> Result<(), Failure> {
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (requests, next) = (requests.clone(), next.clone());
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let mut buffer = Vec::with_capacity(4096);
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                stream.write_all(request).await?;
                read_answer(&mut stream, &mut buffer, status).await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
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
