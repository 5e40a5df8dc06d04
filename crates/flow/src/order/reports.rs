//! Browsers' purchase reports of many orders, processed together.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BrandId, CustomerId,
    brand::Brand,
    event::Event,
    order::{Order, OrderSource},
};
use store::{jobs::NewJob, orders::NewOrder};

use super::{external_id, order_key};
use crate::{FlowError, job::settle_job, stage::Orders};

/// Most orders stored in one transaction.
const STORED_AT_ONCE: usize = 64;

impl Orders<'_> {
    /// Processes browsers' purchase reports of many orders. Stored orders are settled again, with the reports as evidence.
    /// Ids without an order may be invented, or their orders may arrive later: they become orders of brands that trust
    /// browser purchases, and nothing is done about them otherwise. Returns the ids whose reports need more than that: the
    /// caller passes them to [`Self::process_purchase_reports`].
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such brand.
    pub(crate) async fn process_browser_reports(
        self,
        brand: &BrandId,
        order_ids: &[String],
    ) -> Result<BTreeSet<String>, FlowError> {
        let brand = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let reports = self.store.purchase_reports(&brand.id, order_ids, self.now()).await?;
        let verified = reports.iter().filter(|report| report.is_verified);
        let mut left: BTreeSet<String> = verified.filter_map(|report| report.order_id.clone()).collect();
        if brand.trust_browser_purchases {
            left.extend(self.ids_of_other_orders(&brand.id, order_ids).await?);
            let is_left = |report: &Event| report.order_id.as_ref().is_some_and(|id| left.contains(id));
            let own: Vec<&Event> = reports.iter().filter(|report| !is_left(report)).collect();
            self.record_browser_purchases(&brand, &own).await?;
        }
        let mut ids: Vec<String> =
            order_ids.iter().filter(|id| !left.contains(*id)).map(|id| external_id(id)).collect();
        let names: Vec<String> = ids.iter().flat_map(|id| self.reported_names(id)).collect();
        ids.extend(self.store.orders_named(&brand.id, &names).await?);
        let settle = settle_job(&brand.id, self.now());
        let found = self.store.orders_by_external_ids(&brand.id, &ids).await?;
        let jobs: Vec<NewJob> = found.iter().map(|record| settle(&record.order.external_id)).collect();
        self.store.enqueue_all(&jobs).await?;
        Ok(left)
    }

    /// Stores what browsers reported as orders. Of the reports of one order the first counts, and each later one adds to
    /// what is stored: they are stored in their order, while different orders are stored together.
    async fn record_browser_purchases(self, brand: &Brand, reports: &[&Event]) -> Result<(), FlowError> {
        let now = self.now();
        let mut rounds: Vec<Vec<NewOrder>> = Vec::new();
        let mut rounds_of: BTreeMap<String, usize> = BTreeMap::new();
        for order in reports.iter().filter_map(|report| self.reported_order(brand, report)) {
            let round = rounds_of.entry(order.external_id.clone()).or_default();
            if rounds.len() == *round {
                rounds.push(Vec::new());
            }
            rounds[*round].push(self.unnamed_order(brand, order));
            *round += 1;
        }
        let settle = settle_job(&brand.id, now);
        for orders in rounds.iter().flat_map(|round| round.chunks(STORED_AT_ONCE)) {
            self.store.record_orders(&brand.id, orders, &settle, now).await?;
        }
        Ok(())
    }

    /// An order whose customer nobody has named: browsers' reports merge no customers, since order numbers can be guessed.
    fn unnamed_order(self, brand: &Brand, order: Order) -> NewOrder {
        NewOrder {
            placed_day: brand.zone.day_of(order.placed_at),
            identities: Vec::new(),
            customer: CustomerId::new(self.now().0, self.random()),
            order,
        }
    }

    /// Which of these ids name, or may name, another order than the one that browsers reported under it: the shop's, its
    /// test orders, a backend's, or that of another of these ids. The order in which such reports are processed matters.
    async fn ids_of_other_orders(self, brand: &BrandId, order_ids: &[String]) -> Result<BTreeSet<String>, FlowError> {
        let mut ids_by_name: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for id in order_ids {
            for name in self.reported_names(&external_id(id)) {
                ids_by_name.entry(name).or_default().push(id);
            }
        }
        let mut others: BTreeSet<String> =
            ids_by_name.values().filter(|ids| ids.len() > 1).flatten().map(|id| (*id).clone()).collect();
        let names: Vec<String> = ids_by_name.into_keys().flat_map(live_and_test).collect();
        let own: BTreeSet<String> = order_ids.iter().flat_map(|id| live_and_test(external_id(id))).collect();
        let named = self.store.orders_named(brand, &names).await?;
        let ids: BTreeSet<String> = own.iter().cloned().chain(named).collect();
        let found = self.store.orders_by_external_ids(brand, &ids.iter().cloned().collect::<Vec<_>>()).await?;
        let of_others: BTreeSet<&str> = found
            .iter()
            .filter(|record| record.order.source != OrderSource::Browser)
            .map(|record| record.order.external_id.as_str())
            .collect();
        // As in a flood of invented ids.
        if of_others.is_empty() && ids.len() == own.len() {
            return Ok(others);
        }
        for id in order_ids.iter().filter(|id| !others.contains(*id)).cloned().collect::<Vec<_>>() {
            let own = live_and_test(external_id(&id));
            let names: Vec<String> =
                self.reported_names(&external_id(&id)).into_iter().flat_map(live_and_test).collect();
            let named = self.store.orders_named(brand, &names).await?;
            if own.iter().any(|id| of_others.contains(id.as_str())) || named.iter().any(|id| !own.contains(id)) {
                others.insert(id);
            }
        }
        Ok(others)
    }
}

/// An id or name of an order, and that of the test order of the same id or name.
fn live_and_test(name: String) -> [String; 2] {
    [order_key(&name, true), name]
}
