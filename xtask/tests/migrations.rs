//! Rules for migrations that run while the version before still serves: they add first, and take away only what no
//! running version uses; and on PostgreSQL they build indexes of tables in use without locking them.

use std::{collections::BTreeSet, path::Path};

/// The last migration from before these rules.
const EXEMPT: u32 = 9;
/// Marks a statement that takes something away. The number is that of the migration since which nothing uses it.
const UNUSED_SINCE: &str = "-- unused since ";
/// Makes sqlx run a file outside a transaction, as `create index concurrently` needs.
const NO_TRANSACTION: &str = "-- no-transaction";

/// What is wrong with a migration's text.
fn faults(engine: &str, number: u32, text: &str) -> Vec<String> {
    let is_marked = |statement: &str| {
        statement
            .lines()
            .filter_map(|line| line.trim().strip_prefix(UNUSED_SINCE))
            .any(|since| since.trim_end_matches('.').parse::<u32>().is_ok_and(|since| since < number))
    };
    let code = |statement: &str| {
        let lines = statement.lines().filter(|line| !line.trim_start().starts_with("--"));
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ").to_lowercase()
    };
    let statements: Vec<(&str, String)> = text.split(';').map(|statement| (statement, code(statement))).collect();
    let created: BTreeSet<&str> = statements
        .iter()
        .filter_map(|(_, code)| code.strip_prefix("create table ")?.split([' ', '(']).next())
        .collect();
    // On SQLite the version before has stopped, so a table may be copied and replaced under its own name.
    let rebuilt: BTreeSet<&str> = statements
        .iter()
        .filter_map(|(_, code)| code.strip_prefix("alter table ")?.split_once(" rename to "))
        .filter(|(copy, _)| engine == "sqlite" && created.contains(copy))
        .map(|(_, table)| table)
        .collect();
    let rebuilds = |code: &str| {
        let table = code.strip_prefix("drop table ").or_else(|| Some(code.split_once(" rename to ")?.1));
        table.is_some_and(|table| rebuilt.contains(table))
    };
    // A column of this file is none that the version before uses: the default that fills its stored rows may go.
    let added: BTreeSet<(&str, &str)> = statements
        .iter()
        .filter_map(|(_, code)| code.strip_prefix("alter table ")?.split_once(" add column "))
        .filter_map(|(table, column)| Some((table, column.split(' ').next()?)))
        .collect();
    let is_own_default = |code: &str| {
        let changed = code.strip_prefix("alter table ").and_then(|rest| rest.strip_suffix(" drop default"));
        changed.and_then(|rest| rest.split_once(" alter column ")).is_some_and(|column| added.contains(&column))
    };
    let mut faults = Vec::new();
    for (statement, code) in statements.iter().filter(|(_, code)| !code.is_empty()) {
        let narrows = || [" drop ", " rename ", " set not null", " type "].iter().any(|word| code.contains(word));
        let takes_away = code.starts_with("drop ") || (code.starts_with("alter ") && narrows());
        if takes_away && !is_marked(statement) && !rebuilds(code) && !is_own_default(code) {
            faults.push(format!("takes away what the version before may use: {code}"));
        }
        let is_index = code.starts_with("create index") || code.starts_with("create unique index");
        let table = code.split_once(" on ").and_then(|(_, rest)| rest.split([' ', '(']).next()).unwrap_or("");
        if engine == "postgres" && is_index && !created.contains(table) {
            let is_alone = statements.iter().filter(|(_, code)| !code.is_empty()).count() == 1;
            let is_repeatable = code.contains("index concurrently if not exists");
            if !(is_repeatable && is_alone && text.starts_with(NO_TRANSACTION)) {
                faults.push(format!(
                    "locks a table in use; needs a file of its own that begins with `{NO_TRANSACTION}`, and \
                     `concurrently if not exists`: {code}"
                ));
            }
        }
    }
    faults
}

#[test]
fn migrations_take_nothing_from_the_running_version() {
    let mut checked = 0;
    for engine in ["sqlite", "postgres"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(engine);
        for entry in std::fs::read_dir(folder).expect("the folder of migrations") {
            let path = entry.expect("a migration").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let number: u32 = name.split('_').next().and_then(|number| number.parse().ok()).expect("a numbered file");
            checked += 1;
            if number > EXEMPT {
                let text = std::fs::read_to_string(&path).expect("a readable migration");
                assert_eq!(faults(engine, number, &text), Vec::<String>::new(), "{engine}/{name}");
            }
        }
    }
    assert!(checked > 10, "the migrations are found: {checked}");
}

#[test]
fn the_rules_find_what_they_forbid() {
    let is_fine = |engine: &str, text: &str| faults(engine, 20, text).is_empty();
    let rebuild = "create table b (c text); insert into b select c from a; drop table a; alter table b rename to a;";
    assert!(is_fine("sqlite", rebuild) && !is_fine("postgres", rebuild));
    assert!(!is_fine("sqlite", "drop table a;") && !is_fine("sqlite", "alter table b rename to a;"));
    assert!(is_fine("postgres", "alter table a add column b text; create table c (d text); create index e on c (d);"));
    assert!(!is_fine("postgres", "create index e on a (d);"));
    assert!(is_fine("postgres", "-- no-transaction\ncreate index concurrently if not exists e on a (d);"));
    assert!(!is_fine("postgres", "create index concurrently if not exists e on a (d);"));
    assert!(!is_fine("postgres", "-- no-transaction\ncreate index concurrently if not exists e on a (d); select 1;"));
    assert!(is_fine("sqlite", "create index e on a (d);"));
    for text in ["drop table a;", "drop index a;", "alter table a drop column b;", "alter table a rename to b;"] {
        assert!(!is_fine("sqlite", text), "{text}");
        assert!(is_fine("sqlite", &format!("-- unused since 0019\n{text}")), "{text}");
        assert!(!is_fine("sqlite", &format!("-- unused since 0020\n{text}")), "{text}: in the same version");
    }
    assert!(!is_fine("postgres", "alter table a alter column b set not null;"));
    let drops = "alter table a alter column b drop default;";
    assert!(!is_fine("postgres", drops) && !is_fine("postgres", &format!("alter table a add column c text; {drops}")));
    assert!(is_fine("postgres", &format!("alter table a add column b text default 'c'; {drops}")));
}
