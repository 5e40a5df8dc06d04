//! `creatorscore demo`: the server on SQLite, with the simulated Shopify (`devshop`) as a child process. It opens with
//! sample data unless started with `--empty`.

use core::time::Duration;
use std::{path::PathBuf, process::Stdio, sync::Arc};

use clap::Args;
use domain::{BrandId, CreatorId, api_key::KeyKind, shop::ShopDomain};
use flow::{
    Clock, Flow,
    access::{Merchant, Operator},
    setup::NewBrand,
};
use tokio::process::{Child, Command};

use crate::{
    config::Config,
    database,
    demo_mailbox::DemoMailbox,
    sample::{self, Place},
    serve::{self, Failure, Running},
    system::{SystemClock, SystemRandom},
};

/// Options of the demo.
#[derive(Args, Clone, Debug)]
pub struct Demo {
    /// Port of the simulated Shopify admin
    #[arg(long, default_value_t = 4100)]
    admin_port: u16,
    /// Port of the simulated storefront
    #[arg(long, default_value_t = 4101)]
    storefront_port: u16,
    /// Folder of the demo's database; when not given, a temporary folder that is removed at the end
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Database of the demo in place of a file in its folder; `DATABASE_URL` is ignored, since it may be a real server's
    #[arg(long = "database", value_name = "URL")]
    database: Option<String>,
    /// Begin with a shop that has not installed the app, instead of sample data
    #[arg(long)]
    empty: bool,
}

const CLIENT_ID: &str = "creatorscore-demo";
const SHOP: &str = "demo-shop.myshopify.com";
/// How often devshop is polled at start, and the pause in between.
const TRIES: u32 = 100;
const TRY_AGAIN: Duration = Duration::from_millis(50);

/// Where the demo's parts are.
struct Addresses {
    admin: String,
    storefront: String,
    app: String,
}

/// A brand with sample data, whose shop is to be installed.
struct Stocked {
    brand: BrandId,
    creator: Option<CreatorId>,
    /// For the storefront's theme; `None` if sample data was cleared.
    pixel_key: Option<String>,
    /// Number of the shop's next order, which no order has yet.
    first_order: usize,
}

/// Runs the demo until SIGINT or SIGTERM, or until devshop ends.
pub async fn run(mut config: Config, options: Demo) -> Result<(), Failure> {
    // Its inbox and its admin let everybody in who can reach them.
    if !config.listen.ip().is_loopback() {
        return Err("LISTEN must be a loopback address in the demo: who can reach the demo is signed in".into());
    }
    let (folder, is_temporary) = match &options.folder {
        Some(folder) => (folder.clone(), false),
        None => (std::env::temp_dir().join(format!("creatorscore-demo-{}", std::process::id())), true),
    };
    std::fs::create_dir_all(&folder)?;
    let mut secret = [0; 16];
    flow::Random::fill(&SystemRandom, &mut secret);
    let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let addresses = Addresses {
        admin: format!("http://127.0.0.1:{}", options.admin_port),
        storefront: format!("http://127.0.0.1:{}", options.storefront_port),
        app: config.public_url.clone(),
    };
    // Never the one of `DATABASE_URL`, which is a real server's where that is set: the demo fills it, runs its jobs and sends its
    // mail to a page.
    config.database_url = match &options.database {
        Some(url) => url.clone(),
        None => format!("sqlite://{}", folder.join("demo.sqlite").display()),
    };
    config.is_demo = true;
    config.mailbox = Some(DemoMailbox::default());
    config.webhook_allow_private = true;
    config.shopify_api_key = Some(CLIENT_ID.to_owned());
    config.shopify_api_secret = Some(secret.clone());
    config.shopify_shop_url = format!("{}/shops/{{shop}}", addresses.admin);
    config.shopify_admin_origin.clone_from(&addresses.admin);
    config.shopify_app_bridge_url = format!("{}/app-bridge.js", addresses.admin).parse()?;
    let outcome = open(config, &options, &addresses, &secret).await;
    if is_temporary {
        std::fs::remove_dir_all(&folder)?;
    }
    outcome
}

/// Fills the database unless it is to stay empty, starts the server and devshop, and waits.
async fn open(mut config: Config, options: &Demo, addresses: &Addresses, secret: &str) -> Result<(), Failure> {
    let stocked = if options.empty { None } else { Some(stock(&config, addresses).await?) };
    config.demo_creator = stocked.as_ref().and_then(|stocked| Some((stocked.brand.clone(), stocked.creator.clone()?)));
    let running = serve::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let outcome = match devshop(options, &addresses.app, secret, stocked.as_ref()) {
        Ok(mut devshop) => {
            if stocked.is_some() {
                install(&running, &addresses.admin).await?;
            }
            print_steps(addresses, stocked.as_ref());
            tokio::select! {
                () = serve::shutdown_signal() => Ok(()),
                status = devshop.wait() => Err(format!("devshop exited: {status:?}").into()),
            }
        }
        Err(error) => Err(error),
    };
    running.stop().await;
    outcome
}

/// Creates the demo shop's brand and fills it, before any job runs. A brand that is there stays as it is.
async fn stock(config: &Config, addresses: &Addresses) -> Result<Stocked, Failure> {
    let shop = ShopDomain::parse(SHOP).ok_or("the demo's shop has no valid domain")?;
    let operator = Operator::with_keys(&config.vault(&SystemRandom)?);
    let store = database::open(&config.database()?, 2).await?;
    store.migrate().await?;
    let known = store.shop(&shop).await?.map(|shop| shop.brand);
    let is_new = known.is_none();
    let brand = match known {
        Some(brand) => brand,
        None => sample::found(config, operator, store.clone(), &new_brand(shop)).await?,
    };
    let flow = serve::flow(config, store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let merchant = flow.access().merchant_by_operator(operator, &brand).await?;
    // One that was cleared, or began empty, is the merchant's own by now.
    // Devshop forgets the orders of earlier starts, whose numbers must not be given again: it goes on where time is.
    let elapsed = usize::try_from(SystemClock.now().0 / 10_000 % 100_000).unwrap_or(0);
    let first_order = sample::FIRST_ORDER + sample::ORDERS + if is_new { 0 } else { 1_000 + elapsed };
    let stocked = if is_new || merchant.brand().settings.sample.is_some() {
        if is_new {
            eprintln!("filling the demo with {} days of sample data …", sample::DAYS);
        }
        let place = Place {
            store: store.clone(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            brand: brand.clone(),
            storefront: addresses.storefront.clone(),
        };
        let filled = sample::fill(config, operator, place).await?;
        let pixel_key = match filled {
            Some(filled) => filled.pixel_key.1,
            // An earlier start filled it. Of its key only a hash is stored.
            None => flow.setup().create_key(&merchant, KeyKind::Pixel, false).await?.1,
        };
        let creator = shown_creator(&flow, &merchant).await?;
        Stocked { brand, creator, pixel_key: Some(pixel_key), first_order }
    } else {
        Stocked { brand, creator: None, pixel_key: None, first_order }
    };
    flow.close().await;
    Ok(stocked)
}

fn new_brand(shop: ShopDomain) -> NewBrand {
    NewBrand {
        name: "Demo Shop".to_owned(),
        zone: "America/New_York".to_owned(),
        currency: "USD".to_owned(),
        trust_browser_purchases: false,
        shop: Some(shop),
    }
}

async fn shown_creator(flow: &Flow, merchant: &Merchant) -> Result<Option<CreatorId>, Failure> {
    let creators = flow.creators().list(merchant).await?;
    Ok(creators.into_iter().find(|creator| creator.handle == sample::SHOWN_CREATOR).map(|creator| creator.id))
}

/// Installs the app into the shop, as the merchant's first visit would.
async fn install(running: &Running, admin: &str) -> Result<(), Failure> {
    let http = serve::shopify_client()?;
    for _ in 0..TRIES {
        if let Ok(answer) = http.get(format!("{admin}/session-token")).send().await {
            let token = answer.error_for_status()?.text().await?;
            running.flow.access().merchant_by_session_token(&token).await?;
            return Ok(());
        }
        tokio::time::sleep(TRY_AGAIN).await;
    }
    Err("devshop does not answer".into())
}

/// Starts devshop, expected next to this executable. It is a separate program so that the production binary
/// contains none of it.
fn devshop(options: &Demo, app_url: &str, secret: &str, stocked: Option<&Stocked>) -> Result<Child, Failure> {
    let program = std::env::current_exe()?.with_file_name("devshop");
    if !program.exists() {
        return Err(format!("{} is missing: build it with `cargo build -p devshop`", program.display()).into());
    }
    let mut command = Command::new(program);
    command
        .env("DEVSHOP_CLIENT_SECRET", secret)
        .args(["--client-id", CLIENT_ID, "--app-url", app_url, "--shop", SHOP])
        .args(["--admin-port", &options.admin_port.to_string()])
        .args(["--storefront-port", &options.storefront_port.to_string()]);
    if let Some(stocked) = stocked {
        command.arg("--installed").args(["--first-order", &stocked.first_order.to_string()]);
        command.args(stocked.pixel_key.iter().flat_map(|key| ["--pixel-key", key.as_str()]));
    }
    Ok(command.stdin(Stdio::null()).kill_on_drop(true).spawn()?)
}

fn print_steps(addresses: &Addresses, stocked: Option<&Stocked>) {
    let Addresses { admin, storefront, app } = addresses;
    let install = match stocked {
        None => format!("open {admin}/store/demo-shop and click \"Install CreatorScore\""),
        Some(Stocked { pixel_key: Some(_), .. }) => {
            "done: the app is installed and its pixel is in the theme".to_owned()
        }
        Some(_) => "done: the app is installed".to_owned(),
    };
    let (pixel, note) = if stocked.is_some_and(|stocked| stocked.creator.is_some()) {
        println!(
            "
CreatorScore runs at {app}, with a simulated Shopify and {} days of sample data.

  The merchant's page      {admin}/store/demo-shop/apps/{CLIENT_ID}
  A creator's page         {app}/demo/creator
                           in another browser or a private window: whoever signs in as a creator earns nothing on
                           what that browser buys
  Mails sent               {app}/demo/inbox

The page's banner clears the sample data. To see a sale of your own:",
            sample::DAYS
        );
        ("", "Start it with --empty for a shop without the app.\n")
    } else {
        println!("\nCreatorScore runs at {app}, with a simulated Shopify.");
        let pixel = "\n                  for the pixel: Setup, create a pixel key and paste it under \"Theme\" in the \
                     simulated admin";
        (pixel, "")
    };
    println!(
        "
  1. Install      {install}
  2. Link         in the app: Links, New link, destination {storefront}/products/linen-shirt{pixel}
  3. Click        open the new link in another window
  4. Buy          add the shirt to the cart and check out
  5. See          in the admin, the overview shows the sale and the credited creator

{note}All data stays on this machine. Press Ctrl+C to stop.
"
    );
}
