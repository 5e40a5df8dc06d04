//! Builds, starts and stops the server.

use core::{net::SocketAddr, time::Duration};
use std::sync::Arc;

use flow::{Clock, Flow, FlowError, Outside, Random, Settings, ShopifyApp};
use metrics_exporter_prometheus::PrometheusHandle;
use shopify::{Credentials, oauth::Endpoints};
use store::Store;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    config::Config,
    database,
    gather::Drained,
    http::{self, App},
    inbox::Inbox,
    ingest::Ingest,
    listen, mail, telemetry,
    webhook_sender::{self, Receivers},
    worker::{self, Wake},
};

/// Timeout of a call to Shopify.
const SHOPIFY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a start may take to read links and keys into memory.
const WARM_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the histograms' samples are drained.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// Any error that ends a command; it is printed for the operator.
pub type Failure = Box<dyn core::error::Error + Send + Sync>;

/// The HTTP client for Shopify: no redirects, no proxy from the environment, with timeouts.
pub fn shopify_client() -> Result<reqwest::Client, Failure> {
    Ok(reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(SHOPIFY_TIMEOUT)
        .connect_timeout(Duration::from_secs(3))
        .user_agent(concat!("creatorscore/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

/// Builds the [`Flow`] from the configuration and its ports.
pub async fn flow(
    config: &Config,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Flow, Failure> {
    let vault = config.vault(random.as_ref())?;
    let settings = Settings {
        public_url: config.public_url.clone(),
        tracking_url: config.tracking_origin().to_owned(),
        limits: config.limits(),
        allow_private_webhooks: config.webhook_allow_private,
        is_demo: config.is_demo,
        klaviyo_url: config.klaviyo_url.clone(),
    };
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
    let outside = Outside { transport: Arc::new(Receivers::new(config)?), mailer: mail::mailer(config)? };
    Ok(Flow::new(store, clock, random, vault, settings, shopify, outside).await?)
}

/// Reads links and keys into memory. What does not come in time is read when it is first used.
async fn warm(flow: &Flow) {
    let read = async { Ok::<_, FlowError>((flow.access().warm().await?, flow.clicks().warm().await?)) };
    match tokio::time::timeout(WARM_TIMEOUT, read).await {
        Ok(Ok((keys, links))) => tracing::info!(keys, links, "read into memory"),
        Ok(Err(error)) => tracing::warn!(%error, "failed to read links and keys into memory"),
        Err(_) => tracing::warn!("not all links and keys were read into memory in time"),
    }
}

/// A running server.
pub struct Running {
    /// The address it listens on.
    pub address: SocketAddr,
    /// The use cases it serves; tests call them directly.
    pub flow: Flow,
    stop: watch::Sender<bool>,
    listener_task: JoinHandle<()>,
    drained: [Drained; 2],
    worker_task: JoinHandle<()>,
    sender_task: JoinHandle<()>,
    store: Arc<dyn Store>,
}

/// Opens and migrates the database, then starts the listener, the ingest writer, the job worker and the sender of
/// webhooks.
pub async fn start(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Running, Failure> {
    let store = database::open(&config.database()?, config.database_connections).await?;
    store.migrate().await?;
    let flow = flow(&config, store.clone(), clock, random).await?;
    flow.models().schedule_runs().await?;
    flow.retention().schedule().await?;
    flow.rollups().schedule().await?;
    warm(&flow).await;
    let metrics = telemetry::init_metrics()?;
    let wake = Wake::default();
    let (ingest, ingest_drained) = Ingest::start(store.clone(), config.ingest_queue, wake.clone())?;
    let (inbox, inbox_drained) = Inbox::start(store.clone(), wake.clone())?;
    let listener =
        TcpListener::bind(config.listen).await.map_err(|error| format!("LISTEN {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let (stop, stopping) = watch::channel(false);
    let worker_task = tokio::spawn(worker::run(flow.clone(), wake.clone(), stopping.clone()));
    let receivers = Arc::new(Receivers::new(&config)?);
    let sender_task = tokio::spawn(webhook_sender::run(flow.clone(), receivers, wake.clone(), stopping.clone()));
    let bounds = listen::Bounds {
        connections_max: config.connections_max,
        response_timeout: Duration::from_secs(config.response_seconds_max),
        answer_unparsed: http::unparsed::answer_to,
    };
    tokio::spawn(keep_metrics(metrics.clone(), stopping.clone()));
    let app = App::new(config, flow.clone(), ingest, inbox, wake, metrics, stopping.clone());
    let listener_task = tokio::spawn(listen::serve(listener, http::router(app), bounds, stopping));
    tracing::info!(%address, engine = store.engine().await?, "listening");
    let drained = [ingest_drained, inbox_drained];
    Ok(Running { address, flow, stop, listener_task, drained, worker_task, sender_task, store })
}

/// Drains the histograms' samples into their buckets. Otherwise every sample stays in memory until `/metrics` is read.
async fn keep_metrics(metrics: PrometheusHandle, mut stopping: watch::Receiver<bool>) {
    while tokio::time::timeout(METRICS_UPKEEP, stopping.wait_for(|stops| *stops)).await.is_err() {
        metrics.run_upkeep();
    }
}

impl Running {
    /// Shuts down in order: stops accepting connections, waits for open requests, writes queued rows, waits for
    /// running jobs and, a little, for webhooks that are being sent, closes the database.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.listener_task.await;
        for drained in self.drained {
            drained.wait().await;
        }
        let _ = self.worker_task.await;
        let _ = self.sender_task.await;
        self.store.close().await;
        tracing::info!("stopped");
    }
}

/// Waits for SIGINT (Ctrl+C) or SIGTERM.
pub async fn shutdown_signal() {
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
