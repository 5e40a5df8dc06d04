//! The overview page of a brand with many clicks, as a signed-in member of its team gets it.

use std::path::Path;

use domain::time::{DAY_MS, Day};

use crate::{
    Failure, bulk,
    engine::Engine,
    load::{latencies, micros, now, quantile_ms, send_all, unix_now},
    merchant::{Merchant, Session},
    server::Server,
    storefront,
};

/// Days that the clicks are spread over, and that the page shows.
const DAYS: usize = 90;

/// Fills the database with clicks, requests the page and prints how long it took.
pub(crate) async fn run(
    binary: &Path,
    engine: Engine,
    clicks: usize,
    links: usize,
    requests: usize,
) -> Result<(), Failure> {
    let server = Server::start(binary, engine, "pixel").await?;
    let session = Session::start(&server).await?;
    let mut merchant = session.open(server.address).await?;
    let codes = create_links(&server, &mut merchant, links).await?;
    let begun = now();
    // On the links in turns, through the server: the others are copies of these.
    let first = codes.iter().cycle().take(bulk::TEMPLATES.max(codes.len())).enumerate();
    let first = first.map(|(number, code)| storefront::redirect(&format!("/{code}"), number * 10));
    send_all(server.address, first.collect(), 302, 16).await?;
    bulk::grow_clicks(&server.engine, clicks, DAYS).await?;
    let stored = server.engine.count("clicks").await?;
    eprintln!("{stored} clicks stored in {:.0} s", begun.elapsed().as_secs_f64());

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
    println!("| overview of {DAYS} days, {links} links, {stored} clicks, {} | |", server.engine.name);
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
