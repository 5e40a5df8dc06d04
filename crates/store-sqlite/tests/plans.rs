//! How SQLite finds its rows: statements that look at everything a brand has are listed, so that none becomes one
//! unnoticed. Without statistics the planner may take an index that fits the order of the answer, or the wrong half of a
//! question, and nothing but the time it takes shows it.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use store::Store;
use store_sqlite::SqliteStore;

/// Tables that hold many rows of one brand.
const LARGE: [&str; 17] = [
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
    "profiles",
    "refunds",
    "survey_answers",
    "touchpoints",
    "visitor_aliases",
    "webhook_inbox",
];

/// The statements of a source file: its strings that begin as statements do.
fn statements(source: &str) -> Vec<String> {
    let mut rest = source;
    let mut found = Vec::new();
    while let Some(at) = rest.find('"') {
        let is_raw = rest[..at].ends_with("r#");
        let body = &rest[at + 1..];
        let end = if is_raw { body.find("\"#") } else { body.find('"') }.unwrap_or(body.len());
        let words: Vec<&str> = body[..end].split_whitespace().collect();
        if matches!(words.first(), Some(&("select" | "insert" | "update" | "delete" | "with"))) {
            found.push(words.join(" "));
        }
        rest = body.get(end + 1..).unwrap_or("");
    }
    found
}

/// Whether a step of a plan goes through all rows of a brand, or of all brands.
fn looks_at_all(step: &str) -> bool {
    let mut words = step.split(' ');
    let (how, table) = (words.next(), words.next().unwrap_or(""));
    let is_bounded = || {
        let terms = step.rsplit_once('(').map_or("", |(_, terms)| terms.trim_end_matches(')'));
        terms
            .split(" AND ")
            .any(|term| !term.starts_with("brand_id") && !term.starts_with("event_type") && term.contains('='))
    };
    LARGE.contains(&table) && (how == Some("SCAN") || (how == Some("SEARCH") && !is_bounded()))
}

#[tokio::test]
async fn statements_that_look_at_everything_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plans.sqlite");
    let store = SqliteStore::open(&file).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let mut sources: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    sources.sort();
    let (mut all, mut known) = (0, String::new());
    for source in sources {
        let name = source.file_stem().unwrap().to_str().unwrap().to_owned();
        for statement in statements(&std::fs::read_to_string(&source).unwrap()) {
            all += 1;
            let explained = AssertSqlSafe(format!("explain query plan {statement}"));
            let plan = sqlx::query(explained)
                .fetch_all(&mut connection)
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}: {statement}"));
            if plan.iter().any(|step| looks_at_all(&step.get::<String, _>("detail"))) {
                let brief: String = statement.replace("as \"", "").chars().take(72).collect();
                known.push_str(&format!("{name}: {brief}\n"));
            }
        }
    }
    assert!(all > 100, "found {all} statements");
    insta::assert_snapshot!(known);
}
