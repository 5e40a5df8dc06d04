//! Sends webhooks: a task of its own beside the job lanes, where a receiver that takes 15 seconds would keep everybody's
//! jobs waiting. What may be sent at a time is decided by [`Slots`].

use core::time::Duration;
use std::sync::Arc;

use domain::webhook::Answer;
use flow::{
    Flow,
    webhook::{SendRequest, Slots, Transport},
};
use outbound_http::{BuildError, Client, Reach};
use tokio::{sync::watch, task::JoinSet};

use crate::{config::Config, worker::Wake};

/// Maximum sleep: retries become due without a notification.
const IDLE: Duration = Duration::from_secs(1);
/// How long a stop waits for what is being sent. What is cut off then is sent again by the next process.
const STOP_WAIT: Duration = Duration::from_secs(5);
/// How receivers see who sends.
const USER_AGENT: &str = "CreatorScore-Webhooks";

/// The receivers of webhooks, over HTTP.
#[derive(Clone, Debug)]
pub struct Receivers(Client);

impl Receivers {
    /// Those of the internet, and others too if the settings allow it.
    pub fn new(config: &Config) -> Result<Self, BuildError> {
        let reach = if config.webhook_allow_private { Reach::Everywhere } else { Reach::PublicOnly };
        Ok(Self(Client::new(USER_AGENT, reach)?))
    }
}

#[async_trait::async_trait]
impl Transport for Receivers {
    async fn post(&self, request: SendRequest<'_>) -> Result<Answer, String> {
        self.0.post(request.url, &request.headers, request.body).await.map_err(|error| error.to_string())
    }
}

/// Sends what is due until `stop` becomes true.
pub async fn run(flow: Flow, transport: Arc<dyn Transport>, wake: Wake, mut stop: watch::Receiver<bool>) {
    let slots = Slots::default();
    let mut sending = JoinSet::new();
    while !*stop.borrow() {
        while sending.try_join_next().is_some() {}
        match flow.webhooks().claim(&slots).await {
            Ok(claimed) => {
                for claimed in claimed {
                    let (flow, transport) = (flow.clone(), transport.clone());
                    sending.spawn(async move {
                        match flow.webhooks().send(transport.as_ref(), claimed).await {
                            Ok(is_delivered) => {
                                let outcome = if is_delivered { "delivered" } else { "failed" };
                                metrics::counter!("webhook_attempts_total", "outcome" => outcome).increment(1);
                            }
                            Err(error) => tracing::error!(%error, "failed to send a webhook"),
                        }
                    });
                }
            }
            Err(error) => tracing::error!(%error, "failed to claim webhooks to send"),
        }
        tokio::select! {
            // A slot is free again, and an object's next event may be due.
            Some(_) = sending.join_next() => {}
            () = wake.webhook_sender() => {}
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => {}
        }
    }
    let sent = async { while sending.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_WAIT, sent).await.is_err() {
        tracing::info!("webhooks that are being sent are left to the next process");
    }
}
