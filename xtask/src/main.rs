//! Development commands. The README uses `cargo xtask demo` and `cargo xtask test`; most others are parts of these.

mod contract;
mod pixel;
mod postgres;
mod prepare;
mod run;
mod site;
mod suite;

use clap::{Parser, Subcommand};

use crate::run::Outcome;

#[derive(Parser)]
#[command(name = "xtask", about = "CreatorScore's development commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and run the demo: the server on SQLite and a simulated Shopify, with 90 days of sample data
    Demo {
        /// Begin with a shop that has not installed the app, instead of sample data
        #[arg(long)]
        empty: bool,
        /// Further options of `creatorscore demo`
        #[arg(last = true)]
        options: Vec<String>,
    },
    /// Run all tests: both databases and the browser stories
    Test {
        /// Skip the browser stories
        #[arg(long)]
        without_browser: bool,
    },
    /// Build the pixel, the pages' script and styles, and the binaries
    Build {
        /// Optimised, with all assets embedded in the binary
        #[arg(long)]
        release: bool,
    },
    /// Build the storefront pixel into target/site/pixel
    Pixel,
    /// Measure what docs/performance.md states: everything, or the named benchmarks
    Bench {
        /// Names of benchmarks, such as `web orders`
        only: Vec<String>,
    },
    /// Take the pictures of the README again (needs Chromium)
    Pictures,
    /// Hold the built server to its OpenAPI document (needs Python)
    Contract {
        /// Seed of the generated cases; another one sends other requests
        #[arg(long, default_value_t = contract::SEED)]
        seed: u64,
    },
    /// Refresh the compile-time checked queries (.sqlx) of both adapters
    Prepare {
        /// Only check whether they are up to date
        #[arg(long)]
        check: bool,
    },
}

fn main() -> std::process::ExitCode {
    let outcome = match Cli::parse().command {
        Command::Demo { empty, options } => demo(empty, &options),
        Command::Test { without_browser } => suite::test(without_browser),
        Command::Build { release } => site::build(release),
        Command::Pixel => pixel::build(),
        Command::Bench { only } => bench(&only),
        Command::Contract { seed } => contract::check(seed),
        Command::Pictures => suite::pictures(),
        Command::Prepare { check: true } => prepare::check(),
        Command::Prepare { check: false } => prepare::refresh(),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn demo(is_empty: bool, options: &[String]) -> Outcome {
    site::build(false)?;
    let binary = run::root().join("target/debug/creatorscore");
    run::replace(run::command(binary).arg("demo").args(is_empty.then_some("--empty")).args(options))
}

/// Benchmarks that run on both engines, with the arguments of each run on PostgreSQL.
const SCENARIOS: [(&str, &[&[&str]]); 6] = [
    ("web", &[&[]]),
    ("orders", &[&[], &["--delay", "5"]]),
    ("fair", &[&[]]),
    ("overload", &[&[]]),
    ("overview", &[&[]]),
    ("crash", &[&[]]),
];
/// Benchmarks that run once: on SQLite, or without a database.
const ALONE: [&str; 2] = ["settle", "models"];
/// The benchmark of the pages, in a browser.
const PAGES: &str = "pages";

/// Runs the named benchmarks, or all. If one fails, the others still run.
fn bench(only: &[String]) -> Outcome {
    let is_wanted = |name: &str| only.is_empty() || only.iter().any(|wanted| wanted == name);
    let known: Vec<&str> = SCENARIOS.iter().map(|(name, _)| *name).chain(ALONE).chain([PAGES]).collect();
    if let Some(unknown) = only.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("{unknown} is no benchmark; there are {}", known.join(", ")));
    }
    site::build(true)?;
    run::cargo(&["build", "--release", "--locked", "-p", "bench"])?;
    let folder = run::root().join("target/release");
    let (bench, server) = (folder.join("bench"), folder.join("creatorscore"));
    let measure = |name: &str, more: &[&str]| {
        let mut command = run::command(&bench);
        command.arg(name);
        if name != "models" {
            command.arg("--binary").arg(&server);
        }
        run::run(command.args(more))
    };
    let mut failed = Vec::new();
    for (name, on_postgres) in SCENARIOS.into_iter().filter(|(name, _)| is_wanted(name)) {
        failed.extend(measure(name, &[]).err());
        for more in on_postgres {
            // A server of its own: its database is empty, and its processes work for this measurement only.
            let postgres = postgres::Postgres::start()?;
            let (url, process) = (format!("{}/postgres", postgres.url), postgres.process()?);
            let engine = ["--postgres", &url, "--postgres-process", &process];
            failed.extend(measure(name, &[&engine, *more].concat()).err());
        }
    }
    for name in ALONE.into_iter().filter(|name| is_wanted(name)) {
        failed.extend(measure(name, &[]).err());
    }
    if is_wanted(PAGES) {
        failed.extend(bench_pages(&server).err());
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// Measures the pages in a browser (needs Chromium).
fn bench_pages(server: &std::path::Path) -> Outcome {
    let browser = suite::find_browser()?;
    run::npm_install("end2end")?;
    let script = run::root().join("bench/pages.mjs");
    run::run(run::command("node").arg(script).arg("--binary").arg(server).arg("--browser").arg(browser))
}
