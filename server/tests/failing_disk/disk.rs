//! A folder on a disk that fails on demand.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// Name of the database file; those beside it (`-wal`, `-shm`) begin with it.
const DATABASE: &str = "shop.sqlite";

/// How the disk fails.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// No write finds room.
    Full,
    /// The file system has become read-only.
    ReadOnly,
    /// Writes succeed, but cannot be synced.
    Sync,
}

/// The folder of a database, and the library by which its files fail.
pub(crate) struct Disk {
    folder: TempDir,
}

impl Disk {
    /// Creates the folder and compiles the library, with the compiler that Rust links with.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/failing_disk/faulty_files.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&library(folder.path()), &source])
            .arg("-ldl")
            .output()
            .expect("a C compiler named cc");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        Self { folder }
    }

    /// `DATABASE_URL`.
    pub(crate) fn database_url(&self) -> String {
        format!("sqlite://{}", self.folder.path().join(DATABASE).display())
    }

    /// Lets the command's calls on the database's files fail while a fault lasts.
    pub(crate) fn load_into(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", library(self.folder.path()))
            .env("FAULT_FLAG", self.flag())
            .env("FAULT_FILES", DATABASE);
    }

    /// Begins a fault.
    pub(crate) fn fail(&self, fault: Fault) {
        let word = match fault {
            Fault::Full => "full",
            Fault::ReadOnly => "read-only",
            Fault::Sync => "sync",
        };
        std::fs::write(self.flag(), word).unwrap();
    }

    /// Ends the fault.
    pub(crate) fn mend(&self) {
        std::fs::remove_file(self.flag()).unwrap();
    }

    fn flag(&self) -> PathBuf {
        self.folder.path().join("fault")
    }
}

fn library(folder: &Path) -> PathBuf {
    folder.join("faulty_files.so")
}
