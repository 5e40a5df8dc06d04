//! The accept loop. `axum::serve` never closes a connection that sends half a request head; this loop times out after
//! ten seconds, limits the number of connections, and drains them on shutdown.

use core::{convert::Infallible, net::SocketAddr, time::Duration};
use std::sync::Arc;

use axum::{Router, body::Body, extract::Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tower::ServiceExt;

/// Timeout for receiving a request head; it also limits how long a keep-alive connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum size of a request head, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Maximum number of header fields in a request.
const HEADERS_MAX: usize = 100;
/// How long open requests may run after shutdown begins.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Request extension: the remote address of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `stop` becomes true, then waits up to ten seconds for open requests.
pub async fn serve(listener: TcpListener, router: Router, connections_max: usize, mut stop: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(connections_max));
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
                    serve_connection(stream, peer, router, stop).await;
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
    stream: tokio::net::TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let router = router.clone();
        async move {
            Ok::<_, Infallible>(router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never| match never {}))
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = core::pin::pin!(connection);
    tokio::select! {
        outcome = connection.as_mut() => {
            if let Err(error) = outcome {
                tracing::debug!(%error, "connection ended");
            }
        }
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
