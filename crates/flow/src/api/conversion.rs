//! Conversions: the credits of orders, as the unified API lists them, and those that ad platforms report.

use std::collections::{BTreeSet, HashMap};

use domain::{CustomerId, Identity, OrderId, settlement::BookedCredit};
use store::{customers::Join, ingest::NewClick, money_writes::LedgerWrite, objects::Object, orders::OrderRecord};

use super::{
    ConversionFilter, ConversionKeyset,
    click::{ClickReport, digest},
    write::RowError,
};
use crate::{Flow, FlowError, Invalid, access::Merchant, api::Answer, job::settle_job, stage::Api};

/// A conversion as an ad platform saw it: the buyer of an order had come by a link.
#[derive(Clone, Debug)]
pub struct ConversionReport {
    /// The platform's id of it.
    pub external_id: String,
    /// The order, by id or by the seller's id.
    pub order: String,
    /// The visit: the link, the time, and what is known of the browser. Its visitor is that of [`Flow::visitor_of_reports`]:
    /// an id that a browser reports may be that of a device which several people share.
    pub visit: ClickReport,
}

impl Flow {
    /// The visitor of the visits that ad platforms report of an order. Each order has one of its own, so that a report joins
    /// no two customers, and nobody else can work it out and click with it.
    pub(crate) fn visitor_of_reports(&self, order: &OrderId) -> String {
        let hash = self.identity_hash("reported-visitor", order.as_str());
        let at_ms = order.created_at().0.unsigned_abs();
        uuid::Builder::from_unix_timestamp_millis(at_ms, &digest(&hash)).into_uuid().to_string()
    }
}

/// A reported conversion that is to be stored: a visit of the order's customer.
#[derive(Clone, Debug)]
pub struct PlannedConversion {
    /// The visit.
    pub click: NewClick,
    /// The order.
    pub order: OrderId,
    order_external_id: String,
}

impl Api<'_> {
    /// A page of conversions.
    pub async fn conversions_page(
        self,
        merchant: &Merchant,
        keyset: &ConversionKeyset,
        filter: &ConversionFilter,
    ) -> Result<Vec<Object<BookedCredit>>, FlowError> {
        Ok(self.store.conversions_page(merchant.id(), keyset, filter).await?)
    }

    /// The conversion at this position of an order's credits.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such conversion.
    pub async fn conversion(
        self,
        merchant: &Merchant,
        order: &OrderId,
        position: i64,
    ) -> Result<Object<BookedCredit>, FlowError> {
        let keyset = ConversionKeyset {
            from: (order.to_string(), position),
            below: (order.to_string(), position + 1),
            is_ascending: true,
            limit: 1,
        };
        let found = self.conversions_page(merchant, &keyset, &ConversionFilter::default()).await?;
        found.into_iter().next().ok_or(FlowError::NotFound("conversion"))
    }

    /// Prepares reported conversions. The caller stores their clicks, then passes them to [`Self::join_conversions`]. The id
    /// of a click follows from all that the report says: doing it again changes nothing.
    ///
    /// # Errors
    /// A database error.
    pub async fn plan_conversions(
        self,
        merchant: &Merchant,
        reports: &[Result<ConversionReport, Invalid>],
    ) -> Result<Vec<Result<PlannedConversion, RowError>>, FlowError> {
        let mut links = HashMap::new();
        let mut planned = Vec::with_capacity(reports.len());
        for report in reports {
            let report = match report {
                Ok(report) => report,
                Err(faults) => {
                    planned.push(Err(faults.clone().into()));
                    continue;
                }
            };
            let name = report.visit.link.as_str();
            if !links.contains_key(name) {
                links.insert(name, self.link_named(merchant, name).await?);
            }
            let Some(record) = self.order_that_counts(merchant, &report.order).await? else {
                planned.push(Err(RowError::Missing("order")));
                continue;
            };
            let order = record.order;
            let fault = match (order.redacted_at.is_some(), order.is_test) {
                (true, _) => Some("the customer of order was erased"),
                (_, true) => Some("order is a test"),
                _ => None,
            };
            if let Some(fault) = fault {
                planned.push(Err(RowError::Invalid(Invalid::one(fault))));
                continue;
            }
            let visitor = Some(self.visitor_of_reports(&order.id));
            let external_id = Some(report.external_id.clone());
            let visit = ClickReport { external_id, visitor, ..report.visit.clone() };
            let seed = format!("conversion {} {} {name} {}", merchant.id(), order.id, report.external_id);
            let link = links.get(name).and_then(Option::as_ref);
            let click = self.plan_click(merchant, link, &visit, "touched_at", Some(&seed));
            let (order, order_external_id) = (order.id, order.external_id);
            planned.push(click.map(|click| PlannedConversion { click, order, order_external_id }));
        }
        Ok(planned)
    }

    /// Joins the visitors of reported conversions to the customers of their orders, which are settled again.
    ///
    /// # Errors
    /// A database error.
    pub async fn join_conversions(self, merchant: &Merchant, planned: &[&PlannedConversion]) -> Result<(), FlowError> {
        if planned.is_empty() {
            return Ok(());
        }
        let (brand, now) = (merchant.id(), self.now());
        let settle = settle_job(brand, now);
        let mut joined = BTreeSet::new();
        for one in planned.iter().filter(|one| joined.insert(one.order.clone())) {
            let visitor = Identity::Visitor(one.click.click.pv_id.clone());
            let identities = [Identity::Order(one.order_external_id.clone()), visitor];
            let customer = CustomerId::new(now.0, self.random());
            self.store.join_identities(brand, &identities, &customer, Join::Merge, &settle, now).await?;
        }
        // Where both belonged to one customer already, nothing was settled, though the visit is new.
        let jobs: Vec<_> = planned.iter().map(|one| settle(&one.order_external_id)).collect();
        self.store.enqueue_all(&jobs).await?;
        let subject = match planned {
            [one] => format!("{} {}", one.order, one.click.click.link),
            many => many.first().map_or_else(String::new, |one| format!("{} and others: {}", one.order, many.len())),
        };
        let audit = self.audit(merchant.actor(), "conversion.report", subject);
        let nothing = Answer { status: 200, body: String::new() };
        self.store.write_ledger(brand, None, LedgerWrite::Audit, &audit, &nothing).await?;
        Ok(())
    }

    /// The order of this id, or of the seller's id; where several are one sale, the one that counts. Its number is no id:
    /// another system's order may have the same.
    async fn order_that_counts(self, merchant: &Merchant, id: &str) -> Result<Option<OrderRecord>, FlowError> {
        let record = match self.order(merchant, id).await {
            Ok(object) => object.value,
            Err(FlowError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        match &record.order.details.same_as {
            Some(main) => Ok(self.store.order_by_external_id(merchant.id(), main).await?),
            None => Ok(Some(record)),
        }
    }
}
