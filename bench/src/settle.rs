//! Settling orders on SQLite: CPU time of a whole `creatorscore attribution recompute` process. Each order's visitor
//! clicked five times and the creator earns a commission. Measured twice: as if the orders had never been settled, and
//! again when nothing changes.

use core::time::Duration;
use std::{path::Path, process::Command};

use domain::{
    UnixMs,
    commission::{Rate, Rule, Scope},
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::{
    Failure,
    engine::Engine,
    load::{self, now},
    process::Process,
    server::{Server, settings},
    storefront::click,
};

/// Clicks per visitor; each order has its own visitor.
const CLICKS: usize = 5;
/// Orders per request.
const BATCH: usize = 100;
const CONNECTIONS: usize = 64;

/// Creates orders, settles them twice and prints the cost per order.
pub(crate) async fn run(binary: &Path, orders: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(binary, Engine::sqlite(folder.path()), "server").await?;
    let pv_id = |order: usize| format!("550e8400-e29b-41d4-a716-{order:012}");
    let clicks = (0..orders * CLICKS).map(|number| click(&server.brand.code, &pv_id(number % orders))).collect();
    load::send_all(server.address, clicks, 302, CONNECTIONS).await?;
    let reports = (0..orders.div_ceil(BATCH)).map(|batch| {
        let events: Vec<_> = (batch * BATCH..((batch + 1) * BATCH).min(orders))
            .map(|order| {
                json!({"event_type": "purchase", "pv_id": pv_id(order), "order_id": order.to_string(), "revenue": 49.99})
            })
            .collect();
        let body = json!(events).to_string();
        let head = format!("POST /api/v1/track HTTP/1.1\r\nhost: localhost\r\nx-api-key: {}\r\n", server.brand.key);
        format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    });
    load::send_all(server.address, reports.collect(), 200, 4).await?;
    // Credits appear once the orders' jobs have run.
    for _ in 0..600 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if server.engine.count("credits").await? >= orders {
            break;
        }
    }
    let credited = server.engine.count("credits").await?;
    if credited != orders {
        return Err(format!("{credited} of {orders} orders are credited").into());
    }
    let (database, brand) = (server.engine.url.clone(), server.brand.id.clone());
    drop(server);

    forget_settlements(&database, &brand).await?;
    println!("| {orders} orders of five clicks, SQLite | CPU µs each | orders/s |");
    println!("| --- | ---: | ---: |");
    for what in ["settled for the first time", "settled again, nothing moves"] {
        let begun = now();
        let mut recompute = Command::new(binary);
        recompute.args(["attribution", "recompute", "--brand", &brand, "--log", "error"]);
        let cpu = Process::start(settings(&mut recompute, &database))?.finish()?;
        let took = begun.elapsed();
        let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(u32::try_from(orders).unwrap_or(1));
        println!("| {what} | {:.0} | {:.0} |", each(cpu), 1e6 / each(took));
        check(&database, orders).await?;
    }
    Ok(())
}

/// Resets every order to its state before settlement and adds a commission rule of 10 %.
async fn forget_settlements(database: &str, brand: &str) -> Result<(), Failure> {
    let mut connection = SqliteConnection::connect(database).await?;
    let rule = Rule {
        id: domain::RuleId::new(1, [1; 10]),
        scope: Scope::All,
        rate: Rate::Percent { bp: 1_000 },
        new_customer_bonus: None,
        cap: None,
        starts_at: UnixMs(0),
        ends_at: None,
        created_at: UnixMs(0),
    };
    sqlx::query("insert into commission_rules (brand_id, id, rule, created_at) values ($1, $2, $3, 0)")
        .bind(brand)
        .bind(rule.id.as_str())
        .bind(serde_json::to_string(&rule)?)
        .execute(&mut connection)
        .await?;
    for statement in [
        "delete from credits",
        "delete from touchpoints",
        "delete from sale_days",
        "delete from order_days",
        "update orders set settled_at = null, settled_orders = null, settled_net_minor = null, settled_currency = null,
                           settled_day = null, attribution = null, visitors = null, settlements = 0",
        "pragma wal_checkpoint(truncate)",
    ] {
        sqlx::query(statement).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}

/// Checks that every order has exactly one credit, five touchpoints and one ledger entry.
async fn check(database: &str, orders: usize) -> Result<(), Failure> {
    let mut connection = SqliteConnection::connect(database).await?;
    for (table, each) in [("credits", 1), ("touchpoints", CLICKS), ("ledger", 1)] {
        let statement = AssertSqlSafe(format!("select count(*) from {table}"));
        let count: i64 = sqlx::query_scalar(statement).fetch_one(&mut connection).await?;
        if usize::try_from(count)? != orders * each {
            return Err(format!("{count} rows in {table} for {orders} orders").into());
        }
    }
    connection.close().await?;
    Ok(())
}
