//! Many brands on one server, one of which is flooded by its public pixel key. The others receive Shopify's webhooks at a
//! steady rate. How long it takes from a webhook to its stored credit is measured without the flood and with it.
//!
//! An order's time begins when its webhook was to be sent, so that waiting for a connection counts, and ends when a query
//! of the database has returned its credit. The queries follow each other with a pause of [`PAUSE`]; the longest time from
//! one to the next is printed, since no time is known more precisely.

use core::time::Duration;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use hdrhistogram::Histogram;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use tokio::task::JoinSet;

use crate::{
    Failure,
    engine::Engine,
    flood,
    http::Connection,
    load::{self, latencies, micros, now, quantile_ms},
    server::{Brand, Options, Server},
    shopify::{order_id, order_webhook},
    storefront::{click, visitor_of_order},
};

/// Connections over which webhooks are sent.
const CONNECTIONS: usize = 32;
/// Between two queries for credits.
const PAUSE: Duration = Duration::from_millis(3);
/// Orders that one query looks for, the oldest first.
const QUERY_MAX: usize = 500;
/// How long the last credit may take.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long the flood lasts before it is measured.
const LEAD: Duration = Duration::from_secs(3);

/// What is measured.
pub(crate) struct Plan {
    /// All brands, the flooded one included.
    pub(crate) brands: usize,
    /// Webhooks a second, over all brands.
    pub(crate) rate: usize,
    /// Length of each of the two measurements, in seconds.
    pub(crate) seconds: u64,
}

/// Orders that have no credit yet, by number, with their brand and when their webhook was to be sent.
type Waiting = Arc<Mutex<BTreeMap<usize, (Arc<Brand>, Instant)>>>;

/// What a measurement found.
struct Found {
    latency_us: Histogram<u64>,
    /// The longest time from one query for credits to the next.
    gap: Duration,
}

/// Measures both and prints a table.
pub(crate) async fn run(binary: &Path, engine: Engine, plan: &Plan) -> Result<(), Failure> {
    let flooded = Brand::create(binary, &engine, "flooded.myshopify.com", "pixel")?;
    let others: Vec<Arc<Brand>> = (1..plan.brands)
        .map(|number| Brand::create(binary, &engine, &format!("bench-{number}.myshopify.com"), "server").map(Arc::new))
        .collect::<Result<_, _>>()?;
    let options = Options { has_budgets: true, ..Options::default() };
    let server = Server::start_with(binary, engine, flooded, options).await?;
    let orders = plan.rate * usize::try_from(plan.seconds)?;
    let brand = |order: usize| others.get(order % others.len().max(1)).cloned().ok_or("one brand is not enough");
    let clicks = (0..2 * orders).map(|order| Ok(click(&brand(order)?.code, &visitor_of_order(order))));
    load::send_all(server.address, clicks.collect::<Result<_, Failure>>()?, 302, CONNECTIONS).await?;

    let calm = measure(&server, plan, orders_of(0..orders, brand)?).await?;
    let flood = flood::start(&server, plan.seconds + 2 * LEAD.as_secs())?;
    tokio::time::sleep(LEAD).await;
    let flooded = measure(&server, plan, orders_of(orders..2 * orders, brand)?).await?;
    let answers = flood.output()?;

    let others = others.len();
    println!(
        "| webhook to credit, {others} brands, {} orders/s, {} | calm | flood | ratio |",
        plan.rate, server.engine.name
    );
    println!("| --- | ---: | ---: | ---: |");
    for (name, quantile) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("longest", 1.0)] {
        let (calm, flooded) = (quantile_ms(&calm.latency_us, quantile), quantile_ms(&flooded.latency_us, quantile));
        println!("| {name}, ms | {calm:.1} | {flooded:.1} | {:.2} |", flooded / calm);
    }
    println!("\n{orders} orders each. The flood: {}", answers.trim());
    let gaps = [calm.gap, flooded.gap].map(|gap| gap.as_secs_f64() * 1e3);
    println!("longest time between two looks at the database, ms: {:.1} calm, {:.1} with the flood", gaps[0], gaps[1]);
    Ok(())
}

/// An order's number, brand and webhook.
type Order = (usize, Arc<Brand>, Vec<u8>);

/// Orders with their webhooks, which are signed beforehand. They are placed after every click.
fn orders_of(
    numbers: core::ops::Range<usize>,
    brand: impl Fn(usize) -> Result<Arc<Brand>, &'static str>,
) -> Result<Vec<Order>, Failure> {
    let placed_at = load::unix_now().plus_ms(60_000).to_rfc3339();
    let order = |order| {
        let brand = brand(order)?;
        let webhook = order_webhook(&brand, &placed_at, order)?;
        Ok((order, brand, webhook))
    };
    numbers.map(order).collect()
}

/// Sends the webhooks at the plan's rate and looks for their credits meanwhile.
async fn measure(server: &Server, plan: &Plan, orders: Vec<Order>) -> Result<Found, Failure> {
    let mut connection = open(&server.engine).await?;
    let waiting = Waiting::default();
    let count = orders.len();
    let (orders, next) = (Arc::new(orders), Arc::new(AtomicUsize::new(0)));
    let interval = Duration::from_secs(1) / u32::try_from(plan.rate)?;
    let begun = now();
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (orders, next, waiting, address) = (orders.clone(), next.clone(), waiting.clone(), server.address);
        senders.spawn(async move {
            let mut connection = Connection::open(address).await?;
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some((order, brand, webhook)) = orders.get(index) else { return Ok::<_, Failure>(()) };
                let due = begun + interval * u32::try_from(index)?;
                tokio::time::sleep_until(due.into()).await;
                lock(&waiting).insert(*order, (brand.clone(), due));
                connection.expect(webhook, 200).await?;
            }
        });
    }
    let mut found = Found { latency_us: latencies()?, gap: Duration::ZERO };
    let length = Duration::from_secs(plan.seconds);
    let mut looked = now();
    while found.latency_us.len() < u64::try_from(count)? {
        if begun.elapsed() > length + PATIENCE {
            return Err(format!("{} orders have no credit", lock(&waiting).len()).into());
        }
        while let Some(done) = senders.try_join_next() {
            done??;
        }
        tokio::time::sleep(PAUSE).await;
        let asked: Vec<(usize, Arc<Brand>)> =
            lock(&waiting).iter().take(QUERY_MAX).map(|(order, (brand, _))| (*order, brand.clone())).collect();
        let credited = credited(&mut connection, &asked).await?;
        found.gap = found.gap.max(looked.elapsed());
        looked = now();
        for order in credited {
            if let Some((_, due)) = lock(&waiting).remove(&order) {
                found.latency_us.record(micros(looked.saturating_duration_since(due)))?;
            }
        }
    }
    Ok(found)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection that looks for credits by their keys, also where PostgreSQL believes that reading a whole table is cheaper.
async fn open(engine: &Engine) -> Result<AnyConnection, Failure> {
    let mut connection = engine.open().await?;
    if engine.is_postgres() {
        for way in ["seqscan", "hashjoin", "mergejoin"] {
            sqlx::query(AssertSqlSafe(format!("set enable_{way} = off"))).execute(&mut connection).await?;
        }
    }
    Ok(connection)
}

/// Which of these orders have a credit.
async fn credited(connection: &mut AnyConnection, orders: &[(usize, Arc<Brand>)]) -> Result<Vec<usize>, Failure> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let asked: Vec<String> =
        orders.iter().map(|(order, brand)| format!("('{}', '{}', {order})", brand.id, order_id(*order))).collect();
    // Both engines name the columns of values so.
    let statement = format!(
        "select cast(asked.column3 as bigint) as number from (values {}) as asked
         join orders on orders.brand_id = asked.column1 and orders.external_id = asked.column2
         where exists (select 1 from credits where credits.brand_id = orders.brand_id and credits.order_id = orders.id)",
        asked.join(", ")
    );
    let rows = sqlx::query(AssertSqlSafe(statement)).persistent(false).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(usize::try_from(row.try_get::<i64, _>("number")?)?)).collect()
}
