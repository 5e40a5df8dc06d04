//! devshop: a simulated Shopify for the demo and the tests. NOT Shopify, and no part of production.
//!
//! One origin serves the admin (install, OAuth, token exchange, session tokens, Admin GraphQL, the app in a frame), the
//! other a small storefront with cart and checkout. Webhooks are signed and retried as Shopify does.

mod admin;
mod graphql;
mod html;
mod oauth;
mod state;
mod storefront;
mod webhook;

use std::sync::Arc;

use clap::Parser;

use crate::state::{Devshop, Settings};

#[derive(Parser)]
#[command(name = "devshop", about = "A simulated Shopify for CreatorScore's demo and tests")]
struct Cli {
    /// The app's client id
    #[arg(long)]
    client_id: String,
    /// The app's client secret
    #[arg(long, env = "DEVSHOP_CLIENT_SECRET", hide_env_values = true)]
    client_secret: String,
    /// Base URL of the app
    #[arg(long)]
    app_url: String,
    /// The shop's domain
    #[arg(long, default_value = "demo-shop.myshopify.com")]
    shop: String,
    /// Port of the admin
    #[arg(long, default_value_t = 4100)]
    admin_port: u16,
    /// Port of the storefront
    #[arg(long, default_value_t = 4101)]
    storefront_port: u16,
    /// Begin with the app installed
    #[arg(long)]
    installed: bool,
    /// Key of the pixel in the theme
    #[arg(long, default_value = "")]
    pixel_key: String,
    /// Number of the first order
    #[arg(long, default_value_t = 1001)]
    first_order: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_env_filter("devshop=info").with_writer(std::io::stderr).init();
    let cli = Cli::parse();
    let name = cli.shop.strip_suffix(".myshopify.com").ok_or("--shop must end with .myshopify.com")?.to_owned();
    let devshop = Arc::new(Devshop::new(Settings {
        client_id: cli.client_id,
        client_secret: cli.client_secret,
        app_url: cli.app_url,
        admin_url: format!("http://127.0.0.1:{}", cli.admin_port),
        storefront_url: format!("http://127.0.0.1:{}", cli.storefront_port),
        shop: cli.shop,
        name,
        first_order: cli.first_order,
    })?);
    {
        let mut memory = devshop.memory();
        memory.is_installed = cli.installed;
        memory.is_managed = cli.installed;
        memory.pixel_key = cli.pixel_key;
    }
    let admin = tokio::net::TcpListener::bind(("127.0.0.1", cli.admin_port)).await?;
    let storefront = tokio::net::TcpListener::bind(("127.0.0.1", cli.storefront_port)).await?;
    tokio::try_join!(
        axum::serve(admin, admin::routes(devshop.clone())).into_future(),
        axum::serve(storefront, storefront::routes(devshop)).into_future(),
    )?;
    Ok(())
}
