//! Settling orders on SQLite: `creatorscore attribution recompute` over orders whose visitors clicked five times, by the
//! CPU time of its whole process.

use core::time::Duration;
use std::{path::Path, process::Command};

use serde_json::json;

use crate::{
    Failure,
    load::{self, now},
    process::Process,
    web::{Server, answer, settings},
};

/// Clicks of each order's visitor.
const CLICKS: usize = 5;
/// Orders reported by one request.
const BATCH: usize = 100;
const CONNECTIONS: usize = 64;

/// Makes orders, settles them again, and prints what one costs.
pub(crate) async fn run(binary: &Path, orders: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(binary, folder.path(), "server").await?;
    let pv_id = |order: usize| format!("550e8400-e29b-41d4-a716-{order:012}");
    let clicks = (0..orders * CLICKS).map(|place| {
        format!(
            "GET /{} HTTP/1.1\r\nhost: localhost\r\nuser-agent: Mozilla/5.0 (Windows NT 10.0) Firefox/140.0\r\ncookie: _cs_pv={}\r\n\r\n",
            server.code,
            pv_id(place % orders)
        )
        .into_bytes()
    });
    load::send_all(server.address, clicks.collect(), "302", CONNECTIONS).await?;
    let reports = (0..orders.div_ceil(BATCH)).map(|batch| {
        let events: Vec<_> = (batch * BATCH..((batch + 1) * BATCH).min(orders))
            .map(|order| {
                json!({"event_type": "purchase", "pv_id": pv_id(order), "order_id": order.to_string(), "revenue": 49.99})
            })
            .collect();
        let body = json!(events).to_string();
        let head = format!("POST /api/v1/track HTTP/1.1\r\nhost: localhost\r\nx-api-key: {}\r\n", server.key);
        format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    });
    load::send_all(server.address, reports.collect(), "200", 4).await?;
    // The orders are there when their jobs have run.
    for _ in 0..600 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if count(binary, &server, "credits")? >= orders {
            break;
        }
    }
    let credited = count(binary, &server, "credits")?;
    if credited != orders {
        return Err(format!("{credited} of {orders} orders are credited").into());
    }
    let (database, brand) = (server.database.clone(), server.brand.clone());
    drop(server);

    let begun = now();
    let mut again = Command::new(binary);
    again.args(["attribution", "recompute", "--brand", &brand, "--log", "error"]);
    let process = Process::start(settings(&mut again, &database))?;
    let cpu = process.finish()?;
    let took = begun.elapsed();
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(u32::try_from(orders).unwrap_or(1));
    println!("| settle an order of five clicks | CPU µs | orders/s |");
    println!("| --- | ---: | ---: |");
    println!("| {orders} orders, SQLite | {:.0} | {:.0} |", each(cpu), 1e6 / each(took));
    let state = answer(binary, &database, &["attribution", "recompute", "--brand", &brand])?;
    if state["settled"].as_u64() != Some(orders as u64) {
        return Err(format!("not every order was settled: {state}").into());
    }
    Ok(())
}

fn count(binary: &Path, server: &Server, what: &str) -> Result<usize, Failure> {
    let export = settings(Command::new(binary).args(["export", "--brand", &server.brand]), &server.database)
        .args(["--what", what, "--format", "csv", "--log", "error"])
        .output()?;
    Ok(String::from_utf8_lossy(&export.stdout).lines().count().saturating_sub(1))
}
