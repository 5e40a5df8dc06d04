//! The accept loop. `axum::serve` never closes a connection that sends half a request head, or that does not read its
//! response; this loop times out both, limits the number of connections, and drains them on shutdown.

mod exchange;
mod socket;

use core::{convert::Infallible, future::poll_fn, net::SocketAddr, time::Duration};
use std::sync::Arc;

use axum::{Router, body::Body, extract::Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tower::ServiceExt;

use self::socket::Socket;

pub(crate) use self::exchange::Exchange;

/// Timeout for receiving a request head; it also limits how long a keep-alive connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum size of a request head, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Maximum number of header fields in a request.
const HEADERS_MAX: usize = 100;
/// How long open requests may run after shutdown begins.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes of a refused request that are read and dropped, so that the client comes to read the answer.
const DISCARD_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long that may take.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(5);

/// Request extension: the remote address of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Bounds of the listener.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Maximum number of open connections; more wait.
    pub connections_max: usize,
    /// How long a client may leave its response unread before the connection is closed.
    pub response_timeout: Duration,
    /// The answer in place of one of hyper's own, to what is not HTTP.
    pub answer_unparsed: AnswerUnparsed,
}

/// Makes an answer from the bytes of one of hyper's own; `None` if they are anything else.
pub type AnswerUnparsed = fn(&[u8]) -> Option<Vec<u8>>;

/// Serves until `stop` becomes true, then waits up to ten seconds for open requests.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, mut stop: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(bounds.connections_max));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stopped(&mut stop) => break,
            slot = slots.clone().acquire_owned() => {
                let Ok(slot) = slot else { break };
                tokio::select! {
                    () = stopped(&mut stop) => break,
                    accepted = listener.accept() => accepted.map(|connection| (slot, connection)),
                }
            }
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((slot, (stream, peer))) => {
                let _ = stream.set_nodelay(true);
                let (router, stop) = (router.clone(), stop.clone());
                connections.spawn(async move {
                    serve_connection(stream, peer, router, bounds, stop).await;
                    drop(slot);
                });
            }
            Err(error) => {
                // Usually out of file descriptors: wait until some are closed.
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    let drained = tokio::time::timeout(DRAIN_TIMEOUT, async { while connections.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!(open = connections.len(), "aborted connections at shutdown");
        connections.abort_all();
    }
}

/// Waits until the process is stopping.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|is_stopping| *is_stopping).await;
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    bounds: Bounds,
    mut stop: watch::Receiver<bool>,
) {
    let exchange = Exchange::default();
    let of_requests = exchange.clone();
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request.extensions_mut().insert(of_requests.clone());
        let router = router.clone();
        Box::pin(async move {
            Ok::<_, Infallible>(router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never| match never {}))
        })
    });
    let socket = Socket::new(stream, bounds.response_timeout, bounds.answer_unparsed, exchange.clone());
    let mut connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(socket), service);
    let outcome = tokio::select! {
        outcome = poll_fn(|cx| connection.poll_without_shutdown(cx)) => outcome,
        () = stopped(&mut stop) => {
            core::pin::Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "connection ended");
    }
    close(connection.into_parts().io.into_inner().into_stream(), exchange.has_unread()).await;
}

/// Closes a connection. Closing a socket with unread input resets it, and the client may lose the answer that refused
/// the input: it is read and dropped first, up to a bound.
async fn close(mut stream: TcpStream, has_unread: bool) {
    if has_unread && stream.shutdown().await.is_ok() {
        let _ = tokio::time::timeout(DISCARD_TIMEOUT, discard(&mut stream)).await;
    }
}

async fn discard(stream: &mut TcpStream) {
    let mut buffer = vec![0; 16 * 1024];
    let mut left = DISCARD_BYTES_MAX;
    while let Ok(count) = stream.read(&mut buffer).await {
        left = left.saturating_sub(count);
        if count == 0 || left == 0 {
            return;
        }
    }
}
