//! Reproducible benchmarks. Web figures are shown next to a baseline (the floor) measured in the same run on the same
//! machine.
//!
//! `cargo xtask bench` makes a release build and runs all benchmarks.
#![recursion_limit = "512"]

mod bulk;
mod crash;
mod delay;
mod engine;
mod fair;
mod flood;
mod floor;
mod http;
mod load;
mod merchant;
mod models;
mod orders;
mod overload;
mod overview;
mod process;
mod server;
mod settle;
mod shopify;
mod storefront;
mod web;

use core::time::Duration;
use std::path::{Path, PathBuf};

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
    /// Milliseconds that PostgreSQL is further away from the server, there and back
    #[arg(long, value_name = "MS", requires = "postgres")]
    delay: Option<u64>,
}

impl Database {
    async fn engine(self, folder: &Path) -> Result<engine::Engine, Failure> {
        let Some(url) = self.postgres else { return Ok(engine::Engine::sqlite(folder)) };
        let (name, server_url) = match self.delay {
            Some(ms) => {
                let server_url = delay::start(&url, Duration::from_millis(ms)).await?;
                (format!("PostgreSQL {ms} ms away"), server_url)
            }
            None => ("PostgreSQL".to_owned(), url.clone()),
        };
        Ok(engine::Engine { name, url, server_url, process: self.postgres_process })
    }
}

#[derive(Subcommand)]
enum Command {
    /// Redirect and track while the tables grow: CPU per request, requests per second, p50 and p99
    Web {
        /// The server to measure
        #[arg(long)]
        binary: PathBuf,
        #[command(flatten)]
        database: Database,
        /// Requests per measurement
        #[arg(long, default_value_t = 50_000)]
        requests: usize,
        /// Rows in each of the tables of events and clicks at which everything is measured
        #[arg(long, value_delimiter = ',', default_value = "0,1000000,5000000")]
        sizes: Vec<usize>,
    },
    /// From webhook to credit: CPU per order, orders per second
    Orders {
        /// The server to measure
        #[arg(long)]
        binary: PathBuf,
        #[command(flatten)]
        database: Database,
        /// Number of orders
        #[arg(long, default_value_t = 3_000)]
        orders: usize,
    },
    /// From webhook to credit for many brands, without and with a flood of one by its public pixel key
    Fair {
        /// The server to measure
        #[arg(long)]
        binary: PathBuf,
        #[command(flatten)]
        database: Database,
        /// Number of brands, the flooded one included
        #[arg(long, default_value_t = 100)]
        brands: usize,
        /// Webhooks a second for the others together
        #[arg(long, default_value_t = 100)]
        rate: usize,
        /// Length of each of the two measurements, in seconds
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Kills the server under load and counts what it had acknowledged
    Crash {
        /// The server to kill
        #[arg(long)]
        binary: PathBuf,
        #[command(flatten)]
        database: Database,
        /// How often
        #[arg(long, default_value_t = 20)]
        kills: usize,
        /// Binary of the file system `LazyFS`: each kill becomes a power cut, at which the disk forgets what was not synced
        #[arg(long, conflicts_with = "postgres")]
        lazyfs: Option<PathBuf>,
        /// Start the server as with `SQLite`'s `synchronous=NORMAL`, and fail unless something is lost
        #[arg(long, requires = "lazyfs")]
        negative_control: bool,
    },
    /// More connections than the server is made for: rate beside the best with 256, errors, memory
    Overload {
        /// The server to measure
        #[arg(long)]
        binary: PathBuf,
        #[command(flatten)]
        database: Database,
        /// Number of connections
        #[arg(long, default_value_t = 4_000)]
        connections: usize,
        /// Length of each measurement, in seconds
        #[arg(long, default_value_t = 15)]
        seconds: u64,
    },
    /// The overview page of a brand with many clicks
    Overview {
        /// The server to measure
        #[arg(long)]
        binary: PathBuf,
        #[command(flatten)]
        database: Database,
        /// Number of clicks
        #[arg(long, default_value_t = 10_000_000)]
        clicks: usize,
        /// Number of links, all of which are clicked every day
        #[arg(long, default_value_t = 100)]
        links: usize,
        /// Number of orders
        #[arg(long, default_value_t = 20_000)]
        orders: usize,
        /// Number of requests
        #[arg(long, default_value_t = 200)]
        requests: usize,
    },
    /// The models: heuristics over a million journeys, markov and shapley over 10,000 distinct paths
    Models,
    /// Settling orders: CPU time per order, with journeys of five clicks
    Settle {
        /// The server to measure
        #[arg(long)]
        binary: PathBuf,
        /// Number of orders
        #[arg(long, default_value_t = 5_000)]
        orders: usize,
    },
    /// The load of `fair` on the flooded brand
    #[command(hide = true)]
    Flood(flood::Target),
    /// The bare handlers used as a baseline
    #[command(hide = true)]
    Floor,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    match Cli::parse().command {
        Command::Web { binary, database, requests, sizes } => {
            web::run(&binary, database.engine(folder).await?, &web::Plan { requests, sizes }).await
        }
        Command::Orders { binary, database, orders } => {
            orders::run(&binary, database.engine(folder).await?, orders).await
        }
        Command::Fair { binary, database, brands, rate, seconds } => {
            fair::run(&binary, database.engine(folder).await?, &fair::Plan { brands, rate, seconds }).await
        }
        Command::Crash { binary, database, kills, lazyfs, negative_control } => {
            let disk = match lazyfs {
                Some(lazyfs) => Some(crash::LazyFs::mount(&lazyfs, folder).await?),
                None => None,
            };
            let data = disk.as_ref().map_or_else(|| folder.to_owned(), crash::LazyFs::mounted);
            let engine = database.engine(&data).await?;
            crash::run(&binary, engine, folder, crash::Plan { kills, disk, negative_control }).await
        }
        Command::Overload { binary, database, connections, seconds } => {
            let plan = overload::Plan { connections, length: Duration::from_secs(seconds) };
            overload::run(&binary, database.engine(folder).await?, &plan).await
        }
        Command::Overview { binary, database, clicks, links, orders, requests } => {
            let plan = overview::Plan { clicks, links, orders, requests };
            overview::run(&binary, database.engine(folder).await?, &plan).await
        }
        Command::Models => models::run(),
        Command::Settle { binary, orders } => settle::run(&binary, orders).await,
        Command::Flood(target) => flood::run(target).await,
        Command::Floor => floor::serve().await,
    }
}
