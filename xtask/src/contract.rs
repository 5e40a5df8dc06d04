//! Holds the real binary to its OpenAPI document: Schemathesis, a Python program, sends requests that the document allows, and
//! some that it does not, with a fixed seed. A client in Python is made from the document and used, too, and the published webhook
//! vectors go through the Python library of Standard Webhooks.

use std::{
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{
    postgres::free_port,
    run::{Outcome, command, read, root, run, write},
};

/// Brands whose keys are used in turn, so that no key reaches its limit per minute: what a limit refuses is not tested, and
/// which request it is would depend on the speed of the machine.
const BRANDS: usize = 4;
/// Keys of each brand. It may have 100, and cases create some.
const KEYS: usize = 90;
/// The default seed: the same cases each time.
pub(crate) const SEED: u64 = 20_261_126;
/// Cases of each operation and phase.
const CASES: &str = "15";
/// What must hold of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
                      refusals_have_reasons,limits_are_not_reached";

/// Runs the checks; without Python it says that it does not.
pub(crate) fn check(seed: u64) -> Outcome {
    let python = match python() {
        Ok(python) => python,
        Err(reason) => {
            eprintln!("\nSKIPPED: the server was not held to its OpenAPI document by Schemathesis: {reason}\n");
            return Ok(());
        }
    };
    let server = Server::start()?;
    run(command(python.join("schemathesis"))
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", root().join("end2end/contract"))
        .env("CONTRACT_KEYS", serde_json::json!(server.keys).to_string())
        .env("CONTRACT_SERVER", &server.url)
        .args([
            "run",
            &format!("{}/api/openapi.json", server.url),
            "--seed",
            &seed.to_string(),
            "--max-examples",
            CASES,
            // Faults of earlier runs would be tried first, and shift what follows.
            "--generation-database",
            "none",
        ])
        .args(["--phases", "examples,coverage,fuzzing", "--checks", CHECKS, "--continue-on-failure", "--no-color"])
        // Its response stays open for 15 minutes.
        .args(["--exclude-operation-id", "streamEvents"]))?;
    python_client(&python, &server)?;
    run(command(python.join("python"))
        .arg(root().join("end2end/contract/webhook_vectors.py"))
        .arg(root().join("docs/api/webhook-vectors.json")))
}

/// The folder of the Python programs, installed if they are not.
fn python() -> Outcome<PathBuf> {
    let requirements = root().join("end2end/contract/requirements.txt");
    let folder = root().join("target/python");
    let (bin, stamp) = (folder.join("bin"), folder.join(".installed"));
    let wanted = read(&requirements)?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(bin);
    }
    run(command("python3").args(["-m", "venv"]).arg(&folder))?;
    run(command(bin.join("pip")).args(["install", "--quiet", "--requirement"]).arg(&requirements))?;
    write(stamp, wanted)?;
    Ok(bin)
}

/// Makes a client in Python from the document, and creates and lists with it.
fn python_client(python: &Path, server: &Server) -> Outcome {
    let folder = root().join("target/python-client");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let key = server.keys.first().and_then(|keys| keys.first()).ok_or("no key")?;
    run(command(python.join("openapi-python-client"))
        .args(["generate", "--meta", "none", "--url", &format!("{}/api/openapi.json", server.url), "--output-path"])
        .arg(folder.join("creatorscore_client")))?;
    run(command(python.join("python"))
        .env("PYTHONPATH", &folder)
        .arg(root().join("end2end/contract/client.py"))
        .args([&server.url, key]))
}

/// The real binary on an empty database, with keys.
struct Server {
    process: Child,
    folder: PathBuf,
    url: String,
    /// Keys by brand.
    keys: Vec<Vec<String>>,
}

impl Server {
    fn start() -> Outcome<Self> {
        let port = free_port()?;
        let folder = std::env::temp_dir().join(format!("creatorscore-contract-{port}"));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let binary = || {
            let mut binary = command(root().join("target/debug/creatorscore"));
            binary
                .env("DATABASE_URL", format!("sqlite://{}", folder.join("contract.sqlite").display()))
                .env("LISTEN", format!("127.0.0.1:{port}"))
                .env("PUBLIC_URL", format!("http://localhost:{port}"));
            binary
        };
        let keys = (0..BRANDS).map(|_| brand_keys(&binary)).collect::<Outcome<_>>()?;
        let log = std::fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
        let process = binary().arg("serve").stdout(Stdio::null()).stderr(log).spawn();
        let process = process.map_err(|error| format!("creatorscore: {error}"))?;
        let server = Self { process, folder, url: format!("http://127.0.0.1:{port}"), keys };
        for _ in 0..400 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err("the server did not start".to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Creates a brand with keys.
fn brand_keys(binary: &impl Fn() -> Command) -> Outcome<Vec<String>> {
    let brand = answer_field(binary().args(["--json", "brand", "create", "--name", "Contract"]), "id")?;
    let key = || answer_field(binary().args(["--json", "key", "create", "--kind", "server", "--brand", &brand]), "key");
    (0..KEYS).map(|_| key()).collect()
}

/// A field of what the binary says as JSON.
fn answer_field(command: &mut Command, field: &str) -> Outcome<String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("creatorscore: {}", String::from_utf8_lossy(&output.stderr)))?;
    answer[field].as_str().map(str::to_owned).ok_or_else(|| format!("creatorscore said no {field}"))
}
