//! The migrations of both engines give the same tables, columns, keys and indexes. A snapshot shows changes in review.

#[expect(dead_code, reason = "the schema needs no superuser")]
#[path = "../../../crates/store-postgres/tests/database/mod.rs"]
mod database;

use std::{collections::BTreeMap, path::Path};

use database::Database;

use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool, migrate::Migrator};

/// Tables, each with its columns, keys and indexes as text.
type Schema = BTreeMap<String, Vec<String>>;

fn column(name: &str, kind: &str, is_required: bool) -> String {
    format!("{name} {kind}{}", if is_required { " not null" } else { "" })
}

async fn sqlite() -> Schema {
    let pool = SqlitePool::connect("sqlite::memory:").await.expect("memory");
    let migrations = Migrator::new(Path::new("../../migrations/sqlite")).await.expect("migrations");
    migrations.run(&pool).await.expect("migrate");
    let mut schema = Schema::new();
    let tables = "select name from sqlite_schema where type = 'table' and name not like '\\_%' escape '\\'
                  and name not like 'sqlite%' order by name";
    for table in sqlx::query(tables).fetch_all(&pool).await.expect("tables") {
        let table: String = table.get(0);
        let mut lines = Vec::new();
        let columns = format!("select name, lower(type), \"notnull\" from pragma_table_xinfo('{table}')");
        for row in sqlx::query(AssertSqlSafe(columns)).fetch_all(&pool).await.expect("columns") {
            lines.push(column(row.get(0), row.get(1), row.get::<i64, _>(2) == 1));
        }
        let indexes = format!(
            "select \"unique\", origin, (select group_concat(name, ', ') from pragma_index_info(list.name))
             from pragma_index_list('{table}') as list"
        );
        let mut keys = Vec::new();
        for row in sqlx::query(AssertSqlSafe(indexes)).fetch_all(&pool).await.expect("indexes") {
            let kind = match (row.get::<i64, _>(0), row.get::<String, _>(1).as_str()) {
                (_, "pk") => "primary key",
                (1, _) => "unique",
                _ => "index",
            };
            keys.push(format!("{kind} ({})", row.get::<String, _>(2)));
        }
        keys.sort();
        lines.extend(keys);
        schema.insert(table, lines);
    }
    schema
}

async fn postgres() -> Schema {
    let url = Database::create("parity").await.owner;
    let pool = PgPool::connect(&url).await.expect("connect");
    let migrations = Migrator::new(Path::new("../../migrations/postgres")).await.expect("migrations");
    migrations.run(&pool).await.expect("migrate");
    let mut schema = Schema::new();
    let columns = "select table_name::text, column_name::text,
                          case data_type when 'bytea' then 'blob' when 'text' then 'text' else 'integer' end,
                          is_nullable = 'NO'
                   from information_schema.columns where table_schema = 'public' and table_name not like '\\_%'
                   order by table_name, ordinal_position";
    for row in sqlx::query(columns).fetch_all(&pool).await.expect("columns") {
        let lines = schema.entry(row.get(0)).or_default();
        lines.push(column(row.get(1), row.get(2), row.get(3)));
    }
    let indexes = "select class.relname::text,
                          case when indisprimary then 'primary key' when indisunique then 'unique' else 'index' end,
                          (select string_agg(attname, ', ' order by place) from unnest(indkey::int[]) with ordinality as keys (key, place)
                           join pg_attribute on attrelid = indrelid and attnum = key)
                   from pg_index join pg_class as class on class.oid = indrelid
                   join pg_namespace on pg_namespace.oid = relnamespace and nspname = 'public'
                   where class.relname not like '\\_%'";
    let mut keys: Schema = Schema::new();
    for row in sqlx::query(indexes).fetch_all(&pool).await.expect("indexes") {
        let line = format!("{} ({})", row.get::<String, _>(1), row.get::<String, _>(2));
        keys.entry(row.get(0)).or_default().push(line);
    }
    for (table, mut lines) in keys {
        lines.sort();
        schema.entry(table).or_default().extend(lines);
    }
    pool.close().await;
    schema
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let (sqlite, postgres) = (sqlite().await, postgres().await);
    assert_eq!(sqlite, postgres);
    let text: String = sqlite.iter().map(|(table, lines)| format!("{table}\n    {}\n", lines.join("\n    "))).collect();
    insta::assert_snapshot!("schema", text);
}
