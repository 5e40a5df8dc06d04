//! The running server: parts put together, started, and stopped in the right order.

use core::{net::SocketAddr, time::Duration};
use std::sync::Arc;

use flow::{Clock, Flow, Random, Settings, ShopifyApp};
use shopify::{Credentials, oauth::Endpoints};
use store::Store;
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
    task::JoinHandle,
};

use crate::{
    config::Config,
    database,
    http::{self, App},
    ingest::Ingest,
    listen, telemetry, worker,
};

/// A call to Shopify takes at most this long.
const SHOPIFY_TIMEOUT: Duration = Duration::from_secs(10);

/// Anything that keeps the server from starting or running.
pub type Failure = Box<dyn core::error::Error + Send + Sync>;

/// The client for calls to Shopify: no redirects, no proxies from the environment, bounded in time.
pub fn shopify_client() -> Result<reqwest::Client, Failure> {
    Ok(reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(SHOPIFY_TIMEOUT)
        .connect_timeout(Duration::from_secs(3))
        .user_agent(concat!("creatorscore/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

/// Puts the flow together.
pub async fn flow(
    config: &Config,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Flow, Failure> {
    let vault = config.vault(random.as_ref())?;
    let settings =
        Settings { public_url: config.public_url.clone(), tracking_url: config.tracking_origin().to_owned() };
    let shopify = match (&config.shopify_api_key, &config.shopify_api_secret) {
        (Some(client_id), Some(client_secret)) => Some(ShopifyApp::new(
            Credentials {
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
                previous_secret: config.shopify_api_secret_previous.clone(),
            },
            Endpoints { base: config.shopify_shop_url.clone() },
            shopify_client()?,
            config.shopify_scopes.clone(),
        )),
        _ => None,
    };
    Ok(Flow::new(store, clock, random, vault, settings, shopify).await?)
}

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The flow it runs.
    pub flow: Flow,
    stop: watch::Sender<bool>,
    listening: JoinHandle<()>,
    writing: JoinHandle<()>,
    working: JoinHandle<()>,
    store: Arc<dyn Store>,
}

/// Opens and migrates the database, and starts to serve.
pub async fn start(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Running, Failure> {
    let store = database::open(&config.database()?, config.database_connections).await?;
    store.migrate().await?;
    let flow = flow(&config, store.clone(), clock, random).await?;
    flow.schedule_model_runs().await?;
    let metrics = telemetry::init_metrics()?;
    let wake = Arc::new(Notify::new());
    let (ingest, writing) = Ingest::start(store.clone(), config.ingest_queue, wake.clone());
    let listener =
        TcpListener::bind(config.listen).await.map_err(|error| format!("LISTEN {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let (stop, stopping) = watch::channel(false);
    let working = tokio::spawn(worker::run(flow.clone(), wake.clone(), stopping.clone()));
    let connections_max = config.connections_max;
    let app = App::new(config, flow.clone(), ingest, wake, metrics);
    let listening = tokio::spawn(listen::serve(listener, http::router(app), connections_max, stopping));
    tracing::info!(%address, engine = store.engine().await?, "listening");
    Ok(Running { address, flow, stop, listening, writing, working, store })
}

impl Running {
    /// Stops: no new connections, open requests end, queued rows are written, the running job ends, the database is
    /// closed.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.listening.await;
        let _ = self.writing.await;
        let _ = self.working.await;
        self.store.close().await;
        tracing::info!("stopped");
    }
}

/// Waits until the process is asked to stop.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => core::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
