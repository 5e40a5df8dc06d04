//! Writes of the unified API that are about money: each with its answer in one transaction.

use std::collections::BTreeMap;

use domain::{BrandId, EntryId, PayoutId, UnixMs};

use crate::{
    Result,
    api_requests::{Answer, Claim, RowFault, Written},
    audit::AuditEntry,
    commissions::{Approval, ApprovalEvents, Closing, Entry, Payout},
    customers::{ApiRefund, NewApiRefund},
    jobs::SettleJob,
    objects::{DetailsChange, Object},
    orders::{NewOrder, OrderRecord},
    outbound::NewEvents,
};

/// An order that a backend reports.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedOrder {
    /// The order, and what names its customer.
    pub new: NewOrder,
    /// Notes to set with the order that counts; those without a value are removed. They are checked.
    pub metadata: BTreeMap<String, Option<String>>,
    /// Its entry in the audit log, written if the report changes anything. Its subject becomes the stored order's id.
    pub audit: AuditEntry,
}

/// An order after a report.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredReport {
    /// The order that counts: Shopify's, if both are one sale.
    pub object: Object<OrderRecord>,
    /// Whether the report added it.
    pub is_new: bool,
}

/// What became of a report: the order, or why it was refused. A refused one changes nothing.
pub type ReportOutcome = core::result::Result<StoredReport, RowFault>;

/// An edit of a ledger entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommissionEdit {
    /// The entry that it edits.
    pub edited: EntryId,
    /// How many edits there were when it was decided.
    pub nth: i64,
    /// The entry that adds the difference.
    pub entry: Entry,
}

/// A change of the ledger or of what clients keep with it and with orders, with its events.
#[derive(Clone, Copy)]
pub enum LedgerWrite<'a> {
    /// None: only the answer is stored.
    Nothing,
    /// None, but what the audit entry says was done elsewhere.
    Audit,
    /// Edits an entry, unless it was edited meanwhile, and what clients keep with it.
    Edit(&'a CommissionEdit, &'a NewEvents, Option<&'a DetailsChange>),
    /// Adds an adjustment of a creator's balance, unless its key was used before, and what clients keep with it.
    Adjust(&'a Entry, &'a NewEvents, Option<&'a DetailsChange>),
    /// Replaces what clients keep with an object, unless that was changed meanwhile, the object does not exist any more, or it is
    /// about a person whose data was erased. If nothing changes, no entry is added to the audit log.
    Details(&'a DetailsChange),
    /// Approves at this time.
    Approve(Approval<'a>, UnixMs, ApprovalEvents<'a>),
    /// Creates a payout with these ids of its entries, as
    /// [`create_payout`](crate::commissions::CommissionStore::create_payout), and what clients keep with it.
    CreatePayout(&'a Payout, &'a [EntryId], Option<&'a DetailsChange>),
    /// Closes a payout as [`close_payout`](crate::commissions::CommissionStore::close_payout).
    ClosePayout(&'a PayoutId, Closing<'a>),
}

/// Makes an answer from an outcome. `None` undoes everything.
pub type AnswerOf<'a, T> = &'a (dyn Fn(&T) -> Option<Answer> + Send + Sync);

/// What became of a write with an outcome.
#[derive(Clone, Debug, PartialEq)]
pub enum Answered<T> {
    /// It is done, and its answer is stored.
    Done(Answer),
    /// It was done before, with this answer.
    Before(Answer),
    /// The key came with another body before.
    OtherBody,
    /// The same request is being done now.
    InProgress,
    /// Nothing was done: there is no answer to this outcome.
    Refused(T),
}

/// Changes money, once.
#[async_trait::async_trait]
pub trait MoneyWriteStore: Send + Sync {
    /// Merges orders as [`put_order`](crate::orders::OrderStore::put_order), and their customers' identities as
    /// [`join_identities`](crate::customers::CustomerStore::join_identities) with `Merge`. A report that repeats what is
    /// stored changes nothing. No order may occur twice.
    ///
    /// # Errors
    /// `Missing` when the brand does not exist.
    async fn report_orders(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        orders: &[ReportedOrder],
        settle: SettleJob<'_>,
        at: UnixMs,
        answer: AnswerOf<'_, Vec<ReportOutcome>>,
    ) -> Result<Answered<Vec<ReportOutcome>>>;

    /// Adds a refund as [`add_api_refund`](crate::customers::CustomerStore::add_api_refund).
    ///
    /// # Errors
    /// `Missing` when there is no such order.
    async fn report_refund(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        refund: &NewApiRefund<'_>,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
        answer: AnswerOf<'_, ApiRefund>,
    ) -> Result<Answered<ApiRefund>>;

    /// Changes the ledger. `Refused`, without a change: with `Changed` if a concurrent write came first, with `Taken` if
    /// another object of the kind has the external id.
    async fn write_ledger(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        write: LedgerWrite<'_>,
        audit: &AuditEntry,
        answer: &Answer,
    ) -> Result<Written>;
}
