//! Query plans of SQLite: a snapshot lists every statement that reads all rows of a brand, so that a new one shows up
//! in review. Without statistics the planner may choose an index for its sort order or the less selective condition;
//! apart from the run time, nothing else would reveal it.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use store::Store;
use store_sqlite::SqliteStore;

/// Tables that hold many rows of one brand.
const LARGE: [&str; 19] = [
    "api_sales",
    "clicks",
    "credits",
    "customer_events",
    "events",
    "identities",
    "jobs",
    "landings",
    "ledger",
    "links",
    "orders",
    "outbound_events",
    "profiles",
    "refunds",
    "survey_answers",
    "touchpoints",
    "visitor_aliases",
    "webhook_deliveries",
    "webhook_inbox",
];

/// All compile-time checked statements of the adapter, read from the query macros' files in `.sqlx`.
fn statements() -> BTreeSet<String> {
    std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.sqlx"))
        .unwrap()
        .map(|entry| {
            let metadata: serde_json::Value =
                serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
            metadata["query"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// Whether a plan step reads all rows of a brand, or of the whole table.
fn reads_all_rows(step: &str) -> bool {
    let mut words = step.split(' ');
    let (operation, table) = (words.next(), words.next().unwrap_or(""));
    let is_bounded = || {
        let terms = step.rsplit_once('(').map_or("", |(_, terms)| terms.trim_end_matches(')'));
        terms
            .split(" AND ")
            .any(|term| !term.starts_with("brand_") && !term.starts_with("event_type") && term.contains('='))
    };
    LARGE.contains(&table) && (operation == Some("SCAN") || (operation == Some("SEARCH") && !is_bounded()))
}

#[tokio::test]
async fn statements_that_look_at_everything_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plans.sqlite");
    let store = SqliteStore::open(&file).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let statements = statements();
    let mut known = String::new();
    for statement in &statements {
        let explained = AssertSqlSafe(format!("explain query plan {statement}"));
        let plan = sqlx::query(explained)
            .fetch_all(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{error}: {statement}"));
        if plan.iter().any(|step| reads_all_rows(&step.get::<String, _>("detail"))) {
            // Identify a select by its tables and conditions, not by its columns.
            let (head, rest) =
                statement.split_at(statement.find(" from ").filter(|_| statement.starts_with("select")).unwrap_or(0));
            let brief: String =
                if head.is_empty() { "" } else { "select …" }.chars().chain(rest.chars()).take(110).collect();
            known.push_str(&format!("{brief}\n"));
        }
    }
    assert!(statements.len() > 100, "found {} statements", statements.len());
    insta::assert_snapshot!(known);
}

#[tokio::test]
async fn pages_of_clicks_are_read_from_their_place_in_the_primary_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plans.sqlite");
    let store = SqliteStore::open(&file).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let pages: Vec<String> = statements()
        .into_iter()
        .filter(|text| text.contains("from clicks as object") && text.contains("limit $4"))
        .collect();
    assert_eq!(pages.len(), 2, "newest and oldest first");
    for page in pages {
        let plan =
            sqlx::query(AssertSqlSafe(format!("explain query plan {page}"))).fetch_all(&mut connection).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|step| step.get("detail")).collect();
        let place = "SEARCH object USING INDEX sqlite_autoindex_clicks_1 (brand_number=? AND id>? AND id<?)";
        assert!(steps.iter().any(|step| step.starts_with(place)), "{steps:?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
    }
}
