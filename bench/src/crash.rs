//! Kills the server under load, again and again, and counts what it had acknowledged: nothing may be lost, and no order
//! may be credited twice. On SQLite the file is checked too.

use core::{net::SocketAddr, time::Duration};
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Mutex,
    task::JoinSet,
};

use crate::{
    Failure, load, orders,
    server::{Engine, Server},
};

/// Connections that send while the server is killed.
const CONNECTIONS: usize = 16;

/// What was acknowledged.
#[derive(Default)]
struct Acknowledged {
    events: BTreeSet<String>,
    orders: BTreeSet<String>,
}

/// Kills the server `kills` times and checks what is stored.
pub(crate) async fn run(binary: &Path, engine: Engine, kills: usize) -> Result<(), Failure> {
    let mut server = Server::start(binary, engine, "pixel").await?;
    let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
    let next = Arc::new(AtomicUsize::new(0));
    let placed_at = load::unix_now().plus_ms(60_000).to_rfc3339();
    for kill in 0..kills {
        let mut senders = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let sender = Sender {
                address: server.address,
                key: server.key.clone(),
                code: server.code.clone(),
                placed_at: placed_at.clone(),
                next: next.clone(),
                acknowledged: acknowledged.clone(),
            };
            senders.spawn(async move { sender.send_until_refused().await });
        }
        // A different moment of the load each time.
        tokio::time::sleep(Duration::from_millis(60 + 37 * (u64::try_from(kill)? % 11))).await;
        server.kill()?;
        while senders.join_next().await.is_some() {}
        server.restart(binary).await?;
    }
    // What waits is processed by the last process.
    let acknowledged = acknowledged.lock().await;
    for _ in 0..600 {
        if server.engine.count("jobs where lane < 3 and not is_dead").await? == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let events: BTreeSet<String> = server.engine.texts("select id from events").await?.into_iter().collect();
    let orders: BTreeSet<String> = server.engine.texts("select external_id from orders").await?.into_iter().collect();
    let lost_events = acknowledged.events.difference(&events).count();
    let lost_orders = acknowledged.orders.difference(&orders).count();
    let twice =
        server.engine.count("(select order_id from credits group by order_id having count(*) > 1) as twice").await?;
    let dead = server.engine.count("jobs where is_dead").await?;
    println!("| {kills} kills, {} | acknowledged | lost |", server.engine.name);
    println!("| --- | ---: | ---: |");
    println!("| events | {} | {lost_events} |", acknowledged.events.len());
    println!("| orders | {} | {lost_orders} |", acknowledged.orders.len());
    println!("\norders credited twice: {twice}; jobs given up: {dead}");
    if server.engine.process.is_none() {
        let check = server.engine.texts("pragma integrity_check").await?;
        println!("integrity_check: {}", check.join(", "));
        if check != ["ok"] {
            return Err("the file is damaged".into());
        }
    }
    if lost_events + lost_orders + twice + dead > 0 || acknowledged.orders.is_empty() {
        return Err("acknowledged work was lost, done twice or given up".into());
    }
    Ok(())
}

struct Sender {
    address: SocketAddr,
    key: String,
    code: String,
    placed_at: String,
    next: Arc<AtomicUsize>,
    acknowledged: Arc<Mutex<Acknowledged>>,
}

impl Sender {
    /// Sends events and webhooks until the connection breaks.
    async fn send_until_refused(&self) -> Result<(), Failure> {
        let mut stream = TcpStream::connect(self.address).await?;
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let is_order = number.is_multiple_of(4);
            let event_id = format!("0193{:04x}-0000-7000-8000-{number:012x}", number % 65_536);
            let request = if is_order {
                orders::webhook(&self.code, &self.placed_at, number)?
            } else {
                event(&self.key, &event_id)
            };
            stream.write_all(&request).await?;
            let mut answer = vec![0; 4096];
            let length = stream.read(&mut answer).await?;
            if length == 0 {
                return Ok(());
            }
            if answer.starts_with(b"HTTP/1.1 200") {
                let mut acknowledged = self.acknowledged.lock().await;
                if is_order {
                    acknowledged.orders.insert(orders::order_id(number).to_string());
                } else {
                    acknowledged.events.insert(event_id);
                }
            }
        }
    }
}

fn event(key: &str, event_id: &str) -> Vec<u8> {
    let body = serde_json::json!({
        "event_type": "page_view", "pv_id": event_id, "event_id": event_id, "page_url": "https://shop.example/p",
    })
    .to_string();
    format!(
        "POST /api/v1/track?key={key} HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
