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
    merchant::{Merchant, Session},
    server::Brand,
    shopify::{order_id, order_webhook, redact_webhook},
    storefront::{click, report},
};

/// A redirect that takes as long as this may have been sent before its click was committed (`COMMIT_WAIT` of the server).
const REDIRECT_WAIT: Duration = Duration::from_millis(50);

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
            let fields =
                [("key", key.as_str()), ("creator", &self.brand.creator), ("amount", "1.00"), ("reason", "bench")];
            merchant.call("adjust", &fields).await?;
            self.acknowledge(Fact::Adjustment, format!("adjustment:{key}")).await;
            merchant.call("create-payout", &[("currency", "USD")]).await?;
            for payout in open_payouts(&mut merchant).await? {
                self.acknowledge(Fact::Payout, payout.clone()).await;
                merchant.call("close-payout", &[("id", &payout), ("state", "paid")]).await?;
                self.acknowledge(Fact::Payment, payout).await;
            }
        }
    }
}

/// Ids of the payouts that can be closed. What was read is committed.
async fn open_payouts(merchant: &mut Merchant) -> Result<Vec<String>, Failure> {
    let answer = merchant.call("payouts", &[]).await?;
    let payouts = answer["payouts"].as_array().ok_or("the answer has no payouts")?;
    let open = payouts.iter().filter(|payout| payout["is_open"] == true);
    Ok(open.filter_map(|payout| payout["id"].as_str().map(str::to_owned)).collect())
}
