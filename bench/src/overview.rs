//! The overview page of a brand with many clicks, as a signed-in member of its team gets it.

use core::time::Duration;
use std::path::Path;

use domain::time::{DAY_MS, Day};

use crate::{
    Failure, bulk,
    engine::Engine,
    load::{latencies, micros, now, quantile_ms, send_all, unix_now},
    merchant::{Merchant, Session},
    server::{Brand, Server},
    shopify::order_webhook,
    storefront,
};

/// Days that the clicks are spread over, and that the page shows.
const DAYS: usize = 90;

/// What the page is made of, and how often it is requested.
pub(crate) struct Plan {
    pub(crate) clicks: usize,
    pub(crate) links: usize,
    pub(crate) orders: usize,
    pub(crate) requests: usize,
}

/// Fills the database with clicks and orders, requests the page and prints how long it took.
pub(crate) async fn run(binary: &Path, engine: Engine, plan: &Plan) -> Result<(), Failure> {
    let Plan { clicks, links, orders, requests } = *plan;
    let server = Server::start(binary, engine, "pixel").await?;
    let session = Session::start(&server).await?;
    let mut merchant = session.open(server.address).await?;
    let codes = create_links(&server, &mut merchant, links).await?;
    let begun = now();
    // On the links in turns, through the server: the others are copies of these.
    let first = codes.iter().cycle().take(bulk::TEMPLATES.max(codes.len())).enumerate();
    let first = first.map(|(number, code)| storefront::visit(&format!("/{code}"), number));
    send_all(server.address, first.collect(), 302, 16).await?;
    bulk::grow_clicks(&server.engine, clicks, DAYS).await?;
    let stored = server.engine.count("clicks").await?;
    send_orders(&server, &codes, orders).await?;
    eprintln!("{stored} clicks and {orders} orders stored in {:.0} s", begun.elapsed().as_secs_f64());

    // The connection has been idle for too long.
    let mut merchant = session.open(server.address).await?;
    let today = Day(unix_now().0 / DAY_MS);
    let first = Day(today.0 + 1 - i64::try_from(DAYS)?);
    let path = format!("/brand/attribution?from={first}&to={today}");
    let mut latency_us = latencies()?;
    let mut bytes = 0;
    let before = server.cpu()?;
    for _ in 0..requests {
        let sent = now();
        let page = merchant.page(&path).await?;
        latency_us.record(micros(sent.elapsed()))?;
        bytes = page.body.len();
    }
    let cpu = server.cpu()?.saturating_sub(before);
    check(&merchant.page(&path).await?.body, clicks)?;
    println!("| overview of {DAYS} days, {links} links, {stored} clicks, {orders} orders, {} | |", server.engine.name);
    println!("| --- | ---: |");
    for (name, quantile) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        println!("| {name}, ms | {:.1} |", quantile_ms(&latency_us, quantile));
    }
    let each = cpu.as_secs_f64() * 1e3 / f64::from(u32::try_from(requests)?.max(1));
    println!("| CPU ms each, database included | {each:.1} |");
    println!("| bytes of the page | {bytes} |");
    println!("| memory of the server afterwards, MiB | {} |", server.resident_mib()?.0);
    Ok(())
}

/// Sends orders of all of the days, each of which came by one of the links, and waits until they are credited.
async fn send_orders(server: &Server, codes: &[String], orders: usize) -> Result<(), Failure> {
    /// Bodies are 13 kB.
    const AT_ONCE: usize = 2_000;
    let (now, length) = (unix_now(), i64::try_from(DAYS - 1)? * DAY_MS);
    for first in (0..orders).step_by(AT_ONCE) {
        let webhooks = (first..orders.min(first + AT_ONCE)).zip(codes.iter().cycle().skip(first % codes.len().max(1)));
        let webhooks = webhooks.map(|(order, code)| {
            let before = length / i64::try_from(orders)? * i64::try_from(orders - order)?;
            let brand = Brand { code: code.clone(), ..server.brand.clone() };
            order_webhook(&brand, &now.plus_ms(-before).to_rfc3339(), order)
        });
        send_all(server.address, webhooks.collect::<Result<_, _>>()?, 200, 64).await?;
    }
    for _ in 0..600 {
        if server.engine.count("credits").await? >= orders {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Err("not all orders are credited".into())
}

/// Creates the other links by the form of the links' page. Returns the codes of all.
async fn create_links(server: &Server, merchant: &mut Merchant, links: usize) -> Result<Vec<String>, Failure> {
    for number in 1..links {
        let destination = format!("https://shop.example/products/{number}");
        let fields = [("do", "create"), ("destination", destination.as_str()), ("creator", &server.brand.creator)];
        merchant.submit("/brand/attribution/links", &fields).await?;
    }
    server.engine.texts("select code from links").await
}

/// Fails unless the page shows at least all clicks but those of the day that is cut at the beginning.
fn check(page: &[u8], clicks: usize) -> Result<(), Failure> {
    let page = String::from_utf8_lossy(page);
    let is_total = |word: &str| {
        let digits: String = word.chars().filter(|letter| *letter != ',').collect();
        digits.parse().is_ok_and(|number: usize| number >= clicks / DAYS * (DAYS - 1) && number <= clicks)
    };
    let shows = page.split(|letter: char| !letter.is_ascii_digit() && letter != ',').any(is_total);
    if shows { Ok(()) } else { Err("the page does not show the clicks".into()) }
}
