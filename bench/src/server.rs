//! The server under measurement, with a brand, a link and a key.

use core::{net::SocketAddr, time::Duration};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{Failure, engine::Engine, process::Process};

/// The secret of the simulated Shopify app, which signs webhooks.
pub(crate) const SHOPIFY_SECRET: &str = "bench-secret";
/// The shop of [`Server::start`]'s brand.
pub(crate) const SHOP: &str = "bench.myshopify.com";
/// `PUBLIC_URL`.
const PUBLIC_URL: &str = "http://localhost:4000";

/// A brand with a creator, who has a link, and a key.
#[derive(Clone)]
pub(crate) struct Brand {
    pub(crate) id: String,
    pub(crate) shop: String,
    pub(crate) creator: String,
    /// The link's code.
    pub(crate) code: String,
    pub(crate) key: String,
}

impl Brand {
    /// Creates a brand with a key of this kind, by the command line.
    pub(crate) fn create(binary: &Path, engine: &Engine, shop: &str, kind: &str) -> Result<Self, Failure> {
        let ask = |arguments: &[&str]| run_json(binary, &engine.url, arguments);
        let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
        let id = text(&ask(&["brand", "create", "--name", "Bench", "--shop", shop])?, "id");
        let key = text(&ask(&["key", "create", "--brand", &id, "--kind", kind])?, "key");
        let creator = text(&ask(&["creator", "create", "--brand", &id, "--name", "Ana", "--handle", "ana"])?, "id");
        let destination = "https://shop.example/p";
        let link = ask(&["link", "create", "--brand", &id, "--creator", &creator, "--destination", destination])?;
        Ok(Self { id, shop: shop.to_owned(), creator, code: text(&link, "code"), key })
    }
}

/// Has a brand send all its events to an address of this machine.
pub(crate) fn create_endpoint(binary: &Path, engine: &Engine, brand: &Brand, url: &str) -> Result<(), Failure> {
    run_json(binary, &engine.url, &["webhook", "create", "--brand", &brand.id, "--url", url])?;
    Ok(())
}

/// How a server is started.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// Whether the default budgets of pixel keys apply. They are off where one key sends the whole load.
    pub(crate) has_budgets: bool,
    /// A library that is loaded into the server first (`LD_PRELOAD`).
    pub(crate) preload: Option<PathBuf>,
}

/// The running server.
pub(crate) struct Server {
    process: Process,
    binary: PathBuf,
    options: Options,
    pub(crate) engine: Engine,
    pub(crate) address: SocketAddr,
    pub(crate) brand: Brand,
}

impl Server {
    /// Creates a brand with a key of this kind and a link, and starts the server.
    pub(crate) async fn start(binary: &Path, engine: Engine, kind: &str) -> Result<Self, Failure> {
        let brand = Brand::create(binary, &engine, SHOP, kind)?;
        Self::start_with(binary, engine, brand, Options::default()).await
    }

    /// Starts the server for a brand that was created before.
    pub(crate) async fn start_with(
        binary: &Path,
        engine: Engine,
        brand: Brand,
        options: Options,
    ) -> Result<Self, Failure> {
        let address = free_address()?;
        let process = serve(binary, &engine, address, &options)?;
        wait_until_listening(address).await?;
        Ok(Self { process, binary: binary.to_owned(), options, engine, address, brand })
    }

    /// Ends the process without a warning.
    pub(crate) fn kill(&mut self) -> Result<(), Failure> {
        self.process.kill()
    }

    /// Starts the server again after it was killed.
    pub(crate) async fn restart(&mut self) -> Result<(), Failure> {
        self.process = serve(&self.binary, &self.engine, self.address, &self.options)?;
        wait_until_listening(self.address).await
    }

    /// Path of a link that signs in a member of the brand, once.
    pub(crate) fn sign_in_path(&self) -> Result<String, Failure> {
        let answer = run_json(&self.binary, &self.engine.url, &["brand", "sign-in", "--brand", &self.brand.id])?;
        let path = answer["url"].as_str().and_then(|url| url.strip_prefix(PUBLIC_URL));
        Ok(path.ok_or("the sign-in link has another origin")?.to_owned())
    }

    /// CPU time used so far by the server, and by PostgreSQL's processes.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        let database = self.engine.process.map(crate::process::cpu_of).transpose()?.unwrap_or_default();
        Ok(self.process.cpu()? + database)
    }

    /// Resident memory of the server, in MiB: now, and the most there ever was.
    pub(crate) fn resident_mib(&self) -> Result<(u64, u64), Failure> {
        let (now, most) = self.process.resident_kib()?;
        Ok((now / 1024, most / 1024))
    }
}

fn serve(binary: &Path, engine: &Engine, address: SocketAddr, options: &Options) -> Result<Process, Failure> {
    let mut command = Command::new(binary);
    settings(command.args(["serve", "--log", "error"]), &engine.server_url).env("LISTEN", address.to_string());
    if !options.has_budgets {
        command
            .env("PIXEL_KEY_BYTES_PER_MINUTE", u64::MAX.to_string())
            .env("PIXEL_KEY_ROWS_PER_MINUTE", u64::MAX.to_string());
    }
    if let Some(library) = &options.preload {
        command.env("LD_PRELOAD", library);
    }
    Process::start(&mut command)
}

/// The environment of every command.
pub(crate) fn settings<'a>(command: &'a mut Command, database: &str) -> &'a mut Command {
    command
        .env("DATABASE_URL", database)
        .env("PUBLIC_URL", PUBLIC_URL)
        .env("APP_ENCRYPTION_KEY", "YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU=")
        .env("CLIENT_IP_HEADER", "x-forwarded-for")
        .env("WEBHOOK_ALLOW_PRIVATE", "true")
        .env("SHOPIFY_API_KEY", "bench")
        .env("SHOPIFY_API_SECRET", SHOPIFY_SECRET)
}

/// Runs a CLI command with `--json` and parses its output.
fn run_json(binary: &Path, database: &str, arguments: &[&str]) -> Result<Value, Failure> {
    let output = settings(Command::new(binary).args(arguments).arg("--json"), database)
        .output()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
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
