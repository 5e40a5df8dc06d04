//! Orders through the unified API: those of shops, and those that a backend reports.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CustomerId, FactsVersion, Identity, Money, OrderId, UnixMs,
    link::LinkCode,
    metadata::Metadata,
    order::{Line, Order, OrderSource, TEST_PREFIX},
};
use store::{
    money_writes::{Answered, ReportOutcome, ReportedOrder, StoredReport},
    objects::{Keyset, Object},
    orders::{NewOrder, OrderRecord},
};

use super::{
    OrderFilter,
    write::{Done, Render, Row, RowError, Stored, WriteError},
};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::Claim,
    identity::address_sha256,
    job::settle_job,
    order::{external_id, promo_codes},
    stage::Api,
    tracking::TrackingError,
};

/// How far in the future an order may be placed, in ms: clocks differ.
const FUTURE_MAX_MS: i64 = 5 * 60_000;
/// The earliest time at which an order may be placed: 2000-01-01.
const PLACED_MIN: UnixMs = UnixMs(946_684_800_000);
/// Longest id and name of an order, in characters.
const NAME_CHARS_MAX: usize = 255;

/// An order as a backend reports it.
#[derive(Clone, Debug)]
pub struct OrderReport {
    /// The seller's id. It names the same order for good.
    pub external_id: String,
    /// The name that people use for it; the id, if there is none.
    pub name: Option<String>,
    /// When it was placed; now, if it is not said.
    pub placed_at: Option<UnixMs>,
    /// When it was cancelled.
    pub cancelled_at: Option<UnixMs>,
    /// The total, with tax and shipping.
    pub total: Money,
    /// The goods without tax and shipping, minor units; the total, if it is not said.
    pub subtotal_minor: Option<i64>,
    /// The lines.
    pub lines: Vec<Line>,
    /// Discount codes.
    pub promo_codes: Vec<String>,
    /// The seller's name of the customer.
    pub customer_key: Option<String>,
    /// The customer's e-mail address. Only its hash is kept.
    pub email: Option<String>,
    /// The customer's visitor id.
    pub pv_id: Option<String>,
    /// The code of the link that led to the order.
    pub link_code: Option<String>,
    /// The click that led to the order.
    pub click_id: Option<String>,
    /// Whether it is the customer's first order.
    pub is_new_customer: Option<bool>,
    /// The client's notes to set, or to remove where there is no value.
    pub metadata: BTreeMap<String, Option<String>>,
}

impl Api<'_> {
    /// A page of orders.
    pub async fn orders_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        filter: &OrderFilter,
    ) -> Result<Vec<Object<OrderRecord>>, FlowError> {
        Ok(self.store.orders_page(merchant.id(), keyset, filter).await?)
    }

    /// One order, by our id or the seller's.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such order.
    pub async fn order(self, merchant: &Merchant, id: &str) -> Result<Object<OrderRecord>, FlowError> {
        let id = if let Ok(id) = id.parse::<OrderId>() {
            Some(id)
        } else {
            let found = self.store.order_by_external_id(merchant.id(), &external_id(id)).await?;
            found.map(|record| record.order.id)
        };
        let id = id.ok_or(FlowError::NotFound("order"))?;
        let only = Keyset::only(id.as_str());
        let found = self.store.orders_page(merchant.id(), &only, &OrderFilter::default()).await?;
        found.into_iter().next().ok_or(FlowError::NotFound("order"))
    }

    /// Stores reported orders; their settlement is queued. A report of a known order corrects it; one that says nothing
    /// new changes nothing.
    ///
    /// # Errors
    /// What is wrong, if `render` gives no answer for it.
    pub async fn report_orders(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        reports: &[Result<OrderReport, Invalid>],
        render: Render<'_, OrderRecord>,
    ) -> Result<Done, WriteError> {
        if let Some(done) = self.before(merchant, claim).await? {
            return Ok(done);
        }
        let now = self.now();
        let mut planned = Vec::with_capacity(reports.len());
        let mut ids = BTreeSet::new();
        for report in reports {
            planned.push(match report {
                Err(faults) => Err(faults.clone()),
                Ok(report) if !ids.insert(external_id(report.external_id.trim())) => {
                    Err(Invalid::one("external_id is in another row too"))
                }
                Ok(report) => self.plan_order(merchant, report).await?,
            });
        }
        let new: Vec<ReportedOrder> = planned.iter().filter_map(|row| row.as_ref().ok().cloned()).collect();
        let rows = |stored: &Vec<ReportOutcome>| rows(&planned, stored);
        if new.is_empty() {
            let rows = rows(&Vec::new());
            let fault = |rows: Vec<Row<OrderRecord>>| rows.into_iter().find_map(Result::err);
            // Nothing is written, so the answer need not be kept.
            return render(&rows).map(Done::Now).ok_or_else(|| fault(rows).unwrap_or(RowError::Changed).into());
        }
        let settle = settle_job(merchant.id(), now);
        let answer = |stored: &Vec<ReportOutcome>| render(&rows(stored));
        let written = self.store.report_orders(merchant.id(), claim, &new, &settle, now, &answer).await;
        match written.map_err(FlowError::from)? {
            Answered::Done(answer) => Ok(Done::Now(answer)),
            Answered::Before(answer) => Ok(Done::Before(answer)),
            Answered::OtherBody => Err(WriteError::KeyReused),
            Answered::InProgress => Err(WriteError::InProgress),
            Answered::Refused(stored) => {
                Err(rows(&stored).into_iter().find_map(Result::err).unwrap_or(RowError::Changed).into())
            }
        }
    }

    async fn plan_order(
        self,
        merchant: &Merchant,
        report: &OrderReport,
    ) -> Result<Result<ReportedOrder, Invalid>, FlowError> {
        let (brand, now) = (merchant.brand(), self.now());
        let mut faults = Vec::new();
        let id = external_id(report.external_id.trim());
        let name = report.name.as_deref().map_or(id.as_str(), str::trim);
        let is_text = |text: &str| !text.is_empty() && text.chars().count() <= NAME_CHARS_MAX && !text.contains('\0');
        if !is_text(&id) || id.starts_with(TEST_PREFIX) {
            faults
                .push(format!("external_id must be 1 to {NAME_CHARS_MAX} characters and not begin with {TEST_PREFIX}"));
        }
        if !is_text(name) {
            faults.push(format!("name must be 1 to {NAME_CHARS_MAX} characters"));
        }
        let placed_at = report.placed_at.unwrap_or(now);
        if placed_at < PLACED_MIN || placed_at > now.plus_ms(FUTURE_MAX_MS) {
            faults.push("placed_at must be after 1999 and not in the future".to_owned());
        }
        let email_hash = report.email.as_deref().map(|email| self.email_hash(email));
        if email_hash == Some(None) {
            faults.push("customer.email must be an e-mail address".to_owned());
        }
        let cart_ref = report.link_code.as_deref().map(LinkCode::parse);
        if cart_ref == Some(None) {
            faults.push("cs_ref must be a link's code".to_owned());
        }
        let clicked = match self.clicked(merchant, report.click_id.as_deref()).await? {
            Ok(clicked) => clicked,
            Err(fault) => {
                faults.push(fault.to_owned());
                None
            }
        };
        if !report.metadata.is_empty() {
            let known = self.store.order_by_external_id(merchant.id(), &id).await?;
            let before = match known {
                Some(record) => self.order(merchant, record.order.id.as_str()).await?.details.metadata,
                None => Metadata::default(),
            };
            faults.extend(before.with(report.metadata.clone()).err().unwrap_or_default());
        }
        if !faults.is_empty() {
            return Ok(Err(Invalid(faults)));
        }
        let cart_pv = report.pv_id.clone().or_else(|| clicked.clone());
        let email = report.email.as_deref();
        let identities = [
            Some(Identity::Order(id.clone())),
            cart_pv.clone().map(Identity::Visitor),
            clicked.filter(|pv_id| cart_pv.as_ref() != Some(pv_id)).map(Identity::Visitor),
            report.customer_key.as_deref().map(|name| self.customer_key(name)),
            email_hash.clone().flatten().map(Identity::Email),
            email.map(|address| self.email_sha256(&address_sha256(address))),
        ];
        let order = Order {
            name: name.to_owned(),
            version: FactsVersion::latest_wins(now),
            cancelled_at: report.cancelled_at,
            subtotal_minor: report.subtotal_minor.unwrap_or(report.total.minor),
            is_new_customer: report.is_new_customer,
            cart_pv,
            cart_ref: cart_ref.flatten(),
            promo_codes: promo_codes(&report.promo_codes),
            lines: report.lines.clone(),
            details: self.orders().reported_details(&id, report.total),
            email_hash: email_hash.flatten(),
            ..Order::minimal(
                OrderId::new(placed_at.0, self.random()),
                brand.id.clone(),
                OrderSource::Api,
                id,
                placed_at,
                report.total,
            )
        };
        let audit = self.audit(merchant.actor(), "order.upsert", &order.id);
        let new = NewOrder {
            placed_day: brand.zone.day_of(placed_at),
            identities: identities.into_iter().flatten().collect(),
            customer: CustomerId::new(now.0, self.random()),
            order,
        };
        Ok(Ok(ReportedOrder { new, metadata: report.metadata.clone(), audit }))
    }

    /// The visitor of a click of the brand, or what is wrong with it.
    async fn clicked(
        self,
        merchant: &Merchant,
        click_id: Option<&str>,
    ) -> Result<Result<Option<String>, &'static str>, FlowError> {
        let Some(handle) = click_id else { return Ok(Ok(None)) };
        match self.tracking().visitor_of_click(Some(merchant.id()), handle).await {
            Ok((_, Some(pv_id))) => Ok(Ok(Some(pv_id))),
            Ok((_, None)) => Ok(Err("click_id is of a test click")),
            Err(TrackingError::Flow(error)) => Err(error),
            Err(_) => Ok(Err("click_id is not known")),
        }
    }
}

/// What became of each row, given the stored ones.
fn rows(planned: &[Result<ReportedOrder, Invalid>], stored: &[ReportOutcome]) -> Vec<Row<OrderRecord>> {
    let mut stored = stored.iter();
    let outcome = |row: &Result<ReportedOrder, Invalid>| match row {
        Err(faults) => Err(faults.clone().into()),
        Ok(_) => match stored.next() {
            Some(Ok(StoredReport { object, is_new })) => Ok(Stored { object: object.clone(), is_new: *is_new }),
            Some(Err(fault)) => Err((*fault).into()),
            None => Err(RowError::Changed),
        },
    };
    planned.iter().map(outcome).collect()
}
