//! The command line.

mod creator;
mod link;
mod member;
mod objects;
mod order;
mod proof;
mod table;
mod webhook;

use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use domain::{BrandId, api_key::KeyKind, shop::ShopDomain};
use flow::{Flow, access::Operator, commission::Approval, doctor::Severity, setup::NewBrand};
use serde_json::{Value, json};

use self::{
    creator::CreatorCommand,
    link::LinkCommand,
    member::MemberCommand,
    order::OrderCommand,
    proof::ProofCommand,
    table::{Line, table},
    webhook::WebhookCommand,
};
use crate::{
    config::Config,
    database, demo, doctor,
    events::{self, EventCommand},
    export::{self, Dataset, Format},
    import::{self, ImportOptions},
    mcp_stdio::{self, McpOptions},
    models,
    privacy::{self, PrivacyCommand},
    sample::{self, Place},
    serve::{self, Failure},
    system::{SystemClock, SystemRandom},
    telemetry::{self, LogFormat},
};

pub use self::objects::exit_code;

/// CreatorScore: which creator earned this sale, and how much?
#[derive(Parser, Debug)]
#[command(name = "creatorscore", version)]
pub struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Debug)]
struct Output {
    /// Print the result as one JSON object
    #[arg(long, global = true)]
    json: bool,
    /// Log filter, such as `info` or `info,flow=debug`
    #[arg(long, env = "LOG", default_value = "info", global = true)]
    log: String,
    /// Format of log lines
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value = "text", global = true)]
    log_format: LogFormat,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the server
    Serve,
    /// Run the server with a simulated Shopify, and print the steps to try it
    Demo(demo::Demo),
    /// Apply pending database migrations
    Migrate,
    /// Check the settings, the database and every brand, and report what is wrong. Changes nothing
    Doctor,
    /// Manage brands
    #[command(subcommand)]
    Brand(BrandCommand),
    /// Manage API keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Manage creators
    #[command(subcommand)]
    Creator(CreatorCommand),
    /// Manage who is in a brand's team
    #[command(subcommand)]
    Member(MemberCommand),
    /// Manage tracking links
    #[command(subcommand)]
    Link(LinkCommand),
    /// See orders
    #[command(subcommand)]
    Order(OrderCommand),
    /// Verify revenue proofs, and manage them
    #[command(subcommand)]
    Proof(ProofCommand),
    /// Run attribution models on exported data
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Attribute stored orders again
    #[command(subcommand)]
    Attribution(AttributionCommand),
    /// See and approve commissions that wait for a person
    #[command(subcommand)]
    Commission(CommissionCommand),
    /// Events for other systems
    #[command(subcommand)]
    Event(EventCommand),
    /// Send a brand's events to other systems, and see what was sent
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Fill an empty brand with 90 days of sample data, or clear it
    SampleData {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Address of the shop to which the sample's links lead
        #[arg(long, default_value = "https://shop.example.com")]
        storefront: String,
        /// Delete the sample data, and everything that was added to the brand since
        #[arg(long)]
        clear: bool,
    },
    /// Jobs that failed for good
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// How long data is kept, and what customers asked for
    #[command(subcommand)]
    Privacy(PrivacyCommand),
    /// Import creators from another tool's file, CSV or .xlsx
    Import(ImportOptions),
    /// Print the OpenAPI document of the API
    Openapi,
    /// Give an assistant the API of a server as tools, over standard input and output (Model Context Protocol)
    Mcp(McpOptions),
    /// Export a brand's data to standard output
    Export {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Which data
        #[arg(long, value_enum)]
        what: Dataset,
        /// Output format
        #[arg(long, value_enum, default_value = "json")]
        format: Format,
    },
}

#[derive(Subcommand, Debug)]
enum JobsCommand {
    /// List the jobs that were given up, with their last error
    Failed,
    /// Queue jobs that were given up again: all, or the one that is named
    Retry {
        /// Kind of the job, as `jobs failed` prints it
        #[arg(long, requires = "key")]
        kind: Option<String>,
        /// Key of the job, as `jobs failed` prints it
        #[arg(long, requires = "kind")]
        key: Option<String>,
    },
}

#[derive(Subcommand, Debug)]
enum ModelsCommand {
    /// Run every model on exported journeys: CSV with `path,total_conversions,total_conversion_value,total_null`
    Run {
        /// Path of the CSV file
        #[arg(long)]
        input: std::path::PathBuf,
    },
}

#[derive(Subcommand, Debug)]
enum AttributionCommand {
    /// Settle a brand's orders again, except in closed periods. If interrupted, the next run resumes
    Recompute {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Start over, even if a run can be resumed
        #[arg(long)]
        restart: bool,
    },
}

#[derive(Subcommand, Debug)]
enum CommissionCommand {
    /// List what waits for approval, by order and creator
    Waiting {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
    },
    /// Approve commissions; without an order or creator, all that are proven and past the hold period
    Approve {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Approve the credit and commissions of this order; their hold stays
        #[arg(long, conflicts_with = "creator")]
        order: Option<domain::OrderId>,
        /// Approve all of this creator's commissions past the hold period, proven or not
        #[arg(long)]
        creator: Option<domain::CreatorId>,
    },
}

#[derive(Subcommand, Debug)]
enum BrandCommand {
    /// Create a brand
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// Shop that is assigned to the brand when it installs the app
        #[arg(long, value_parser = shop)]
        shop: Option<ShopDomain>,
        /// IANA time zone of the reports
        #[arg(long, default_value = "UTC")]
        time_zone: String,
        /// ISO 4217 currency code of the reports
        #[arg(long, default_value = "USD")]
        currency: String,
        /// Count purchases reported only by a browser, for brands without another source
        #[arg(long)]
        trust_browser_purchases: bool,
    },
    /// List the brands, with their shops
    List,
    /// Show, or set, where the brand's links may lead, and the hosts of its Shopify storefronts
    Hosts {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Hosts to which links may lead, with their subdomains; `--allow ''` for any host. Not given: unchanged
        #[arg(long)]
        allow: Option<Vec<String>>,
        /// Hosts of the brand's Shopify storefronts; `--storefront ''` for none. Not given: unchanged
        #[arg(long)]
        storefront: Option<Vec<String>>,
    },
    /// Create a sign-in link for the brand's team, valid once for ten minutes
    SignIn {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
    },
}

#[derive(Subcommand, Debug)]
enum KeyCommand {
    /// Create a key; it is shown only once
    Create {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// `server` or `pixel`
        #[arg(long, value_parser = key_kind)]
        kind: KeyKind,
        /// Create a test key, whose records are left out of all figures
        #[arg(long)]
        test: bool,
    },
}

fn shop(text: &str) -> Result<ShopDomain, String> {
    ShopDomain::parse(text).ok_or_else(|| "must be a domain such as example.myshopify.com".to_owned())
}

fn key_kind(text: &str) -> Result<KeyKind, String> {
    KeyKind::parse(text).ok_or_else(|| "must be server or pixel".to_owned())
}

/// Runs a command and prints its result.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    let Cli { config, output, command } = cli;
    let filter = if output.json { "warn" } else { &output.log };
    telemetry::init_logs(filter, output.log_format)?;
    match command {
        Command::Serve => {
            let running = serve::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
            serve::shutdown_signal().await;
            running.stop().await;
            Ok(())
        }
        Command::Demo(options) => demo::run(config, options).await,
        Command::Migrate => {
            let store = database::open(&config.database()?, 1).await?;
            store.migrate().await?;
            let engine = store.engine().await?;
            store.close().await;
            print_result(&output, &json!({ "ok": true, "engine": engine }), "The database is up to date.");
            Ok(())
        }
        Command::Doctor => doctor(&config, &output).await,
        Command::Openapi => {
            print!("{}", crate::http::openapi_text());
            Ok(())
        }
        Command::Mcp(options) => mcp_stdio::run(&options).await,
        // Whoever gets a proof has no database of ours.
        Command::Proof(ProofCommand::Verify { file, jwks }) => {
            let (answer, text) = proof::verify_file(&file, &jwks)?;
            print_result(&output, &answer, &text);
            Ok(())
        }
        Command::Models(ModelsCommand::Run { input }) => {
            let file = std::fs::File::open(&input).map_err(|error| format!("{}: {error}", input.display()))?;
            let answer = models::run(&models::read_journeys(std::io::BufReader::new(file))?);
            if output.json {
                println!("{answer}");
            } else {
                println!("{}", models::table(&answer));
            }
            Ok(())
        }
        Command::Attribution(AttributionCommand::Recompute { brand, restart }) => {
            let flow = open(&config).await?;
            let done = recompute(&flow, operator(&config)?, &brand, restart).await?;
            flow.close().await;
            print_result(
                &output,
                &json!({ "brand": brand, "settled": done }),
                &format!("{done} orders settled again."),
            );
            Ok(())
        }
        Command::Export { brand, what, format } => {
            let flow = open(&config).await?;
            let count = {
                let mut out = std::io::BufWriter::new(std::io::stdout());
                let merchant = flow.access().merchant_by_operator(operator(&config)?, &brand).await?;
                export::export(&flow, &merchant, what, format, &mut out).await?
            };
            tracing::info!(count, "rows written");
            flow.close().await;
            Ok(())
        }
        Command::SampleData { brand, storefront, clear } => {
            let text = if clear {
                clear_sample(&config, &brand).await?;
                "The sample data is cleared."
            } else if fill_sample(&config, brand.clone(), storefront).await? {
                "The sample data is there. Look at it with `creatorscore brand sign-in`; clear it with --clear."
            } else {
                "The sample data was there already."
            };
            print_result(&output, &json!({ "brand": brand, "has_sample_data": !clear }), text);
            Ok(())
        }
        Command::Event(EventCommand::Tail(tail)) => {
            let flow = open(&config).await?;
            events::tail(&flow, operator(&config)?, &tail, &mut std::io::stdout()).await?;
            flow.close().await;
            Ok(())
        }
        command => {
            let flow = open(&config).await?;
            let (answer, text) = create(&flow, operator(&config)?, command).await?;
            flow.close().await;
            print_result(&output, &answer, &text);
            Ok(())
        }
    }
}

/// Runs a command that creates or changes something. Returns its result as JSON and as text.
async fn create(flow: &Flow, operator: Operator, command: Command) -> Result<(Value, String), Failure> {
    Ok(match command {
        Command::Brand(BrandCommand::Create { name, shop, time_zone, currency, trust_browser_purchases }) => {
            let new = NewBrand { name, zone: time_zone, currency, trust_browser_purchases, shop };
            let brand = flow.setup().create_brand(operator, &new).await?;
            (json!({ "id": brand.id, "name": brand.name }), format!("Created brand {} ({}).", brand.name, brand.id))
        }
        Command::Brand(BrandCommand::List) => {
            let brands = flow.setup().brands(operator).await?;
            let brands: Vec<Value> = brands
                .into_iter()
                .map(|(brand, shops)| json!({ "id": brand.id, "name": brand.name, "shops": shops }))
                .collect();
            let fields = ["id", "name", "shops"];
            let lines: Vec<Line> = brands.iter().map(|brand| Line::of(brand, &fields)).collect();
            let text = table(&fields, &lines);
            (json!(brands), text)
        }
        Command::Brand(BrandCommand::Hosts { brand, allow, storefront }) => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            if allow.is_some() || storefront.is_some() {
                let before = merchant.brand();
                let allow = allow.unwrap_or_else(|| before.destination_hosts.clone());
                let storefront = storefront.unwrap_or_else(|| before.settings.storefront_hosts.clone());
                flow.policies().save_hosts(&merchant, &allow.join(" "), &storefront.join(" ")).await?;
            }
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            let (allow, storefront) =
                (&merchant.brand().destination_hosts, &merchant.brand().settings.storefront_hosts);
            let shown = |hosts: &[String], none: &str| if hosts.is_empty() { none.to_owned() } else { hosts.join(" ") };
            let text =
                format!("Links may lead to: {}\nStorefronts: {}", shown(allow, "any host"), shown(storefront, "none"));
            (json!({ "allow": allow, "storefront": storefront }), text)
        }
        Command::Brand(BrandCommand::SignIn { brand }) => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            let url = flow.access().sign_in_link(&merchant, None).await?;
            (json!({ "url": url }), url)
        }
        Command::Key(KeyCommand::Create { brand, kind, test }) => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            let (id, key) = flow.setup().create_key(&merchant, kind, test).await?;
            let text = format!("{key}\nStore it now: it is not shown again.");
            (json!({ "id": id, "key": key, "kind": kind, "is_test": test }), text)
        }
        Command::Creator(command) => creator::run(flow, operator, command).await?,
        Command::Member(command) => member::run(flow, operator, command).await?,
        Command::Link(command) => link::run(flow, operator, command).await?,
        Command::Order(command) => order::run(flow, operator, command).await?,
        Command::Proof(command) => proof::run(flow, operator, command).await?,
        Command::Jobs(JobsCommand::Failed) => {
            let failed = flow.jobs().all_failed(operator).await?;
            let text = failed.iter().map(|job| format!("{} {} ({}): {}", job.kind, job.key, job.party, job.error));
            let text =
                if failed.is_empty() { "No job has failed.".to_owned() } else { text.collect::<Vec<_>>().join("\n") };
            let jobs: Vec<Value> = failed
                .iter()
                .map(|job| json!({ "kind": job.kind, "key": job.key, "party": job.party, "error": job.error }))
                .collect();
            (json!({ "jobs": jobs }), text)
        }
        Command::Jobs(JobsCommand::Retry { kind, key }) => {
            let job = kind.as_deref().zip(key.as_deref());
            let count = flow.jobs().retry_failed(operator, job).await?;
            (json!({ "queued": count }), format!("Queued {count} again."))
        }
        Command::Privacy(command) => privacy::run(flow, operator, command).await?,
        Command::Import(options) => import::run(flow, operator, options).await?,
        Command::Commission(command) => commission(flow, operator, command).await?,
        Command::Webhook(command) => webhook::run(flow, operator, command).await?,
        Command::Serve
        | Command::Demo(_)
        | Command::Migrate
        | Command::Doctor
        | Command::Models(_)
        | Command::Openapi
        | Command::Mcp(_)
        | Command::Attribution(_)
        | Command::Event(_)
        | Command::SampleData { .. }
        | Command::Export { .. } => {
            return Err("this command is handled by `run`".into());
        }
    })
}

/// Fills a brand with sample data; false if it is there. The key of the sample's pixel is not needed afterwards.
async fn fill_sample(config: &Config, brand: BrandId, storefront: String) -> Result<bool, Failure> {
    let store = database::open(&config.database()?, 2).await?;
    store.migrate().await?;
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let place = Place { store: store.clone(), clock, random, brand: brand.clone(), storefront };
    let filled = sample::fill(config, operator(config)?, place).await?;
    store.close().await;
    let flow = open(config).await?;
    if let Some(filled) = &filled {
        let merchant = flow.access().merchant_by_operator(operator(config)?, &brand).await?;
        flow.setup().revoke_key(&merchant, &filled.pixel_key.0).await?;
    }
    flow.close().await;
    Ok(filled.is_some())
}

async fn clear_sample(config: &Config, brand: &BrandId) -> Result<(), Failure> {
    let flow = open(config).await?;
    let merchant = flow.access().merchant_by_operator(operator(config)?, brand).await?;
    flow.samples().clear(&merchant).await?;
    flow.close().await;
    Ok(())
}

/// Lists or approves commissions that wait for a person. Returns the result as JSON and as text.
async fn commission(flow: &Flow, operator: Operator, command: CommissionCommand) -> Result<(Value, String), Failure> {
    match command {
        CommissionCommand::Waiting { brand } => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            let waiting = flow.commissions().waiting(&merchant).await?;
            let reason = |is_unproven| if is_unproven { "not proven" } else { "manual approval" };
            let rows: Vec<Value> = waiting
                .iter()
                .map(|one| {
                    json!({ "order": one.order, "name": one.order_name, "creator": one.creator,
                            "amount": one.amount.to_decimal(), "currency": one.amount.currency.code(),
                            "available_from": one.payable_at.to_rfc3339(), "reason": reason(one.is_unproven) })
                })
                .collect();
            let lines: Vec<String> = waiting
                .iter()
                .map(|one| {
                    let (order, creator, amount) = (&one.order, &one.creator, one.amount);
                    format!("{order} {} {creator} {amount} {}", one.order_name, reason(one.is_unproven))
                })
                .collect();
            let text = if lines.is_empty() { "Nothing waits for approval.".to_owned() } else { lines.join("\n") };
            Ok((json!({ "waiting": rows }), text))
        }
        CommissionCommand::Approve { brand, order, creator } => {
            let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
            let approval = match (&order, &creator) {
                (Some(order), _) => Approval::Order(order),
                (None, Some(creator)) => Approval::Creator(creator),
                (None, None) => Approval::Proven,
            };
            let approved = flow.commissions().approve(&merchant, approval).await?;
            Ok((json!({ "approved": approved }), format!("{approved} ledger entries approved.")))
        }
    }
}

/// Settles a brand's orders again and prints the progress. Progress is stored, so an interrupted run is resumed by the
/// next one. Returns the number of orders.
async fn recompute(flow: &Flow, operator: Operator, brand: &BrandId, restart: bool) -> Result<i64, Failure> {
    flow.access().merchant_by_operator(operator, brand).await?;
    let resumable = flow.policies().recompute_state(brand).await?.filter(|_| !restart);
    let mut state = match resumable {
        Some(state) => {
            eprintln!("resuming after {} of {} orders", state.done, state.total);
            state
        }
        None => flow.policies().begin_recompute(brand, domain::UnixMs(i64::MIN)).await?,
    };
    while let Some(next) = flow.policies().recompute_next_page(brand).await? {
        state = next;
        eprint!("\r{} of {} orders", state.done, state.total);
    }
    eprintln!();
    Ok(state.total.max(state.done))
}

fn print_result(output: &Output, answer: &Value, text: &str) {
    if output.json {
        println!("{answer}");
    } else {
        anstream::println!("{text}");
    }
}

/// The right of the operator, who has the configuration.
fn operator(config: &Config) -> Result<Operator, Failure> {
    Ok(Operator::with_keys(&config.vault(&SystemRandom)?))
}

/// Opens and migrates the database for a command that runs beside the server.
async fn open(config: &Config) -> Result<Flow, Failure> {
    let store = database::open(&config.database()?, 2).await?;
    store.migrate().await?;
    serve::flow(config, store, Arc::new(SystemClock), Arc::new(SystemRandom)).await
}

async fn doctor(config: &Config, output: &Output) -> Result<(), Failure> {
    let findings = doctor::examine(config).await;
    let is_fine = findings.iter().all(|finding| finding.severity != Severity::Fault);
    let (level, word) = (
        |severity| match severity {
            Severity::Fine => "ok",
            Severity::Warning => "warning",
            Severity::Fault => "fault",
        },
        |severity| match severity {
            Severity::Fine => "ok   ",
            Severity::Warning => "warn ",
            Severity::Fault => "FAIL ",
        },
    );
    if output.json {
        let list: Vec<Value> = findings
            .iter()
            .map(|finding| {
                let is_ok = finding.severity != Severity::Fault;
                json!({ "check": finding.check, "ok": is_ok, "level": level(finding.severity), "detail": finding.detail })
            })
            .collect();
        println!("{}", json!({ "ok": is_fine, "checks": list }));
    } else {
        for finding in &findings {
            println!("{} {}: {}", word(finding.severity), finding.check, finding.detail);
        }
    }
    if is_fine { Ok(()) } else { Err("at least one check failed, see above".into()) }
}
