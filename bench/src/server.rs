//! The server under measurement, with a brand, a link and a key.

use core::{net::SocketAddr, time::Duration};
use std::{path::Path, process::Command};

use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::{Failure, process::Process};

/// The secret of the simulated Shopify app, which signs webhooks.
pub(crate) const SHOPIFY_SECRET: &str = "bench-secret";
/// The brand's shop.
pub(crate) const SHOP: &str = "bench.myshopify.com";

/// Which database the server uses, and which process does its work.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    /// For the table.
    pub(crate) name: &'static str,
    /// `DATABASE_URL`.
    pub(crate) url: String,
    /// Main process of PostgreSQL, whose CPU time counts too.
    pub(crate) process: Option<u32>,
}

impl Engine {
    /// SQLite in a folder.
    pub(crate) fn sqlite(folder: &Path) -> Self {
        let url = format!("sqlite://{}", folder.join("bench.sqlite").display());
        Self { name: "SQLite", url, process: None }
    }

    /// The numbers of rows in tables, read beside the running server.
    pub(crate) async fn count(&self, table: &str) -> Result<usize, Failure> {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await?;
        let statement = AssertSqlSafe(format!("select count(*) from {table}"));
        let count: i64 = sqlx::query_scalar(statement).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(usize::try_from(count)?)
    }

    /// The texts that a statement reads.
    pub(crate) async fn texts(&self, statement: &str) -> Result<Vec<String>, Failure> {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await?;
        let texts = sqlx::query_scalar(AssertSqlSafe(statement.to_owned())).fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(texts)
    }

    /// Bytes that a table takes with its indexes.
    pub(crate) async fn table_bytes(&self, table: &str) -> Result<usize, Failure> {
        let statement = if self.process.is_some() {
            format!("select pg_total_relation_size('{table}')")
        } else {
            // Index names begin with the table's.
            format!(
                "select sum(pgsize) from dbstat where name = '{table}' or name like '{table}\\_%' escape '\\'
                     or name like 'sqlite\\_autoindex\\_{table}\\_%' escape '\\'"
            )
        };
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await?;
        let bytes: i64 = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(usize::try_from(bytes)?)
    }
}

/// The running server.
pub(crate) struct Server {
    process: Process,
    pub(crate) engine: Engine,
    pub(crate) address: SocketAddr,
    pub(crate) code: String,
    pub(crate) key: String,
    pub(crate) brand: String,
}

impl Server {
    /// Creates a brand with a key of this kind and a link, and starts the server.
    pub(crate) async fn start(binary: &Path, engine: Engine, kind: &str) -> Result<Self, Failure> {
        let ask = |arguments: &[&str]| run_json(binary, &engine.url, arguments);
        let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
        let brand = text(&ask(&["brand", "create", "--name", "Bench", "--shop", SHOP])?, "id");
        let key = text(&ask(&["key", "create", "--brand", &brand, "--kind", kind])?, "key");
        let creator = text(&ask(&["creator", "create", "--brand", &brand, "--name", "Ana", "--handle", "ana"])?, "id");
        let destination = "https://shop.example/p";
        let link = ask(&["link", "create", "--brand", &brand, "--creator", &creator, "--destination", destination])?;
        let address = free_address()?;
        let process = serve(binary, &engine, address)?;
        wait_until_listening(address).await?;
        Ok(Self { process, engine, address, code: text(&link, "code"), key, brand })
    }

    /// Ends the process without a warning.
    pub(crate) fn kill(&mut self) -> Result<(), Failure> {
        self.process.kill()
    }

    /// Starts the server again after it was killed.
    pub(crate) async fn restart(&mut self, binary: &Path) -> Result<(), Failure> {
        self.process = serve(binary, &self.engine, self.address)?;
        wait_until_listening(self.address).await
    }

    /// CPU time used so far by the server, and by PostgreSQL's processes.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        let database = self.engine.process.map(crate::process::cpu_of).transpose()?.unwrap_or_default();
        Ok(self.process.cpu()? + database)
    }

    /// Resident memory of the server, in MiB.
    pub(crate) fn resident_mib(&self) -> Result<u64, Failure> {
        Ok(self.process.resident_kib()? / 1024)
    }
}

fn serve(binary: &Path, engine: &Engine, address: SocketAddr) -> Result<Process, Failure> {
    Process::start(
        settings(Command::new(binary).args(["serve", "--log", "error"]), &engine.url)
            .env("LISTEN", address.to_string()),
    )
}

/// The environment of every command.
pub(crate) fn settings<'a>(command: &'a mut Command, database: &str) -> &'a mut Command {
    command
        .env("DATABASE_URL", database)
        .env("APP_ENCRYPTION_KEY", "YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU=")
        // One pixel key sends everything here.
        .env("PIXEL_KEY_BYTES_PER_MINUTE", u64::MAX.to_string())
        .env("PIXEL_KEY_ROWS_PER_MINUTE", u64::MAX.to_string())
        .env("CLIENT_IP_HEADER", "x-forwarded-for")
        .env("SHOPIFY_API_KEY", "bench")
        .env("SHOPIFY_API_SECRET", SHOPIFY_SECRET)
}

/// Runs a CLI command with `--json` and parses its output.
fn run_json(binary: &Path, database: &str, arguments: &[&str]) -> Result<Value, Failure> {
    let output = settings(Command::new(binary).args(arguments).arg("--json"), database).output()?;
    if !output.status.success() {
        return Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// An address on which nothing listens.
pub(crate) fn free_address() -> Result<SocketAddr, Failure> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Waits up to 10 seconds until a server listens on the address.
pub(crate) async fn wait_until_listening(address: SocketAddr) -> Result<(), Failure> {
    for _ in 0..200 {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("nothing listens on {address}").into())
}
