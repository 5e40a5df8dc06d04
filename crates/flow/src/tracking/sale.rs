//! Sales that a backend reports.

use domain::{
    BrandId, CustomerId, FactsVersion, Identity, Money, OrderId, UnixMs,
    brand::Brand,
    commission::EntryKind,
    order::{Line, Order, OrderSource},
};
use store::customers::{ApiSale, NewSale};

use super::TrackingError;
use crate::{
    FlowError,
    access::ApiCaller,
    job::{OrderRef, settle_job},
    order::order_key,
    stage::Tracking,
};

/// A sale, as a backend reported it.
#[derive(Clone, Debug)]
pub struct SaleReport<'a> {
    /// The sender's id of the sale.
    pub transaction_id: &'a str,
    /// The amount.
    pub amount: Money,
    /// The click that led to the sale.
    pub click_id: Option<&'a str>,
    /// The sender's name of the customer.
    pub customer_key: Option<&'a str>,
    /// The products sold.
    pub lines: Vec<Line>,
    /// Further data, as JSON.
    pub meta: &'a str,
    /// Whether this is a test.
    pub is_test: bool,
}

/// A recorded sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedSale {
    /// The brand's running number of it.
    pub sale_number: i64,
    /// The running number of its commission; `None` if it earned none.
    pub commission_number: Option<i64>,
}

/// A sale whose buyer is known, to be stored.
pub(crate) struct Sale<'a> {
    /// The sender's id of it.
    pub transaction_id: &'a str,
    /// The amount.
    pub amount: Money,
    /// When it was placed.
    pub placed_at: UnixMs,
    /// Whether it is a test record.
    pub is_test: bool,
    /// The buyer's visitor.
    pub pv_id: Option<String>,
    /// The buyer, by name.
    pub customer: Option<Identity>,
    /// The products sold.
    pub lines: Vec<Line>,
    /// Further data, as JSON.
    pub meta: &'a str,
}

impl Tracking<'_> {
    /// Records a sale, attributes it and calculates its commission.
    ///
    /// # Errors
    /// [`TrackingError::Repeat`] if the transaction is known; [`TrackingError::UnknownCustomer`],
    /// [`TrackingError::UnknownClick`] or [`TrackingError::TestClick`] if neither the customer nor the click leads to a
    /// live buyer.
    pub async fn sale(self, caller: &ApiCaller, report: SaleReport<'_>) -> Result<RecordedSale, TrackingError> {
        let brand = self.store.brand(caller.brand()).await?.ok_or(FlowError::NotFound("brand"))?;
        let is_test = caller.is_test() || report.is_test;
        let mut clicked = None;
        if let Some(handle) = report.click_id {
            clicked = match self.visitor_of_click(Some(&brand.id), handle).await {
                Ok((_, pv_id)) => Some(pv_id),
                // The customer may still resolve.
                Err(TrackingError::UnknownClick) if report.customer_key.is_some() => None,
                Err(error) => return Err(error),
            };
        }
        let is_test_click = clicked == Some(None);
        let pv_id = clicked.flatten();
        let customer = match report.customer_key {
            // The backend itself names the customer of the click.
            Some(name) if pv_id.is_some() => Some(self.customer_key(name)),
            Some(name) => self.customers().named_customer(&brand.id, name).await?,
            None => None,
        };
        if !is_test && pv_id.is_none() && customer.is_none() {
            return Err(match (report.customer_key, is_test_click) {
                (Some(_), _) => TrackingError::UnknownCustomer,
                (None, true) => TrackingError::TestClick,
                (None, false) => TrackingError::UnknownClick,
            });
        }
        let sale = Sale {
            transaction_id: report.transaction_id,
            amount: report.amount,
            placed_at: self.now(),
            is_test,
            pv_id,
            customer,
            lines: report.lines,
            meta: report.meta,
        };
        let sale = self.record_sale(&brand, sale).await?.ok_or(TrackingError::Repeat)?;
        let (has_earned, _) = self.commission_of(&brand.id, &order_key(report.transaction_id, is_test)).await?;
        let commission_number = if has_earned {
            Some(self.store.number_commission(&brand.id, report.transaction_id, is_test).await?)
        } else {
            None
        };
        Ok(RecordedSale { sale_number: sale.sale_number, commission_number })
    }

    /// Stores a sale with its buyer, and settles it. `None` if it is known already; an order that another source has
    /// reported gains the buyer.
    pub(crate) async fn record_sale(self, brand: &Brand, sale: Sale<'_>) -> Result<Option<ApiSale>, FlowError> {
        let now = self.now();
        let external_id = order_key(sale.transaction_id, sale.is_test);
        let identities: Vec<Identity> = if sale.is_test {
            Vec::new()
        } else {
            let visitor = sale.pv_id.clone().map(Identity::Visitor);
            [Some(Identity::Order(external_id.clone())), visitor, sale.customer].into_iter().flatten().collect()
        };
        let id = OrderId::new(sale.placed_at.0, self.random());
        let (source, placed_at) = (OrderSource::Api, sale.placed_at);
        let order = Order {
            name: sale.transaction_id.to_owned(),
            version: FactsVersion::first_wins(now),
            is_test: sale.is_test,
            cart_pv: sale.pv_id,
            lines: sale.lines,
            details: self.orders().reported_details(&external_id, sale.amount),
            ..Order::minimal(id, brand.id.clone(), source, external_id.clone(), placed_at, sale.amount)
        };
        let customer = CustomerId::new(now.0, self.random());
        let new = NewSale {
            transaction_id: sale.transaction_id,
            meta: sale.meta,
            identities: &identities,
            customer: &customer,
        };
        let day = brand.zone.day_of(sale.placed_at);
        let stored = self.store.put_sale(&order, day, &new, &settle_job(&brand.id, now), now).await?;
        if stored.is_some() {
            self.settle_now(&brand.id, &external_id).await?;
        }
        Ok(stored)
    }

    /// Settles an order at once, although a job is queued too. If its facts change meanwhile, the job settles it.
    pub(super) async fn settle_now(self, brand: &BrandId, external_id: &str) -> Result<(), FlowError> {
        let order = OrderRef { brand: brand.clone(), order_id: external_id.to_owned() };
        match self.orders().settle(&order).await {
            Ok(()) | Err(FlowError::Stale(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether an order has ever earned a commission, and what it earns now, minor units.
    pub(super) async fn commission_of(self, brand: &BrandId, external_id: &str) -> Result<(bool, i64), FlowError> {
        let Some(record) = self.store.order_by_external_id(brand, external_id).await? else { return Ok((false, 0)) };
        let lines = self.store.ledger_of_order(brand, &record.order.id).await?;
        let earned = lines.iter().filter(|line| matches!(line.kind, EntryKind::Accrual | EntryKind::Reversal));
        Ok((lines.iter().any(|line| line.kind == EntryKind::Accrual), earned.map(|line| line.amount_minor).sum()))
    }
}
