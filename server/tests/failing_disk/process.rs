//! The server's process, with a brand, a link and a key.

use core::time::Duration;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, mpsc},
};

use serde_json::Value;

use crate::disk::Disk;

/// The secret that signs the simulated Shopify's webhooks.
pub(crate) const SHOPIFY_SECRET: &str = "hush";
/// The brand's shop.
pub(crate) const SHOP: &str = "failing-disk.myshopify.com";

const BINARY: &str = env!("CARGO_BIN_EXE_creatorscore");
const ENCRYPTION_KEY: &str = "c3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnkta2U=";
/// How long a start may take, on a busy machine.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// The running server and what was created for it.
pub(crate) struct Server {
    process: Process,
    database: String,
    pub(crate) brand: String,
    pub(crate) key: String,
    pub(crate) code: String,
}

impl Server {
    /// Creates a brand with a server key and a link, and starts the server on the disk.
    pub(crate) fn start(disk: &Disk) -> Self {
        let database = disk.database_url();
        let text = |arguments: &[&str], field: &str| {
            let answer: Value = serde_json::from_str(&run(&database, arguments)).unwrap();
            answer[field].as_str().unwrap().to_owned()
        };
        let brand = text(&["brand", "create", "--name", "Disk", "--shop", SHOP], "id");
        let key = text(&["key", "create", "--brand", &brand, "--kind", "server"], "key");
        let code = text(&["link", "create", "--brand", &brand, "--destination", "https://shop.example/p"], "code");
        Self { process: Process::start(disk), database, brand, key, code }
    }

    /// The address it listens on.
    pub(crate) fn url(&self) -> &str {
        &self.process.url
    }

    /// Ends the process without a warning.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the server again after it was killed.
    pub(crate) fn restart(&mut self, disk: &Disk) {
        self.process = Process::start(disk);
    }

    /// The stored rows of a kind, as the export command prints them.
    pub(crate) fn export(&self, what: &str) -> Vec<Value> {
        serde_json::from_str(&run(&self.database, &["export", "--brand", &self.brand, "--what", what])).unwrap()
    }
}

/// A process that is killed when dropped. If a test fails, its log is printed.
struct Process {
    child: Child,
    url: String,
    log: Arc<Mutex<String>>,
}

impl Process {
    fn start(disk: &Disk) -> Self {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--log", "warn,server=info", "--log-format", "json"]).env("LISTEN", "127.0.0.1:0");
        settings(&mut command, &disk.database_url());
        disk.load_into(&mut command);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the server");
        let (log, stderr) = (Arc::new(Mutex::new(String::new())), child.stderr.take().unwrap());
        let (sender, address) = mpsc::channel();
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(address) = listening_on(&line) {
                    let _ = sender.send(address);
                }
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let mut process = Self { child, url: String::new(), log };
        let address = address.recv_timeout(START_TIMEOUT).expect("the server listens");
        process.url = format!("http://{address}");
        process
    }

    fn kill(&mut self) {
        // SIGKILL.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log.lock().map(|log| log.clone()).unwrap_or_default());
        }
    }
}

/// The address in the log line that tells it.
fn listening_on(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    (line["message"] == "listening").then(|| line["address"].as_str().map(str::to_owned))?
}

/// Runs a command beside the server, whose calls do not fail, and returns what it prints.
fn run(database: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(BINARY);
    let output = settings(command.args(arguments).arg("--json"), database).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn settings<'a>(command: &'a mut Command, database: &str) -> &'a mut Command {
    command
        .env("DATABASE_URL", database)
        .env("APP_ENCRYPTION_KEY", ENCRYPTION_KEY)
        .env("SHOPIFY_API_KEY", "failing-disk")
        .env("SHOPIFY_API_SECRET", SHOPIFY_SECRET)
        // Nothing listens there: no test calls Shopify.
        .env("SHOPIFY_SHOP_URL", "http://127.0.0.1:9/{shop}")
}
