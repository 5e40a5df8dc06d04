//! The command line.

use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use domain::{BrandId, api_key::KeyKind, shop::ShopDomain};
use flow::{Flow, access::Operator, link::NewLink, setup::NewBrand};
use serde_json::{Value, json};

use crate::{
    config::Config,
    database, demo,
    export::{self, Format, What},
    models,
    serve::{self, Failure},
    system::{SystemClock, SystemRandom},
    telemetry::{self, LogFormat},
};

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
    /// Answer with one JSON object on standard output
    #[arg(long, global = true)]
    json: bool,
    /// What to log, such as `info` or `info,flow=debug`
    #[arg(long, env = "LOG", default_value = "info", global = true)]
    log: String,
    /// How log lines look
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value = "text", global = true)]
    log_format: LogFormat,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve
    Serve,
    /// Serve, with a simulated Shopify beside it and the steps to click through
    Demo(demo::Demo),
    /// Apply the database migrations that are missing
    Migrate,
    /// Check the settings, the database and Shopify's credentials, and say what is wrong
    Doctor,
    /// Brands
    #[command(subcommand)]
    Brand(BrandCommand),
    /// API keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Creators
    #[command(subcommand)]
    Creator(CreatorCommand),
    /// Tracking links
    #[command(subcommand)]
    Link(LinkCommand),
    /// Attribution models
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Attribution of the orders that are stored
    #[command(subcommand)]
    Attribution(AttributionCommand),
    /// Write out what a brand owns
    Export {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Which rows
        #[arg(long, value_enum)]
        what: What,
        /// In which form
        #[arg(long, value_enum, default_value = "json")]
        format: Format,
    },
}

#[derive(Subcommand, Debug)]
enum ModelsCommand {
    /// Run every model on exported journeys: CSV with `path,total_conversions,total_conversion_value,total_null`
    Run {
        /// The file
        #[arg(long)]
        input: std::path::PathBuf,
    },
}

#[derive(Subcommand, Debug)]
enum AttributionCommand {
    /// Settle a brand's orders again, closed periods excepted. Interrupted, it goes on where it was
    Recompute {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Begin anew, even if one is under way
        #[arg(long)]
        restart: bool,
    },
}

#[derive(Subcommand, Debug)]
enum BrandCommand {
    /// Make a brand
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// A shop that will be the brand's when it installs the app
        #[arg(long, value_parser = shop)]
        shop: Option<ShopDomain>,
        /// IANA time zone of its reports
        #[arg(long, default_value = "UTC")]
        time_zone: String,
        /// ISO 4217 code of its reports
        #[arg(long, default_value = "USD")]
        currency: String,
        /// Count purchases that only a browser reported; for brands with no other source
        #[arg(long)]
        trust_browser_purchases: bool,
    },
    /// Make a link that signs a member of the brand in, once, within ten minutes
    SignIn {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
    },
}

#[derive(Subcommand, Debug)]
enum KeyCommand {
    /// Make a key; it is shown once
    Create {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// `server` or `pixel`
        #[arg(long, value_parser = key_kind)]
        kind: KeyKind,
        /// A key whose records count nowhere
        #[arg(long)]
        test: bool,
    },
}

#[derive(Subcommand, Debug)]
enum CreatorCommand {
    /// Add a creator
    Create {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// The creator's name
        #[arg(long)]
        name: String,
        /// The creator's handle
        #[arg(long)]
        handle: String,
        /// The creator's e-mail address; only a keyed hash of it is kept
        #[arg(long, default_value = "")]
        email: String,
    },
    /// Make a link that signs a creator in, once, within ten minutes
    SignIn {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// The creator's id
        #[arg(long)]
        creator: domain::CreatorId,
    },
}

#[derive(Subcommand, Debug)]
enum LinkCommand {
    /// Make a tracking link
    Create {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Where it leads
        #[arg(long)]
        destination: String,
        /// A campaign's id
        #[arg(long, default_value = "")]
        campaign: String,
        /// A creator's id
        #[arg(long, default_value = "")]
        creator: String,
        /// Instagram, TikTok, YouTube, X, Facebook or LinkedIn
        #[arg(long, default_value = "")]
        platform: String,
        /// Sponsored Post, Story, Reel, Video, Bio Link or Affiliate
        #[arg(long, default_value = "")]
        content_type: String,
        /// A discount code that is evidence for the link
        #[arg(long, default_value = "")]
        promo_code: String,
        /// Let the creator see the link's revenue
        #[arg(long)]
        share_revenue: bool,
    },
}

fn shop(text: &str) -> Result<ShopDomain, String> {
    ShopDomain::parse(text).ok_or_else(|| "must be a domain such as example.myshopify.com".to_owned())
}

fn key_kind(text: &str) -> Result<KeyKind, String> {
    KeyKind::parse(text).ok_or_else(|| "must be server or pixel".to_owned())
}

/// Runs a command.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    let Cli { config, output, command } = cli;
    let filter = if output.json { "warn" } else { &output.log };
    telemetry::init_logs(filter, output.log_format)?;
    match command {
        Command::Serve => {
            let running = serve::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
            serve::asked_to_stop().await;
            running.stop().await;
            Ok(())
        }
        Command::Demo(options) => demo::run(config, options).await,
        Command::Migrate => {
            let store = database::open(&config.database()?, 1).await?;
            store.migrate().await?;
            let engine = store.engine().await?;
            store.close().await;
            say(&output, &json!({ "ok": true, "engine": engine }), "The database is up to date.");
            Ok(())
        }
        Command::Doctor => doctor(&config, &output).await,
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
            let done = recompute(&flow, &brand, restart).await?;
            flow.store().close().await;
            say(&output, &json!({ "brand": brand, "settled": done }), &format!("{done} orders settled again."));
            Ok(())
        }
        Command::Export { brand, what, format } => {
            let flow = open(&config).await?;
            let count = {
                let mut out = std::io::BufWriter::new(std::io::stdout());
                flow.merchant_by_operator(Operator, &brand).await?;
                export::export(flow.store().as_ref(), &brand, what, format, &mut out).await?
            };
            tracing::info!(count, "rows written");
            flow.store().close().await;
            Ok(())
        }
        command => {
            let flow = open(&config).await?;
            let (answer, text) = change(&flow, command).await?;
            flow.store().close().await;
            say(&output, &answer, &text);
            Ok(())
        }
    }
}

async fn change(flow: &Flow, command: Command) -> Result<(Value, String), Failure> {
    Ok(match command {
        Command::Brand(BrandCommand::Create { name, shop, time_zone, currency, trust_browser_purchases }) => {
            let new = NewBrand { name, zone: time_zone, currency, trust_browser_purchases, shop };
            let brand = flow.create_brand(Operator, &new).await?;
            (json!({ "id": brand.id, "name": brand.name }), format!("Made the brand {} ({}).", brand.name, brand.id))
        }
        Command::Brand(BrandCommand::SignIn { brand }) => {
            let merchant = flow.merchant_by_operator(Operator, &brand).await?;
            let url = flow.sign_in_link(&merchant, None).await?;
            (json!({ "url": url }), url)
        }
        Command::Key(KeyCommand::Create { brand, kind, test }) => {
            let merchant = flow.merchant_by_operator(Operator, &brand).await?;
            let (id, key) = flow.create_key(&merchant, kind, test).await?;
            let text = format!("{key}\nThis is the only time it is shown.");
            (json!({ "id": id, "key": key, "kind": kind, "is_test": test }), text)
        }
        Command::Creator(CreatorCommand::Create { brand, name, handle, email }) => {
            let merchant = flow.merchant_by_operator(Operator, &brand).await?;
            let creator = flow.create_creator(&merchant, &name, &handle, &email).await?;
            (json!({ "id": creator.id, "handle": creator.handle }), format!("Added {} ({}).", creator.name, creator.id))
        }
        Command::Creator(CreatorCommand::SignIn { brand, creator }) => {
            let merchant = flow.merchant_by_operator(Operator, &brand).await?;
            let url = flow.sign_in_link(&merchant, Some(&creator)).await?;
            (json!({ "url": url }), url)
        }
        Command::Link(LinkCommand::Create {
            brand,
            destination,
            campaign,
            creator,
            platform,
            content_type,
            promo_code,
            share_revenue,
        }) => {
            let merchant = flow.merchant_by_operator(Operator, &brand).await?;
            let new = NewLink {
                destination,
                campaign,
                creator,
                platform,
                content_type,
                promo_code,
                share_revenue,
                expires_at: None,
            };
            let link = flow.create_link(&merchant, &new).await?;
            let url = flow.tracking_url(link.code);
            (json!({ "id": link.id, "code": link.code, "url": url, "destination": link.destination }), url)
        }
        Command::Serve
        | Command::Demo(_)
        | Command::Migrate
        | Command::Doctor
        | Command::Models(_)
        | Command::Attribution(_)
        | Command::Export { .. } => {
            return Err("this command is answered elsewhere".into());
        }
    })
}

/// Settles again, telling how far it has got. What is done is noted as it goes: stopped at any point, the next run
/// goes on from there.
async fn recompute(flow: &Flow, brand: &BrandId, restart: bool) -> Result<i64, Failure> {
    flow.merchant_by_operator(Operator, brand).await?;
    let under_way = flow.recompute_state(brand).await?.filter(|_| !restart);
    let mut state = match under_way {
        Some(state) => {
            eprintln!("going on after {} of {} orders", state.done, state.total);
            state
        }
        None => flow.begin_recompute(brand, domain::UnixMs(i64::MIN)).await?,
    };
    while let Some(next) = flow.recompute_some(brand).await? {
        state = next;
        eprint!("\r{} of {} orders", state.done, state.total);
    }
    eprintln!();
    Ok(state.total.max(state.done))
}

fn say(output: &Output, answer: &Value, text: &str) {
    if output.json {
        println!("{answer}");
    } else {
        println!("{text}");
    }
}

/// Opens and migrates the database for a command that runs beside the server.
async fn open(config: &Config) -> Result<Flow, Failure> {
    let store = database::open(&config.database()?, 2).await?;
    store.migrate().await?;
    serve::flow(config, store, Arc::new(SystemClock), Arc::new(SystemRandom)).await
}

async fn doctor(config: &Config, output: &Output) -> Result<(), Failure> {
    let mut checks: Vec<(&str, Result<String, String>)> = Vec::new();
    let store = match config.database() {
        Ok(database) => database::open(&database, 1).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match store {
        Ok(store) => {
            checks.push(("database", store.engine().await.map_err(|error| error.to_string())));
            let migrated = store.migrate().await.map(|()| "up to date".to_owned()).map_err(|error| error.to_string());
            checks.push(("migrations", migrated));
            let flow = serve::flow(config, store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom)).await;
            checks.push((
                "encryption key",
                flow.map(|_| "opens what is sealed".to_owned()).map_err(|error| error.to_string()),
            ));
            match store.backlog().await {
                Ok(backlog) if backlog.dead > 0 => {
                    checks.push(("jobs", Err(format!("{} jobs were given up and need a person", backlog.dead))));
                }
                Ok(backlog) => checks.push(("jobs", Ok(format!("{} waiting", backlog.waiting)))),
                Err(error) => checks.push(("jobs", Err(error.to_string()))),
            }
            store.close().await;
        }
        Err(error) => checks.push(("database", Err(error))),
    }
    checks.push((
        "Shopify",
        Ok(match &config.shopify_api_key {
            Some(id) => format!("app {id}"),
            None => "not a Shopify app: SHOPIFY_API_KEY is not set".to_owned(),
        }),
    ));
    let is_exposed = !config.listen.ip().is_loopback() && config.public_url.starts_with("http://");
    checks.push((
        "public address",
        if is_exposed {
            Err(format!("{} is not https, and cookies and tokens would travel in the clear", config.public_url))
        } else {
            Ok(config.public_url.clone())
        },
    ));
    let is_fine = checks.iter().all(|(_, outcome)| outcome.is_ok());
    if output.json {
        let list: Vec<Value> = checks
            .iter()
            .map(|(name, outcome)| match outcome {
                Ok(text) => json!({ "check": name, "ok": true, "detail": text }),
                Err(text) => json!({ "check": name, "ok": false, "detail": text }),
            })
            .collect();
        println!("{}", json!({ "ok": is_fine, "checks": list }));
    } else {
        for (name, outcome) in &checks {
            match outcome {
                Ok(text) => println!("ok    {name}: {text}"),
                Err(text) => println!("WRONG {name}: {text}"),
            }
        }
    }
    if is_fine { Ok(()) } else { Err("something is wrong, see above".into()) }
}
