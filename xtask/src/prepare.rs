//! Refreshes what follows from the migrations and statements: `.sqlx`, the query metadata that sqlx's macros use when no
//! database is available, and the snapshot of the schema.
//!
//! The macros write it when `SQLX_OFFLINE_DIR` is set; `cargo sqlx prepare` does no more than set it.

use std::{collections::BTreeMap, path::Path};

use crate::{
    postgres::Postgres,
    run::{Outcome, cargo, command, read, root, run},
};

pub(crate) fn prepare(is_check: bool) -> Outcome {
    let work = root().join("target/prepare");
    let _ = std::fs::remove_dir_all(&work);
    std::fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    let sqlite = format!("sqlite://{}?mode=rwc", work.join("schema.sqlite").display());
    let postgres = Postgres::start()?;
    let postgres_url = format!("{}/postgres", postgres.url);
    // The separate program `schema` applies the migrations: it uses no query macros, so it builds without `.sqlx`.
    cargo(&["build", "-q", "-p", "schema"])?;
    let schema = root().join("target/debug/schema");
    run(command(&schema).args([&sqlite, "migrations/sqlite"]))?;
    run(command(&schema).args([&postgres_url, "migrations/postgres"]))?;
    let mut is_stale = false;
    for (name, variable, url) in
        [("store-sqlite", "SQLITE_SCHEMA_URL", &sqlite), ("store-postgres", "POSTGRES_SCHEMA_URL", &postgres_url)]
    {
        let committed = root().join("crates").join(name).join(".sqlx");
        let fresh = work.join(name);
        std::fs::create_dir_all(&fresh).map_err(|error| error.to_string())?;
        let lib = root().join("crates").join(name).join("src/lib.rs");
        run(command("touch").arg(&lib))?;
        run(command(env!("CARGO"))
            .args(["check", "-p", name])
            .env(variable, url)
            .env("SQLX_OFFLINE_DIR", &fresh)
            .env("SQLX_OFFLINE", "false"))?;
        if files(&fresh)? != files(&committed).unwrap_or_default() {
            is_stale = true;
            if !is_check {
                let _ = std::fs::remove_dir_all(&committed);
                run(command("cp").arg("-r").arg(&fresh).arg(&committed))?;
            }
        }
    }
    if !is_check {
        run(command(env!("CARGO"))
            .args(["test", "-q", "-p", "schema"])
            .env("INSTA_UPDATE", "always")
            .env("TEST_POSTGRES_URL", &postgres.url))?;
    }
    match (is_stale, is_check) {
        (true, true) => Err(".sqlx is out of date: run `cargo xtask prepare` and commit the result".to_owned()),
        (true, false) => {
            eprintln!("refreshed crates/store-*/.sqlx");
            Ok(())
        }
        (false, _) => Ok(()),
    }
}

fn files(folder: &Path) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    entries.flatten().map(|entry| Ok((entry.file_name().to_string_lossy().into_owned(), read(entry.path())?))).collect()
}
