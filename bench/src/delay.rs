//! A PostgreSQL that is further away: a proxy between it and the server, which delivers every byte later, each way by half
//! of the round trip. It does not limit the bandwidth.
//!
//! Threads and not tasks, since the runtime's timer counts in whole milliseconds, and the load generator has the runtime.

use core::{str::FromStr, time::Duration};
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::Instant,
};

use sqlx::{AnyConnection, ConnectOptions, Connection, postgres::PgConnectOptions};

use crate::{
    Failure,
    load::{latencies, micros, now, quantile_ms},
};

/// Queries for measuring the round trip.
const QUERIES: usize = 200;

/// Starts a proxy for this PostgreSQL, prints how long a query takes with and without it, and returns the address through
/// it.
pub(crate) async fn start(url: &str, round_trip: Duration) -> Result<String, Failure> {
    let options = PgConnectOptions::from_str(url)?;
    if options.get_socket().is_some() {
        return Err("--delay needs a PostgreSQL that listens on TCP".into());
    }
    let target = (options.get_host().to_owned(), options.get_port());
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for client in listener.incoming() {
            if let Err(error) = client.and_then(|client| connect(client, &target, round_trip / 2)) {
                eprintln!("proxy to PostgreSQL: {error}");
            }
        }
    });
    let delayed = options.host("127.0.0.1").port(port).to_url_lossy().to_string();
    let (direct, through) = (query_ms(url).await?, query_ms(&delayed).await?);
    println!("a query takes {direct:.2} ms, and {through:.2} ms through the proxy (medians)\n");
    Ok(delayed)
}

/// Connects a client to PostgreSQL.
fn connect(client: TcpStream, target: &(String, u16), delay: Duration) -> std::io::Result<()> {
    let server = TcpStream::connect(target)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    relay(client.try_clone()?, server.try_clone()?, delay);
    relay(server, client, delay);
    Ok(())
}

/// Delivers what arrives, each part when its delay has passed.
fn relay(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if sender.send((now() + delay, buffer[..length].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in receiver {
            thread::sleep(due.saturating_duration_since(now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

/// Median time of a query that does nothing.
async fn query_ms(url: &str) -> Result<f64, Failure> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let mut latency_us = latencies()?;
    for _ in 0..QUERIES {
        let sent = now();
        sqlx::query("select 1").execute(&mut connection).await?;
        latency_us.record(micros(sent.elapsed()))?;
    }
    connection.close().await?;
    Ok(quantile_ms(&latency_us, 0.5))
}
