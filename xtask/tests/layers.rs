//! Checks crate dependencies against the diagram in ARCHITECTURE.md: a dependency that is not listed here is an error.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

/// Each workspace crate with the workspace crates that it may depend on.
const ALLOWED_DEPENDENCIES: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("domain", &["wire"]),
    ("store", &["domain"]),
    ("store-sqlite", &["domain", "store"]),
    ("store-postgres", &["domain", "store"]),
    ("shopify", &["domain"]),
    ("outbound-http", &["domain"]),
    ("flow", &["domain", "shopify", "store", "wire"]),
    ("app", &["domain", "flow"]),
    (
        "server",
        &["app", "domain", "flow", "outbound-http", "shopify", "store", "store-postgres", "store-sqlite", "wire"],
    ),
    ("devshop", &["domain", "shopify", "wire"]),
    ("bench", &["domain"]),
    ("schema", &[]),
    ("xtask", &[]),
];

/// External crates for databases, networks or a runtime, each with the workspace crates that may use it.
const ALLOWED_USERS: &[(&str, &[&str])] = &[
    ("sqlx", &["bench", "store-sqlite", "store-postgres", "schema"]),
    ("reqwest", &["shopify", "outbound-http", "flow", "server", "devshop"]),
    ("axum", &["app", "server", "devshop", "bench"]),
    ("leptos", &["app", "server"]),
    ("lettre", &["server"]),
    (
        "tokio",
        &[
            "store",
            "store-sqlite",
            "store-postgres",
            "outbound-http",
            "flow",
            "app",
            "server",
            "devshop",
            "bench",
            "schema",
        ],
    ),
];

struct Package {
    name: String,
    depends_on: BTreeSet<String>,
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .map(|package| Package {
            name: text(&package["name"]),
            depends_on: package["dependencies"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| text(&dependency["name"]))
                .collect(),
        })
        .collect()
}

#[test]
fn crates_depend_only_on_allowed_crates() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let listed: BTreeSet<&str> = ALLOWED_DEPENDENCIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(ours, listed, "every crate of the workspace is in the list");
    for package in &packages {
        let (_, allowed) = ALLOWED_DEPENDENCIES.iter().find(|(name, _)| *name == package.name).expect("listed");
        for dependency in package.depends_on.iter().filter(|name| ours.contains(name.as_str())) {
            assert!(allowed.contains(&dependency.as_str()), "{} must not depend on {dependency}", package.name);
        }
    }
}

#[test]
fn only_allowed_crates_use_databases_and_networks() {
    for package in packages() {
        for (heavy, allowed) in ALLOWED_USERS {
            let uses = package.depends_on.contains(*heavy);
            assert!(!uses || allowed.contains(&package.name.as_str()), "{} must not depend on {heavy}", package.name);
        }
    }
}
