//! The load while the server is killed: every path on which something is written.

use core::{net::SocketAddr, time::Duration};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;
use tokio::sync::Mutex;

use super::facts::{Acknowledged, Fact};
use crate::{
    Failure,
    http::Connection,
    load::now,
    merchant::Session,
    server::Brand,
    shopify::{order_id, order_webhook, redact_webhook},
    storefront::{click, report},
};

/// A redirect that takes as long as this may have been sent before its click was committed (`COMMIT_WAIT` of the server).
const REDIRECT_WAIT: Duration = Duration::from_millis(50);
/// The page of payouts.
const PAYOUTS: &str = "/brand/attribution/payouts";

/// What all connections share.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) brand: Brand,
    /// When the orders are placed.
    pub(crate) placed_at: String,
    /// A number for each fact.
    pub(crate) next: Arc<AtomicUsize>,
    pub(crate) acknowledged: Arc<Mutex<Acknowledged>>,
}

impl Load {
    fn next(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    async fn acknowledge(&self, fact: Fact, key: String) {
        self.acknowledged.lock().await.add(fact, key);
    }

    /// Sends clicks, events and webhooks until the connection breaks.
    pub(crate) async fn send_reports(self) -> Result<(), Failure> {
        let mut connection = Connection::open(self.address).await?;
        loop {
            let number = self.next();
            let pv_id = format!("0193{:04x}-0000-7000-8000-{number:012x}", number % 65_536);
            match number % 4 {
                0 => self.send_order(&mut connection, number).await?,
                1 => {
                    let sent = now();
                    let status = connection.send(&click(&self.brand.code, &pv_id)).await?.status;
                    if status == 302 && sent.elapsed() < REDIRECT_WAIT {
                        self.acknowledge(Fact::Click, pv_id).await;
                    }
                }
                _ => {
                    let event = json!({
                        "event_type": "page_view", "pv_id": pv_id, "event_id": pv_id,
                        "page_url": "https://shop.example/p",
                    });
                    let request = report("/api/v1/track", &self.brand.key, &event);
                    if connection.send(&request).await?.status == 200 {
                        self.acknowledge(Fact::Event, pv_id).await;
                    }
                }
            }
        }
    }

    /// Sends an order, and for one of eight the demand to erase its customer.
    async fn send_order(&self, connection: &mut Connection, number: usize) -> Result<(), Failure> {
        if connection.send(&order_webhook(&self.brand, &self.placed_at, number)?).await?.status != 200 {
            return Ok(());
        }
        self.acknowledge(Fact::Order, order_id(number).to_string()).await;
        if number.is_multiple_of(32) && connection.send(&redact_webhook(&self.brand, number)?).await?.status == 200 {
            self.acknowledge(Fact::Erasure, order_id(number).to_string()).await;
        }
        Ok(())
    }

    /// Adjusts a creator's balance, pays it out and marks the payout as paid, as a signed-in member of the brand, until the
    /// connection breaks.
    pub(crate) async fn pay_out(self, session: Session) -> Result<(), Failure> {
        let mut merchant = session.open(self.address).await?;
        loop {
            let key = format!("bench-{}", self.next());
            let adjustment = [
                ("do", "adjust"),
                ("key", key.as_str()),
                ("creator", &self.brand.creator),
                ("amount", "1.00"),
                ("reason", "bench"),
            ];
            merchant.submit("/brand/attribution/commissions", &adjustment).await?;
            self.acknowledge(Fact::Adjustment, format!("adjustment:{key}")).await;
            let path = merchant.submit(PAYOUTS, &[("do", "create"), ("currency", "USD")]).await?;
            let payout = path.rsplit('/').next().unwrap_or_default().to_owned();
            self.acknowledge(Fact::Payout, payout.clone()).await;
            merchant.submit(&path, &[("do", "paid"), ("reference", "")]).await?;
            self.acknowledge(Fact::Payment, payout).await;
        }
    }
}
