//! What is stored survives the migrations that rewrite tables, on both engines.

#[expect(dead_code, reason = "the migrations need no superuser")]
#[path = "../../../crates/store-postgres/tests/database/mod.rs"]
mod database;

use std::{path::Path, str::FromStr};

use database::Database;

use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool, migrate::Migrator, postgres::PgConnectOptions};

/// The last migration before the one that gives rows their brand's number.
const BEFORE_NUMBERS: i64 = 8;

/// Two brands, whose rows have the same ids.
const ROWS: &[&str] = &[
    "insert into brands (id, name, zone, currency, policy, settings, trust_browser_purchases, destination_hosts, created_at)
     values ('brd_a', 'A', 'UTC', 'EUR', '[]', '{}', false, '[]', 1), ('brd_b', 'B', 'UTC', 'EUR', '[]', '{}', false, '[]', 2)",
    "insert into clicks (brand_id, id, link_id, creator_id, pv_id, is_returning, visitor_hash, at, device, browser, os, country,
                         referrer_host, bot, is_unique)
     values ('brd_a', 'clk_1', 'lnk_1', 'crt_1', 'pv', true, 'hash', 7, 'mobile', 'Safari', 'iOS', 'DE', 'host', null, true),
            ('brd_b', 'clk_1', 'lnk_2', null, 'pv2', false, '', 8, 'desktop', 'Firefox', 'Linux', null, null, 'bot', false)",
    "insert into events (brand_id, id, event_type, pv_id, pv_alias, occurred_at, received_at, page_url, ref_code, product_id,
                         order_id, revenue_minor, currency, promo_code, is_new_customer, event_data, is_verified, is_test,
                         secret_hash)
     values ('brd_a', 'e', 'purchase', 'pv', 'alias', 3, 4, 'url', 'code', 'product', 'order', 5, 'USD', 'promo', true, '{}',
             true, false, 'secret'),
            ('brd_b', 'e', 'page_view', 'pv2', null, 5, 6, null, null, null, null, null, null, null, null, null, false, true,
             null)",
    "insert into landings (brand_id, pv_id, at, code) values ('brd_a', 'pv', 9, 'code'), ('brd_b', 'pv', 9, 'code')",
];

/// Everything in those tables, a text per row. `{brand}` is how the schema names a row's brand.
const READ: &[&str] = &[
    "select {brand} || '|' || clicks.id || '|' || link_id || '|' || coalesce(creator_id, '-') || '|' || pv_id || '|'
            || case when is_returning then 'returning' else 'new' end || '|' || visitor_hash || '|' || at || '|' || device
            || '|' || browser || '|' || os || '|' || coalesce(country, '-') || '|' || coalesce(referrer_host, '-') || '|'
            || coalesce(bot, '-') || '|' || case when is_unique then 'unique' else 'repeated' end as line
     from clicks {join} order by 1",
    "select {brand} || '|' || events.id || '|' || event_type || '|' || pv_id || '|' || coalesce(pv_alias, '-') || '|'
            || occurred_at || '|' || received_at || '|' || coalesce(page_url, '-') || '|' || coalesce(ref_code, '-') || '|'
            || coalesce(product_id, '-') || '|' || coalesce(order_id, '-') || '|' || coalesce(revenue_minor, 0) || '|'
            || coalesce(events.currency, '-') || '|' || coalesce(promo_code, '-') || '|'
            || case when is_new_customer then 'new' else '-' end || '|' || coalesce(event_data, '-') || '|'
            || case when is_verified then 'verified' else '-' end || '|' || case when is_test then 'test' else 'live' end
            || '|' || coalesce(secret_hash, '-') as line
     from events {join} order by 1",
    "select {brand} || '|' || pv_id || '|' || at || '|' || code as line from landings {join} order by 1",
];

/// A query of [`READ`] for the schema before or after.
fn reading(query: &str, table: &str, is_numbered: bool) -> String {
    if is_numbered {
        let join = format!("join brands on brands.number = {table}.brand_number");
        query.replace("{brand}", "brands.id").replace("{join}", &join)
    } else {
        query.replace("{brand}", "brand_id").replace("{join}", "")
    }
}

macro_rules! survives {
    ($pool:expr, $folder:literal) => {{
        let pool = $pool;
        let migrations = Migrator::new(Path::new($folder)).await.expect("migrations");
        migrations.run_to(BEFORE_NUMBERS, &pool).await.expect("the migrations before");
        for statement in ROWS {
            sqlx::query(*statement).execute(&pool).await.expect("insert");
        }
        let mut contents = Vec::new();
        for is_numbered in [false, true] {
            if is_numbered {
                migrations.run(&pool).await.expect("the other migrations");
            }
            let mut lines: Vec<String> = Vec::new();
            for (query, table) in READ.iter().zip(["clicks", "events", "landings"]) {
                let query = AssertSqlSafe(reading(query, table, is_numbered));
                lines.extend(
                    sqlx::query(query).fetch_all(&pool).await.expect(table).iter().map(|row| row.get::<String, _>(0)),
                );
            }
            contents.push(lines);
        }
        assert_eq!(contents[0].len(), 6);
        assert_eq!(contents[0], contents[1]);
    }};
}

#[tokio::test]
async fn clicks_events_and_landings_survive_their_numbers_on_sqlite() {
    survives!(SqlitePool::connect("sqlite::memory:").await.expect("memory"), "../../migrations/sqlite");
}

#[tokio::test]
async fn clicks_events_and_landings_survive_their_numbers_on_postgresql() {
    let url = Database::create("upgrade").await.owner;
    // As the store's connections for migrations: they change rows of all brands.
    let options = PgConnectOptions::from_str(&url).expect("an address").options([("creatorscore.brand", "*")]);
    survives!(PgPool::connect_with(options).await.expect("connect"), "../../migrations/postgres");
}
