//! The real binary on SQLite, on a disk that is full, becomes read-only, or fails to sync.
//!
//! While the fault lasts nothing is acknowledged, links still redirect, and the process goes on. Once it is over, the
//! same process stores again, and everything it has ever acknowledged is there, also after it is killed.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "these are tests")]

#[path = "failing_disk/client.rs"]
mod client;
#[path = "failing_disk/disk.rs"]
mod disk;
#[path = "failing_disk/process.rs"]
mod process;

use client::Client;
use disk::{Disk, Fault};
use process::Server;

/// Rounds of requests while the fault lasts: the first finds a connection in order, the next what the first left.
const ROUNDS: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn full_disk() {
    survives(Fault::Full).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_disk() {
    survives(Fault::ReadOnly).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disk_that_does_not_sync() {
    survives(Fault::Sync).await;
}

async fn survives(fault: Fault) {
    let disk = Disk::new();
    let mut server = Server::start(&disk);
    let mut client = Client::new(&server);
    // The link is read into memory, and each kind of write works.
    assert_eq!(client.follow_link().await, 302);
    client.acknowledged_event().await;
    client.acknowledged_order().await;
    client.check_stored(&server).await;

    // The jobs of one more order may be running when the disk fails.
    client.acknowledged_order().await;
    disk.fail(fault);
    for round in 0..ROUNDS {
        let context = format!("{fault:?}, round {round}");
        client.refused_order(&context).await;
        client.refused_event(&context).await;
        assert_eq!(client.follow_link().await, 302, "{context}");
        assert_eq!(client.status_of("/healthz").await, 200, "{context}");
        // The database answers what is read from it.
        assert_eq!(client.status_of("/readyz").await, 200, "{context}");
    }
    disk.mend();

    client.wait_until_events_are_stored().await;
    client.wait_until_orders_are_stored().await;
    for _ in 0..3 {
        client.acknowledged_event().await;
        client.acknowledged_order().await;
    }
    client.repeat_refused_orders().await;
    assert_eq!(client.follow_link().await, 302);
    client.check_stored(&server).await;

    server.kill();
    server.restart(&disk);
    client.reconnect(&server);
    client.check_stored(&server).await;
    client.acknowledged_event().await;
    client.acknowledged_order().await;
    client.check_stored(&server).await;
}
