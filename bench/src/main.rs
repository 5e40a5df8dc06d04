//! Reproducible benchmarks. Web figures are shown next to a baseline (the floor) measured in the same run on the same
//! machine.
//!
//! `cargo xtask bench` makes a release build and runs all benchmarks.

mod floor;
mod load;
mod models;
mod process;
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

#[derive(Subcommand)]
enum Command {
    /// Redirect and track: CPU per request, requests per second, p50 and p99, compared with a bare handler and nginx
    Web {
        /// The server to measure
        #[arg(long)]
        binary: std::path::PathBuf,
        /// Requests per measurement
        #[arg(long, default_value_t = 100_000)]
        requests: usize,
        /// Concurrent connections
        #[arg(long, default_value_t = 256)]
        connections: usize,
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
        Command::Web { binary, requests, connections } => web::run(&binary, requests, connections).await,
        Command::Models => models::run(),
        Command::Settle { binary, orders } => settle::run(&binary, orders).await,
        Command::Floor => floor::serve().await,
    }
}
