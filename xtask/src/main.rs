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
    /// Build the pixel, the pages' wasm, and the binaries
    Build {
        /// Optimised, with all assets embedded in the binary
        #[arg(long)]
        release: bool,
    },
    /// Build the storefront pixel into target/site/pixel
    Pixel,
    /// Measure redirect and track against a bare baseline on this machine, settlement, and the models
    Bench,
    /// Make the pictures of the README again (needs Chromium)
    Pictures,
    /// Hold the built server to its OpenAPI document (needs Python)
    Contract,
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
        Command::Bench => bench(),
        Command::Pictures => suite::pictures(),
        Command::Contract => contract::check(),
        Command::Prepare { check } => prepare::prepare(check),
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

fn bench() -> Outcome {
    site::build(true)?;
    run::cargo(&["build", "--release", "--locked", "-p", "bench"])?;
    let folder = run::root().join("target/release");
    let (bench, server) = (folder.join("bench"), folder.join("creatorscore"));
    for what in ["web", "orders", "crash"] {
        run::run(run::command(&bench).arg(what).arg("--binary").arg(&server))?;
        // A server of its own: its database is empty, and its processes work for this measurement only.
        let postgres = postgres::Postgres::start()?;
        run::run(
            run::command(&bench)
                .arg(what)
                .arg("--binary")
                .arg(&server)
                .args(["--postgres", &format!("{}/postgres", postgres.url)])
                .args(["--postgres-process", &postgres.process()?]),
        )?;
    }
    run::run(run::command(&bench).arg("settle").arg("--binary").arg(&server))?;
    run::run(run::command(&bench).arg("models"))
}
