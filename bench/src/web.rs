//! Redirect and track on SQLite, each row on disk before the response, compared with bare handlers on the same machine.

use core::{net::SocketAddr, time::Duration};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::{
    Failure,
    load::{self, LoadResult},
    process::{Process, is_installed},
};

/// Events per batched request.
const BATCH: usize = 20;
/// Request headers about as long as a real browser's.
const BROWSER: &str = "user-agent: Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.VISITOR\r\naccept: text/html,application/xhtml+xml\r\naccept-language: en-GB,en;q=0.9\r\nreferer: https://www.instagram.com/\r\nsec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\n";

struct Row {
    name: &'static str,
    units: usize,
    cpu: Duration,
    result: LoadResult,
}

impl Row {
    /// CPU microseconds per unit: a request or an event.
    #[expect(clippy::cast_precision_loss, reason = "for display only")]
    fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / (self.result.requests * self.units) as f64
    }
}

/// Measures everything and prints a table.
pub(crate) async fn run(binary: &Path, requests: usize, connections: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let floor = Process::start_with_address(Command::new(std::env::current_exe()?).arg("floor"))?;
    let nginx = start_nginx(folder.path()).await?;
    let server = Server::start(binary, folder.path(), "pixel").await?;

    let event = json!({
        "event_type": "page_view", "pv_id": "550e8400-e29b-41d4-a716-446655440000",
        "page_url": "https://shop.example/products/serum?variant=1", "ref_code": server.code
    });
    let events = Value::Array(vec![event.clone(); BATCH]);
    let redirect = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{BROWSER}\r\n").into_bytes();
    let track = |path: &str, body: &Value| {
        let body = body.to_string();
        format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\n{BROWSER}x-api-key: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            server.key,
            body.len()
        )
        .into_bytes()
    };

    let mut rows = Vec::new();
    let mut measure = async |name, process: &Process, address, request: Vec<u8>, status, units: usize| {
        let requests = requests / units.min(5);
        // Warm-up with a tenth of the requests, not measured: fills caches and pools.
        load::run(address, &request, status, requests / 10, connections).await?;
        let before = process.cpu()?;
        let result = load::run(address, &request, status, requests, connections).await?;
        rows.push(Row { name, units, cpu: process.cpu()?.saturating_sub(before), result });
        Ok::<_, Failure>(())
    };
    if let Some((process, address)) = &nginx {
        measure("nginx, return 302", process, *address, redirect("/redirect"), "302", 1).await?;
    }
    measure("bare axum, 302", &floor.0, floor.1, redirect("/redirect"), "302", 1).await?;
    measure("redirect", &server.process, server.address, redirect(&format!("/{}", server.code)), "302", 1).await?;
    measure("bare axum, parse one event", &floor.0, floor.1, track("/track", &event), "200", 1).await?;
    measure("track, one event", &server.process, server.address, track("/api/v1/track", &event), "200", 1).await?;
    measure("bare axum, parse 20 events", &floor.0, floor.1, track("/track", &events), "200", BATCH).await?;
    measure("track, 20 events", &server.process, server.address, track("/api/v1/track", &events), "200", BATCH).await?;

    println!("| what | CPU µs each | × floor | requests/s | p50 ms | p99 ms |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    let mut floor_us = 0.0;
    for row in &rows {
        let is_floor = row.name.starts_with("bare");
        if is_floor {
            floor_us = row.cpu_us();
        }
        let ratio = if is_floor || floor_us == 0.0 { String::new() } else { format!("{:.1}", row.cpu_us() / floor_us) };
        #[expect(clippy::cast_precision_loss, reason = "for display only")]
        let (rate, ms) = (row.result.requests as f64 / row.result.took.as_secs_f64(), |us: u64| us as f64 / 1000.0);
        println!(
            "| {} | {:.1} | {ratio} | {rate:.0} | {:.1} | {:.1} |",
            row.name,
            row.cpu_us(),
            ms(row.result.latency_us.value_at_quantile(0.5)),
            ms(row.result.latency_us.value_at_quantile(0.99)),
        );
    }
    println!("\nmemory of the server afterwards: {} MiB", server.process.resident_kib()? / 1024);
    server.check_counts(requests)?;
    Ok(())
}

/// The server under measurement, with a link and a key.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    pub(crate) code: String,
    pub(crate) key: String,
    binary: PathBuf,
    pub(crate) database: String,
    pub(crate) brand: String,
}

impl Server {
    pub(crate) async fn start(binary: &Path, folder: &Path, kind: &str) -> Result<Self, Failure> {
        let database = format!("sqlite://{}", folder.join("bench.sqlite").display());
        let ask = |arguments: &[&str]| run_json(binary, &database, arguments);
        let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
        let brand = text(&ask(&["brand", "create", "--name", "Bench"])?, "id");
        let key = text(&ask(&["key", "create", "--brand", &brand, "--kind", kind])?, "key");
        let creator = text(&ask(&["creator", "create", "--brand", &brand, "--name", "Ana", "--handle", "ana"])?, "id");
        let destination = "https://shop.example/p";
        let link = ask(&["link", "create", "--brand", &brand, "--creator", &creator, "--destination", destination])?;
        let address = free_address()?;
        let process = Process::start(
            settings(Command::new(binary).args(["serve", "--log", "warn"]), &database)
                .env("LISTEN", address.to_string()),
        )?;
        wait_until_listening(address).await?;
        Ok(Self { process, address, code: text(&link, "code"), key, binary: binary.to_owned(), database, brand })
    }

    /// Checks that all acknowledged requests were stored, by counting the exported rows.
    fn check_counts(&self, requests: usize) -> Result<(), Failure> {
        for (what, least) in [("clicks", requests), ("events", requests + requests / 5 * BATCH)] {
            let export = settings(Command::new(&self.binary).args(["export", "--brand", &self.brand]), &self.database)
                .args(["--what", what, "--format", "csv", "--log", "warn"])
                .output()?;
            let rows = String::from_utf8_lossy(&export.stdout).lines().count().saturating_sub(1);
            println!("{what} stored: {rows}, acknowledged: at least {least}");
            if rows < least {
                return Err(format!("some acknowledged {what} were not stored").into());
            }
        }
        Ok(())
    }
}

pub(crate) fn settings<'a>(command: &'a mut Command, database: &str) -> &'a mut Command {
    command
        .env("DATABASE_URL", database)
        .env("APP_ENCRYPTION_KEY", "YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU=")
        // One pixel key sends everything here.
        .env("PIXEL_KEY_BYTES_PER_MINUTE", u64::MAX.to_string())
        .env("PIXEL_KEY_ROWS_PER_MINUTE", u64::MAX.to_string())
}

/// Runs a CLI command with `--json` and parses its output.
pub(crate) fn run_json(binary: &Path, database: &str, arguments: &[&str]) -> Result<Value, Failure> {
    let output = settings(Command::new(binary).args(arguments).arg("--json"), database).output()?;
    if !output.status.success() {
        return Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
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

fn free_address() -> Result<SocketAddr, Failure> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Waits up to 10 seconds until a server listens on the address.
async fn wait_until_listening(address: SocketAddr) -> Result<(), Failure> {
    for _ in 0..200 {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("nothing listens on {address}").into())
}
