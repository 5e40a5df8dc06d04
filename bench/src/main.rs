//! Reproducible benchmarks. Web figures are shown next to a baseline (the floor) measured in the same run on the same
//! machine.
//!
//! `cargo xtask bench` makes a release build and runs all benchmarks.
#![recursion_limit = "512"]

mod crash;
mod floor;
mod load;
mod models;
mod orders;
mod process;
mod server;
mod settle;
mod web;

use clap::{Parser, Subcommand};

/// Any error that stops a benchmark.
pub(crate) type Failure = Box<dyn core::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(name = "bench", about = "CreatorScore's benchmarks")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The database to measure on: SQLite in a temporary folder if none is given.
#[derive(clap::Args)]
struct Database {
    /// An empty PostgreSQL database
    #[arg(long, requires = "postgres_process")]
    postgres: Option<String>,
    /// PostgreSQL's main process, whose CPU time is counted with its children's
    #[arg(long)]
    postgres_process: Option<u32>,
}

impl Database {
    fn engine(self, folder: &std::path::Path) -> server::Engine {
        match self.postgres {
            Some(url) => server::Engine { name: "PostgreSQL", url, process: self.postgres_process },
            None => server::Engine::sqlite(folder),
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Redirect and track while the tables grow: CPU per request, requests per second, p50 and p99
    Web {
        /// The server to measure
        #[arg(long)]
        binary: std::path::PathBuf,
        #[command(flatten)]
        database: Database,
        /// Requests per measurement
        #[arg(long, default_value_t = 50_000)]
        requests: usize,
        /// Numbers of stored events at which everything is measured
        #[arg(long, value_delimiter = ',', default_value = "0,1000000,5000000")]
        sizes: Vec<usize>,
    },
    /// From webhook to credit: CPU per order, orders per second
    Orders {
        /// The server to measure
        #[arg(long)]
        binary: std::path::PathBuf,
        #[command(flatten)]
        database: Database,
        /// Number of orders
        #[arg(long, default_value_t = 3_000)]
        orders: usize,
    },
    /// Kills the server under load and counts what it had acknowledged
    Crash {
        /// The server to kill
        #[arg(long)]
        binary: std::path::PathBuf,
        #[command(flatten)]
        database: Database,
        /// How often
        #[arg(long, default_value_t = 20)]
        kills: usize,
    },
    /// The models: heuristics over a million journeys, markov and shapley over 10,000 distinct paths
    Models,
    /// Settling orders: CPU time per order, with journeys of five clicks
    Settle {
        /// The server to measure
        #[arg(long)]
        binary: std::path::PathBuf,
        /// Number of orders
        #[arg(long, default_value_t = 5_000)]
        orders: usize,
    },
    /// The bare handlers used as a baseline
    #[command(hide = true)]
    Floor,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    match Cli::parse().command {
        Command::Web { binary, database, requests, sizes } => {
            let folder = tempfile::tempdir()?;
            web::run(&binary, database.engine(folder.path()), &web::Plan { requests, sizes }).await
        }
        Command::Orders { binary, database, orders } => {
            let folder = tempfile::tempdir()?;
            orders::run(&binary, database.engine(folder.path()), orders).await
        }
        Command::Crash { binary, database, kills } => {
            let folder = tempfile::tempdir()?;
            crash::run(&binary, database.engine(folder.path()), kills).await
        }
        Command::Models => models::run(),
        Command::Settle { binary, orders } => settle::run(&binary, orders).await,
        Command::Floor => floor::serve().await,
    }
}
