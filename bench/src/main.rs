//! Reproducible benchmarks: each figure beside the same machine's own floor, measured in the same run.
//!
//! `cargo xtask bench` builds what is measured with optimisation and runs all of them.

mod floor;
mod load;
mod models;
mod process;
mod settle;
mod web;

use clap::{Parser, Subcommand};

/// Anything that keeps a benchmark from running.
pub(crate) type Failure = Box<dyn core::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(name = "bench", about = "CreatorScore's benchmarks")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Redirect and track: CPU per request, requests per second, p50 and p99, beside a bare handler and nginx
    Web {
        /// The server to measure
        #[arg(long)]
        binary: std::path::PathBuf,
        /// Requests of each measurement
        #[arg(long, default_value_t = 100_000)]
        requests: usize,
        /// Connections that send at the same time
        #[arg(long, default_value_t = 256)]
        connections: usize,
    },
    /// The models: heuristics over a million journeys, markov and shapley over 10,000 distinct paths
    Models,
    /// Settling orders: CPU an order, with journeys of five clicks
    Settle {
        /// The server to measure
        #[arg(long)]
        binary: std::path::PathBuf,
        /// Orders
        #[arg(long, default_value_t = 5_000)]
        orders: usize,
    },
    /// The bare handlers that the others are compared with
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
