//! `creatorscore demo`: the server on SQLite with the simulated Shopify beside it, in a process of its own.

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
    /// Where the demo's database is; a new temporary folder, removed at the end, when not given
    #[arg(long)]
    folder: Option<PathBuf>,
}

const CLIENT_ID: &str = "creatorscore-demo";
const SHOP: &str = "demo-shop.myshopify.com";

/// Runs the demo until it is asked to stop.
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
    config.shopify_api_key = Some(CLIENT_ID.to_owned());
    config.shopify_api_secret = Some(secret.clone());
    config.shopify_shop_url = format!("{admin}/shops/{{shop}}");
    config.shopify_admin_origin.clone_from(&admin);
    config.shopify_app_bridge_url = format!("{admin}/app-bridge.js").parse()?;
    let app_url = config.public_url.clone();
    let running = serve::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let outcome = match devshop(&options, &app_url, &secret) {
        Ok(mut devshop) => {
            tell(&admin, &storefront, &app_url);
            tokio::select! {
                () = serve::asked_to_stop() => Ok(()),
                status = devshop.wait() => Err(format!("devshop ended: {status:?}").into()),
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

/// The simulated Shopify is a program of its own, next to this one: production has no trace of it.
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

fn tell(admin: &str, storefront: &str, app: &str) {
    println!(
        "
CreatorScore runs at {app}, and a simulated Shopify beside it.

  1. Install      open {admin}/store/demo-shop and click \"Install CreatorScore\"
  2. Link         in the app: Tracking links, New link, destination {storefront}/products/linen-shirt
                  and for the pixel: Setup, New pixel key, and paste it under \"Theme\" in the simulated admin
  3. Click        open the new link in another window
  4. Buy          put the shirt into the cart and check out
  5. See          back in the admin, the overview shows the sale and the creator who earned it

Everything is on this machine and gone when you stop it: press Ctrl+C.
"
    );
}
