//! Row-level security: what a statement without a brand may see and change, for a role that is no superuser.
#![expect(clippy::unwrap_used, reason = "these are tests")]

#[expect(dead_code, reason = "some tests here change what all migrated databases share: their owner")]
mod database;

use std::{collections::BTreeSet, sync::Arc};

use database::Database;
use domain::{
    BrandId, CreatorId, Currency, UnixMs,
    brand::{Brand, Settings},
    creator::Creator,
    policy::Policies,
    time::Zone,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use store::{Store, audit::AuditEntry, jobs::NewJob, outbound::NewEvents};
use store_postgres::PostgresStore;

const AT: UnixMs = UnixMs(1_800_000_000_000);
/// Tables without a brand. They hold work, secrets of the installation, people who sign in by e-mail, and what is about shops
/// and not yet a brand's.
const WITHOUT_BRAND: [&str; 10] = [
    "_sqlx_migrations",
    "account_links",
    "accounts",
    "invited_mailboxes",
    "jobs",
    "oauth_states",
    "proof_keys",
    "secrets",
    "shop_subscriptions",
    "webhook_inbox",
];

fn brand_id(n: u8) -> BrandId {
    BrandId::new(1, [n; 10])
}

/// A table of brands' rows.
struct Table {
    name: String,
    /// What says whose a row is.
    key: String,
    /// Names and types.
    columns: Vec<(String, String)>,
}

impl Table {
    /// Inserts a row of the brand with this number. Its texts are those of `variant`.
    fn insert(&self, brand: u8, variant: &str) -> String {
        let value = |(name, kind): &(String, String)| match (name.as_str(), kind.as_str()) {
            (name, "text") if name == self.key => format!("'{}'", brand_id(brand)),
            ("number" | "brand_number", _) => brand.to_string(),
            (_, "text") => format!("'{variant}'"),
            (_, "bigint") => "1".to_owned(),
            (_, "boolean") => "true".to_owned(),
            (_, "bytea") => format!("'{variant}'::bytea"),
            (name, kind) => panic!("{}.{name} is of type {kind}: say here what to insert", self.name),
        };
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<String> = self.columns.iter().map(value).collect();
        format!("insert into {} ({}) values ({})", self.name, names.join(", "), values.join(", "))
    }

    /// The value of `key` for a brand.
    fn key_of(&self, brand: u8) -> String {
        if self.key == "brand_number" { brand.to_string() } else { format!("'{}'", brand_id(brand)) }
    }
}

async fn column(connection: &mut PgConnection, query: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(connection).await.unwrap()
}

/// All tables that belong to brands, from the catalogue.
async fn tables(connection: &mut PgConnection) -> Vec<Table> {
    let all = "select relname::text from pg_class
               where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1";
    let mut tables = Vec::new();
    let mut others = BTreeSet::new();
    for name in column(connection, all).await {
        let query = "select attname::text, format_type(atttypid, null) from pg_attribute
                     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''
                     order by attnum";
        let rows = sqlx::query(query).bind(&name).fetch_all(&mut *connection).await.unwrap();
        let columns: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let keys = ["brand_id", "brand_number"].into_iter().chain((name == "brands").then_some("id"));
        let key = keys.into_iter().find(|key| columns.iter().any(|(name, _)| name == key));
        match key {
            Some(key) => tables.push(Table { name, key: key.to_owned(), columns }),
            None => {
                others.insert(name);
            }
        }
    }
    assert_eq!(
        others,
        WITHOUT_BRAND.map(str::to_owned).into(),
        "a table without brand_id or brand_number: add the column, or name the table in WITHOUT_BRAND"
    );
    tables
}

/// The SQL state of the error that a statement ends with. The transaction continues as if nothing had happened.
async fn error_of(connection: &mut PgConnection, statement: &str) -> String {
    connection.execute("savepoint before").await.unwrap();
    let error = connection.execute(AssertSqlSafe(statement.to_owned())).await.expect_err(statement);
    connection.execute("rollback to savepoint before").await.unwrap();
    error.as_database_error().unwrap().code().unwrap().into_owned()
}

/// A database with one row of brand 1 and one of brand 2 in every table of brands.
async fn with_rows_everywhere() -> (Database, Vec<Table>) {
    let database = Database::create("row_security").await;
    let store = PostgresStore::open(&database.owner, 2).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let mut admin = PgConnection::connect(&database.superuser).await.unwrap();
    // The rows need not make sense: no references, and no checks of values.
    admin.execute("set session_replication_role = replica").await.unwrap();
    let checks = "select format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint
                  where contype = 'c' and connamespace = 'public'::regnamespace";
    for statement in column(&mut admin, checks).await {
        admin.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    let tables = tables(&mut admin).await;
    for brand in [1, 2] {
        // References are checked where a row is changed again.
        let account = format!(
            "insert into accounts (id, email, email_hash, created_at) values ('of brand {brand}', '', '{brand}', 1)"
        );
        admin.execute(AssertSqlSafe(account)).await.unwrap();
    }
    for table in &tables {
        for brand in [1, 2] {
            admin.execute(AssertSqlSafe(table.insert(brand, &format!("of brand {brand}")))).await.unwrap();
        }
    }
    (database, tables)
}

#[tokio::test]
async fn statements_without_a_brand_reach_the_bound_brands_rows_only() {
    let (database, tables) = with_rows_everywhere().await;
    assert!(tables.len() > 40, "{}", tables.len());
    let mut connection = PgConnection::connect(&database.owner).await.unwrap();
    for table in &tables {
        let (name, key) = (&table.name, &table.key);
        connection.execute("begin").await.unwrap();
        connection.execute(AssertSqlSafe(format!("set local creatorscore.brand = '{}'", brand_id(1)))).await.unwrap();
        let seen = column(&mut connection, &format!("select {key}::text from {name}")).await;
        assert_eq!(seen, [table.key_of(1).trim_matches('\'')], "{name}");
        let (own, other) = (table.key_of(1), table.key_of(2));
        for (statement, count) in [
            (format!("update {name} set {key} = {key} where {key} = {other}"), 0),
            (format!("delete from {name} where {key} = {other}"), 0),
            (format!("update {name} set {key} = {key} where {key} = {own}"), 1),
            (format!("update {name} set {key} = {key}"), 1),
        ] {
            let done = connection.execute(AssertSqlSafe(statement.clone())).await.unwrap();
            assert_eq!(done.rows_affected(), count, "{statement}");
        }
        for refused in [table.insert(2, "new"), format!("update {name} set {key} = {other}")] {
            assert_eq!(error_of(&mut connection, &refused).await, "42501", "{refused}");
        }
        connection.execute("rollback").await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_visible_without_a_brand_and_everything_to_the_system() {
    let (database, tables) = with_rows_everywhere().await;
    let mut connection = PgConnection::connect(&database.owner).await.unwrap();
    for (setting, count) in
        [("reset creatorscore.brand", 0), ("set creatorscore.brand = ''", 0), ("set creatorscore.brand = '*'", 2)]
    {
        connection.execute(setting).await.unwrap();
        for table in &tables {
            let all = format!("select count(*) from {}", table.name);
            let seen: i64 = sqlx::query_scalar(AssertSqlSafe(all)).fetch_one(&mut connection).await.unwrap();
            assert_eq!(seen, count, "{} after {setting}", table.name);
            if count == 0 {
                connection.execute("begin").await.unwrap();
                assert_eq!(error_of(&mut connection, &table.insert(1, "new")).await, "42501", "{}", table.name);
                connection.execute("rollback").await.unwrap();
            }
        }
    }
}

fn brand(n: u8) -> Brand {
    Brand {
        id: brand_id(n),
        name: format!("Brand {n}"),
        zone: Zone::UTC,
        currency: Currency::USD,
        policies: Policies::default(),
        settings: Settings::default(),
        trust_browser_purchases: false,
        destination_hosts: vec![],
        visits_deleted_before: UnixMs(0),
        created_at: AT,
    }
}

fn creator(brand: u8, n: u8) -> Creator {
    let mut random = [n; 10];
    random[0] = brand;
    Creator {
        id: CreatorId::new(1, random),
        name: format!("Creator {n} of {brand}"),
        handle: format!("creator{n}"),
        email_hash: None,
        aliases: vec![],
        tier: None,
        earlier_tiers: vec![],
        partner_code: None,
        created_at: AT,
    }
}

fn audit(n: u8) -> AuditEntry {
    AuditEntry { id: format!("audit {n}"), at: AT, actor: "test".into(), action: "test.done", subject: String::new() }
}

/// Ends all connections of the store, as a restart of the server would.
async fn end_connections(database: &Database) {
    let mut admin = PgConnection::connect(&database.superuser).await.unwrap();
    let end = "select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and pid <> pg_backend_pid()";
    admin.execute(end).await.unwrap();
}

/// Few connections serve many tasks, some of which give up in the middle of a statement. Had a connection kept another
/// brand's binding, its brand's rows would be missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn connections_never_keep_a_brand() {
    let database = Database::create("row_security").await;
    let store = PostgresStore::open(&database.owner, 4).await.unwrap();
    store.migrate().await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    for n in 1..=8 {
        store.create_brand(&brand(n)).await.unwrap();
    }
    let tasks: Vec<_> = (0..64_u8)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for round in 0..8_u8 {
                    let of = 1 + (task + round) % 8;
                    // The brand's number and the round differ for each creator that a task makes.
                    let new = creator(of, task * 4 + round / 2);
                    if round % 2 == 0 {
                        store
                            .create_creator(&brand_id(of), &new, &audit(task * 4 + round / 2), &NewEvents::default())
                            .await
                            .unwrap();
                        let known = store.creator(&brand_id(of), &new.id).await.unwrap();
                        assert_eq!(known, Some(new.clone()));
                        let others = brand_id(1 + of % 8);
                        assert_eq!(store.creator(&others, &new.id).await.unwrap(), None);
                    }
                    let (id, soon) = (brand_id(of), core::time::Duration::from_micros(300));
                    drop(tokio::time::timeout(soon, store.creators(&id)).await);
                    let creators = store.creators(&id).await.unwrap();
                    assert!(creators.iter().all(|creator| creator.name.ends_with(&format!(" of {of}"))));
                    assert!(round % 2 == 1 || creators.contains(&new));
                    assert_eq!(store.brand_ids().await.unwrap().len(), 8);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_ended_while_idle_are_replaced() {
    let database = Database::create("row_security").await;
    let store = PostgresStore::open(&database.owner, 4).await.unwrap();
    store.migrate().await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    store.create_brand(&brand(1)).await.unwrap();
    for n in 0..4 {
        // All four connections are open.
        let reads = (0..16).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.creators(&brand_id(1)).await.unwrap() })
        });
        for read in reads.collect::<Vec<_>>() {
            read.await.unwrap();
        }
        end_connections(&database).await;
        match n {
            0 => assert!(store.brand(&brand_id(1)).await.unwrap().is_some()),
            1 => store.create_creator(&brand_id(1), &creator(1, n), &audit(n), &NewEvents::default()).await.unwrap(),
            2 => assert_eq!(store.brand_ids().await.unwrap(), [brand_id(1)]),
            _ => {
                let (lane, party) = (store::jobs::Lane::Maintenance, String::new());
                let job = NewJob { kind: "test", key: "1".into(), lane, party, payload: "{}".into(), run_at: AT };
                assert_eq!(store.backlog(AT).await.unwrap().waiting, 0);
                end_connections(&database).await;
                store.enqueue(&job).await.unwrap();
            }
        }
    }
    store.close().await;
}

#[tokio::test]
async fn a_role_that_row_security_does_not_bind_is_named() {
    let database = Database::create("row_security").await;
    let superuser = PostgresStore::open(&database.superuser, 2).await.unwrap();
    let ports: &dyn Store = &superuser;
    let gap = ports.row_security_gap().await.unwrap().unwrap();
    assert!(gap.contains("is a superuser"), "{gap}");
    let mut admin = PgConnection::connect(&database.superuser).await.unwrap();
    let role = database.owner.rsplit_once('/').unwrap().1;
    admin.execute(AssertSqlSafe(format!("alter role {role} bypassrls"))).await.unwrap();
    let owner = PostgresStore::open(&database.owner, 2).await.unwrap();
    let ports: &dyn Store = &owner;
    let gap = ports.row_security_gap().await.unwrap().unwrap();
    assert!(gap.contains("has BYPASSRLS"), "{gap}");
}

#[tokio::test]
async fn work_of_a_brand_is_not_bound_to_all_brands() {
    let database = Database::create("row_security").await;
    let store = PostgresStore::open(&database.owner, 2).await.unwrap();
    store.migrate().await.unwrap();
    let ports: &dyn Store = &store;
    ports.create_brand(&brand(1)).await.unwrap();
    let mut admin = PgConnection::connect(&database.superuser).await.unwrap();
    // Nothing but the brand itself opens this table now.
    for statement in [
        "drop policy tenant on creators",
        "create policy tenant on creators using (brand_id = current_setting('creatorscore.brand', true))",
    ] {
        admin.execute(statement).await.unwrap();
    }
    ports.create_creator(&brand_id(1), &creator(1, 1), &audit(1), &NewEvents::default()).await.unwrap();
    assert_eq!(ports.creators(&brand_id(1)).await.unwrap(), [creator(1, 1)]);
}
