//! Redirect and track, each row on disk before the response, with the load of a storefront: nine of ten requests come
//! from visitors that were never seen, the others from random ones of before; events say where they landed, with the
//! link's code. Compared with bare handlers on the same machine, at several numbers of connections, while the tables grow.

use core::{net::SocketAddr, time::Duration};
use std::{path::Path, process::Command, sync::Arc};

use serde_json::{Value, json};

use crate::{
    Failure,
    load::{self, LoadResult, MakeRequest},
    process::{Process, is_installed},
    server::{Engine, Server, free_address, wait_until_listening},
};

/// Events per batched request.
const BATCH: usize = 20;
/// Events per request that only fills the table.
const FILL_BATCH: usize = 100;
/// Request headers about as long as a real browser's.
const BROWSER: &str = "user-agent: Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1\r\naccept: text/html,application/xhtml+xml\r\naccept-language: en-GB,en;q=0.9\r\nreferer: https://www.instagram.com/\r\nsec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\n";

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
        let ms = |us: u64| us as f64 / 1000.0;
        println!(
            "| {} | {} | {} | {:.1} | {:.0} | {:.2} | {:.2} |",
            self.rows_before,
            self.name,
            self.connections,
            self.cpu.as_secs_f64() * 1e6 / (self.result.requests * self.units) as f64,
            self.result.requests as f64 / self.result.took.as_secs_f64(),
            ms(self.result.latency_us.value_at_quantile(0.5)),
            ms(self.result.latency_us.value_at_quantile(0.99)),
        );
    }
}

/// What is measured, and how much of it.
pub(crate) struct Plan {
    /// Requests per measurement.
    pub(crate) requests: usize,
    /// Sizes of the table of events at which everything is measured.
    pub(crate) sizes: Vec<usize>,
}

/// Measures everything and prints a table.
pub(crate) async fn run(binary: &Path, engine: Engine, plan: &Plan) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let floor = Process::start_with_address(Command::new(std::env::current_exe()?).arg("floor"))?;
    let nginx = start_nginx(folder.path()).await?;
    let server = Server::start(binary, engine, "pixel").await?;
    println!(
        "| events before | what, {} | connections | CPU µs each | requests/s | p50 ms | p99 ms |",
        server.engine.name
    );
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    let redirect = |path: String| -> MakeRequest { Arc::new(move |number| redirect(&path, number)) };
    let track = |path: &'static str, events: usize| -> MakeRequest {
        let (code, key) = (server.code.clone(), server.key.clone());
        Arc::new(move |number| track(path, &key, &code, number, events))
    };
    let mut bare = vec![
        ("bare axum, 302", &floor.0, floor.1, redirect("/redirect".to_owned()), "302", 1),
        ("bare axum, parse one event", &floor.0, floor.1, track("/track", 1), "200", 1),
        ("bare axum, parse 20 events", &floor.0, floor.1, track("/track", BATCH), "200", BATCH),
    ];
    if let Some((process, address)) = &nginx {
        bare.insert(0, ("nginx, return 302", process, *address, redirect("/redirect".to_owned()), "302", 1));
    }
    for (name, process, address, make, status, units) in bare {
        let before = process.cpu()?;
        let result = load::run(address, &make, status, (0, plan.requests / units), 256).await?;
        let cpu = process.cpu()?.saturating_sub(before);
        Row { rows_before: 0, name, connections: 256, units, cpu, result }.print();
    }
    let mut next = 0;
    for size in &plan.sizes {
        grow(&server, &mut next, *size, &track("/api/v1/track", FILL_BATCH)).await?;
        let rows_before = server.engine.count("events").await?;
        for connections in [1, 16, 256] {
            // One connection waits for a sync each time.
            let requests = if connections == 1 { plan.requests / 20 } else { plan.requests };
            for (name, make, status, units) in [
                ("redirect", redirect(format!("/{}", server.code)), "302", 1),
                ("track, one event", track("/api/v1/track", 1), "200", 1),
                ("track, 20 events", track("/api/v1/track", BATCH), "200", BATCH),
            ] {
                let requests = requests / units.min(5);
                let before = server.cpu()?;
                let result = load::run(server.address, &make, status, (next, requests), connections).await?;
                next += requests;
                let cpu = server.cpu()?.saturating_sub(before);
                Row { rows_before, name, connections, units, cpu, result }.print();
            }
        }
    }
    println!("\nmemory of the server afterwards: {} MiB", server.resident_mib()?);
    report_size(&server).await
}

/// Adds events until the table has this many. Request numbers, from which visitors are made, go on where they were.
async fn grow(server: &Server, next: &mut usize, size: usize, fill: &MakeRequest) -> Result<(), Failure> {
    let missing = size.saturating_sub(server.engine.count("events").await?);
    let requests = missing / FILL_BATCH;
    if requests > 0 {
        load::run(server.address, fill, "200", (*next, requests), 16).await?;
        *next += requests;
    }
    Ok(())
}

/// Bytes on disk of what the run stored: the events' share where the engine tells it.
async fn report_size(server: &Server) -> Result<(), Failure> {
    let (events, clicks) = (server.engine.count("events").await?, server.engine.count("clicks").await?);
    println!("events stored: {events}, clicks stored: {clicks}");
    for table in ["events", "clicks"] {
        let rows = if table == "events" { events } else { clicks };
        let bytes = server.engine.table_bytes(table).await?;
        println!("{table}: {} bytes on disk each, indexes included", bytes / rows.max(1));
    }
    Ok(())
}

/// The visitor of a request: nine of ten are new, with an id ordered in time as our redirect and pixel make them; the
/// others are random ones of before.
fn visitor(number: usize) -> String {
    // Multiplicative hashing: the same number always gives the same visitor, and no order is left in it.
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let own = if number % 10 == 9 { (mixed >> 16) % number.max(1) } else { number };
    format!("{:08x}-{:04x}-7{:03x}-8000-{own:012x}", 0x0193_2e8a + own / 4096, own % 4096 * 16, own % 4096)
}

fn redirect(path: &str, number: usize) -> Vec<u8> {
    let cookie = if number % 10 == 9 { format!("cookie: _cs_pv={}\r\n", visitor(number)) } else { String::new() };
    // Shoppers have addresses of their own.
    let address = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {address}\r\n{BROWSER}{cookie}\r\n")
        .into_bytes()
}

fn track(path: &str, key: &str, code: &str, number: usize, events: usize) -> Vec<u8> {
    let event = |index: usize| {
        let own = number * events.max(1) + index;
        json!({
            "event_type": "page_view", "pv_id": visitor(own),
            "event_id": format!("{:08x}-{:04x}-7{:03x}-9000-{own:012x}", 0x0193_2e8a + own / 4096, own % 4096 * 16, own % 4096),
            "page_url": format!("https://shop.example/products/serum-{}?variant=1&cs_ref={code}", own % 200),
        })
    };
    let body = if events == 1 { event(0) } else { Value::Array((0..events).map(event).collect()) }.to_string();
    format!(
        "POST {path}?key={key} HTTP/1.1\r\nhost: localhost\r\n{BROWSER}content-type: text/plain\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
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
