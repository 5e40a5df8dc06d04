//! Everything stored about a brand, page by page.

use std::collections::BTreeMap;

use domain::{event::Event, metadata::Metadata, order::Order};

use crate::{FlowError, access::Merchant, stage::Exports};

pub use store::{
    export::{ClickRecord, CreditRecord},
    orders::Refund,
};

impl Exports<'_> {
    /// Clicks after an id, at most `limit`, in the order of their ids.
    pub async fn clicks(self, merchant: &Merchant, after: &str, limit: i64) -> Result<Vec<ClickRecord>, FlowError> {
        Ok(self.store.clicks_after(merchant.id(), after, limit).await?)
    }

    /// Events after an id, at most `limit`, in the order of their ids.
    pub async fn events(self, merchant: &Merchant, after: &str, limit: i64) -> Result<Vec<Event>, FlowError> {
        Ok(self.store.events_after(merchant.id(), after, limit).await?)
    }

    /// Orders after an id, each with the client's notes, at most `limit`, in the order of their ids.
    pub async fn orders(
        self,
        merchant: &Merchant,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(Order, Metadata)>, FlowError> {
        let orders = self.store.orders_after(merchant.id(), after, limit).await?;
        let ids: Vec<String> = orders.iter().map(|order| order.external_id.clone()).collect();
        let mut notes = self.store.order_notes(merchant.id(), &ids).await?;
        let noted = |order: Order| {
            let metadata = notes.remove(&order.external_id).unwrap_or_default();
            (order, metadata)
        };
        Ok(orders.into_iter().map(noted).collect())
    }

    /// The refunds of these orders, in their order.
    pub async fn refunds<'a>(
        self,
        merchant: &Merchant,
        orders: &'a [(Order, Metadata)],
    ) -> Result<Vec<(&'a Order, Refund)>, FlowError> {
        let ids: Vec<String> = orders.iter().map(|(order, _)| order.external_id.clone()).collect();
        let mut refunds: BTreeMap<String, Vec<Refund>> = BTreeMap::new();
        for refund in self.store.refunds_of(merchant.id(), &ids).await? {
            refunds.entry(refund.order_external_id.clone()).or_default().push(refund);
        }
        let of = |(order, _): &'a (Order, Metadata)| {
            let own = refunds.remove(&order.external_id).unwrap_or_default();
            own.into_iter().map(move |refund| (order, refund))
        };
        Ok(orders.iter().flat_map(of).collect())
    }

    /// Credits after an order id and position, at most `limit`, in that order.
    pub async fn credits(
        self,
        merchant: &Merchant,
        after: (&str, i64),
        limit: i64,
    ) -> Result<Vec<CreditRecord>, FlowError> {
        Ok(self.store.credits_after(merchant.id(), after, limit).await?)
    }
}
