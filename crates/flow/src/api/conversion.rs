//! Conversions: the credits of orders, as the unified API lists them, and those that ad platforms report.

use std::collections::{BTreeSet, HashMap};

use domain::{CustomerId, Identity, OrderId, link::Link, settlement::BookedCredit};
use store::{customers::Join, money_writes::LedgerWrite, objects::Object};

use super::{
    ConversionFilter, ConversionKeyset,
    click::{ClickReport, PlannedClick},
    write::RowError,
};
use crate::{FlowError, Invalid, access::Merchant, api::Answer, job::settle_job, stage::Api};

/// Why nothing is reported of an order any more.
const ERASED: &str = "the customer of order was erased";

/// A conversion as an ad platform saw it: the buyer of an order had come by a link.
#[derive(Clone, Debug)]
pub struct ConversionReport {
    /// The platform's id of it.
    pub external_id: String,
    /// The order, by id or by the seller's id.
    pub order: String,
    /// The visit: the link, the time, and what is known of the browser. Its visitor is that of the order's reports:
    /// an id that a browser reports may be that of a device which several people share.
    pub visit: ClickReport,
}

/// A reported conversion that is to be stored: a visit of the order's customer.
#[derive(Clone, Debug)]
pub struct PlannedConversion {
    /// The visit.
    pub click: PlannedClick,
    /// The order that counts.
    pub order: OrderId,
    /// The seller's id of it.
    external_id: String,
    /// The seller's id of the order that the report names: the same, or another report of the same sale.
    named_as: String,
}

/// The id of the conversion at this position of an order's credits: that of the order with another prefix, and the position.
pub fn conversion_id(order: &OrderId, position: i64) -> String {
    format!("cnv{}_{position}", order.as_str().trim_start_matches(OrderId::PREFIX))
}

impl Api<'_> {
    /// A page of conversions.
    pub async fn conversions_page(
        self,
        merchant: &Merchant,
        keyset: &ConversionKeyset,
        filter: &ConversionFilter,
    ) -> Result<Vec<Object<BookedCredit>>, FlowError> {
        let objects = self.store.conversions_page(merchant.id(), keyset, filter).await?;
        let id = |object: &Object<BookedCredit>| conversion_id(&object.value.order, object.value.position);
        let kept = self.with_details(merchant, objects, id).await?;
        Ok(kept.into_iter().map(|(object, details)| Object { details, ..object }).collect())
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

    /// Prepares reported conversions. The caller passes them to [`Self::join_conversions`], stores the clicks of those that
    /// are joined, and passes them to [`Self::settle_conversions`]. The id of a click follows from all that the report says:
    /// doing it again changes nothing.
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
            planned.push(match report {
                Ok(report) => self.plan_conversion(merchant, report, &mut links).await?,
                Err(faults) => Err(faults.clone().into()),
            });
        }
        Ok(planned)
    }

    async fn plan_conversion<'a>(
        self,
        merchant: &Merchant,
        report: &'a ConversionReport,
        links: &mut HashMap<&'a str, Option<Link>>,
    ) -> Result<Result<PlannedConversion, RowError>, FlowError> {
        let name = report.visit.link.as_str();
        if !links.contains_key(name) {
            links.insert(name, self.link_named(merchant, name).await?);
        }
        let Some(link) = links.get(name).and_then(Option::as_ref) else { return Ok(Err(RowError::Missing("link"))) };
        let named = match self.order(merchant, &report.order).await {
            Ok(object) => object.value.order,
            Err(FlowError::NotFound(_)) => return Ok(Err(RowError::Missing("order"))),
            Err(error) => return Err(error),
        };
        // Where several are one sale, the one that counts.
        let main = match &named.details.same_as {
            Some(main) => self.store.order_by_external_id(merchant.id(), main).await?.map(|record| record.order),
            None => Some(named.clone()),
        };
        let Some(order) = main else { return Ok(Err(RowError::Missing("order"))) };
        let fault = match (order.redacted_at.is_some(), order.is_test) {
            (true, _) => Some(ERASED),
            (_, true) => Some("order is a test"),
            _ => None,
        };
        if let Some(fault) = fault {
            return Ok(Err(RowError::Invalid(Invalid::one(fault))));
        }
        // What follows from the order that the report names stays the same when it turns out to be another's sale.
        let named_as = named.external_id;
        let visitor = Some(self.visitor_of_reports(merchant.id(), &named_as));
        let external_id = Some(report.external_id.clone());
        let visit = ClickReport { external_id, visitor, ..report.visit.clone() };
        let seed = format!("conversion {} {named_as} {} {}", merchant.id(), link.id, report.external_id);
        let click = self.plan_click(merchant, Some(link), &visit, "touched_at", Some(&seed));
        let (order, external_id) = (order.id, order.external_id);
        Ok(click.map(|click| PlannedConversion { click, order, external_id, named_as }))
    }

    /// Joins the visitors of reported conversions to the customers of their orders: before their clicks are stored, so that an
    /// erasure finds these. One whose customer was erased meanwhile becomes a fault.
    ///
    /// # Errors
    /// A database error.
    pub async fn join_conversions(
        self,
        merchant: &Merchant,
        planned: &mut [Result<PlannedConversion, RowError>],
    ) -> Result<(), FlowError> {
        let (brand, now) = (merchant.id(), self.now());
        let settle = settle_job(brand, now);
        let mut joined: HashMap<String, bool> = HashMap::new();
        for row in planned {
            let Ok(one) = row else { continue };
            let is_joined = if let Some(is_joined) = joined.get(&one.named_as) {
                *is_joined
            } else {
                let orders = [&one.external_id, &one.named_as].map(|id| Identity::Order(id.clone()));
                let visitor = Identity::Visitor(one.click.new.click.pv_id.clone());
                let identities: Vec<Identity> = orders.into_iter().chain([visitor]).collect();
                let customer = CustomerId::new(now.0, self.random());
                let join = self.store.join_identities(brand, &identities, &customer, Join::Merge, &settle, now);
                let is_joined = join.await?.is_some();
                joined.insert(one.named_as.clone(), is_joined);
                is_joined
            };
            if !is_joined {
                *row = Err(RowError::Invalid(Invalid::one(ERASED)));
            }
        }
        Ok(())
    }

    /// Queues the settlement of the orders of conversions whose clicks are stored, and of their customers' other orders.
    ///
    /// # Errors
    /// A database error.
    pub async fn settle_conversions(self, merchant: &Merchant, stored: &[&PlannedConversion]) -> Result<(), FlowError> {
        let brand = merchant.id();
        let settle = settle_job(brand, self.now());
        let orders: Vec<Identity> = stored.iter().map(|one| Identity::Order(one.external_id.clone())).collect();
        let known = self.store.identities_of(brand, &orders).await?;
        let named = stored.iter().map(|one| one.external_id.as_str());
        let all: BTreeSet<&str> = known.iter().flatten().filter_map(Identity::order).chain(named).collect();
        let jobs: Vec<_> = all.into_iter().map(&settle).collect();
        self.store.enqueue_all(&jobs).await?;
        let subject = match stored {
            [] => return Ok(()),
            [one] => format!("{} {}", one.order, one.click.new.click.link),
            many => many.len().to_string(),
        };
        let audit = self.audit(merchant.actor(), "conversion.report", subject);
        let nothing = Answer { status: 200, body: String::new() };
        self.store.write_ledger(brand, None, LedgerWrite::Audit, &audit, &nothing).await?;
        Ok(())
    }
}
