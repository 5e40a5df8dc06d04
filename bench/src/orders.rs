//! From webhook to credit: signed order bodies of the real size are sent as Shopify sends them, and each order's visitor
//! clicked five times. The CPU time is that of the server (and of PostgreSQL's processes) from the first request to the
//! last stored credit.

use core::time::Duration;
use std::path::Path;

use crate::{
    Failure,
    engine::{self, Engine},
    load,
    server::Server,
    shopify::order_webhook,
    storefront::{click, visitor_of_order},
};

/// Clicks per visitor; each order has its own visitor.
const CLICKS: usize = 5;
const CONNECTIONS: usize = 64;

/// Sends the orders and prints the cost of each.
pub(crate) async fn run(binary: &Path, engine: Engine, orders: usize) -> Result<(), Failure> {
    let server = Server::start(binary, engine, "server").await?;
    let clicks =
        (0..orders * CLICKS).map(|number| click(&server.brand.code, &visitor_of_order(number % orders))).collect();
    load::send_all(server.address, clicks, 302, CONNECTIONS).await?;
    // Placed after every click.
    let placed_at = load::unix_now().plus_ms(60_000).to_rfc3339();
    let webhooks: Vec<Vec<u8>> =
        (0..orders).map(|order| order_webhook(&server.brand, &placed_at, order)).collect::<Result<_, _>>()?;
    let bytes = webhooks.first().map_or(0, Vec::len);
    let mut connection = server.engine.open().await?;
    let (before, begun) = (server.cpu()?, load::now());
    let answered = load::send_all(server.address, webhooks, 200, CONNECTIONS).await?;
    let mut credited = 0;
    for _ in 0..3_000 {
        credited = engine::count(&mut connection, "credits").await?;
        if credited >= orders {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (took, cpu) = (begun.elapsed(), server.cpu()?.saturating_sub(before));
    if credited != orders {
        return Err(format!("{credited} of {orders} orders are credited").into());
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(u32::try_from(orders).unwrap_or(1));
    println!("| {orders} webhooks of {bytes} bytes to credits, {} | |", server.engine.name);
    println!("| --- | ---: |");
    println!("| CPU µs each, database included | {:.0} |", each(cpu));
    println!("| webhooks answered/s | {:.0} |", 1e6 / each(answered.took));
    println!("| orders credited/s | {:.0} |", 1e6 / each(took));
    println!("| memory afterwards, MiB | {} |", server.resident_mib()?.0);
    Ok(())
}
