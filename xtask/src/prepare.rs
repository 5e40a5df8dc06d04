//! Refreshes what follows from the migrations and statements: `.sqlx`, the query metadata that sqlx's macros use when no
//! database is available, and the snapshot of the schema.
//!
//! With a database at hand the macros ask it about each statement, and write the answer into `SQLX_OFFLINE_DIR`. Both
//! adapters are compiled in one run of cargo, and many of their statements have the same text and so the same file name:
//! each finds its own folder in an `.env` file, which the macros read beside the manifest.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{
    postgres::Postgres,
    run::{Outcome, cargo, command, read, root, run},
};

/// The adapters, and the variable in which their `sqlx.toml` expects a database.
const ADAPTERS: [(&str, &str); 2] = [("store-sqlite", "SQLITE_SCHEMA_URL"), ("store-postgres", "POSTGRES_SCHEMA_URL")];

/// Rewrites `.sqlx` and the snapshot of the schema.
pub(crate) fn refresh() -> Outcome {
    let postgres = Postgres::start()?;
    // It applies the migrations, and uses no query macros, so it builds without `.sqlx`.
    cargo(&["build", "-q", "-p", "schema"])?;
    let described = describe(&postgres, &["check", "-p", "store-sqlite", "-p", "store-postgres"])?;
    for adapter in described.into_iter().filter(|adapter| adapter.is_stale) {
        let _ = std::fs::remove_dir_all(&adapter.committed);
        run(command("cp").arg("-r").arg(&adapter.fresh).arg(&adapter.committed))?;
        eprintln!("refreshed {}", adapter.committed.display());
    }
    run(command(env!("CARGO"))
        .args(["test", "-q", "-p", "schema"])
        .env("INSTA_UPDATE", "always")
        .env("TEST_POSTGRES_URL", &postgres.url))
}

/// Fails unless `.sqlx` is what databases of today say.
pub(crate) fn check() -> Outcome {
    let postgres = Postgres::start()?;
    cargo(&["build", "-q", "-p", "schema"])?;
    check_while(&postgres, &["check", "-p", "store-sqlite", "-p", "store-postgres"])
}

/// [`check`] in a run of cargo that compiles both adapters anyway. `target/debug/schema` must be built.
pub(crate) fn check_while(postgres: &Postgres, arguments: &[&str]) -> Outcome {
    if describe(postgres, arguments)?.iter().any(|adapter| adapter.is_stale) {
        return Err(".sqlx is out of date: run `cargo xtask prepare` and commit the result".to_owned());
    }
    Ok(())
}

/// What databases said about an adapter's statements.
struct Described {
    fresh: PathBuf,
    committed: PathBuf,
    is_stale: bool,
}

/// Runs cargo with databases that have every migration.
fn describe(postgres: &Postgres, arguments: &[&str]) -> Outcome<Vec<Described>> {
    let work = root().join("target/prepare");
    let _ = std::fs::remove_dir_all(&work);
    std::fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    let sqlite = format!("sqlite://{}?mode=rwc", work.join("schema.sqlite").display());
    let on_postgres = format!("{}/postgres", postgres.url);
    let schema = root().join("target/debug/schema");
    run(command(&schema).args([&sqlite, "migrations/sqlite"]))?;
    run(command(&schema).args([&on_postgres, "migrations/postgres"]))?;
    let mut compile = command(env!("CARGO"));
    compile.args(arguments).env_remove("SQLX_OFFLINE_DIR").env("SQLX_OFFLINE", "false");
    let mut folders = Vec::new();
    for ((name, variable), url) in ADAPTERS.into_iter().zip([&sqlite, &on_postgres]) {
        let adapter = root().join("crates").join(name);
        let fresh = work.join(name);
        std::fs::create_dir_all(&fresh).map_err(|error| error.to_string())?;
        folders.push(OfflineFolder::write(&adapter, &fresh)?);
        compile.env(variable, url);
    }
    run(&mut compile)?;
    drop(folders);
    ADAPTERS
        .into_iter()
        .map(|(name, _)| {
            let (fresh, committed) = (work.join(name), root().join("crates").join(name).join(".sqlx"));
            let is_stale = files(&fresh)? != files(&committed).unwrap_or_default();
            Ok(Described { fresh, committed, is_stale })
        })
        .collect()
}

/// An adapter's `.env` file that names the folder for its answers. It is removed when this is dropped.
struct OfflineFolder {
    file: PathBuf,
    library: PathBuf,
    modified: SystemTime,
}

impl OfflineFolder {
    /// Also makes the adapter look changed: otherwise cargo may have nothing to do, and the macros do not run.
    fn write(adapter: &Path, folder: &Path) -> Outcome<Self> {
        let library = adapter.join("src/lib.rs");
        let written = Self { file: adapter.join(".env"), modified: modified(&library)?, library };
        let text = format!("SQLX_OFFLINE_DIR='{}'\n", folder.display());
        std::fs::write(&written.file, text).map_err(|error| format!("{}: {error}", written.file.display()))?;
        written.set_modified(modified(&written.file)?)?;
        Ok(written)
    }

    fn set_modified(&self, time: SystemTime) -> Outcome {
        let file = File::options().append(true).open(&self.library);
        file.and_then(|file| file.set_modified(time)).map_err(|error| format!("{}: {error}", self.library.display()))
    }
}

impl Drop for OfflineFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
        // What was built before need not be built again.
        if let Err(error) = self.set_modified(self.modified) {
            eprintln!("xtask: {error}");
        }
    }
}

fn modified(file: &Path) -> Outcome<SystemTime> {
    let time = std::fs::metadata(file).and_then(|file| file.modified());
    time.map_err(|error| format!("{}: {error}", file.display()))
}

fn files(folder: &Path) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    entries.flatten().map(|entry| Ok((entry.file_name().to_string_lossy().into_owned(), read(entry.path())?))).collect()
}
