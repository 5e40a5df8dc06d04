//! Redirect and track, each row on disk before the response, with the load of a storefront: nine of ten requests come
//! from visitors that were never seen, the others from random ones of before; events say where they landed, with the
//! link's code. Compared with bare handlers on the same machine, at several numbers of connections, while the tables grow:
//! that of events by requests, that of clicks by copies within the database.

use core::{net::SocketAddr, time::Duration};
use std::{path::Path, process::Command, sync::Arc};

use crate::{
    Failure, bulk,
    engine::Engine,
    load::{self, LoadResult, MakeRequest, quantile_ms},
    process::{Process, is_installed},
    server::{Server, free_address, wait_until_listening},
    storefront,
};

/// Events per batched request.
const BATCH: usize = 20;
/// Events per request that only fills the table.
const FILL_BATCH: usize = 100;
/// Days over which clicks that only fill the table are spread.
const FILL_DAYS: usize = 90;

struct Row {
    rows_before: usize,
    name: &'static str,
    connections: usize,
    units: usize,
    cpu: Duration,
    result: LoadResult,
}

impl Row {
    #[expect(clippy::cast_precision_loss, reason = "for display only")]
    fn print(&self) {
        println!(
            "| {} | {} | {} | {:.1} | {:.0} | {:.2} | {:.2} |",
            self.rows_before,
            self.name,
            self.connections,
            self.cpu.as_secs_f64() * 1e6 / (self.result.requests * self.units) as f64,
            self.result.requests as f64 / self.result.took.as_secs_f64(),
            quantile_ms(&self.result.latency_us, 0.5),
            quantile_ms(&self.result.latency_us, 0.99),
        );
    }
}

/// What is measured, and how much of it.
pub(crate) struct Plan {
    /// Requests per measurement.
    pub(crate) requests: usize,
    /// Rows in each of the tables of events and clicks at which everything is measured.
    pub(crate) sizes: Vec<usize>,
}

/// Measures everything and prints a table.
pub(crate) async fn run(binary: &Path, engine: Engine, plan: &Plan) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let floor = Process::start_with_address(Command::new(std::env::current_exe()?).arg("floor"))?;
    let nginx = start_nginx(folder.path()).await?;
    let server = Server::start(binary, engine, "pixel").await?;
    println!(
        "| rows before | what, {} | connections | CPU µs each | requests/s | p50 ms | p99 ms |",
        server.engine.name
    );
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    let redirect = |path: String| -> MakeRequest { Arc::new(move |number| storefront::redirect(&path, number)) };
    let track = |path: &'static str, events: usize| -> MakeRequest {
        let (code, key) = (server.brand.code.clone(), server.brand.key.clone());
        Arc::new(move |number| storefront::track(path, &key, &code, number, events))
    };
    let mut bare = vec![
        ("bare axum, 302", &floor.0, floor.1, redirect("/redirect".to_owned()), 302, 1),
        ("bare axum, parse one event", &floor.0, floor.1, track("/track", 1), 200, 1),
        ("bare axum, parse 20 events", &floor.0, floor.1, track("/track", BATCH), 200, BATCH),
    ];
    if let Some((process, address)) = &nginx {
        bare.insert(0, ("nginx, return 302", process, *address, redirect("/redirect".to_owned()), 302, 1));
    }
    for (name, process, address, make, status, units) in bare {
        let before = process.cpu()?;
        let result = load::run(address, &make, status, (0, plan.requests / units), 256).await?;
        let cpu = process.cpu()?.saturating_sub(before);
        Row { rows_before: 0, name, connections: 256, units, cpu, result }.print();
    }
    let mut next = 0;
    for size in &plan.sizes {
        let follow_link = redirect(format!("/{}", server.brand.code));
        grow(&server, &mut next, *size, &track("/api/v1/track", FILL_BATCH), &follow_link).await?;
        let (events, clicks) = (server.engine.count("events").await?, server.engine.count("clicks").await?);
        for connections in [1, 16, 256] {
            // One connection waits for a sync each time.
            let requests = if connections == 1 { plan.requests / 20 } else { plan.requests };
            for (name, make, status, units, rows_before) in [
                ("redirect", follow_link.clone(), 302, 1, clicks),
                ("track, one event", track("/api/v1/track", 1), 200, 1, events),
                ("track, 20 events", track("/api/v1/track", BATCH), 200, BATCH, events),
            ] {
                let requests = requests / units.min(5);
                let range = numbers(&mut next, requests, units);
                let before = server.cpu()?;
                let result = load::run(server.address, &make, status, range, connections).await?;
                let cpu = server.cpu()?.saturating_sub(before);
                Row { rows_before, name, connections, units, cpu, result }.print();
            }
        }
    }
    println!("\nmemory of the server afterwards: {} MiB", server.resident_mib()?.0);
    report_size(&server).await
}

/// The first request number, and how many, of requests of `units` rows each. Rows have numbers from which their visitors
/// and ids are made, so none is given twice.
fn numbers(next_row: &mut usize, requests: usize, units: usize) -> (usize, usize) {
    let first = next_row.div_ceil(units);
    *next_row = (first + requests) * units;
    (first, requests)
}

/// Adds rows until the tables of events and clicks have this many each.
async fn grow(
    server: &Server,
    next: &mut usize,
    size: usize,
    track: &MakeRequest,
    redirect: &MakeRequest,
) -> Result<(), Failure> {
    let missing = size.saturating_sub(server.engine.count("events").await?);
    let requests = missing / FILL_BATCH;
    load::run(server.address, track, 200, numbers(next, requests, FILL_BATCH), 16).await?;
    let clicks = server.engine.count("clicks").await?;
    if size > clicks {
        let templates = bulk::TEMPLATES.saturating_sub(clicks);
        load::run(server.address, redirect, 302, numbers(next, templates, 1), 16).await?;
        bulk::grow_clicks(&server.engine, size, FILL_DAYS).await?;
    }
    Ok(())
}

/// Bytes on disk of what the run stored. Nearly every event is a landing, with an id that its link brought.
async fn report_size(server: &Server) -> Result<(), Failure> {
    let (events, clicks) = (server.engine.count("events").await?, server.engine.count("clicks").await?);
    println!("events stored: {events}, clicks stored: {clicks}");
    for (what, tables, rows) in [
        ("events", &["events"][..], events),
        ("landings and ids of the events", &["landings", "visitor_aliases"][..], events),
        ("clicks", &["clicks"][..], clicks),
    ] {
        let mut bytes = 0;
        for table in tables {
            bytes += server.engine.table_bytes(table).await?;
        }
        println!("{what}: {} bytes on disk each, indexes included", bytes / rows.max(1));
    }
    Ok(())
}

/// Starts nginx with a bare `return 302`, if nginx is installed.
async fn start_nginx(folder: &Path) -> Result<Option<(Process, SocketAddr)>, Failure> {
    if !is_installed("nginx") {
        eprintln!("nginx is not installed: its row is left out");
        return Ok(None);
    }
    let address = free_address()?;
    let config = folder.join("nginx.conf");
    let at = folder.display();
    std::fs::write(
        &config,
        format!(
            "daemon off; worker_processes 2; pid {at}/nginx.pid; error_log {at}/nginx.log;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; keepalive_requests 10000000; client_body_temp_path {at}/b; proxy_temp_path {at}/p;\n\
             fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n\
             server {{ listen {address}; location / {{ return 302 https://shop.example/p; }} }} }}\n"
        ),
    )?;
    let process = Process::start(Command::new("nginx").arg("-c").arg(&config))?;
    wait_until_listening(address).await?;
    Ok(Some((process, address)))
}
