//! `creatorscore demo`: the server on SQLite, with the simulated Shopify (`devshop`) as a child process.

use std::{path::PathBuf, process::Stdio, sync::Arc};

use clap::Args;
use tokio::process::{Child, Command};

use crate::{
    config::Config,
    serve::{self, Failure},
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
}

const CLIENT_ID: &str = "creatorscore-demo";
const SHOP: &str = "demo-shop.myshopify.com";

/// Runs the demo until SIGINT or SIGTERM, or until devshop ends.
pub async fn run(mut config: Config, options: Demo) -> Result<(), Failure> {
    let (folder, is_temporary) = match &options.folder {
        Some(folder) => (folder.clone(), false),
        None => (std::env::temp_dir().join(format!("creatorscore-demo-{}", std::process::id())), true),
    };
    std::fs::create_dir_all(&folder)?;
    let mut secret = [0; 16];
    flow::Random::fill(&SystemRandom, &mut secret);
    let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let admin = format!("http://127.0.0.1:{}", options.admin_port);
    let storefront = format!("http://127.0.0.1:{}", options.storefront_port);
    if config.database_url == "sqlite://creatorscore.sqlite" {
        config.database_url = format!("sqlite://{}", folder.join("demo.sqlite").display());
    }
    config.webhook_allow_private = true;
    config.shopify_api_key = Some(CLIENT_ID.to_owned());
    config.shopify_api_secret = Some(secret.clone());
    config.shopify_shop_url = format!("{admin}/shops/{{shop}}");
    config.shopify_admin_origin.clone_from(&admin);
    config.shopify_app_bridge_url = format!("{admin}/app-bridge.js").parse()?;
    let app_url = config.public_url.clone();
    let running = serve::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let outcome = match devshop(&options, &app_url, &secret) {
        Ok(mut devshop) => {
            print_steps(&admin, &storefront, &app_url);
            tokio::select! {
                () = serve::shutdown_signal() => Ok(()),
                status = devshop.wait() => Err(format!("devshop exited: {status:?}").into()),
            }
        }
        Err(error) => Err(error),
    };
    running.stop().await;
    if is_temporary {
        std::fs::remove_dir_all(&folder)?;
    }
    outcome
}

/// Starts devshop, expected next to this executable. It is a separate program so that the production binary
/// contains none of it.
fn devshop(options: &Demo, app_url: &str, secret: &str) -> Result<Child, Failure> {
    let program = std::env::current_exe()?.with_file_name("devshop");
    if !program.exists() {
        return Err(format!("{} is missing: build it with `cargo build -p devshop`", program.display()).into());
    }
    Ok(Command::new(program)
        .env("DEVSHOP_CLIENT_SECRET", secret)
        .args(["--client-id", CLIENT_ID, "--app-url", app_url, "--shop", SHOP])
        .args(["--admin-port", &options.admin_port.to_string()])
        .args(["--storefront-port", &options.storefront_port.to_string()])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()?)
}

fn print_steps(admin: &str, storefront: &str, app: &str) {
    println!(
        "
CreatorScore runs at {app}, with a simulated Shopify.

  1. Install      open {admin}/store/demo-shop and click \"Install CreatorScore\"
  2. Link         in the app: Tracking links, New link, destination {storefront}/products/linen-shirt
                  for the pixel: Setup, create a pixel key and paste it under \"Theme\" in the simulated admin
  3. Click        open the new link in another window
  4. Buy          add the shirt to the cart and check out
  5. See          in the admin, the overview shows the sale and the credited creator

All data stays on this machine. Press Ctrl+C to stop.
"
    );
}
