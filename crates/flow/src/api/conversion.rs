//! Conversions: the credits of orders, as the unified API lists them, and those that ad platforms report.

use std::collections::HashMap;

use domain::{CustomerId, Identity, OrderId, UnixMs, settlement::BookedCredit};
use store::{customers::Join, ingest::NewClick, money_writes::LedgerWrite, objects::Object, orders::OrderRecord};

use super::{
    ConversionFilter, ConversionKeyset,
    click::{ClickReport, digest},
    write::RowError,
};
use crate::{FlowError, Invalid, access::Merchant, api::Answer, job::settle_job, stage::Api};

/// A conversion as an ad platform saw it: the buyer of an order had come by a link.
#[derive(Clone, Debug)]
pub struct ConversionReport {
    /// The platform's id of it.
    pub external_id: String,
    /// The order, by id or by the seller's id.
    pub order: String,
    /// The visit: the link, the time, and what is known of the browser. Its visitor is one of its own, if there is none.
    pub visit: ClickReport,
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

    /// Prepares reported conversions. The caller stores their clicks, then passes them to [`Self::join_conversions`]. Ids
    /// of clicks and visitors follow from the external ids: doing all of it again changes nothing.
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
            if record.order.redacted_at.is_some() {
                planned.push(Err(RowError::Invalid(Invalid::one("the customer of order was erased"))));
                continue;
            }
            let seed = format!("conversion {} {}", merchant.id(), report.external_id);
            let mut visit = report.visit.clone();
            visit.external_id = Some(report.external_id.clone());
            visit.visitor.get_or_insert_with(|| visitor_of(visit.at, &seed));
            let link = links.get(name).and_then(Option::as_ref);
            planned.push(self.plan_click(merchant, link, &visit, Some(&seed)).map(|click| PlannedConversion {
                click,
                order: record.order.id,
                order_external_id: record.order.external_id,
            }));
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
        for one in planned {
            let visitor = Identity::Visitor(one.click.click.pv_id.clone());
            let identities = [Identity::Order(one.order_external_id.clone()), visitor];
            let customer = CustomerId::new(now.0, self.random());
            self.store.join_identities(brand, &identities, &customer, Join::Merge, &settle, now).await?;
            // Where both belonged to one customer already, nothing was settled, though the visit is new.
            self.store.enqueue(&settle(&one.order_external_id)).await?;
        }
        let audit = self.audit(merchant.actor(), "conversion.report", brand);
        let nothing = Answer { status: 200, body: String::new() };
        self.store.write_ledger(brand, None, LedgerWrite::Audit, &audit, &nothing).await?;
        Ok(())
    }

    /// The order of this id, or of the seller's id or name; where several are one sale, the one that counts.
    async fn order_that_counts(self, merchant: &Merchant, name: &str) -> Result<Option<OrderRecord>, FlowError> {
        let external_id = match name.parse::<OrderId>() {
            Ok(_) => match self.order(merchant, name).await {
                Ok(object) => object.value.order.external_id,
                Err(FlowError::NotFound(_)) => return Ok(None),
                Err(error) => return Err(error),
            },
            Err(_) => crate::order::external_id(name),
        };
        self.orders().main_order(merchant.id(), &external_id).await
    }
}

/// A visitor id that follows from a text.
fn visitor_of(at: UnixMs, seed: &str) -> String {
    uuid::Builder::from_unix_timestamp_millis(at.0.unsigned_abs(), &digest(seed)).into_uuid().to_string()
}
