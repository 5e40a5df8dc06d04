//! Everything stored about a brand, page by page.

use domain::{event::Event, link::Link, order::Order};

use crate::{FlowError, access::Merchant, stage::Exports};

use store::objects::{Filter, Keyset};
pub use store::{
    export::{ClickRecord, CreditRecord},
    objects::{CreatorProfile, Object},
};

/// Above every id.
const ID_MAX: &str = "~";

impl Exports<'_> {
    /// Clicks after an id, at most `limit`, in the order of their ids.
    pub async fn clicks(self, merchant: &Merchant, after: &str, limit: i64) -> Result<Vec<ClickRecord>, FlowError> {
        Ok(self.store.clicks_after(merchant.id(), after, limit).await?)
    }

    /// Creators after an id, at most `limit`, in the order of their ids; archived ones too, erased ones not.
    pub async fn creators(
        self,
        merchant: &Merchant,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Object<CreatorProfile>>, FlowError> {
        let keyset = Keyset { from: format!("{after}0"), below: ID_MAX.to_owned(), is_ascending: true, limit };
        Ok(self.store.creators_page(merchant.id(), &keyset, &Filter::default()).await?)
    }

    /// All links in the order of their ids, deleted ones and those without an address too.
    pub async fn links(self, merchant: &Merchant) -> Result<Vec<Link>, FlowError> {
        let mut links = self.store.links(merchant.id()).await?;
        links.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(links)
    }

    /// Events after an id, at most `limit`, in the order of their ids.
    pub async fn events(self, merchant: &Merchant, after: &str, limit: i64) -> Result<Vec<Event>, FlowError> {
        Ok(self.store.events_after(merchant.id(), after, limit).await?)
    }

    /// Orders after an id, at most `limit`, in the order of their ids.
    pub async fn orders(self, merchant: &Merchant, after: &str, limit: i64) -> Result<Vec<Order>, FlowError> {
        Ok(self.store.orders_after(merchant.id(), after, limit).await?)
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
