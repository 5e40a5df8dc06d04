//! Refreshing `.sqlx`: what the query macros need to know of the schema when no database is there.
//!
//! The macros write it themselves when `SQLX_OFFLINE_DIR` is set, which is all that `cargo sqlx prepare` does.

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
    // A program of its own applies the migrations; it needs no query macro, so it builds without `.sqlx`.
    cargo(&["build", "-q", "-p", "schema"])?;
    let schema = root().join("target/debug/schema");
    run(command(&schema).args([&sqlite, "migrations/sqlite"]))?;
    run(command(&schema).args([&postgres_url, "migrations/postgres"]))?;
    let mut is_stale = false;
    for (name, variable, url) in
        [("store-sqlite", "SQLITE_SCHEMA_URL", &sqlite), ("store-postgres", "POSTGRES_SCHEMA_URL", &postgres_url)]
    {
        let kept = root().join("crates").join(name).join(".sqlx");
        let fresh = work.join(name);
        std::fs::create_dir_all(&fresh).map_err(|error| error.to_string())?;
        let lib = root().join("crates").join(name).join("src/lib.rs");
        run(command("touch").arg(&lib))?;
        run(command(env!("CARGO"))
            .args(["check", "-p", name])
            .env(variable, url)
            .env("SQLX_OFFLINE_DIR", &fresh)
            .env("SQLX_OFFLINE", "false"))?;
        if files(&fresh)? != files(&kept).unwrap_or_default() {
            is_stale = true;
            if !is_check {
                let _ = std::fs::remove_dir_all(&kept);
                run(command("cp").arg("-r").arg(&fresh).arg(&kept))?;
            }
        }
    }
    match (is_stale, is_check) {
        (true, true) => Err("the checked queries are stale: run `cargo xtask prepare` and commit".to_owned()),
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
